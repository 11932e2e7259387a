/** The kernel chooses, prices and writes winners as TypeScript does, and leaves to it each SKU of which something is counted or shown. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf } from '../../core/testing/share.ts';
import type { MemoryCase } from '../../plugins/in-memory/run.ts';
import { assertSame, kernelCalls } from '../support/kernel-runs.ts';

const HEADER = 'sku,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,updated_at';
const COLUMNS = ['vendor_id', ...HEADER.split(',')];
const VENDORS = ['v0', 'v1', 'v2'];

const one = (...cells: string[]) => fc.constantFrom(...cells);
const ordinary = fc.integer({ min: 2000, max: 6000 }).map((cents) => (cents / 100).toFixed(2));
const odd = one(
  '',
  '0',
  '0.001',
  '0.01',
  '0.02',
  '9998.99',
  '9999',
  '9999.9',
  '9999.99',
  '9999.98',
  '99999999.99',
  '0.125',
);
const amount = fc.oneof({ weight: 30, arbitrary: ordinary }, { weight: 1, arbitrary: odd });
const maybe = fc.oneof({ weight: 1, arbitrary: one('') }, { weight: 2, arbitrary: amount });
const sku = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 150 }).map((n) => `AB-${n}`) },
  { weight: 2, arbitrary: one('4006381333931', '7', '70', '12-A', 'LONG-ARTICLE-NUMBER-1', 'LONG-ARTICLE-NUMBER-2') },
);
const twin = one('007', '07', '0', '0-A', 'ab-7', 'Ab-8', 'aB-9', 'ÄB-1', 'äB-1', `AB-7${'x'.repeat(1000)}`);
const cells = (skus: fc.Arbitrary<string>) =>
  fc
    .tuple(
      ...[skus, one('0', '1', '5', '1200'), one('', '0', '3', '9'), amount, maybe, maybe, maybe],
      ...[one('', 'new', 'used', 'refurb'), one('', '2026-09-08T23:08:00Z', '2026-09-09T00:00:00Z')],
    )
    .map((row) => row.join(','));
const table = fc.tuple(fc.boolean(), fc.boolean()).chain(([hasTwins, isLarge]) =>
  fc.array(cells(hasTwins ? fc.oneof({ weight: 9, arbitrary: sku }, { weight: 1, arbitrary: twin }) : sku), {
    minLength: isLarge ? 60 : 20,
    maxLength: isLarge ? 90 : 30,
  }),
);

const CRITERIA = ['in_stock_desc', 'lowest_landed_cost', 'lowest_lead_time', 'highest_quantity', 'newest'];
const criteria = fc
  .tuple(fc.subarray(CRITERIA), fc.constantFrom('v0', 'v0,v1', 'v1,v0', 'v0,v2'), fc.nat({ max: 2 }))
  .chain(([names, ids, kind]) => fc.shuffledSubarray(kind === 0 ? [...names, `vendor_priority:${ids}`] : names));

const factor = one('0', '0.20', '-0.05', '0.2375', '1.5');
const rule = fc.oneof(
  fc.constantFrom('margin', 'min_price', 'map_floor', 'round').map((use) => ({ use })),
  fc.constant({ use: 'round', with: { offset: '-0.01' } }),
  factor.map((margin_pct) => ({ use: 'min_margin', with: { margin_pct } })),
  one('1', '0.95', '0.333').map((share) => ({ use: 'msrp_cap', with: { share } })),
  fc.tuple(factor, factor, fc.boolean()).map(([low, high, isOpen]) => ({
    use: 'cost_bands',
    with: {
      bands: [
        { up_to: '9.99', margin_pct: low },
        { ...(isOpen ? {} : { up_to: '500' }), margin_pct: high },
      ],
    },
  })),
);

const chain = fc.array(rule, { maxLength: 4 }).map((rules) => [{ use: 'margin' }, ...rules]);

/** A config without its vendors, and the `duplicate_sku` of each. */
interface Tenant {
  merge: { strategy: string; best_offer: { sort_by: string[]; fallback_lead_time_days: number } };
  duplicates: string | undefined;
  [section: string]: unknown;
}

const tenant: fc.Arbitrary<Tenant> = fc
  .record({
    base_margin_pct: factor,
    min_price: one('0', '1', '25'),
    shipping_handling_flat: one('0', '1', '9.99', '0.125'),
    enforce: fc.boolean(),
    rounding: fc.record({ mode: one('up', 'down', 'nearest'), increment: one('0.05', '1') }),
    rules: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: chain }),
    currency: one('USD', 'USD', 'KWD', 'JPY'),
    sort_by: criteria,
    fallback_lead_time_days: fc.nat({ max: 5 }),
    duplicates: fc.constantFrom(undefined, 'best', 'best'),
    columns: fc.subarray(COLUMNS, { minLength: 1 }).chain((some) => fc.shuffledSubarray(some, { minLength: 1 })),
  })
  .map((of) => ({
    ...{ tenant_id: 'northwind', timezone: 'UTC', default_currency: of.currency },
    pricing: {
      ...{ base_margin_pct: of.base_margin_pct, min_price: of.min_price, rounding: of.rounding },
      shipping_handling_flat: of.shipping_handling_flat,
      map_policy: { enforce: of.enforce },
      ...(of.rules === null ? {} : { rules: of.rules }),
    },
    merge: {
      strategy: 'best_offer',
      best_offer: { sort_by: of.sort_by, fallback_lead_time_days: of.fallback_lead_time_days },
    },
    output: { columns: of.columns.includes('sku') ? of.columns : ['sku', ...of.columns] },
    error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 },
    duplicates: of.duplicates,
  }));

function caseOf({ duplicates, ...rest }: Tenant, tables: readonly string[][]): MemoryCase {
  const files = tables.map((rows, i) => {
    const bytes = new TextEncoder().encode([HEADER, ...rows, ''].join('\n'));
    return [VENDORS[i], { name: `v${i}.csv`, bytes }];
  });
  const vendors = VENDORS.slice(0, tables.length).map((vendor_id) => ({
    ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' } },
    ...(duplicates === undefined ? {} : { duplicate_sku: duplicates }),
  }));
  return { config: { ...rest, vendors }, files: Object.fromEntries(files), chunkBytes: 4096 };
}

/** With the criteria that name no other vendors than these. */
function withVendors(of: Tenant, vendors: number): Tenant {
  const last = `v${vendors - 1}`;
  const sort_by = of.merge.best_offer.sort_by.filter(
    (name) => !name.startsWith('vendor_priority') || (name.match(/v\d/g) ?? []).every((id) => id <= last),
  );
  return { ...of, merge: { ...of.merge, best_offer: { ...of.merge.best_offer, sort_by } } };
}

const LIMITS = [{}, {}, { mergeBytes: 1500 }, { sortBytes: 9000, offersBytes: 3000, mergeBytes: 5000 }];

const many = (rows: number, line: (i: number) => string) => Array.from({ length: rows }, (_, i) => line(i));

/** Its feeds have ordinary rows only. */
const PLAIN: Tenant = {
  ...{ tenant_id: 'northwind', timezone: 'UTC', default_currency: 'USD', duplicates: undefined },
  pricing: { base_margin_pct: '0.20', min_price: '1', shipping_handling_flat: '1', map_policy: {}, rounding: {} },
  merge: { strategy: 'best_offer', best_offer: { sort_by: [], fallback_lead_time_days: 7 } },
  output: { columns: ['sku', 'price', 'vendor_id'] },
};

const ORDINARY: [Tenant, string[][], object] = [
  PLAIN,
  ['20.50', '40.50'].map((cost) => many(150, (i) => `AB-${i},5,,${cost},,,,,`)),
  {},
];

test('property: chains, criteria, odd amounts and SKUs that may be twins', async () => {
  const tables = fc.oneof(fc.array(table, { minLength: 1, maxLength: 3 }), fc.tuple(table, table, table));
  const property = fc.asyncProperty(tenant, tables, fc.constantFrom(...LIMITS), async (of, feeds, limits) => {
    await assertSame(caseOf(withVendors(of, feeds.length), feeds), limits);
  });
  const runs = countOf(300);
  const { merged, settled } = await kernelCalls(() => fc.assert(property, { numRuns: runs, examples: [ORDINARY] }));
  // the example alone has 150 SKUs
  assert.ok(settled >= 140 && settled < merged, `${settled} of ${merged} offers settled`);
});

test('ordinary SKUs are all settled in the kernel, pages of rows too', async () => {
  const feed = many(4200, (i) => `AB-${i},5,,${(i % 90) + 1}.50,,,,,`);
  const { settled } = await kernelCalls(() => assertSame(caseOf(PLAIN, [feed]), {}));
  // the first SKU of a page, and what is at the end of a window
  assert.ok(settled >= 4190, `${settled} of 4200 settled`);
});

test('what is odd about many SKUs is counted in the kernel once there are examples', async () => {
  const odd: Array<[code: string, pricing: object, feeds: string[]]> = [
    ['price_below_cost', { base_margin_pct: '-0.50' }, ['5,,20.50,,,,,']],
    ['price_far_below_msrp', {}, ['5,,20.50,,,999.00,,']],
    ['used_beats_new', {}, ['5,,20.50,,,,used,', '5,,21.50,,,,new,']],
    ['map_of_losing_vendor', { map_policy: { enforce: true } }, ['5,,20.50,,,,,', '5,,21.50,90.00,,,,']],
  ];
  for (const [code, pricing, rows] of odd) {
    const of = { ...PLAIN, pricing: { ...(PLAIN.pricing as object), ...pricing } };
    const feeds = rows.map((row) => many(200, (i) => `AB-${i},${row}`));
    let warnings: string[] = [];
    const { settled } = await kernelCalls(async () => {
      const run = await assertSame(caseOf(of, feeds), {});
      warnings = (JSON.parse(run.artifacts.text('reports/run_summary.json') ?? '{}') as { warnings: string[] })
        .warnings;
    });
    assert.ok(
      warnings.some((warning) => warning.startsWith(`${code}:200:`)),
      warnings.join('\n'),
    );
    assert.ok(settled > 150, `${code}: ${settled} of 200 settled`);
  }
});

test('quantity rules, JSON lines, and vendors of whose rows the last one counts are left to TypeScript', async () => {
  const feed = many(100, (i) => `AB-${i},5,,2.50,,,,,`);
  const cases = [
    caseOf({ ...PLAIN, duplicates: 'last' }, [feed]),
    caseOf({ ...PLAIN, quantity: { rules: [{ buffer: { units: 1 } }] } }, [feed]),
    caseOf({ ...PLAIN, output: { columns: ['sku'], format: 'jsonl' } }, [feed]),
  ];
  const { merged, settled } = await kernelCalls(async () => {
    for (const each of cases) await assertSame(each, {});
  });
  assert.is(settled, 0);
  assert.ok(merged > 200, `${merged} merged`);
});

test.run();
