/** Decisions that are taken on the holds of a run: the new table is what a plain join of both tables makes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { RelayError } from '../../core/errors.ts';
import {
  DECISION_TABLE_COLUMNS,
  type DecisionResult,
  decisionsKey,
  type NewDecision,
  takeDecision,
} from '../../core/pipeline/publish/holds/decisions.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('tables of decisions');
const [TENANT, KEY, HOLDS] = ['shop', 'tenants/shop/decisions.csv', 'run-7/holds.csv'];
const NOW = '2026-11-01T06:00:00.000Z';
const LIMITS = { ...DEFAULT_LIMITS, windowBytes: 50, decisionsMax: 1000 };
const DECISION: NewDecision = {
  ...{ runId: 'run-7', baselineRunId: 'run-6', holdsKey: HOLDS, skus: null, decision: 'accept', reason: '' },
  ...{ expiresAt: null, decidedAt: NOW },
};

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csv = (rows: ReadonlyArray<readonly string[]>) => rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
const bySku = (a: string[], b: string[]) => Buffer.compare(Buffer.from(a[0]!), Buffer.from(b[0]!));
const skusOf = (random: Random, share: number) =>
  ['A', 'AB', 'B"1', 'C,2', 'D', 'É', 'a', 'zz'].filter(() => random.chance(share));

class Shop {
  readonly store = new MemoryArtifactFiles();

  constructor(table: string[][] | null, holds: string[][], columns: readonly string[] = DECISION_TABLE_COLUMNS) {
    if (table !== null) this.store.put(KEY, csv([columns, ...table]));
    const header = ['sku', 'reason', 'published_price', 'candidate_price', 'cost', 'vendor_id', 'held_runs'];
    this.store.put(HOLDS, csv([header, ...holds]));
  }

  take(more: Partial<NewDecision> = {}, limits = LIMITS): Promise<DecisionResult> {
    return takeDecision(this.store, TENANT, { ...DECISION, ...more }, limits);
  }

  get table(): string | null {
    const bytes = this.store.objects.get(KEY);
    return bytes === undefined ? null : Buffer.from(bytes).toString();
  }
}

test('property: decisions replace those on the same SKUs, and those that have expired go', async () => {
  assert.is(decisionsKey(TENANT), KEY);
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed);
    const hasOld = random.chance(0.3);
    const columns = hasOld ? ['sku', 'price', 'decision', 'expires_at'] : DECISION_TABLE_COLUMNS;
    const expiries = ['', '2026-11-01T05:59:59Z', NOW, '2026-11-01T06:00:01Z'];
    const before = skusOf(random, 0.5).map((sku) =>
      columns.map((column) =>
        column === 'sku' ? sku : column === 'expires_at' ? random.pick(expiries) : `${column}, of ${sku}`,
      ),
    );
    const holds = skusOf(random, 0.5).map((sku) => [sku, 'price_rise', '1.00', `2.0${random.int(0, 9)}`, '', 'a', '1']);
    const held = holds.map(([sku]) => sku!);
    const wanted = random.chance(0.4) ? null : [...random.shuffle(held), ...held].filter(() => random.chance(0.6));
    const hasTable = random.chance(0.8);
    const shop = new Shop(hasTable ? before.sort(bySku) : null, holds.sort(bySku), columns);
    shop.store.chunkBytes = random.pick([1, 7, 200]);
    const more = {
      decision: random.pick(['accept', 'reject'] as const),
      reason: random.pick(['', 'so, "yes"']),
      expiresAt: random.pick([null, '2027-01-01T00:00:00Z']),
    };
    const was = shop.table;
    const result = await shop.take({ skus: wanted, ...more });

    const decided = holds.filter(([sku]) => wanted?.includes(sku!) ?? true);
    const kept = (hasTable ? before : [])
      .map((row) => DECISION_TABLE_COLUMNS.map((column) => row[columns.indexOf(column)] ?? ''))
      .filter(
        ([sku, , , , expires = '']) => !decided.some(([one]) => one === sku) && (expires === '' || expires > NOW),
      );
    const made = decided.map(([sku = '', , , price = '']) => [
      sku,
      more.decision,
      price,
      'run-7',
      more.expiresAt ?? '',
      more.reason,
      'run-6',
      NOW,
    ]);
    assert.equal(result, { status: 'taken', count: decided.length }, `seed ${seed}`);
    const table = decided.length === 0 ? was : csv([DECISION_TABLE_COLUMNS, ...[...kept, ...made].sort(bySku)]);
    assert.is(shop.table, table, `seed ${seed}`);
  }
});

test('SKUs that are not held are named in their order, with one that is like them, and nothing is decided', async () => {
  const holds = ['A-100', 'B-200', 'C-300'].map((sku) => [sku, 'price_rise', '1.00', '2.00', '', 'a', '1']);
  const shop = new Shop(null, holds);
  const result = await shop.take({ skus: ['Z-900', 'BB-200', 'B-200', 'B-201', 'A100', 'BB-200'] });
  // B-201 is another article than B-200
  const near = ['A-100', null, 'B-200', null];
  assert.equal(result, { status: 'unknown', skus: ['A100', 'B-201', 'BB-200', 'Z-900'], near });
  assert.is(shop.table, null);
  const many = Array.from({ length: 12 }, (_, i) => `Q${i + 10}`);
  const none = await new Shop(null, []).take({ skus: many });
  assert.equal(none, { status: 'unknown', skus: many, near: new Array(10).fill(null) });
  // a suggestion is one of the first thousand held SKUs
  for (const [others, near] of [
    [999, 'ZZZZZZ'],
    [1000, null],
  ] as const) {
    const skus = [...Array.from({ length: others }, (_, i) => `A${1000 + i}`), 'ZZZZZZ'];
    const found = await new Shop(
      null,
      skus.map((sku) => [sku, '', '', '2.00', '', 'a', '1']),
    ).take({ skus: ['ZZZZZY'] });
    assert.equal(found, { status: 'unknown', skus: ['ZZZZZY'], near: [near] });
  }
});

test('a tenant has as many decisions as the limit says, and the table is left as it was when there would be more', async () => {
  const holds = ['B', 'C'].map((sku) => [sku, 'price_rise', '1.00', '2.00', '', 'a', '1']);
  const row = (sku: string) => DECISION_TABLE_COLUMNS.map((column) => (column === 'sku' ? sku : ''));
  for (const [decisionsMax, status] of [
    [3, 'taken'],
    [2, 'full'],
  ] as const) {
    const shop = new Shop([row('A'), row('B')], holds);
    const was = shop.table;
    const result = await shop.take({}, { ...LIMITS, decisionsMax });
    assert.is(result.status, status);
    assert.is(shop.table === was, status === 'full');
  }
});

test('a decision that meets another one is tried again, twenty times', async () => {
  for (const [others, taken] of [
    [1, true],
    [19, true],
    [20, false],
  ] as const) {
    const shop = new Shop([], [['B', 'price_rise', '1.00', '2.00', '', 'a', '1']]);
    let tries = 0;
    shop.store.beforeClose = () => {
      if (++tries <= others)
        shop.store.put(KEY, csv([DECISION_TABLE_COLUMNS, [`A${tries}`, '', '', '', '', '', '', '']]));
    };
    const result = await shop.take().catch((error: RelayError) => error);
    if (taken) assert.equal(result, { status: 'taken', count: 1 });
    else assert.equal([(result as RelayError).code, (result as RelayError).recovery], ['store_busy', 'retry']);
    assert.is(tries, Math.min(others + 1, 20));
    assert.is(shop.table?.includes('\nB,accept,2.00,'), taken);
  }
});

test('the first decision does not replace a table that came in between', async () => {
  const shop = new Shop(null, [['B', 'price_rise', '1.00', '2.00', '', 'a', '1']]);
  shop.store.beforeClose = () => {
    shop.store.beforeClose = () => {};
    shop.store.put(KEY, csv([DECISION_TABLE_COLUMNS, ['A', 'reject', '', '', '', '', '', '']]));
  };
  await shop.take();
  assert.equal(
    shop.table?.split('\n').map((line) => line.slice(0, 2)),
    ['sk', 'A,', 'B,', ''],
  );
});

test('other failures of the store are not tried again, and nothing is decided', async () => {
  const shop = new Shop([], [['B', 'price_rise', '1.00', '2.00', '', 'a', '1']]);
  let tries = 0;
  shop.store.beforeClose = () => {
    tries++;
    throw new RelayError('store_unavailable', 'not now');
  };
  const error = await shop.take().catch((reason: RelayError) => reason);
  assert.equal([(error as RelayError).code, tries], ['store_unavailable', 1]);
  shop.store.objects.delete(HOLDS);
  assert.is(((await shop.take().catch((reason: RelayError) => reason)) as RelayError).code, 'not_found');
});

test.run();
