/** The kernel merges and writes rows as TypeScript does: groups over several windows and vendors, every column, tiny budgets. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EngineLimits } from '../../core/ports/engine.ts';
import { countOf } from '../../core/testing/share.ts';
import type { MemoryCase } from '../../plugins/in-memory/run.ts';
import { assertSame, kernelCalls } from '../support/kernel-runs.ts';

const HEADER =
  'sku,vendor_sku,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title,updated_at,maker';
const COLUMNS = [...HEADER.split(','), 'vendor_id'];

const one = (...cells: string[]) => fc.constantFrom(...cells);
const sku = fc.oneof(
  fc.nat({ max: 60 }).map((n) => `AB-${n}`),
  fc.nat({ max: 9 }).map((n) => `LONG-ARTICLE-NUMBER-${n}`),
  one('LONG-ARTICLE-NUMBER', 'LONG-ART', 'LONG-ARTI', 'A', 'ab-1', '7', '007', '"q,r"', 'é1', 'L'.repeat(300)),
);
const amount = one('', '0', '1.56', '779.48', '0.125', '12.345', '9999.99', '999999999.999999');
const row = fc
  .tuple(
    ...[sku, one('', 'V1', '"v,2"'), one('0', '5', '1200', '999999999999999'), one('', '0', '3')],
    ...[amount, amount, amount, amount, one('', 'new', 'Used', 'refurb'), one('', 'Acme', '"a, ""b"""', '=1+1')],
    ...[one('', 'Plain', '"two\nlines"', '-5'), one('', '2026-09-08T23:08:00Z', '0001-01-01', '9999-12-31')],
    one('', 'M', '"m,1"'),
  )
  .map((cells) => cells.join(','));
const table = fc.array(row, { minLength: 30, maxLength: 90 });
const columns = fc.subarray(COLUMNS, { minLength: 1 }).chain((some) => fc.shuffledSubarray(some, { minLength: 1 }));

const LIMITS: Array<Partial<EngineLimits>> = [
  {},
  {},
  { mergeBytes: 1500 },
  { sortBytes: 9000, offersBytes: 3000, mergeBytes: 5000 },
  { sortBytes: 9000, mergeBytes: 400 },
  { offersInHand: 2, mergeBytes: 3000 },
  { offersPerSkuMax: 4 },
];

const vendor = (vendor_id: string, rest: object = {}) => ({
  ...{ vendor_id, inbound: { type: 'local' }, ...rest },
  parser: { format: 'csv', column_map: { maker: 'maker' } },
});

function configOf(vendors: number, output: object, rest: object = {}): object {
  const policies = ['best', 'first', 'last', 'sum_quantity'];
  return {
    ...{ tenant_id: 'northwind', timezone: 'UTC', default_currency: 'USD', extra_columns: ['maker'] },
    vendors: Array.from({ length: vendors }, (_, i) => vendor(`v${i}`, { duplicate_sku: policies[i % 4] })),
    pricing: {
      base_margin_pct: '0.20',
      min_price: '1',
      shipping_handling_flat: '1',
      map_policy: { enforce: true },
      rounding: {},
    },
    merge: { strategy: 'best_offer' },
    output,
    error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 },
    ...rest,
  };
}

function caseOf(config: object, tables: readonly string[][]): MemoryCase {
  const files = tables.map((rows, i) => {
    const bytes = new TextEncoder().encode([HEADER, ...rows, ''].join('\n'));
    return [`v${i}`, { name: `v${i}.csv`, bytes }];
  });
  return { config, files: Object.fromEntries(files), chunkBytes: 4096 };
}

const CONFIGS: Array<[name: string, rest: object, output: object, writes: boolean]> = [
  ['ordinary rows', {}, {}, true],
  ['prices in three decimals', { default_currency: 'KWD' }, {}, true],
  [
    'a lead time where none is',
    { merge: { strategy: 'best_offer', best_offer: { fallback_lead_time_days: 7 } } },
    {},
    true,
  ],
  [
    'quantities that depend on a brand',
    {
      quantity: {
        rules: [
          { brands: ['acme'], buffer: { units: 4 } },
          { brands: ['a, "b"'], cap: 3 },
        ],
      },
    },
    {},
    true,
  ],
  ['JSON lines', {}, { format: 'jsonl' }, false],
  ['formulas that are escaped', {}, { escape_formulas: true }, false],
  [
    'prices that whole numbers do not hold',
    {
      pricing: {
        base_margin_pct: '9.999999',
        min_price: '1',
        shipping_handling_flat: '1',
        map_policy: {},
        rounding: {},
      },
    },
    {},
    true,
  ],
];

/** Enough for the counts below, whatever the random cases are. */
const ORDINARY: [string[][], string[], Partial<EngineLimits>] = [
  ['1.56', '779.48'].map((cost) => Array.from({ length: 150 }, (_, i) => `AB-${i},,5,,${cost},,,,,Acme,Plain,,M`)),
  ['sku', 'price', 'title'],
  {},
];

for (const [name, rest, output, writes] of CONFIGS) {
  test(name, async () => {
    const tables = fc.array(table, { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(tables, columns, fc.constantFrom(...LIMITS), async (feeds, shown, limits) => {
      const shownColumns = shown.includes('sku') ? shown : ['sku', ...shown];
      await assertSame(caseOf(configOf(feeds.length, { columns: shownColumns, ...output }, rest), feeds), limits);
    });
    const { merged, written } = await kernelCalls(() =>
      fc.assert(property, { numRuns: countOf(60), examples: [ORDINARY] }),
    );
    assert.ok(merged > 100, `${merged} offers merged`);
    assert.is(written > 100, writes, `${written} rows written`);
  });
}

test('groups that windows cut are merged whole', async () => {
  const feeds = [0, 1, 2].map((of) =>
    Array.from({ length: 4000 }, (_, i) => `AB-${(i * 7919 + of) % 3000},,5,,${(i % 90) + 1}.50,,,,,,T ${i},,M`),
  );
  const config = configOf(3, { columns: ['sku', 'price', 'vendor_id', 'title'] });
  const { merged, written } = await kernelCalls(() => assertSame(caseOf(config, feeds), { mergeBytes: 12_000 }));
  assert.ok(merged > 10_000 && written > 2500, `${merged} merged, ${written} written`);
});

test.run();
