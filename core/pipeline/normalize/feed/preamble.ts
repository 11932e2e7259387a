/**
 * Values from the lines above the header, such as `Price list valid from 2026-03-01` or `Warehouse;Berlin`. They are the
 * same for every row of the feed, so a layout that takes a column from one becomes a layout with a constant.
 */
import { concatBytes } from '../../../bytes/concat.ts';
import { conditionAt } from '../../../bytes/condition.ts';
import { EMPTY, readInteger, readMoneySlowly } from '../../../bytes/numbers.ts';
import { toBytes, toText } from '../../../bytes/text.ts';
import { readDatetime } from '../../../bytes/time/datetime.ts';
import { type ColumnKind, columnKind, isCanonicalColumn } from '../../../canonical.ts';
import { FeedFault } from '../../../errors.ts';
import { type CellSource, columnSources, type Layout, type PreambleValue } from '../../../layout.ts';
import { RecordBatch } from '../../../scan/batch.ts';
import type { Scanner } from '../../../scan/scanner.ts';
import { scanWhole } from '../../../scan/whole-text.ts';
import { misreadHint } from '../../../text/misread.ts';
import { Cell, type CellWrappers, wrappersOf } from '../cells/cell.ts';
import { CellReader, READ } from '../cells/cell-reader.ts';
import { foldHeader } from '../columns/header.ts';

/** At most this many bytes above the header are examined. */
const PREAMBLE_BYTES_MAX = 1 << 18;
/** A longer text is not taken as a value: every row would carry it. */
const VALUE_CHARS_MAX = 1000;
const SHOWN_CHARS = 100;

/** Gathers the skipped lines. */
export class PreambleBytes {
  readonly #chunks: Uint8Array[] = [];
  #room = PREAMBLE_BYTES_MAX;

  add(skipped: Uint8Array): void {
    const kept = skipped.slice(0, this.#room);
    if (kept.length > 0) this.#chunks.push(kept);
    this.#room -= kept.length;
  }

  /** The physical lines, without their ends. */
  lines(): string[] {
    const lines = toText(concatBytes(this.#chunks)).split(/\r\n|\r|\n/);
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }
}

interface FoundValue {
  text: string;
  line: number;
}

export interface AppliedPreamble {
  layout: Layout;
  /** The names of optional values that the feed does not have. */
  absent: readonly string[];
}

/** Throws `FeedFault` if a value is missing, is found twice with different texts, or is not what it must be. */
export function applyPreamble(layout: Layout, lines: readonly string[], scanner: Scanner): AppliedPreamble {
  const { preamble = [] } = layout;
  if (preamble.length === 0) return { layout, absent: [] };
  const rows = lines.map((line) => ({ whole: [line], cells: preambleCells(line, scanner, wrappersOf(layout)) }));
  const found = new Map<string, FoundValue | null>();
  const missing: string[] = [];
  for (const value of preamble) {
    const one = valueIn(value, rows);
    found.set(value.name, one);
    if (one === null && !value.optional) missing.push(`"${value.name}", ${preamblePlace(value)}`);
    if (one !== null) checkValue(value, one);
  }
  if (missing.length > 0) {
    const opening =
      rows.length === 1 ? 'the line above the header lacks' : `the ${rows.length} lines above the header lack`;
    const why = misreadHint(lines.join('')) ?? [];
    throw new FeedFault('preamble_missing', `${opening} ${[...missing, why].flat().join('; ')}`);
  }
  const absent = preamble.filter(({ name }) => found.get(name) === null).map(({ name }) => name);
  return { layout: withConstants(layout, found), absent };
}

/** The cells of one line. Odd quotes are no error here. */
function preambleCells(line: string, scanner: Scanner, wrappers: CellWrappers | null): string[] {
  const batch = new RecordBatch(1);
  batch.quote = scanner.quote;
  const bytes = scanWhole(scanner, toBytes(line), batch);
  const cell = new Cell();
  const cells: string[] = [];
  for (let field = 0; field < batch.fields; field++) {
    cell.take(bytes, batch, field);
    if (wrappers !== null) cell.strip(wrappers);
    cells.push(cell.text());
  }
  return cells;
}

type PreambleRow = { whole: readonly string[]; cells: readonly string[] };

/** Null if no line has it. */
function valueIn(value: PreambleValue, rows: readonly PreambleRow[]): FoundValue | null {
  let found: FoundValue | null = null;
  for (const [i, row] of rows.entries()) {
    const line = i + 1;
    if (value.line !== undefined && value.line !== line) continue;
    const text = textIn(value, value.wholeLine === true ? row.whole : row.cells);
    if (text === null || text === '') continue;
    if (found === null) found = { text, line };
    else if (found.text !== text) {
      const both = `${shortCell(found.text)} (line ${found.line}) and ${shortCell(text)} (line ${line})`;
      throw new FeedFault('preamble_ambiguous', `"${value.name}" could be ${both}; give its line`);
    }
  }
  return found;
}

/** The value's text in a line; null if the line lacks it. */
function textIn({ after, before, cell }: PreambleValue, cells: readonly string[]): string | null {
  const texts = cells.map(singleSpaced);
  if (after === undefined) {
    const text = cell === undefined ? texts.find((one) => one !== '') : texts[cell];
    return text === undefined ? null : upTo(text, before);
  }
  for (const [i, text] of texts.entries()) {
    if (cell !== undefined && cell !== i) continue;
    const end = endOfLabel(text, singleSpaced(after));
    if (end < 0) continue;
    const rest = text.slice(end).replace(/^[\s:=]+/, '');
    const value = rest === '' ? texts.slice(i + 1).find((one) => one !== '') : rest;
    return value === undefined ? null : upTo(value, before);
  }
  return null;
}

function singleSpaced(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** The text before `before`; null if that is not in it. */
function upTo(text: string, before: string | undefined): string | null {
  if (before === undefined) return text;
  const end = indexIn(text, singleSpaced(before), 0);
  return end < 0 ? null : text.slice(0, end).trim();
}

/** The position after the label, which must not be a part of a longer word; -1 if it is not there. */
function endOfLabel(text: string, label: string): number {
  for (let at = indexIn(text, label, 0); at >= 0; at = indexIn(text, label, at + 1)) {
    const end = at + label.length;
    if (!goesOn(text[at - 1], label[0]) && !goesOn(label.at(-1), text[end])) return end;
  }
  return -1;
}

/** True if two characters belong to one word. */
function goesOn(left = '', right = ''): boolean {
  return /[\p{L}\p{N}]{2}/u.test(left + right);
}

/** Ignores case, unless changing case would change the length of the text. */
function indexIn(text: string, wanted: string, from: number): number {
  const folded = text.toLowerCase();
  return folded.length === text.length ? folded.indexOf(wanted.toLowerCase(), from) : text.indexOf(wanted, from);
}

function preamblePlace({ line, after, before, cell }: PreambleValue): string {
  const parts = [
    ...(line === undefined ? [] : [`in line ${line}`]),
    ...(cell === undefined ? [] : [`in cell #${cell}`]),
    ...(after === undefined ? [] : [`after "${after}"`]),
    ...(before === undefined ? [] : [`before "${before}"`]),
  ];
  return parts.join(' ');
}

function checkValue({ name, is }: PreambleValue, { text, line }: FoundValue): void {
  const where = `"${name}" (line ${line}) is ${shortCell(text)}`;
  if (text.length > VALUE_CHARS_MAX)
    throw new FeedFault('preamble_mismatch', `${where}, which has more than ${VALUE_CHARS_MAX} characters`, { line });
  if (is === undefined || is.some((one) => foldHeader(one) === foldHeader(text))) return;
  throw new FeedFault('preamble_mismatch', `${where}, and must be ${is.map(shortCell).join(' or ')}`, { line });
}

function shortCell(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text);
}

function withConstants(layout: Layout, found: ReadonlyMap<string, FoundValue | null>): Layout {
  const columns = { ...layout.columns };
  const extras = { ...layout.extras };
  for (const [column, source] of columnSources(layout)) {
    if (!('origin' in source) || source.origin.kind !== 'preamble') continue;
    const { name } = source.origin;
    const value = found.get(name);
    if (value === undefined) throw new Error(`assertion failed: the layout has no preamble value "${name}"`);
    const constant: CellSource = { ...source, origin: { kind: 'constant', text: value?.text ?? '' } };
    if (value !== null && !reads(constant, value.text, columnKind(column))) {
      const where = `"${name}" (line ${value.line}) is ${shortCell(value.text)}`;
      throw new FeedFault('preamble_mismatch', `${where}, which is no value of ${column}`, { line: value.line });
    }
    if (isCanonicalColumn(column)) columns[column] = constant;
    else extras[column] = constant;
  }
  return { ...layout, columns, extras };
}

/** True if the text is a valid cell of the column. */
function reads({ form = {} }: CellSource, text: string, kind: ColumnKind): boolean {
  const cell = new Cell();
  const bytes = toBytes(text);
  cell.set(bytes, 0, bytes.length);
  if (new CellReader(form, kind).read(cell) !== READ) return false;
  const { bytes: read, start, end } = cell;
  switch (kind) {
    case 'integer':
      return readInteger(read, start, end) >= EMPTY;
    case 'money':
      return start === end || readMoneySlowly(cell.text()).micros >= 0;
    case 'condition':
      return conditionAt(read, start, end) >= 0;
    case 'datetime':
      return start === end || !Number.isNaN(readDatetime(read, start, end, null));
    default:
      return true;
  }
}
