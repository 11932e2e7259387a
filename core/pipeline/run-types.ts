/** The input and the result of a run. */
import type { TenantConfig } from '../config/schema.ts';
import type { Notice } from '../notices/notices.ts';
import type {
  Clock,
  EngineLimits,
  Hasher,
  HookNotes,
  RunArtifacts,
  RunInputs,
  Scratch,
  SideTableReader,
  Stalls,
  StrayErrors,
} from '../ports/engine.ts';
import type { BaselineName, PublishRequest, VendorFigure } from '../ports/publishing.ts';
import type { Threads } from '../ports/threads.ts';
import type { Registry } from '../registry.ts';
import type { RunCode, Stage } from '../run-codes.ts';
import type { PricingDefaults } from './bind.ts';
import type { InputManifest } from './fetch/input-manifest.ts';

/** What the engine needs from its surroundings; the same for all runs of a process. */
export interface Engine {
  registry: Registry;
  pricing: PricingDefaults;
  readSideTable: SideTableReader;
  createHasher(): Hasher;
  clock: Clock;
  /** If absent, errors of code that a plugin left running go unnoticed. */
  strays?: StrayErrors;
  /** If absent, a run waits for ever for a promise that never settles. */
  stalls?: Stalls;
  /** If absent, nobody notes which hook a run is in. */
  hookNotes?: HookNotes;
  /** Absent: a run does all its work in its own thread. */
  threads?: Threads;
  limits?: Partial<EngineLimits>;
}

export type RunEvent =
  | { type: 'stage'; stage: Stage }
  | { type: 'fetched'; vendor_id: string; bytes: number }
  | { type: 'rows'; vendor_id: string; rows: number }
  | { type: 'normalized'; vendor_id: string; rows: number; invalid: number }
  | { type: 'merged'; rows: number }
  | { type: 'exported'; name: string; rows: number };

export interface RunRequest {
  runId: string;
  config: TenantConfig;
  /** The config as the tenant wrote it, for the snapshot. */
  rawConfig: unknown;
  configVersion: number;
  /** The run's clock: the time of its first start, in seconds since 1970. */
  now: number;
  inputs: RunInputs;
  artifacts: RunArtifacts;
  scratch: Scratch;
  /** What the run is compared with, if the config has `publish` or `guardrails`. */
  publishing?: PublishRequest;
  /** The manifest of an earlier attempt at the run, whose inputs `inputs` finds again. */
  pinned?: InputManifest | null;
  /** Only these vendors; all if absent. */
  vendors?: readonly string[];
  signal?: AbortSignal | undefined;
  onEvent?: ((event: RunEvent) => void) | undefined;
  /**
   * Awaited at the start of each stage; throws to stop the run. At `COMPLETE` the summary is not written yet, so a caller
   * that lost its claim on the run can still stop it.
   */
  onStage?: (stage: Stage) => Promise<void>;
}

/** How the feed became the published one. */
export interface PublishSummary {
  baseline: BaselineName | null;
  decisions: object | null;
  /** Why holds and guardrails were set aside; null if they applied. */
  forced: string | null;
  /** Rows of the baseline, of the run's own feed, and of the published feed. */
  rows: { before: number; candidate: number; after: number };
  /** Rows by what changed. */
  changes: Record<string, number>;
  held: number;
  /** Held because a person rejected the price, and so not reported. */
  held_silently: number;
  /** SKUs of the baseline that the run lacks, by reason. */
  vanished: Record<string, number>;
  /** The guardrails that were exceeded. */
  tripped: string[];
}

export interface RunSummary {
  run_id: string;
  tenant_id: string;
  config_version: number;
  vendor_count: number;
  /** Rows of the merged feed. */
  record_count: number;
  /** Valid rows of each vendor. */
  vendor_record_counts: Record<string, number>;
  invalid_rows: number;
  total_rows: number;
  error_counts: Record<string, number>;
  warnings: string[];
  /** The warnings in words. */
  notices: Notice[];
  unpriced_skus: { count: number; skus: string[] };
  /** What each vendor's offers came to at the merge; empty if the run did not get so far. */
  vendor_figures: Record<string, VendorFigure>;
  /** Only if the config has `publish` or `guardrails`, and the feed was compared. */
  publish?: PublishSummary;
  /** The SHA-256 of each file that the run wrote, by path, apart from copies of inputs, the index and the summary itself. */
  artifact_hashes: Record<string, string>;
  duration_seconds: number;
  stage_times: Record<string, number>;
  completed_at: string;
}

export interface RunOutcome {
  status: 'SUCCEEDED' | 'FAILED';
  summary: RunSummary;
  failed_stage: Stage | null;
  error_code: RunCode | null;
  error_message: string | null;
  /** True if `errors.json` was written. */
  has_errors_file: boolean;
  /** The error itself, for the caller's log and its decision to retry. */
  error: unknown;
}
