/** A promise that never settles and an exception in a callback fail the run, and name plugin and hook; the suite finds both. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ByteSource } from '../../core/ports/engine.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { timedStalls } from '../../plugins/in-memory/stalls.ts';
import { ConformanceFailure, pluginConformance } from '../plugin/suite.ts';
import { badParser, making, plugin, runBad } from './bad-plugin.ts';

const never = () => new Promise<never>(() => {});
const soon = () => new Promise((resolve) => setImmediate(resolve));
const NEVER = 'it waits for a promise that never settles';

type Items = (source: ByteSource) => AsyncGenerator<unknown>;
const opening = (items: Items) => badParser((source) => ({ open: () => items(source) }));
const row = { cells: ['A', '1', '10'] };

const ENDLESS: Array<[place: string, bad: AnyPlugin]> = [
  ...(['validator', 'pricing', 'merge', 'parser'] as const).map((kind): (typeof ENDLESS)[number] => {
    const name = { validator: 'validator', pricing: 'pricing rule', merge: 'merge strategy', parser: 'parser' }[kind];
    return [`load() of the ${name} "bad" failed`, plugin(kind, never)];
  }),
  ['vendor v1: prepare() of the parser "bad" failed on feed.csv', making('parser', { prepare: never })],
  [
    'vendor v1: prepare() of the parser "bad" failed on feed.csv',
    making('parser', {
      prepare: async (source: ByteSource) => {
        for await (const _chunk of source.open()) await soon();
        return never();
      },
    }),
  ],
  [
    'vendor v1: open() of the parser "bad" failed on feed.csv',
    opening(async function* () {
      yield await never();
    }),
  ],
  [
    'vendor v1: open() of the parser "bad" failed on feed.csv',
    opening(async function* () {
      yield row;
      await soon();
      yield row;
      await never();
    }),
  ],
  [
    'vendor v1: open() of the parser "bad" failed on feed.csv',
    opening(async function* (source) {
      yield* source.open();
      await never();
    }),
  ],
];

test.before(async () => {
  // load the code of the built-in plugins first, which may take a while
  await runBad(making('validator', { check: () => undefined }));
});

test('an iterator whose return never settles hides an earlier error, so the hook is named', async () => {
  let giveUp: () => void = () => {};
  const stalls = {
    watch: (run: { giveUp(): void }) => {
      giveUp = () => run.giveUp();
      return () => {};
    },
  };
  const bad = opening(async function* () {
    try {
      for (;;) yield { cells: ['A', '1', '10'], refuse: 'no' };
    } finally {
      setImmediate(() => giveUp());
      await never();
    }
  });
  const { outcome } = await runBad(bad, stalls);
  assert.is(outcome.error_message, `plugin_failed: vendor v1: open() of the parser "bad" failed on feed.csv: ${NEVER}`);
});

for (const [place, bad] of ENDLESS) {
  test(`${place}: a promise that never settles fails the run`, async () => {
    const { outcome } = await runBad(bad, timedStalls(40));
    assert.is(outcome.error_code, 'internal_error');
    assert.is(outcome.error_message, `plugin_failed: ${place}: ${NEVER}`);
    assert.is(outcome.status, 'FAILED');
  });
}

test('a slow parser does not count as stalled', async () => {
  const slow = opening(async function* () {
    for (let i = 0; i < 30; i++) {
      yield { cells: [`S${i}`, '1', '10'] };
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  assert.is((await runBad(slow, timedStalls(60))).outcome.status, 'SUCCEEDED');
});

const boom = () => {
  throw new Error('boom');
};

function leaving<T>(answer: T): T {
  queueMicrotask(boom);
  return answer;
}

const THROWING: Array<[name: string, bad: AnyPlugin]> = [
  ['the validator "bad"', making('validator', { check: () => void setImmediate(boom) })],
  ['the validator "bad"', making('validator', { finish: () => void setImmediate(boom) })],
  ['the validator "bad"', making('validator', { check: () => queueMicrotask(boom) })],
  ['the validator "bad"', making('validator', { check: () => process.nextTick(boom) })],
  ['the merge strategy "bad"', making('merge', { leadTimeFallbackDays: null, compare: () => leaving(0) })],
  ['the pricing rule "bad"', making('pricing', { price: ({ price }: { price: unknown }) => leaving(price) })],
  [
    'the parser "bad"',
    opening(async function* (source) {
      yield* source.open();
      await new Promise((resolve) => setTimeout(() => resolve(boom()), 1));
    }),
  ],
  ['the parser "bad"', plugin('parser', () => new Promise((resolve) => setImmediate(() => resolve(boom()))))],
];

for (const [i, [name, bad]] of THROWING.entries()) {
  test(`${name}: a callback that throws fails the run (${i + 1})`, async () => {
    const { outcome } = await runBad(bad, timedStalls(60));
    assert.is(outcome.error_code, 'internal_error');
    assert.is(
      outcome.error_message,
      `plugin_failed: a callback that ${name} left behind, as with a timer, threw: boom`,
    );
  });
}

const fixture = {
  name: 'a row',
  feeds: { acme: 'A,1,10\n' },
  rows: 1,
  expect: { rows: [{ sku: 'A', cost: '10.00' }] },
};

/** The messages of failing checks, by check. */
async function failures(bad: AnyPlugin): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { check, run } of pluginConformance(bad, [fixture], { budgets: { rows: 10, seconds: 0.05 } })) {
    try {
      await run();
    } catch (error) {
      assert.instance(error, ConformanceFailure);
      found[check] = (error as Error).message;
    }
  }
  return found;
}

test('the suite ends and names the promise that never settles', async () => {
  const stuck = await failures(
    opening(async function* () {
      yield row;
      await never();
    }),
  );
  assert.match(stuck.answers!, 'it gives a promise that never settles');
  const unloaded = await failures(plugin('parser', never));
  assert.match(unloaded.answers!, 'load() gives a promise that never settles');
});

test.run();
