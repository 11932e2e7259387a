/** What all stores share: ranges, errors, names of downloads, lifetimes of addresses, messages of the queue. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../core/errors.ts';
import { disposition } from './content-disposition.ts';
import { checkExpiry } from './expiry.ts';
import { parseJob } from './job-message.ts';
import { blocked, changed, exists, notFound, resolveRange } from './object-errors.ts';
import { withCalls } from './with-calls.ts';

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof RelayError ? error.code : 'a bug';
  }
}

test('ranges of an object, compared with a list of its bytes', () => {
  for (let size = 0; size < 5; size++) {
    const bytes = Array.from({ length: size }, (_, i) => i);
    assert.equal(resolveRange('k', size, undefined), [0, size]);
    for (let first = -1; first < 6; first++) {
      for (let last = -1; last < 7; last++) {
        const wanted = bytes.filter((at) => at >= first && at <= last);
        const isGood = first >= 0 && wanted.length > 0;
        if (!isGood)
          assert.is(
            codeOf(() => resolveRange('k', size, { first, last })),
            'invalid_range',
          );
        else assert.equal(bytes.slice(...resolveRange('k', size, { first, last })), wanted);
      }
    }
  }
  for (const [first, last] of [
    [0.5, 1],
    [0, 1.5],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ] as const)
    assert.is(
      codeOf(() => resolveRange('k', 9, { first, last })),
      'invalid_range',
    );
  try {
    resolveRange('k', 4, { first: 4, last: 9 });
  } catch (error) {
    assert.equal((error as RelayError).details, { key: 'k', size: 4, first: 4, last: 9 });
  }
});

test('errors of objects have a code and the key', () => {
  const errors = [notFound('k'), changed('k'), exists('k'), blocked('k')];
  assert.equal(
    errors.map(({ code, details }) => [code, details]),
    ['not_found', 'precondition_failed', 'precondition_failed', 'invalid_key'].map((code) => [code, { key: 'k' }]),
  );
});

test('a download has its name in both forms, whatever is in it', () => {
  const table: ReadonlyArray<[string, string, string]> = [
    ['feed.csv', 'feed.csv', 'feed.csv'],
    ['a b~.csv', 'a b~.csv', 'a%20b~.csv'],
    ['50%.csv', '50_.csv', '50%25.csv'],
    ['a"b\\c', 'a_b_c', 'a%22b%5Cc'],
    ["it's (1)*", "it's (1)*", 'it%27s%20%281%29%2A'],
    ['Preis \u00e9\n', 'Preis __', 'Preis%20%C3%A9%0A'],
    ['\u007f', '_', '%7F'],
    ['a\ud800b', 'a_b', 'a_b'],
    ['\ud83d\ude00', '__', '%F0%9F%98%80'],
  ];
  for (const [name, plain, encoded] of table)
    assert.is(disposition(name), `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`);
});

test('an address lives for up to a week', () => {
  const week = 7 * 24 * 3600;
  for (const seconds of [0.001, 1, week]) checkExpiry(seconds);
  for (const seconds of [0, -1, week + 1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => checkExpiry(seconds));
});

test('a message that is not a job is none', () => {
  const job = { run_id: 'r', tenant_id: 't', vendors: ['a'], config_version: 1 };
  assert.equal(parseJob(JSON.stringify(job)), job);
  assert.equal(parseJob(JSON.stringify({ ...job, vendors: [], more: 1 })), { ...job, vendors: [] });
  assert.equal(parseJob(JSON.stringify({ ...job, simulation: true })), { ...job, simulation: true });
  for (const change of [
    { run_id: '' },
    { run_id: 1 },
    { tenant_id: '' },
    { tenant_id: undefined },
    { vendors: 'a' },
    { vendors: [1] },
    { vendors: undefined },
    { config_version: 0 },
    { config_version: 1.5 },
    { config_version: '1' },
    { simulation: false },
  ])
    assert.is(parseJob(JSON.stringify({ ...job, ...change })), null, JSON.stringify(change));
  for (const text of ['', '{', 'null', '[]', '1']) assert.is(parseJob(text), null, text);
});

test('a store with some calls replaced keeps all others, with their private fields', () => {
  class Store {
    readonly name = 'store';
    readonly #hidden = 7;
    one() {
      return this.#hidden;
    }
    two() {
      return this.#hidden + 1;
    }
  }
  const store = withCalls(new Store(), { two: () => 0 });
  const { one } = store;
  assert.equal([store.one(), store.two(), store.name, one()], [7, 0, 'store', 7]);
});

test.run();
