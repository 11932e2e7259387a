/** Expectations that a first merged feed meets, with room for daily changes. */
import { shownSku } from '../../../core/bytes/signs/sku-signs.ts';
import { Money } from '../../../core/money/money.ts';
import { SortedRows } from '../../../core/pipeline/publish/tables/sorted-rows.ts';
import { type ByteSource, DEFAULT_LIMITS } from '../../../core/ports/engine.ts';

export interface FirstExpectation {
  why: string;
  expectation: Record<string, unknown>;
}

/** Expect at least this share of today's SKUs. */
const ROWS_SHARE = 0.8;
/** Expect no price above this multiple of today's greatest price. */
const PRICE_FACTOR = 10;
const FILLED = ['title', 'brand', 'cost'] as const;
const CONDITIONS_MAX = 3;

export async function firstExpectations(feed: ByteSource): Promise<FirstExpectation[]> {
  const { rows, wins, filled, prices, conditions, costs } = await figuresOf(feed);
  if (rows === 0) return [];
  const found: FirstExpectation[] = [];
  const add = (why: string, expectation: Record<string, unknown>) => void found.push({ why, expectation });
  add(`${rows} SKUs in the first feeds; a fifth less is no ordinary day`, {
    name: 'a full assortment',
    rows: { min: Math.max(1, Math.floor(rows * ROWS_SHARE)) },
  });
  for (const [vendor, count] of [...wins].sort()) {
    add(
      `${count} of them ${count === 1 ? 'is' : 'are'} ${vendor}'s; none would mean that its feed is broken, or never the best`,
      {
        ...{ name: `${vendor} wins something`, where: [{ column: 'vendor_id', in: [vendor] }], rows: { min: 1 } },
      },
    );
  }
  if (prices !== null) {
    const max = prices.max.mul(Money.of(PRICE_FACTOR)).roundTo(Money.of(1), 'up').toString();
    add(`today from ${prices.min} to ${prices.max}; ten times that is a lost decimal point`, {
      ...{ name: 'realistic prices', column: 'price', min: '0.01', max },
    });
  }
  if (costs.known > 0) {
    const free = costs.first === null;
    const why = free
      ? 'no SKU costs nothing today; a cost of 0 is mostly a price on request'
      : `${costs.low} of them ${costs.low === 1 ? 'costs' : 'cost'} less than a hundredth today, such as ${shownSku(costs.first ?? '')}: if 0 is a price on request, say so in the parser's options: columns: { cost: { words: { "0": null, "0.00": null } } }`;
    add(why, { name: 'nothing is free', column: 'cost', min: '0.01', ...(free ? {} : { severity: 'warn' }) });
  }
  for (const column of FILLED) {
    if (filled.get(column) !== rows) continue;
    add('every SKU has one today', { name: `every SKU has a ${column}`, column, not_empty: true, severity: 'warn' });
  }
  if (conditions.size > 0 && conditions.size < CONDITIONS_MAX) {
    const values = [...conditions].sort();
    add('no other condition is sold today', {
      ...{ name: 'only conditions that we sell', column: 'condition', in: values, severity: 'warn' },
    });
  }
  return found;
}

interface Figures {
  rows: number;
  wins: Map<string, number>;
  filled: Map<string, number>;
  prices: { min: Money; max: Money } | null;
  conditions: Set<string>;
  /** How many SKUs have a cost, how many a very low one, and the first of these. */
  costs: { known: number; low: number; first: string | null };
}

async function figuresOf(feed: ByteSource): Promise<Figures> {
  const rows = await SortedRows.open(feed, { name: 'the first merged feed', limits: DEFAULT_LIMITS });
  const figures: Figures = {
    rows: 0,
    wins: new Map(),
    filled: new Map(),
    prices: null,
    conditions: new Set(),
    costs: { known: 0, low: 0, first: null },
  };
  const at = (column: string) => rows.indexOf(column);
  while (!rows.isEnded) {
    for (; rows.isReady; rows.advance()) {
      figures.rows++;
      count(figures.wins, rows.text(at('vendor_id')));
      for (const column of FILLED) if (rows.text(at(column)) !== '') count(figures.filled, column);
      const condition = rows.text(at('condition'));
      if (condition !== '') figures.conditions.add(condition);
      countCost(figures.costs, rows.text(at('sku')), Money.parse(rows.text(at('cost'))));
      const price = Money.parse(rows.text(at('price')));
      if (price === null) continue;
      const { prices } = figures;
      figures.prices = { min: prices?.min.min(price) ?? price, max: prices?.max.max(price) ?? price };
    }
    await rows.refill();
  }
  return figures;
}

function countCost(costs: Figures['costs'], sku: string, cost: Money | null): void {
  if (cost === null) return;
  costs.known++;
  if (cost.compare(LEAST_COST) >= 0) return;
  costs.low++;
  costs.first ??= sku;
}

const LEAST_COST = Money.ofUnits(1n, 2);

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
