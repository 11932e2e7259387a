/** `expect` of section 8b, done simply: reads the finished feed again as a table and tries every test on every row. */
import { D } from './types.ts';

type Amount = number | string;

interface CellTests {
  min?: Amount;
  max?: Amount;
  in?: Amount[];
  not_empty?: boolean;
}

export interface OracleExpectation extends CellTests {
  name: string;
  where?: (CellTests & { column: string })[];
  rows?: { min?: number; max?: number };
  column?: string;
  severity?: 'error' | 'warn';
}

export interface ExpectSettings {
  expect?: OracleExpectation[];
}

/** The result of an expectation: the rows that it applies to, and the SKUs of those that fail it. */
export interface OracleVerdict {
  name: string;
  severity: 'error' | 'warn';
  met: boolean;
  rows: number;
  failed: string[];
}

const NUMBERS = ['quantity_available', 'lead_time_days', 'cost', 'map_price', 'price', 'msrp'];

export function tryExpectations(expectations: readonly OracleExpectation[], feed: string): OracleVerdict[] {
  const [header = [], ...rows] = tableOf(feed);
  const records = rows.map((cells) => Object.fromEntries(header.map((column, i) => [column, cells[i] ?? ''])));
  return expectations.map(({ name, where = [], rows: count, column, severity = 'error', ...tests }) => {
    const chosen = records.filter((row) =>
      where.every((one) => passes(one.column, row[one.column] ?? '', one, 'fails')),
    );
    const failed =
      column === undefined ? [] : chosen.filter((row) => !passes(column, row[column] ?? '', tests, 'passes'));
    const met =
      count === undefined
        ? failed.length === 0
        : chosen.length >= (count.min ?? 0) && (count.max === undefined || chosen.length <= count.max);
    return { name, severity, met, rows: chosen.length, failed: failed.map((row) => row.sku ?? '') };
  });
}

function passes(column: string, cell: string, { min, max, in: values, not_empty }: CellTests, empty: string): boolean {
  if (not_empty === true && cell === '') return false;
  if (not_empty === false && cell !== '') return false;
  const limits = [min, max, values].some((limit) => limit !== undefined);
  if (cell === '') return !limits || empty === 'passes';
  if (min !== undefined && !new D(cell).gte(String(min))) return false;
  if (max !== undefined && !new D(cell).lte(String(max))) return false;
  if (values === undefined) return true;
  return values.some((value) => (NUMBERS.includes(column) ? new D(cell).eq(String(value)) : cell === String(value)));
}

/** The rows of an RFC 4180 table with `\n`. */
function tableOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
