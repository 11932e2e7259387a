/**
 * Where pages of `rows.bin` begin, noted while the rows of all vendors pass in the order of their SKUs. A page begins at the first SKU
 * past each multiple of `PAGE_ROWS` rows. That depends on the rows before it and on nothing else, so that parts of a merge find the pages
 * of the whole one: `absorb` puts them together.
 *
 * `add` is called for each offer of the merge: it counts, and does nothing else.
 */
import { MARKS_MAX, type PageStart } from '../row-index.ts';

/** The rows of a page, unless a single SKU has more. */
const PAGE_ROWS = 4096;

/** The page that has the row of this number, in pages; one that begins there. */
export type NumberedStart = [page: number, start: PageStart];

export interface PageStartsState {
  kept: NumberedStart[];
  every: number;
}

export class PageStarts {
  /** Evenly spread: of more than `MARKS_MAX`, those whose number is a multiple of `#every`. */
  #kept: NumberedStart[] = [];
  #every = 1;
  readonly #pageRows: number;
  /** By vendor position: rows that the merge has passed. */
  readonly #passed: Float64Array;
  #total: number;
  /** Once so many rows are passed, the next SKU begins a page. */
  #next: number;

  /** `passed`: by vendor position, the rows before the first one that is added. */
  constructor(passed: readonly number[], pageRows = PAGE_ROWS) {
    this.#passed = Float64Array.from(passed);
    this.#pageRows = pageRows;
    this.#total = passed.reduce((sum, rows) => sum + rows, 0);
    this.#next = this.#total;
  }

  /** True if the next SKU should begin a page. The first one does: of several parts' the first counts. */
  get isDue(): boolean {
    return this.#total >= this.#next;
  }

  /** Rows that may pass before a page is due. */
  get rowsToNext(): number {
    return this.#next - this.#total;
  }

  /** Begins a page; none of the rows of its first SKU is passed yet. */
  begin(sku: string): void {
    const page = Math.floor(this.#total / this.#pageRows);
    this.#next = (page + 1) * this.#pageRows;
    this.#keep([page, [sku, [...this.#passed]]]);
  }

  /** Counts a row of the vendor as passed. */
  add(position: number): void {
    this.passSome(1);
    this.noteVendor(position, 1);
  }

  /** Counts rows as passed of which `noteVendor` says the vendors before a page begins. */
  passSome(rows: number): void {
    this.#total += rows;
  }

  noteVendor(position: number, rows: number): void {
    // biome-ignore lint/style/noNonNullAssertion: positions are those of the run's vendors
    this.#passed[position]! += rows;
  }

  get starts(): PageStart[] {
    return this.#kept.map(([, start]) => start);
  }

  state(): PageStartsState {
    return { kept: this.#kept, every: this.#every };
  }

  /** Those since it was last called: a part, for `absorb`. */
  take(): PageStartsState {
    const taken = this.state();
    this.#kept = [];
    this.#every = 1;
    return taken;
  }

  /** Adds those of the next part. */
  absorb({ kept, every }: PageStartsState): void {
    while (this.#every < every) this.#thin();
    // a part begins with a page, which may go on with one of the part before
    for (const one of kept) if (one[0] !== this.#kept.at(-1)?.[0]) this.#keep(one);
  }

  #keep(start: NumberedStart): void {
    if (start[0] % this.#every !== 0) return;
    this.#kept.push(start);
    while (this.#kept.length > MARKS_MAX) this.#thin();
  }

  #thin(): void {
    this.#every *= 2;
    this.#kept = this.#kept.filter(([page]) => page % this.#every === 0);
  }
}
