/**
 * Lets the kernel write rows and compare them with what was published (`kernel/assembly/compare.ts`): one call a row. It passes the rows
 * of both tables that are the same, and those that changed if it is told to. What was passed is a run of rows; `SortedRows` and the new
 * state learn of it when the run closes, at the first row that needs more. While a run is open, nothing else may touch the two tables or
 * the new state.
 */
// biome-ignore-all lint/style/noNonNullAssertion: words of state have places
import {
  N_PUBLISHED_PRICE,
  N_PUBLISHED_QUANTITY,
  S_CHANGED_COLUMNS,
  S_FEED_AT,
  S_FEED_END,
  S_LINE_BYTES,
  S_SAME_IN_STOCK,
  S_SAME_QUOTED,
  S_SAME_ROWS,
  S_SAME_SKU_END,
  S_SAME_SKU_START,
  S_STATES_AT,
  S_STATES_END,
} from '../../kernel/assembly/places.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { OfferGroup } from '../merge/offer-group.ts';
import type { PlainCells } from './diff/differ.ts';
import { endingOf, type StateLines } from './state/state-lines.ts';
import { LineBuffer } from './tables/line-buffer.ts';
import type { SortedRows } from './tables/sorted-rows.ts';

/** Copies in the kernel's memory write up to 15 bytes past their end. */
const SPARE_BYTES = 16;

export class ComparedRuns {
  isOpen = false;
  #rows = 0;
  #inStock = 0;
  /** Rows of the run that changed. */
  #changed = 0;
  /** The cells of the row that was compared last: one object serves all rows. */
  readonly #cells: PlainCells;
  readonly #group: OfferGroup;
  readonly #kernel: Kernel;
  readonly #feed: SortedRows;
  readonly #state: SortedRows;
  readonly #states: StateLines;
  readonly #endings: Endings;

  private constructor(
    { kernel, group }: { kernel: Kernel; group: OfferGroup },
    endings: Endings,
    tables: { feed: SortedRows; state: SortedRows; states: StateLines },
  ) {
    this.#kernel = kernel;
    this.#group = group;
    this.#cells = { bytes: kernel.bytes, starts: kernel.published.cells, changed: 0 };
    this.#feed = tables.feed;
    this.#state = tables.state;
    this.#states = tables.states;
    this.#endings = endings;
    this.#feed.moveTo(kernel.published.feed);
    this.#state.moveTo(kernel.published.states);
    kernel.state[S_SAME_ROWS] = kernel.state[S_SAME_IN_STOCK] = kernel.state[S_SAME_QUOTED] = 0;
  }

  /** Null if the kernel has no room for the vendors. */
  static of(
    kernel: Kernel,
    group: OfferGroup,
    tables: { feed: SortedRows; state: SortedRows; states: StateLines },
  ): ComparedRuns | null {
    const endings = Endings.of(kernel, group, tables.states);
    return endings === null ? null : new ComparedRuns({ kernel, group }, endings, tables);
  }

  /** True if a run is open now. */
  open(): boolean {
    if (this.isOpen) return true;
    const { state, published } = this.#kernel;
    const feed = this.#feed.unscannedIn(published.feed);
    const lines = this.#state.unscannedIn(published.states);
    if (feed === null || lines === null) return false;
    state[S_FEED_AT] = published.feed.byteOffset + feed.at;
    state[S_FEED_END] = published.feed.byteOffset + feed.end;
    state[S_STATES_AT] = published.states.byteOffset + lines.at;
    state[S_STATES_END] = published.states.byteOffset + lines.end;
    this.isOpen = true;
    return true;
  }

  /** What the kernel is told of the group's vendors. */
  ending(): number {
    return this.#endings.place();
  }

  /** What was published of the row that changed: see `N_PUBLISHED_PRICE`. */
  get publishedPrice(): number {
    return this.#kernel.numbers[N_PUBLISHED_PRICE]!;
  }

  get publishedQuantity(): number {
    return this.#kernel.numbers[N_PUBLISHED_QUANTITY]!;
  }

  /** Its cells, good until the next row is compared. */
  get publishedCells(): PlainCells {
    this.#cells.changed = this.#kernel.state[S_CHANGED_COLUMNS]!;
    return this.#cells;
  }

  /** Moves past the row of the group's SKU, which has so many cells. */
  passChanged(columns: number): void {
    const { state, published } = this.#kernel;
    const line = state[S_STATES_AT]!;
    state[S_FEED_AT] = published.cells[columns]!;
    state[S_STATES_AT] = line + state[S_LINE_BYTES]!;
    state[S_SAME_SKU_START] = line;
    state[S_SAME_SKU_END] = line + this.#group.skuLength;
    this.#changed++;
  }

  /** How many rows were the same since it was last asked. */
  take(): { rows: number; inStock: number } {
    const taken = { rows: this.#rows, inStock: this.#inStock };
    this.#rows = this.#inStock = 0;
    return taken;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const { state, published } = this.#kernel;
    const same = state[S_SAME_ROWS]!;
    const rows = same + this.#changed;
    if (rows === 0) return;
    const { feed, states: lines } = published;
    const sku = {
      bytes: lines,
      from: state[S_SAME_SKU_START]! - lines.byteOffset,
      to: state[S_SAME_SKU_END]! - lines.byteOffset,
    };
    const passed = this.#state.unscannedIn(lines);
    const end = state[S_STATES_AT]! - lines.byteOffset;
    if (passed !== null) this.#states.raw(lines, passed.at, end);
    this.#feed.passTo(state[S_FEED_AT]! - feed.byteOffset, { rows, quoted: state[S_SAME_QUOTED] !== 0 }, sku);
    // neither a SKU in quotes is passed, nor a SKU with a decision
    this.#state.passTo(end, { rows, quoted: false }, sku);
    this.#changed = 0;
    this.#rows += same;
    this.#inStock += state[S_SAME_IN_STOCK]!;
    state[S_SAME_ROWS] = state[S_SAME_IN_STOCK] = state[S_SAME_QUOTED] = 0;
  }
}

/** Lines of the state from behind their SKU, in the kernel's memory: see `S_ENDINGS`. */
class Endings {
  readonly #group: OfferGroup;
  readonly #states: StateLines;
  readonly #built = new LineBuffer();
  readonly #places: Int32Array;
  readonly #start: number;

  private constructor(kernel: Kernel, group: OfferGroup, states: StateLines) {
    const { endings } = kernel.published;
    this.#group = group;
    this.#states = states;
    const places = new Int32Array(endings.buffer, endings.byteOffset, 2 * (group.vendorIds.length + 1));
    let at = places.byteLength;
    for (const [i, id] of group.vendorIds.entries()) {
      const bytes = endingOf(id);
      endings.set(bytes, at);
      places[2 * i] = endings.byteOffset + at;
      at += bytes.length;
      places[2 * i + 1] = endings.byteOffset + at;
    }
    this.#places = places;
    this.#built.bytes = endings.subarray(at);
    this.#start = endings.byteOffset + at;
    places[2 * group.vendorIds.length] = this.#start;
  }

  /** Null if the area is too small. */
  static of(kernel: Kernel, group: OfferGroup, states: StateLines): Endings | null {
    const bytes = group.vendorIds.reduce((sum, id) => sum + endingOf(id).length, 0);
    const needed = 8 * (group.vendorIds.length + 1) + 2 * bytes + SPARE_BYTES;
    return needed > kernel.published.endings.length ? null : new Endings(kernel, group, states);
  }

  place(): number {
    const { count, vendor, vendorIds } = this.#group;
    if (count === 1) return vendor[0]!;
    const built = this.#built;
    built.used = 0;
    this.#states.writeEnding(built);
    this.#places[2 * vendorIds.length + 1] = this.#start + built.used;
    return vendorIds.length;
  }
}
