/** Publishes feeds of a tenant in the in-memory stores. */
import { movePublication, type Publication, readCurrent } from '../../core/pipeline/publications.ts';
import { sha256 } from '../http/secrets.ts';
import type { Api } from './harness.ts';

export async function publish(
  { artifacts, runs, time }: Api,
  tenantId: string,
  runId: string,
  text: string,
): Promise<Publication> {
  const key = `${runId}/tenants/${tenantId}/outputs/merged_inventory.csv`;
  artifacts.put(key, text);
  await runs.create({ runId, tenantId, configVersion: 1, vendors: [], force: false, now: time.now });
  Object.assign(runs.records.get(runId) ?? {}, {
    ...{ status: 'SUCCEEDED', finishedAt: time.now, artifacts: { merged_inventory: key } },
  });
  const { etag } = (await artifacts.head(key)) ?? { etag: '' };
  return movePublication(artifacts, tenantId, await readCurrent(artifacts, tenantId), {
    ...{ run_id: runId, key, etag, format: 'csv', rows: text.split('\n').length - 2, config_version: 1, reason: null },
    sha256: await sha256(text, globalThis.crypto),
    published_at: new Date(time.now).toISOString(),
  });
}
