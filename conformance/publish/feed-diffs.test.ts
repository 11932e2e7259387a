/** The difference of any two feeds, and the rows that changed in certain ways: as a plain comparison of two maps says. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import type { RelayError } from '../../core/errors.ts';
import { Money } from '../../core/money/money.ts';
import { ChangedRows, ROW_CHANGES, type RowChange } from '../../core/pipeline/publish/diff/changed-rows.ts';
import { type ComparedFeed, diffFeeds } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('differences of feeds');
type Row = Record<string, string>;

interface Feed {
  columns: string[];
  rows: Row[];
}

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function feedOf(random: Random, columns: string[]): Feed {
  const skus = ['A', 'AB', 'B"1', 'C,2', 'D', 'É', 'a', 'zz'].filter(() => random.chance(0.7)).sort(order);
  const cells: Record<string, string[]> = {
    price: ['10.00', '10.00', '10.05', '11.00', '20.00', '1.00', '', '0.00', '20.01'],
    quantity_available: ['0', '0', '5', '7', '', '12'],
    vendor_id: ['a', 'b', 'c', ''],
    title: ['', 'plain', 'a "b", c', 'two\nlines'],
  };
  const rows = skus.map((sku) =>
    Object.fromEntries(columns.map((column) => [column, column === 'sku' ? sku : random.pick(cells[column] ?? [''])])),
  );
  return { columns, rows };
}

function sourceOf(random: Random, { columns, rows }: Feed, name: string): ComparedFeed {
  const format = random.chance(0.2) ? 'jsonl' : 'csv';
  const line = (cells: string[]) =>
    `${cells.map((cell) => (random.chance(0.1) ? `"${cell.replaceAll('"', '""')}"` : quoted(cell))).join(',')}\n`;
  const csv = [columns, ...rows.map((row) => columns.map((column) => row[column]!))].map(line).join('');
  const json = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const bytes = toBytes(format === 'csv' ? csv : json);
  return { name, format, source: memorySource(name, bytes, random.pick([1, 9, 5000])) };
}

/** An amount in cents; null if there is none. */
const cents = (cell: string | undefined) => (cell === undefined || cell === '' ? null : Math.round(Number(cell) * 100));
const shareText = (move: number, of: number) =>
  of === 0 ? 'infinite' : String(Math.floor((move * 20_000 + of) / (2 * of)) / 10_000);

/** What is the same in both, by SKU. */
function plainDiff(before: Feed, after: Feed, { zeroes, uncounted }: { zeroes: boolean; uncounted: string[] }) {
  const columns = after.columns;
  const shared = columns.filter((column) => before.columns.includes(column));
  const delta = [['_change', ...columns, '_previous_price', '_previous_quantity']];
  const counts = { added: 0, changed: 0, removed: 0, zeroed: 0, kept: 0, held: 0, unchanged: 0 };
  const columnChanges: Record<string, number> = {};
  const moves: Array<{ sku: string; was: number; is: number }> = [];
  const switches: Record<string, number> = {};
  for (const sku of [...new Set([...before.rows, ...after.rows].map((row) => row.sku!))].sort(order)) {
    const [was, is] = [before, after].map(({ rows }) => rows.find((row) => row.sku === sku));
    const write = (change: keyof typeof counts, row: Row) => {
      counts[change]++;
      if (change === 'unchanged') return;
      const cells = columns.map((column) => row[column] ?? '');
      delta.push([change, ...cells, was?.price ?? '', was?.quantity_available ?? '']);
    };
    if (was === undefined) write('added', is!);
    else if (is === undefined) write(zeroes ? 'zeroed' : 'removed', zeroes ? { ...was, quantity_available: '0' } : was);
    else {
      const [previous, price] = [cents(was.price), cents(is.price)];
      if (previous !== null && price !== null) moves.push({ sku, was: previous, is: price });
      const changed = shared.filter((column) => was[column] !== is[column]);
      if (changed.includes('vendor_id') && was.vendor_id !== '' && is.vendor_id !== '') {
        const key = `${was.vendor_id} ${is.vendor_id}`;
        switches[key] = (switches[key] ?? 0) + 1;
      }
      const counted = changed.filter((column) => !uncounted.includes(column));
      for (const column of counted) columnChanges[column] = (columnChanges[column] ?? 0) + 1;
      write(counted.length === 0 ? 'unchanged' : 'changed', is);
    }
  }
  const bounds = [0, 1, 5, 10, 20, 50, 100];
  const band = ({ was, is }: { was: number; is: number }) =>
    bounds.findIndex((_, i) => i === bounds.length - 1 || Math.abs(is - was) * 100 <= was * bounds[i + 1]!);
  const bands = bounds.map((from, i) => ({ from, to: bounds[i + 1] ?? null, i }));
  const count = (i: number, isDrop: boolean) =>
    moves.filter((move) => move.was !== move.is && move.is < move.was === isDrop && band(move) === i).length;
  const largest = moves
    .filter(({ was, is }) => was !== is)
    .sort((a, b) => Math.abs(b.is - b.was) / b.was - Math.abs(a.is - a.was) / a.was)
    .map(({ sku, was, is }) => ({
      ...{ sku, previous_price: (was / 100).toFixed(2), price: (is / 100).toFixed(2) },
      change: `${is < was ? '-' : '+'}${shareText(Math.abs(is - was), was)}`,
    }));
  const report = {
    rows: { before: before.rows.length, after: after.rows.length },
    changes: counts,
    columns: {
      compared: shared,
      only_before: before.columns.filter((column) => !columns.includes(column)),
      only_after: columns.filter((column) => !before.columns.includes(column)),
    },
    column_changes: Object.fromEntries(
      columns.flatMap((one) => (columnChanges[one] === undefined ? [] : [[one, columnChanges[one]]])),
    ),
    price_changes: [
      ...bands
        .map(({ from, to, i }) => ({
          from_pct: to === null ? null : -to,
          to_pct: from === 0 ? 0 : -from,
          count: count(i, true),
        }))
        .reverse(),
      { from_pct: 0, to_pct: 0, count: moves.filter(({ was, is }) => was === is).length },
      ...bands.map(({ from, to, i }) => ({ from_pct: from, to_pct: to, count: count(i, false) })),
    ],
    winner_switches: {
      count: Object.values(switches).reduce((sum, one) => sum + one, 0),
      largest: Object.entries(switches)
        .sort(([, a], [, b]) => b - a)
        .map(([key, times]) => ({ from: key.split(' ')[0], to: key.split(' ')[1], count: times })),
    },
    largest,
  };
  return { report, delta: delta.map((row) => `${row.map(quoted).join(',')}\n`).join('') };
}

/** The rows that changed in one of the ways asked for. */
function plainRows(before: Feed, after: Feed, only: ReadonlySet<RowChange>, minChange: number | null) {
  const quantity = (row: Row | undefined) => (row?.quantity_available ? Number(row.quantity_available) : null);
  const found = [];
  for (const sku of [...new Set([...before.rows, ...after.rows].map((row) => row.sku!))].sort(order)) {
    const [was, is] = [before, after].map(({ rows }) => rows.find((row) => row.sku === sku));
    const [old, price] = [cents(was?.price), cents(is?.price)];
    const moved = old !== null && price !== null && old !== price;
    const other = (column: string) => Boolean(was?.[column] && is?.[column] && was[column] !== is[column]);
    const all: Record<RowChange, boolean> = {
      price: moved && (minChange === null || Math.abs(price - old) >= minChange * old),
      stock: other('quantity_available'),
      sold_out: (quantity(was) ?? 0) > 0 && (is === undefined || quantity(is) === 0),
      restocked: (quantity(is) ?? 0) > 0 && (was === undefined || quantity(was) === 0),
      winner: other('vendor_id'),
      added: was === undefined,
      removed: is === undefined,
    };
    const changes = ROW_CHANGES.filter((one) => only.has(one) && all[one]);
    if (changes.length === 0) continue;
    const cells = (row: Row | undefined) =>
      row === undefined
        ? null
        : Object.fromEntries(
            ['price', 'quantity_available', 'vendor_id'].map((column) => [column, row[column] || null]),
          );
    const move = moved ? `${price > old ? '+' : '-'}${shareText(Math.abs(price - old), old)}` : null;
    found.push({ sku, changes, price_change: move, before: cells(was), after: cells(is) });
  }
  return found;
}

test('property: two feeds differ as two lists of rows do', async () => {
  for (let seed = 0; seed < 90; seed++) {
    const random = new Random(seed);
    const choose = () =>
      random.shuffle([
        'sku',
        ...['price', 'quantity_available', 'vendor_id', 'title'].filter(() => random.chance(0.8)),
      ]);
    const columns = choose();
    const feeds = [feedOf(random, columns), feedOf(random, random.chance(0.6) ? columns : choose())] as const;
    for (const feed of feeds) if (random.chance(0.1)) feed.rows = [];
    const sources = feeds.map((feed, i) => sourceOf(random, feed, `feed ${i}`));
    // JSON lines without a row do not say their columns
    const [before, after] = feeds.map((feed, i) =>
      feed.rows.length === 0 && sources[i]!.format === 'jsonl' ? { columns: [], rows: [] } : feed,
    ) as [Feed, Feed];
    if (after.columns.length === 0) after.columns = before.columns;
    else if (before.columns.length === 0) before.columns = after.columns;
    const zeroes = random.chance(0.3);
    const uncounted = random.chance(0.3) ? [random.pick(columns), 'title'] : [];
    const only = new Set(ROW_CHANGES.filter(() => random.chance(0.5)));
    const minChange = random.pick([null, 0.1, 0.005]);
    const limit = random.pick([0, 2, 99]);
    const rows = new ChangedRows({
      only,
      minChange: minChange === null ? null : Money.of(String(minChange)),
      limit,
      moneyDecimals: 2,
    });
    let delta = '';
    const sink = {
      write: (bytes: Uint8Array) => {
        delta += Buffer.from(bytes).toString();
      },
      close: () => {},
      abort: () => {},
    };
    const found = await diffFeeds({
      ...{ before: sources[0]!, after: sources[1]!, moneyDecimals: 2, delta: random.chance(0.8) ? sink : null },
      limits: { ...DEFAULT_LIMITS, windowBytes: random.pick([1, 60, 5000]) },
      ...(zeroes ? { zeroesRemoved: true } : {}),
      uncounted: new Set(uncounted),
      watch: (one, other) => rows.look(one, other),
    });
    const plain = plainDiff(before, after, { zeroes, uncounted });
    assert.equal(found, plain.report, `seed ${seed}`);
    if (delta !== '') assert.is(delta, plain.delta, `seed ${seed}`);
    const changed = plainRows(before, after, only, minChange);
    assert.equal(rows.report, { count: changed.length, first: changed.slice(0, limit) }, `seed ${seed}`);
  }
});

test('what an earlier row left behind the last cell does not count as part of it', async () => {
  const feed = (rows: string): ComparedFeed => ({
    ...{ name: 'a feed', format: 'csv' },
    source: memorySource('feed', toBytes(`sku,quantity_available,title\n${rows}`)),
  });
  const found = await diffFeeds({
    before: feed('A,1,"xxx""y"\nB,1,"a,b"\n'),
    after: feed('A,1,"xxx""y"\nB,2,"a,b"\n'),
    ...{ moneyDecimals: 2, limits: DEFAULT_LIMITS, delta: null },
  });
  assert.equal(found.column_changes, { quantity_available: 1 });
});

test('fifty moves and twenty pairs of vendors are listed', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => 100 + i);
  const feed = (line: (i: number) => string): ComparedFeed => ({
    ...{ name: 'a feed', format: 'csv' },
    source: memorySource('feed', toBytes(`sku,price,vendor_id\n${rows.map(line).join('')}`)),
  });
  const found = await diffFeeds({
    before: feed((i) => `${i},10.00,v${i % 30}\n`),
    after: feed((i) => `${i},${i}.00,w${i % 30}\n`),
    ...{ moneyDecimals: 2, limits: DEFAULT_LIMITS, delta: null },
  });
  assert.is(found.largest.length, 50);
  assert.equal([found.largest[0]?.sku, found.largest[49]?.sku], ['159', '110']);
  assert.equal([found.winner_switches.count, found.winner_switches.largest.length], [60, 20]);
});

test('a comparison that is cancelled ends, and both feeds are closed', async () => {
  let open = 0;
  const feed = (text: string): ComparedFeed => {
    const source = memorySource('feed', toBytes(text), 3);
    const counted = async function* () {
      open++;
      try {
        yield* source.open();
      } finally {
        open--;
      }
    };
    return { name: 'a feed', format: 'csv', source: { name: 'feed', size: null, open: counted } };
  };
  const options = { moneyDecimals: 2, limits: { ...DEFAULT_LIMITS, windowBytes: 5 }, delta: null } as const;
  const [good, bad] = ['sku\nA\nB\nC\n', 'sku\nB\nA\n'];
  const compare = (a: string, b: string, more: object = {}) =>
    diffFeeds({ before: feed(a), after: feed(b), ...options, ...more });
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: RelayError) => error.code,
    );
  assert.is(await code(compare(good, good)), null);
  assert.is(await code(compare(good, bad)), 'invalid_input');
  assert.is(await code(compare(bad, good)), 'invalid_input');
  assert.is(await code(compare(good, good, { signal: AbortSignal.abort() })), 'CANCELLED');
  assert.is(await code(compare(good, good, { signal: new AbortController().signal })), null);
  assert.is(open, 0);
});

test.run();
