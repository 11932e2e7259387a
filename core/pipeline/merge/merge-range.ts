/**
 * Merges sorted runs by SKU, all of them or a range of their SKUs: chooses and prices a winner for each SKU, and writes its row.
 *
 * The inner loop (`mergeSome`) is synchronous: it leaves only when a run needs more bytes or the output buffer is full, so
 * promises are few per megabyte. Offers of a SKU are collected as columns in one reused `OfferGroup`. An `await`, a closure
 * or an object per offer would make it slow.
 */
import { toText } from '../../bytes/text.ts';
import type { CanonicalColumn } from '../../canonical.ts';
import type { QuantityRule } from '../../config/quantity.ts';
import { RelayError } from '../../errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { MICRO_SCALE } from '../../money/money.ts';
import type { ByteSink, EngineLimits } from '../../ports/engine.ts';
import type { NamedRule, NamedStrategy } from '../bind.ts';
import { type EntryLayout, WORD_SKU_LENGTH } from '../sort/entry.ts';
import type { PageStarts } from '../sort/page-starts.ts';
import type { SortedRun } from '../sort/sorted-run.ts';
import { SortedRunMerge } from '../sort/sorted-run-merge.ts';
import { Chooser, type DuplicatePolicy, NONE_CHOSEN } from './choose.ts';
import type { FormulaEscapesState } from './formula-escapes.ts';
import { type EntryPlace, GatheredOffers } from './gathered.ts';
import { OfferGroup } from './offer-group.ts';
import { OutputBuffer, type OutputFormat } from './output.ts';
import { Settler } from './settler.ts';
import type { BoundTerms } from './terms/vendor-terms.ts';
import { DuplicateRows, type DuplicateRowsState } from './watch/duplicate-rows.ts';
import { PriceWatch, type PriceWatchOptions, type PriceWatchState } from './watch/price-watch.ts';
import type { SkuForms } from './watch/sku-forms.ts';

/** How offers are merged: the same for all ranges. */
export interface MergeSetting {
  /** By vendor position. */
  vendorIds: readonly string[];
  policies: readonly DuplicatePolicy[];
  quantityRules: readonly QuantityRule[];
  /** By vendor position; null if no vendor has terms. */
  terms: ReadonlyArray<BoundTerms | null> | null;
  /** By vendor position: true if the config or the layout says what several rows for a SKU mean. */
  declaresDuplicates: readonly boolean[];
  layout: EntryLayout;
  strategy: NamedStrategy;
  rules: readonly NamedRule[];
  /** Columns of an offer that the plugins' manifests declare in `reads`. */
  reads: ReadonlySet<CanonicalColumn>;
  output: OutputFormat;
  /** For warnings about prices. */
  watch: PriceWatchOptions;
  /** `mergeBytes` of this range, which may not be the only one at work. */
  limits: Pick<EngineLimits, 'mergeBytes' | 'offersInHand' | 'offersPerSkuMax'>;
  /** Merges and writes ordinary SKUs; null without one. */
  kernel: Kernel | null;
}

export interface MergeRange {
  /** In vendor order; those of one vendor in row order. */
  runs: readonly SortedRun[];
  /** True if the feed begins with it. */
  isFirst: boolean;
  /** Learns where each page of rows begins; null if no index is written. */
  pages: PageStarts | null;
  /** Looks at each SKU; null if no two can be twins. */
  twins: SkuForms | null;
  /** Called each time output is written, with the rows of the range so far; may throw to stop. */
  onProgress: (rows: number) => void | Promise<void>;
}

export type OutletMaker = (group: OfferGroup, output: OutputBuffer, chooser: Chooser) => Outlet;

/**
 * Takes each settled SKU and writes the rows that go out. `settle` and `end` are synchronous, like the loop that calls them:
 * false means that `refill` is due, after which they are called again.
 */
export interface Outlet {
  /** The SKU is that of the group; `winner` is an offer's position, whose price the chooser has, or an answer of `choose` without one. */
  settle(winner: number): boolean;
  /** After the last SKU. */
  end(): boolean;
  /** True if `flush` is due. */
  readonly isFull: boolean;
  refill(): Promise<void>;
  flush(): Promise<void>;
}

/** What settles SKUs and writes rows. */
export class MergeTools {
  readonly group: OfferGroup;
  readonly chooser: Chooser;
  readonly output: OutputBuffer;
  /** Null if every winner goes out. */
  readonly outlet: Outlet | null;

  constructor(setting: MergeSetting, { isFirst, outlet }: { isFirst: boolean; outlet?: OutletMaker | undefined }) {
    const { kernel } = setting;
    this.group = new OfferGroup(setting.layout, setting.vendorIds, setting.reads);
    this.chooser = new Chooser(this.group, setting.strategy, setting.rules, setting);
    this.output = new OutputBuffer(this.group, setting.output, { isFirst });
    if (kernel !== null && setting.terms === null) this.output.useKernel(kernel);
    this.outlet = outlet?.(this.group, this.output, this.chooser) ?? null;
  }
}

/** What a range came to. Those of several ranges are added up in their order: see `MergeReport`. */
export interface RangeResult {
  rows: number;
  /** SKUs for which the strategy chose no offer. */
  leftOut: number;
  unpriced: UnpricedSkus;
  watch: PriceWatchState;
  duplicates: DuplicateRowsState;
  formulas: FormulaEscapesState;
}

export interface UnpricedSkus {
  count: number;
  /** The first ones. */
  skus: string[];
}

/** The most SKUs without a price that the summary names; it counts all. */
export const UNPRICED_NAMED = 100;

/** Each write to the sink is a number of whole rows. */
export async function mergeRange(
  sink: ByteSink,
  range: MergeRange,
  setting: MergeSetting,
  tools = new MergeTools(setting, range),
): Promise<RangeResult> {
  const { limits, kernel, layout } = setting;
  const { pages, twins } = range;
  const { group, chooser, output, outlet } = tools;
  const counts = { leftOut: 0, unpriced: { count: 0, skus: [] } };
  const watch = new PriceWatch(group, setting.watch);
  const duplicates = new DuplicateRows(group, setting.declaresDuplicates);
  const merge = await SortedRunMerge.open(range.runs, layout.skuOffset, { budgetBytes: limits.mergeBytes, kernel });
  const groupMax = Math.min(limits.offersInHand, limits.offersPerSkuMax);
  const gathered = kernel === null ? null : new GatheredOffers(kernel, merge, { layout, groupMax });
  const { declaresDuplicates } = setting;
  const settler =
    kernel === null || gathered === null || outlet !== null
      ? null
      : Settler.of(kernel, { gathered, output, chooser, watch, twins, pages, layout, declaresDuplicates });
  const settling = { outlet, winner: NOT_SETTLING };
  const merging = {
    gathered,
    settler,
    merge,
    group,
    chooser,
    output,
    counts,
    watch,
    twins,
    duplicates,
    limits,
    settling,
    pages,
  };
  for (;;) {
    const state = mergeSome(merging);
    if (state === MERGE_NEEDS_REFILL) await merge.refill();
    else if (state === OUTLET_NEEDS_REFILL) await outlet?.refill();
    if (state === DONE || output.isFull || outlet?.isFull) {
      await sink.write(output.take());
      await outlet?.flush();
      await range.onProgress(output.rows);
    }
    if (state === DONE) break;
  }
  settler?.takeCounts();
  const states = { watch: watch.state(), duplicates: duplicates.state(), formulas: output.formulas.state() };
  return { rows: output.rows, ...counts, ...states };
}

const MERGE_NEEDS_REFILL = 0;
const OUTPUT_FULL = 1;
const DONE = 2;
const OUTLET_NEEDS_REFILL = 3;

/** In place of an answer of `choose`: no group is waiting for the outlet. */
const NOT_SETTLING = -3;

/** Merges until a run needs more bytes, the output is full, or nothing is left. */
function mergeSome(merging: Merging): number {
  const { gathered, settler, merge, group, chooser, output, limits, settling, pages } = merging;
  for (;;) {
    if (group.count === 0 && gathered?.fill()) {
      if (!settler?.settle()) {
        takeGroup(merging, gathered);
        if (!settleGroup(merging)) return OUTLET_NEEDS_REFILL;
      }
      if (output.isFull) return OUTPUT_FULL;
      continue;
    }
    const cursor = merge.top;
    if (cursor === undefined) {
      const isSettled = settleGroup(merging) && (settling.outlet === null || settling.outlet.end());
      return isSettled ? DONE : OUTLET_NEEDS_REFILL;
    }
    if (group.count > 0 && !group.holds(cursor)) {
      if (!settleGroup(merging)) return OUTLET_NEEDS_REFILL;
      if (output.isFull) return OUTPUT_FULL;
      if (gathered !== null) continue;
    }
    // before offers are dropped, perhaps all: a page begins at the first row of a SKU
    if (pages !== null) notePage(merging, pages, cursor);
    if (group.count >= OFFERS_CHECKED) limitOffers(group, chooser, limits);
    group.add(cursor);
    if (!merge.advance()) return MERGE_NEEDS_REFILL;
  }
}

/** Takes the next group that the kernel found. */
function takeGroup(merging: Merging, gathered: GatheredOffers): void {
  const { group, pages } = merging;
  const { place } = gathered;
  while (gathered.next(group.count === 0)) {
    if (pages !== null) notePage(merging, pages, place);
    group.addInKernel(place);
  }
}

/** The entry is the next of the group. */
function notePage({ group, settler }: Merging, pages: PageStarts, { owner, words, bytes, at }: EntryPlace): void {
  if (group.count === 0 && pages.isDue) {
    settler?.takeCounts();
    const start = at + group.layout.skuOffset;
    // biome-ignore lint/style/noNonNullAssertion: a cursor is at a whole entry
    pages.begin(toText(bytes, start, start + words[(at >> 2) + WORD_SKU_LENGTH]!));
  }
  pages.add(owner);
}

/** What a merge works on: one object for the whole merge. */
interface Merging {
  gathered: GatheredOffers | null;
  settler: Settler | null;
  merge: SortedRunMerge;
  group: OfferGroup;
  chooser: Chooser;
  output: OutputBuffer;
  counts: { leftOut: number; unpriced: UnpricedSkus };
  watch: PriceWatch;
  twins: SkuForms | null;
  duplicates: DuplicateRows;
  limits: MergeSetting['limits'];
  pages: PageStarts | null;
  settling: { readonly outlet: Outlet | null; winner: number };
}

function chooseWinner({ group, chooser, twins, duplicates }: Merging): number {
  twins?.look(group);
  if (group.count > 1) duplicates.look();
  return chooser.choose();
}

/** False if the outlet needs a refill first. */
function settleGroup(merging: Merging): boolean {
  const { group, chooser, output, counts, watch, settling } = merging;
  if (group.count === 0) return true;
  const { outlet } = settling;
  const winner = settling.winner === NOT_SETTLING ? chooseWinner(merging) : settling.winner;
  if (outlet !== null && !outlet.settle(winner)) {
    settling.winner = winner;
    return false;
  }
  settling.winner = NOT_SETTLING;
  if (winner >= 0) {
    if (outlet === null) output.writeRow(winner, chooser.unitsOf(output.decimals));
    watch.look(winner, Number(chooser.unitsOf(MICRO_SCALE)));
  } else if (winner === NONE_CHOSEN) counts.leftOut++;
  else {
    if (counts.unpriced.count < UNPRICED_NAMED) counts.unpriced.skus.push(toText(group.sku, 0, group.skuLength));
    counts.unpriced.count++;
  }
  group.clear();
  return true;
}

/** Bytes of texts that the offers of one SKU may hold before some offers are dropped. */
const TEXT_BYTES = 1 << 20;
/** Up to this many offers of one SKU no limit is checked. */
const OFFERS_CHECKED = 2;

/** Bounds memory, however many offers a SKU has. */
function limitOffers(group: OfferGroup, chooser: Chooser, limits: MergeSetting['limits']): void {
  if (chooser.canPrune) {
    if (group.count >= limits.offersInHand || group.textBytesUsed >= TEXT_BYTES) chooser.prune();
  } else if (group.count >= limits.offersPerSkuMax) {
    const sku = toText(group.sku, 0, Math.min(group.skuLength, 200));
    const message = `SKU "${sku}" has more than ${limits.offersPerSkuMax} offers; is the sku column the right one?`;
    throw new RelayError('invalid_input', message);
  }
}
