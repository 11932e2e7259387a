/** The lines of a sheet that has given rows, as `SheetLines` writes them: with rows that are scanned, or all of them by the handlers. */
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { RelayError } from '../../../../../core/errors.ts';
import { DEFAULT_LIMITS } from '../../../../../core/ports/engine.ts';
import { memorySource } from '../../../../in-memory/ports.ts';
import { formatOf } from '../workbook/number-format.ts';
import { readSharedStrings } from '../workbook/shared-strings.ts';
import { SheetErrors } from '../workbook/sheet-errors.ts';
import type { SheetForm } from '../workbook/sheet-form.ts';
import { SheetLines } from '../workbook/sheet-lines.ts';
import { type RowSink, readRows } from '../workbook/sheet-rows.ts';
import type { Workbook } from '../workbook/workbook.ts';

export const LIMITS = { ...DEFAULT_LIMITS, cellCharsMax: 60, sheetColumnsMax: 30, sheetEmptyCellsMax: 200 };
export const CODES = [
  'General',
  '0.00',
  'yyyy-mm-dd',
  '00000',
  '"SKU-"@',
  '[$€-407]#,##0.00',
  '0%',
  '"n "0;"none"',
  '0;;;"t "@',
];
const FORMATS = CODES.map((code) => formatOf(164, code));
const STRINGS =
  '<si><t>Bolt</t></si><si><t xml:space="preserve"> a "b", c </t></si><si><t/></si><si><r><t>ri</t></r><r><t>ch</t></r></si>' +
  '<si><t>&lt;é _x0041_</t></si><si><t>\u00a0</t></si> <si><t>two\nlines</t></si><si><t>ünd</t></si>';
export const COLUMNS: SheetForm['columns'] = {
  ...{ headerLines: 1, texts: new Set([0, 3]), values: new Set([1, 2]), withoutErrors: new Set([0]) },
  ...{ amounts: new Set([2]), currencyMarks: new Set(['$', 'usd']) },
};

export const formOf = (): SheetForm => ({
  ...{ width: 0, quoteTexts: true, columns: null, errors: new SheetErrors('S'), doubts: new SheetErrors('S') },
});

interface Parts {
  size: number;
  strings: string;
  limits: typeof DEFAULT_LIMITS;
}

export function workbookOf(rows: string, { size, strings, limits }: Parts): Workbook {
  const bytes = toBytes(`<worksheet><sheetData>${rows}</sheetData><sheetFormatPr/></worksheet>`);
  return {
    part: () => memorySource('sheet1.xml', bytes, size),
    formats: async () => FORMATS,
    strings: () => readSharedStrings(memorySource('s.xml', toBytes(`<sst>${strings}</sst>`), size), limits),
    date1904: false,
  } as unknown as Workbook;
}

interface LinesWanted {
  /** Bytes of a chunk. */
  size: number;
  /** Whether ordinary rows are scanned. */
  scans: boolean;
  form: Partial<SheetForm>;
  limits?: typeof DEFAULT_LIMITS;
}

export async function linesOf(rows: string, { size, scans, form, limits = LIMITS }: LinesWanted) {
  const whole: SheetForm = { ...formOf(), ...form };
  const workbook = workbookOf(rows, { size, strings: STRINGS, limits });
  const lines = new SheetLines('S', limits, whole, false);
  let scanned = 0;
  const sink: RowSink = { row: (row) => lines.row(row) };
  if (scans) {
    sink.scanned = (scan, values) => {
      const isTaken = lines.scanned(scan, values);
      if (isTaken) scanned++;
      return isTaken;
    };
  }
  const parts: Uint8Array[] = [];
  try {
    for await (const _ of readRows(workbook, { name: 'S', hidden: false, part: '' }, limits, sink))
      parts.push(...lines.full());
    parts.push(...lines.rest());
  } catch (error) {
    assert.instance(error, RelayError, String((error as Error).stack));
    return { text: `${(error as RelayError).code}: ${(error as Error).message}`, scanned };
  }
  const { errors, doubts } = whole;
  const counted = [errors.count, errors.examples, doubts.count, doubts.examples].join('|');
  return { text: `${Buffer.concat(parts)}${counted}`, scanned };
}
