/**
 * `readRecord` reads strings, the engine's scanner reads bytes; decision 0012 says why there are two. They must agree on the cells
 * and the end of every record with correct quoting, in every dialect that both know.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../../../core/bytes/text.ts';
import { RecordBatch, WELL_FORMED } from '../../../../core/scan/batch.ts';
import { recordCells } from '../../../../core/scan/cells.ts';
import { Scanner } from '../../../../core/scan/scanner.ts';
import { DELIMITERS, lineAt, readRecord, type TableDialect } from './dialect.ts';

interface ReadCells {
  cells: string[];
  /** The text after the record. */
  rest: string;
}

/** The record at the start of a text, which must not start with a line end; null if its quoting is wrong. */
function byScanner(text: string, { delimiter, quote, escape: escaping }: TableDialect): ReadCells | null {
  const content = toBytes(text);
  const bytes = new Uint8Array(content.length + 1);
  bytes.set(content);
  const byteOf = (character: string | null) => (character === null ? -1 : character.charCodeAt(0));
  const dialect = { delimiter: toBytes(delimiter), quote: byteOf(quote), escape: byteOf(escaping) };
  const scanner = new Scanner(dialect, 1 << 20);
  const cursor = { bytes, at: 0, end: content.length, final: true };
  const batch = new RecordBatch(1);
  batch.quote = scanner.quote;
  scanner.scan(cursor, batch, 1);
  if (batch.fault[0] !== WELL_FORMED) return null;
  return { cells: recordCells(bytes, batch, 0), rest: toText(content, cursor.at) };
}

function byKit(text: string, dialect: TableDialect): ReadCells | null {
  const { cells, sound, next } = readRecord(text, 0, dialect);
  return sound ? { cells, rest: text.slice(next) } : null;
}

const isLineEnd = (text: string, at: number) => text[at] === '\n' || text[at] === '\r';

/** Reads a text record by record with both readers. After a record with bad quotes both continue at the next line. */
function compare(text: string, dialect: TableDialect): string[][] {
  const rows: string[][] = [];
  for (let rest = text; rest !== ''; ) {
    if (isLineEnd(rest, 0)) {
      rest = rest.slice(lineAt(rest, 0).next);
      continue;
    }
    const read = byKit(rest, dialect);
    assert.equal(read, byScanner(rest, dialect), JSON.stringify({ rest, ...dialect }));
    rows.push(read?.cells ?? []);
    rest = read?.rest ?? rest.slice(lineAt(rest, 0).next);
  }
  return rows;
}

/** Every detected delimiter with each quote and escape, unless these are part of the delimiter. */
const DIALECTS: TableDialect[] = [...DELIMITERS, '"x', 'aab'].flatMap((delimiter) =>
  ['"', "'", null].flatMap((quote) =>
    ['\\', '^', null]
      .map((escaping) => ({ delimiter, quote, escape: escaping }))
      .filter(({ escape: escaping }) => ![quote, escaping].some((mark) => mark !== null && delimiter.includes(mark))),
  ),
);
const LINE_ENDS = ['\n', '\r\n', '\r'];

/** A row as a careful writer writes it. Without a quote character, cells contain none of the dialect's characters. */
function written(cells: readonly string[], { delimiter, quote, escape: escaping }: TableDialect, all: boolean): string {
  return cells
    .map((cell) => {
      if (quote === null) return cell;
      const isPlain =
        !/[\r\n]/.test(cell) && ![...delimiter, quote, escaping].some((c) => c !== null && cell.includes(c));
      if (isPlain && cell !== '' && !all) return cell;
      const inner = escaping === null ? cell : cell.replaceAll(escaping, escaping + escaping);
      return quote + inner.replaceAll(quote, (escaping ?? quote) + quote) + quote;
    })
    .join(delimiter);
}

for (const lineEnd of LINE_ENDS) {
  test(`property: both read a well-formed table as written, with line end ${JSON.stringify(lineEnd)}`, () => {
    const tables = fc.constantFrom(...DIALECTS).chain((dialect) => {
      const special = [...dialect.delimiter, dialect.quote ?? '', dialect.escape ?? ''].filter((c) => c !== '');
      const marks = dialect.quote === null ? [] : [...special, dialect.delimiter, '\n', '\r', '\r\n'];
      const piece = fc.constantFrom('k', '7', '.', 'é', '漢', '😀', ...marks);
      const cell = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
      const ownCell = cell.filter((text) => dialect.quote !== null || !special.some((c) => text.includes(c)));
      const row = fc.integer({ min: 2, max: 5 }).chain((n) => fc.array(ownCell, { minLength: n, maxLength: n }));
      return fc.record({
        dialect: fc.constant(dialect),
        rows: fc.array(row, { minLength: 1, maxLength: 5 }),
        all: fc.boolean(),
        ends: fc.boolean(),
      });
    });
    fc.assert(
      fc.property(tables, ({ dialect, rows, all, ends }) => {
        const text = rows.map((cells) => written(cells, dialect, all)).join(lineEnd) + (ends ? lineEnd : '');
        assert.equal(compare(text, dialect), rows, JSON.stringify({ text, ...dialect }));
      }),
      { numRuns: 1500 },
    );
  });
}

test('property: both call the same records of any text damaged, and read the others alike', () => {
  const texts = fc.constantFrom(...DIALECTS).chain((dialect) => {
    const { delimiter, quote, escape: escaping } = dialect;
    const marks = [
      ...delimiter,
      delimiter,
      quote,
      quote,
      escaping,
      '"',
      "'",
      '\\',
      '\n',
      '\r\n',
      '\r',
      'a',
      'é',
      ' ',
      '😀',
    ];
    const piece = fc.constantFrom(...marks.filter((mark) => mark !== null));
    const text = fc.array(piece, { minLength: 1, maxLength: 20 }).map((pieces) => pieces.join(''));
    return fc.record({ dialect: fc.constant(dialect), text });
  });
  fc.assert(
    fc.property(texts, ({ dialect, text }) => void compare(text, dialect)),
    { numRuns: 6000 },
  );
});

test.run();
