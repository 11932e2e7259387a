/**
 * Options of the `csv` parser about the edges of a feed and its rows: values above the header, a checked footer, filtered rows,
 * divided amounts. Covers only the forms that `generate-edges.ts` makes.
 */
import { lineEnds } from './decode.ts';
import { isWhite, type Read, type ReadMoney, readMoney, trim } from './fields.ts';
import type { TableRecord } from './table.ts';
import { D, Failure } from './types.ts';

export interface EdgeOptions {
  skip_lines?: number;
  /** A value that follows a text in a line above the header. */
  preamble?: { name: string; after: string }[];
  /** One line, by cells; `{rows}` and `{kept_rows}` are numbers. */
  footer?: string[][];
  rows?: { column: string; keep?: string[]; drop?: string[] }[];
  columns?: Partial<Record<string, { preamble?: string; divide_by?: string; numbers?: { divide_by: number } }>>;
}

/** The text without the lines to skip, and their number. */
export function below(text: string, lines: number): string {
  let at = 0;
  while (at < text.length && lineEnds(text.slice(0, at)) < lines) {
    at++;
    // CRLF is one line end
    if (text[at - 1] === '\r' && text[at] === '\n') at++;
  }
  return text.slice(at);
}

/** The values above the header, by name. Throws a Failure if one is missing. */
export function preambleOf(text: string, options: EdgeOptions, vendor_id: string): Map<string, string> {
  const above = text.split(/\r\n|\n|\r/).slice(0, options.skip_lines ?? 0);
  const values = new Map<string, string>();
  for (const { name, after } of options.preamble ?? []) {
    const line = above.find((one) => trim(one).toLowerCase().startsWith(after.toLowerCase()));
    const value =
      line === undefined
        ? ''
        : trim(
            trim(line)
              .slice(after.length)
              .replace(/^\s*[:=]/, ''),
          );
    if (value === '') throw new Failure('invalid_input', { vendor_id, preamble: name });
    values.set(name, value);
  }
  return values;
}

/** The rows that the filters keep, each with its place among all. Malformed rows are always kept. */
export function kept(
  records: readonly TableRecord[],
  header: readonly string[],
  { rows = [] }: EdgeOptions,
  vendor_id: string,
): { record: TableRecord; row_number: number }[] {
  const tests = rows.map(({ column, keep, drop }) => {
    const field = header.findIndex((name) => trim(name).toLowerCase() === column.toLowerCase());
    if (field < 0) throw new Failure('missing_required_columns', { vendor_id, column });
    const words = (keep ?? drop ?? []).map((word) => word.toLowerCase());
    return { field, words, keeps: keep !== undefined };
  });
  return records
    .map((record, i) => ({ record, row_number: i + 2 }))
    .filter(({ record }) => {
      if (record.malformed || record.broken !== undefined) return true;
      return tests.every(
        ({ field, words, keeps }) => words.includes(trim(record.fields[field] ?? '').toLowerCase()) === keeps,
      );
    });
}

/** The records without the footer. Throws a Failure if the footer is missing or its numbers are wrong. */
export function withoutFooter(
  records: readonly TableRecord[],
  options: EdgeOptions,
  check: FooterCheck,
): TableRecord[] {
  const line = options.footer?.[0];
  if (line === undefined) return [...records];
  const last = records.at(-1);
  const cells = (last?.fields ?? []).map(trim);
  while (cells.length > 0 && isWhite(cells.at(-1)!)) cells.pop();
  const isNumber = (cell: string) => cell === '{rows}' || cell === '{kept_rows}';
  const hasForm =
    last !== undefined &&
    !last.malformed &&
    cells.length === line.length &&
    line.every((cell, i) =>
      isNumber(cell) ? /^\d+$/.test(cells[i]!) : cell.toLowerCase() === cells[i]!.toLowerCase(),
    );
  if (!hasForm) throw new Failure('invalid_input', { vendor_id: check.vendor_id, footer: 'missing' });
  const rest = records.slice(0, -1);
  const numbers: Record<string, number> = { '{rows}': rest.length, '{kept_rows}': check.keptOf(rest) };
  for (const [i, cell] of line.entries()) {
    if (isNumber(cell) && Number(cells[i]) !== numbers[cell])
      throw new Failure('invalid_input', { vendor_id: check.vendor_id, footer: 'mismatch' });
  }
  return rest;
}

interface FooterCheck {
  vendor_id: string;
  keptOf(records: readonly TableRecord[]): number;
}

/** Reads amounts of a column by its options: moves the point, then divides and rounds. */
export function moneyReader({ columns = {} }: EdgeOptions, column: string): (cell: string) => Read<ReadMoney> {
  const { divide_by, numbers } = columns[column] ?? {};
  return (cell) => {
    const read = readMoney(numbers === undefined ? cell : movedPoint(cell, numbers.divide_by));
    if (divide_by === undefined || !('value' in read)) return read;
    const amount = read.value.amount.div(new D(divide_by)).toDecimalPlaces(6, D.ROUND_HALF_EVEN);
    return amount.gte(1_000_000_000) ? { code: 'invalid_decimal' } : { value: { ...read.value, amount } };
  };
}

/** The point moved by some places. Amounts in cents may have no decimals; `7.` has none. */
function movedPoint(cell: string, by: number): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(cell);
  if (match === null || (by === 100 && /\.\d/.test(cell))) return 'x';
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole + fraction === '') return 'x';
  const places = String(by).length - 1;
  const digits = whole.padStart(places + 1, '0');
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}${fraction}`;
}
