/** Checks that a price or ranking depends only on its own offers, and that a comparison is a consistent order. */
import type { MergeStrategy, Offer, PriceStep, PricingRule } from '../../core/plugin.ts';
import { snapshot } from './snapshot.ts';
import { view } from './views.ts';
import { Watch } from './watch.ts';

/** So many offers of one SKU are compared with each other, in all triples. */
const OFFERS_MAX = 8;

/** Asks a fresh rule for the same prices, in reverse order. */
export function pricingOrderProblems(watch: Watch): string[] {
  const rule = watch.fresh() as PricingRule;
  const odd = watch.priced.toReversed().find(({ offer, price, floor, answer }) => {
    return snapshot(rule.price(lentStep({ offer, price, floor }))) !== snapshot(answer);
  });
  return odd === undefined ? [] : [`the price of ${odd.offer.sku} depends on what was priced before`];
}

/** A copy without protection: another check reports writes to it. */
function lentStep(step: PriceStep): PriceStep {
  return view(step, 'a step', new Watch()).value;
}

export function mergeOrderProblems(watch: Watch): string[] {
  const strategy = watch.fresh() as MergeStrategy;
  const problems: string[] = [];
  for (const { offers, answer } of strategy.choose === undefined ? [] : watch.groups.toReversed()) {
    const again = strategy.choose!(offers);
    if (snapshot(again) !== snapshot(answer))
      problems.push(`the choice for ${offers[0]?.sku} depends on what was chosen before`);
  }
  if (strategy.choose === undefined && strategy.compare !== undefined) {
    const compare = strategy.compare.bind(strategy);
    for (const offers of bySku(watch)) problems.push(...comparisonProblems(offers.slice(0, OFFERS_MAX), compare));
  }
  return [...new Set(problems)];
}

function bySku(watch: Watch): Offer[][] {
  const skus = new Map<string, Map<string, Offer>>();
  for (const offer of watch.groups.flatMap(({ offers }) => offers)) {
    const offers = skus.get(offer.sku) ?? new Map<string, Offer>();
    skus.set(offer.sku, offers.set(`${offer.vendorId} ${offer.rowNumber}`, offer));
  }
  return [...skus.values()].map((offers) => [...offers.values()]);
}

function comparisonProblems(offers: readonly Offer[], compare: (a: Offer, b: Offer) => number): string[] {
  const sku = offers[0]?.sku;
  const name = (offer: Offer) => `${offer.vendorId} row ${offer.rowNumber}`;
  for (const a of offers) {
    if (compare(a, a) !== 0) return [`${sku}: compare says that ${name(a)} differs from itself`];
    for (const b of offers) {
      if (Math.sign(compare(a, b)) !== -Math.sign(compare(b, a))) {
        return [
          `${sku}: compare says one thing of ${name(a)} and ${name(b)}, and another of the two the other way round`,
        ];
      }
      for (const c of offers) {
        if (compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) > 0) {
          return [`${sku}: compare goes round in a circle: ${name(a)}, ${name(b)}, ${name(c)}`];
        }
      }
    }
  }
  return [];
}
