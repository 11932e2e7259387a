/**
 * Shops of two vendors whose stock changes a little from day to day, so that most rows of the published feed stay as they are; people
 * decide on some held prices.
 */
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { Random } from '../oracle/generate/random.ts';

const DAYS = 3;
const SKUS = 120;
const TINY = { sortBytes: 3000, offersBytes: 2000, mergeBytes: 1000, windowBytes: 64 };
const SETTINGS = [
  {},
  { limits: TINY, chunkBytes: 13 },
  { limits: { kernelFromBytes: 0 } },
  { limits: { kernelFromBytes: 0, windowBytes: 64 } },
];
export const FEED_FILES = [
  'outputs/merged_inventory.csv',
  'outputs/merged_inventory.jsonl',
  'outputs/candidate_inventory.csv',
];
export const FEED_REPORTS = [
  'outputs/delta.csv',
  'outputs/publish_state.csv',
  'reports/holds.csv',
  'reports/vanished.csv',
];

type Files = HarnessResult['artifacts']['files'];

interface StockedOffer {
  quantity: number;
  cost: string;
  title: string;
}

/** A vendor's offers by SKU. Few of them change from day to day. */
type VendorStock = Map<string, StockedOffer>;

function skuOf(i: number): string {
  return i % 17 === 0 ? `Q"${i}` : i % 13 === 0 ? `C,${i}` : i % 11 === 0 ? `=E${i}` : `S-${1000 + i}`;
}

function offerOf(random: Random): StockedOffer {
  return {
    quantity: random.pick([0, 1, 2, 30]),
    cost: random.pick(['10', '10.5', '12.25', '99999999999.5', '']),
    title: random.pick(['', 'plain', 'a "quoted", one', 'two\nlines', 'two\r\nlines']),
  };
}

function nextDay(random: Random, stock: VendorStock, renames = false): void {
  for (let i = 0; i < SKUS; i++) {
    const sku = skuOf(i);
    const offer = stock.get(sku);
    if (offer === undefined) {
      if (random.chance(0.08)) stock.set(sku, offerOf(random));
    } else if (renames && random.chance(0.03)) {
      stock.delete(sku);
      stock.set(random.pick([`${sku}-N`, sku.toLowerCase(), sku.replace('-', ''), `0${sku}`]), offer);
    } else if (random.chance(0.04)) stock.delete(sku);
    else if (random.chance(0.2)) offer.quantity = random.int(0, 9);
    else if (random.chance(0.06)) offer.cost = random.pick(['10', '11', '30', '4']);
  }
}

function feedOf(random: Random, stock: VendorStock): Uint8Array {
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = [...stock].map(
    ([sku, { quantity, cost, title }]) =>
      `${cell(sku)},${random.chance(0.01) ? 'many' : quantity},${cost},${cell(title)},${cell(`gtin ${title}`)},2026-01-01\n`,
  );
  return new TextEncoder().encode(`sku,quantity_available,cost,title,gtin,updated_at\n${rows.join('')}`);
}

function configOf(random: Random): Record<string, unknown> {
  const columns = [
    ['sku', 'quantity_available', 'price', 'vendor_id', 'updated_at'],
    ['price', 'vendor_id', 'sku', 'quantity_available'],
    ['title', 'gtin', 'sku', 'price', 'quantity_available'],
    ['quantity_available', 'sku', 'cost', 'gtin', 'price'],
  ];
  return {
    ...{ tenant_id: 'shop', timezone: 'UTC', default_currency: random.pick(['USD', 'KWD']) },
    vendors: ['a', 'b'].map((vendor_id) => ({
      ...{ vendor_id, required: false, inbound: { type: 'local' } },
      parser: { format: 'csv', column_map: { gtin: 'gtin' } },
      duplicate_sku: 'sum_quantity',
    })),
    extra_columns: ['gtin'],
    pricing: {
      ...{ base_margin_pct: random.pick(['0.2', '-0.1']), min_price: 0, shipping_handling_flat: 0 },
      ...{ map_policy: {}, rounding: {} },
    },
    merge: { strategy: 'best_offer' },
    output: {
      format: random.chance(0.8) ? 'csv' : 'jsonl',
      columns: random.pick(columns),
    },
    error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 },
    publish: {
      vanished: { removed: random.pick(['drop', 'zero', 'keep']) },
      holds: {
        ...{ price_rise_pct: 0.5, price_drop_pct: 0.5, below_cost: random.chance(0.5) },
        new_sku: random.pick(['publish', 'hold']),
      },
    },
    guardrails: {
      ...{ max_sku_drop_pct: random.pick([0.01, 0.9]), max_in_stock_drop_pct: 0.9, min_skus: 1 },
      ...{ max_median_price_change_pct: 0.9, max_vendor_row_drop_pct: 0.9 },
    },
  };
}

export interface ShopDay {
  config: Record<string, unknown>;
  feeds: Record<string, Uint8Array>;
  before: Files | null;
  decided: string;
  limits: object;
}

export async function runDay(
  { config, feeds, before, decided, limits }: ShopDay,
  form: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
) {
  const read = (path: string): Uint8Array | undefined => {
    const bytes = before?.get(path);
    return bytes === undefined || !/^outputs\/.*\.csv$/.test(path) ? bytes : form(bytes);
  };
  const baseline = before === null ? null : baselineOf({ runId: 'before', read, chunkBytes: 700 });
  return runCase({
    ...{ config, now: '2026-01-02T00:00:00Z' },
    ...limits,
    files: Object.fromEntries(Object.entries(feeds).map(([id, bytes]) => [id, { name: 'feed.csv', bytes }])),
    publishing: {
      // leave out the summary's hash, which is of the other form
      baseline: baseline === null ? null : { ...baseline, stateSha256: null },
      decisions: decided === '' ? null : decisionsOf(decided),
      force: null,
    },
  });
}

/** The results of the run, without the hash of its baseline. */
export function figuresOf({ artifacts, outcome }: HarnessResult): unknown[] {
  const reports = ['reports/diff.json', 'reports/guardrails.json'].map((path) => {
    const text = artifacts.text(path);
    return text === undefined ? null : { ...JSON.parse(text), baseline: null };
  });
  const { warnings, vendor_figures, publish } = outcome.summary;
  return [outcome.status, outcome.error_message, warnings, vendor_figures, { ...publish, baseline: null }, ...reports];
}

function decisionsOn(random: Random, { artifacts }: HarnessResult): string {
  const held = (artifacts.text('reports/holds.csv') ?? '').split('\n').filter((line) => /^S-\d+,/.test(line));
  const lines = held
    .filter(() => random.chance(0.5))
    .map((line) => {
      const [sku, , , price] = line.split(',');
      return `${sku},${random.pick(['accept', 'reject'])},${price},run,,,before\n`;
    });
  return lines.length === 0 ? '' : `sku,decision,price,run_id,expires_at,reason,baseline_run_id\n${lines.join('')}`;
}

/** What a config may have besides: how well SKUs, prices and quantities meet what is expected of them, and vendors in trouble. */
function moreOf(random: Random): object {
  const columns = ['sku', 'price', 'quantity_available'];
  const expect = [
    {
      name: 'cheap',
      column: 'price',
      max: random.pick(['11', '40']),
      where: [{ column: 'quantity_available', min: 1 }],
    },
    { name: 'in stock', rows: { min: random.pick([5, 30, 90]) }, where: [{ column: 'quantity_available', min: '1' }] },
    { name: 'known', column: 'sku', in: ['S-1001', 'S-1002'], severity: 'warn' },
    { name: 'some', rows: { min: 1, max: random.pick([60, 200]) }, severity: random.pick(['warn', 'error']) },
  ];
  const exports = [
    { use: 'jsonl', name: 'lines' },
    {
      use: 'csv',
      name: 'changes',
      content: 'delta',
      with: { columns: ['_change', ...columns].map((from) => ({ from })) },
    },
  ];
  return {
    expect: expect.slice(random.int(0, 4)),
    output: { columns, format: random.pick(['csv', 'jsonl']), exports },
  };
}

/** The days of a shop, each with its result. The next one is compared with the last that succeeded. */
export async function* shopDays(
  seed: number,
  { hasMore = false } = {},
): AsyncGenerator<{ day: number; one: ShopDay; result: HarnessResult }> {
  const random = new Random(seed);
  const config = { ...configOf(random), ...(hasMore && moreOf(random)) };
  const stocks: Record<string, VendorStock> = { a: new Map(), b: new Map() };
  for (const stock of Object.values(stocks)) for (let day = 0; day < 6; day++) nextDay(random, stock);
  let before: Files | null = null;
  let decided = '';
  for (let day = 0; day < DAYS; day++) {
    for (const stock of Object.values(stocks)) nextDay(random, stock, hasMore);
    const feeds = Object.fromEntries(Object.entries(stocks).map(([id, stock]) => [id, feedOf(random, stock)]));
    const one = { config, feeds, before, decided, limits: random.pick(SETTINGS) };
    const result = await runDay(one);
    yield { day, one, result };
    decided = decisionsOn(random, result);
    if (result.outcome.status === 'SUCCEEDED') before = result.artifacts.files;
  }
}
