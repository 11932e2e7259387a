/**
 * Lets the kernel merge sorted runs (`kernel/assembly/gather.ts`), and hands out the groups that it found. The merge
 * itself takes the entries of groups that the kernel leaves, such as one at the end of a window.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the kernel's count bounds what it lists
import { toBytes } from '../../bytes/text.ts';
import { COLUMN, COLUMN_COUNT, CONDITIONS, OFFER_TEXTS } from '../../canonical.ts';
import {
  CONDITION_BYTES,
  CONDITION_WORDS,
  FIRST_OF_GROUP,
  N_OUT_LEAD_TIME,
  N_OUT_NOW,
  OUT_COLUMNS,
  OUT_COLUMNS_MAX,
  OUT_TEXTS,
  S_GATHERED_COUNT,
  S_GROUP_MAX,
  S_HAS_MSRP,
  S_NUMBERS_OFFSET,
  S_OUT_COLUMNS,
  S_OUT_DECIMALS,
  S_SKU_OFFSET,
} from '../../kernel/assembly/places.ts';
import { Backoff } from '../../kernel/backoff.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { EntryLayout } from '../sort/entry.ts';
import type { SortedRunMerge } from '../sort/sorted-run-merge.ts';

/** The kernel leaves larger groups to the merge, which may have to drop offers of them. */
const GROUP_MAX = 32;
/** Words that the kernel lists for an entry. */
const LISTED_WORDS = 3;

/** Where an entry is, in any buffer. */
export interface EntryPlace {
  owner: number;
  /** Byte offset of the entry; a multiple of 8. */
  at: number;
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
}

export class GatheredOffers {
  /** The entry that `next` moved to, in the kernel's memory. */
  readonly place: EntryPlace;
  readonly #kernel: Kernel;
  readonly #merge: SortedRunMerge;
  readonly #listed: Uint32Array;
  readonly #backoff = new Backoff();
  #at = 0;
  #count = 0;

  constructor(kernel: Kernel, merge: SortedRunMerge, { layout, groupMax }: { layout: EntryLayout; groupMax: number }) {
    const { buffer } = kernel.bytes;
    this.#kernel = kernel;
    this.#merge = merge;
    this.#listed = kernel.merge.gathered;
    this.place = {
      owner: 0,
      at: 0,
      bytes: kernel.bytes,
      words: new Uint32Array(buffer),
      numbers: new Float64Array(buffer),
    };
    setLayout(kernel, layout);
    kernel.state[S_GROUP_MAX] = Math.min(GROUP_MAX, groupMax);
  }

  /** Asks the kernel for more; false if it has none now. Call it at the start of a group, once the groups before are settled. */
  fill(): boolean {
    if (this.#at < this.#count) return true;
    if (!this.#backoff.isDue() || !this.#merge.sendTo(this.#kernel)) return false;
    this.#kernel.loops.gather();
    this.#merge.takeFrom(this.#kernel);
    this.#at = 0;
    this.#count = LISTED_WORDS * this.#kernel.state[S_GATHERED_COUNT]!;
    this.#backoff.took(this.#kernel.state[S_GATHERED_COUNT]!);
    return this.#count > 0;
  }

  /** The place of the next entry in the list; as many entries are before it. */
  get listedAt(): number {
    return this.#at / LISTED_WORDS;
  }

  set listedAt(entries: number) {
    this.#at = LISTED_WORDS * entries;
  }

  /** Moves `place` to an entry of the list, counted in entries; false if another one of its SKU is before it. */
  moveTo(i: number): boolean {
    const owner = this.#listed[LISTED_WORDS * i + 1]!;
    this.place.at = this.#listed[LISTED_WORDS * i]!;
    this.place.owner = owner & ~FIRST_OF_GROUP;
    return owner >= FIRST_OF_GROUP;
  }

  /** Moves to the next entry, which is of the same group unless this is the first one asked for; false if it is not. */
  next(isFirst: boolean): boolean {
    if (this.#at >= this.#count) return false;
    if (this.#listed[this.#at + 1]! >= FIRST_OF_GROUP !== isFirst) return false;
    this.moveTo(this.listedAt);
    this.#at += LISTED_WORDS;
    return true;
  }
}

function setLayout({ state }: Kernel, { skuOffset, numbersOffset, msrp }: EntryLayout): void {
  state[S_SKU_OFFSET] = skuOffset;
  state[S_NUMBERS_OFFSET] = numbersOffset;
  state[S_HAS_MSRP] = msrp ? 1 : 0;
}

const NOT_CARRIED = -1;

/** The kernel's number of a column; `NOT_CARRIED` if entries do not have it. */
function outputPlace(position: number, { texts, msrp, updatedAt }: EntryLayout): number {
  if (position === COLUMN.msrp && !msrp) return NOT_CARRIED;
  if (position === COLUMN.updated_at && !updatedAt) return NOT_CARRIED;
  if (position < COLUMN_COUNT && !OFFER_TEXTS.includes(position)) return position;
  const text = texts.indexOf(position);
  return text < 0 ? NOT_CARRIED : OUT_TEXTS + text;
}

/** What rows of the merged file need besides their offers. */
export interface WrittenRows {
  /** Places in `CANONICAL_COLUMNS`, and extra columns behind them. */
  positions: Int32Array;
  decimals: number;
  now: number;
  leadTimeFallbackDays: number | null;
  vendorIds: readonly Uint8Array[];
  layout: EntryLayout;
}

/** Tells the kernel how rows are written; false if it cannot. */
export function setWrittenRows(kernel: Kernel, rows: WrittenRows): boolean {
  const { state, numbers, bytes, merge } = kernel;
  const { positions, vendorIds, layout } = rows;
  const idBytes = vendorIds.reduce((sum, id) => sum + id.length, 0);
  if (positions.length > OUT_COLUMNS_MAX || 8 * vendorIds.length + idBytes + 16 > merge.vendors.length) return false;
  const columns = Array.from(positions, (position) => outputPlace(position, layout));
  if (columns.includes(NOT_CARRIED)) return false;
  setLayout(kernel, layout);
  state[S_OUT_COLUMNS] = columns.length;
  state[S_OUT_DECIMALS] = rows.decimals;
  numbers[N_OUT_NOW] = rows.now;
  numbers[N_OUT_LEAD_TIME] = rows.leadTimeFallbackDays ?? -1;
  const words = (at: number, count: number) => new Int32Array(bytes.buffer, at, count);
  words(OUT_COLUMNS, columns.length).set(columns);
  for (const [i, condition] of CONDITIONS.entries()) {
    const word = toBytes(condition);
    words(CONDITION_WORDS + i * CONDITION_BYTES, 1)[0] = word.length;
    bytes.set(word, CONDITION_WORDS + i * CONDITION_BYTES + 4);
  }
  const ids = words(merge.vendors.byteOffset, 2 * vendorIds.length);
  let at = merge.vendors.byteOffset + 8 * vendorIds.length;
  for (const [i, id] of vendorIds.entries()) {
    bytes.set(id, at);
    ids[2 * i] = at;
    at += id.length;
    ids[2 * i + 1] = at;
  }
  return true;
}
