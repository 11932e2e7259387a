/** What `relay clean` notes, refuses and accepts if a file is more or less than a table. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzip, workbook, zip } from '../../../plugins/parsers/kit/container/testing/archives.ts';
import { relay } from '../../testing/sandbox.ts';

let dir = '';
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relay-clean-notes-'));
});
test.after(async () => rm(dir, { recursive: true, force: true }));

async function run(content: string | Uint8Array, ...flags: string[]) {
  const file = join(dir, 'in.csv');
  await writeFile(file, content);
  return runOn([file, ...flags]);
}

async function runOn(argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await relay(['clean', ...argv]);
  return { code, out: stdout, err: stderr.replaceAll(`${join(dir, 'in.csv')}: `, '') };
}

const rows = (n: number, row: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => `${row(i)}\n`).join('');

test('the first table is taken and the others named, whatever their delimiters', async () => {
  const first = 'sku,qty\nA,1\nB,2\nC,3\n';
  const wide = 'sku,qty,price\nA,1,1.00\nB,2,2.00\nC,3,3.00\nD,4,4.00\n';
  const cases: [string, string, string][] = [
    [first, '\nlocation;manager;phone\nBerlin;Anna;12\nRome;Ugo;13\nOslo;Per;14\n', 'lines 6 to 9'],
    [first, `\nlocation;manager;phone\n${rows(30, (i) => `Berlin;Anna;${i}`)}`, 'lines 6 to 36'],
    [wide, '\n\nwarehouse;city\nW1;Rome\nW2;Oslo\n', 'lines 8 to 10'],
    [wide, '\nWarehouses\nwarehouse|city\nW1|Rome\nW2|Oslo\n', 'lines 7 to 10'],
    [wide, '\n1\tRome\n2\tOslo\n', 'lines 7 to 8'],
    ['a|b\n1|x\n2|y\n', '\nc,d\n1,2\n3,4\n\ne;f\n1;2\n', 'lines 5 to 7'],
  ];
  for (const [table, other, lines] of cases) {
    const { out, err, code } = await run(table + other, '--table', '1');
    assert.is(out, table.replaceAll('|', ','), other);
    assert.match(err, `another table left out: ${lines}\n`);
    assert.is(code, 0);
  }
});

test('a preamble, rows in another delimiter and lines of prose are not further tables', async () => {
  const table = 'sku;qty;price\nA;1;1.00\nB;2;2.00\nC;3;3.00\nD;4;4.00\n';
  const plain = table.replaceAll(';', ',');
  for (const above of ['Report, monday\nmade, by hand\n\n', 'Vendor,ACME\nDate,2024\n\n', 'Stock list\n\n']) {
    const { out, err } = await run(above + table + rows(9, (i) => `E${i};${i};1.50`));
    assert.is(out, plain + rows(9, (i) => `E${i},${i},1.50`), above);
    assert.match(err, 'left out above the table: line');
  }
  assert.is((await run(`${table}\nE,5,5.00\nF,6,6.00\n`)).out, `${plain}E,5,5.00\nF,6,6.00\n`);
  const prose = await run(`${table}\nAll prices, as ever\nare ours, not yours\n`);
  assert.is(prose.out, `${plain}"All prices, as ever"\n"are ours, not yours"\n`);
  assert.is((await run('a,b\n"x\n\ny;z\n1;2",1\n3,4\n')).out, 'a,b\n"x\n\ny;z\n1;2",1\n3,4\n');
});

test('sep= declares the delimiter and is not data', async () => {
  assert.equal(await run('sep=;\nsku;a,b\nA;1,2\nB;3,4\n'), {
    code: 0,
    out: 'sku,"a,b"\nA,"1,2"\nB,"3,4"\n',
    err: '',
  });
  assert.is((await run('\ufeff"sep=|"\r\na|b\r\n1|2\r\n')).out, 'a,b\n1,2\n');
  assert.is((await run('sep=;\na;b,c\n1;2,3\n', '--skip-lines', '1')).out, 'a,"b,c"\n1,"2,3"\n');
  assert.is((await run('sep=;\na,b\n1,2\n', '--delimiter', ',')).out, 'a,b\n1,2\n');
});

test('corrected rows and rows left as they are are counted', async () => {
  const body = rows(50, (i) => `${i + 10},Fine item ${i},${i % 13},${(i * 1.37 + 3).toFixed(2)}`);
  const { out, err } = await run(
    `sku,title,qty,price\n2,Shelf, oak,4,5.00\n3,x,y,z,1,2,3\n4,"a "b" c",4,5.00\n5,short\n${body}`,
  );
  assert.match(out, '2,"Shelf, oak",4,5.00\n3,x,y,z,1,2,3\n4,"a ""b"" c",4,5.00\n5,short\n');
  assert.is(
    err,
    'relay clean: 2 rows were repaired (separator too many, quotes): lines 2, 4; --json says how\n' +
      'relay clean: 2 rows were kept, though not with 4 fields like the others: lines 3, 5\n',
  );
  assert.is((await run(`sku,title,qty,price\n${body}`)).err, '');
});

test('the header repeated in capitals, after a byte order mark or in another order starts a new table', async () => {
  const table = `sku,qty,title\n${rows(9, (i) => `S-${i},${i},Lamp`)}`;
  for (const header of [
    'SKU,Qty,Title',
    '\ufeffsku,qty,title',
    'sku,title,qty',
    ' sku, qty, title',
    '"title","sku","qty"',
  ]) {
    for (const end of ['\n', '\r\n']) {
      const text = `${table}${header}\n${rows(4, (i) => `T-${i},${i},Rug`)}`.replaceAll('\n', end);
      const { code, out, err } = await run(text);
      assert.equal([code, out], [0, table], header);
      const mark = header.startsWith('\ufeff') ? 'relay clean: 1 sign that nobody sees, U+FEFF: line 11\n' : '';
      assert.is(err, `${mark}relay clean: another table left out: lines 11 to 15\n`, header);
    }
  }
  for (const row of ['sku,sku,title', 'qty,title,x', 'sku-1,qty,title'])
    assert.is((await run(`${table}${row}\n`)).out, `${table}${row}\n`);
});

test('an unusual quote and a header of several lines are noted', async () => {
  const text = "sku;qty;title\nA;5;'Men''s'\nB;6;Lamp\nC;7;Rug\n";
  const { out, err } = await run(text);
  assert.is(out, "sku,qty,title\nA,5,Men's\nB,6,Lamp\nC,7,Rug\n");
  assert.is(err, "relay clean: read ' as the quote around cells; --quote says another\n");
  assert.is((await run(text, '--quote', "'")).err, '');
  const two = `Article;Stock;Cost\nno.;pcs;EUR\n${rows(4, (i) => `S-${i};${i};1.50`)}`;
  const note = 'relay clean: the header: lines 1 to 2, joined with spaces; --header-lines 1 takes the first alone\n';
  assert.is((await run(two)).err, note);
  assert.is((await run(two, '--header-lines', '2')).err, '');
});

test('padded titles and name-value lines above the table are not part of it', async () => {
  const body = rows(6, (i) => `S-${i};${i};${i}.50;Lamp`);
  const table = `sku;qty;cost;title\n${body}`;
  for (const above of [
    'Acme;;;\nPrice list;;Nov;\n;;;\n',
    'Customer;4711;;\nDate;01.11.2026;;\nCurrency;EUR;;\n;;;\n',
    'Customer;4711;;\nDate;01.11.2026;;\n',
    'Acme;;;\n;;;\n',
  ]) {
    const { out, err } = await run(above + table);
    assert.is(out, table.replaceAll(';', ','), above);
    assert.match(err, 'left out above the table: lines 1 to ');
  }
  // words above groups of columns belong to the header
  assert.match(
    (await run(`Article;;Stock;\nno;name;qty;min\n${rows(6, (i) => `S-${i};L;${i};1`)}`)).out,
    /^Article no,name,Stock qty,min\n/,
  );
});

test('a line of dashes below the header is left out with a note', async () => {
  const cases: [string, string, number][] = [
    ['sku,qty\n---,---\n', 'sku,qty\n', 2],
    ['|sku|qty|\n|---|:--|\n', ',sku,qty,\n', 2],
    ['sku;qty\n=====;===\n', 'sku,qty\n', 2],
  ];
  for (const [head, written, line] of cases) {
    const delimiter = /[,;|]/.exec(head)![0];
    const row = (i: number) => (delimiter === '|' ? `|S-${i}|${i}|` : `S-${i}${delimiter}${i}`);
    const { out, err } = await run(head + rows(9, row));
    assert.is(out, written + rows(9, (i) => row(i).replaceAll(delimiter, ',')));
    assert.match(err, `line ${line} only underlines the header, and is left out\n`);
  }
  // further down, or beside values, such a line is a row
  for (const text of ['sku,qty\nS-1,1\n---,---\nS-2,2\n', 'sku,qty\n---,1\nS-2,2\n', 'sku,qty\n-,-\nS-2,2\n'])
    assert.is((await run(text)).out, text);
});

test('a header without rows is noted; an empty file has no header', async () => {
  const note = 'relay clean: there are no rows below its header\n';
  assert.equal(await run('sku,qty\n'), { code: 0, out: 'sku,qty\n', err: note });
  assert.is((await run('ERROR: permission denied for relation stock\n')).err, note);
  for (const text of ['', '\n\n']) assert.is((await run(text)).err, '');
  assert.is((await run('1,2\n', '--header-lines', '0')).err, '');
});

test('numbers with non-ASCII spaces are not a header', async () => {
  const text = 'sku;qty;cost\nS-1;1\u202f234;1\u00a0234,50\nS-2;1;2,5\n';
  const { out, err } = await run(text);
  assert.is(out, 'sku,qty,cost\nS-1,1\u202f234,"1\u00a0234,50"\nS-2,1,"2,5"\n');
  assert.is(err, '');
});

test('a footer is kept and noted', async () => {
  const table = `sku,title,qty,price\n${rows(8, (i) => `S-1${i},Lamp ${i},${i},1.50`)}`;
  const cases: [string, string][] = [
    ['Total,,10,\n', 'the last row looks like a footer and not like data: line 10\n'],
    ['-- 2 rows exported --\n', 'the last row looks like a footer and not like data: line 10\n'],
    ['Total,,10,\n\n2 rows\n', 'the last 2 rows look like a footer and not like data: lines 10, 12\n'],
    ['S-20,,,\n', 'the last row looks like a footer and not like data: line 10\n'],
    ['S-20,,1,1.50\n', ''],
    ['Total,Lamp,1,1.50\n', ''],
  ];
  for (const [footer, said] of cases) {
    const { out, err } = await run(table + footer);
    assert.is(out, table + footer.replace('\n\n', '\n'));
    assert.is(err, said && `relay clean: ${said}`);
  }
});

test('--columns must fit the table; --skip-lines past the end is reported', async () => {
  const text = 'a,b\n1,2\n';
  for (const names of ['x', 'x,y,z', 'x,x']) {
    const { code, out, err } = await run(text, '--columns', names);
    assert.equal([code, out], [2, ''], names);
    assert.match(err, '--columns');
  }
  const [one, two, out] = ['one.csv', 'two.csv', 'columns-out'].map((name) => join(dir, name));
  await writeFile(one!, text);
  await writeFile(two!, 'a,b,c\n1,2,3\n');
  assert.is((await runOn([one!, two!, '--columns', 'x,y', '--out', out!])).code, 2);
  assert.not((await readdir(dir)).includes('columns-out'));
  assert.is((await run(text, '--columns', 'x,y')).out, 'x,y\n1,2\n');
  const beyond = await run(text, '--skip-lines', '9');
  assert.equal([beyond.code, beyond.out], [0, '']);
  assert.match(beyond.err, '--skip-lines 9 leaves nothing of its 2 lines');
});

test('errors name the option that caused them: --out, --encoding', async () => {
  const taken = join(dir, 'taken');
  await writeFile(taken, '');
  for (const path of [taken, join(taken, 'below')]) {
    const { code, err } = await run('a,b\n1,2\n', '--out', path);
    assert.is(code, 2);
    assert.match(err, `--out ${path} is not a folder`);
  }
  const { err } = await run(Buffer.from('a,b\n1,caf\xe9\n', 'latin1'), '--encoding', 'utf-8');
  assert.match(err, 'DECODE_ERROR: byte 9 (line 2) is not valid utf-8; name its real encoding with --encoding');
  assert.not.match(err, 'parser');
  const marked = await run(Buffer.from('\xef\xbb\xbfa,b\n1,caf\xe9\n', 'latin1'), '--encoding', 'windows-1252');
  assert.match(
    marked.err,
    'byte 12 (line 2) is not valid utf-8, which its byte order mark says; the file is damaged there',
  );
  assert.not.match(marked.err, '--encoding');
});

test('text that was decoded wrongly before (mojibake) is noted', async () => {
  const { code, out, err } = await run('sku,name\nA,CafÃ©\n');
  assert.equal([code, out], [0, 'sku,name\nA,CafÃ©\n']);
  assert.match(err, 'was once read in a wrong encoding');
  assert.match((await run('sku,name\nA,Café\n', '--encoding', 'cp850')).err, 'most likely in another one');
  assert.is((await run('sku,name\nA,Café\n')).err, '');
});

test('invisible characters are kept and noted with their lines', async () => {
  const { code, out, err } = await run('sku,name\nA,La\u2028mp\n\ufeffB,Mat\nC,\ufeffBox\u0085\n');
  assert.equal([code, out], [0, 'sku,name\nA,La\u2028mp\n\ufeffB,Mat\nC,\ufeffBox\u0085\n']);
  assert.match(err, '1 sign that nobody sees, U+2028: line 2');
  assert.match(err, '2 signs that nobody sees, U+FEFF: lines 3, 4');
  assert.match(err, '1 sign that nobody sees, U+0085: line 4');
  assert.is((await run('\ufeffsku,name\nA,Grüße – “x” ®\n')).err, '');
});

test('NULs at the end are left out and noted', async () => {
  const { code, out, err } = await run(`sku,name\nA,Lamp\n${'\0'.repeat(9)}`);
  assert.equal([code, out], [0, 'sku,name\nA,Lamp\n']);
  assert.match(err, 'NULs at its end are left out');
  assert.is((await run(`sku,name\n${'A,Lamp\n'.repeat(60)}\x1a\0`)).err, '');
});

test('documents are not tables, and a NUL does not make a text UTF-16', async () => {
  const documents: [string, string][] = [
    ['{"sku": 1}\n', 'JSON'],
    [' [\n {"sku": 1, "b": 2}]', 'JSON'],
    ['<!DOCTYPE html>\n<p>a,b', 'HTML'],
    ['<html><table>', 'HTML'],
    ['\ufeff<?xml version="1.0"?>', 'XML'],
    ['\n<rows><row a="1,2"/></rows>', 'XML'],
  ];
  for (const [text, what] of documents) {
    const { code, out, err } = await run(text);
    assert.equal([code, out], [3, '']);
    assert.match(err, `NOT_A_TABLE: it is ${what}`);
  }
  assert.is((await run('<TICKER>,<DATE>\nA,1\n')).out, '<TICKER>,<DATE>\nA,1\n');
  assert.is((await run('[a],{b}\n1,2\n')).out, '[a],{b}\n1,2\n');
  assert.is((await run('sku,qty\nA\0B,1\nC,2\n')).out, 'sku,qty\nA\0B,1\nC,2\n');
  assert.is((await run(Buffer.from('sku,qty\nA,1\n', 'utf16le'))).out, 'sku,qty\nA,1\n');
});

test('a small file with an end mark and padding of DOS is no binary one', async () => {
  for (const end of ['\x1a', '\x1a\0', '\x1a\0\0\0\0\0', '\0\0\x1a', '\x1a\x1a\0'])
    assert.equal(await run(`sku,qty\nA,1\n${end}`).then(({ code, out }) => [code, out]), [0, 'sku,qty\nA,1\n'], end);
  assert.equal((await run('sku,qty\nA\0B,1\n\x1a')).out, 'sku,qty\nA\0B,1\n');
  assert.is((await run('\0\x01\x02\x03\x04\x05\x06\x07\0\x10\x11\x12\x13,\n\x1a')).code, 3);
});

test('UTF-16 in any script is read, with or without a byte order mark; a file of control characters is not', async () => {
  const texts = [
    `артикул;остаток\n${rows(20, (i) => `Б${i};4`)}`,
    `κωδικός;απόθεμα\n${rows(20, (i) => `Β${i};4`)}`,
    `編碼;庫存\n${rows(20, (i) => `中${i};4`)}`,
  ];
  for (const text of texts) {
    const wanted = text.replaceAll(';', ',');
    for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]) {
      assert.is((await run(bytes)).out, wanted);
    }
    assert.is((await run(Buffer.from(`\ufeff${text}`, 'utf16le'))).out, wanted);
  }
  assert.is((await run(Buffer.from('аб;вг\nд;е\n', 'utf16le'), '--encoding', 'utf-16le')).out, 'аб,вг\nд,е\n');
  const { code, err } = await run(Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 7) % 256)));
  assert.is(code, 3);
  assert.match(err, 'NOT_A_TABLE: it is binary');
});

test('packed tables are read, and the report names the container', async () => {
  const rows = '<row r="2"><c t="str"><v>sku</v></c><c t="str"><v>a;b</v></c></row><row r="3"><c><v>1</v></c></row>';
  const bytes = zip([
    { name: 'notes.txt', data: 'x' },
    {
      name: 'feed.xlsx',
      data: workbook({
        sheets: [
          { name: 'S', rows },
          { name: 'T', rows: '' },
        ],
      }),
    },
  ]);
  const { code, out } = await run(bytes, '--member', 'feed.xlsx', '--sheet', 's', '--json');
  const [report] = JSON.parse(out).files;
  assert.equal([code, report.csv], [0, 'sku,a;b\n1,\n']);
  assert.equal(report.via, ['ZIP member "feed.xlsx"', 'sheet "S" of 2']);
  assert.match((await run(bytes)).err, 'invalid_input: ');
  assert.match((await run(bytes)).err, 'Name it with the option member');
  assert.match((await run('%PDF-1.7\n')).err, 'NOT_A_TABLE: it is a PDF');
  assert.is((await run(gzip('a;b\n1;2\n'))).out, 'a,b\n1,2\n');
});

test('error values of a sheet are written unchanged and noted', async () => {
  const rows =
    '<row r="1"><c t="str"><v>sku</v></c><c t="str"><v>title</v></c></row>' +
    '<row r="2"><c t="str"><v>A</v></c><c t="e"><v>#N/A</v></c></row><row r="3"><c t="str"><v>B</v></c><c><f>A1</f></c></row>';
  const { out, err } = await run(workbook({ sheets: [{ name: 'S', rows }] }));
  assert.is(out, 'sku,title\nA,#N/A\nB,=A1\n');
  assert.match(err, '2 cells have an error or a formula without a value, written as found: "S" B2 "#N/A"; B3 "=A1"');
});

test.run();
