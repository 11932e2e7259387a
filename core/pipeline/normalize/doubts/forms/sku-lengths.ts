/**
 * Doubts SKUs of digits alone that a spreadsheet has probably changed: some are shorter than all the others, which have one length, as where
 * leading zeros were lost; or long ones end in zeros, as where a number was rounded. Looks at the rows that `ColumnShapes` takes.
 */
// biome-ignore-all lint/style/noNonNullAssertion: lengths are bounded
import { toText } from '../../../../bytes/text.ts';
import { WARNING_EXAMPLES_MAX } from '../../../../notices/notices.ts';
import type { RowExamples } from '../row-examples.ts';

export const SKU_LENGTHS = ['skus_shorter', 'skus_rounded'] as const;

const LENGTH_MAX = 24;
const ROWS_MIN = 20;
/** So many rows, and SKUs are no chance. */
const FOUND_MIN = 3;
/** Shorter articles' numbers are often counted up from 1. */
const LENGTH_MIN = 6;
const SHARE = 0.75;
/** A number that is counted up begins with few digits. */
const FIRST_DIGITS_MIN = 5;
/** Leading zeros are few. */
const ZEROS_MAX = 4;
const GTINS = [12, 13, 14];
const ROUND_LENGTH_MIN = 12;
const ROUND_ZEROS = 6;
const NEARLY_ALL = 0.9;

interface Place {
  file: string | null;
  line: number;
  cell: string;
}

export class SkuLengths {
  /** By length: SKUs, those with a right check digit, and the set of first digits as bits. */
  readonly #counts = new Int32Array(LENGTH_MAX + 1);
  readonly #checked = new Int32Array(LENGTH_MAX + 1);
  readonly #firstDigits = new Int32Array(LENGTH_MAX + 1);
  readonly #places: Place[][] = Array.from({ length: LENGTH_MAX + 1 }, () => []);
  readonly #rounded: Place[] = [];
  #roundedCount = 0;
  #hasOthers = false;

  /** A SKU as the feed has it, without white space around it. */
  look(bytes: Uint8Array, from: number, to: number, place: Omit<Place, 'cell'>): void {
    const length = to - from;
    let [sum, zeros] = [0, 0];
    for (let at = from; at < to; at++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9 || length > LENGTH_MAX) {
        this.#hasOthers = true;
        return;
      }
      sum += ((to ^ at) & 1) === 0 ? 3 * digit : digit;
      zeros = digit === 0 ? zeros + 1 : 0;
    }
    this.#counts[length]!++;
    if (sum % 10 === 0) this.#checked[length]!++;
    this.#firstDigits[length]! |= 1 << (bytes[from]! & 15);
    const isRound = length >= ROUND_LENGTH_MIN && zeros >= Math.max(ROUND_ZEROS, length - 15);
    if (isRound) this.#roundedCount++;
    for (const places of isRound ? [this.#rounded, this.#places[length]!] : [this.#places[length]!])
      if (places.length < WARNING_EXAMPLES_MAX) places.push({ ...place, cell: toText(bytes, from, to) });
  }

  /** As `code:vendor:count:examples`. */
  warnings(vendorId: string, rows: RowExamples): string[] {
    const total = this.#sum(this.#counts, 0, LENGTH_MAX);
    if (total < ROWS_MIN) return [];
    if (2 * this.#roundedCount > total)
      return [this.#warning(SKU_LENGTHS[1], this.#roundedCount, this.#rounded, { vendorId, rows })];
    const shorter = this.#shorter(total);
    if (shorter.length === 0) return [];
    const count = shorter.reduce((sum, length) => sum + this.#counts[length]!, 0);
    const places = shorter.flatMap((length) => this.#places[length]!).sort((a, b) => a.line - b.line);
    return [this.#warning(SKU_LENGTHS[0], count, places, { vendorId, rows })];
  }

  /** The lengths of SKUs that have probably lost zeros. */
  #shorter(total: number): number[] {
    const hasZeros = this.#firstDigits.some((digits) => (digits & 1) !== 0);
    const longest = this.#counts.findLastIndex((count) => count > 0);
    const usual = this.#counts[longest]!;
    if (hasZeros || longest < LENGTH_MIN) return [];
    const from = Math.max(1, longest - ZEROS_MAX);
    const gtins = this.#sum(this.#checked, 12, 14);
    if (GTINS.includes(longest) && gtins >= NEARLY_ALL * this.#sum(this.#counts, 12, 14)) {
      // check digits do not change by zeros before them
      const lengths = this.#lengths(7, 11).filter((length) => length !== 8);
      const count = lengths.reduce((sum, length) => sum + this.#counts[length]!, 0);
      const right = lengths.reduce((sum, length) => sum + this.#checked[length]!, 0);
      return count >= FOUND_MIN && right >= NEARLY_ALL * count ? lengths : [];
    }
    const isFixed = !this.#hasOthers && usual >= SHARE * total && this.#sum(this.#counts, 0, from - 1) === 0;
    const firsts = this.#firstDigits[longest]!.toString(2).replaceAll('0', '').length;
    return isFixed && firsts >= FIRST_DIGITS_MIN && total - usual >= FOUND_MIN ? this.#lengths(from, longest - 1) : [];
  }

  #lengths(from: number, to: number): number[] {
    return [...this.#counts.keys()].slice(from, to + 1);
  }

  #sum(counts: Int32Array, from: number, to: number): number {
    return counts.subarray(from, to + 1).reduce((sum, count) => sum + count, 0);
  }

  #warning(
    code: string,
    count: number,
    places: readonly Place[],
    { vendorId, rows }: { vendorId: string; rows: RowExamples },
  ): string {
    for (const { file, line, cell } of places)
      rows.addAt(code, { ...(file === null ? {} : { file }), line, column: 'sku', cell });
    const shown = places.slice(0, WARNING_EXAMPLES_MAX).map(({ file, line, cell }) => {
      return `${file === null ? '' : `${file} `}line ${line} "${cell}"`;
    });
    return `${code}:${vendorId}:${count}:${shown.join('; ')}`;
  }
}
