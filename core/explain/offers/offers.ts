/**
 * Looks at a settled SKU: how its offers were ranked, why each one lost, and how every pricing rule changed the price.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns

import { toText } from '../../bytes/text.ts';
import { COLUMN, CONDITIONS } from '../../canonical.ts';
import type { PluginUse, TenantConfig } from '../../config/schema.ts';
import { thrownText } from '../../errors.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import type { Money } from '../../money/money.ts';
import { type PricingDefaults, pricingUses } from '../../pipeline/bind.ts';
import { NONE_CHOSEN } from '../../pipeline/merge/choose.ts';
import type { OfferGroup, OfferView } from '../../pipeline/merge/offer-group.ts';
import { timeText } from '../../pipeline/merge/output.ts';
import { explainedSteps, type TakenStep } from '../../pipeline/merge/price-chain.ts';
import { QuantityRules, type QuantityStep } from '../../pipeline/merge/terms/quantity-rules.ts';
import type { BoundTerms } from '../../pipeline/merge/terms/vendor-terms.ts';
import { isBelowCost, unitsOf } from '../../pipeline/publish/tables/cells.ts';
import type { MergeStrategy, Offer } from '../../plugin.ts';
import { answerName } from '../../plugin-call.ts';
import type { Registry } from '../../registry.ts';
import type { ExplainedStep, LandedCost, LostBy, OfferResult, PriceDoubt } from '../receipt/receipt.ts';
import { priceDoubts } from './doubts.ts';
import type { SettledSku } from './replay.ts';

export interface SeenOffer {
  /** The vendor's id, and the offer's place among those of the vendor. */
  vendorId: string;
  place: number;
  result: OfferResult;
  rank: number | null;
  lostBy: LostBy | null;
  quantity: { feed: number; offered: number; steps: QuantityStep[] };
  landedCost: LandedCost | null;
  /** Exact amounts by column, for the columns that the run carries. */
  exact: Readonly<Record<string, string | null>>;
  /** What one unit of the vendor's currency was worth in the tenant's; null if it is the same. */
  rate: string | null;
}

export interface SeenSku {
  outcome: 'priced' | 'unpriced' | 'left_out';
  offers: SeenOffer[];
  /** The vendor of the winner, or of the best offer if none has a price. */
  pricedVendor: string | null;
  price: Money | null;
  steps: TakenStep[];
  /** The winner's row in the feed's format, without its line end; null without a winner. */
  row: string | null;
  /** The same with the published price, if that is held. */
  heldRow: string | null;
  /** The winner's landed cost if the published price is below it; else null. */
  costAboveHeld: Money | null;
  doubts: PriceDoubt[];
}

/** The published price of a SKU that is held. */
export interface HeldPrice {
  price: Money;
  decimals: MoneyDecimals;
  /** True if `publish.holds.held_below_cost` gives such a SKU a quantity of zero. */
  zeroesBelowCost: boolean;
}

/** The rules of the config with their options, in their order; the last ones are the floors. */
export function namedSteps(
  config: TenantConfig,
  { registry, pricing }: { registry: Registry; pricing: PricingDefaults },
  steps: SeenSku['steps'],
): ExplainedStep[] {
  const { chain, floors } = pricingUses(config, pricing);
  return [...chain, ...floors].map((use, i) => {
    const { before = null, after = null, liftedBy = null } = steps[i] ?? {};
    return {
      rule: use.use,
      is_floor: i >= chain.length,
      options: optionsAsJson(registry, use),
      before: before?.toString() ?? null,
      after: after?.toString() ?? null,
      lifted_by: liftedBy === null ? null : { rule: liftedBy.rule, floor: liftedBy.amount.toString() },
    };
  });
}

function optionsAsJson(registry: Registry, use: PluginUse): unknown {
  const options = registry.find('pricing', use.use)?.manifest.options.parse(use.with ?? {});
  // money becomes text
  return options === undefined ? null : JSON.parse(JSON.stringify(options));
}

/** Copies everything: the group and its views are valid only during the call. */
export function lookAtSku(seen: SettledSku, held: HeldPrice | null, config: TenantConfig): SeenSku {
  const { group, chooser, winner, price, plugins, output } = seen;
  const single = group.count === 1 && plugins.strategy.strategy.choose === undefined;
  const ranked: readonly Offer[] = single ? [group.view(0)] : chooser.ranked;
  const places = ranked.map((offer) => (offer as OfferView).index);
  const best = winner >= 0 ? winner : (places[0] ?? -1);
  const offers: SeenOffer[] = [];
  const quantities = new QuantityRules(group, config.quantity.rules);
  for (let i = 0; i < group.count; i++) offers.push(seenOffer(seen, i, { places, quantities }));
  const isHeldBelowCost =
    held !== null &&
    winner >= 0 &&
    isBelowCost(unitsOf(held.price, held.decimals), group.landed[winner]!, held.decimals);
  const rowAt = (at: Money | null) => {
    if (winner < 0 || at === null) return null;
    const start = output.used;
    output.writeRow(winner, at.toUnits(output.decimals));
    const text = toText(output.bytes, start, output.used - 1);
    output.takeBack(start);
    return text;
  };
  return {
    outcome: winner >= 0 ? 'priced' : winner === NONE_CHOSEN ? 'left_out' : 'unpriced',
    offers,
    pricedVendor: best < 0 ? null : group.vendorIds[group.vendor[best]!]!,
    price,
    steps: best < 0 ? [] : explainedSteps(group.view(best), plugins.rules),
    row: rowAt(price),
    heldRow:
      isHeldBelowCost && held.zeroesBelowCost
        ? zeroedRow(group, winner, () => rowAt(held.price))
        : rowAt(held?.price ?? null),
    costAboveHeld: isHeldBelowCost ? group.view(winner).landedCost : null,
    doubts: priceDoubts(seen, config),
  };
}

function zeroedRow(group: OfferGroup, winner: number, row: () => string | null): string | null {
  const quantity = group.quantity[winner]!;
  group.quantity[winner] = 0;
  const text = row();
  group.quantity[winner] = quantity;
  return text;
}

function seenOffer(
  seen: SettledSku,
  i: number,
  { places, quantities }: { places: readonly number[]; quantities: QuantityRules },
): SeenOffer {
  const { group, winner, policies, terms } = seen;
  const vendor = group.vendor[i]!;
  let place = 0;
  for (let j = 0; j < i; j++) if (group.vendor[j] === vendor) place++;
  const rank = places.indexOf(i);
  const winnerRank = winner < 0 ? Number.POSITIVE_INFINITY : places.indexOf(winner);
  const result = resultOf({ isWinner: i === winner, rank, winnerRank, policy: policies[vendor] ?? 'best' });
  let lostBy = result === 'lost' && winner >= 0 ? lossTo(seen, i, { winnerRank, rank }) : null;
  if (result === 'duplicate') lostBy = { criterion: `duplicate_sku: ${policies[vendor]}`, own: null, winner: null };
  if (result === 'no_price') lostBy = NO_PRICE;
  return {
    vendorId: group.vendorIds[vendor]!,
    place,
    result,
    rank: rank < 0 ? null : rank + 1,
    lostBy,
    quantity: {
      feed: group.sum[i]!,
      offered: group.quantity[i]!,
      steps: result === 'duplicate' ? [] : quantities.stepsOf(i),
    },
    landedCost: landedCostOf(group.view(i), terms?.[vendor] ?? null),
    exact: exactOf(group.view(i), group, i),
    rate: terms?.[vendor]?.rate?.toString() ?? null,
  };
}

function landedCostOf({ cost, landedCost }: OfferView, bound: BoundTerms | null): LandedCost | null {
  if (bound === null || cost === null || landedCost === null) return null;
  const { handling_pct, handling_fixed } = bound.terms;
  return {
    cost: cost.toString(),
    handling_pct: handling_pct.toString(),
    handling_fixed: handling_fixed.toString(),
    landed_cost: landedCost.toString(),
  };
}

/** Why an offer that is ranked before the winner did not win. */
const NO_PRICE: LostBy = { criterion: 'price', own: null, winner: null };

/** What an offer of the ranking lost by. */
export function lossOf(seen: SettledSku, i: number): LostBy {
  const places = seen.chooser.ranked.map((offer) => (offer as OfferView).index);
  const [winnerRank, rank] = [places.indexOf(seen.winner), places.indexOf(i)];
  return rank < winnerRank ? NO_PRICE : lossTo(seen, i, { winnerRank, rank });
}

function lossTo(
  { group, winner, plugins }: SettledSku,
  i: number,
  { winnerRank, rank }: { winnerRank: number; rank: number },
): LostBy {
  const { strategy, name } = plugins.strategy;
  const [better, worse] = [group.view(winner), group.view(i)];
  const said = decided(strategy, better, worse);
  const fallback = () => (isTie(strategy, better, worse) ? tieLoss(better, worse) : rankLoss(name, winnerRank, rank));
  const lostBy = (typeof said === 'object' ? said : null) ?? fallback();
  return typeof said === 'string' ? { ...lostBy, criterion: `${lostBy.criterion} (${said})` } : lostBy;
}

function resultOf({
  isWinner,
  rank,
  winnerRank,
  policy,
}: {
  isWinner: boolean;
  rank: number;
  winnerRank: number;
  policy: string;
}): OfferResult {
  if (isWinner) return 'won';
  if (rank < 0) return policy === 'best' || policy === 'error' ? 'left_out' : 'duplicate';
  return rank < winnerRank ? 'no_price' : 'lost';
}

/**
 * What the strategy's own `why` says; null if it says nothing, or a text that says what is wrong with its answer. The
 * ranking is the same either way.
 */
function decided(strategy: MergeStrategy, winner: Offer, offer: Offer): LostBy | string | null {
  try {
    const why: unknown = strategy.why?.(winner, offer) ?? null;
    if (why === null) return null;
    if (!isReason(why)) return `its why() gave ${answerName(why)} that is no reason`;
    return { criterion: why.criterion, own: why.worse, winner: why.better };
  } catch (error) {
    return `its why() failed: ${thrownText(error).slice(0, FAULT_CHARS)}`;
  }
}

/** A plugin's error message is cut to this many characters. */
const FAULT_CHARS = 200;

/** True if `why` of a strategy returned a valid reason: a plugin may return anything. */
export function isReason(why: unknown): why is { criterion: string; better: string | null; worse: string | null } {
  if (typeof why !== 'object' || why === null) return false;
  const { criterion, better, worse } = why as Record<string, unknown>;
  return typeof criterion === 'string' && [better, worse].every((one) => one === null || typeof one === 'string');
}

/** True if no criterion of the strategy decides between the two offers. */
export function isTie(strategy: MergeStrategy, winner: Offer, offer: Offer): boolean {
  try {
    return strategy.compare?.(winner, offer) === 0;
  } catch {
    return false;
  }
}

function rankLoss(strategy: string, winnerRank: number, rank: number): LostBy {
  return { criterion: `rank by ${strategy}`, own: String(rank + 1), winner: String(winnerRank + 1) };
}

/** Nothing in the strategy decides, so the order of vendors and rows does. */
function tieLoss(winner: Offer, offer: Offer): LostBy {
  if (winner.vendorId !== offer.vendorId)
    return { criterion: 'vendor_id', own: offer.vendorId, winner: winner.vendorId };
  return { criterion: 'row order', own: null, winner: null };
}

function exactOf(view: OfferView, group: OfferGroup, i: number): Record<string, string | null> {
  const { layout } = group;
  const texts = layout.texts.filter((position) => position < COLUMN.updated_at);
  const seconds = group.updatedAt[i]!;
  return {
    lead_time_days: view.leadTimeDays === null ? null : String(view.leadTimeDays),
    cost: view.cost?.toString() ?? null,
    map_price: view.mapPrice?.toString() ?? null,
    price: view.price?.toString() ?? null,
    condition: CONDITIONS[group.condition[i]! - 1] ?? null,
    ...(layout.msrp ? { msrp: group.msrpOf(i)?.toString() ?? null } : {}),
    ...(layout.updatedAt && !Number.isNaN(seconds) ? { updated_at: timeText(seconds) } : {}),
    ...(texts.includes(COLUMN.brand) ? { brand: group.textOf(i, COLUMN.brand) } : {}),
    ...(texts.includes(COLUMN.title) ? { title: group.textOf(i, COLUMN.title) } : {}),
  };
}
