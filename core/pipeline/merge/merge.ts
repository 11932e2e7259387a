/**
 * Merges the vendors' offers by SKU, chooses and prices a winner for each SKU, and writes the merged feed.
 *
 * The inner loop (`mergeSome`) is synchronous: it leaves only when a run needs more bytes or the output buffer is full, so
 * promises are few per megabyte. Offers of a SKU are collected as columns in one reused `OfferGroup`. An `await`, a closure
 * or an object per offer would make it slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: a cursor is at a whole entry
import { toText } from '../../bytes/text.ts';
import type { CanonicalColumn } from '../../canonical.ts';
import type { QuantityRule } from '../../config/quantity.ts';
import { RelayError } from '../../errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { MICRO_SCALE } from '../../money/money.ts';
import type { ByteSink, EngineLimits } from '../../ports/engine.ts';
import type { VendorFigure } from '../../ports/publishing.ts';
import type { NamedRule, NamedStrategy } from '../bind.ts';
import { type EntryLayout, WORD_SKU_LENGTH } from '../sort/entry.ts';
import type { RowPages } from '../sort/row-pages.ts';
import type { SortedRun } from '../sort/sorted-run.ts';
import { SortedRunMerge } from '../sort/sorted-run-merge.ts';
import { Chooser, type DuplicatePolicy, NONE_CHOSEN } from './choose.ts';
import { DuplicateRows } from './duplicate-rows.ts';
import { type EntryPlace, GatheredOffers } from './gathered.ts';
import { OfferGroup } from './offer-group.ts';
import { OutputBuffer, type OutputFormat } from './output.ts';
import { type PriceExample, PriceWatch, type PriceWatchOptions } from './price-watch.ts';
import { SkuTwins } from './sku-twins.ts';
import type { BoundTerms } from './vendor-terms.ts';

export interface MergeOptions {
  /** In vendor order; those of one vendor in row order. */
  runs: readonly SortedRun[];
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
  /** False if all SKUs are in capitals of ASCII: then none differ in case. */
  hasSmallSkus: boolean;
  /** For warnings about prices. */
  watch: PriceWatchOptions;
  limits: Pick<EngineLimits, 'mergeBytes' | 'offersInHand' | 'offersPerSkuMax'>;
  /** Decides which rows go out. If absent, every winner does. */
  outlet?: OutletMaker | undefined;
  /** Learns where each page of rows begins; null if no index is written. */
  pages: RowPages | null;
  /** Merges and writes ordinary SKUs; null without one. */
  kernel: Kernel | null;
  /** Called each time output is written; may throw to stop. */
  onProgress: (rows: number) => void;
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

export interface MergeResult {
  rows: number;
  /** SKUs for which the strategy chose no offer. */
  leftOut: number;
  unpriced: { count: number; skus: string[] };
  /** By vendor id. */
  vendors: Record<string, VendorFigure>;
  /** What looks wrong about the prices and the SKUs. */
  warnings: string[];
  examples: readonly PriceExample[];
}

/** The result before anything is merged. */
export function emptyMergeResult(): MergeResult {
  return { rows: 0, leftOut: 0, unpriced: { count: 0, skus: [] }, vendors: {}, warnings: [], examples: [] };
}

/** The most SKUs without a price that the summary names; it counts all. */
const UNPRICED_NAMED = 100;

export async function mergeOffers(sink: ByteSink, options: MergeOptions): Promise<MergeResult> {
  const group = new OfferGroup(options.layout, options.vendorIds, options.reads);
  const chooser = new Chooser(group, options.strategy, options.rules, options);
  const output = new OutputBuffer(group, options.output);
  const result = emptyMergeResult();
  const watch = new PriceWatch(group, options.watch);
  const twins = new SkuTwins(group, options.hasSmallSkus);
  const duplicates = new DuplicateRows(group, options.declaresDuplicates);
  const { limits, pages, kernel, layout } = options;
  const merge = await SortedRunMerge.open(options.runs, layout.skuOffset, { budgetBytes: limits.mergeBytes, kernel });
  const groupMax = Math.min(limits.offersInHand, limits.offersPerSkuMax);
  const gathered = kernel === null ? null : new GatheredOffers(kernel, merge, { layout, groupMax });
  if (kernel !== null && options.terms === null) output.useKernel(kernel);
  const outlet = options.outlet?.(group, output, chooser) ?? null;
  const settling = { outlet, winner: NOT_SETTLING };
  const merging = {
    gathered,
    merge,
    group,
    chooser,
    output,
    result,
    watch,
    twins,
    duplicates,
    limits,
    settling,
    pages,
  };
  for (;;) {
    const state = mergeSome(merging);
    if (state === NEEDS_REFILL) await merge.refill();
    else if (state === OUTLET_NEEDS_REFILL) await outlet?.refill();
    if (state === DONE || state === OUTPUT_FULL || output.isFull || outlet?.isFull) {
      await sink.write(output.take());
      await outlet?.flush();
      options.onProgress(output.rows);
    }
    if (state === DONE) break;
  }
  result.rows = output.rows;
  result.vendors = watch.figures.table();
  result.warnings = [watch, twins, duplicates, output.formulas].flatMap((one) => one.warnings());
  result.examples = [watch, twins, duplicates, output.formulas].flatMap((one) => one.examples);
  return result;
}

const NEEDS_REFILL = 0;
const OUTPUT_FULL = 1;
const DONE = 2;
const OUTLET_NEEDS_REFILL = 3;

/** In place of an answer of `choose`: no group is waiting for the outlet. */
const NOT_SETTLING = -3;

/** Merges until a run needs more bytes, the output is full, or nothing is left. */
function mergeSome(merging: Merging): number {
  const { gathered, merge, group, chooser, output, limits, settling, pages } = merging;
  for (;;) {
    if (group.count === 0 && gathered?.fill()) {
      takeGroup(group, gathered, pages);
      if (!settleGroup(merging)) return OUTLET_NEEDS_REFILL;
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
    if (group.count >= OFFERS_CHECKED) limitOffers(group, chooser, limits);
    if (pages !== null) notePage(pages, group, cursor);
    group.add(cursor);
    if (!merge.advance()) return NEEDS_REFILL;
  }
}

/** Takes the next group that the kernel found. */
function takeGroup(group: OfferGroup, gathered: GatheredOffers, pages: RowPages | null): void {
  const { place } = gathered;
  while (gathered.next(group.count === 0)) {
    if (pages !== null) notePage(pages, group, place);
    group.add(place);
  }
  group.isInKernel = true;
}

/** The entry is the next of the group. */
function notePage(pages: RowPages, group: OfferGroup, { owner, words, bytes, at }: EntryPlace): void {
  if (group.count === 0 && pages.isDue) {
    const start = at + group.layout.skuOffset;
    pages.begin(toText(bytes, start, start + words[(at >> 2) + WORD_SKU_LENGTH]!));
  }
  pages.add(owner);
}

/** What a merge works on: one object for the whole merge. */
interface Merging {
  gathered: GatheredOffers | null;
  merge: SortedRunMerge;
  group: OfferGroup;
  chooser: Chooser;
  output: OutputBuffer;
  result: MergeResult;
  watch: PriceWatch;
  twins: SkuTwins;
  duplicates: DuplicateRows;
  limits: MergeOptions['limits'];
  pages: RowPages | null;
  settling: { readonly outlet: Outlet | null; winner: number };
}

function chooseWinner({ group, chooser, twins, duplicates }: Merging): number {
  twins.look();
  if (group.count > 1) duplicates.look();
  return chooser.choose();
}

/** False if the outlet needs a refill first. */
function settleGroup(merging: Merging): boolean {
  const { group, chooser, output, result, watch, settling } = merging;
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
  } else if (winner === NONE_CHOSEN) result.leftOut++;
  else {
    if (result.unpriced.count < UNPRICED_NAMED) result.unpriced.skus.push(toText(group.sku, 0, group.skuLength));
    result.unpriced.count++;
  }
  group.clear();
  return true;
}

/** Bytes of texts that the offers of one SKU may hold before some offers are dropped. */
const TEXT_BYTES = 1 << 20;
/** Up to this many offers of one SKU no limit is checked. */
const OFFERS_CHECKED = 2;

/** Bounds memory, however many offers a SKU has. */
function limitOffers(group: OfferGroup, chooser: Chooser, limits: MergeOptions['limits']): void {
  if (chooser.canPrune) {
    if (group.count >= limits.offersInHand || group.textBytesUsed >= TEXT_BYTES) chooser.prune();
  } else if (group.count >= limits.offersPerSkuMax) {
    const sku = toText(group.sku, 0, Math.min(group.skuLength, 200));
    const message = `SKU "${sku}" has more than ${limits.offersPerSkuMax} offers; is the sku column the right one?`;
    throw new RelayError('invalid_input', message);
  }
}
