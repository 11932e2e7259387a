import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { relay } from '../../testing/sandbox.ts';

let dir = '';
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relay-clean-'));
});
test.after(async () => rm(dir, { recursive: true, force: true }));

async function run(argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await relay(['clean', ...argv]);
  return { code, out: stdout, err: stderr };
}

async function cleaned(content: string | Uint8Array, ...flags: string[]): Promise<string> {
  const file = join(dir, 'in.csv');
  await writeFile(file, content);
  const { code, out, err } = await run([file, ...flags]);
  assert.is(code, 0, err);
  return out;
}

const HEADER = ['DATE', 'TIME', 'Qty', 'PRODUCTID', 'Price', 'ProductType', 'ProductDescription', 'URL', 'Comments'];
const TYPES = ['Wheel', 'Tire', 'Lamp "LED"', 'Cap', 'Seat'];
const BODY = Array.from({ length: 40 }, (_, i) => [
  `0${(i % 9) + 1}/1${i % 10}/2019`,
  `1${i % 10}:${10 + i}`,
  String((i * 7) % 50),
  `PID-${1000 + i * 13}`,
  `${(i * 3.7 + 10).toFixed(2)}`,
  TYPES[i % 5]!,
  `A fine, ${['round', 'square', 'long'][i % 3]} part number ${i}`,
  `http://www.example.com/p/${i}`,
  i % 4 === 0 ? '' : `said "ok", ${'x'.repeat(i % 6)} twice`,
]);

interface Style {
  d?: string;
  q?: string;
  e?: string;
  end?: string;
  all?: boolean;
}
const writeRow = (cells: readonly string[], { d = ',', q = '"', e = q, all = false }: Style = {}): string =>
  cells
    .map((cell) => {
      if (!all && !cell.includes(d) && !cell.includes(q) && !/[\r\n"']/.test(cell)) return cell;
      const inner = e !== q ? cell.replaceAll(e, e + e) : cell;
      return q + inner.replaceAll(q, e + q) + q;
    })
    .join(d);
const write = (rows: readonly (readonly string[])[], style: Style = {}): string =>
  rows.map((row) => writeRow(row, style) + (style.end ?? '\r\n')).join('');
const plain = (rows: readonly (readonly string[])[]): string =>
  rows
    .map((row) => `${row.map((c) => (/[",\n\r]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)).join(',')}\n`)
    .join('');
const TABLE = [HEADER, ...BODY];
const WHOLE = plain(TABLE);

/** `assert.is` for long texts: shows the first line that differs. */
function same(actual: string, expected: string, what = ''): void {
  if (actual === expected) return;
  const [a, b] = [actual.split('\n'), expected.split('\n')];
  const at = b.findIndex((line, i) => a[i] !== line);
  assert.unreachable(
    `${what}: line ${at + 1} of ${a.length}/${b.length}: ${JSON.stringify(a[at])} is not ${JSON.stringify(b[at])}`,
  );
}

test('a plain table is written as it is, whatever its last line ends with', async () => {
  const text = write(TABLE);
  for (const variant of [text, text.slice(0, -2), `${text}\r\n`, `\ufeff${text}`]) same(await cleaned(variant), WHOLE);
});

test('other delimiters, quotes, escapes and record ends are detected', async () => {
  for (const d of [',', ';', '\t', '|', '~', '^', ' ', ', ', '||'])
    same(await cleaned(write(TABLE, { d })), WHOLE, `auto ${JSON.stringify(d)}`);
  for (const d of [';', '\t', '|', ' ', ', ', '||'])
    same(await cleaned(write(TABLE, { d }), '--delimiter', d), WHOLE, `given ${JSON.stringify(d)}`);
  for (const end of ['\n', '\r', '\r\n']) same(await cleaned(write(TABLE, { end })), WHOLE);
  for (const all of [true, false]) {
    same(await cleaned(write(TABLE, { q: "'", all })), WHOLE, `' ${all}`);
    same(await cleaned(write(TABLE, { e: '\\', all })), WHOLE, `\\ ${all}`);
    same(await cleaned(write(TABLE, { q: "'", e: '\\', all })), WHOLE);
  }
});

test('without an escape, quotes inside quoted cells are literal', async () => {
  const text = TABLE.map((row) => `${row.map((c) => (/[",]/.test(c) ? `"${c}"` : c)).join(',')}\r\n`).join('');
  same(await cleaned(text), WHOLE);
});

test('a table may have no header, several header rows, no rows, one row or nothing', async () => {
  same(await cleaned(write(BODY)), plain(BODY));
  same(await cleaned(write(BODY), '--header-lines', '0'), plain(BODY));
  same(await cleaned(write([HEADER])), plain([HEADER]));
  same(await cleaned(write([HEADER, BODY[1]!])), plain([HEADER, BODY[1]!]));
  same(await cleaned(''), '');
  const second = HEADER.map((name) => `${name.toLowerCase()}-b`);
  const third = HEADER.map((name) => `(${name})`);
  const two = HEADER.map((name, i) => `${name} ${second[i]}`);
  same(await cleaned(write([HEADER, second, ...BODY])), plain([two, ...BODY]));
  same(await cleaned(write([HEADER, second, third, ...BODY])), plain([two.map((n, i) => `${n} ${third[i]}`), ...BODY]));
  same(await cleaned(write([HEADER, second, ...BODY]), '--header-lines', '2'), plain([two, ...BODY]));
  same(await cleaned(write(BODY), '--header-lines', '0', '--columns', HEADER.join(',')), WHOLE);
});

test('a preamble is skipped, and the first of several tables is taken', async () => {
  const preamble = 'Report of our stock\r\nmade on Monday, by hand\r\n\r\n';
  same(await cleaned(preamble + write(TABLE)), WHOLE);
  same(await cleaned(preamble + write(TABLE), '--skip-lines', '3'), WHOLE);
  const alike = write([HEADER.map((n) => `X${n}`), ...BODY.slice(0, 5)]);
  const fewer = write([
    ['id', 'name', 'note'],
    ['1', 'a', 'x'],
    ['2', 'b', 'y'],
    ['3', 'c', 'z'],
  ]);
  const more = write([[...HEADER, 'Extra', 'Even'], ...BODY.slice(0, 5).map((r) => [...r, '1', '2'])]);
  for (const other of [alike, fewer, more]) same(await cleaned(`${write(TABLE)}\r\n${other}`), WHOLE);
  for (const other of [fewer, more]) same(await cleaned(`${write(TABLE)}${other}`), WHOLE);
  const file = join(dir, 'two.csv');
  await writeFile(file, `a,b\n1,2\n3,4\n\nc,d,e\n1,2,3\n4,5,6\n`);
  const { out, err } = await run([file]);
  assert.is(out, 'a,b\n1,2\n3,4\n');
  assert.match(err, 'lines 5 to 7');
});

test('one row in another dialect is read by that dialect', async () => {
  for (const at of [1, 17, 39]) {
    const with_ = (style: Style): string =>
      TABLE.map((row, i) => writeRow(row, i === at ? style : {}) + (i === at ? (style.end ?? '\r\n') : '\r\n')).join(
        '',
      );
    for (const d of [';', '\t', '|', ' ']) same(await cleaned(with_({ d })), WHOLE, `row ${at} ${d}`);
    same(await cleaned(with_({ q: "'" })), WHOLE, `row ${at} '`);
    same(await cleaned(with_({ q: "'", all: true })), WHOLE, `row ${at} ' all`);
    same(await cleaned(with_({ e: '\\' })), WHOLE, `row ${at} \\`);
    for (const end of ['\n', '\r']) same(await cleaned(with_({ end })), WHOLE);
  }
});

test('a stray quote in a row neither breaks the row nor affects the others', async () => {
  const row = 7;
  const lines = write(TABLE).split('\r\n');
  const failures: number[] = [];
  for (let at = 0; at <= lines[row]!.length; at++) {
    const damaged = [...lines];
    damaged[row] = `${lines[row]!.slice(0, at)}"${lines[row]!.slice(at)}`;
    const out = Papa.parse<string[]>((await cleaned(damaged.join('\r\n'))).trimEnd(), { delimiter: ',' }).data;
    assert.is(out.length, TABLE.length, `at ${at}`);
    out.forEach((cells, i) => {
      if (i !== row) assert.equal(cells, TABLE[i], `at ${at}, row ${i}`);
    });
    if (out[row]!.length !== HEADER.length) failures.push(at);
  }
  assert.equal(failures, []);
});

test('a missing or surplus separator is corrected if only one reading fits', async () => {
  const lines = write(TABLE).split('\r\n');
  const cells = BODY[6]!.map((c) => (/[",]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c));
  const put = async (text: string): Promise<string> => {
    const damaged = [...lines];
    damaged[7] = text;
    return cleaned(damaged.join('\r\n'));
  };
  const less = (i: number): string =>
    [...cells.slice(0, i), cells[i]! + cells[i + 1]!, ...cells.slice(i + 2)].join(',');
  for (const i of [0, 3]) same(await put(less(i)), WHOLE, `less ${i}`);
  const more = (i: number): string => [...cells.slice(0, i), '', ...cells.slice(i)].join(',');
  const named = [...lines];
  named[0] = [...HEADER.slice(0, 3), '', ...HEADER.slice(3)].join(',');
  same(await cleaned(named.join('\r\n')), WHOLE, 'header');
  for (let i = 1; i < 8; i++) same(await put(more(i)), WHOLE, `more ${i}`);
});

test('a ragged row with several possible readings keeps exactly its cells', async () => {
  const text = 'a,b,c\nfoo,bar,baz\nqux,foo,bar\nbaz,qux\nbar,baz,qux,foo\nfoo,bar,baz\n';
  same(await cleaned(text), text);
});

test('an unclosed quote swallows no rows', async () => {
  const text = 'sku,title,qty\n1,"17 inch,5\n2,18" wheel,6\n3,"a "b" c",7\n4,plain,8\n';
  same(await cleaned(text), 'sku,title,qty\n1,"""17 inch",5\n2,"18"" wheel",6\n3,"a ""b"" c",7\n4,plain,8\n');
});

test('property: a well-formed table comes out as it went in', async () => {
  const cell = fc.stringMatching(/^[a-zA-Z0-9 .,"'\n;-]{0,8}$/).filter((c) => c.trim() !== '');
  // a row that quotes all its cells with another character, or doubles it inside one, is read by its own dialect, with a note
  const isRowInItsOwnQuotes = (row: string[]) =>
    row.every((c) => /^'.*'$/s.test(c.trim())) || row.some((c) => /^'.*''.*'$/s.test(c.trim()));
  const tables = fc
    .integer({ min: 2, max: 5 })
    .chain((w) => fc.array(fc.array(cell, { minLength: w, maxLength: w }), { minLength: 1, maxLength: 8 }))
    .filter((rows) => !rows.some(isRowInItsOwnQuotes));
  await fc.assert(
    fc.asyncProperty(tables, async (rows) => {
      same(
        await cleaned(
          plain(rows),
          '--delimiter',
          ',',
          '--quote',
          '"',
          '--escape',
          'none',
          '--header-lines',
          '1',
          '--skip-lines',
          '0',
        ),
        plain(rows),
      );
    }),
    { numRuns: 150 },
  );
});

test('a row with cells in the given quotes is read by these, whatever its other cells look like', async () => {
  const text = `a,b,c\n"""",;,'''.'\nx,y,z\n`;
  const options = ['--delimiter', ',', '--quote', '"', '--escape', 'none', '--header-lines', '1', '--skip-lines', '0'];
  same(await cleaned(text, ...options), text);
});

test('bad files among several are named, and the others written', async () => {
  const names = ['a.csv', 'b.csv', 'c.bin', 'd.csv'].map((name) => join(dir, name));
  await writeFile(names[0]!, 'a;b\n1;2\n');
  await writeFile(names[1]!, Buffer.from('a,b\n1,caf\xe9\n', 'latin1'));
  await writeFile(names[2]!, Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 200, 3]));
  const out = join(dir, 'out');
  const result = await run([names[0]!, names[2]!, names[3]!, dir, names[1]!, '--out', out, '--json']);
  assert.is(result.code, 3);
  assert.equal((await readdir(out)).sort(), ['a.csv', 'b.csv']);
  assert.is(await readFile(join(out, 'a.csv'), 'utf8'), 'a,b\n1,2\n');
  assert.is(await readFile(join(out, 'b.csv'), 'utf8'), 'a,b\n1,café\n');
  assert.is(result.err.trim().split('\n').length, 3);
  for (const code of ['NOT_A_TABLE', 'FILE_NOT_FOUND', 'NOT_A_FILE']) assert.match(result.err, code);
  const { files: reports, ...failure } = JSON.parse(result.out);
  assert.is(failure.error, 'NOT_A_TABLE');
  assert.equal(
    reports.map((r: { ok: boolean }) => r.ok),
    [true, false, false, false, true],
  );
  const strict = await run([names[1]!, '--encoding', 'utf-8']);
  assert.is(strict.code, 3);
  assert.match(strict.err, /DECODE_ERROR: .*b.csv: byte 9 \(line 2\)/);
  assert.is((await run([names[0]!, '--out', dir])).code, 3);
});

test('an existing file is replaced: silently if it is the same, otherwise with a note', async () => {
  const file = join(dir, 'stock.tsv');
  await writeFile(file, 'a\tb\n1\t2\n');
  const out = join(dir, 'again');
  assert.equal([(await run([file, '--out', out])).err, (await run([file, '--out', out])).err], ['', '']);
  for (const content of ['a,b\n1,3\n', 'another file']) {
    await writeFile(join(out, 'stock.csv'), content);
    const { code, err } = await run([file, '--out', out]);
    assert.is(code, 0);
    assert.is(err, `relay clean: ${file}: replaced ${join(out, 'stock.csv')}, which had other content\n`);
    assert.is(await readFile(join(out, 'stock.csv'), 'utf8'), 'a,b\n1,2\n');
  }
  await link(join(out, 'stock.csv'), join(dir, 'other.csv'));
  const linked = await run([file, join(dir, 'other.csv'), '--out', out]);
  assert.match(linked.err, `OUTPUT_IS_INPUT: ${file}: --out would write over ${join(dir, 'other.csv')}`);
});

test('wrong use is refused with a reason', async () => {
  for (const argv of [
    [],
    ['x', '--nope'],
    ['x', '--encoding', 'utf-99'],
    ['x', '--skip-lines', '-1'],
    ['x', '--quote', 'ab'],
    ['a/x', 'b/x', '--out', 'o'],
  ]) {
    assert.is((await run(argv)).code, 2, argv.join(' '));
  }
  const { err } = await run(['x', '--delimeter', ';']);
  assert.is(err, 'relay: unknown option --delimeter (did you mean "--delimiter"?)\nSee "relay clean --help".\n');
  const { out } = await run(['x', '--quote', 'ab', '--json']);
  assert.equal(JSON.parse(out), {
    error: 'USAGE',
    message: '--quote takes one character, or none',
    hint: 'See "relay clean --help".',
  });
});

test('output that cannot be written is reported and leaves nothing behind', async () => {
  const file = join(dir, 'plain.csv');
  await writeFile(file, 'a,b\n1,2\n');
  const out = join(dir, 'blocked');
  await mkdir(join(out, 'plain.csv'), { recursive: true });
  const { code, err } = await run([file, '--out', out]);
  assert.is(code, 3);
  assert.match(err, `relay: invalid_input: ${file}: cannot write ${join(out, 'plain.csv')}: it is a directory`);
  assert.equal(await readdir(out), ['plain.csv']);
});

test.run();
