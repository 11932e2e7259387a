/** A hook that throws, or answers with a promise or in a wrong form, fails the run by name and never the process. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { Money } from '../../core/money/money.ts';
import type { PluginKind } from '../../core/plugin.ts';
import { KIND_NAMES } from '../../core/plugin-call.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { badParser, type Hooks, layout, making, merge, plugin, runBad, unhandled } from './bad-plugin.ts';

const throws = () => {
  throw new Error('oops');
};
const rejects = async () => throws();
const PROMISE = /it returned a promise/;

/** Each hook that must answer at once: its kind, its name, where it fails, and a plugin with it. */
const HOOKS: Array<[kind: PluginKind, hook: string, place: string, make: (hook: unknown) => AnyPlugin]> = [
  ['validator', 'check()', ' on row 2', (check) => making('validator', { check })],
  ['validator', 'finish()', ' on the end of the feed', (finish) => making('validator', { finish })],
  ['pricing', 'price()', ' on SKU "A"', (price) => making('pricing', { price })],
  ['merge', 'compare()', ' on SKU "A"', (compare) => merge({ compare })],
  ['merge', 'choose()', ' on SKU "A"', (choose) => merge({ choose })],
  ['output', 'row()', ' on SKU "A"', (row) => making('output', { extension: 'csv', row })],
  ['output', 'head()', '', (head) => making('output', { extension: 'csv', row: () => '', head })],
  ['output', 'foot()', '', (foot) => making('output', { extension: 'csv', row: () => '', foot })],
  ['parser', 'row()', ' on row 1', (row) => badParser(() => ({ layout: { ...layout, row } }))],
  ['parser', 'open()', ' on feed.csv', (open) => badParser(() => ({ open }))],
  ['parser', 'warnings()', ' on feed.csv', (warnings) => badParser(() => ({ warnings }))],
  [
    'parser',
    'layout.repair.mend()',
    ' on feed.csv',
    (mend) => badParser(() => ({ layout: { ...layout, repair: { width: 4, mend } } })),
  ],
  ...Object.keys(KIND_NAMES).map((kind): (typeof HOOKS)[number] => {
    return [kind as PluginKind, 'the factory', '', (create) => plugin(kind as PluginKind, async () => create)];
  }),
];

for (const [kind, hook, place, make] of HOOKS) {
  test(`${hook} of a ${KIND_NAMES[kind]} fails the run by name if it throws or answers with a promise`, async () => {
    const named = `${hook} of the ${KIND_NAMES[kind]} "bad" failed${place}: `;
    const later = await unhandled(async () => {
      for (const [broken, reason] of [
        [throws, 'oops'],
        [rejects, PROMISE],
        [async () => null, PROMISE],
        // biome-ignore lint/suspicious/noThenProperty: any thenable counts
        [() => ({ then: (_: unknown, no: (e: Error) => void) => no(new Error('late')) }), PROMISE],
      ] as const) {
        const { outcome } = await runBad(make(broken));
        assert.is(outcome.status, 'FAILED', `${hook} ${reason}`);
        assert.match(outcome.error_message!, named);
        assert.match(outcome.error_message!, /^plugin_failed: /);
        assert.match(outcome.error_message!, reason);
      }
    });
    assert.equal(later, []);
  });
}

const empty = { async *[Symbol.asyncIterator]() {} };
const wrong: Array<[AnyPlugin, RegExp]> = [
  [plugin('pricing', rejects), /load\(\) of the pricing rule "bad" failed: oops/],
  [
    plugin('merge', async () => undefined),
    /load\(\) of the merge strategy "bad" failed: it gave undefined, not a function/,
  ],
  [making('parser', { prepare: throws }), /vendor v1: prepare\(\) of the parser "bad" failed on feed.csv: oops/],
  [making('parser', { prepare: rejects }), /prepare\(\) of the parser "bad" failed on feed.csv: oops/],
  [making('parser', { prepare: async () => null }), /prepare\(\) .*: it gave null, not a prepared feed/],
  [
    making('parser', { prepair: throws }),
    /the factory of the parser "bad" failed: prepair\(\) is no hook of a parser \(did you mean "prepare"\?\); its hook is prepare\(\)/,
  ],
  [
    making('validator', { chek: throws }),
    /the factory of the validator "bad" failed: chek\(\) is no hook of a validator \(did you mean "check"\?\); its hooks are check\(\) and finish\(\); a helper belongs outside/,
  ],
  [making('validator', { check: 'no' }), /check must be a function, not a string/],
  [making('validator', {}), /what it made has no check\(\) and no finish\(\)/],
  [
    making('output', { extension: '.csv', row: () => '' }),
    /extension must be 1 to 10 lower case letters and digits, such as "csv", not "\.csv"/,
  ],
  [making('output', { extension: 'csv', head: () => '' }), /what it made has no row\(\)/],
  [merge({}), /what it made has no compare\(\) and no choose\(\)/],
  [badParser(() => ({ reason: '' })), /it gave no reason/],
  [
    badParser(() => ({ open: () => empty, warnings: () => [1] })),
    /warnings\(\) .*: it returned a list; it must return a list of codes/,
  ],
  [
    badParser(() => ({ open: () => 'A,1' })),
    /open\(\) .*: it returned a string; it must return an async iterable of bytes/,
  ],
  [
    badParser(() => ({
      open: async function* () {
        yield 'A,1\n';
      },
    })),
    /open\(\) .* failed on feed.csv: it gave a string; it must give bytes, or rows/,
  ],
  [
    badParser(() => ({
      open: async function* () {
        yield new Uint8Array(0);
        throws();
      },
    })),
    /open\(\) .* failed on feed.csv: oops/,
  ],
  [
    badParser(() => ({ layout: { ...layout, delimiter: undefined } })),
    /layout.delimiter is missing; it must be a text/,
  ],
  [
    badParser(() => ({ layout: { ...layout, skiplines: 1 } })),
    /layout.skiplines is not a key of a layout \(did you mean "skipLines"\?\)/,
  ],
  [badParser(() => ({ layout: { ...layout, header: 'no' } })), /layout.header must be true or false, not a string/],
  [
    badParser(() => ({ layout: { ...layout, columns: { skuu: { index: 0 } } } })),
    /layout.columns.skuu is not a column of a feed \(did you mean "sku"\?\)/,
  ],
  [
    badParser(() => ({ layout: { ...layout, columns: { sku: { header: 'A' } } } })),
    /layout.columns.sku needs match: "exact" or "loose"/,
  ],
  [
    badParser(() => ({ layout: { ...layout, columns: { sku: { idx: 0 } } } })),
    /layout.columns.sku must be \{ header, match, expected \}/,
  ],
  [merge({ compare: () => true }), /compare\(\) .* on SKU "A": it returned a boolean, not a number/],
  [merge({ compare: () => Number.NaN }), /compare\(\) .* on SKU "A": it returned NaN, not a number/],
  [
    making('validator', {
      check: (_: unknown, report: { error(...args: unknown[]): void }) => report.error('odd', null),
    }),
    /on row 2: it reports undefined as reason/,
  ],
  [
    making('validator', { finish: (report: { error(...args: unknown[]): void }) => report.error('', 'why') }),
    /the end of the feed: it reports a string as code/,
  ],
  [
    making('validator', { check: () => false }),
    /check\(\) .* on row 2: it returned a boolean; it must return nothing, at once/,
  ],
  ...[undefined, Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, '7'].map((days): [AnyPlugin, RegExp] => [
    making('merge', { compare: () => 0, leadTimeFallbackDays: days }),
    /the factory of the merge strategy "bad" failed: leadTimeFallbackDays must be null or whole days of 0 or more, not /,
  ]),
];

test('an answer of a wrong form is refused with plugin, hook and place', async () => {
  const later = await unhandled(async () => {
    for (const [bad, message] of wrong) {
      const { outcome } = await runBad(bad);
      assert.is(outcome.status, 'FAILED', String(message));
      assert.match(outcome.error_message!, message);
      assert.match(outcome.error_message!, /^plugin_failed: /);
    }
  });
  assert.equal(later, []);
});

/** Ways to reject a promise that the hook does not return: at once, some microtasks later, or in a `.then`. */
const STRAYS: Array<() => void> = [
  () => void Promise.reject(new Error('astray')),
  () =>
    void (async () => {
      for (let turn = 0; turn < 5; turn++) await null;
      throw new Error('astray');
    })(),
  () => void Promise.resolve().then(() => Promise.reject(new Error('astray'))),
];

function after<T>(start: () => void, answer: T): T {
  start();
  return answer;
}

/** Each hook with a valid answer, after it has started a promise. */
const STARTERS: Array<[name: string, make: (start: () => void) => AnyPlugin]> = [
  ['the validator "bad"', (start) => making('validator', { check: () => start() })],
  ['the validator "bad"', (start) => making('validator', { finish: () => start() })],
  [
    'the pricing rule "bad"',
    (start) => {
      const price = ({ price }: { price: Money | null }) => {
        start();
        return price;
      };
      return making('pricing', { price });
    },
  ],
  ['the merge strategy "bad"', (start) => merge({ compare: () => after(start, 0) })],
  ['the merge strategy "bad"', (start) => merge({ choose: (offers: unknown) => after(start, offers) })],
  [
    'the parser "bad"',
    (start) => badParser(() => ({ layout: { ...layout, row: (cells: unknown) => after(start, cells) } })),
  ],
  ['the parser "bad"', (start) => badParser((source) => ({ open: () => after(start, source.open()) }))],
  ['the parser "bad"', (start) => badParser(() => ({ warnings: () => after(start, []) }))],
  ['the parser "bad"', (start) => badParser(() => after(start, {}))],
  [
    'the pricing rule "bad"',
    (start) => plugin('pricing', async () => () => after(start, { price: ({ price }: { price: unknown }) => price })),
  ],
  ['the validator "bad"', (start) => plugin('validator', async () => after(start, () => ({ check: () => undefined })))],
];

test('a rejected promise that a hook did not return fails the run with the plugin’s name', async () => {
  for (const [name, make] of STARTERS) {
    for (const start of STRAYS) {
      const { outcome } = await runBad(make(start));
      assert.is(outcome.status, 'FAILED', `${name} ${make}`);
      assert.is(
        outcome.error_message,
        `plugin_failed: a promise that ${name} started, and did not wait for, was rejected: astray`,
      );
    }
    assert.is(
      (await runBad(make(() => void Promise.reject(new Error('handled')).catch(() => {})))).outcome.status,
      'SUCCEEDED',
    );
  }
});

test('a run that fails for another reason keeps that error and ignores the rejection', async () => {
  const bad = making('validator', {
    check: () => {
      STRAYS[0]!();
      throw new Error('oops');
    },
  });
  assert.match((await runBad(bad)).outcome.error_message!, /check\(\) of the validator "bad" failed on row 2: oops/);
});

test('errors of the feed or the source are not blamed on the parser', async () => {
  const bad = badParser(() => ({
    open: () => {
      throw new RelayError('invalid_input', 'it is a picture');
    },
  }));
  const { outcome } = await runBad(bad);
  assert.is(outcome.error_code, 'invalid_input');
  assert.match(outcome.error_message!, 'it is a picture');
});

test('a parser may throw the codes of feeds; any other error is the plugin’s fault', async () => {
  for (const code of ['my_code', 'validation_errors', 'CANCELLED', 'internal_error']) {
    const cut = () => {
      throw new RelayError(code, 'it is cut off');
    };
    for (const [hook, bad] of [
      ['prepare()', making('parser', { prepare: async () => cut() })],
      ['open()', badParser(() => ({ open: cut }))],
    ] as const) {
      const { outcome } = await runBad(bad);
      assert.is(outcome.error_code, 'internal_error');
      assert.is(
        outcome.error_message,
        `plugin_failed: vendor v1: ${hook} of the parser "bad" failed on feed.csv: it threw a RelayError with the code "${code}"; a feed that is wrong is one of DECODE_ERROR, missing_required_columns, ambiguous_column, invalid_input, INPUT_TOO_LARGE: it is cut off`,
      );
    }
  }
});

test('a manifest’s hooks are called when the registry is made, and when a config is checked', async () => {
  const config = { vendors: [{ vendor_id: 'v', parser: { format: 'bad', options: { on: true } } }] };
  const options = z.strictObject({ on: z.boolean().default(false) });
  for (const hook of ['check', 'sideFiles', 'files']) {
    const named = `${hook}() of the parser "bad" failed: `;
    const later = await unhandled(async () => {
      for (const [broken, reason] of [
        [throws, 'oops'],
        [rejects, PROMISE],
        [() => 'no', /it returned a string; it must return/],
      ] as const) {
        const always = plugin('parser', async () => throws, { [hook]: broken });
        try {
          new Registry([always]);
          assert.unreachable();
        } catch (error) {
          assert.is((error as RelayError).code, 'plugin_invalid');
          assert.match((error as RelayError).message, named);
          assert.match((error as RelayError).message, reason);
        }
        const good = hook === 'files' ? null : [];
        const sometimes = (given: { on: boolean }) => (given.on ? broken() : good);
        const registry = new Registry([
          ...BUILTIN_PLUGINS,
          plugin('parser', async () => throws, { options, [hook]: sometimes }),
        ]);
        const checked = checkConfig(config, registry);
        const found = checked.ok ? [] : checked.problems.filter(({ code }) => code === 'plugin_failed');
        assert.equal(
          found.map(({ path }) => path),
          ['vendors[0].parser.options'],
        );
        assert.match(found[0]!.message, named);
      }
    });
    assert.equal(later, []);
  }
});

test('a manifest with an unknown key, or a schema that throws, is refused', () => {
  const refused = (manifest: Hooks): string => {
    try {
      new Registry([plugin('parser', async () => throws, manifest)]);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.match(
    refused({ sidefiles: () => [] }),
    'parser/bad: sidefiles is not a key of a manifest (did you mean "sideFiles"?)',
  );
  assert.match(refused({ files: {} }), 'parser/bad: files must be a function');
  assert.match(refused({ options: z.strictObject({}).refine(throws) }), 'its example does not load: oops');
});

test('Money throws at every operator, and is text in a template', () => {
  const [a, b] = [Money.of(9), Money.of('10.5')] as unknown as [number, number];
  const operators: Array<() => unknown> = [() => a < b, () => a >= b, () => a + b, () => a - b, () => a * b, () => -a];
  operators.push(
    // biome-ignore lint/suspicious/noDoubleEquals: the operator is the test
    () => a == 9,
    () => String(Number(a)),
    () => Math.max(a, b),
    () => Number(a),
    () => a > 0,
  );
  for (const operator of operators) assert.throws(operator, /Money has no operators: use compare\(\) or equals\(\)/);
  assert.is(`${a} ${String(b)} ${JSON.stringify({ b })}`, '9 10.5 {"b":"10.5"}');
});

test('a price that is computed with operators fails the run by name', async () => {
  const bad = making('pricing', { price: ({ price }: { price: number }) => (price > 5 ? price : null) });
  const strategy = merge({ compare: (x: { cost: number }, y: { cost: number }) => x.cost - y.cost });
  const { outcome } = await runBad(strategy);
  assert.match(
    outcome.error_message!,
    /compare\(\) of the merge strategy "bad" failed on SKU "A": Money has no operators/,
  );
  assert.is((await runBad(bad)).outcome.status, 'SUCCEEDED', 'no price: null > 5');
});

test.run();
