/**
 * The typed view of the current row that a validator gets for one call. It decodes text only on request. Used after its
 * call it throws: it would show another row.
 */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of the row's columns

import { toText, undoubled } from '../../../bytes/text.ts';
import { COLUMN, COLUMN_COUNT, CONDITIONS, type Condition, type ExtraColumn } from '../../../canonical.ts';
import { refuseUnknownMembers } from '../../../known-members.ts';
import { Money } from '../../../money/money.ts';
import type { Row } from '../../../plugin.ts';
import type { CurrentRow } from '../current-row.ts';
import type { HookCall } from './hook-call.ts';

export class RowView implements Row {
  readonly #vendorId: string;
  readonly #current: CurrentRow;
  readonly #extras: readonly ExtraColumn[];
  readonly #call: HookCall;

  constructor(row: CurrentRow, extras: readonly ExtraColumn[], vendorId: string, call: HookCall) {
    this.#current = row;
    this.#extras = extras;
    this.#vendorId = vendorId;
    this.#call = call;
  }

  get #row(): CurrentRow {
    if (this.#call.isOpen) return this.#current;
    this.#call.allows('a use of the row');
    throw new Error('the row is good during the call that gets it: copy what is needed later');
  }

  get vendorId(): string {
    return this.#vendorId;
  }

  get rowNumber(): number {
    return this.#row.rowNumber;
  }

  get line(): number {
    return this.#row.line;
  }

  get sku(): string {
    return toText(this.#row.sku, this.#row.skuStart, this.#row.skuEnd);
  }

  get vendorSku(): string | null {
    return this.#text(COLUMN.vendor_sku) ?? (this.#row.mapped ? this.#text(COLUMN.sku) : null);
  }

  get quantity(): number {
    return this.#row.quantity;
  }

  get leadTimeDays(): number | null {
    return this.#row.leadTime < 0 ? null : this.#row.leadTime;
  }

  get cost(): Money | null {
    return moneyOf(this.#row.cost);
  }

  get mapPrice(): Money | null {
    return moneyOf(this.#row.mapPrice);
  }

  get price(): Money | null {
    return moneyOf(this.#row.price);
  }

  get msrp(): Money | null {
    return moneyOf(this.#row.msrp);
  }

  get condition(): Condition | null {
    return CONDITIONS[this.#row.condition - 1] ?? null;
  }

  get brand(): string | null {
    return this.#text(COLUMN.brand);
  }

  get title(): string | null {
    return this.#text(COLUMN.title);
  }

  get updatedAt(): number | null {
    return Number.isNaN(this.#row.updatedAt) ? null : this.#row.updatedAt;
  }

  extra(column: ExtraColumn): string | null {
    const at = this.#extras.indexOf(column);
    if (at < 0) throw new Error(`extra_columns does not have ${JSON.stringify(column)}`);
    return this.#text(COLUMN_COUNT + at);
  }

  #text(column: number): string | null {
    const from = this.#row.start[column]!;
    const to = this.#row.end[column]!;
    if (from === to) return null;
    return undoubled(toText(this.#row.source[column]!, from, to), this.#row.doubled[column]!);
  }
}

refuseUnknownMembers('a row', RowView);

/** Micros as money; a negative number means none. */
export function moneyOf(micros: number): Money | null {
  return micros < 0 ? null : Money.ofMicros(micros);
}
