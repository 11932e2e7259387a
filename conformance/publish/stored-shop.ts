/** Runs of the shop as the service keeps them, to be simulated and compared. */
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { checkConfig } from '../../core/config/check.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import type { PastRun } from '../../core/pipeline/simulate/past-run.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import { type HarnessResult, testRegistry } from '../../plugins/testing/harness.ts';
import { CONFIG, runShop } from './shop.ts';

export interface StoredRun {
  store: MemoryArtifactFiles;
  past: PastRun;
  result: HarnessResult;
  config: TenantConfig;
}

/** The id of every run. */
export const RUN_ID = 'run-1';

/** A side file that a run did not read. */
export const NO_SIDE_FILE = { sideFile: () => Promise.reject(new RelayError('invalid_input', 'no side file')) };

export function passedConfig(rawConfig: object): TenantConfig {
  const checked = checkConfig(rawConfig, testRegistry());
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}

/** More extra columns than a config may have by default: a service may allow more. */
export const MANY_COLUMNS = Array.from({ length: 30 }, (_, i) => `extra_${i}`);

/** Makes the run, compared with `before`; its files may be changed by `edit` before they are read. */
export async function storedRun(
  feeds: Record<string, string | null>,
  {
    changes = {},
    before = null,
    publishing = {},
    edit = () => {},
  }: {
    changes?: object;
    before?: HarnessResult | null;
    publishing?: Partial<PublishRequest>;
    edit?: (store: MemoryArtifactFiles, prefix: string) => void;
  } = {},
): Promise<StoredRun> {
  const result = await runShop(feeds, before, changes, publishing);
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  const store = new MemoryArtifactFiles();
  store.chunkBytes = 4096;
  const prefix = `${RUN_ID}/tenants/${CONFIG.tenant_id}/`;
  for (const [path, bytes] of result.artifacts.files) store.objects.set(prefix + path, bytes);
  edit(store, prefix);
  const past = await readStoredRun(store, { runId: RUN_ID, tenantId: CONFIG.tenant_id });
  return { store, past, result, config: passedConfig({ ...CONFIG, ...changes }) };
}
