/** The effect of a config on margins, floors and stock, compared with sums over two lists of rows. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { Money } from '../../core/money/money.ts';
import { type ComparedFeed, diffFeeds } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import {
  type FeedRules,
  FIGURE_COLUMNS,
  FigureCounter,
  type SimulationFigures,
} from '../../core/pipeline/simulate/figures.ts';
import { LandedCosts } from '../../core/pipeline/simulate/landed-costs.ts';
import type { MapPrices } from '../../core/pipeline/simulate/map-prices.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('figures of simulations');
type Row = Record<string, string>;

/** A MAP of which endings make 99 cents; of vendor `b` it is not known. */
const ENDINGS = {
  leastAt: (map: Money, vendorId: string) =>
    vendorId === 'b' ? null : Money.ofUnits((BigInt(map.toUnits(2)) / 100n) * 100n + 99n, 2),
} as unknown as MapPrices;
const TERMS = LandedCosts.of({
  pricing: {
    vendor_terms: { vendors: [{ vendor_id: 'a', handling_pct: Money.of('0.1'), handling_fixed: Money.of('0.25') }] },
  } as never,
});

/** The same in plain numbers of cents. */
const landedOf = (cost: number, vendor: string) => (vendor === 'a' ? Math.round(cost * 1.1 + 25) : cost);

async function figuresOf(
  feeds: readonly [Row[], Row[]],
  columns: readonly [string[], string[]],
  rules: readonly [FeedRules, FeedRules],
) {
  const counter = new FigureCounter(2, { before: rules[0], after: rules[1] });
  const [before, after] = feeds.map((rows, i): ComparedFeed => {
    const lines = [columns[i]!, ...rows.map((row) => columns[i]!.map((column) => row[column] ?? ''))];
    const bytes = toBytes(lines.map((cells) => `${cells.join(',')}\n`).join(''));
    return { name: 'a feed', format: 'csv', source: memorySource('feed', bytes) };
  }) as [ComparedFeed, ComparedFeed];
  await diffFeeds({
    ...{ before, after, moneyDecimals: 2, limits: DEFAULT_LIMITS, delta: null },
    watch: (one, other) => counter.look(one, other),
  });
  return counter.figures();
}

const cents = (cell: string | undefined) => (cell === undefined || cell === '' ? null : Math.round(Number(cell) * 100));
const amount = (units: number) => `${units < 0 ? '-' : ''}${(Math.abs(units) / 100).toFixed(2)}`;

function shareText(part: number, whole: number): string {
  if (whole === 0) return '0';
  const share = Math.floor((Math.abs(part) * 20_000 + whole) / (2 * whole)) / 10_000;
  return `${part < 0 && share !== 0 ? '-' : ''}${share}`;
}

function plainSide(rows: Row[], columns: readonly string[], { maps, landed }: FeedRules) {
  const side = {
    mapHits: [] as string[],
    losses: [] as Row[],
    inStock: [] as string[],
    margins: new Map<string, [number, number]>(),
  };
  for (const row of rows) {
    const of = (column: string) => (columns.includes(column) ? (row[column] ?? '') : '');
    const [price, cost, map] = [cents(of('price')), cents(of('cost')), cents(of('map_price'))];
    const vendor = of('vendor_id');
    if (Number(of('quantity_available') || 0) > 0) side.inStock.push(row.sku!);
    if (price === null) continue;
    const isLifted =
      maps !== null && vendor !== 'b' && map !== null && price > map && price === Math.floor(map / 100) * 100 + 99;
    if (map !== null && (price === map || isLifted)) side.mapHits.push(row.sku!);
    if (cost === null) continue;
    const whole = landed === null ? cost : landedOf(cost, vendor);
    if (price < whole) side.losses.push({ sku: row.sku!, price: of('price'), cost: amount(whole) });
    if (price > 0) side.margins.set(row.sku!, [price - whole, price]);
  }
  return side;
}

function plainFigures(
  feeds: readonly [Row[], Row[]],
  columns: readonly [string[], string[]],
  rules: readonly [FeedRules, FeedRules],
): SimulationFigures {
  const [before, after] = feeds.map((rows, i) => plainSide(rows, columns[i]!, rules[i]!)) as [
    ReturnType<typeof plainSide>,
    ReturnType<typeof plainSide>,
  ];
  const has = (column: string) => feeds[0].length === 0 || columns[0].includes(column);
  const both = [...before.margins.keys()].filter((sku) => after.margins.has(sku));
  const sum = (side: typeof before, at: 0 | 1) => both.reduce((all, sku) => all + side.margins.get(sku)![at], 0);
  const sold = before.inStock.filter((sku) => !after.inStock.includes(sku));
  return {
    map_hits: {
      before: has('map_price') ? before.mapHits.length : null,
      after: after.mapHits.length,
      first: after.mapHits,
    },
    below_cost: {
      before: has('cost') ? before.losses.length : null,
      after: after.losses.length,
      first: after.losses as never,
    },
    in_stock: { before: has('quantity_available') ? before.inStock.length : null, after: after.inStock.length },
    sold_out: { count: sold.length, first: sold },
    margin: has('cost')
      ? {
          skus: both.length,
          before: amount(sum(before, 0)),
          after: amount(sum(after, 0)),
          change: amount(sum(after, 0) - sum(before, 0)),
          before_pct: shareText(sum(before, 0), sum(before, 1)),
          after_pct: shareText(sum(after, 0), sum(after, 1)),
        }
      : null,
  };
}

function feedOf(random: Random): Row[] {
  const skus = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].filter(() => random.chance(0.8));
  return skus.map((sku) => ({
    sku,
    vendor_id: random.pick(['a', 'b', '']),
    quantity_available: random.pick(['0', '1', '7', '']),
    cost: random.pick(['10.00', '9.37', '11.50', '', '0.00']),
    map_price: random.pick(['', '10.00', '10.99', '11.00', '12.30']),
    price: random.pick(['10.00', '10.99', '12.99', '11.00', '9.00', '', '0.00']),
  }));
}

test('property: the figures are those of plain sums', async () => {
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(seed);
    const columns = [0, 1].map((side) =>
      random.shuffle(['sku', ...FIGURE_COLUMNS.filter(() => side === 1 || random.chance(0.85))]),
    ) as [string[], string[]];
    const feeds = [random.chance(0.1) ? [] : feedOf(random), feedOf(random)] as const;
    const rules = [0, 1].map(() => ({ maps: random.pick([null, ENDINGS]), landed: random.pick([null, TERMS]) })) as [
      FeedRules,
      FeedRules,
    ];
    assert.equal(await figuresOf(feeds, columns, rules), plainFigures(feeds, columns, rules), `seed ${seed}`);
  }
});

test('fifty SKUs are named', async () => {
  const row = (i: number, price: string, quantity: string): Row => ({
    ...{ sku: `${100 + i}`, vendor_id: 'a', quantity_available: quantity, cost: '12.00', map_price: '10.00', price },
  });
  const numbers = Array.from({ length: 60 }, (_, i) => i);
  const columns = ['sku', ...FIGURE_COLUMNS];
  const rules = { maps: null, landed: null };
  const feeds = [numbers.map((i) => row(i, '10.00', '5')), numbers.map((i) => row(i, '10.00', '0'))] as const;
  const figures = await figuresOf(feeds, [columns, columns], [rules, rules]);
  assert.equal([figures.map_hits.after, figures.below_cost.after, figures.sold_out.count], [60, 60, 60]);
  const firsts = [figures.map_hits.first, figures.below_cost.first, figures.sold_out.first];
  assert.equal(
    firsts.map(({ length }) => length),
    [50, 50, 50],
  );
  assert.equal(
    [figures.margin?.before, figures.margin?.before_pct, figures.margin?.change],
    ['-120.00', '-0.2', '0.00'],
  );
});

test('without terms of vendors the cost is what goods cost', () => {
  for (const vendor_terms of [undefined, { vendors: [] }])
    assert.is(LandedCosts.of({ pricing: { vendor_terms } as never }), null);
  assert.equal([TERMS?.unitsOf(1000, 'a', 2), TERMS?.unitsOf(1000, 'b', 2)], [1125, 1000]);
});

test.run();
