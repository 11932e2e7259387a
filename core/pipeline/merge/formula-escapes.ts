/**
 * Writes an apostrophe before texts that a spreadsheet would read as formulas. The parsers' option `unescape_formulas` reads it back.
 * Texts are trimmed, so none begins with a tab or a line end.
 */
import { APOSTROPHE, FORMULA_STARTS, QUOTE } from '../../bytes/ascii.ts';
import type { PriceExample } from './watch/price-watch.ts';

const EXAMPLES_MAX = 3;

/** Whether a format escapes formulas by default: CSV, which people open in spreadsheets, does; JSON lines do not. */
export const ESCAPES_FORMULAS: Readonly<Record<'csv' | 'jsonl', boolean>> = { csv: false, jsonl: false };

export interface FormulaEscapesState {
  count: number;
  examples: PriceExample[];
}

export class FormulaEscapes {
  readonly examples: PriceExample[] = [];
  #count = 0;

  state(): FormulaEscapesState {
    return { count: this.#count, examples: this.examples };
  }

  /** Adds what later rows gave. */
  absorb({ count, examples }: FormulaEscapesState): void {
    this.#count += count;
    this.examples.push(...examples.slice(0, EXAMPLES_MAX - this.examples.length));
  }

  warnings(): string[] {
    return this.#count === 0 ? [] : [`formulas_escaped:${this.#count}`];
  }

  /**
   * `[from, to)` is a cell that was just written, in quotes or not, or a JSON text with its first quote; returns its new end. There is
   * room for one byte more.
   */
  escapeCell(bytes: Uint8Array, from: number, to: number, example: () => PriceExample): number {
    const at = bytes[from] === QUOTE ? from + 1 : from;
    if (at >= to || !FORMULA_STARTS.includes(bytes[at] as number)) return to;
    bytes.copyWithin(at + 1, at, to);
    bytes[at] = APOSTROPHE;
    this.#note(example);
    return to + 1;
  }

  #note(example: () => PriceExample): void {
    this.#count++;
    if (this.examples.length < EXAMPLES_MAX) this.examples.push(example());
  }
}
