/** The tenants of a history, and what their runs write when nothing goes wrong. */
import { createHash } from 'node:crypto';
import { artifactName } from '../../core/pipeline/artifact-names.ts';
import { decisionsKey } from '../../core/pipeline/publish/holds/decisions.ts';
import type { Engine } from '../../core/pipeline/run.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { type ExecuteDeps, executeRun } from '../../worker/execute/execute.ts';
import { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import { SimArtifactStore } from './stores.ts';

export const TENANTS = ['north', 'south'] as const;
export const VENDORS = ['acme', 'bolt'] as const;
/** An engine that waits only for promises. */
export const simEngine: Engine = { ...testEngine(), strays: undefined as never, stalls: undefined as never };
/** What an undisturbed run writes, by the versions of its feeds. */
const references = new Map<string, Record<string, string>>();

/** `isCompared`: the config has `publish`, and the run gets decisions. */
export function configOf(tenantId: string, isCompared = false): object {
  return {
    ...(isCompared ? { publish: { holds: { price_rise_pct: '0.5' } } } : {}),
    schema_version: 1,
    tenant_id: tenantId,
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: VENDORS.map((vendor_id) => ({
      vendor_id,
      required: vendor_id === 'acme',
      inbound: { type: 's3' },
      parser: { format: 'csv' },
    })),
    pricing: { base_margin_pct: '0.2', min_price: 5, shipping_handling_flat: '1.00', map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'vendor_id', 'quantity_available', 'price'] },
    error_policy: { max_invalid_rows: 5, max_invalid_row_pct: '0.9' },
  };
}

/** Odd versions of a feed have a row that is refused. */
export function feedVersion(vendor: string, version: number): string {
  const bad = version % 2 === 1 ? 'BAD,one,2\n' : '';
  return `sku,quantity_available,cost\nA1,${version + 1},${vendor.length + version}\n${bad}${vendor},3,7.5\n`;
}

/** A run's files by path, without what differs between two runs of the same inputs. */
export function comparable({ runId, tenantId, startedAt }: RunRecord, files: Map<string, string | undefined>) {
  const start = new Date(startedAt ?? 0).toISOString().slice(0, 19);
  const texts: Record<string, string> = {};
  for (const [path, text = 'missing'] of files) {
    // the row index is not an artifact: the run's record does not name it
    if (artifactName(path) === null) continue;
    const same = text.replaceAll(runId, 'RUN').replaceAll(tenantId, 'TENANT').replaceAll(start, 'START');
    texts[path] = path.endsWith('run_summary.json')
      ? withoutHashes(same, files).replaceAll(/"(duration_seconds|completed_at|etag)".*|"stage_times": \{[^}]*\}/g, '')
      : same.replaceAll(/"(etag|last_modified)".*/g, '');
  }
  return texts;
}

/** Replaces a correct hash by a word: files that contain the run's id differ between runs. */
function withoutHashes(summary: string, files: Map<string, string | undefined>): string {
  let text = summary;
  for (const [path, content] of files) {
    if (content !== undefined) text = text.replaceAll(`"${path}": "${hashOf(content)}"`, `"${path}": "its hash"`);
  }
  return text;
}

/** What an undisturbed run writes. `decisions`: the decisions of a run that is compared; undefined if it is not. */
export async function referenceOf(
  versions: readonly number[],
  decisions?: string | null,
): Promise<Record<string, string>> {
  const name = `${versions.join()} ${decisions}`;
  const known = references.get(name);
  if (known !== undefined) return known;
  const world = { wall: Date.parse('2026-11-01T06:00:00Z') };
  const artifacts = new SimArtifactStore(() => world.wall, 'of each write');
  for (const [i, vendor] of VENDORS.entries())
    artifacts.place(`tenants/north/inbound/${vendor}/feed.csv`, feedVersion(vendor, versions[i] ?? 0));
  if (typeof decisions === 'string') artifacts.place(decisionsKey('north'), decisions);
  const runs = new MemoryRunStore();
  await runs.create({
    runId: 'reference-1',
    tenantId: 'north',
    configVersion: 1,
    vendors: [],
    force: false,
    now: world.wall,
  });
  const claimed = await runs.claim('reference-1', 'w', world.wall, 1000);
  if (claimed.status !== 'claimed') throw new Error(claimed.status);
  const deps: ExecuteDeps = {
    ...{ engine: simEngine, artifacts, configLimits: {}, now: () => world.wall },
    createScratch: () => Object.assign(new MemoryScratch(), { dispose: () => undefined }),
  };
  const nothing = async () => undefined;
  const host = { signal: new AbortController().signal, confirm: nothing, enterStage: nothing, onProgress: () => {} };
  const report = await executeRun(deps, { run: claimed.run, config: configOf('north', decisions !== undefined) }, host);
  if (report.failure !== null) throw new Error(`the reference failed: ${report.failure.message}`);
  const prefix = 'reference-1/tenants/north/';
  const files = new Map([...artifacts.textsUnder(prefix)].map(([key, text]) => [key.slice(prefix.length), text]));
  const texts = comparable(claimed.run, files);
  references.set(name, texts);
  return texts;
}

/** The hashes that a manifest has for the vendors and for the decisions; undefined for a vendor whose file is not copied yet. */
export function pinsOf(manifest: string): Array<string | undefined> {
  const { vendors, decisions } = JSON.parse(manifest);
  return [...VENDORS.map((vendor) => vendors[vendor]?.sha256 ?? undefined), decisions?.sha256 ?? 'no decisions'];
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function jobOf({ runId: run_id, tenantId: tenant_id }: Pick<RunRecord, 'runId' | 'tenantId'>) {
  return { run_id, tenant_id, vendors: [], config_version: 1 };
}
