/** Lines, and look-ups of a SKU, in files that a run wrote. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { all, chunksOf, filesOf } from '../testing/files.ts';
import { cellsOf, writtenLines } from './lines.ts';
import { lookUp } from './look-up.ts';

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

test.run();
