/**
 * Counts SKUs for which one vendor has several rows with different quantities, costs or prices, while the config does
 * not say what such rows mean. By default each is an offer and the best one wins, although it may be outdated, only a
 * part of the stock, or another article. Rows with different conditions are different offers.
 *
 * Called once per SKU with several offers: compares numbers, and makes an object only if there is something to report.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { shownSku } from '../../../bytes/signs/sku-signs.ts';
import { toText } from '../../../bytes/text.ts';
import { type CountedExamples, EXAMPLES_MAX, WARNING_EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { OfferGroup } from '../offer-group.ts';
import type { PriceExample } from './price-watch.ts';

export const DUPLICATES_DIFFER = 'duplicate_rows_differ';

export interface DuplicateRowsState {
  /** By vendor position. */
  findings: Map<number, CountedExamples>;
  examples: PriceExample[];
}

export class DuplicateRows {
  readonly examples: PriceExample[] = [];
  readonly #group: OfferGroup;
  /** By vendor position: true if the config says what several rows for a SKU mean. */
  readonly #areDeclared: readonly boolean[];
  readonly #findings = new Map<number, CountedExamples>();

  constructor(group: OfferGroup, areDeclared: readonly boolean[]) {
    this.#group = group;
    this.#areDeclared = areDeclared;
  }

  /** Looks at the offers of a SKU, which are in vendor order; each vendor counts once. */
  look(): void {
    const { count, vendor } = this.#group;
    let noted = -1;
    for (let i = 1; i < count; i++) {
      const isSame = vendor[i] === vendor[i - 1] && vendor[i] !== noted;
      if (!isSame || this.#areDeclared[vendor[i]!]! || !this.#differ(i - 1, i)) continue;
      noted = vendor[i]!;
      this.#note(i);
    }
  }

  #differ(a: number, b: number): boolean {
    const { condition, quantity, cost, price } = this.#group;
    if (condition[a] !== condition[b]) return false;
    return quantity[a] !== quantity[b] || cost[a] !== cost[b] || price[a] !== price[b];
  }

  #note(offer: number): void {
    const group = this.#group;
    const vendor = group.vendor[offer]!;
    const finding = this.#findings.get(vendor) ?? { count: 0, examples: [] };
    this.#findings.set(vendor, finding);
    finding.count++;
    if (finding.examples.length >= WARNING_EXAMPLES_MAX) return;
    const vendorId = group.vendorIds[vendor]!;
    const sku = shownSku(toText(group.sku, 0, group.skuLength));
    const [first, second] = [group.rowNumber[offer - 1]!, group.rowNumber[offer]!];
    // rows of one file are in order
    const inOther = second > first ? '' : ' of another file';
    finding.examples.push(`${sku} in rows ${first} and ${second}${inOther}`);
    if (finding.examples.length > EXAMPLES_MAX) return;
    this.examples.push({
      code: DUPLICATES_DIFFER,
      warnedVendor: vendorId,
      vendorId,
      rowNumber: second,
      sku,
      note: `also in row ${first}${inOther}`,
    });
  }

  state(): DuplicateRowsState {
    return { findings: this.#findings, examples: this.examples };
  }

  /** Adds what later SKUs gave. */
  absorb({ findings, examples }: DuplicateRowsState): void {
    for (const [vendor, more] of findings) {
      const own = this.#findings.get(vendor) ?? { count: 0, examples: [] };
      this.#findings.set(vendor, own);
      own.count += more.count;
      own.examples.push(...more.examples.slice(0, WARNING_EXAMPLES_MAX - own.examples.length));
    }
    this.examples.push(...examples);
  }

  /** As `code:vendor:number:examples`. */
  warnings(): string[] {
    const findings = [...this.#findings].sort(([a], [b]) => a - b);
    return findings.map(([vendor, { count, examples }]) => {
      return `${DUPLICATES_DIFFER}:${this.#group.vendorIds[vendor]}:${count}:${examples.join('; ')}`;
    });
  }
}
