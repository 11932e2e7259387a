/**
 * Checks rows that a parser's own code makes, and its refusals of rows: the code of a third party may return anything.
 */
import { CANONICAL_COLUMNS } from './canonical.ts';
import type { RowRefusal } from './layout.ts';
import type { FeedRow } from './plugin.ts';
import { answerName } from './plugin-call.ts';
import { didYouMean } from './text/suggest.ts';

const REFUSAL_KEYS = ['code', 'column', 'reason'];
const ROW_KEYS = ['cells', 'line', 'refuse'];

export const HALF_CHARACTER =
  'has half a character (one of two surrogates): a text is cut between characters, as by Array.from(text); toWellFormed() puts U+FFFD there';

/** True if UTF-8 cannot hold the text: it would have U+FFFD in place of the half. */
export function hasHalfCharacter(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** What is wrong with the form of a refusal; its code is checked where the manifest is known. */
export function refusalProblem(refusal: object): string | null {
  const { code, column, reason, ...others } = refusal as Record<keyof RowRefusal, unknown>;
  const due = 'a refusal is { code, column, reason }';
  const [odd] = Object.keys(others);
  if (odd !== undefined) return `the refusal has no key "${odd}"${didYouMean(odd, REFUSAL_KEYS)}; ${due}`;
  for (const [name, value] of Object.entries({ code, reason })) {
    if (typeof value !== 'string' || value === '') return `it refuses with ${answerName(value)} as ${name}; ${due}`;
  }
  if (column === null || (CANONICAL_COLUMNS as readonly unknown[]).includes(column)) return null;
  const near = didYouMean(String(column), CANONICAL_COLUMNS);
  return `it refuses with the column ${JSON.stringify(column) ?? 'undefined'}, which is not canonical${near}; null blames the row as a whole`;
}

/** What is wrong with a row of `open()`. `fields` are the names of the columns; null if the rows have none. */
export function feedRowProblem(row: unknown, fields: readonly string[] | null): string | null {
  const due = 'it must give bytes, or rows { cells, line }';
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return `it gave ${answerName(row)}; ${due}`;
  const { cells, line, refuse, ...others } = row as Partial<Record<keyof FeedRow, unknown>>;
  const [odd] = Object.keys(others);
  if (odd !== undefined) return `a row has no key "${odd}"${didYouMean(odd, ROW_KEYS)}; ${due}`;
  if (line !== undefined && !(Number.isSafeInteger(line) && (line as number) >= 1 && (line as number) < 2 ** 31))
    return `a row has ${shownLine(line)} as line; it must be a whole number from 1`;
  if (refuse !== undefined) {
    if (typeof refuse !== 'object' || refuse === null) return `a row has ${answerName(refuse)} as refuse`;
    const problem = refusalProblem(refuse);
    if (problem !== null) return problem;
  }
  return cellsProblem(cells, fields);
}

/** Such as `row 3 (line 5): `, for a message; '' for what is no row. */
export function feedRowPlace(row: unknown, count: number, hasFields: boolean): string {
  return typeof row !== 'object' || row === null ? '' : `${rowPlace(row, count, hasFields)}: `;
}

/** Such as `row 3 (line 5)`. With `fields` the header is row 1, as in reports. */
export function rowPlace(row: Partial<FeedRow>, count: number, hasFields: boolean): string {
  const place = `row ${hasFields ? count + 1 : count}`;
  return typeof row.line === 'number' ? `${place} (line ${row.line})` : place;
}

function shownLine(line: unknown): string {
  if (typeof line === 'string') return `the text ${JSON.stringify(line.slice(0, 40))}`;
  return typeof line === 'number' ? String(line) : answerName(line);
}

function cellsProblem(cells: unknown, fields: readonly string[] | null): string | null {
  if (typeof cells !== 'object' || cells === null) return `a row has ${answerName(cells)} as cells`;
  const isList = Array.isArray(cells);
  if (isList) {
    const written = writtenBeforeFirst(cells);
    if (written !== null) return written;
  }
  if (!isList && fields === null) return 'a row has named cells, and the parser declares no fields; give a list';
  if (!isList && !isPlain(cells)) return `a row has ${className(cells)} as cells; give a plain object or a list`;
  for (const [name, value] of Object.entries(cells)) {
    if (!isList && fields !== null && !namesOf(fields).has(name))
      return `a row has the cell "${name}", which is none of fields${didYouMean(name, fields)}`;
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      return `the cell ${isList ? `#${name}` : `"${name}"`} is ${value}; a whole number beyond 9007199254740991 has lost digits: give it as a text`;
    if (typeof value === 'string' && hasHalfCharacter(value))
      return `the cell ${isList ? `#${name}` : `"${name}"`} ${HALF_CHARACTER}`;
    if (!isCell(value)) {
      const what = typeof value === 'number' ? String(value) : answerName(value);
      return `the cell ${isList ? `#${name}` : `"${name}"`} is ${what}; a cell is a text, a finite number, true, false or null`;
    }
  }
  return null;
}

/** The cells of others may be anywhere but in properties of their own, as those of a Map are. */
function isPlain(cells: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(cells);
  return prototype === null || prototype === Object.prototype;
}

function className(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object with a prototype';
}

/**
 * A property such as `-1` of an array of cells: the parser did not find a column and used the index all the same.
 * JavaScript keeps the value, and nobody would read it.
 */
export function writtenBeforeFirst(cells: readonly unknown[]): string | null {
  if (!Object.hasOwn(cells, -1)) return null;
  return 'a cell was written at -1: the column was not found, as by header.indexOf; test for it';
}

const NAMES = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The field names of a feed as a set. Cached, because a row may have thousands of cells. */
function namesOf(fields: readonly string[]): ReadonlySet<string> {
  const known = NAMES.get(fields);
  if (known !== undefined) return known;
  const names = new Set(fields);
  NAMES.set(fields, names);
  return names;
}

function isCell(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean';
}
