/**
 * Options added after the first release. They are drawn from their own random stream, so that the other parts of a seed's case
 * do not change.
 */

import type { Config } from '../types.ts';
import { amount } from './generate-config.ts';
import type { Random } from './random.ts';

/** Chains of rules. `E`, `B`, `C` and `M` are the optional rules. */
const CHAINS = [
  'B',
  'B C',
  'B M E',
  'margin E',
  'margin C E',
  'B E M',
  'E B round',
  'B C M E',
  'C',
  'M E',
  'E',
  'round E',
];
const ENDINGS = ['0.99', '.95', '0.49', '0', '0.5', '9.99', '4.9', '90', '5', '0.01'];
const BANDS = ['0', '0.5', '3', '9.99', '10', '25', '100', '999.999999'];
const MARGINS = ['0', '0.05', '0.2', '0.333333', '1.5', '-0.5', '-1'];

const EXTRA_HEADERS = ['title', 'Brand', 'cost', 'PRICE', 'map_price', 'condition', 'msrp', 'whatever', 'none'];
const EXTRAS = ['gtin', 'image_url', 'mpn', 'notes', 'unused'];
/** Texts that brands of the feeds contain, in another spelling. */
const BRANDS = ['WHEEL', ' bolt', 'cap', 'räder', 'ポンプ', '50%'];

export function addOptions(random: Random, config: Config, features: Set<string>): void {
  if (random.chance(0.3)) config.pricing.rules = makeRules(random, features);
  if (random.chance(0.25)) addExtras(random, config, features);
  if (random.chance(0.3)) config.quantity = { rules: makeQuantityRules(random, config, features) };
}

function makeRules(random: Random, features: Set<string>): NonNullable<Config['pricing']['rules']> {
  const decimal = (list: readonly string[]) => amount(random, random.pick(list));
  const made: Record<string, () => { use: string; with: object }> = {
    B: () => {
      const tops = BANDS.filter(() => random.chance(0.4));
      const bands = tops.map((up_to) => ({ up_to: amount(random, up_to), margin_pct: decimal(MARGINS) }));
      const last = bands.length === 0 || random.chance(0.5) ? [{ margin_pct: decimal(MARGINS) }] : [];
      return { use: 'cost_bands', with: { bands: [...bands, ...last] } };
    },
    C: () => ({
      use: 'msrp_cap',
      with: random.chance(0.4) ? {} : { share: decimal(['0.5', '0.95', '1', '0.333333', '2']) },
    }),
    M: () => ({ use: 'min_margin', with: { margin_pct: decimal(MARGINS) } }),
    E: () => ({
      use: 'ending',
      with: {
        endings: random
          .shuffle(ENDINGS)
          .slice(0, random.int(1, 3))
          .map((one) => amount(random, one)),
        ...(random.chance(0.7) ? { mode: random.pick(['nearest', 'up', 'down']) } : {}),
      },
    }),
  };
  const rules = random
    .pick(CHAINS)
    .split(' ')
    .map((name) => made[name]?.() ?? { use: name });
  for (const { use } of rules) features.add(`rule:${use}`);
  return rules;
}

function makeQuantityRules(random: Random, config: Config, features: Set<string>) {
  const ids = config.vendors.map(({ vendor_id }) => vendor_id);
  return Array.from({ length: random.int(0, 3) }, () => {
    const buffer = {
      ...(random.chance(0.6) ? { units: random.pick([0, 1, 2, 5]) } : {}),
      ...(random.chance(0.6) ? { pct: amount(random, random.pick(['0', '0.1', '0.333333', '0.5', '1'])) } : {}),
    };
    const rule = {
      ...(random.chance(0.4) ? { vendors: random.shuffle(ids).slice(0, random.int(1, ids.length)) } : {}),
      ...(random.chance(0.3) ? { brands: random.shuffle(BRANDS).slice(0, random.int(1, 3)) } : {}),
      ...(random.chance(0.6) ? { buffer } : {}),
      ...(random.chance(0.4) ? { cap: random.pick([0, 1, 3, 20]) } : {}),
      ...(random.chance(0.4) ? { min_to_list: random.pick([1, 2, 4]) } : {}),
    };
    for (const name of Object.keys(rule)) features.add(`quantity:${name}`);
    return rule;
  });
}

/** Adds extra columns with names that many feeds have, but never the SKU, which is trimmed differently. */
function addExtras(random: Random, config: Config, features: Set<string>): void {
  const names = random.shuffle(EXTRAS).slice(0, random.int(1, 3));
  config.extra_columns = names;
  for (const { parser } of config.vendors) {
    const mapped = names.filter(() => random.chance(0.6));
    if (mapped.length === 0) continue;
    parser.column_map = {
      ...parser.column_map,
      ...Object.fromEntries(mapped.map((name) => [name, random.pick(EXTRA_HEADERS)])),
    };
  }
  const { columns } = config.output;
  config.output.columns = random.chance(0.2) ? columns : random.shuffle([...columns, ...names]);
  features.add('extra_columns');
}
