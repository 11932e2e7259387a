/** Runs a tenant with and without the kernel, and compares all results. */
import * as assert from 'uvu/assert';
import { S_COMPARED, S_FROM, S_GATHERED_COUNT, S_SETTLED_ROWS, STATE } from '../../core/kernel/assembly/places.ts';
import type { KernelLoops } from '../../core/kernel/kernel.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import { type MemoryCase, type MemoryRun, memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';

const OFF = Number.MAX_SAFE_INTEGER;

export function runWith(one: MemoryCase, limits: Partial<EngineLimits>): Promise<MemoryRun> {
  return runInMemory(memoryEngine(testRegistry(), limits), one);
}

/** Everything that is compared of a run. */
function resultOf({ artifacts, scratch, outcome }: MemoryRun): object {
  const { error, ...ending } = outcome;
  const files = [...artifacts.files.keys()].sort().map((name) => [name, artifacts.text(name)]);
  const { details = null } = (error ?? {}) as { details?: object };
  return { files, ending, details, live: scratch.live, open: artifacts.open };
}

export async function assertSame(one: MemoryCase, limits: Partial<EngineLimits>, name?: string): Promise<MemoryRun> {
  const alone = await runWith(one, { ...limits, kernelFromBytes: OFF });
  const run = await runWith(one, { ...limits, kernelFromBytes: 0 });
  assert.equal(resultOf(run), resultOf(alone), name);
  return run;
}

/**
 * The work of kernels during `work`: the rows that they take from feeds, the offers that they merge, the SKUs that they settle, the rows that
 * they write, of these and others, and those that they compare, by what that comes to (`COMPARED_…`).
 */
export async function kernelCalls(
  work: () => Promise<unknown>,
): Promise<{ taken: number; merged: number; settled: number; written: number; compared: number[] }> {
  const calls = { taken: 0, merged: 0, settled: 0, written: 0, compared: [0, 0, 0, 0, 0] };
  const described = WebAssembly.Instance;
  WebAssembly.Instance = function instance(module: WebAssembly.Module, imports: WebAssembly.Imports) {
    const { exports } = new described(module, imports) as unknown as { exports: KernelLoops };
    const { memory } = imports.env as { memory: WebAssembly.Memory };
    const state = new Int32Array(memory.buffer, STATE);
    const rows = () => {
      const from = state[S_FROM]!;
      exports.rows();
      calls.taken += state[S_FROM]! - from;
    };
    const gather = () => {
      exports.gather();
      calls.merged += state[S_GATHERED_COUNT]!;
    };
    const settle: KernelLoops['settle'] = (from) => {
      const next = exports.settle(from);
      calls.settled += state[S_SETTLED_ROWS]!;
      calls.written += state[S_SETTLED_ROWS]!;
      return next;
    };
    const writeRow: KernelLoops['writeRow'] = (...row) => {
      calls.written++;
      return exports.writeRow(...row);
    };
    const writeCompared: KernelLoops['writeCompared'] = (...row) => {
      const end = exports.writeCompared(...row);
      calls.compared[state[S_COMPARED]!]!++;
      return end;
    };
    return { exports: { ...exports, rows, gather, settle, writeRow, writeCompared } };
  } as unknown as typeof WebAssembly.Instance;
  try {
    await work();
  } finally {
    WebAssembly.Instance = described;
  }
  return calls;
}
