/** Checks rows with validators, and reports invalid ones: every problem of the row, with its cells as the feed has them. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds records and fields, `COLUMN_COUNT` the row's arrays

import type { ByteMap } from '../../../bytes/byte-map.ts';
import { EMPTY, INVALID, NEGATIVE } from '../../../bytes/numbers.ts';
import { toText, undoubled } from '../../../bytes/text.ts';
import { trimText } from '../../../bytes/trim.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn, COLUMN, type ExtraColumn } from '../../../canonical.ts';
import { assert, pluginFailed } from '../../../errors.ts';
import { ROW_CODES, type RowCode, type RowProblem } from '../../../issue.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import { expectNothing } from '../../../plugin-call.ts';
import {
  BROKEN_RECORD,
  MALFORMED_QUOTE,
  RECORD_TOO_LONG,
  REFUSED,
  type RecordBatch,
  TOO_MANY_CELLS,
  WELL_FORMED,
} from '../../../scan/batch.ts';
import { cellText, recordCells } from '../../../scan/cells.ts';
import type { NamedValidator } from '../../bind.ts';
import type { IssueLog } from '../../issues.ts';
import type { Misuses } from '../../misuses.ts';
import type { RefusedRows } from '../../row-index.ts';
import type { SkuList } from '../../sort/sku-list.ts';
import { CellReasons } from '../cells/reasons.ts';
import type { ResolvedColumns } from '../columns/columns.ts';
import { CELL_FAULT_CODES, type CurrentRow } from '../current-row.ts';
import { HeaderAgain } from '../rows/header-again.ts';
import type { Refusals } from '../rows/refusals.ts';
import type { Refusing } from '../rows/rules.ts';
import { CheckReport, type RowIssues } from './check-report.ts';
import { HookCall, type HookOfFeed } from './hook-call.ts';
import type { RefusedTextKeeper } from './refused-texts.ts';
import { RowView } from './row-view.ts';

export interface RowCheckerOptions {
  vendorId: string;
  /** The file's name if the feed has several; else null. */
  file: string | null;
  columns: ResolvedColumns;
  row: CurrentRow;
  validators: readonly NamedValidator[];
  /** The SKUs of earlier valid rows, if a duplicate is an error; else null. */
  seen: ByteMap | null;
  refusals: Refusals;
  /** A longer SKU is invalid. */
  skuBytesMax: number;
  /** Collects the SKUs of refused rows; null if nobody needs them. */
  refusedSkus: SkuList | null;
  refusedRows: RefusedRows;
  /** Keeps the refused rows for the rejects report; null if there will be none. */
  refusedTexts: RefusedTextKeeper | null;
  /** The file's place among the vendor's files. */
  fileNumber: number;
  log: IssueLog;
  misuses: Misuses;
}

/** A validator with a `check`. */
interface RowCheck extends NamedValidator {
  of: HookOfFeed;
}

const FAULT_CODES: Readonly<Record<number, RowCode>> = {
  [MALFORMED_QUOTE]: 'malformed_quote',
  [RECORD_TOO_LONG]: 'record_too_long',
  [BROKEN_RECORD]: 'broken_record',
};
/** Cells past the header's names that `row_data` has. */
const EXTRA_CELLS_SHOWN = 500;
const NO_VALUE = new Uint8Array(0);

export class RowChecker {
  invalidRows = 0;
  /** Runs validators on a row that reads well; false if they reported it. Null if there is nothing to run. */
  readonly accept: ((batch: RecordBatch, record: number) => boolean) | null;

  readonly #options: RowCheckerOptions;
  /** By position: the canonical ones, then the extra ones. */
  readonly #columns: ReadonlyArray<CanonicalColumn | ExtraColumn>;
  readonly #reasons: CellReasons;
  readonly #headerAgain: HeaderAgain;
  readonly #issues: RowIssues;

  constructor(options: RowCheckerOptions) {
    this.#columns = [...CANONICAL_COLUMNS, ...options.columns.extras];
    this.#options = options;
    this.#issues = {
      columns: this.#columns,
      valueOf: (position) => this.#value(position),
      countWarning: (code) => this.#countWarning(code),
    };
    this.#reasons = new CellReasons(options.columns);
    const { vendorId, misuses } = options;
    this.#headerAgain = new HeaderAgain(options.columns.names, vendorId);
    const checks = options.validators
      .filter(({ validator }) => validator.check !== undefined)
      .map((one): RowCheck => ({ ...one, of: { hook: 'check()', name: one.name, vendorId, misuses } }));
    this.accept =
      checks.length === 0 && options.seen === null ? null : (batch, record) => this.#accept(batch, record, checks);
  }

  /** Reports a row that does not read: `tooMany` cells, a malformed record, an invalid cell, or rules that refuse it. */
  reject(batch: RecordBatch, record: number, tooMany: boolean, refusing: readonly Refusing[] = []): void {
    const fault = batch.fault[record]!;
    const problems =
      fault === WELL_FORMED ? this.#cellProblems(batch, record, tooMany) : [this.#faultProblem(batch, record)];
    if (refusing.length > 0) {
      problems.push(...refusing.map((rule) => this.#ruleProblem(batch, record, rule)));
      problems.sort((a, b) => this.#positionOf(a) - this.#positionOf(b));
    }
    this.#report(batch, record, problems);
  }

  #ruleProblem(batch: RecordBatch, record: number, { code, reason, column, field }: Refusing): RowProblem {
    if (column !== null) return { error_code: code, column, value: this.#value(COLUMN[column]), reason };
    const at = batch.firstField[record]! + field;
    const value = at < batch.firstField[record + 1]! ? trimText(this.#cell(batch, at)) : '';
    return { error_code: code, column: this.#columnOf(field), value: value || null, reason };
  }

  #accept(batch: RecordBatch, record: number, checks: readonly RowCheck[]): boolean {
    const { row, columns, seen, vendorId } = this.#options;
    const problems: RowProblem[] = [];
    for (const { validator, codes, of } of checks) {
      const call = new HookCall(of, row.rowNumber);
      try {
        const view = new RowView(row, columns.extras, vendorId, call);
        const answer: unknown = validator.check!(view, new CheckReport(call, codes, this.#issues, problems));
        if (answer !== undefined) expectNothing(answer);
      } catch (error) {
        throw pluginFailed(call.what, error);
      } finally {
        call.end();
      }
    }
    if (problems.length === 0 && seen !== null && seen.find(row.sku, row.skuStart, row.skuEnd) >= 0) {
      problems.push(this.#duplicate());
    }
    if (problems.length > 0) {
      this.#report(
        batch,
        record,
        problems.sort((a, b) => this.#positionOf(a) - this.#positionOf(b)),
      );
      return false;
    }
    seen?.setRange(row.sku, row.skuStart, row.skuEnd, NO_VALUE);
    return true;
  }

  #countWarning(code: string): void {
    const { row, log, vendorId, file } = this.#options;
    log.countWarning(code, vendorId);
    if (log.examples.of(code, vendorId).length === EXAMPLES_MAX) return;
    log.example(code, vendorId, {
      ...(file === null ? {} : { file }),
      line: row.line,
      column: 'sku',
      cell: this.#value(COLUMN.sku) ?? '',
    });
  }

  #report(batch: RecordBatch, record: number, problems: RowProblem[]): void {
    const { log, row, vendorId, file, refusedSkus } = this.#options;
    if (refusedSkus !== null && row.skuStart < row.skuEnd) refusedSkus.add(row.sku, row.skuStart, row.skuEnd);
    const [first] = problems;
    this.#lookForHeader(batch, record, problems);
    assert(first !== undefined, `row ${row.rowNumber} is rejected for a reason`);
    this.invalidRows++;
    this.#index(log.hasRoom);
    if (log.hasRoom) this.#options.refusedTexts?.refuse(row.line, batch.fault[record]!);
    if (!log.hasRoom) {
      log.countRow(first.error_code);
      return;
    }
    log.addRow({
      ...first,
      vendor_id: vendorId,
      ...(file === null ? {} : { file }),
      row_number: row.rowNumber,
      line: row.line,
      row_data: this.#rowData(batch, record),
      problems,
    });
  }

  #lookForHeader(batch: RecordBatch, record: number, problems: readonly RowProblem[]): void {
    const { file, log, row, vendorId } = this.#options;
    const quantity = problems.find(({ column }) => column === 'quantity_available');
    if (quantity === undefined || !this.#headerAgain.isName(quantity.value)) return;
    const cells = recordCells(row.window, batch, record);
    if (!this.#headerAgain.isHeader(cells, { file, line: row.line })) return;
    log.countWarning('header_repeated', vendorId);
    if (log.examples.of('header_repeated', vendorId).length === EXAMPLES_MAX) return;
    const place = file === null ? {} : { file };
    log.example('header_repeated', vendorId, {
      ...place,
      line: row.line,
      column: 'sku',
      cell: this.#value(COLUMN.sku) ?? '',
    });
  }

  /** Notes where the row is, so that `relay explain` finds it by its SKU. */
  #index(isListed: boolean): void {
    const { row, refusedRows, fileNumber } = this.#options;
    if (!isListed || !refusedRows.hasRoom) refusedRows.more++;
    else if (row.skuStart === row.skuEnd) refusedRows.add(null);
    else refusedRows.add([toText(row.sku, row.skuStart, row.skuEnd), row.rowNumber, row.line, fileNumber]);
  }

  /** For a malformed record, the only problem: its cells cannot be trusted. */
  #faultProblem(batch: RecordBatch, record: number): RowProblem {
    if (batch.fault[record] === REFUSED) return this.#refusal(batch.faultField[record]!);
    if (batch.fault[record] === TOO_MANY_CELLS) return tooManyCells(batch, record);
    const code = FAULT_CODES[batch.fault[record]!]!;
    const field = batch.faultField[record]!;
    const fields = batch.firstField[record + 1]! - batch.firstField[record]!;
    const value = field < fields ? trimText(this.#cell(batch, batch.firstField[record]! + field)) : '';
    return { error_code: code, column: this.#columnOf(field), value: value || null, reason: ROW_CODES[code] };
  }

  #refusal(id: number): RowProblem {
    const { code, column, reason } = this.#options.refusals.take(id);
    return { error_code: code, column, value: column === null ? null : this.#value(COLUMN[column]), reason };
  }

  #cellProblems(batch: RecordBatch, record: number, tooMany: boolean): RowProblem[] {
    const { row } = this.#options;
    const problems: RowProblem[] = [];
    if (tooMany) problems.push(this.#extraCell(batch, record));
    for (const [position, column] of this.#columns.entries()) {
      const code = CELL_FAULT_CODES[row.codes[position]!] ?? this.#valueCode(position);
      if (code === null) continue;
      const value = this.#value(position);
      problems.push({ error_code: code, column, value, reason: this.#reasons.of(position, code, value) });
    }
    return problems;
  }

  /** The code for a column whose cell does not read. */
  #valueCode(column: number): RowCode | null {
    const { row } = this.#options;
    switch (column) {
      case COLUMN.sku:
        return this.#skuCode();
      case COLUMN.quantity_available:
        return numberCode(row.quantity, 'invalid_int');
      case COLUMN.lead_time_days:
        return numberCode(row.leadTime, 'invalid_int');
      case COLUMN.cost:
        return numberCode(row.cost, 'invalid_decimal');
      case COLUMN.map_price:
        return numberCode(row.mapPrice, 'invalid_decimal');
      case COLUMN.price:
        return numberCode(row.price, 'invalid_decimal');
      case COLUMN.msrp:
        return numberCode(row.msrp, 'invalid_decimal');
      case COLUMN.condition:
        return row.condition < 0 ? 'invalid_condition' : null;
      case COLUMN.updated_at:
        return row.badTime ? 'invalid_datetime' : null;
      default:
        return null;
    }
  }

  /** Problems of the row as a whole come first, then those of its columns in their order. */
  #positionOf({ column }: RowProblem): number {
    return (this.#columns as readonly unknown[]).indexOf(column);
  }

  #skuCode(): RowCode | null {
    const { row, skuBytesMax } = this.#options;
    if (row.skuStart === row.skuEnd) return 'missing_value';
    if (row.skuEnd - row.skuStart > skuBytesMax) return 'sku_too_long';
    return row.badSku ? 'invalid_sku' : null;
  }

  #duplicate(): RowProblem {
    const { row } = this.#options;
    const value = toText(row.sku, row.skuStart, row.skuEnd);
    return { error_code: 'duplicate_sku', column: 'sku', value, reason: ROW_CODES.duplicate_sku };
  }

  #extraCell(batch: RecordBatch, record: number): RowProblem {
    const { columns } = this.#options;
    const end = batch.firstField[record + 1]!;
    let value: string | null = null;
    for (let field = batch.firstField[record]! + columns.width; field < end && !value; field++) {
      value = trimText(this.#cell(batch, field)) || null;
    }
    const found = end - batch.firstField[record]!;
    const due = columns.names.length === 0 ? 'row_fields says' : 'the header has columns';
    const reason = `the row has more cells than ${due}: ${found} and ${columns.width}`;
    return { error_code: 'too_many_fields', column: null, value, reason };
  }

  /** The canonical column that reads the field, or else the field's header. */
  #columnOf(field: number): string {
    const { columns } = this.#options;
    const cell = columns.cells.find(({ fields }) => fields.includes(field));
    const position = cell?.position ?? columns.index.indexOf(field);
    return CANONICAL_COLUMNS[position] ?? columns.names[field] ?? `#${field}`;
  }

  #value(column: number): string | null {
    const { row } = this.#options;
    const from = row.start[column]!;
    const to = row.end[column]!;
    if (from === to) return null;
    return undoubled(toText(row.source[column]!, from, to), row.doubled[column]!);
  }

  #cell(batch: RecordBatch, field: number): string {
    return cellText(this.#options.row.window, batch, field);
  }

  #rowData(batch: RecordBatch, record: number): Record<string, string> {
    const { columns } = this.#options;
    const data: Record<string, string> = {};
    const first = batch.firstField[record]!;
    const end = Math.min(batch.firstField[record + 1]!, first + columns.names.length + EXTRA_CELLS_SHOWN);
    for (let field = first; field < end; field++) {
      const i = field - first;
      Object.defineProperty(data, columns.names[i] ?? `#${i}`, {
        value: this.#cell(batch, field),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return data;
  }
}

/** Counts only the cells that were kept: those past the limit are already cut off. */
function tooManyCells(batch: RecordBatch, record: number): RowProblem {
  const most = batch.firstField[record + 1]! - batch.firstField[record]!;
  const reason = `the row has more than ${most} cells (LIMIT_RECORD_CELLS)`;
  return { error_code: 'too_many_fields', column: null, value: null, reason };
}

function numberCode(value: number, invalid: RowCode): RowCode | null {
  if (value >= EMPTY) return null;
  if (value === NEGATIVE) return 'negative_value';
  if (value === INVALID) return invalid;
  throw new Error(`assertion failed: unknown reader code ${value}`);
}
