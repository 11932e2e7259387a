/** Rows that are read in bulk equal those read one by one. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvLine } from '../../../../core/bytes/text.ts';
import type { TableDialect } from './dialect.ts';
import { readTable } from './table-reader.ts';

const HEADER = ['sku', 'name', 'qty'];

interface Made {
  text: string;
  dialect: TableDialect;
  skipLines: number;
  headerLines: number;
}

const cell = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('A-1', 'B 2', '10', '9.99', '', 'é', 'Total', 'sku', 'name', '\u2028') },
  { weight: 1, arbitrary: fc.constantFrom('"a"', "'b'", '17"', 'a,b', 'a;b', '"c\nd"', '"', "don't", 'a\\,b', 'a\tb') },
);
const line = fc.oneof(
  { weight: 12, arbitrary: fc.array(cell, { minLength: 3, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(cell, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant(HEADER) },
  { weight: 1, arbitrary: fc.constant(['']) },
);
const made: fc.Arbitrary<Made> = fc
  .record({
    lines: fc.array(line, { maxLength: 40 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', '||'),
    quote: fc.constantFrom('"', "'", null),
    escaping: fc.constantFrom(null, null, null, '\\'),
    lineEnds: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\n', '\n', '\r\n', '\r']),
    headerLines: fc.constantFrom(0, 1, 1, 2),
    isEnded: fc.boolean(),
  })
  .map(({ lines, delimiter, quote, escaping, lineEnds, headerLines, isEnded }) => {
    const all = [HEADER, ...lines].map((cells, i) => cells.join(delimiter) + lineEnds[(i * 7) % lineEnds.length]);
    const text = all.join('');
    return {
      text: isEnded ? text : text.replace(/[\r\n]+$/, ''),
      dialect: { delimiter, quote, escape: escaping },
      skipLines: 0,
      headerLines,
    };
  });

/** Both readings as CSV, and the lines of the rows that came one by one. */
function bothReadings({ text, ...options }: Made) {
  const single = readTable(text, options);
  const rows = [...single.rows].map(({ cells }) => csvLine(cells)).join('');
  const bulk = readTable(text, options);
  let [csv, count, inBulk] = ['', 0, 0];
  for (const part of bulk.parts) {
    csv += 'csv' in part ? part.csv : csvLine(part.cells);
    count += 'csv' in part ? part.rows : 1;
    inBulk += 'csv' in part ? part.rows : 0;
  }
  const after = ({ otherTables, footer, width }: typeof bulk) => ({ otherTables, footer, width });
  return { rows, csv, count, inBulk, single: after(single), bulk: after(bulk) };
}

test('property: both readings have the same rows, other tables and footer', () => {
  let inBulk = 0;
  fc.assert(
    fc.property(made, (table) => {
      const read = bothReadings(table);
      assert.is(read.csv, read.rows);
      assert.equal(read.bulk, read.single);
      inBulk += read.inBulk;
    }),
    { numRuns: 1000 },
  );
  assert.ok(inBulk > 300, `${inBulk} rows came in bulk`);
});

test('ordinary rows come in bulk and special ones singly; the footer is found in either', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `A-${i};name ${i};${i}\r\n`).join('');
  const text = `sku;name;qty\r\n${rows}B;"quoted";1\r\n${rows}Total;;1305\r\n`;
  const dialect = { delimiter: ';', quote: '"', escape: null };
  const read = bothReadings({ text, dialect, skipLines: 0, headerLines: 1 });
  assert.is(read.count, 63);
  // all but the row right below the header, which may underline it
  assert.is(read.inBulk, 60);
  assert.is(read.csv, read.rows);
  assert.equal(read.bulk.footer, [63]);
});

test.run();
