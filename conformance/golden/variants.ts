/** The golden cases, and other ways to run them that must not change a byte. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { caseFolders, type GoldenCase, readCase } from '../../cli/golden/cases.ts';
import { type ReplayVariant, runGolden } from '../../cli/golden/replay.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { Registry } from '../../core/registry.ts';
import { memoryThreads } from '../../plugins/in-memory/threads.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import type { HarnessResult } from '../../plugins/testing/harness.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
export const FOLDERS = caseFolders([path.join(FIXTURES, 'cases'), path.join(FIXTURES, 'sample')]);
export const BUILTIN = Registry.ofChecked(BUILTIN_PLUGINS);
export const CASES = FOLDERS.map(readCase);

/** Budgets so small that every sort and merge goes through scratch space, in sorted runs of two rows. */
const TINY = { sortBytes: 1, offersBytes: 1, mergeBytes: 1 };

/** The variants of `npm test`. Together they cover everything that the others combine. */
export const VARIANTS: Record<string, ReplayVariant> = {
  'one byte at a time': { chunkBytes: 1, limits: { windowBytes: 1 } },
  'everything spilled, seven bytes at a time': { chunkBytes: 7, limits: { ...TINY, windowBytes: 1 } },
  'two threads, seven bytes at a time': { threads: memoryThreads(2, BUILTIN), chunkBytes: 7 },
};

export const MORE_VARIANTS: Record<string, ReplayVariant> = {
  'seven bytes at a time': { chunkBytes: 7, limits: { windowBytes: 1 } },
  'windows of seven bytes': { chunkBytes: 3, limits: { windowBytes: 7 } },
  'everything spilled': { limits: TINY },
  'three threads, everything spilled': { threads: memoryThreads(3, BUILTIN), limits: TINY },
};

/** Runs the cases in another way, and compares every file with that of a plain run. */
export async function assertSameBytes(cases: readonly GoldenCase[], variant: ReplayVariant): Promise<void> {
  let spilled = 0;
  const changed: string[] = [];
  for (const one of cases) {
    const other = await runGolden(one, BUILTIN, variant);
    if (JSON.stringify(artifactHashes(other)) !== JSON.stringify(await plainHashes(one))) changed.push(one.name);
    assert.is(other.scratch.live, 0, `${one.name} leaves scratch files behind`);
    assert.is(other.artifacts.open, 0, `${one.name} leaves artifacts open`);
    spilled += other.scratch.created;
  }
  assert.equal(changed, []);
  assert.is(spilled > 0, variant.limits?.sortBytes !== undefined);
}

const plain = new Map<string, Promise<Record<string, string>>>();

/** The result of a plain run, to which every variant is compared. */
function plainHashes(one: GoldenCase): Promise<Record<string, string>> {
  if (!plain.has(one.name)) plain.set(one.name, runGolden(one, BUILTIN).then(artifactHashes));
  return plain.get(one.name)!;
}

/** Every artifact of a run. The harness's clock does not move, so the summary can be compared too. */
function artifactHashes({ artifacts }: HarnessResult): Record<string, string> {
  // the row index depends on the run's windows and is not a result
  const results = [...artifacts.files].filter(([file]) => file !== PATHS.rowIndex);
  const entries = results.map(([file, bytes]) => [file, createHash('sha256').update(bytes).digest('hex')]);
  return Object.fromEntries(entries.sort());
}
