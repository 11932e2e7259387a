/** Runs a tenant with and without threads, and gives all results of a run. */
import { PATHS } from '../../core/pipeline/artifacts.ts';
import type { RowIndex } from '../../core/pipeline/row-index.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import type { Threads } from '../../core/ports/threads.ts';
import { type MemoryCase, type MemoryRun, memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';

export function runThreaded(
  one: MemoryCase,
  threads: Threads | null,
  limits: Partial<EngineLimits> = {},
): Promise<MemoryRun> {
  const engine = memoryEngine(testRegistry(), limits);
  return runInMemory(threads === null ? engine : { ...engine, threads }, one);
}

/** All results of a run. */
export function threadedResult({ artifacts, scratch, outcome }: MemoryRun): object {
  const { error, ...ending } = outcome;
  // the row index depends on windows and is not a result
  const names = [...artifacts.files.keys()].filter((name) => name !== PATHS.rowIndex).sort();
  const files = names.map((name) => [name, artifacts.text(name)]);
  const { vendors = {} } = JSON.parse(artifacts.text(PATHS.rowIndex) ?? '{}') as Partial<RowIndex>;
  const refused = Object.entries(vendors).map(([id, one]) => [id, one.refused, one.refused_more, one.rows]);
  const { details = null } = (error ?? {}) as { details?: object };
  return { files, refused, ending, details, live: scratch.live, open: artifacts.open };
}

/** Waits some turns of the event loop for the in-process threads. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}
