/** For tests of doubts: a batch whose records have the given cells, on lines from 2 on. */
import { toBytes } from '../../../../bytes/text.ts';
import { PLAIN, QUOTED_DOUBLED, RecordBatch } from '../../../../scan/batch.ts';

/** A cell with two quotes in a row is one in quotes. */
export function batchOfRows(rows: ReadonlyArray<readonly string[]>): { window: Uint8Array; batch: RecordBatch } {
  const window = toBytes(rows.map((cells) => cells.map((cell) => `${cell},`).join('')).join(''));
  const batch = new RecordBatch();
  let at = 0;
  for (const [record, cells] of rows.entries()) {
    const first = batch.fields;
    for (const cell of cells) {
      const end = at + toBytes(cell).length;
      batch.addField(at, end, cell.includes('""') ? QUOTED_DOUBLED : PLAIN);
      at = end + 1;
    }
    batch.addRecord(first, record + 2);
  }
  return { window, batch };
}
