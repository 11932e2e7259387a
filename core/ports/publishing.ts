/** What a run is compared with before it is published. The caller pins all of it before the run, like an input. */
import type { ByteSource } from './engine.ts';

/** Needed only if the config has `publish`, `guardrails` or an `on_trouble` with `carry_over`. */
export interface PublishRequest {
  /** The published feed; null if nothing is published yet. */
  baseline: Baseline | null;
  decisions: Decisions | null;
  /** Why holds and guardrails are set aside; null if they apply. */
  force: string | null;
}

/** The published feed, as the manifest names it, and the files of its run. */
export interface BaselineName {
  /** Null if the feed is only a file. */
  run_id: string | null;
  key: string | null;
  etag: string | null;
  /** If it is given, a feed with another hash fails the run. */
  sha256: string | null;
  published_at: string | null;
}

export interface Baseline extends BaselineName {
  format: 'csv' | 'jsonl';
  /** Its rows, sorted by SKU in code point order. */
  feed: ByteSource;
  /** `outputs/publish_state.csv` of its run; null if the feed is only a file. */
  state: ByteSource | null;
  /** The hash of that file as its run recorded it. If given, a file with another hash fails the run. */
  stateSha256: string | null;
  /** `vendor_record_counts` of its run's summary; null if the feed is only a file. */
  vendorRows: Readonly<Record<string, number>> | null;
  /** `vendor_figures` of that summary; null if it has none. */
  vendorFigures: VendorFigureTable | null;
  /**
   * A vendor's files in its run, as copied then; `carriedFiles` finds them in the run's manifest. Empty if there are
   * none.
   */
  files(vendorId: string): Promise<CarriedFile[]>;
}

/** One vendor's figures in `run_summary.json`. */
export interface VendorFigure {
  /** Offers of SKUs that have a winner. Of very many offers for one SKU, some are dropped before they are counted. */
  offers: number;
  /** SKUs that it won. */
  wins: number;
  /** Offers with a cost and an MSRP above 0, and those of them with a cost above the MSRP. */
  with_msrp: number;
  above_msrp: number;
  /**
   * The median of its costs above 0 in the tenant's currency, within a few percent; null if it is not needed or there
   * is none.
   */
  median_cost: string | null;
}

export type VendorFigureTable = Readonly<Record<string, VendorFigure>>;

/** A vendor's file of an earlier run. */
export interface CarriedFile {
  source: ByteSource;
  s3_key: string | null;
  etag: string | null;
  size: number;
  /** ISO 8601. The time of the vendor's own file, even if it was carried over before. */
  last_modified: string;
  sha256: string;
}

/** The decisions of a run, as the manifest names them. */
export interface DecisionsName {
  key: string | null;
  etag: string | null;
  sha256: string | null;
}

/** Decisions on held SKUs: a CSV with at least the columns of `DECISION_COLUMNS`, sorted by SKU, one row per SKU. */
export interface Decisions extends DecisionsName {
  source: ByteSource;
}

/**
 * `baseline_run_id` is the run of the feed with which `run_id` was compared. A decision counts only while that feed is
 * published: the state of a run that a guardrail stopped is not part of that feed.
 */
export const DECISION_COLUMNS = [
  'sku',
  'decision',
  'price',
  'run_id',
  'expires_at',
  'reason',
  'baseline_run_id',
] as const;
