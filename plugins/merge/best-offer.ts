/** `best_offer`: compares offers by the tenant's criteria in order. */
// biome-ignore-all lint/style/noNonNullAssertion: positions are those of offers
import { z } from 'zod';
import { type OfferColumns, withColumnOrder } from '../../core/column-order.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import {
  ORDER_IN_STOCK,
  ORDER_LANDED,
  ORDER_LEAD_TIME,
  ORDER_NEWEST,
  ORDER_QUANTITY,
  ORDER_VENDOR,
} from '../../core/kernel/assembly/settle-places.ts';
import type { Money } from '../../core/money/money.ts';
import type { ConfigProblem, MergeStrategy, Offer, Plugin } from '../../core/plugin.ts';
import { didYouMean } from '../../core/text/suggest.ts';

/** The value that a criterion compares, in words that fit both offers. */
type Shown = (offer: Offer, other: Offer) => string | null;

/** What a criterion compares: the offer with the lower value is better. The same of an offer, of one in columns, and for the kernel. */
interface Value {
  of(offer: Offer): number;
  at(offers: OfferColumns, i: number): number;
  numbers(vendorIds: readonly string[]): number[];
}

/** After every other value. */
const LAST = Number.POSITIVE_INFINITY;

const CRITERIA: Record<string, Value> = {
  in_stock_desc: {
    of: ({ quantity }) => (quantity > 0 ? 0 : 1),
    at: ({ quantity }, i) => (quantity[i]! > 0 ? 0 : 1),
    numbers: () => [ORDER_IN_STOCK],
  },
  // shipping is the same for every offer of a tenant, so it does not change the order
  lowest_landed_cost: {
    of: ({ landedCostMicros }) => landedCostMicros ?? LAST,
    at: ({ landed }, i) => (landed[i]! < 0 ? LAST : landed[i]!),
    numbers: () => [ORDER_LANDED],
  },
  highest_quantity: {
    of: ({ quantity }) => -quantity,
    at: ({ quantity }, i) => -quantity[i]!,
    numbers: () => [ORDER_QUANTITY],
  },
  newest: {
    of: ({ updatedAt }) => (updatedAt === null ? LAST : -updatedAt),
    at: ({ updatedAt }, i) => (Number.isNaN(updatedAt[i]!) ? LAST : -updatedAt[i]!),
    numbers: () => [ORDER_NEWEST],
  },
};
const NAMES = [...Object.keys(CRITERIA), 'lowest_lead_time'];
const PRIORITY = 'vendor_priority:';
/** Each criterion may be evaluated for every pair of offers. */
const CRITERIA_MAX = 100;
/** Beyond this number, unknown vendors are reported without a suggestion. */
const SUGGESTIONS_MAX = 100;
const DEFAULT_SORT = ['in_stock_desc', 'lowest_landed_cost'];

const criterion = z.string().superRefine((name, context) => {
  if (NAMES.includes(name)) return;
  if (name.startsWith(PRIORITY) && priorityIds(name).length > 0) return;
  const near = didYouMean(name, [...NAMES, 'vendor_priority']);
  const message = `"${name}" is no criterion${near}; there are ${NAMES.join(', ')} and vendor_priority:<id>,<id>…`;
  context.addIssue({ code: 'custom', message });
});

/** The options of `best_offer`, for a strategy that takes the same beside its own. */
export const bestOfferOptions = z.strictObject({
  sort_by: z
    .array(criterion)
    .max(CRITERIA_MAX)
    .default([])
    .describe(
      'Criteria in order: `in_stock_desc`, `lowest_landed_cost`, `lowest_lead_time`, `highest_quantity`, `newest`, `vendor_priority:<id>,<id>…`, which names vendors of the config. Empty means `in_stock_desc`, `lowest_landed_cost`. Unknown costs and missing timestamps sort last. `lowest_lead_time` compares after the fallback. Vendors that `vendor_priority` does not name sort after those it names.',
    ),
  landed_cost: z
    .strictObject({
      include_shipping_handling: z
        .boolean()
        .default(true)
        .describe(
          'True to include `pricing.shipping_handling_flat`. The amount is the same for every offer, so it changes no order.',
        ),
    })
    .prefault({})
    .describe('What landed cost includes.'),
  fallback_lead_time_days: z
    .int()
    .min(0)
    .max(999_999_999_999_999)
    .default(7)
    .describe('Lead time of an offer that gives none.'),
});

export type BestOfferOptions = z.output<typeof bestOfferOptions>;

export const bestOffer: Plugin<'merge', BestOfferOptions> = {
  manifest: {
    kind: 'merge',
    id: 'best_offer',
    version: '1.0.0',
    contract: 1,
    summary: 'the best offer by sort_by; ties go to the lower vendor id, then to the earlier row',
    options: bestOfferOptions,
    example: { sort_by: ['in_stock_desc', 'lowest_landed_cost'], fallback_lead_time_days: 7 },
    reads: ['updated_at'],
    check: ({ sort_by }, config, path) => {
      const ids = configList(config, 'vendors')
        .map((vendor) => configAt(vendor, 'vendor_id'))
        .filter((id) => typeof id === 'string');
      const known = new Set(ids);
      const problems: ConfigProblem[] = [];
      for (const [i, name] of sort_by.entries()) {
        const unknown = name.startsWith(PRIORITY) ? priorityIds(name).filter((id) => !known.has(id)) : [];
        for (const id of unknown) {
          // each suggestion compares with every vendor
          const near = problems.length < SUGGESTIONS_MAX ? didYouMean(id, ids) : '';
          const message = `names vendor "${id}"${near}`;
          problems.push({ path: `${path}.sort_by[${i}]`, code: 'unknown_vendor', message });
        }
      }
      return problems;
    },
  },
  load: async () => bestOfferStrategy,
};

/** How `best_offer` decides, also for strategies of packages that leave the rest to it. */
export interface BestOfferStrategy extends MergeStrategy {
  compare(a: Offer, b: Offer): number;
  why(better: Offer, worse: Offer): { criterion: string; better: string | null; worse: string | null } | null;
}

/** A strategy that uses the criterion `newest` must name `updated_at` in the `reads` of its own manifest. */
export function bestOfferStrategy(chosen: BestOfferOptions): BestOfferStrategy {
  const names = chosen.sort_by.length > 0 ? chosen.sort_by : DEFAULT_SORT;
  const values = names.map((name) => criterionValue(name, chosen.fallback_lead_time_days));
  const compare = (a: Offer, b: Offer) => {
    for (const { of } of values) {
      const one = of(a);
      const other = of(b);
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  };
  return {
    why: (better, worse) => {
      const at = values.findIndex(({ of }) => of(better) !== of(worse));
      const criterion = names[at];
      if (criterion === undefined) return null;
      const shown = shownBy(criterion, chosen.fallback_lead_time_days);
      const name = criterion.split(':', 1)[0] ?? criterion;
      return { criterion: name, better: shown(better, worse), worse: shown(worse, better) };
    },
    leadTimeFallbackDays: chosen.fallback_lead_time_days,
    compare: withColumnOrder(compare, {
      compare: (offers, a, b) => {
        for (let i = 0; i < values.length; i++) {
          const one = values[i]!.at(offers, a);
          const other = values[i]!.at(offers, b);
          if (one !== other) return one < other ? -1 : 1;
        }
        return 0;
      },
      numbers: (vendorIds) => values.flatMap((value) => value.numbers(vendorIds)),
    }),
  };
}

function criterionValue(name: string, fallbackDays: number): Value {
  if (name === 'lowest_lead_time') {
    return {
      of: ({ leadTimeDays }) => leadTimeDays ?? fallbackDays,
      at: ({ leadTime }, i) => (leadTime[i]! < 0 ? fallbackDays : leadTime[i]!),
      numbers: () => [ORDER_LEAD_TIME, fallbackDays],
    };
  }
  const value = CRITERIA[name];
  if (value !== undefined) return value;
  const rank = new Map(priorityIds(name).map((id, i) => [id, i]));
  const rankOf = (id: string) => rank.get(id) ?? rank.size;
  return {
    of: ({ vendorId }) => rankOf(vendorId),
    at: ({ vendor, vendorIds }, i) => rankOf(vendorIds[vendor[i]!]!),
    numbers: (vendorIds) => [ORDER_VENDOR, vendorIds.length, ...vendorIds.map(rankOf)],
  };
}

function shownBy(name: string, fallbackDays: number): Shown {
  switch (name) {
    case 'in_stock_desc':
      return ({ quantity }) => (quantity > 0 ? `in stock (${quantity})` : 'out of stock');
    case 'lowest_landed_cost':
      return landedText;
    case 'highest_quantity':
      return ({ quantity }) => String(quantity);
    case 'newest':
      return ({ updatedAt }) => (updatedAt === null ? 'no time' : new Date(updatedAt * 1000).toISOString());
    case 'lowest_lead_time':
      return ({ leadTimeDays: days }) => (days === null ? `none, so ${fallbackDays} days` : `${days} days`);
    default:
      return ({ vendorId }) => vendorId;
  }
}

/** Names the landed cost as such where the terms of a vendor make it differ from the cost. */
function landedText(offer: Offer, other: Offer): string {
  const landed = landedOf(offer);
  if (landed === null) return 'no cost';
  return [offer, other].some(hasTerms) ? `landed cost ${landed}` : `cost ${landed}`;
}

function landedOf({ cost, landedCost = cost }: Offer): Money | null {
  return landedCost;
}

function hasTerms(offer: Offer): boolean {
  return offer.costMicros !== (offer.landedCostMicros ?? offer.costMicros);
}

function priorityIds(name: string): string[] {
  return name
    .slice(PRIORITY.length)
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
