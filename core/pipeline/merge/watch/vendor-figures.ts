/**
 * Sums up each vendor's offers at the merge: how many there are, how many win, the median cost, and how many cost more
 * than their own MSRP. Compared with the published run, this tells if all costs of a vendor are in another unit, such
 * as cents.
 *
 * Called once per SKU: numbers only. The median comes from a histogram of fixed size: 16 buckets for each doubling.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import type { VendorFigure, VendorFigureTable } from '../../../ports/publishing.ts';
import type { OfferGroup } from '../offer-group.ts';

const BUCKETS_PER_OCTAVE_BITS = 4;
/** Costs are below 2^50 micros. */
const BUCKETS = 64 << BUCKETS_PER_OCTAVE_BITS;
/** The exponent and the first fraction bits of the number 1. */
const BUCKET_OF_ONE = 1023 << BUCKETS_PER_OCTAVE_BITS;
const MICROS = 1e6;

/** A vendor is odd if its median cost grew or shrank by this factor. */
const ODD_FACTOR = 3;
/** A vendor is odd if this share of its costs is above its own MSRP. */
const ODD_SHARE = 0.5;
const OFFERS_MIN = 2;
const MSRPS_MIN = 10;
/** A factor within this ratio of a power of ten counts as that power. */
const NEAR = 1.25;

/** What of a part of a merge is added to the rest: see `absorb`. */
export interface VendorFiguresState {
  /** By vendor position: offers, wins, those with an MSRP, and those above it. */
  counts: Float64Array[];
  costs: Costs[] | null;
}

interface Costs {
  counts: Float64Array;
  sums: Float64Array;
  total: number;
}

export class VendorFigures {
  readonly #group: OfferGroup;
  readonly #offers: Float64Array;
  readonly #wins: Float64Array;
  readonly #withMsrp: Float64Array;
  readonly #aboveMsrp: Float64Array;
  /** By vendor position; null if nobody asks for median costs. */
  readonly #costs: Costs[] | null;
  readonly #bits = new DataView(new ArrayBuffer(8));

  constructor(group: OfferGroup, { wantsCosts }: { wantsCosts: boolean }) {
    this.#group = group;
    const perVendor = () => new Float64Array(group.vendorIds.length);
    [this.#offers, this.#wins, this.#withMsrp, this.#aboveMsrp] = [perVendor(), perVendor(), perVendor(), perVendor()];
    const histogram = (): Costs => ({ counts: new Float64Array(BUCKETS), sums: new Float64Array(BUCKETS), total: 0 });
    this.#costs = wantsCosts ? group.vendorIds.map(histogram) : null;
  }

  /** Looks at the offers of a SKU and the one that won. */
  look(winner: number): void {
    const group = this.#group;
    this.#wins[group.vendor[winner]!]!++;
    for (let i = 0; i < group.count; i++) {
      const vendor = group.vendor[i]!;
      const cost = group.cost[i]!;
      this.#offers[vendor]!++;
      if (cost <= 0) continue;
      if (group.layout.msrp && group.msrp[i]! > 0) {
        this.#withMsrp[vendor]!++;
        if (cost > group.msrp[i]!) this.#aboveMsrp[vendor]!++;
      }
      if (this.#costs !== null) this.#add(this.#costs[vendor]!, cost);
    }
  }

  /** True if it keeps numbers of SKUs only, and no costs. */
  get countsOnly(): boolean {
    return this.#costs === null;
  }

  /** Adds what a vendor's offers came to elsewhere: offers, wins, those with an MSRP, and those above it. */
  addCounts(vendor: number, counts: Float64Array, from: number): void {
    for (const [i, own] of this.#counts().entries()) own[vendor]! += counts[from + i]!;
  }

  state(): VendorFiguresState {
    return { counts: this.#counts(), costs: this.#costs };
  }

  absorb({ counts, costs }: VendorFiguresState): void {
    for (const [i, own] of this.#counts().entries()) addTo(own, counts[i]!);
    for (const [i, own] of (this.#costs ?? []).entries()) {
      const other = costs![i]!;
      addTo(own.counts, other.counts);
      addTo(own.sums, other.sums);
      own.total += other.total;
    }
  }

  #counts(): Float64Array[] {
    return [this.#offers, this.#wins, this.#withMsrp, this.#aboveMsrp];
  }

  #add(costs: Costs, micros: number): void {
    this.#bits.setFloat64(0, micros);
    const bucket = (this.#bits.getUint32(0) >>> (20 - BUCKETS_PER_OCTAVE_BITS)) - BUCKET_OF_ONE;
    costs.counts[bucket]!++;
    costs.sums[bucket]! += micros;
    costs.total++;
  }

  /** By vendor id. */
  table(): Record<string, VendorFigure> {
    return Object.fromEntries(
      this.#group.vendorIds.map((id, i) => [
        id,
        {
          offers: this.#offers[i]!,
          wins: this.#wins[i]!,
          with_msrp: this.#withMsrp[i]!,
          above_msrp: this.#aboveMsrp[i]!,
          median_cost: this.#costs === null ? null : medianText(this.#costs[i]!),
        },
      ]),
    );
  }

  /**
   * What is odd about a vendor's costs, by vendor id. `before` has the figures of the published run; null if there is
   * none.
   */
  odd(before: VendorFigureTable | null): Map<string, string[]> {
    const said = Object.entries(this.table()).map(([id, now]): [string, string[]] => {
      return [id, [...movedCosts(now, before?.[id]), ...costsAboveMsrp(now)]];
    });
    return new Map(said.filter(([, texts]) => texts.length > 0));
  }
}

/** Adds numbers one by one. */
export function addTo(sums: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += more[i]!;
}

/** The mean of the middle bucket; of the lower one if there are two. */
function medianText({ counts, sums, total }: Costs): string | null {
  if (total < OFFERS_MIN) return null;
  let rank = (total - 1) >> 1;
  let bucket = 0;
  while (rank >= counts[bucket]!) rank -= counts[bucket++]!;
  const mean = sums[bucket]! / counts[bucket]! / MICROS;
  return mean < 1 ? mean.toFixed(6) : mean.toFixed(2);
}

function movedCosts({ median_cost: now }: VendorFigure, before: VendorFigure | undefined): string[] {
  const was = before?.median_cost ?? null;
  if (now === null || was === null) return [];
  const factor = Number(now) / Number(was);
  if (!(factor >= ODD_FACTOR || factor <= 1 / ODD_FACTOR)) return [];
  const size = factor >= 1 ? factor : 1 / factor;
  const power = POWERS.find(([one]) => size <= one * NEAR && size >= one / NEAR);
  const times = power === undefined ? roundText(size) : String(power[0]);
  const guess = power === undefined ? '' : ` (${power[1]})`;
  const way = factor >= 1 ? 'times as high' : 'times lower';
  return [`the middle of its costs is ${now}, in the published run it was ${was}: about ${times} ${way}${guess}`];
}

/** Factors that say what happened. */
const POWERS = [
  [10, 'a decimal mark that moved?'],
  [100, 'cents?'],
  [1000, 'a decimal mark that moved?'],
] as const;

function roundText(factor: number): string {
  return factor < 10 ? factor.toFixed(1).replace(/\.0$/, '') : factor.toFixed(0);
}

function costsAboveMsrp({ with_msrp, above_msrp }: VendorFigure): string[] {
  if (with_msrp < MSRPS_MIN || above_msrp < ODD_SHARE * with_msrp) return [];
  return [`${above_msrp} of the ${with_msrp} costs that have an MSRP beside them are above it`];
}
