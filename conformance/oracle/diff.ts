/** `diff.json` of a run (contract section 8, "Diff"), from whole feeds. What `docs/PUBLISHING.md` leaves open is as the engine does it. */
import type { Published } from './publish-types.ts';
import { readTable } from './table.ts';
import { D } from './types.ts';
import { byCodePoint } from './write.ts';

const WORDS = ['added', 'changed', 'removed', 'zeroed', 'kept', 'held'];
const PERCENTS = [1, 5, 10, 20, 50, 100];
const LARGEST = 50;
const PAIRS = 20;

type Cells = Record<string, string>;

/** A published feed as its file shows it: JSON lines without a row do not say which columns they would have. */
export function asWritten(feed: Published | null, format: string | undefined): Published | null {
  return feed !== null && format === 'jsonl' && feed.rows.size === 0 ? { ...feed, columns: [] } : feed;
}

/** The parts of `diff.json` that follow from the two feeds and the delta. */
export function diffOf(before: Published | null, { rows: after, columns }: Published, delta: string): object {
  const lines = readTable(delta, ',').records;
  const skuAt = 1 + columns.indexOf('sku');
  const words = new Map(lines.slice(1).map(({ fields }) => [fields[skuAt] ?? '', fields[0] ?? '']));
  const old = before === null || before.columns.length === 0 ? columns : before.columns;
  const shared = columns.filter((column) => old.includes(column));
  const both = [...after.keys()].sort(byCodePoint).flatMap((sku) => {
    const was = before?.rows.get(sku);
    return was === undefined ? [] : [{ sku, was, is: after.get(sku) as Cells, word: words.get(sku) }];
  });
  const changes = Object.fromEntries(WORDS.map((word) => [word, [...words.values()].filter((w) => w === word).length]));
  const gone = changes.removed ?? 0;
  const column_changes = shared
    .map((column): [string, number] => [column, both.filter(({ was, is }) => was[column] !== is[column]).length])
    .filter(([, count]) => count > 0);
  return {
    changes: { ...changes, unchanged: after.size - (words.size - gone) },
    columns: {
      compared: shared,
      only_before: old.filter((column) => !columns.includes(column)),
      only_after: columns.filter((column) => !old.includes(column)),
    },
    column_changes: Object.fromEntries(column_changes),
    // a SKU that vanished has no price of this run
    ...pricesOf(both.filter(({ was, is, word }) => was.price && is.price && word !== 'kept' && word !== 'zeroed')),
    winner_switches: switchesOf(both),
  };
}

function pricesOf(both: ReadonlyArray<{ sku: string; was: Cells; is: Cells }>): object {
  const moves = both.map(({ sku, was, is }) => {
    const [previous, price] = [new D(was.price as string), new D(is.price as string)];
    const part = price.eq(previous) ? new D(0) : price.minus(previous).abs().div(previous);
    return { sku, previous, price, part, isRise: price.gt(previous) };
  });
  const count = (isRise: boolean, from: number, to: number | null) =>
    moves.filter(
      (one) => one.isRise === isRise && one.part.times(100).gt(from) && (to === null || one.part.times(100).lte(to)),
    ).length;
  const bands = [0, ...PERCENTS].map((from, i) => ({ from, to: PERCENTS[i] ?? null }));
  const moved = moves.filter(({ part }) => !part.isZero());
  return {
    price_changes: [
      ...bands
        .map(({ from, to }) => ({ from_pct: to && -to, to_pct: -from || 0, count: count(false, from, to) }))
        .reverse(),
      { from_pct: 0, to_pct: 0, count: moves.length - moved.length },
      ...bands.map(({ from, to }) => ({ from_pct: from, to_pct: to, count: count(true, from, to) })),
    ],
    largest: moved
      .sort((a, b) => b.part.cmp(a.part) || byCodePoint(a.sku, b.sku))
      .slice(0, LARGEST)
      .map(({ sku, previous, price }) => `${sku} ${previous.toFixed()} ${price.toFixed()}`),
  };
}

function switchesOf(both: ReadonlyArray<{ was: Cells; is: Cells }>): object {
  const pairs = new Map<string, number>();
  for (const { was, is } of both) {
    if (!was.vendor_id || !is.vendor_id || was.vendor_id === is.vendor_id) continue;
    const pair = `${was.vendor_id} ${is.vendor_id}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const counts = [...pairs].sort(([, a], [, b]) => b - a).slice(0, PAIRS);
  return { count: [...pairs.values()].reduce((a, b) => a + b, 0), largest: counts.map(([pair, n]) => `${pair} ${n}`) };
}

/** What `diffOf` gives, from the text of `diff.json`. */
export function shownDiff(text: string): object {
  const { changes, columns, column_changes, price_changes, winner_switches, largest } = JSON.parse(text);
  type Pair = { from: string; to: string; count: number };
  type Move = { sku: string; previous_price: string; price: string };
  return {
    ...{ changes, columns, column_changes, price_changes },
    largest: largest.map(
      (one: Move) => `${one.sku} ${new D(one.previous_price).toFixed()} ${new D(one.price).toFixed()}`,
    ),
    winner_switches: {
      count: winner_switches.count,
      largest: winner_switches.largest.map(({ from, to, count }: Pair) => `${from} ${to} ${count}`),
    },
  };
}
