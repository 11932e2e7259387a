/**
 * Corrected rows that tenants uploaded (`tenants/<id>/patches/`): finds those that the next run may still read and the
 * runs whose reports they need, and removes the others once they are old.
 */
import { patchesPrefix } from '../../core/config/prefixes.ts';
import { RelayError } from '../../core/errors.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { InputManifest, ManifestVendor } from '../../core/pipeline/fetch/input-manifest.ts';
import { readJson } from '../../core/pipeline/publications.ts';
import type { ArtifactStore, ObjectInfo } from '../../core/ports/service/objects.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';
import type { UsageStore } from '../../core/ports/service/upkeep.ts';

/** A patch by its key: `<vendor>/<hash of the file>/<run that refused the rows>/<name>.csv` below the tenant's folder. */
const PATCH = /^([^/]+\/[0-9a-f]+)\/([^/]+)\/[^/]+\.csv$/;

/**
 * The runs that refused the rows of patches in use: a run that reads a patch needs their report. `runIds` are the runs
 * in use without regard to patches. If the manifest of one of them is damaged, all patches count as in use.
 */
export async function patchedRuns(
  artifacts: ArtifactStore,
  tenantId: string,
  runIds: ReadonlySet<string>,
  onDamaged?: (error: RelayError) => void,
): Promise<readonly string[]> {
  const first = await artifacts.list(patchesPrefix(tenantId), null, 1);
  if (first.objects.length === 0) return [];
  const used = await patchesInUse(artifacts, tenantId, runIds);
  if (!(used instanceof RelayError)) return [...used.values()].map(({ runId }) => runId);
  onDamaged?.(used);
  const all = new Set<string>();
  for await (const { runId } of patches(artifacts, tenantId)) all.add(runId);
  return [...all];
}

interface UsedPatch {
  key: string;
  runId: string;
  lastModified: number;
}

/**
 * By vendor and hash of the file: the newest patch of each file that one of these runs has read, since the next run may read it again.
 * An error if the manifest of a run is damaged: then nobody can tell.
 */
async function patchesInUse(
  artifacts: ArtifactStore,
  tenantId: string,
  runIds: ReadonlySet<string>,
): Promise<Map<string, UsedPatch> | RelayError> {
  const files = new Set<string>();
  for (const runId of runIds) {
    const manifest = await readJson<InputManifest>(artifacts, runPrefix(runId, tenantId) + PATHS.manifest).catch(
      (error) => {
        if (error instanceof RelayError && error.code === 'invalid_input') return error;
        throw error;
      },
    );
    if (manifest instanceof RelayError) return manifest;
    for (const [id, vendor] of Object.entries(manifest?.value.vendors ?? {}))
      for (const hash of hashesOf(vendor)) files.add(`${id}/${hash}`);
  }
  const used = new Map<string, UsedPatch>();
  if (files.size === 0) return used;
  for await (const { key, lastModified, file, runId } of patches(artifacts, tenantId)) {
    const other = used.get(file);
    // by time, then by key, as a run chooses
    const isNewer =
      other === undefined ||
      lastModified > other.lastModified ||
      (lastModified === other.lastModified && key > other.key);
    if (files.has(file) && isNewer) used.set(file, { key, runId, lastModified });
  }
  return used;
}

/** The hashes of each file of the vendor, before and after its patches. */
function hashesOf({ sha256, carried_over, files = [], patches: applied = [] }: ManifestVendor): string[] {
  const hashes = [sha256, carried_over?.sha256, ...files.map((file) => file.sha256)];
  hashes.push(...applied.flatMap(({ of_sha256, patched_sha256 }) => [of_sha256, patched_sha256]));
  return hashes.filter((hash) => typeof hash === 'string');
}

async function* patches(
  artifacts: ArtifactStore,
  tenantId: string,
): AsyncGenerator<ObjectInfo & { file: string; runId: string }> {
  const prefix = patchesPrefix(tenantId);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ArtifactStore['list']>> = await artifacts.list(prefix, cursor);
    for (const object of page.objects) {
      const [, file, runId] = PATCH.exec(object.key.slice(prefix.length)) ?? [];
      if (file !== undefined && runId !== undefined) yield { ...object, file, runId };
    }
    cursor = page.next;
  } while (cursor !== null);
}

/**
 * Removes patches that were uploaded before a time and that no run will read. `runIds` are the runs in use without
 * regard to patches. Removes nothing while a run works.
 */
export async function prunePatches(
  { artifacts, runs, usage }: { artifacts: ArtifactStore; runs: RunStore; usage: UsageStore },
  tenantId: string,
  { before, dryRun }: { before: number; dryRun: boolean },
  runIds: ReadonlySet<string>,
): Promise<{ patches?: number; objects?: number; bytes?: number }> {
  const old: ObjectInfo[] = [];
  for await (const patch of patches(artifacts, tenantId)) if (patch.lastModified < before) old.push(patch);
  if (old.length === 0) return {};
  for (const status of ['QUEUED', 'RUNNING'] as const) {
    const active = await runs.list({ tenantId, status }, null, 1);
    if (active.runs.length > 0) return {};
  }
  const used = await patchesInUse(artifacts, tenantId, runIds);
  // whoever asked for the runs in use was told why
  if (used instanceof RelayError) return {};
  const keys = new Set([...used.values()].map(({ key }) => key));
  const unused = old.filter(({ key }) => !keys.has(key));
  const bytes = unused.reduce((sum, { size }) => sum + size, 0);
  if (!dryRun) {
    for (const { key } of unused) await artifacts.remove(key);
    await usage.addStored(tenantId, -bytes);
    await usage.addFiles(tenantId, -unused.length);
  }
  return { patches: unused.length, objects: unused.length, bytes };
}
