/**
 * Publishing in a history: people who roll back and decide while runs are in progress, and what must hold of
 * publications at its end.
 */
import type { Publication } from '../../core/pipeline/publications.ts';
import {
  currentKey,
  movePublication,
  publicationKey,
  readCurrent,
  readPublication,
} from '../../core/pipeline/publications.ts';
import { DECISION_TABLE_COLUMNS, decisionsKey } from '../../core/pipeline/publish/holds/decisions.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { SimArtifactStore } from './stores.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import type { World } from './world.ts';

/** All troubles, with those that people cause. */
export const PUBLISHING_TROUBLES: readonly Trouble[] = [...TROUBLES, 'decide', 'decide', 'roll_back', 'roll_back'];

/** The only tenant with decisions. It has a single run, which is not compared. */
export const DECIDING = 'south';

/** Publishes an earlier feed of the tenant again. Nothing happens in between; workers find out later. */
export async function rollBack(world: World, artifacts: SimArtifactStore, tenantId: string): Promise<void> {
  const current = await readCurrent(artifacts, tenantId);
  if (current === null) return;
  const sequence = 1 + world.choices.below(current.publication.sequence);
  const earlier =
    sequence === current.publication.sequence
      ? current.publication
      : await readPublication(artifacts, tenantId, sequence);
  if (earlier === null) throw new Error(`publication ${sequence} of ${tenantId} has no record`);
  const { sequence: _, ...feed } = earlier;
  const published_at = new Date(world.wall).toISOString();
  await movePublication(artifacts, tenantId, current, { ...feed, published_at, reason: 'back' });
  world.note(`${tenantId} goes back to ${feed.run_id}`);
}

/** Replaces the table of decisions. */
export function decide(world: World, artifacts: SimArtifactStore): void {
  const price = `${world.choices.below(100)}.00`;
  const row = ['A1', 'accept', price, 'r0', '', 'checked', '', ''];
  artifacts.place(decisionsKey(DECIDING), `${DECISION_TABLE_COLUMNS.join()}\n${row.join()}\n`);
  world.note(`a decision on ${price}`);
}

/**
 * Checks that each run that succeeded published once and no other did, and that the tenant's publications have one
 * order.
 */
export function checkPublications(artifacts: SimArtifactStore, tenantId: string, runs: readonly RunRecord[]): string[] {
  const texts = artifacts.textsUnder(`tenants/${tenantId}/`);
  const parsed = (key: string): Publication | null => {
    const text = texts.get(key);
    return text === undefined ? null : JSON.parse(text);
  };
  const broken: string[] = [];
  const current = parsed(currentKey(tenantId));
  const all: Publication[] = [];
  for (let sequence = 1; sequence <= (current?.sequence ?? 0); sequence++) {
    const record = parsed(publicationKey(tenantId, sequence));
    if (record === null) broken.push(`publication ${sequence} of ${tenantId} has no record`);
    else all.push(record);
  }
  if (current !== null && JSON.stringify(all.at(-1)) !== JSON.stringify(current))
    broken.push(`current.json of ${tenantId} is not its last publication`);
  if (texts.has(publicationKey(tenantId, (current?.sequence ?? 0) + 1)))
    broken.push(`${tenantId} has a publication after current.json`);
  for (const { runId, status } of runs) {
    const count = all.filter(({ run_id, reason }) => run_id === runId && reason === null).length;
    if (count !== (status === 'SUCCEEDED' ? 1 : 0))
      broken.push(`${runId} ended ${status} and published ${count} times`);
  }
  for (const { key, etag, sequence } of all) {
    if (artifacts.etagOfKey(key) !== etag)
      broken.push(`the feed of publication ${sequence} of ${tenantId} is not what was published`);
  }
  return broken;
}
