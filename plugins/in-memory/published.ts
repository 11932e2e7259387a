/** What is published, in memory: the artifacts of an earlier run as the baseline of the next one. */
import { createHash } from 'node:crypto';
import { toBytes } from '../../core/bytes/text.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { runCopies } from '../../core/pipeline/fetch/input-manifest.ts';
import type { Baseline, Decisions } from '../../core/ports/publishing.ts';
import { memorySource } from './ports.ts';

export interface PublishedFiles {
  runId: string;
  /** By path below the run's prefix. */
  read(path: string): Uint8Array | undefined;
  chunkBytes?: number | undefined;
}

/** Null if the run has no merged feed. Without a state it is a feed alone. */
export function baselineOf({ runId, read, chunkBytes }: PublishedFiles): Baseline | null {
  const format = read(PATHS.merged('csv')) === undefined ? 'jsonl' : 'csv';
  const feed = read(PATHS.merged(format));
  if (feed === undefined) return null;
  const state = read(PATHS.publishState);
  const summaryBytes = read(PATHS.summary);
  const summary = summaryBytes === undefined ? undefined : JSON.parse(Buffer.from(summaryBytes).toString('utf8'));
  return {
    run_id: state === undefined && summary === undefined ? null : runId,
    key: `${runId}/${PATHS.merged(format)}`,
    etag: null,
    sha256: createHash('sha256').update(feed).digest('hex'),
    published_at: null,
    format,
    feed: memorySource('merged_inventory', feed, chunkBytes),
    state: state === undefined ? null : memorySource('publish_state.csv', state, chunkBytes),
    stateSha256: summary?.artifact_hashes?.[PATHS.publishState] ?? null,
    vendorRows: summary?.vendor_record_counts ?? null,
    vendorFigures: summary?.vendor_figures ?? null,
    files: async (vendorId) => {
      const manifest = read(PATHS.manifest);
      if (manifest === undefined) return [];
      return runCopies(JSON.parse(Buffer.from(manifest).toString('utf8')), vendorId).flatMap(({ path, ...copy }) => {
        const bytes = read(path);
        return bytes === undefined ? [] : [{ ...copy, source: memorySource(copy.name, bytes, chunkBytes) }];
      });
    },
  };
}

export function decisionsOf(bytes: Uint8Array | string, chunkBytes?: number): Decisions {
  const source = memorySource('decisions.csv', typeof bytes === 'string' ? toBytes(bytes) : bytes, chunkBytes);
  return { key: 'decisions.csv', etag: null, sha256: null, source };
}
