/** A cell of the slow lane, as a range of bytes. One object is reused from cell to cell. */
// biome-ignore-all lint/style/noNonNullAssertion: the batch bounds its fields
import { APOSTROPHE, FORMULA_STARTS, QUOTE } from '../../../bytes/ascii.ts';
import { toBytes, toText, undoubled } from '../../../bytes/text.ts';
import { trimEnd, trimStart, trimText } from '../../../bytes/trim.ts';
import type { Layout } from '../../../layout.ts';
import type { RecordBatch } from '../../../scan/batch.ts';

export class Cell {
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  /** The quote character that is doubled in it, or 0. */
  doubled = 0;
  /** True for a canonical number, whatever form the layout declares for its column. */
  isNumber = false;
  /** True for a formula or a broken wrapper: its value is unknown. */
  isFormula = false;

  get isEmpty(): boolean {
    return this.start >= this.end;
  }

  set(bytes: Uint8Array, start: number, end: number, doubled = 0): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.doubled = doubled;
    this.isNumber = false;
    this.isFormula = false;
  }

  clear(): void {
    this.set(NOTHING, 0, 0);
  }

  /** Sets the cell to a trimmed field of the batch; empty for -1, see `RecordBatch.fieldAt`. */
  take(window: Uint8Array, batch: RecordBatch, field: number): void {
    if (field < 0) {
      this.clear();
      return;
    }
    const to = batch.fieldEnd[field]!;
    const from = trimStart(window, batch.fieldStart[field]!, to);
    this.set(window, from, trimEnd(window, from, to), batch.doubledIn(field));
  }

  /** Removes what exporters add to a cell so that no spreadsheet changes it. */
  strip({ apostrophes, formulas }: CellWrappers): void {
    // an escaped cell is a text, whatever it begins with
    if (apostrophes && this.#dropApostrophe()) return;
    if (formulas) this.unwrap();
  }

  /** `'-3` as `-3`: the apostrophe keeps spreadsheets from reading a formula. `'tis` stays. */
  #dropApostrophe(): boolean {
    const { bytes, start, end } = this;
    const isEscaped = end - start > 1 && bytes[start] === APOSTROPHE && FORMULA_STARTS.includes(bytes[start + 1]!);
    if (isEscaped) this.start++;
    return isEscaped;
  }

  text(): string {
    return undoubled(toText(this.bytes, this.start, this.end), this.doubled);
  }

  /** Turns `="007"` into `007`: spreadsheets wrap numbers this way to keep them text. Any other leading `=` is a formula. */
  unwrap(): void {
    const { bytes, start, end } = this;
    if (end - start < 2 || bytes[start] !== EQUALS || bytes[start + 1] === EQUALS) return;
    // in a quoted field the wrapper's quotes are doubled
    const width = this.doubled === QUOTE ? 2 : 1;
    if (this.#isBareWrapper(width)) {
      const from = trimStart(bytes, start + 1 + width, end - width);
      this.set(bytes, from, trimEnd(bytes, from, end - width));
      return;
    }
    const wrapped = WRAPPER.exec(this.text())?.[1];
    if (wrapped === undefined || JOINED.test(wrapped)) {
      this.isFormula = true;
      return;
    }
    const inner = toBytes(trimText(hasOnlyPairs(wrapped) ? wrapped.replaceAll('""', '"') : wrapped));
    this.set(inner, 0, inner.length);
  }

  /** True for a wrapper without quotes inside; its own quotes are `width` bytes wide. */
  #isBareWrapper(width: number): boolean {
    const { bytes, start, end } = this;
    const from = start + 1 + width;
    const to = end - width;
    if (from > to) return false;
    for (let i = start + 1; i < from; i++) if (bytes[i] !== QUOTE) return false;
    for (let i = to; i < end; i++) if (bytes[i] !== QUOTE) return false;
    for (let i = from; i < to; i++) if (bytes[i] === QUOTE) return false;
    return true;
  }

  /** Undoubles its quotes, so that its bytes can be compared. */
  undouble(): void {
    if (this.doubled === 0) return;
    const { isNumber, isFormula } = this;
    const bytes = toBytes(this.text());
    this.set(bytes, 0, bytes.length);
    this.isNumber = isNumber;
    this.isFormula = isFormula;
  }
}

/** Which additions of exporters to remove from cells. */
export interface CellWrappers {
  /** `="007"` is `007`. */
  formulas: boolean;
  /** `'=x`, `'+x`, `'-x` and `'@x` lose their apostrophe. */
  apostrophes: boolean;
}

/** Null if the layout declares none. */
export function wrappersOf({
  unwrap,
  unescapeFormulas,
}: Pick<Layout, 'unwrap' | 'unescapeFormulas'>): CellWrappers | null {
  const wrappers = { formulas: unwrap === true, apostrophes: unescapeFormulas === true };
  return wrappers.formulas || wrappers.apostrophes ? wrappers : null;
}

const NOTHING = new Uint8Array(0);
const EQUALS = 61;
const WRAPPER = /^="(.*)"$/s;
/** Strings that a formula joins, such as `="a"&"b"`. */
const JOINED = /"\s*[&,;+]|[&,;+(]\s*"/;

/** Spreadsheets double the quotes in a wrapper; other programs do not. */
function hasOnlyPairs(text: string): boolean {
  return !text.replaceAll('""', '').includes('"');
}
