import fc from 'fast-check';
import Papa from 'papaparse';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../bytes/text.ts';
import { countOf } from '../testing/share.ts';
import { MALFORMED_QUOTE, QUOTED_DOUBLED, RECORD_TOO_LONG, WELL_FORMED } from './batch.ts';
import { scanFeed } from './feed.ts';
import { Scanner } from './scanner.ts';

interface Read {
  cells: string[];
  line: number;
  fault: number;
  faultField: number;
}

interface Settings {
  delimiter?: string;
  chunk?: number;
  window?: number;
  limit?: number;
  width?: number;
  skipLines?: number;
  batchRecords?: number;
}

async function read(text: string, settings: Settings = {}): Promise<Read[]> {
  const { delimiter = ',', chunk = 1 << 20, window = 1, limit = 1 << 20, width = 0 } = settings;
  const scanner = new Scanner({ delimiter: toBytes(delimiter), quote: 34, escape: -1 }, limit);
  scanner.width = width;
  const bytes = toBytes(text);
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunk) yield bytes.slice(i, i + chunk);
  }
  const rows: Read[] = [];
  const options = { windowBytes: window, skipLines: settings.skipLines ?? 0, batchRecords: settings.batchRecords ?? 7 };
  for await (const { window: w, batch } of scanFeed(chunks(), scanner, options)) {
    for (let r = 0; r < batch.count; r++) {
      const cells: string[] = [];
      for (let f = batch.firstField[r]!; f < batch.firstField[r + 1]!; f++) {
        const raw = toText(w, batch.fieldStart[f]!, batch.fieldEnd[f]!);
        cells.push(batch.fieldStyle[f] === QUOTED_DOUBLED ? raw.replaceAll('""', '"') : raw);
      }
      rows.push({ cells, line: batch.line[r]!, fault: batch.fault[r]!, faultField: batch.faultField[r]! });
    }
  }
  return rows;
}

const cells = async (text: string, settings?: Settings) => (await read(text, settings)).map((row) => row.cells);

test('reads LF, CRLF and CR, skips blank lines, and counts physical lines', async () => {
  const rows = await read('a,b\n\n1,2\r\n3,"x\r\ny"\r\r4,5');
  assert.equal(
    rows.map((row) => [row.cells.join('|'), row.line]),
    [
      ['a|b', 1],
      ['1|2', 3],
      ['3|x\r\ny', 4],
      ['4|5', 7],
    ],
  );
});

test('a quote inside an unquoted field is literal', async () => {
  assert.equal(await cells('a,17" wheel,"x ""y"""\n'), [['a', '17" wheel', 'x "y"']]);
});

test('empty fields are read, at the ends too', async () => {
  assert.equal(await cells(',,\n"",\n,'), [
    ['', '', ''],
    ['', ''],
    ['', ''],
  ]);
});

test('a delimiter may have several bytes', async () => {
  assert.equal(await cells('a||b|c||"d||e"\n', { delimiter: '||' }), [['a', 'b|c', 'd||e']]);
  assert.equal(await cells('a¦b\n', { delimiter: '¦' }), [['a', 'b']]);
});

test('a preamble line is skipped whatever it contains', async () => {
  const rows = await read('Report "x\r\nmade today\r\na,b\n1,2\n', { skipLines: 2 });
  assert.equal(
    rows.map((row) => [row.cells.join('|'), row.line]),
    [
      ['a|b', 3],
      ['1|2', 4],
    ],
  );
});

test('a stray quote makes only its own row malformed', async () => {
  const rows = await read('k,t,n\n1,"bad "quote" here",5\n2,ok,3\n', { width: 3 });
  assert.equal(rows[1], { cells: ['1', 'bad "quote" here', '5'], line: 2, fault: MALFORMED_QUOTE, faultField: 1 });
  assert.equal(rows[2], { cells: ['2', 'ok', '3'], line: 3, fault: WELL_FORMED, faultField: 0 });
});

test('an unclosed quote ends with its line', async () => {
  const rows = await read('k,t,n\n1,"open,5\n2,ok,3\n3,"fine",4\n', { width: 3 });
  assert.equal(
    rows.map((row) => [row.cells.join('|'), row.line, row.fault]),
    [
      ['k|t|n', 1, WELL_FORMED],
      ['1|open,5', 2, MALFORMED_QUOTE],
      ['2|ok|3', 3, WELL_FORMED],
      ['3|fine|4', 4, WELL_FORMED],
    ],
  );
  const atEnd = await read('k,t\n1,"open\n2,x\n', { width: 2 });
  assert.equal(
    atEnd.map((row) => row.fault),
    [WELL_FORMED, MALFORMED_QUOTE, WELL_FORMED],
  );
});

test('a stray quote in a cell of several lines does not turn its lines into rows', async () => {
  const rows = await read('k,t,n\n1,"one\nhas a "stray" quote\nend",5\n2,ok,3\n', { width: 3 });
  assert.equal(
    rows.map((row) => [row.cells[0], row.line, row.fault]),
    [
      ['k', 1, WELL_FORMED],
      ['1', 2, MALFORMED_QUOTE],
      ['2', 5, WELL_FORMED],
    ],
  );
});

test('lines that are complete rows on their own are rows, whatever quotes surround them', async () => {
  const rows = await read('k,t,n\n1,"open,5\n2,3" ok,3\n3,x,4\n4,12",4\n', { width: 3 });
  assert.equal(
    rows.map((row) => [row.cells[0], row.line, row.fault]),
    [
      ['k', 1, WELL_FORMED],
      ['1', 2, MALFORMED_QUOTE],
      ['2', 3, WELL_FORMED],
      ['3', 4, WELL_FORMED],
      ['4', 5, WELL_FORMED],
    ],
  );
});

test('a feed of damaged rows is read in time proportional to its size', async () => {
  for (const line of ['""x,1,2', 'a,"" y,2', '""Foo"" bar,5,3', '"open,1,2', 'x,"a"b",3', '"a""b,1,2']) {
    const rows = await read(`k,t,n\n${`${line}\n`.repeat(40_000)}`, { width: 3, window: 1 << 16, batchRecords: 2048 });
    assert.is(rows.length, 40_001, line);
    assert.ok(
      rows.slice(1).every((row) => row.fault === MALFORMED_QUOTE),
      line,
    );
  }
});

test('a record past the limit is cut off and the next one is read', async () => {
  const long = 'x'.repeat(500);
  for (const chunk of [1, 7, 64, 1 << 20]) {
    const rows = await read(`k,t\n1,${long},9\r\n2,ok\n`, { limit: 100, chunk, width: 2 });
    assert.equal(
      rows.map((row) => [row.cells[0], row.line, row.fault]),
      [
        ['k', 1, WELL_FORMED],
        ['1', 2, RECORD_TOO_LONG],
        ['2', 3, WELL_FORMED],
      ],
    );
    assert.is(rows[1]?.faultField, 1);
  }
});

test('a quoted cell past the limit is one record, however many lines it has', async () => {
  const prose = 'A long text, with a comma.\r\nAnd ""quotes"", too\n'.repeat(30);
  for (const [chunk, limit] of [1, 2, 3, 64, 1 << 20].flatMap((c) =>
    [90, 97, 98, 99, 100, 101, 102, 103].map((l) => [c, l] as const),
  )) {
    const rows = await read(`k,t,n,m\n1,"${prose}",5,6\n2,ok,3,4\n`, { limit, chunk, width: 4 });
    assert.equal(
      rows.map((row) => [row.cells[0], row.line, row.fault, row.faultField]),
      [
        ['k', 1, WELL_FORMED, 0],
        ['1', 2, RECORD_TOO_LONG, 1],
        ['2', 63, WELL_FORMED, 0],
      ],
      `chunk ${chunk}, limit ${limit}`,
    );
  }
});

test('an open quote followed by rows past the limit damages only its own row', async () => {
  const rows = await read(`k,t,n\n0,"open,5\n${'1,ok,2\n'.repeat(50)}`, { limit: 100, width: 3 });
  assert.is(rows.length, 52);
  assert.equal(
    rows.filter((row) => row.fault !== WELL_FORMED).map((row) => [row.line, row.fault]),
    [[2, MALFORMED_QUOTE]],
  );
});

test('a record of exactly the limit is whole, one byte more is not', async () => {
  for (const end of ['\n', '\r\n', '']) {
    for (const chunk of [1, 3, 1 << 20]) {
      const fits = await read(`1,"${'x'.repeat(96)}"${end}`, { limit: 100, chunk });
      assert.equal(
        fits.map((row) => row.fault),
        [WELL_FORMED],
        `${JSON.stringify(end)} ${chunk}`,
      );
      const over = await read(`1,"${'x'.repeat(97)}"${end}2,y\n`, { limit: 100, chunk });
      assert.is(over[0]?.fault, RECORD_TOO_LONG);
    }
  }
});

const cell = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', ' ', 'é', '漢', ';', '|'), maxLength: 6 });
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 12 });

test('property: tables are read as by papaparse, for any chunk size down to one byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '|', '||'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(1, 2, 3, 5, 8, 1000),
      fc.constantFrom(1, 4, 64),
      async (rows, delimiter, newline, quotes, finalNewline, chunk, window) => {
        // papaparse does not quote a lone CR that is not the line end, nor a part of a delimiter:
        // leave those out of the cells
        const strip = `${newline === '\r' ? '\n' : ''}${delimiter === '||' ? '|' : ''}`;
        const usable = rows.map((row) => row.map((c) => [...c].filter((char) => !strip.includes(char)).join('')));
        let text = Papa.unparse(usable, { delimiter, newline, quotes });
        if (finalNewline) text += newline;
        const oracle = Papa.parse<string[]>(text, { delimiter, newline });
        const expected = oracle.data.filter((row) => !(row.length === 1 && row[0] === ''));
        assert.equal(await cells(text, { delimiter, chunk, window }), expected);
      },
    ),
    { numRuns: countOf(1500) },
  );
});

test('property: any bytes read alike for any chunk size', async () => {
  const unit = fc.constantFrom('a', '1', '"', '"', ',', ',', '\n', '\r', '\r\n', ' ', 'xx"', '"\n');
  await fc.assert(
    fc.asyncProperty(
      fc.array(unit, { maxLength: 60 }),
      fc.constantFrom(8, 16, 1000),
      fc.constantFrom(0, 2, 3),
      async (parts, limit, width) => {
        const text = parts.join('');
        const whole = await read(text, { limit, width, window: 1 << 16 });
        for (const chunk of [1, 2, 3, 7]) {
          assert.equal(await read(text, { limit, width, chunk, batchRecords: 2 }), whole, `chunk ${chunk}`);
        }
      },
    ),
    { numRuns: countOf(6000) },
  );
});

test.run();
