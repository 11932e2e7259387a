/** Watches pricing rules and merge strategies: the offers they receive and what they answer. */
import { isReason } from '../../core/explain/offers/offers.ts';
import { withKnownMembers } from '../../core/known-members.ts';
import { Money } from '../../core/money/money.ts';
import { DECLARED_FIELDS, undeclaredField } from '../../core/pipeline/merge/offer-group.ts';
import type { MergeStrategy, Offer, PricingRule } from '../../core/plugin.ts';
import { type Lent, view } from './views.ts';
import { typeName, type Watch } from './watch.ts';

export function watchedRule(rule: PricingRule, watch: Watch): PricingRule {
  return {
    ...(rule.floor === undefined ? {} : { floor: (offer: Offer) => watchedFloor(rule, offer, watch) }),
    price: ({ offer, price, floor = null }) => {
      const seen = lentOffer(offer, watch);
      const step = view(withKnownMembers('a step', { offer: seen.value, price, floor }), 'a step', watch);
      const answer: unknown = rule.price(step.value);
      step.end();
      seen.end();
      if (answer !== null && !(answer instanceof Money)) {
        watch.blame('answers', `price gives ${typeName(answer)}, not Money or null`);
      } else if (watch.keepsCalls) watch.priced.push({ offer: copyOf(offer), price, floor, answer });
      return answer as Money | null;
    },
  };
}

function watchedFloor(rule: PricingRule, offer: Offer, watch: Watch): Money | null {
  const seen = lentOffer(offer, watch);
  const answer: unknown = rule.floor!(seen.value);
  seen.end();
  if (answer !== null && !(answer instanceof Money)) {
    watch.blame('answers', `floor gives ${typeName(answer)}, not Money or null`);
  }
  return answer as Money | null;
}

export function watchedStrategy(strategy: MergeStrategy, watch: Watch): MergeStrategy {
  const { leadTimeFallbackDays: days } = strategy;
  let last: { a: Offer; b: Offer; answer: number } | null = null;
  return {
    leadTimeFallbackDays: days,
    ...(strategy.compare === undefined
      ? {}
      : {
          compare: (a: Offer, b: Offer) => {
            const [first, second] = [lentOffer(a, watch), lentOffer(b, watch)];
            const answer = strategy.compare!(first.value, second.value);
            first.end();
            second.end();
            if (watch.keepsCalls) watch.groups.push({ offers: [copyOf(a), copyOf(b)], answer: [] });
            if (typeof answer !== 'number' || Number.isNaN(answer)) {
              watch.blame('answers', `compare gives ${typeName(answer)}, not a number`);
            }
            watchWhy(strategy, answer > 0 ? [b, a] : [a, b], watch);
            // the engine asks the other way round and fails the run for another answer; the check `state` says more of it
            const isBack = last !== null && last.a === b && last.b === a && typeof answer === 'number';
            const given = isBack ? -(last?.answer ?? 0) : answer;
            last = isBack ? null : { a, b, answer };
            return given;
          },
        }),
    ...(strategy.choose === undefined
      ? {}
      : { choose: (offers: readonly Offer[]) => watchedChoice(strategy, offers, watch) }),
  };
}

/** Only receipts call this hook, and they ignore answers of a wrong form. */
function watchWhy(strategy: MergeStrategy, offers: [better: Offer, worse: Offer], watch: Watch): void {
  if (strategy.why === undefined) return;
  const [better, worse] = offers.map((offer) => lentOffer(offer, watch)) as [Lent<Offer>, Lent<Offer>];
  try {
    const answer: unknown = strategy.why(better.value, worse.value);
    if (answer !== null && !isReason(answer))
      watch.blame('answers', `why gives ${typeName(answer)}, not { criterion, better, worse } of texts, or null`);
  } catch (error) {
    watch.blame('answers', `why throws: ${error instanceof Error ? error.message : String(error)}`);
  }
  better.end();
  worse.end();
}

function watchedChoice(strategy: MergeStrategy, offers: readonly Offer[], watch: Watch): readonly Offer[] {
  const views = offers.map((offer) => lentOffer(offer, watch));
  const handed = views.map((one) => one.value);
  const chosen: unknown = strategy.choose!(handed);
  if (handed.length !== views.length || views.some((one, i) => handed[i] !== one.value)) {
    watch.blame('mutation', 'it changes the list of offers that it is handed');
  }
  const own = new Map(views.map((one, i) => [one.value, offers[i]!]));
  const list = Array.isArray(chosen) ? chosen : null;
  if (list === null || list.some((one) => !own.has(one)) || new Set(list).size < list.length) {
    watch.blame(
      'answers',
      `choose gives ${oddChoice(chosen, own)}; it must give a list of the offers that it was handed, each once at the most`,
    );
  }
  for (const one of views) one.end();
  const [winner, loser] = (list ?? []).flatMap((one) => own.get(one) ?? []);
  if (winner !== undefined && loser !== undefined) watchWhy(strategy, [winner, loser], watch);
  const answer = (list ?? []).flatMap((one) => own.get(one) ?? []);
  if (watch.keepsCalls) watch.groups.push({ offers: offers.map(copyOf), answer: answer.map(copyOf) });
  return answer;
}

function oddChoice(chosen: unknown, own: ReadonlyMap<Offer, Offer>): string {
  if (!Array.isArray(chosen)) return typeName(chosen);
  const odd = chosen.findIndex((one) => !own.has(one));
  if (odd >= 0) return `${typeName(chosen[odd])} as element ${odd}, which is none of the offers`;
  return `element ${chosen.findIndex((one, i) => chosen.indexOf(one) < i)} again`;
}

/**
 * An offer with only the columns of this plugin's manifest: it must not rely on columns that other plugins or the
 * output carry.
 */
function lentOffer(offer: Offer, watch: Watch): Lent<Offer> {
  return view(offer, `the offer for ${offer.sku}`, watch, (name) => {
    if (!isOptional(name) || watch.reads.includes(DECLARED_FIELDS[name])) return;
    throw undeclaredField(name);
  });
}

function isOptional(name: string | symbol): name is keyof typeof DECLARED_FIELDS {
  return Object.hasOwn(DECLARED_FIELDS, name);
}

const OFFER_FIELDS = [
  ...['sku', 'vendorId', 'rowNumber', 'quantity', 'leadTimeDays', 'cost', 'mapPrice', 'price', 'costMicros'],
  ...[
    'mapPriceMicros',
    'priceMicros',
    'landedCost',
    'landedCostMicros',
    'msrp',
    'condition',
    'vendorSku',
    'brand',
    'title',
    'updatedAt',
  ],
] as ReadonlyArray<keyof Offer>;

/** A copy of the offer: the engine's own is valid only during the call. */
function copyOf(offer: Offer): Offer {
  return Object.fromEntries(OFFER_FIELDS.map((name) => [name, readable(offer, name)])) as unknown as Offer;
}

/** A column that the manifest does not name may be absent. */
function readable(offer: Offer, name: keyof Offer): unknown {
  try {
    return offer[name];
  } catch {
    return null;
  }
}
