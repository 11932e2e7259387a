/** What an output format gets of each row, when it is called, and what its answers and errors become. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import type { NamedExport } from '../../core/pipeline/bind.ts';
import { writeExport } from '../../core/pipeline/outputs/exports.ts';
import { SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import type { FeedFormat, OutputRow } from '../../core/plugin.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';

const test = suite('rows of exports');

interface Written {
  text: string;
  writes: number;
  progress: number[];
}

async function write(csv: string, format: Partial<FeedFormat>, chunkBytes = 64): Promise<Written> {
  const limits = { ...DEFAULT_LIMITS, windowBytes: chunkBytes };
  const rows = await SortedRows.open(memorySource('feed', toBytes(csv), chunkBytes), { name: 'the feed', limits });
  const one = {
    name: 'shop',
    id: 'own',
    content: 'full',
    format: { extension: 'csv', ...format },
    extraColumns: ['gtin'],
  };
  const written: Written = { text: '', writes: 0, progress: [] };
  const sink = {
    write: (bytes: Uint8Array) => {
      written.text += Buffer.from(bytes).toString();
      written.writes++;
    },
    close: () => {},
    abort: () => {},
  };
  await writeExport(one as unknown as NamedExport, rows, sink, (count) => written.progress.push(count));
  return written;
}

const failed = (promise: Promise<unknown>): Promise<RelayError> =>
  promise.then(
    () => assert.unreachable() as never,
    (error) => error,
  );

test('head, rows and foot follow one another; head and foot may be absent', async () => {
  const row = ({ sku, quantity }: OutputRow) => `${sku}=${quantity};`;
  const csv = 'sku,quantity_available\nA,1\nB,2\nC,\n';
  for (const chunkBytes of [5, 1000]) {
    const whole = await write(csv, { head: () => 'ä[', row, foot: () => ']' }, chunkBytes);
    assert.is(whole.text, 'ä[A=1;B=2;C=0;]');
    assert.is(whole.progress.at(-1), 3);
    assert.is((await write(csv, { row }, chunkBytes)).text, 'A=1;B=2;C=0;');
  }
  assert.is((await write('sku,quantity_available\n', { head: () => '[', row, foot: () => ']' })).text, '[]');
  const hooks: Partial<FeedFormat> & { own: string } = {
    own: 'x',
    head() {
      return `${this.own}(`;
    },
    row() {
      return this.own;
    },
    foot() {
      return `)${this.own}`;
    },
  };
  assert.is((await write(csv, hooks)).text, 'x(xxx)x');
});

test('much text is written in parts', async () => {
  const rows = Array.from({ length: 9 }, (_, i) => `${i}\n`).join('');
  const { text, writes, progress } = await write(`sku\n${rows}`, { row: () => 'x'.repeat(16 * 1024) }, 1000);
  assert.equal([text.length, writes], [9 * 16 * 1024, 6]);
  assert.equal(progress, [3, 5, 7, 9, 9]);
});

test('a row has its cells, empty ones as null, and its change', async () => {
  const csv = [
    ...['_change,sku,quantity_available,title,gtin', 'added,A,3,T,', 'removed,B,4,"U, 1",77', 'zeroed,C,0,,'],
    ...['other,D,-2,V,', 'held,E,x,V,', ''],
  ].join('\n');
  const seen: unknown[] = [];
  const row = (one: OutputRow) => {
    const cells = ['quantity_available', 'title', 'gtin', 'price', '_change'].map((column) =>
      one.text(column as 'title'),
    );
    seen.push([one.sku, one.change, one.quantity, ...cells]);
    return '';
  };
  await write(csv, { row });
  assert.equal(seen, [
    ['A', 'added', 3, '3', 'T', null, null, 'added'],
    ['B', 'removed', 0, '0', 'U, 1', '77', null, 'removed'],
    ['C', 'zeroed', 0, '0', null, null, null, 'zeroed'],
    ['D', null, 0, '-2', 'V', null, null, 'other'],
    ['E', 'held', 0, 'x', 'V', null, null, 'held'],
  ]);
  seen.length = 0;
  await write('sku\nA\n', { row: (one) => `${seen.push(one.change, one.quantity, one.text('quantity_available'))}` });
  assert.equal(seen, [null, 0, null]);
});

test('a column that no feed of the tenant can have is the fault of the format', async () => {
  const error = await failed(write('sku,own\nA,\n', { row: (one) => one.text('own' as 'title') ?? '' }));
  assert.is(error.code, 'plugin_failed');
  assert.match(
    error.message,
    /row\(\) of the output format "own" failed on SKU "A": row\.text\("own"\): no such column/,
  );
});

test('what is thrown or is no text names the hook and the row', async () => {
  const good = { row: () => '' };
  const throwing = (): string => {
    throw new Error('oh');
  };
  const cases: Array<[Partial<FeedFormat>, RegExp]> = [
    [{ ...good, head: throwing }, /^head\(\) of the output format "own" failed: oh/],
    [{ ...good, foot: throwing }, /^foot\(\) of the output format "own" failed: oh/],
    [{ row: throwing }, /^row\(\) of the output format "own" failed on SKU "A": oh/],
    [{ ...good, head: () => 1 as never }, /^head\(\) of .* failed: it returned .*; it must return a text/],
    [{ ...good, foot: () => null as never }, /^foot\(\) of .* failed: it returned null; it must return a text/],
    [
      { row: () => Promise.resolve('') as never },
      /^row\(\) of .* failed on SKU "A": it returned .*; it must return a text, at once/,
    ],
  ];
  for (const [format, message] of cases) {
    const error = await failed(write('sku\nA\n', format));
    assert.instance(error, RelayError);
    assert.is(error.code, 'plugin_failed');
    assert.match(error.message, message);
  }
  const long = await failed(write(`sku\n${'L'.repeat(101)}\n`, { row: throwing }));
  assert.match(long.message, /"L{100}"/);
});

test('a row is good during its call only, also after one that failed', async () => {
  const kept: OutputRow[] = [];
  const row = (one: OutputRow) => {
    kept.push(one);
    if (kept.length === 2) assert.throws(() => kept[0]?.sku, /the row is good during the call/);
    return one.sku;
  };
  assert.is((await write('sku\nA\nB\n', { row })).text, 'AB');
  const [one] = kept;
  for (const use of [() => one?.sku, () => one?.change, () => one?.quantity, () => one?.text('title')])
    assert.throws(use, /the row is good during the call/);
  await failed(
    write('sku\nA\n', {
      row: (last) => {
        kept.push(last);
        throw new Error('oh');
      },
    }),
  );
  assert.throws(() => kept.at(-1)?.sku, /the row is good during the call/);
});

test.run();
