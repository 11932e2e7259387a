/** Runs a layout's `row(cells)` on the records that its filters keep, for quirks that a declaration cannot express. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its records and fields
import { toBytes } from '../../../bytes/text.ts';
import { pluginFailed } from '../../../errors.ts';
import { HALF_CHARACTER, hasHalfCharacter, refusalProblem, writtenBeforeFirst } from '../../../feed-row.ts';
import type { Layout, RowRefusal } from '../../../plugin.ts';
import { answerName, hookFailure } from '../../../plugin-call.ts';
import { FILTERED_OUT, PLAIN, QUOTED, REFUSED, RecordBatch, WELL_FORMED } from '../../../scan/batch.ts';
import { recordCells } from '../../../scan/cells.ts';
import type { RowFilters } from './filters.ts';
import type { Refusals } from './refusals.ts';

export interface RowHookOptions {
  row: NonNullable<Layout['row']>;
  header: readonly string[];
  filters: RowFilters | null;
  /** True if unquoted cells are numbers. Cells that the hook does not change then stay numbers. */
  plainNumbers: boolean;
  /** The parser's id. */
  plugin: string;
  refusals: Refusals;
}

export class RowHook {
  /** Rows that the filters or the hook left out. */
  skipped = 0;
  readonly #options: RowHookOptions;
  #batch = new RecordBatch();
  #bytes = new Uint8Array(64 * 1024);
  #used = 0;

  constructor(options: RowHookOptions) {
    // frozen: all rows share it, and reports take column names from it
    this.#options = { ...options, header: Object.freeze([...options.header]) };
  }

  /**
   * The records from `from` on, changed by the hook, with their bytes. `records` counts the records before. Malformed
   * records are not passed to the hook. Throws `plugin_failed` if the hook throws or returns anything but cells.
   */
  apply(window: Uint8Array, batch: RecordBatch, from: number, records: number): [Uint8Array, RecordBatch] {
    if (this.#batch.recordsMax < batch.recordsMax) this.#batch = new RecordBatch(batch.recordsMax);
    this.#batch.clear();
    this.#used = 0;
    let rowNumber = records;
    for (let record = from; record < batch.count; record++) {
      rowNumber++;
      const changed = this.#changed(window, batch, record, rowNumber);
      if (changed === null) {
        this.skipped++;
        this.#batch.addRecord(this.#batch.fields, batch.line[record]!);
        this.#batch.setFault(FILTERED_OUT, 0);
      } else if (Array.isArray(changed)) {
        this.#add(changed, this.#styles(changed, window, batch, record), batch, record);
      } else {
        this.#add(recordCells(window, batch, record), PLAIN, batch, record);
        this.#batch.setFault(REFUSED, this.#options.refusals.add(changed));
      }
    }
    return [this.#bytes, this.#batch];
  }

  #changed(window: Uint8Array, batch: RecordBatch, record: number, rowNumber: number): string[] | RowRefusal | null {
    const { row, header, filters, plugin } = this.#options;
    const cells = recordCells(window, batch, record);
    if (batch.fault[record] !== WELL_FORMED) return cells;
    if (filters !== null && !filters.keeps(window, batch, record)) return null;
    const failure = (problem: unknown) =>
      pluginFailed(hookFailure('row()', { kind: 'parser', id: plugin }, `row ${rowNumber}`), problem);
    let changed: unknown;
    try {
      changed = row(cells, header);
    } catch (error) {
      throw failure(error);
    }
    const problem = rowAnswerProblem(changed);
    if (problem !== null) throw failure(problem);
    return changed as string[] | RowRefusal | null;
  }

  #styles(cells: readonly string[], window: Uint8Array, batch: RecordBatch, record: number): Uint8Array | number {
    return this.#options.plainNumbers ? stylesOf(cells, recordCells(window, batch, record), batch, record) : PLAIN;
  }

  /** `styles` is one style per cell, or one for all cells. */
  #add(cells: readonly string[], styles: Uint8Array | number, batch: RecordBatch, record: number): void {
    const firstField = this.#batch.fields;
    for (const [i, cell] of cells.entries()) {
      const bytes = toBytes(cell);
      if (this.#used + bytes.length > this.#bytes.length) {
        const larger = new Uint8Array((this.#used + bytes.length) * 2);
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes.set(bytes, this.#used);
      this.#batch.addField(this.#used, this.#used + bytes.length, typeof styles === 'number' ? styles : styles[i]!);
      this.#used += bytes.length;
    }
    this.#batch.addRecord(firstField, batch.line[record]!);
    this.#batch.setFault(batch.fault[record]!, batch.faultField[record]!);
  }
}

/** What is wrong with a return value of `row()`; null if nothing is. */
export function rowAnswerProblem(answer: unknown): string | null {
  if (answer === null) return null;
  const due = 'it must return an array of strings, or null to skip the row';
  if (isRefusal(answer)) return refusalProblem(answer);
  if (!Array.isArray(answer)) return `it returned ${answerName(answer)}; ${due}`;
  const written = writtenBeforeFirst(answer);
  if (written !== null) return written;
  const at = answer.findIndex((cell) => typeof cell !== 'string');
  if (at >= 0) return `cell #${at} is ${answerName(answer[at])}; ${due}`;
  const half = answer.findIndex(hasHalfCharacter);
  return half < 0 ? null : `cell #${half} ${HALF_CHARACTER}`;
}

function isRefusal(answer: unknown): answer is Record<keyof RowRefusal, unknown> {
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer) && 'code' in answer;
}

/** A cell that the row had before keeps its style, even in another place; a new cell is a text. */
function stylesOf(cells: readonly string[], before: readonly string[], batch: RecordBatch, record: number): Uint8Array {
  const first = batch.firstField[record]!;
  return Uint8Array.from(cells, (cell, i) => {
    if (cell.trim() === '') return PLAIN;
    const at = before[i] === cell ? i : before.indexOf(cell);
    return at >= 0 && batch.fieldStyle[first + at] === PLAIN ? PLAIN : QUOTED;
  });
}
