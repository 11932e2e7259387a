/** Merges the vendors' offers by SKU, chooses and prices a winner for each, and writes the merged feed. */
import { toText } from '../bytes/text.ts';
import { RelayError } from '../errors.ts';
import type { MergeStrategy } from '../plugin.ts';
import type { ByteSink, EngineLimits } from '../ports/engine.ts';
import { Chooser, type DuplicatePolicy, type NamedRule } from './choose.ts';
import { OfferGroup } from './offers.ts';
import { OutputBuffer, type OutputFormat } from './output.ts';
import type { RecordLayout } from './record.ts';
import { type Run, RunMerge } from './runs.ts';

export interface MergeOptions {
  /** In vendor order; several of one vendor in row order. */
  runs: readonly Run[];
  /** By vendor position. */
  vendorIds: readonly string[];
  policies: readonly DuplicatePolicy[];
  layout: RecordLayout;
  strategy: MergeStrategy;
  rules: readonly NamedRule[];
  output: OutputFormat;
  limits: Pick<EngineLimits, 'mergeBytes' | 'offersPerSkuMax'>;
  /** Called now and then; may throw to stop. */
  onProgress: (rows: number) => void;
}

export interface MergeResult {
  rows: number;
  unpriced: { count: number; skus: string[] };
}

/** SKUs without a price that are named; the rest are counted. */
const UNPRICED_NAMED = 100;

export async function mergeOffers(sink: ByteSink, options: MergeOptions): Promise<MergeResult> {
  const group = new OfferGroup(options.layout, options.vendorIds);
  const chooser = new Chooser(group, options.strategy, options.rules, options.policies);
  const output = new OutputBuffer(group, options.output);
  const result: MergeResult = { rows: 0, unpriced: { count: 0, skus: [] } };
  const merge = await RunMerge.open(options.runs, options.layout.skuOffset, options.limits.mergeBytes);
  const settle = () => settleGroup(group, chooser, output, result);
  for (;;) {
    const state = mergeSome(merge, group, output, settle, options.limits.offersPerSkuMax);
    if (state === NEEDS_REFILL) await merge.refill();
    else {
      await sink.write(output.take());
      options.onProgress(output.rows);
    }
    if (state === DONE) break;
  }
  result.rows = output.rows;
  return result;
}

const NEEDS_REFILL = 0;
const OUTPUT_FULL = 1;
const DONE = 2;

/** Goes on until a run needs more bytes, the output is full, or nothing is left. */
function mergeSome(
  merge: RunMerge,
  group: OfferGroup,
  output: OutputBuffer,
  settle: () => void,
  offersPerSkuMax: number,
): number {
  for (;;) {
    const cursor = merge.top;
    if (cursor === undefined) {
      settle();
      return DONE;
    }
    if (group.count > 0 && !group.holds(cursor)) {
      settle();
      if (output.isFull) return OUTPUT_FULL;
    }
    if (group.count >= offersPerSkuMax) tooManyOffers(group, offersPerSkuMax);
    group.add(cursor);
    if (!merge.advance()) return NEEDS_REFILL;
  }
}

function settleGroup(group: OfferGroup, chooser: Chooser, output: OutputBuffer, result: MergeResult): void {
  if (group.count === 0) return;
  const winner = chooser.choose();
  if (winner >= 0) output.writeRow(winner, chooser.price!);
  else {
    if (result.unpriced.count < UNPRICED_NAMED) result.unpriced.skus.push(toText(group.sku, 0, group.skuLength));
    result.unpriced.count++;
  }
  group.clear();
}

function tooManyOffers(group: OfferGroup, max: number): never {
  const sku = toText(group.sku, 0, Math.min(group.skuLength, 200));
  throw new RelayError('invalid_input', `SKU "${sku}" has more than ${max} offers; is the sku column the right one?`);
}
