/** Feeds of a few cells with line ends of several kinds, and the rows that `BrokenRows` makes of them. */
import { toBytes, toText } from '../../../../bytes/text.ts';
import {
  BROKEN_RECORD,
  CR_END,
  CRLF_END,
  LF_END,
  MALFORMED_QUOTE,
  NO_END,
  PLAIN,
  QUOTED_DOUBLED,
  RecordBatch,
} from '../../../../scan/batch.ts';
import { BrokenRows } from '../broken-rows.ts';
import type { PassedRows } from '../copied-rows.ts';

const ENDS: Record<string, number> = { n: LF_END, r: CR_END, w: CRLF_END, '': NO_END };
/** The fields of a row. */
export const WIDTH = 3;

/** A batch of records, each written as its cells with commas and its line end: `a,b/n`; `!` before it is a fault. */
export function batchOf(records: readonly string[], line: number): { window: Uint8Array; batch: RecordBatch } {
  const window = toBytes(`#${records.map((record) => record.replace(/^!|\/.?$/g, '')).join(',')}`);
  const batch = new RecordBatch(Math.max(1, records.length));
  let at = 1;
  for (const [i, record] of records.entries()) {
    const [text = '', end = ''] = record.split('/');
    const first = batch.fields;
    for (const cell of text.replace('!', '').split(',')) {
      batch.addField(at, at + cell.length, cell.includes('""') ? QUOTED_DOUBLED : PLAIN);
      at += cell.length + 1;
    }
    batch.addRecord(first, line + i, ENDS[end]);
    if (text.startsWith('!')) batch.setFault(MALFORMED_QUOTE, 1);
  }
  return { window, batch };
}

export function shown({ window, batch, first }: PassedRows): string[] {
  return Array.from({ length: batch.count - first }, (_, i) => {
    const record = first + i;
    const cells: string[] = [];
    for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++)
      cells.push(toText(window, batch.fieldStart[field]!, batch.fieldEnd[field]!));
    const fault = batch.fault[record] === BROKEN_RECORD ? ` broken in ${batch.faultField[record]}` : '';
    const end = Object.keys(ENDS).find((name) => ENDS[name] === batch.lineEnd[record]);
    return `${batch.line[record]} ${cells.join(',')}/${end}${fault}${batch.fault[record] === MALFORMED_QUOTE ? ' malformed' : ''}`;
  });
}

/** The rows of a feed that comes in batches of the given sizes, the last of which is used again and again. */
export function joined(
  records: readonly string[],
  sizes: readonly number[] = [records.length],
  bytesMax = 1000,
  width = WIDTH,
): string[] {
  const broken = new BrokenRows(width, CRLF_END, bytesMax);
  const rows: string[] = [];
  for (let from = 0, n = 0; from < records.length; n++) {
    const size = sizes[Math.min(n, sizes.length - 1)]!;
    const { window, batch } = batchOf(records.slice(from, from + size), from + 2);
    rows.push(...shown(broken.pass(window, batch, 0)));
    from += size;
  }
  const rest = broken.end();
  return rest === null ? rows : [...rows, ...shown(rest)];
}
