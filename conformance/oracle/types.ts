/** Types that the files of the oracle share. */

import { Decimal } from 'decimal.js';
import type { FileInput, OracleDecision, Published } from './publish-types.ts';

/** Exact arithmetic: far more digits than any product of the contract can have. */
export const D = Decimal.clone({ precision: 200, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -1000, toExpPos: 1000 });
export type Money = InstanceType<typeof D>;

export const CANONICAL = [
  'sku',
  'vendor_sku',
  'vendor_id',
  'quantity_available',
  'lead_time_days',
  'cost',
  'map_price',
  'price',
  'msrp',
  'condition',
  'brand',
  'title',
  'updated_at',
] as const;
export type Column = (typeof CANONICAL)[number];
export const REQUIRED: readonly Column[] = ['sku', 'quantity_available'];

type Amount = number | string;

export interface VendorConfig {
  vendor_id: string;
  required?: boolean;
  inbound: { type: 's3' | 'local'; s3_prefix?: string | null };
  parser: {
    format: string;
    delimiter?: string;
    encoding?: string;
    column_map?: Partial<Record<string, string>>;
    /** The options that `edges.ts` reads. */
    options?: object;
  };
  sku_map?: { type: 's3' | 'file'; s3_key?: string | null; local_path?: string | null } | null;
  duplicate_sku?: 'best' | 'first' | 'last' | 'sum_quantity' | 'error';
  on_trouble?: Partial<
    Record<'missing' | 'unreadable' | 'stale' | 'too_many_invalid', 'fail' | 'leave_out' | 'carry_over'>
  > & { carry_over_max_hours?: number };
  error_policy?: { max_invalid_rows?: number; max_invalid_row_pct?: Amount };
}

export interface Config {
  schema_version?: number;
  tenant_id: string;
  timezone: string;
  default_currency: string;
  vendors: VendorConfig[];
  pricing: {
    base_margin_pct: Amount;
    min_price: Amount;
    shipping_handling_flat: Amount;
    map_policy: { enforce?: boolean; map_floor_behavior?: string };
    rounding: { mode?: 'nearest' | 'up' | 'down'; increment?: Amount };
    rules?: { use: string; with?: object }[];
    vendor_terms?: {
      rates?: { type: 's3' | 'file'; s3_key?: string | null; local_path?: string | null } | null;
      vendors?: { vendor_id: string; currency?: string; handling_pct?: Amount; handling_fixed?: Amount }[];
    };
  };
  quantity?: {
    rules?: {
      vendors?: string[];
      brands?: string[];
      buffer?: { units?: number; pct?: Amount };
      cap?: number;
      min_to_list?: number;
    }[];
  };
  merge: {
    strategy: string;
    best_offer?: {
      sort_by?: string[];
      landed_cost?: { include_shipping_handling?: boolean };
      fallback_lead_time_days?: number;
    };
  };
  /** Text columns beside the canonical ones. */
  extra_columns?: string[];
  output: { format?: string; columns: (Column | string)[]; escape_formulas?: boolean };
  error_policy?: {
    max_invalid_rows?: number;
    max_invalid_row_pct?: Amount;
    fail_on_missing_required_columns?: boolean;
    missing_required_vendor_policy?: 'fail' | 'warn_only';
  };
}

export interface OracleInput {
  config: object;
  files: Record<string, FileInput | undefined>;
  skuMaps: Record<string, Uint8Array | undefined>;
  /** Side files by their path in the config. The oracle reads only currency rates. */
  sideFiles?: Record<string, Uint8Array | undefined>;
  runId: string;
  /** The run's own clock, ISO 8601 in UTC. */
  now: string;
  /** The published feed, if the config has `publish` or `guardrails`. */
  published?: Published | null;
  decisions?: ReadonlyMap<string, OracleDecision>;
  forced?: boolean;
}

export interface Problem {
  error_code: string;
  column: Column | null;
  value: string | null;
  reason: string;
}

export interface RowError extends Problem {
  vendor_id: string;
  row_number: number;
  line: number;
  row_data: Record<string, string> | null;
  problems: Problem[];
}

export interface VendorError {
  error_code: string;
  error_message: string;
  vendor_id: string;
  expected_prefix: string | null;
}

export interface TruncatedError {
  error_code: 'ERRORS_TRUNCATED';
  error_message: string;
  remaining: number;
}

export type ErrorEntry = RowError | VendorError | TruncatedError;

/** A valid row with its values. */
export interface Row {
  sku: string;
  vendor_sku: string | null;
  vendor_id: string;
  quantity_available: bigint;
  lead_time_days: bigint | null;
  cost: Money | null;
  /** The cost with the vendor's terms, set before offers are compared. */
  landed?: Money | null;
  map_price: Money | null;
  price: Money | null;
  msrp: Money | null;
  condition: string | null;
  brand: string | null;
  title: string | null;
  /** The cells of extra columns, by name. */
  extras: Record<string, string | null>;
  /** Seconds since 1970-01-01T00:00:00Z. */
  updated_at: number;
  /** False when `updated_at` is only the run's clock. */
  dated: boolean;
  row_number: number;
}

/** An error that ends a run at once. */
export class Failure extends Error {
  readonly code: string;
  readonly detail: Record<string, unknown>;
  /** The SKUs of rows that were refused before it. */
  refused: readonly string[] = [];
  constructor(code: string, detail: Record<string, unknown>) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}
