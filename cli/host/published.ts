/** Published feeds on a local disk: an earlier run's folder, or only a merged feed. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { type InputManifest, runCopies } from '../../core/pipeline/fetch/input-manifest.ts';
import type { RunSummary } from '../../core/pipeline/run.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import type { Baseline, CarriedFile } from '../../core/ports/publishing.ts';
import { UsageError } from '../usage.ts';
import { fileSource } from './files.ts';
import { isFolder } from './inputs.ts';
import { readReport } from './reports.ts';

/** A feed, and the folder of its run; null if there is only the feed. */
export interface LocalFeed {
  file: string;
  format: 'csv' | 'jsonl';
  folder: string | null;
}

/** The feed of a run; for a run that a guardrail stopped, its candidate. */
export function findFeedOrCandidate(given: string, what: string): LocalFeed {
  for (const format of ['csv', 'jsonl'] as const) {
    const file = path.join(given, PATHS.candidate(format));
    if (fs.existsSync(file)) return { file, format, folder: given };
  }
  return findFeed(given, what);
}

/** A run's folder is `<out>/<run_id>/tenants/<tenant_id>`. Throws `UsageError`, which names the argument `what`. */
export function findFeed(given: string, what: string): LocalFeed {
  if (!fs.existsSync(given)) throw new UsageError(`${what} ${given} is not there`);
  if (!isFolder(given)) return { file: given, format: formatOf(given), folder: null };
  for (const format of ['csv', 'jsonl'] as const) {
    const file = path.join(given, PATHS.merged(format));
    if (fs.existsSync(file)) return { file, format, folder: given };
  }
  const nested = path.join(given, 'tenants');
  const tenants = isFolder(nested) ? fs.readdirSync(nested) : [];
  if (tenants.length === 1) return findFeed(path.join(nested, tenants[0] ?? ''), what);
  const cause = fs.existsSync(path.join(given, PATHS.manifest)) ? ': the run has none, or was not published' : '';
  throw new UsageError(`${what} ${given} has no ${PATHS.merged('csv')}${cause}`);
}

function formatOf(file: string): 'csv' | 'jsonl' {
  return /\.(jsonl|ndjson)$/i.test(file) ? 'jsonl' : 'csv';
}

export async function localBaseline({ file, format, folder }: LocalFeed): Promise<Baseline> {
  const feed = fileSource(file);
  const summary = folder === null ? null : readReport<LocalSummary>(folder, PATHS.summary);
  const state = folder === null ? null : path.join(folder, PATHS.publishState);
  return {
    run_id: summary?.run_id ?? null,
    key: file,
    etag: null,
    // if the feed is not what its run wrote, the next run fails
    sha256: recordedHash(summary, format) ?? (await digestOfSource(feed)),
    published_at: summary?.completed_at ?? null,
    format,
    feed,
    state: state !== null && fs.existsSync(state) ? fileSource(state) : null,
    stateSha256: summary?.artifact_hashes?.[PATHS.publishState] ?? null,
    vendorRows: summary?.vendor_record_counts ?? null,
    vendorFigures: summary?.vendor_figures ?? null,
    files: async (vendorId) => (folder === null ? [] : localCopies(folder, vendorId)),
  };
}

/** Null if an earlier release wrote the summary, or the feed was published after a guardrail stopped its run. */
function recordedHash(summary: LocalSummary | null, format: LocalFeed['format']): string | null {
  return summary?.artifact_hashes?.[PATHS.merged(format)] ?? null;
}

function localCopies(folder: string, vendorId: string): CarriedFile[] {
  const manifest = readLocalManifest(folder);
  if (manifest === null) return [];
  return runCopies(manifest, vendorId).map(({ path: name, ...copy }) => ({
    ...copy,
    source: fileSource(path.join(folder, ...name.split('/'))),
  }));
}

type LocalSummary = Pick<RunSummary, 'run_id' | 'completed_at' | 'vendor_record_counts'> &
  Partial<Pick<RunSummary, 'vendor_figures' | 'artifact_hashes'>>;

export function readLocalManifest(folder: string): InputManifest | null {
  return readReport<InputManifest>(folder, PATHS.manifest);
}

export async function digestOfSource(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source.open()) hash.update(chunk);
  return hash.digest('hex');
}
