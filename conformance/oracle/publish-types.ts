/** Types of the oracle's section 8. */
export interface FileInput {
  name: string;
  bytes: Uint8Array;
  /** The time of the last change, ISO 8601. */
  modified?: string;
}

export type Action = 'drop' | 'zero' | 'keep';

export interface PublishSettings {
  publish?: {
    vanished?: Partial<Record<'removed' | 'rejected' | 'unavailable' | 'unpriced' | 'then', Action>> & {
      keep_runs?: number;
    };
    holds?: {
      price_rise_pct?: number | string;
      price_drop_pct?: number | string;
      below_cost?: boolean;
      new_sku?: 'publish' | 'hold';
      max_held_pct?: number | string;
    };
  };
  guardrails?: Partial<
    Record<
      'max_sku_drop_pct' | 'max_in_stock_drop_pct' | 'max_median_price_change_pct' | 'max_vendor_row_drop_pct',
      number | string
    >
  > & { stale_after_hours?: number; min_skus?: number };
}

/** What is known about a SKU beyond the feed. */
export interface Memory {
  vendors: string[];
  state: string;
  runs: number;
  /** The price that a held SKU would have had, as text. */
  price: string;
  /** For a held SKU, the run of a decision that was there when the price began to wait; else empty. */
  earlier: string;
}

/** The published feed. */
export interface Published {
  columns: string[];
  rows: Map<string, Record<string, string>>;
  /** Null if it is a feed alone. */
  memory: Map<string, Memory> | null;
  vendorRows: Record<string, number> | null;
  /** Null if it is a feed alone. */
  runId: string | null;
  /** The file of each vendor in its run; empty for a feed alone. */
  files: ReadonlyMap<string, FileInput>;
}

export interface OracleDecision {
  decision: string;
  price: string;
  expires_at: string;
  /** The run whose hold was decided on. */
  run_id?: string;
  /** The run of the feed that the run was compared with whose hold was decided on. */
  baselineRunId?: string;
}
