/** Reads a workbook of a test: its text, its cells, and how it was found. */
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../../core/bytes/text.ts';
import { RelayError } from '../../../../../core/errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../../../../core/ports/engine.ts';
import { memorySource } from '../../../../in-memory/ports.ts';
import { openTable } from '../container.ts';
import { readSharedStrings, type SharedStrings } from '../workbook/shared-strings.ts';
import { type WorkbookSpec, workbook } from './archives.ts';

export interface WorkbookOptions {
  limits?: Partial<EngineLimits>;
  sheet?: string;
}

/** `cells` has a line for each row, with kind, text and stored number of each cell; `text` is what `scanned` rows make too. */
export async function openWorkbook(spec: WorkbookSpec, { limits = {}, sheet }: WorkbookOptions = {}) {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const table = await openTable(memorySource('f', workbook(spec), 500), {
    member: null,
    sheet: sheet ?? null,
    limits: all,
  });
  const parts: Uint8Array[] = [];
  for await (const chunk of table.source.open()) parts.push(chunk.slice());
  const cells: string[] = [];
  for await (const row of table.sheet?.rows() ?? []) {
    cells.push(
      `${row.number}: ${row.cells.map(({ kind, plain, stored }) => [kind, plain, stored].join('|')).join(' ')}`,
    );
  }
  return { text: Buffer.concat(parts).toString(), cells, via: table.via };
}

/** The code of a refusal. */
export const refusalCode = (error: unknown): string => {
  assert.instance(error, RelayError, String((error as Error).stack));
  return (error as RelayError).code;
};
/** The text of its one sheet with these rows, or the code of the refusal. */
export const sheetText = (
  rows: string,
  more: Partial<WorkbookSpec> = {},
  options: WorkbookOptions = {},
): Promise<string> =>
  openWorkbook({ sheets: [{ name: 'S', rows }], ...more }, options).then(({ text }) => text, refusalCode);

/** The shared strings of this XML. */
export const sharedStrings = (xml: string, limits: Partial<EngineLimits> = {}): Promise<SharedStrings> =>
  readSharedStrings(memorySource('s.xml', toBytes(`<sst>${xml}</sst>`), 1 << 16), { ...DEFAULT_LIMITS, ...limits });
