/** The header of a feed: finds the column that a reference means, and explains why if there is none or more than one. */

import { trimText } from '../../../bytes/trim.ts';
import { RelayError } from '../../../errors.ts';
import type { FieldPattern, FieldRef } from '../../../layout.ts';
import { globMatcher } from '../../../text/glob.ts';
import { spelled } from '../../../text/printable.ts';
import { nearest } from '../../../text/suggest.ts';

/** The most characters of a header that reports show. */
export const NAME_CHARS = 200;

export interface FoundField {
  /** -1 if the feed has no such column. */
  index: number;
  exact: boolean;
  /** True if it was found by its name. */
  isNamed: boolean;
}

export class FeedHeader {
  readonly names: readonly string[];
  readonly fields: number;
  readonly #vendorId: string;
  /** The names as `foldTwin` has them; made when they are first asked for. */
  #folded: string[] | null = null;

  /** `names` is null if the layout has no header; `fields` is the number of cells in the first record. */
  constructor(names: readonly string[] | null, fields: number, vendorId: string) {
    this.names = names ?? [];
    this.fields = fields;
    this.#vendorId = vendorId;
  }

  /** The first of the columns that the feed has, exact names before loose ones. Throws `ambiguous_column`. */
  find(refs: readonly FieldRef[], use: string): FoundField {
    for (const ref of refs) {
      if ('index' in ref) {
        if (ref.index < this.fields) return { index: ref.index, exact: true, isNamed: false };
        continue;
      }
      const index = this.#only(ref.header, (name) => name === ref.header, use);
      if (index >= 0) return { index, exact: true, isNamed: true };
    }
    for (const ref of refs) {
      if ('index' in ref || ref.match === 'exact') continue;
      const index = this.#only(ref.header, (name) => foldHeader(name) === foldHeader(ref.header), use);
      if (index >= 0) return { index, exact: false, isNamed: true };
    }
    return { index: -1, exact: true, isNamed: false };
  }

  /** All columns that match, in order. */
  matching({ pattern }: FieldPattern): number[] {
    const matches = globMatcher(pattern);
    return this.names.flatMap((name, i) => (matches(trimText(name)) ? [i] : []));
  }

  /** Other columns whose names look the same: apart from case, white space and what nobody sees. */
  twins(index: number): number[] {
    this.#folded ??= this.names.map(foldTwin);
    const wanted = this.#folded[index] ?? '';
    return wanted === '' ? [] : this.#folded.flatMap((name, i) => (name === wanted && i !== index ? [i] : []));
  }

  /** The message for a use whose column is missing. */
  missing(refs: readonly FieldRef[], use: string): string {
    const wanted = refs.map((ref) => ('index' in ref ? `#${ref.index}` : ref.header));
    if (refs.every((ref) => 'index' in ref)) {
      return `no column ${wanted.join(' or ')} for ${use}: the first row has ${this.fields}, counted from #0`;
    }
    const names = this.names.map((name) => trimText(name)).filter((name) => name !== '');
    const near = wanted.map((name) => nearest(name, names)).find((name) => name !== null);
    const hint =
      near == null
        ? `the header has ${names.length === 0 ? 'no names' : names.slice(0, 20).join(', ')}`
        : `nearest: "${near}"`;
    const shown = hint.length > 300 ? `${hint.slice(0, 300)}…` : hint;
    return `no header ${wanted.map((name) => `"${name}"`).join(' or ')} for ${use} (${shown})`;
  }

  #only(wanted: string, test: (name: string) => boolean, use: string): number {
    const matches = this.names.flatMap((name, i) => (test(name) ? [i] : []));
    if (matches.length < 2) return matches[0] ?? -1;
    const where = matches.map((i) => `#${i}`).join(' and ');
    const message = `vendor ${this.#vendorId}: header "${wanted}" for ${use} occurs more than once (${where}); map the right one by position, e.g. "#${matches[0]}"`;
    throw new RelayError('ambiguous_column', message, { details: { vendor_id: this.#vendorId, column: use } });
  }
}

/** Trimmed and in lower case, for comparing headers and words. */
export function foldHeader(name: string): string {
  return trimText(name).toLowerCase();
}

/** Also without characters that nobody sees, and with one space for any white space. */
function foldTwin(name: string): string {
  return foldHeader(name.normalize('NFKC').replace(/\p{Cf}/gu, '')).replace(/\s+/gu, ' ');
}

/** A header in quotes, with what nobody sees spelled out. */
export function shownHeader(name: string): string {
  const short = name.slice(0, NAME_CHARS).replace(/[\uD800-\uDBFF]$/, '');
  return `"${short.replace(/[\p{Cc}\p{Cf}\u2028\u2029]|(?! )\s|^ | $/gu, (sign) => Array.from(sign, spelled).join(''))}"`;
}

/** Joins the records of a header into one: the names of a column with a space between them. */
export function joinHeaders(records: ReadonlyArray<readonly string[]>): string[] {
  const [first = []] = records;
  // a header of one record is kept unchanged, with empty names and spaces
  if (records.length === 1) return [...first];
  const width = Math.max(...records.map((cells) => cells.length));
  const parts = (i: number) => records.map((cells) => trimText(cells[i] ?? '')).filter((part) => part !== '');
  return Array.from({ length: width }, (_, i) => parts(i).join(' '));
}

/** A name for each field in reports: its header, or `#3` if that is empty or a repeated name. */
export function fieldNames(header: readonly string[]): string[] {
  const seen = new Set<string>();
  return header.map((raw, i) => {
    const name = trimText(raw).slice(0, NAME_CHARS);
    if (name === '' || seen.has(name) || /^#\d+$/.test(name)) return `#${i}`;
    seen.add(name);
    return name;
  });
}
