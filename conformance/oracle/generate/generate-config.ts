/** Random tenant configs: every option of contract section 2, valid, with defaults spelled out or left away. */

import { CANONICAL, type Config } from '../types.ts';
import type { Random } from './random.ts';

export const CRITERIA = [
  'in_stock_desc',
  'lowest_landed_cost',
  'lowest_lead_time',
  'highest_quantity',
  'newest',
  'vendor_priority',
] as const;

/** Those of them that are smaller than the increment are used. */
const OFFSETS = ['-0.01', '-0.05', '0.95', '0.01', '-0.02', '0.49', '-4.99', '0'];

const CHAINS = [
  ['margin', 'min_price', 'round', 'map_floor'],
  ['margin', 'min_price', 'round', 'min_price', 'map_floor'],
  ['margin', 'round'],
  ['margin'],
  ['margin', 'map_floor', 'round'],
  ['margin', 'round', 'min_price'],
];
/** Chains whose meaning hangs on the price that a chain starts from. */
const CORNER_CHAINS = [['min_price', 'round'], ['round', 'margin'], ['round'], ['map_floor']];

type TenantConfig = Omit<Config, 'vendors' | 'error_policy'>;

export function makeTenant(
  random: Random,
  vendorIds: readonly string[],
  corners: boolean,
  features: Set<string>,
): TenantConfig {
  const mode = random.pick(['nearest', 'up', 'down'] as const);
  const increment = amount(
    random,
    random.pick(['0.01', '0.01', '0.05', '0.10', '0.25', '0.5', '1', '5', '0.99', '10']),
  );
  const enforce = random.chance(0.7);
  features.add(`rounding:${mode}`);
  features.add(`increment:${Number(increment)}`);
  features.add(`map_enforce:${enforce}`);
  const spelledMode = mode !== 'nearest' || random.chance(0.5);
  const spelledIncrement = Number(increment) !== 0.01 || random.chance(0.5);
  const rules = random.chance(0.2) ? makeChain(random, corners, features, Number(increment)) : undefined;
  return {
    ...(random.chance(0.7) ? { schema_version: 1 } : {}),
    tenant_id: random.pick(['demo', 'Tenant-1', 't_2', '0shop']),
    timezone: random.pick(['UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Tokyo']),
    default_currency: random.pick(['USD', 'EUR', 'JPY', 'KWD', 'TND']),
    pricing: {
      base_margin_pct: amount(
        random,
        random.pick(['0', '0.2', '0.25', '0.333', '0.1', '1.5', '0.0725', '0.20', '-0.4']),
      ),
      min_price: amount(random, random.pick(['0', '0', '4.99', '9.995', '0.001', '1', '12.5', '7.123456', '50'])),
      shipping_handling_flat: amount(random, random.pick(['0', '0', '5', '2.495', '7.25', '0.005', '3.333333'])),
      map_policy: {
        ...(enforce && random.chance(0.5) ? {} : { enforce }),
        ...(random.chance(0.5) ? { map_floor_behavior: 'max(price, map_price)' } : {}),
      },
      rounding: { ...(spelledMode ? { mode } : {}), ...(spelledIncrement ? { increment } : {}) },
      ...(rules ? { rules } : {}),
    },
    merge: {
      strategy: 'best_offer',
      ...(random.chance(0.8) ? { best_offer: makeBestOffer(random, vendorIds, features) } : {}),
    },
    output: { ...(random.chance(0.5) ? { format: 'csv' } : {}), columns: makeColumns(random, features) },
  };
}

function makeChain(
  random: Random,
  corners: boolean,
  features: Set<string>,
  increment: number,
): { use: string; with?: object }[] {
  features.add('custom_chain');
  const corner = corners && random.chance(0.5);
  if (corner) features.add('corner:chain_start');
  const offsets = OFFSETS.filter((offset) => Math.abs(Number(offset)) < increment);
  return random.pick(corner ? CORNER_CHAINS : CHAINS).map((use) => {
    if (use !== 'round' || random.chance(0.4)) return { use, ...(random.chance(0.3) ? { with: {} } : {}) };
    const offset = random.pick(offsets);
    if (offset !== '0') features.add('rounding:offset');
    return { use, with: { offset: amount(random, offset) } };
  });
}

function makeBestOffer(random: Random, vendorIds: readonly string[], features: Set<string>) {
  const chosen = random.chance(0.15) ? [] : random.shuffle(CRITERIA).slice(0, random.int(1, CRITERIA.length));
  for (const name of chosen) features.add(`sort_by:${name}`);
  if (chosen.length === 0) features.add('sort_by:default');
  const ranked = random.shuffle(vendorIds).slice(0, random.int(1, vendorIds.length));
  const sort_by = chosen.map((name) => (name === 'vendor_priority' ? `vendor_priority:${ranked.join(',')}` : name));
  return {
    ...(random.chance(0.9) || sort_by.length > 0 ? { sort_by } : {}),
    ...(random.chance(0.6) ? { landed_cost: { include_shipping_handling: random.chance(0.6) } } : {}),
    ...(random.chance(0.6) ? { fallback_lead_time_days: random.pick([0, 1, 5, 7, 30]) } : {}),
  };
}

function makeColumns(random: Random, features: Set<string>): Config['output']['columns'] {
  if (random.chance(0.6)) return [...CANONICAL];
  features.add('output:reordered');
  return random.shuffle(CANONICAL).slice(0, random.int(2, CANONICAL.length));
}

/** Numbers and decimal strings mean the same. */
export function amount(random: Random, digits: string): number | string {
  return random.chance(0.5) ? digits : Number(digits);
}
