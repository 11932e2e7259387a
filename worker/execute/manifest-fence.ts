/** The manifest that an earlier attempt at a run has left, and the fence that keeps a stalled attempt from writing one. */
import { PATHS, writeJson } from '../../core/pipeline/artifacts.ts';
import { type InputManifest, type ManifestVendor, pinnedCopies } from '../../core/pipeline/fetch/input-manifest.ts';
import { storedValue } from '../../core/pipeline/stored-shapes.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { ObjectArtifacts } from './object-artifacts.ts';

/** The manifest of an earlier attempt; null if none got that far. Throws `invalid_input` if it is damaged. */
export async function readManifest(artifacts: ObjectArtifacts): Promise<InputManifest | null> {
  const body = await artifacts.read(PATHS.manifest);
  if (body === null) return null;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true });
  return storedValue(PATHS.manifest, text + decoder.decode()) as InputManifest;
}

/**
 * Call it before any copy is made. An earlier attempt may have left copies that no manifest names: it may have stalled
 * just before its manifest appears, and this attempt is about to replace its copies. So this attempt replaces the
 * manifest first. Then the stalled manifest can no longer appear, and a manifest never names copies that were replaced.
 */
export async function fenceManifest(
  artifacts: ObjectArtifacts,
  manifest: InputManifest | null,
  run: RunRecord,
): Promise<void> {
  const named = new Set(Object.values(manifest?.vendors ?? {}).flatMap(namedCopies));
  const decisions = manifest?.decisions?.key;
  if (decisions != null) named.add(decisions);
  const isCopy = (path: string) => /^(inbound|side_files|patches|patched)\//.test(path) || path === PATHS.decisions;
  const isLeft = (path: string) => isCopy(path) && !named.has(artifacts.prefix + path);
  if (![...artifacts.paths].some(isLeft)) return;
  const { runId: run_id, tenantId: tenant_id, configVersion: config_version } = run;
  const generated_at = new Date(run.startedAt ?? 0).toISOString();
  const fence: InputManifest = manifest ?? { run_id, tenant_id, config_version, generated_at, vendors: {} };
  // naming the attempt makes it a new state
  await writeJson(artifacts, PATHS.manifest, { ...fence, attempt: run.attempt });
}

/** The keys of a vendor's copies that an attempt has finished. */
function namedCopies(vendor: ManifestVendor): string[] {
  const patches = (vendor.patches ?? []).flatMap(({ run_copy_key, patched_copy_key }) => [
    ...[run_copy_key, run_copy_key.replace(/\.csv$/, '.rows.csv'), patched_copy_key],
  ]);
  const copies = [...(pinnedCopies(vendor) ?? []), ...(vendor.side_files ?? [])];
  return [...copies.map((copy) => copy.run_copy_key), ...patches];
}
