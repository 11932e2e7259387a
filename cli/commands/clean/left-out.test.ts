/** `relay clean`: which table of a file is taken, and the names of the files in `--out`. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzip, workbook } from '../../../plugins/parsers/kit/container/testing/archives.ts';
import { relay } from '../../testing/sandbox.ts';

let dir = '';
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relay-clean-left-out-'));
});
test.after.each(async () => rm(dir, { recursive: true, force: true }));

async function run(content: string, ...flags: string[]) {
  const file = join(dir, 'in.csv');
  await writeFile(file, content);
  return relay(['clean', file, ...flags]);
}

/** The XML of a sheet's rows. */
function sheetRows(rows: string[][]): string {
  const cell = (text: string): string => (text === '' ? '<c/>' : `<c t="str"><v>${text}</v></c>`);
  return rows.map((cells) => `<row>${cells.map(cell).join('')}</row>`).join('');
}

const FIRST = 'sku,qty\nA,1\nB,2\n';
const SECOND = `place;head;phone\n${Array.from({ length: 12 }, (_, i) => `Berlin;Anna;${i}\n`).join('')}`;

test('if two thirds of the lines would be left out, the command fails unless --table says which table to take', async () => {
  const { code, stderr } = await run(`${FIRST}\n${SECOND}`);
  assert.is(code, 3);
  assert.match(stderr, 'MOSTLY_LEFT_OUT');
  assert.match(stderr, '--table 2: lines 5 to 17');
  const one = await run(`${FIRST}\n${SECOND}`, '--table', '1');
  assert.equal([one.code, one.stdout], [0, FIRST]);
  const two = await run(`${FIRST}\n${SECOND}`, '--table', '2');
  assert.equal([two.code, two.stdout], [0, SECOND.replaceAll(';', ',')]);
  const three = await run(`${FIRST}\n${SECOND}`, '--table', '3');
  assert.is(three.code, 3);
  assert.match(three.stderr, '--table 3: it has 2 tables');
  assert.is((await run(FIRST, '--table', '0')).code, 2);
});

test('titles count as left-out lines, and a failure writes nothing in --out', async () => {
  const text = `List of all\nmade by hand\n\nfor Nord GmbH\n\n\n${FIRST}`;
  const out = join(dir, 'out');
  assert.is((await run(text, '--out', out)).code, 3);
  assert.equal(
    (await readdir(dir)).filter((name) => name !== 'in.csv' && name !== 'out'),
    [],
  );
  assert.equal(await readdir(out).catch(() => []), []);
  assert.is((await run(text, '--table', '1')).stdout, FIRST);
  assert.is((await run(text, '--skip-lines', '6')).stdout, FIRST);
});

test('a file in --out ends in .csv unless its name already is that of a text file', async () => {
  const files: [string, string | Uint8Array][] = [
    ['a.csv.gz', gzip(FIRST)],
    [
      'b.xlsx',
      workbook({
        sheets: [
          {
            name: 'S',
            rows: sheetRows([
              ['sku', 'qty'],
              ['A', '1'],
            ]),
          },
        ],
      }),
    ],
    ['c.TSV', FIRST],
    ['d.txt', FIRST],
    ['e', FIRST],
    ['f.2024', FIRST],
    ['g.tsv.gz', gzip(FIRST)],
  ];
  for (const [name, content] of files) await writeFile(join(dir, name), content);
  const out = join(dir, 'out');
  const { code } = await relay(['clean', ...files.map(([name]) => join(dir, name)), '--out', out]);
  assert.is(code, 0);
  assert.equal((await readdir(out)).sort(), ['a.csv', 'b.csv', 'c.csv', 'd.txt', 'e.csv', 'f.2024.csv', 'g.csv']);
  const both = await relay(['clean', join(dir, 'a.csv'), join(dir, 'a.csv.gz'), '--out', out]);
  assert.is(both.code, 2);
  assert.match(both.stderr, '"a.csv"');
});

test('the sheet of a workbook that is a table is taken, and the others are named', async () => {
  const table = sheetRows([['sku', 'qty', 'cost'], ...Array.from({ length: 5 }, (_, i) => [`A-${i}`, '4', '1.50'])]);
  const covers = [
    [['Nordlicht GmbH'], [''], ['Price list, May']],
    [
      ['Vendor', 'Nord'],
      ['Contact', 'Anna'],
      ['Date', '2024-05-01'],
    ],
    [],
  ];
  for (const cover of covers) {
    const sheets = [
      { name: 'Cover', rows: sheetRows(cover) },
      { name: 'Stock', rows: table },
      { name: 'Old', rows: table, state: 'hidden' },
    ];
    const file = join(dir, 'book.xlsx');
    await writeFile(file, workbook({ sheets }));
    const { stdout, stderr } = await relay(['clean', file]);
    assert.match(stdout, /^sku,qty,cost\nA-0,4,1.50\n/);
    assert.match(stderr, 'read the sheet "Stock"');
    assert.match(stderr, '"Cover"');
    assert.match((await relay(['suggest', file])).stdout, /"?sheet"?: "?Stock/);
    assert.is((await relay(['clean', file, '--sheet', 'Stock'])).stderr, '');
  }
  const two = {
    sheets: [
      { name: 'Stock', rows: table },
      { name: 'Prices', rows: table },
    ],
  };
  await writeFile(join(dir, 'two.xlsx'), workbook(two));
  assert.match((await relay(['clean', join(dir, 'two.xlsx')])).stderr, 'read the sheet "Stock" and not "Prices"');
});

test.run();
