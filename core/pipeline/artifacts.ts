/** The artifacts of a run: their paths, and writing each of them completely or not at all. */
import { toBytes } from '../bytes/text.ts';
import type { ByteSink, RunArtifacts } from '../ports/engine.ts';

export const PATHS = {
  inbound: (vendorId: string, filename: string) => `inbound/${vendorId}/${filename}`,
  /** The run's copy of a file that an earlier run used. */
  carriedOver: (vendorId: string, filename: string) => `carried_over/${vendorId}/${filename}`,
  /** A vendor's file with corrected rows, the patch with those rows, and their places. `n` counts patches from 1. */
  patched: (vendorId: string, n: number, filename: string) => `patched/${vendorId}/${n}/${filename}`,
  patch: (vendorId: string, n: number) => `patches/${vendorId}/${n}.csv`,
  patchRows: (vendorId: string, n: number) => `patches/${vendorId}/${n}.rows.csv`,
  sideFile: (vendorId: string, name: string, filename: string) => `side_files/${vendorId}/${name}/${filename}`,
  normalized: (vendorId: string) => `normalized/${vendorId}/normalized.csv`,
  merged: (format: 'csv' | 'jsonl') => `outputs/merged_inventory.${format}`,
  /** The feed of a run that was not published. */
  candidate: (format: 'csv' | 'jsonl') => `outputs/candidate_inventory.${format}`,
  /** A file of `output.exports`. */
  export: (name: string, extension: string) => `outputs/exports/${name}.${extension}`,
  delta: 'outputs/delta.csv',
  publishState: 'outputs/publish_state.csv',
  holds: 'reports/holds.csv',
  vanished: 'reports/vanished.csv',
  /**
   * A vendor's refused rows, and their places in the feed. If the feed has several files, the id is the vendor with the
   * file.
   */
  rejects: (vendorId: string) => `reports/rejects/${vendorId}.csv`,
  rejectRows: (vendorId: string) => `reports/rejects/${vendorId}.rows.csv`,
  guardrails: 'reports/guardrails.json',
  expectations: 'reports/expectations.json',
  diff: 'reports/diff.json',
  /** The decisions on held prices, as they were when the run began. */
  decisions: 'reports/decisions.csv',
  manifest: 'reports/input_manifest.json',
  config: 'reports/config_snapshot.json',
  summary: 'reports/run_summary.json',
  errors: 'reports/errors.json',
  rowIndex: 'reports/row_index.json',
  /** Which record each row of the `normalized.csv` files came from: see `row-index.ts`. */
  rows: 'reports/rows.bin',
} as const;

/** The prefix of a run's paths: `<run_id>/tenants/<tenant_id>/`. */
export function runPrefix(runId: string, tenantId: string): string {
  return `${runId}/tenants/${tenantId}/`;
}

/** Hands `use` a sink and closes it. If `use` throws, the artifact does not appear. */
export async function writing<T>(
  artifacts: RunArtifacts,
  path: string,
  use: (sink: ByteSink) => Promise<T>,
): Promise<T> {
  const sink = await artifacts.create(path);
  try {
    const result = await use(sink);
    await sink.close();
    return result;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** What normalizing a vendor writes. */
export interface VendorOutput {
  /** `normalized.csv` */
  sink: ByteSink;
  /** Its part of `rows.bin`. */
  rows: ByteSink;
}

export async function writeJson(artifacts: RunArtifacts, path: string, value: unknown): Promise<void> {
  await writing(artifacts, path, async (sink) => sink.write(toBytes(`${JSON.stringify(value, null, 2)}\n`)));
}

/** `errors.json`; created only once something is written to it. */
export class ErrorsFile {
  exists = false;
  #closed = false;
  readonly #artifacts: RunArtifacts;
  #sink: ByteSink | null = null;

  constructor(artifacts: RunArtifacts) {
    this.#artifacts = artifacts;
  }

  async write(text: string): Promise<void> {
    if (text === '' || this.#closed) return;
    if (this.#sink === null) {
      this.#sink = await this.#artifacts.create(PATHS.errors);
      this.exists = true;
    }
    await this.#sink.write(toBytes(text));
  }

  async close(): Promise<void> {
    await this.#sink?.close();
    this.#sink = null;
    this.#closed = true;
  }

  async abort(): Promise<void> {
    this.exists = false;
    await this.#sink?.abort();
    this.#sink = null;
  }
}
