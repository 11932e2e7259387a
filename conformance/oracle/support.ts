/** Helpers for the oracle's own tests: a small tenant, and runs on feeds written by hand. */

import { type OracleResult, runOracle } from './oracle.ts';
import type { Config, RowError, VendorConfig } from './types.ts';

export const NOW = '2026-11-01T06:00:00Z';

export interface Setup {
  pricing?: Partial<Config['pricing']>;
  sort_by?: string[];
  columns?: Config['output']['columns'];
  policy?: Config['error_policy'];
  vendors?: Record<string, Partial<Omit<VendorConfig, 'parser'>> & { parser?: Partial<VendorConfig['parser']> }>;
  skuMaps?: Record<string, string>;
}

/** Thresholds that no test reaches. */
export const LOOSE: Config['error_policy'] = { max_invalid_rows: 1000, max_invalid_row_pct: 1 };

/** Runs the feeds, by vendor; null is a missing file. By default the margin is 0.20, shipping 5 and the minimum 0. */
export function run(feeds: Record<string, string | Uint8Array | null>, setup: Setup = {}): OracleResult {
  const encoder = new TextEncoder();
  const bytesOf = (feed: string | Uint8Array) => (typeof feed === 'string' ? encoder.encode(feed) : feed);
  const config: Config = {
    tenant_id: 'demo',
    timezone: 'America/New_York',
    default_currency: 'USD',
    vendors: Object.keys(feeds).map((vendor_id) => {
      const { parser, ...rest } = setup.vendors?.[vendor_id] ?? {};
      return { vendor_id, inbound: { type: 'local' }, parser: { format: 'csv', ...parser }, ...rest };
    }),
    pricing: {
      base_margin_pct: '0.20',
      min_price: 0,
      shipping_handling_flat: 5,
      map_policy: {},
      rounding: {},
      ...setup.pricing,
    },
    merge: { strategy: 'best_offer', ...(setup.sort_by ? { best_offer: { sort_by: setup.sort_by } } : {}) },
    output: { columns: setup.columns ?? ['sku', 'vendor_id', 'quantity_available', 'price'] },
    ...(setup.policy ? { error_policy: setup.policy } : {}),
  };
  const files = Object.entries(feeds).map(([id, feed]) => [
    id,
    feed === null ? undefined : { name: 'f.csv', bytes: bytesOf(feed) },
  ]);
  const maps = Object.entries(setup.skuMaps ?? {}).map(([id, text]) => [id, encoder.encode(text)]);
  return runOracle({
    config,
    files: Object.fromEntries(files),
    skuMaps: Object.fromEntries(maps),
    runId: 'r',
    now: NOW,
  });
}

/** The problems of each row as `code column value`. */
export function problems(result: OracleResult): string[] {
  return (result.errors as RowError[]).map((entry) =>
    [`${entry.row_number}/${entry.line}`, ...entry.problems.map((p) => `${p.error_code} ${p.column} ${p.value}`)].join(
      '; ',
    ),
  );
}

/** One column of a merged or normalized file without quoted cells, without the header. */
export function column(text: string | undefined, name: string): string[] {
  const [header = '', ...lines] = (text ?? '').trimEnd().split('\n');
  return lines.map((line) => line.split(',')[header.split(',').indexOf(name)]!);
}
