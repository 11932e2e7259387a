/** Lines, and look-ups of a SKU, in files that a run wrote. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { all, chunksOf, filesOf } from '../testing/files.ts';
import { cellsOf, writtenLines } from './lines.ts';
import { lookUp, ROWS_MAX } from './look-up.ts';

test('lines end outside quotes, for any chunks', async () => {
  const text = 'a,b\n"x\n""y""",2\nlast';
  for (const size of [1, 2, 7, 100]) {
    const lines = (await all(writtenLines(chunksOf(text, size), 'csv'))).map((line) => toText(line));
    assert.equal(lines, ['a,b', '"x\n""y""",2', 'last'], String(size));
    assert.equal(lines.map(cellsOf), [['a', 'b'], ['x\n"y"', '2'], ['last']]);
  }
});

const SKUS = ['A', 'A-1', 'B', 'B', 'B', 'C"', '\u00e9', '\uff5e', '\u{1f600}'];
const ROWS = SKUS.map((sku, i) => `${/"/.test(sku) ? `"${sku.replaceAll('"', '""')}"` : sku},${i}`);
const TABLE = `sku,n\n${ROWS.join('\n')}\n`;

test('a SKU is found by any samples, with its rows, their position and its neighbours', async () => {
  const at = (i: number): [number, number, string] => [
    toBytes(
      `sku,n\n${ROWS.slice(0, i)
        .map((row) => `${row}\n`)
        .join('')}`,
    ).length,
    i,
    SKUS[i] ?? '',
  ];
  for (const samples of [null, [at(0)], [at(0), at(3), at(6)], SKUS.map((_, i) => at(i))]) {
    const file = { path: 'f', format: 'csv' as const, columns: ['sku', 'n'], samples };
    for (const sku of new Set([...SKUS, '', 'A-0', 'Z', '\u{1f601}'])) {
      const found = await lookUp(filesOf(TABLE), file, sku);
      const due = SKUS.flatMap((one, i) => (one === sku ? [i] : []));
      assert.equal(
        found?.rows.map(({ ordinal, cells }) => [ordinal, cells.n]),
        due.map((i) => [i, String(i)]),
        sku,
      );
      if (due.length === 0) assert.ok((found?.neighbours().length ?? 0) > 0, `"${sku}" has neighbours`);
    }
    assert.is(await lookUp(filesOf(TABLE), { ...file, path: 'none' }, 'A'), null);
  }
});

test('an escaped SKU is found in its place, and so is one that only looks escaped', async () => {
  const table = "sku,n\n'-1,0\n'=A,1\nB,2\n";
  const samples: Array<[number, number, string]> = [
    [6, 0, "'-1"],
    [18, 2, 'B'],
  ];
  const file = { path: 'f', format: 'csv' as const, columns: ['sku', 'n'], samples, isEscaped: true };
  const cells = async (sku: string) => (await lookUp(filesOf(table), file, sku))?.rows.map((row) => row.cells.n);
  assert.equal(
    [await cells('-1'), await cells('=A'), await cells('B'), await cells("'-1")],
    [['0'], ['1'], ['2'], ['0']],
  );
});

/** SKUs in order, some with several rows, as a table or as JSON lines, with samples of every n-th row. */
function fileOf(format: 'csv' | 'jsonl', columns: readonly string[], count: number, every: number) {
  const skus = Array.from(
    { length: count },
    (_, i) => `S${String(Math.floor((i * 2) / 3)).padStart(4, '0')}${i % 5 === 0 ? '"' : ''}`,
  ).sort();
  const rows = skus.map(
    (sku, i) => ({ sku, n: i % 7 === 0 ? '' : String(i), title: `"${i},\n` }) as Record<string, string>,
  );
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const lines = rows.map((row) =>
    format === 'csv'
      ? `${columns.map((column) => quoted(row[column] ?? '')).join(',')}\n`
      : `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column] || null])))}\n`,
  );
  const header = format === 'csv' ? `${columns.join(',')}\n` : '';
  const samples: Array<[number, number, string]> = [];
  let at = toBytes(header).length;
  for (const [i, line] of lines.entries()) {
    if (i % every === 0) samples.push([at, i, skus[i] ?? '']);
    at += toBytes(line).length;
  }
  return { text: header + lines.join(''), rows, skus, samples };
}

test('rows, cells, positions and neighbours are those of the whole file, in both formats', async () => {
  for (const format of ['csv', 'jsonl'] as const) {
    for (const columns of [['sku', 'n', 'title'], ['title', 'n', 'sku'], ['sku']]) {
      const { text, rows, skus, samples } = fileOf(format, columns, 700, 50);
      for (const sampled of [samples, null, []]) {
        const file = { path: 'f', format, columns, samples: sampled };
        for (const sku of [
          ...['S0000', 'S0003"', 'S0100', 'S0466', 'S0233', 'S0466"', 'A', 'Z', 'S0100x'],
          skus[50] ?? '',
        ]) {
          const found = await lookUp(filesOf(text), file, sku);
          const due = rows.flatMap((row, ordinal) => (row.sku === sku ? [{ ordinal, cells: row }] : []));
          const cells = due.map(({ ordinal, cells: row }) => [ordinal, ...columns.map((column) => row[column])]);
          assert.equal(
            found?.rows.map((row) => [row.ordinal, ...columns.map((column) => row.cells[column])]),
            cells,
            `${format} ${sku}`,
          );
          const near = found?.neighbours() ?? [];
          const [before, after] = [skus.filter((one) => one < sku), skus.filter((one) => one > sku)];
          assert.equal(
            near.filter((one) => one < sku),
            before.slice(before.length - near.filter((one) => one < sku).length),
          );
          assert.equal(
            near.filter((one) => one > sku),
            after.slice(0, near.filter((one) => one > sku).length),
          );
          assert.ok(near.length > 0 && near.every((one) => one !== sku) && near.length <= 400);
          if (sampled === null) assert.is(near.length, Math.min(200, before.length) + Math.min(200, after.length));
        }
      }
    }
  }
});

test('of a sampled file only the part around the SKU is read', async () => {
  const { text, skus, samples } = fileOf('csv', ['sku', 'n'], 5000, 50);
  const file = { path: 'f', format: 'csv' as const, columns: ['sku', 'n'], samples };
  for (const sku of [skus[0], skus[49], skus[50], skus[2525], skus[4999], 'A', 'Z']) {
    let bytes = 0;
    const files = {
      open: async function* (path: string, range?: { first: number; last: number }) {
        for await (const chunk of filesOf(text).open(path, range)) {
          bytes += chunk.length;
          yield chunk;
        }
      },
    };
    assert.ok(await lookUp(files, file, sku ?? ''));
    assert.ok(bytes <= 3 * 50 * 14, `${bytes} bytes for ${sku}`);
  }
});

test('a damaged line of JSON has no cells, and a SKU with very many rows has the first ones', async () => {
  const file = { path: 'f', format: 'jsonl' as const, columns: ['sku', 'n'], samples: null };
  const found = await lookUp(filesOf('{"sku":"A"}\n{"sku":"X",\n{"sku":"X","n":2}\n'), file, 'X');
  assert.equal(
    found?.rows.map(({ cells }) => cells),
    [{ sku: 'X', n: '2' }],
  );
  const many = await lookUp(filesOf(`sku,n\n${'X,1\n'.repeat(ROWS_MAX + 5)}Y,2\n`), { ...file, format: 'csv' }, 'X');
  assert.equal([many?.rows.length, many?.neighbours()], [ROWS_MAX, ['Y']]);
});

test.run();
