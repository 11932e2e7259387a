/** Receipts of invented SKUs, in which each part is there or is not. A seed gives the same ones everywhere. */
import {
  ABSENCE_REASONS,
  type ExplainedInput,
  type ExplainedOffer,
  type ExplainedPrice,
  type ExplainedPublishing,
  FINDING_CODES,
  OFFER_RESULTS,
  OUTCOMES,
  RECEIPT_VERSION,
  type ReadCell,
  type Receipt,
  type RecordPlace,
} from '../../../core/explain/receipt/receipt.ts';
import { Random } from '../../oracle/generate/random.ts';

const VENDORS = ['acme', 'bolt', 'city'];

export function inventedReceipt(number: number): Omit<Receipt, 'summary'> {
  const random = new Random(number * 7919);
  const outcome = OUTCOMES[number % OUTCOMES.length] as Receipt['outcome'];
  const isAbsent = ['unpriced', 'rejected', 'not_offered'].includes(outcome);
  const inputs = someOf(random, VENDORS, 0).flatMap((vendor_id) => inputsOf(random, vendor_id));
  const columns = someOf(random, ['price', 'quantity_available'], 0);
  const cells = Object.fromEntries(columns.map((column) => [column, random.pick(['', '0', '12.50'])]));
  return {
    ...{ receipt_version: RECEIPT_VERSION, run_id: 'run-1', tenant_id: 'shop', outcome },
    sku: random.pick(['A-1', 'A 1', '"A"', '\u200bA', 'A.1_b', '-1', 'é']),
    run_failure: random.chance(0.3) ? 'it exceeds min_skus' : null,
    published_by_hand: random.chance(0.5)
      ? { sequence: random.int(1, 3), published_at: '2026-11-02T06:00:00Z', reason: maybe(random, 'season') }
      : null,
    ...{ generated_at: maybe(random, '2026-11-01T06:00:00Z'), config_version: 4, currency: maybe(random, 'EUR') },
    feed: random.chance(0.6) ? { path: 'outputs/merged_inventory.csv', row: cells } : null,
    offers: offersOf(random),
    refused_rows: Array.from({ length: random.int(0, 2) }, () => ({
      ...placeOf(random),
      problems: Array.from({ length: random.int(0, 2) }, () => ({
        ...{ error_code: 'invalid_quantity', column: maybe(random, 'quantity_available') },
        ...{ value: maybe(random, 'x'.repeat(random.pick([1, 120, 121]))), reason: 'is no whole number' },
      })),
      row_data: {},
    })),
    price: random.chance(0.7) ? priceOf(random) : null,
    publishing: random.chance(0.7) ? publishingOf(random) : null,
    absence:
      isAbsent || random.chance(0.2)
        ? {
            ...{ reason: random.pick(ABSENCE_REASONS), detail: 'no vendor lists it' },
            rows: Array.from({ length: random.int(0, 2) }, () => ({ ...placeOf(random), cells: ['A', '', '1'] })),
          }
        : null,
    near_skus: someOf(random, ['A-10', 'A\u200b', 'B'], 0),
    inputs,
    plugins: someOf(random, ['csv', 'json'], 0).map((id) => ({ kind: 'parser', id, version: '1.0.0' })),
    findings: someOf(random, FINDING_CODES, 0)
      .slice(0, random.int(0, 2))
      .map((code) => ({ code, path: null, message: 'it is not there' })),
  };
}

function maybe<T>(random: Random, value: T): T | null {
  return random.chance(0.6) ? value : null;
}

/** Some of them, in any order; `least` at the least. */
function someOf<T>(random: Random, list: readonly T[], least: number): T[] {
  return random.shuffle(list).slice(0, random.int(least, list.length));
}

function placeOf(random: Random): RecordPlace {
  const vendor_id = random.pick(VENDORS);
  const file = maybe(random, `inbound/${vendor_id}/feed.csv`);
  return { vendor_id, file, row_number: random.int(0, 3), line: random.int(0, 12) };
}

function inputsOf(random: Random, vendor_id: string): ExplainedInput[] {
  return Array.from({ length: random.int(1, 2) }, () => ({
    ...{ vendor_id, status: random.pick(['ok', 'missing']), file: maybe(random, 'feed.csv'), sha256: 'abc', size: 9 },
    ...{ last_modified: maybe(random, '2026-11-01T00:00:00Z'), carried_over: random.chance(0.3) },
    ...{ patched: random.chance(0.3), used: random.pick([true, false, false, null]) },
    side_files: random.chance(0.3) ? [{ name: 'sku_map', file: 'map.csv', sha256: 'def' }] : [],
  }));
}

function offersOf(random: Random): ExplainedOffer[] {
  return Array.from({ length: random.pick([0, 1, 2, 3, 20, 21, 22]) }, (_, i) => offerOf(random, i));
}

const LOST_BY = ['vendor_id', 'row order', 'lowest_landed_cost', 'rank by stock'];

function offerOf(random: Random, i: number): ExplainedOffer {
  const feed = random.int(0, 2);
  return {
    ...placeOf(random),
    result: random.pick(OFFER_RESULTS),
    rank: maybe(random, i + 1),
    lost_by: maybe(random, {
      ...{ criterion: random.pick(LOST_BY), own: maybe(random, 'cost 3'), winner: maybe(random, 'cost 2') },
    }),
    quantity: {
      ...{ feed, offered: random.int(0, 2) },
      steps: someOf(random, ['quantity.rules[0].cap', 'quantity.rules[1].buffer'], 0).map((rule) => {
        return { rule, before: feed, after: random.int(0, 2) };
      }),
    },
    landed_cost: random.chance(0.3)
      ? { cost: '10', handling_pct: '0.05', handling_fixed: '1', landed_cost: '11.5' }
      : null,
    sku_map: null,
    cells: someOf(random, ['cost', 'title', 'brand'], 0).map((column) => cellOf(random, column)),
  };
}

function cellOf(random: Random, column: string): ReadCell {
  const raw = Array.from({ length: random.int(0, 2) }, () =>
    random.pick(['', '1.50', 'y'.repeat(120), 'y'.repeat(121)]),
  );
  return {
    ...{ column, raw, from: raw.map((_, i) => (random.chance(0.5) ? column : `Field ${i}`)) },
    ...{
      value: random.pick([null, '1.50', raw[0] ?? '']),
      how: someOf(random, ['read as it is', 'divided by 100'], 0),
    },
  };
}

function priceOf(random: Random): ExplainedPrice {
  const amount = () => random.pick([null, '10', '12.50']);
  return {
    vendor_id: random.pick(VENDORS),
    settings: {
      ...{ base_margin_pct: '0.5', shipping_handling_flat: '1', min_price: '5' },
      map_policy: { enforce: random.chance(0.5), map_floor_behavior: 'raise' },
      rounding: { mode: 'half_up', increment: '0.01' },
    },
    steps: someOf(random, ['margin', 'round', 'ending', 'min_price'], 0).map((rule) => ({
      ...{ rule, is_floor: random.chance(0.3), options: random.pick([null, {}, { endings: ['.99'] }, 'x', []]) },
      ...{
        before: amount(),
        after: amount(),
        lifted_by: random.chance(0.3) ? { rule: 'map_floor', floor: '9' } : null,
      },
    })),
    ...{ exact: amount(), written: amount() },
    doubts: random.chance(0.3) ? [{ code: 'price_below_cost', message: 'the price is below the cost of 9' }] : [],
  };
}

function publishingOf(random: Random): ExplainedPublishing {
  const runs = random.int(0, 3);
  return {
    compared: random.chance(0.7),
    baseline: random.chance(0.8)
      ? { run_id: maybe(random, 'run-0'), published_at: maybe(random, '2026-10-31T06:00:00Z'), sha256: null }
      : null,
    ...{ forced: maybe(random, 'season'), change: maybe(random, 'changed') },
    ...{ previous_price: maybe(random, '11.00'), previous_quantity: maybe(random, '4') },
    decision: random.chance(0.3)
      ? { decision: 'accept', price: '31.50', reason: maybe(random, 'asked'), run_id: maybe(random, 'run-0') }
      : null,
    hold: random.chance(0.5)
      ? {
          ...{ reason: 'price_rise', candidate_price: maybe(random, '31.50'), runs },
          below_cost: maybe(random, '12'),
        }
      : null,
    vanished: random.chance(0.5)
      ? {
          reason: random.pick(['rejected', 'unpriced', 'unavailable', 'not_listed']),
          action: random.pick(['drop', 'zero', 'keep']),
          ...{ vendors: someOf(random, VENDORS, 0), runs, keep_runs: 3, afterwards: 'zero' },
        }
      : null,
  };
}
