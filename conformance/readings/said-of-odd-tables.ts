/** How odd tables are read as a whole, as a sample, and row by row, in a line each. */
import { createHash } from 'node:crypto';
import { readSampleTable } from '../../plugins/parsers/kit/suggest/sample-table.ts';
import { detectDialect } from '../../plugins/parsers/kit/table/detect/sniff.ts';
import { repairerFor } from '../../plugins/parsers/kit/table/row-repairer.ts';
import { softFit } from '../../plugins/parsers/kit/table/shape/shape.ts';
import { learnShape, readTable } from '../../plugins/parsers/kit/table/table-reader.ts';
import { unwrapLines } from '../../plugins/parsers/kit/table/whole-lines.ts';
import { oddTable } from './invented/odd-tables.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

const DECLARED_PER_LINE = 12;

/** Twelve odd tables read as their makers would declare them: the first one, and a digest of what is said of all. */
export function ofDeclared(number: number): string {
  const all = Array.from({ length: DECLARED_PER_LINE }, (_, i) =>
    readAsDeclared(10_000 + number * DECLARED_PER_LINE + i),
  );
  const [{ oddities, rows } = { oddities: [], rows: 0 }] = all;
  return `${number} ${oddities.join(', ')}: ${rows} rows · ${digest(all)}`;
}

function readAsDeclared(number: number) {
  const { oddities, text, own } = oddTable(number);
  const { delimiter, quote, skipLines, headerLines } = own;
  const dialect = { delimiter, quote, escape: number % 7 === 0 ? '\\' : null };
  const options = { dialect, skipLines, headerLines, joined: number % 2 === 0 };
  const table = readTable(text, options);
  const rows = [...table.rows];
  const inBulk = [...readTable(text, options).parts];
  const { otherTables, headersAgain, underlines, footer, width } = table;
  const { profiles, ...shape } = learnShape(text, options);
  const mender = repairerFor(text, options);
  const mended = text.split(/\r\n|\r|\n/).map((line) => (line === '' ? null : (mender?.mend(line) ?? null)));
  const facts = digest([rows, inBulk, otherTables, headersAgain, underlines, footer, width, shape, mended]);
  return { oddities, rows: rows.length, facts };
}

export function ofOddTable(number: number): string {
  const { oddities, text, hints } = oddTable(number);
  const found = detectDialect(text, hints);
  const { delimiter, quote, escape: escaping, skipLines, headerLines, width, ambiguous } = found;
  const joined = number % 3 === 0;
  const options = { dialect: found, skipLines, headerLines, joined, ...(width > 1 ? { width } : {}) };
  const table = readTable(text, options);
  const rows = [...table.rows];
  const inBulk = [...readTable(text, options).parts];
  const shape = learnShape(text, options);
  const { mostlyShort = false, effort } = shape;
  const fits = rows.flatMap(({ cells }) => (cells.length > shape.width ? [] : [softFit(cells, shape).toFixed(3)]));
  const repairs = rows.flatMap((row) => (row.repaired === null ? [] : [`${row.line} ${row.repaired}`]));
  const { otherTables, headersAgain, underlines, footer } = table;
  const mender = repairerFor(text, options);
  const mended = text.split(/\r\n|\r|\n/).map((line) => (line === '' ? null : (mender?.mend(line) ?? null)));
  const { mojibake, ...sample } = readSampleTable(text, hints);
  const facts = [
    digest(found),
    digest([rows, inBulk, otherTables, headersAgain, underlines]),
    digest([shape.width, mostlyShort, effort, fits]),
    digest([mender?.width, mended, unwrapLines(text)]),
    digest([mojibake, sample]),
  ];
  const said = [
    JSON.stringify([delimiter, quote, escaping, found.lineEnd]),
    `${skipLines} above, ${headerLines} header, ${rows.length} rows of ${table.width}`,
    ...Object.entries({ repairs, footer, ambiguous }).flatMap(([name, list]) =>
      list.length === 0 ? [] : [`${name} ${JSON.stringify(list)}`],
    ),
  ];
  return `${number} ${oddities.join(', ')}: ${said.join(' · ')} · ${facts.join(' ')}`;
}
