/**
 * Applies the tenant's quantity rules to the offers of a SKU: buffers, caps and least quantities, before offers are compared.
 *
 * `apply` starts from the quantity that the offer represents (`OfferGroup.sum`), so that it may be called again after a prune.
 * Only a tenant with rules pays for it: once per offer of a vendor that has rules, numbers only unless a rule names brands.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { COLUMN } from '../../../canonical.ts';
import type { QuantityRule } from '../../../config/quantity.ts';
import { foldedBrand } from '../../../text/brand.ts';
import type { OfferGroup } from '../offer-group.ts';

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

interface BoundRule {
  /** Its place in the config. */
  index: number;
  /** In folded form; null for any brand. */
  brands: ReadonlySet<string> | null;
  units: number;
  /** The share is `share / shareOf`. */
  share: bigint;
  shareOf: bigint;
  cap: number;
  minToList: number;
}

/** A part of a rule that changed a quantity, by its path in the config. */
export interface QuantityStep {
  rule: string;
  before: number;
  after: number;
}

export class QuantityRules {
  readonly #group: OfferGroup;
  /** By vendor position. */
  readonly #rules: ReadonlyArray<readonly BoundRule[]>;

  constructor(group: OfferGroup, rules: readonly QuantityRule[]) {
    this.#group = group;
    this.#rules = group.vendorIds.map((id) =>
      rules.map(bound).filter((_, i) => rules[i]!.vendors?.includes(id) ?? true),
    );
  }

  /** Sets the quantity of the offer at a position. */
  apply(offer: number): void {
    const group = this.#group;
    const rules = this.#rules[group.vendor[offer]!]!;
    if (rules.length === 0) return;
    let quantity = group.sum[offer]!;
    for (const rule of rules) if (this.#isFor(rule, offer)) quantity = applied(rule, quantity);
    group.quantity[offer] = quantity;
  }

  /** What each part of the rules does to the quantity of the offer at a position, for a person to read. */
  stepsOf(offer: number): QuantityStep[] {
    const group = this.#group;
    const steps: QuantityStep[] = [];
    let before = group.sum[offer]!;
    for (const rule of this.#rules[group.vendor[offer]!]!) {
      if (!this.#isFor(rule, offer)) continue;
      for (const [part, after] of partsOf(rule, before)) {
        if (after === before) continue;
        steps.push({ rule: `quantity.rules[${rule.index}].${part}`, before, after });
        before = after;
      }
    }
    return steps;
  }

  #isFor({ brands }: BoundRule, offer: number): boolean {
    return brands === null || brands.has(foldedBrand(this.#group.textOf(offer, COLUMN.brand) ?? ''));
  }
}

function bound({ brands, buffer, cap, min_to_list }: QuantityRule, index: number): BoundRule {
  return {
    index,
    brands: brands === undefined ? null : new Set(brands.map(foldedBrand)),
    units: buffer.units,
    share: buffer.pct.units,
    shareOf: 10n ** BigInt(buffer.pct.scale),
    cap: cap ?? MAX_SAFE,
    minToList: min_to_list ?? 0,
  };
}

function applied(rule: BoundRule, quantity: number): number {
  return listed(rule, Math.min(buffered(rule, quantity), rule.cap));
}

/** The same, part by part. */
function partsOf(rule: BoundRule, quantity: number): Array<[string, number]> {
  const left = buffered(rule, quantity);
  const capped = Math.min(left, rule.cap);
  return [
    ['buffer', left],
    ['cap', capped],
    ['min_to_list', listed(rule, capped)],
  ];
}

function buffered({ units, share, shareOf }: BoundRule, quantity: number): number {
  return Math.max(0, quantity - units - shareOfQuantity(quantity, share, shareOf));
}

function listed({ minToList }: BoundRule, quantity: number): number {
  return quantity < minToList ? 0 : quantity;
}

/** Rounded up to whole units, exactly. */
function shareOfQuantity(quantity: number, share: bigint, shareOf: bigint): number {
  if (share === 0n) return 0;
  return Number((BigInt(quantity) * share + shareOf - 1n) / shareOf);
}
