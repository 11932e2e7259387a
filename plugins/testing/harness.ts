/** Runs the engine in memory with the built-in plugins and those of a test. */
import type { Engine } from '../../core/pipeline/run.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTINS_LOADED_ONCE } from '../in-memory/builtins.ts';
import { type MemoryCase, type MemoryRun, memoryEngine, runInMemory } from '../in-memory/run.ts';
import { memoryThreads } from '../in-memory/threads.ts';

export type { MemoryRun as HarnessResult } from '../in-memory/run.ts';

export interface HarnessCase extends MemoryCase {
  limits?: Partial<EngineLimits>;
  /** Listed besides the built-in ones. */
  plugins?: readonly AnyPlugin[];
  /** With so many threads, which are started for feeds of any size. */
  threads?: number;
}

const BUILTINS = Registry.ofChecked(BUILTINS_LOADED_ONCE);

export function testRegistry(plugins: readonly AnyPlugin[] = []): Registry {
  return plugins.length === 0 ? BUILTINS : new Registry(plugins, BUILTINS);
}

export function testEngine(plugins: readonly AnyPlugin[] = [], limits: Partial<EngineLimits> = {}): Engine {
  return memoryEngine(testRegistry(plugins), limits);
}

/** Throws when the config does not pass its check. */
export function runCase({ plugins, limits, threads, ...one }: HarnessCase): Promise<MemoryRun> {
  const engine = testEngine(plugins, limits);
  if (threads === undefined) return runInMemory(engine, one);
  return runInMemory({ ...engine, threads: memoryThreads(threads, testRegistry(plugins)) }, one);
}
