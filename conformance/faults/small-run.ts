/** A small run, and the promises that must hold after its end, whatever happened to its worker and its stores. */
import { createHash } from 'node:crypto';
import { readCurrent, readPublication } from '../../core/pipeline/publications.ts';
import type { JobMessage } from '../../core/ports/service/jobs.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { CONFIG } from '../../worker/testing/worker-harness.ts';
import type { FaultPlace } from './family.ts';

const TENANT_ID = 'shop';
const VENDORS = ['acme', 'bolt'];

/** A tenant with two feeds. With `publish`, each of its runs is compared with the one before. */
export async function addTenant(
  { stores, now }: FaultPlace,
  rows: number,
  { tenantId = TENANT_ID, publish }: { tenantId?: string; publish?: object } = {},
): Promise<void> {
  const config = { ...CONFIG, tenant_id: tenantId, ...(publish && { publish }) };
  await stores.tenants.create(tenantId, config, now());
  for (const [n, vendor] of VENDORS.entries()) {
    const sink = await stores.artifacts.write(`tenants/${tenantId}/inbound/${vendor}/feed.csv`);
    let text = 'sku,quantity_available,cost\n';
    for (let i = 0; i < rows; i++) text += `S${(i * 7919 + n) % 100_003},${i % 50},${i % 900}.25\n`;
    await sink.write(new TextEncoder().encode(`${text}${vendor === 'acme' ? 'BAD,one,2\n' : ''}`));
    await sink.close();
  }
}

export async function startSmallRun({ stores, now }: FaultPlace, runId: string): Promise<void> {
  const run = { runId, tenantId: TENANT_ID, configVersion: 1, vendors: [], force: false, now: now() };
  const { status } = await stores.runs.create(run);
  if (status !== 'created') throw new Error(`the slot of the run before stays: ${status}`);
  await stores.queue.send(jobOfRun(run));
}

export function jobOfRun({ runId: run_id, tenantId: tenant_id }: Pick<RunRecord, 'runId' | 'tenantId'>): JobMessage {
  return { run_id, tenant_id, vendors: [], config_version: 1 };
}

export function hasEnded(run: RunRecord | null): boolean {
  return run?.status === 'SUCCEEDED' || run?.status === 'FAILED';
}

/** Hashes of a run's files, without parts that differ between two runs. */
export async function runFiles({ stores }: FaultPlace, run: RunRecord): Promise<Record<string, string>> {
  const prefix = `${run.runId}/tenants/${run.tenantId}/`;
  const start = new Date(run.startedAt ?? 0).toISOString().slice(0, 19);
  const { objects } = await stores.artifacts.list(prefix);
  const hashes: Record<string, string> = {};
  for (const { key } of objects.filter((one) => !one.key.endsWith('run_summary.json'))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await stores.artifacts.read(key)).body) chunks.push(chunk.slice());
    const text = Buffer.concat(chunks).toString('latin1').replaceAll(start, 'START').replaceAll(run.runId, 'RUN');
    const lasting = text.replace(/"(etag|last_modified)".*|"baseline": \{[^}]*\}/g, '');
    hashes[key.slice(prefix.length)] = createHash('sha256').update(lasting, 'latin1').digest('hex');
  }
  return hashes;
}

/**
 * The promises broken by a run that should have succeeded; only those about its files while other runs are in progress.
 */
export async function brokenBy(
  place: FaultPlace,
  runId: string,
  wanted: Record<string, string>,
  only: { files: boolean } = { files: false },
): Promise<string[]> {
  const broken: string[] = [];
  const run = await place.stores.runs.get(runId);
  if (run?.status !== 'SUCCEEDED') return [`${runId} is ${run?.status} ${run?.errorCode} ${run?.errorMessage}`];
  const found = await runFiles(place, run);
  for (const file of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
    if (found[file] !== wanted[file]) broken.push(`${runId}: ${file} is not as in an undisturbed run`);
  }
  for (const name of [
    'merged_inventory',
    'run_summary',
    'input_manifest',
    'errors',
    'inbound_acme',
    'normalized_bolt',
  ]) {
    if (run.artifacts[name] === undefined) broken.push(`${runId} does not name its ${name}`);
  }
  if (only.files) return broken;
  broken.push(...(await publicationsBrokenBy(place, run)));
  const { visible, inFlight } = await place.stores.queue.depth();
  if (visible + inFlight > 0) broken.push(`${runId}: ${visible} + ${inFlight} messages stay`);
  const letters = await place.stores.queue.deadLetters.list(10);
  if (letters.length > 0) broken.push(`${runId}: ${letters.length} dead letters`);
  const left = place.leftovers();
  if (left.length > 0) broken.push(`${runId}: files stay: ${left.join(', ')}`);
  return broken;
}

/** The promises broken about the run's publication: it must be published once, with a record. */
async function publicationsBrokenBy({ stores: { artifacts } }: FaultPlace, run: RunRecord): Promise<string[]> {
  const { runId, tenantId } = run;
  const current = await readCurrent(artifacts, tenantId);
  const publication = current?.publication;
  if (publication?.run_id !== runId) return [`${runId}: ${publication?.run_id} is published`];
  const broken: string[] = [];
  const record = await readPublication(artifacts, tenantId, publication.sequence);
  if (record?.run_id !== runId) broken.push(`${runId}: publication ${publication.sequence} has no record`);
  if ((await artifacts.head(publication.key))?.etag !== publication.etag) {
    broken.push(`${runId}: its feed changed after it was published`);
  }
  const before =
    publication.sequence === 1 ? null : await readPublication(artifacts, tenantId, publication.sequence - 1);
  if (publication.sequence > 1 && (before === null || before.run_id === runId)) {
    broken.push(`${runId}: publication ${publication.sequence - 1} is of ${before?.run_id}`);
  }
  const beyond = await readPublication(artifacts, tenantId, publication.sequence + 1);
  if (beyond !== null) broken.push(`${runId}: publication ${beyond.sequence} is not the current one`);
  return broken;
}
