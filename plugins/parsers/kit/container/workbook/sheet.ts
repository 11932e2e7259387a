/**
 * Writes a worksheet as CSV, with one line for each line of the sheet, even blank ones. Without `columns`, a number is
 * written as stored, a date in ISO form, and a code (`00042`) as shown. With `columns`, columns of texts get what their
 * cells show.
 */
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import type { ContainerLimits } from '../limits.ts';
import type { SheetForm } from './sheet-form.ts';
import { SheetLines } from './sheet-lines.ts';
import { readRows, sheetRows } from './sheet-rows.ts';
import type { SheetInfo, Workbook } from './workbook.ts';

/** A sheet as RFC 4180 text in UTF-8. */
export function sheetSource(
  workbook: Workbook,
  sheet: SheetInfo,
  limits: ContainerLimits,
  form: SheetForm,
): ByteSource {
  return {
    name: sheet.name,
    size: null,
    async *open() {
      form.errors.clear();
      form.doubts.clear();
      const lines = new SheetLines(sheet.name, limits, form, workbook.date1904);
      for await (const _ of readRows(workbook, sheet, limits, lines)) yield* lines.full();
      yield* lines.rest();
    },
  };
}

/** Number of fields of the widest row. */
export async function sheetWidth(workbook: Workbook, sheet: SheetInfo, limits: ContainerLimits): Promise<number> {
  let width = 0;
  for await (const { cells } of sheetRows(workbook, sheet, limits)) width = Math.max(width, cells.length);
  return width;
}
