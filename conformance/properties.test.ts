/** Rules of a run that hold for all inputs. */
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry } from '../core/issue.ts';
import { countOf } from '../core/testing/share.ts';
import { type HarnessCase, runCase } from '../plugins/testing/harness.ts';

const HEADER = [
  'sku',
  'vendor_sku',
  'quantity_available',
  'lead_time_days',
  'cost',
  'map_price',
  'price',
  'title',
  'updated_at',
];

const sku = fc.constantFrom(
  'A',
  'a',
  'B-1',
  'B-10',
  'B-1 ',
  'é',
  '\u{1F600}',
  '\uFF5E',
  'LONG-PREFIX-1',
  'LONG-PREFIX-2',
  '',
);
const money = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 99_999_999 }).map((n) => (n / 10000).toString()) },
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom('CALL', '-1', '1,5', '999999999.999999', '0.0000005') },
);
const row = fc.tuple(
  sku,
  fc.constantFrom('', 'V1'),
  fc.constantFrom('0', '', '5', '12', '-1', 'x'),
  fc.constantFrom('', '1', '9'),
  money,
  money,
  money,
  fc.constantFrom('', 'plain', 'a "b" c', 'x, y', 'two\nlines'),
  fc.constantFrom('', '2026-01-01', '2026-06-01T12:00:00Z', 'soon'),
);
const feed = fc.array(row, { maxLength: 25 });
const feeds = fc.tuple(feed, feed, feed);

const SORTS = [
  'in_stock_desc',
  'lowest_landed_cost',
  'lowest_lead_time',
  'highest_quantity',
  'newest',
  'vendor_priority:v2,v1',
];
const sortBy = fc.shuffledSubarray(SORTS);
const rounding = fc.record({
  mode: fc.constantFrom('nearest', 'up', 'down'),
  increment: fc.constantFrom('0.01', '0.05', '1', '0.99'),
});
const ending = fc.record({
  mode: fc.constantFrom('nearest', 'up', 'down'),
  increment: fc.constantFrom('1', '0.5', '10', '0.99'),
  offset: fc.constantFrom('-0.01', '-0.05', '0.49', '0.01', '-0.49'),
});

function configFor(sort: readonly string[], roundTo: object, order: readonly string[] = ['v1', 'v2', 'v3']) {
  return {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: order.map((id) => ({
      vendor_id: id,
      required: false,
      inbound: { type: 'local' },
      parser: { format: 'csv' },
    })),
    pricing: {
      base_margin_pct: '0.175',
      min_price: '3.333',
      shipping_handling_flat: '1.25',
      map_policy: {},
      rounding: roundTo,
    },
    merge: { strategy: 'best_offer', best_offer: { sort_by: sort } },
    output: {
      columns: [
        'sku',
        'vendor_id',
        'quantity_available',
        'lead_time_days',
        'price',
        'cost',
        'map_price',
        'title',
        'updated_at',
      ],
    },
    error_policy: { max_invalid_rows: 1_000_000, max_invalid_row_pct: 1 },
  };
}

function csv(rows: readonly (readonly string[])[]): Uint8Array {
  return new TextEncoder().encode(Papa.unparse([HEADER, ...rows.map((cells) => [...cells])], { newline: '\n' }));
}

function caseOf(tables: readonly (readonly (readonly string[])[])[], config: object): HarnessCase {
  const files = Object.fromEntries(tables.map((rows, i) => [`v${i + 1}`, { name: 'feed.csv', bytes: csv(rows) }]));
  return { config, files };
}

const hasRows = (tables: readonly (readonly unknown[])[]) => tables.some((rows) => rows.length > 0);

test('property: the same input gives the same bytes, for any chunk size and memory budget', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, sortBy, fc.constantFrom(1, 7, 100), async (tables, sort, chunkBytes) => {
      const one = caseOf(tables, configFor(sort, {}));
      const first = await runCase(one);
      const tiny = { sortBytes: 1500, offersBytes: 500, mergeBytes: 256, windowBytes: 1, offersInHand: 2 };
      const second = await runCase({ ...one, chunkBytes, limits: tiny });
      assert.is(first.merged, second.merged);
      for (const id of ['v1', 'v2', 'v3']) assert.is(first.normalized(id), second.normalized(id));
      assert.is(first.artifacts.text('reports/errors.json'), second.artifacts.text('reports/errors.json'));
      assert.is(second.scratch.live, 0);
    }),
    { numRuns: countOf(150) },
  );
});

test('property: dropping offers that cannot win changes nothing, under any duplicate_sku', async () => {
  const policies = fc.tuple(...[1, 2, 3].map(() => fc.constantFrom('best', 'first', 'last', 'sum_quantity', 'error')));
  await fc.assert(
    fc.asyncProperty(feeds, sortBy, policies, fc.constantFrom(2, 3, 5), async (tables, sort, means, offersInHand) => {
      const config = configFor(sort, {});
      const vendors = config.vendors.map((vendor, i) => ({ ...vendor, duplicate_sku: means[i] }));
      const one = caseOf(tables, { ...config, vendors });
      const all = await runCase(one);
      const few = await runCase({ ...one, limits: { offersInHand } });
      assert.is(few.merged, all.merged);
      assert.equal(few.outcome.summary.unpriced_skus, all.outcome.summary.unpriced_skus);
    }),
    { numRuns: countOf(300) },
  );
});

test('property: the order of vendors in the config changes no byte', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, sortBy, async (tables, sort) => {
      const first = await runCase(caseOf(tables, configFor(sort, {})));
      const second = await runCase(caseOf(tables, configFor(sort, {}, ['v3', 'v1', 'v2'])));
      assert.is(first.merged, second.merged);
      assert.is(first.outcome.error_code, second.outcome.error_code);
      assert.is(first.artifacts.text('reports/errors.json'), second.artifacts.text('reports/errors.json'));
    }),
    { numRuns: countOf(100) },
  );
});

test('property: the order of rows changes only which row wins a tie within a vendor', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, sortBy, async (tables, sort) => {
      // with one row per SKU and vendor, no tie depends on the order of rows
      const unique = tables.map((rows) =>
        rows.filter((cells, i) => rows.findIndex((other) => other[0]!.trim() === cells[0]!.trim()) === i),
      );
      const first = await runCase(caseOf(unique, configFor(sort, {})));
      const second = await runCase(
        caseOf(
          unique.map((rows) => [...rows].reverse()),
          configFor(sort, {}),
        ),
      );
      assert.is(first.merged, second.merged);
      for (const id of ['v1', 'v2', 'v3']) assert.is(first.normalized(id), second.normalized(id));
    }),
    { numRuns: countOf(100) },
  );
});

test('property: every row is valid or rejected, and every rejection names its row', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, async (tables) => {
      fc.pre(hasRows(tables));
      const { outcome, errors, normalized } = await runCase(caseOf(tables, configFor([], {})));
      const { summary } = outcome;
      const valid = Object.values(summary.vendor_record_counts).reduce((sum, rows) => sum + rows, 0);
      assert.is(
        summary.total_rows,
        tables.reduce((sum, rows) => sum + rows.length, 0),
      );
      assert.is(summary.total_rows, valid + summary.invalid_rows);
      const rejected = (errors as RowEntry[]).filter((entry) => 'row_number' in entry);
      assert.is(rejected.length, summary.invalid_rows);
      for (const [i, rows] of tables.entries()) {
        const id = `v${i + 1}`;
        const lines = Papa.parse<string[]>(normalized(id)!.trimEnd()).data.length - 1;
        assert.is(lines + rejected.filter((entry) => entry.vendor_id === id).length, rows.length);
        for (const entry of rejected.filter((one) => one.vendor_id === id)) {
          assert.equal(Object.values(entry.row_data), [...rows[entry.row_number - 2]!]);
        }
      }
    }),
    { numRuns: countOf(200) },
  );
});

test('property: merged SKUs are those that some offer can price, and the others are counted', async () => {
  await fc.assert(
    fc.asyncProperty(feeds, sortBy, async (tables, sort) => {
      fc.pre(hasRows(tables));
      const { outcome, merged, normalized } = await runCase(caseOf(tables, configFor(sort, {})));
      const priced = new Set<string>();
      const all = new Set<string>();
      for (const id of ['v1', 'v2', 'v3']) {
        for (const cells of Papa.parse<string[]>(normalized(id)!.trimEnd()).data.slice(1)) {
          all.add(cells[0]!);
          if (cells[5] !== '' || cells[7] !== '') priced.add(cells[0]!);
        }
      }
      const skus = Papa.parse<string[]>(merged!.trimEnd())
        .data.slice(1)
        .map((cells) => cells[0]!);
      const byCodePoint = [...priced].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(skus, byCodePoint);
      assert.is(outcome.summary.record_count, skus.length);
      assert.is(outcome.summary.unpriced_skus.count, all.size - priced.size);
    }),
    { numRuns: countOf(150) },
  );
});

test('property: prices agree with a decimal library', async () => {
  const Exact = Decimal.clone({ precision: 60 });
  const modes = { nearest: Decimal.ROUND_HALF_UP, up: Decimal.ROUND_UP, down: Decimal.ROUND_DOWN };
  const cents = (value: Decimal) => value.mul(100).ceil().div(100);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(money, money), { minLength: 1, maxLength: 12 }),
      rounding,
      async (amounts, roundTo) => {
        const rows = amounts.map(([cost, map], i) => [`S${i}`, '', '1', '', cost, map, '', '', '']);
        const { merged } = await runCase(caseOf([rows, [], []], configFor([], roundTo)));
        for (const cells of Papa.parse<string[]>(merged!.trimEnd()).data.slice(1)) {
          const [cost, map] = amounts[Number(cells[0]!.slice(1))]!;
          const micros = (text: string) => new Exact(text).toDecimalPlaces(6, Decimal.ROUND_HALF_EVEN);
          const floor = cents(new Exact('3.333'));
          let price = Exact.max(micros(cost).add('1.25').mul('1.175'), floor);
          price = price
            .div(roundTo.increment)
            .toDecimalPlaces(0, modes[roundTo.mode as 'up'])
            .mul(roundTo.increment);
          price = Exact.max(price, floor, map === '' ? 0 : cents(micros(map)));
          assert.is(cells[4], price.toFixed(2, Decimal.ROUND_HALF_EVEN), JSON.stringify({ cost, map, roundTo }));
        }
      },
    ),
    { numRuns: countOf(300) },
  );
});

test('property: a price rounded with an offset has its ending, on the right side, unless a floor raises it', async () => {
  const Exact = Decimal.clone({ precision: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(money, { minLength: 1, maxLength: 12 }),
      ending,
      async (costs, { offset, ...roundTo }) => {
        const rows = costs.map((cost, i) => [`S${i}`, '', '1', '', cost, '', '', '', '']);
        const config = configFor([], roundTo);
        const rules = [{ use: 'margin' }, { use: 'round', with: { offset } }];
        const pricing = { ...config.pricing, min_price: '0.02', rules };
        const { merged } = await runCase(caseOf([rows, [], []], { ...config, pricing } as typeof config));
        for (const cells of Papa.parse<string[]>(merged!.trimEnd()).data.slice(1)) {
          const cost = new Exact(costs[Number(cells[0]!.slice(1))]!).toDecimalPlaces(6, Decimal.ROUND_HALF_EVEN);
          const exact = cost.add('1.25').mul('1.175');
          const price = new Exact(cells[4]!);
          const lowest = new Exact(offset).lt(0) ? new Exact(offset).add(roundTo.increment) : new Exact(offset);
          const shown = JSON.stringify({ cost: costs, roundTo, offset, price: cells[4] });
          if (price.eq('0.02') && lowest.lt('0.02')) continue;
          assert.ok(price.sub(lowest).mod(roundTo.increment).isZero() && price.gte(lowest), shown);
          const moved = price.sub(exact);
          if (price.eq(lowest) && exact.lt(lowest)) continue;
          if (roundTo.mode === 'up') assert.ok(moved.gte(0) && moved.lt(roundTo.increment), shown);
          if (roundTo.mode === 'down') assert.ok(moved.lte(0) && moved.neg().lt(roundTo.increment), shown);
          if (roundTo.mode === 'nearest') {
            const half = new Exact(roundTo.increment).div(2);
            assert.ok(moved.lte(half) && moved.gt(half.neg()), shown);
          }
        }
      },
    ),
    { numRuns: countOf(300) },
  );
});

test.run();
