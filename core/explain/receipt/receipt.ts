/** The receipt of a SKU: why its price, its stock and its winner are what they are. `docs/EXPLAINING.md` describes it. */

import type { RowProblem } from '../../issue.ts';
import type { QuantityStep } from '../../pipeline/merge/terms/quantity-rules.ts';
import type { PriceDoubtCode } from '../../pipeline/merge/watch/price-watch.ts';

export const RECEIPT_VERSION = 1;

export const OUTCOMES = ['published', 'held', 'kept', 'zeroed', 'unpriced', 'rejected', 'not_offered'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const FINDING_CODES = [
  'missing_artifact',
  'damaged_artifact',
  'plugin_version',
  'config_unusable',
  'replay_failed',
  'row_differs',
  'feed_differs',
  'refused_row_differs',
  'refused_rows_unknown',
  'offers_not_listed',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** Files of the run contradict each other: one is missing or was changed, or a plugin has another version. */
export interface ReceiptFinding {
  code: FindingCode;
  /** The file in question, relative to the run's prefix. */
  path: string | null;
  message: string;
}

/** How a value came from the cells of a row. */
export interface ReadCell {
  column: string;
  /** The feed's columns from which it was read. */
  from: string[];
  /** Their cells, as the feed has them. */
  raw: string[];
  /** The exact value; null if empty. */
  value: string | null;
  /** The steps from the cells to the value; empty if the cell was read unchanged. */
  how: string[];
}

/** Why an offer lost: a criterion, and both values. */
export interface LostBy {
  criterion: string;
  own: string | null;
  winner: string | null;
}

export interface RecordPlace {
  vendor_id: string;
  /** The path of the run's copy, below the run's prefix; null if it is not known. */
  file: string | null;
  row_number: number;
  line: number;
}

/**
 * `no_price`: it ranked above the winner but could not be priced. `duplicate`: `duplicate_sku` took another row of the
 * vendor, or added this row's quantity to it. `left_out`: the merge strategy left it out. `unknown`: the run's files
 * contradict each other.
 */
export const OFFER_RESULTS = ['won', 'lost', 'no_price', 'duplicate', 'left_out', 'unknown'] as const;
export type OfferResult = (typeof OFFER_RESULTS)[number];

/** What the terms of a vendor make of a cost; exact amounts in the tenant's currency. */
export interface LandedCost {
  cost: string;
  handling_pct: string;
  handling_fixed: string;
  landed_cost: string;
}

export interface ExplainedOffer extends RecordPlace {
  result: OfferResult;
  /** From 1, the best; null if it was not ranked. */
  rank: number | null;
  lost_by: LostBy | null;
  /** In the row, and after summing rows and the tenant's quantity rules; `steps` has each rule that changed it. */
  quantity: { feed: number; offered: number; steps: QuantityStep[] };
  /** Null for a vendor without terms, and without a cost. */
  landed_cost: LandedCost | null;
  /** Null if the SKU map did not name the row. */
  sku_map: { vendor_sku: string; sku: string } | null;
  cells: ReadCell[];
}

export interface ExplainedRefusal extends RecordPlace {
  problems: RowProblem[];
  /** The cells as they came, by header. */
  row_data: Record<string, string>;
}

export interface ExplainedStep {
  /** The pricing rule. */
  rule: string;
  /** True for the two floors after every chain. */
  is_floor: boolean;
  options: unknown;
  before: string | null;
  after: string | null;
  /** The floor without which the rule would have given a lower price, such as that of `map_floor` for `ending`; null if there is none. */
  lifted_by: { rule: string; floor: string } | null;
}

export interface ExplainedPrice {
  /** `cost`, or the feed's own `price` if the offer has no cost. */
  vendor_id: string;
  settings: {
    base_margin_pct: string;
    shipping_handling_flat: string;
    min_price: string;
    map_policy: { enforce: boolean; map_floor_behavior: string };
    rounding: { mode: string; increment: string };
  };
  steps: ExplainedStep[];
  /** Exact, before it is written with the currency's decimals. */
  exact: string | null;
  /** As it is written; null if the offer has no price. */
  written: string | null;
  /** What is odd about it. */
  doubts: PriceDoubt[];
}

export interface PriceDoubt {
  /** The code of the run's warning about the same. */
  code: PriceDoubtCode;
  /** In words. */
  message: string;
}

export interface ExplainedPublishing {
  /** False if the run ended before it was compared with what is published. */
  compared: boolean;
  /** Null if nothing was published before, or the run was not compared. */
  baseline: { run_id: string | null; published_at: string | null; sha256: string | null } | null;
  /** Why holds and guardrails were set aside. */
  forced: string | null;
  /** The change that `delta.csv` lists; null for a row that did not change. */
  change: string | null;
  previous_price: string | null;
  previous_quantity: string | null;
  /** The decision on the SKU's price that the run was given; null if there was none, or it had expired. */
  decision: { decision: string; price: string; reason: string | null; run_id: string | null } | null;
  /** Why the price is held; null if it is not. */
  hold: {
    reason: string;
    candidate_price: string | null;
    runs: number;
    /** The winner's landed cost, if the row goes out at a price below it; else null. */
    below_cost: string | null;
  } | null;
  /** Why the SKU of the published feed is not in this run's own; null if it is. */
  vanished: {
    reason: string;
    action: string;
    vendors: string[];
    /** For how many published runs in a row this was done. */
    runs: number;
    /** `publish.vanished` of the config: how long `keep` lasts, and what follows. */
    keep_runs: number;
    afterwards: string;
  } | null;
}

export const ABSENCE_REASONS = [
  'rejected',
  'mapped_away',
  'filtered',
  'left_out',
  'unpriced',
  'vendor_unavailable',
  'not_listed',
  'unknown',
] as const;
export type AbsenceReason = (typeof ABSENCE_REASONS)[number];

export interface Absence {
  reason: AbsenceReason;
  /** In words. */
  detail: string;
  /** Rows that name the SKU, if they are known. */
  rows: Array<RecordPlace & { cells: string[] }>;
}

export interface ExplainedInput {
  vendor_id: string;
  status: string;
  file: string | null;
  sha256: string | null;
  size: number | null;
  last_modified: string | null;
  /** True if it is a file of an earlier run. */
  carried_over: boolean;
  /** True if rows were read in place of refused ones. */
  patched: boolean;
  /** True if the vendor's rows took part; false if it has no file or was left out; null if the run failed before. */
  used: boolean | null;
  /** What was read beside it: SKU map, side files of the parser, currency rates. */
  side_files: Array<{ name: string; file: string; sha256: string }>;
}

export interface PublishedByHand {
  sequence: number;
  published_at: string;
  reason: string | null;
}

export interface Receipt {
  receipt_version: typeof RECEIPT_VERSION;
  run_id: string;
  tenant_id: string;
  sku: string;
  outcome: Outcome;
  /** Why the run failed and published nothing, in words; null if it succeeded. */
  run_failure: string | null;
  /** A person published the feed that a guardrail stopped; null otherwise, and where nobody can tell, as on the command line. */
  published_by_hand: PublishedByHand | null;
  /** One sentence. */
  summary: string;
  /** The run's clock. */
  generated_at: string | null;
  config_version: number | null;
  currency: string | null;
  /** The row that went out; null if none did. */
  feed: { path: string; row: Record<string, string> } | null;
  /** The best first. */
  offers: ExplainedOffer[];
  refused_rows: ExplainedRefusal[];
  price: ExplainedPrice | null;
  /** Null if the config has neither `publish` nor `guardrails`. */
  publishing: ExplainedPublishing | null;
  /** Why the SKU is not offered; null if it is. */
  absence: Absence | null;
  /** SKUs of the run that look like this one; only for a SKU that is not in it. */
  near_skus: string[];
  inputs: ExplainedInput[];
  plugins: Array<{ kind: string; id: string; version: string }>;
  findings: ReceiptFinding[];
}
