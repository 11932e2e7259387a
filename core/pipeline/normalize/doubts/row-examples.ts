/**
 * Collects the first rows behind a warning about a vendor's rows, for the notices. Callers ask for at most two, so none
 * of this is hot.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of canonical columns, then extra ones, the batch bounds its records
import { toText, undoubled } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { CANONICAL_COLUMNS, COLUMN, COLUMN_KINDS } from '../../../canonical.ts';
import type { NoticeExample } from '../../../notices/notices.ts';
import type { RecordBatch } from '../../../scan/batch.ts';
import { recordCells } from '../../../scan/cells.ts';
import type { IssueLog } from '../../issues.ts';
import type { CurrentRow } from '../current-row.ts';
import { RowLines } from '../row-lines.ts';

/** A number with more decimals than money has. */
const LONG_FRACTION = /[.,]\d{6}\d*[1-9]/;
/** Only this many bytes of a cell are read. */
const CELL_BYTES = 300;

export class RowExamples {
  /** The rows are of this file; null if the feed is one file. */
  file: string | null = null;
  /** The lines of the rows of the file. */
  lines = new RowLines();
  readonly #log: IssueLog;
  readonly #vendorId: string;

  constructor(log: IssueLog, vendorId: string) {
    this.#log = log;
    this.#vendorId = vendorId;
  }

  /** Adds a row as an example, shown by one of its cells. */
  add(code: string, row: CurrentRow, position: number = COLUMN.sku): void {
    this.addAt(code, { line: row.line, column: CANONICAL_COLUMNS[position]!, cell: cellOf(row, position) });
  }

  addAt(code: string, place: NoticeExample): void {
    this.#log.example(code, this.#vendorId, this.file === null ? place : { file: this.file, ...place });
  }

  /** Adds a record that is no row, shown by its first cell that is not empty. */
  addRecord(code: string, window: Uint8Array, batch: RecordBatch, record: number): void {
    const cell = recordCells(window, batch, record).map(trimText).find(Boolean);
    this.addAt(code, { line: batch.line[record]!, ...(cell === undefined ? {} : { cell }) });
  }

  /** Adds a row as an example, shown by the amount that was rounded. */
  addRounded(row: CurrentRow): void {
    const positions = CANONICAL_COLUMNS.flatMap((column, i) => (COLUMN_KINDS[column] === 'money' ? [i] : []));
    this.add(
      'money_rounded',
      row,
      positions.find((position) => LONG_FRACTION.test(cellOf(row, position))),
    );
  }
}

function cellOf({ source, start, end, doubled }: CurrentRow, position: number): string {
  const to = Math.min(end[position]!, start[position]! + CELL_BYTES);
  return undoubled(toText(source[position]!, start[position]!, to), doubled[position]!);
}
