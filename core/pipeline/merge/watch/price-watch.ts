/**
 * Watches winning offers for signs of a wrong feed: a cost of 0, a price below the cost, a price far below the MSRP, or
 * far from those of rivals, such as one amount in whole units in a column of cents. It changes nothing; the summary
 * warns with a count and examples. Any warning about winners belongs here.
 *
 * Called once per SKU: compares numbers, and makes an object only if there is something to report.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { toText } from '../../../bytes/text.ts';
import { CONDITIONS } from '../../../canonical.ts';
import { FAR_FACTOR, LEAST_COST } from '../../../kernel/assembly/settle-places.ts';
import type { Money } from '../../../money/money.ts';
import { type CountedExamples, EXAMPLES_MAX, WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { VendorFigureTable } from '../../../ports/publishing.ts';
import type { OfferGroup } from '../offer-group.ts';
import { FAR_BELOW, FarRivals, NOT_FAR } from './far-rivals.ts';
import { RivalGaps, type RivalGapsState } from './rival-gaps.ts';
import { addTo, VendorFigures, type VendorFiguresState } from './vendor-figures.ts';

/** A condition as offers have it: 1 + its position in `CONDITIONS`. */
const NEW = 1 + CONDITIONS.indexOf('new');
/** Characters of a SKU in an example. */
const SKU_CHARS = 60;

/** What vendors write for a price on request: 9999, 99999.9, 999999.99 and their like, and the smallest amount. */
const NINES_MIN = 9_999_000_000;
const PLACEHOLDERS = new Set([
  ...[LEAST_COST, 1000, 100, 10, 1],
  ...[4, 5, 6, 7, 8, 9].flatMap((digits) => [0, 900_000, 990_000].map((rest) => (10 ** digits - 1) * 1e6 + rest)),
]);

/** Codes of warnings. */
export const PRICE_DOUBTS = [
  'zero_cost_wins',
  'zero_price_wins',
  'price_below_cost',
  'price_far_below_msrp',
  'price_far_below_rivals',
  'price_far_above_rivals',
  'map_of_losing_vendor',
  'used_beats_new',
] as const;
export type PriceDoubtCode = (typeof PRICE_DOUBTS)[number];

/** The offer that a warning shows. */
export interface PriceExample {
  code: string;
  /** Null for a warning of the run as a whole. */
  warnedVendor: string | null;
  vendorId: string;
  rowNumber: number;
  sku: string;
  note?: string;
}

export interface PriceWatchOptions {
  roundingIncrement: Money;
  /** True if the winner's MAP is a floor of its price. */
  enforcesMap: boolean;
  /** True if the run is compared with what is published. */
  wantsCosts: boolean;
  /** The published run's figures; null if there is none. */
  figuresBefore: VendorFigureTable | null;
}

/** What of a part of a merge is added to the rest: see `absorb`. */
export interface PriceWatchState {
  findings: Map<PriceDoubtCode, CountedExamples>;
  examples: PriceExample[];
  figures: VendorFiguresState;
  gaps: RivalGapsState;
  zeroCosts: Float64Array;
  zeroPrices: Float64Array;
  placeholders: Float64Array;
}

interface NamedAmount {
  what: string;
  micros: number;
}

export class PriceWatch {
  readonly #group: OfferGroup;
  readonly #findings = new Map<PriceDoubtCode, CountedExamples>();
  readonly #enforcesMap: boolean;
  readonly examples: PriceExample[] = [];
  readonly figures: VendorFigures;
  readonly #figuresBefore: VendorFigureTable | null;
  readonly #gaps: RivalGaps;
  readonly #farRivals: FarRivals;
  /** Offers with a cost of 0, and with one that is no cost, by vendor position. */
  readonly #zeroCosts: Float64Array;
  readonly #zeroPrices: Float64Array;
  readonly #placeholders: Float64Array;

  readonly #slack: number;

  constructor(group: OfferGroup, options: PriceWatchOptions) {
    const { roundingIncrement, enforcesMap, wantsCosts, figuresBefore } = options;
    this.figures = new VendorFigures(group, { wantsCosts });
    this.#figuresBefore = figuresBefore;
    this.#gaps = new RivalGaps(group);
    this.#farRivals = new FarRivals(group);
    this.#enforcesMap = enforcesMap;
    this.#slack = Math.max(10_000, Number(roundingIncrement.toUnits(6)));
    this.#group = group;
    this.#zeroCosts = new Float64Array(group.vendorIds.length);
    this.#zeroPrices = new Float64Array(group.vendorIds.length);
    this.#placeholders = new Float64Array(group.vendorIds.length);
  }

  /** Micros that a price may lie below the cost by rounding. */
  get slack(): number {
    return this.#slack;
  }

  /** True if a winner's price may be below its MAP only by mistake. */
  get enforcesMap(): boolean {
    return this.#enforcesMap;
  }

  /** True if more of them need no example, and are only counted. */
  hasExamplesOf(code: PriceDoubtCode): boolean {
    return (this.#findings.get(code)?.examples.length ?? 0) >= WARNING_EXAMPLES_MAX;
  }

  /** Counts findings that were made elsewhere. */
  addFound(code: PriceDoubtCode, count: number): void {
    this.#finding(code).count += count;
  }

  state(): PriceWatchState {
    return {
      ...{ findings: this.#findings, examples: this.examples },
      ...{ figures: this.figures.state(), gaps: this.#gaps.state() },
      ...{ zeroCosts: this.#zeroCosts, zeroPrices: this.#zeroPrices, placeholders: this.#placeholders },
    };
  }

  /** Adds what later SKUs gave. */
  absorb({ findings, examples, figures, gaps, ...counts }: PriceWatchState): void {
    for (const [code, more] of findings) {
      const own = this.#finding(code);
      own.count += more.count;
      own.examples.push(...more.examples.slice(0, WARNING_EXAMPLES_MAX - own.examples.length));
    }
    this.examples.push(...examples);
    this.figures.absorb(figures);
    this.#gaps.absorb(gaps);
    addTo(this.#zeroCosts, counts.zeroCosts);
    addTo(this.#zeroPrices, counts.zeroPrices);
    addTo(this.#placeholders, counts.placeholders);
  }

  #finding(code: PriceDoubtCode): CountedExamples {
    const known = this.#findings.get(code);
    if (known !== undefined) return known;
    const finding = { count: 0, examples: [] };
    this.#findings.set(code, finding);
    return finding;
  }

  /** Looks at the offers of a SKU and the one that won at a price in millionths. */
  look(winner: number, micros: number): void {
    const group = this.#group;
    this.figures.look(winner);
    const cost = group.cost[winner]!;
    for (let i = 0; i < group.count; i++) {
      // without a cost the feed's own price counts
      const isPrice = group.cost[i]! < 0;
      const each = isPrice ? group.price[i]! : group.cost[i]!;
      if (each === 0)
        this.#count(isPrice ? 'zero_prices' : 'zero_costs', isPrice ? this.#zeroPrices : this.#zeroCosts, i);
      else if ((each >= NINES_MIN || each <= LEAST_COST) && PLACEHOLDERS.has(each))
        this.#count('placeholder_costs', this.#placeholders, i);
    }
    if (cost === 0) this.#note('zero_cost_wins', winner, micros);
    else if (micros === 0) this.#note('zero_price_wins', winner, micros);
    const landed = group.landed[winner]!;
    if (micros + this.#slack < landed) {
      const what = landed === cost ? 'cost' : 'landed cost';
      this.#note('price_below_cost', winner, micros, { what, micros: landed });
    }
    const msrp = group.msrp[winner]!;
    if (group.layout.msrp && msrp > 0 && micros * FAR_FACTOR < msrp) {
      this.#note('price_far_below_msrp', winner, micros, { what: 'MSRP', micros: msrp });
    }
    if (group.count === 1) return;
    this.#lookAtRivals(winner, micros);
    if (group.condition[winner]! > NEW) this.#lookAtNew(winner, micros);
    if (this.#enforcesMap && group.mapPrice[winner]! <= 0) this.#lookAtMaps(winner, micros);
  }

  /** `counts` is by vendor position. */
  #count(code: 'zero_costs' | 'zero_prices' | 'placeholder_costs', counts: Float64Array, offer: number): void {
    const vendor = this.#group.vendor[offer]!;
    counts[vendor]!++;
    if (counts[vendor]! > EXAMPLES_MAX) return;
    const { cost, price } = this.#group;
    const amount = cost[offer]! < 0 ? `price ${amountText(price[offer]!)}` : `cost ${amountText(cost[offer]!)}`;
    const note = code === 'placeholder_costs' ? { note: amount } : {};
    this.examples.push({ code, warnedVendor: this.#group.vendorIds[vendor]!, ...this.#place(offer), ...note });
  }

  /** The first new offer that can be priced, beside used or refurbished goods that won. */
  #lookAtNew(winner: number, micros: number): void {
    const { count, condition, cost, price, vendor, vendorIds } = this.#group;
    for (let i = 0; i < count; i++) {
      const amount = cost[i]! >= 0 ? cost[i]! : price[i]!;
      if (condition[i] !== NEW || amount < 0) continue;
      const what = `${CONDITIONS[condition[winner]! - 1]}, new from ${vendorIds[vendor[i]!]} at a ${cost[i]! >= 0 ? 'cost' : 'price'} of`;
      this.#note('used_beats_new', winner, micros, { what, micros: amount });
      return;
    }
  }

  /** The highest MAP that another vendor gives. */
  #lookAtMaps(winner: number, micros: number): void {
    const group = this.#group;
    let highest = winner;
    for (let i = 0; i < group.count; i++) {
      const isOther = group.vendor[i] !== group.vendor[winner];
      if (isOther && group.mapPrice[i]! > group.mapPrice[highest]!) highest = i;
    }
    const map = group.mapPrice[highest]!;
    if (micros >= map) return;
    const what = `MAP of ${group.vendorIds[group.vendor[highest]!]}`;
    this.#note('map_of_losing_vendor', winner, micros, { what, micros: map });
  }

  #lookAtRivals(winner: number, micros: number): void {
    const far = this.#farRivals.look(winner);
    if (far === NOT_FAR) return;
    const { column, median } = this.#farRivals;
    const other = { what: 'median of rivals', micros: median };
    this.#gaps.note(winner, column, far);
    if (far === FAR_BELOW) this.#note('price_far_below_rivals', winner, micros, other);
    else this.#note('price_far_above_rivals', winner, micros, other);
  }

  /** `other` is the amount that the price is compared with. */
  #note(code: PriceDoubtCode, winner: number, micros: number, other: NamedAmount | null = null): void {
    const finding = this.#finding(code);
    finding.count++;
    if (finding.examples.length >= WARNING_EXAMPLES_MAX) return;
    const group = this.#group;
    const sku = toText(group.sku, 0, group.skuLength);
    const shown = sku.length > SKU_CHARS ? `${sku.slice(0, SKU_CHARS)}…` : sku;
    const vendor = group.vendorIds[group.vendor[winner]!]!;
    const beside = other === null ? '' : `, ${other.what} ${amountText(other.micros)}`;
    const amounts = `at ${amountText(micros)}`;
    if (finding.examples.length < EXAMPLES_MAX)
      this.examples.push({ code, warnedVendor: null, ...this.#place(winner), note: `${amounts}${beside}` });
    finding.examples.push(`${shown} ${amounts} from ${vendor}${beside}`);
  }

  #place(offer: number): Pick<PriceExample, 'vendorId' | 'rowNumber' | 'sku'> {
    const group = this.#group;
    const vendorId = group.vendorIds[group.vendor[offer]!]!;
    return { vendorId, rowNumber: group.rowNumber[offer]!, sku: shownSku(toText(group.sku, 0, group.skuLength)) };
  }

  /** As `code:detail`: the count, then examples. */
  warnings(): string[] {
    const group = this.#group;
    const zeros = group.vendorIds.flatMap((vendor, i) => [
      ...(this.#zeroCosts[i] === 0 ? [] : [`zero_costs:${vendor}:${this.#zeroCosts[i]}`]),
      ...(this.#zeroPrices[i] === 0 ? [] : [`zero_prices:${vendor}:${this.#zeroPrices[i]}`]),
      ...(this.#placeholders[i] === 0 ? [] : [`placeholder_costs:${vendor}:${this.#placeholders[i]}`]),
    ]);
    const findings = PRICE_DOUBTS.flatMap((code) => {
      const finding = this.#findings.get(code);
      return finding === undefined ? [] : [`${code}:${finding.count}:${finding.examples.join('; ')}`];
    });
    return [...zeros, ...this.#oddVendors(), ...findings];
  }

  #oddVendors(): string[] {
    const odd = this.figures.odd(this.#figuresBefore);
    const gap = this.#gaps.odd([...odd.keys()]);
    if (gap !== null) odd.set(gap.vendorId, [...(odd.get(gap.vendorId) ?? []), gap.text]);
    return [...odd].flatMap(([vendor, texts]) => [`vendor_costs_odd:${vendor}:${texts.join('; ')}`]);
  }
}

/** Micros as a decimal, with two decimals at least and no zeros after them. */
export function amountText(micros: number): string {
  const digits = String(Math.round(micros)).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '').padEnd(2, '0');
  return `${digits.slice(0, -6)}.${fraction}`;
}
