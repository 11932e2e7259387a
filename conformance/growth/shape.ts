/** Hostile inputs of a given size, and the work on them. */
import { checkConfig } from '../../core/config/check.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';

export interface Shape {
  name: string;
  /** The approximate size in bytes; the larger input has four times as much. */
  n: number;
  /** Prepares the input, and returns the work on it. */
  make(n: number): ShapeWork | Promise<ShapeWork>;
}

/** Returns an error code, if there is one. */
type ShapeWork = () => Promise<string | null | undefined> | string | null | undefined;

// biome-ignore lint/suspicious/noExplicitAny: configs are made up
export type Any = any;

/** A valid config, with changes to its vendor and to the config itself. */
export function config(vendor: Any = {}, changes: Any = {}): Any {
  return {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' }, ...vendor }],
    pricing: { base_margin_pct: 0.2, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price', 'title'] },
    error_policy: { max_invalid_rows: 1e9, max_invalid_row_pct: 1, fail_on_missing_required_columns: false },
    ...changes,
  };
}

export const FEED_TOP = 'sku,quantity_available,cost,title\n';

export function parser(options: Any = {}, more: Any = {}): Any {
  return { parser: { format: 'csv', ...more, options } };
}

type Content = string | Uint8Array;

function bytesOf(content: Content): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** A feed that is read with a vendor's settings. */
export function feed(name: string, n: number, make: (n: number) => Content, vendor: Any = {}): Shape {
  return {
    name,
    n,
    make: (size) => {
      const bytes = bytesOf(make(size));
      const files = { acme: { name: 'feed.csv', bytes } };
      return async () => (await runCase({ config: config(vendor), files })).outcome.error_code;
    },
  };
}

/** A SKU map beside a feed of one row. */
export function side(name: string, n: number, make: (n: number) => Content): Shape {
  return {
    name,
    n,
    make: (size) => {
      const skuMaps = { acme: bytesOf(make(size)) };
      const vendor = { sku_map: { type: 's3', s3_key: 'map.csv' } };
      const files = { acme: { name: 'feed.csv', bytes: bytesOf(`${FEED_TOP}A,1,1,x\n`) } };
      return async () => (await runCase({ config: config(vendor), files, skuMaps })).outcome.error_code;
    },
  };
}

/** A config that is checked. */
export function configShape(name: string, n: number, make: (n: number) => Any): Shape {
  return {
    name,
    n,
    make: (size) => {
      const raw = make(size);
      return () => {
        const checked = checkConfig(raw, testRegistry());
        return checked.ok ? null : checked.problems[0]?.code;
      };
    },
  };
}

export function rows(count: number, row: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => row(i)).join('');
}

export function spaces(n: number): string {
  return `a${' '.repeat(n)}b`;
}
