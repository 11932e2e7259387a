/** Runs the engine on a config and files in memory, and hands back what a test wants to look at. */
import { checkConfig } from '../../core/config/check.ts';
import type { RowEntry, VendorEntry } from '../../core/issue.ts';
import { type Engine, type RunOutcome, runPipeline } from '../../core/pipeline/run.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS, pricingDefaults, readSideTable } from '../../plugins/index.ts';
import { createHasher, MemoryArtifacts, type MemoryFile, MemoryScratch, memoryInputs } from './memory.ts';

export interface HarnessCase {
  config: unknown;
  files: Readonly<Record<string, MemoryFile | undefined>>;
  skuMaps?: Readonly<Record<string, Uint8Array | undefined>>;
  now?: string;
  limits?: Partial<EngineLimits>;
  /** Bytes in one chunk of an input. */
  chunkBytes?: number;
  /** Listed besides the built-in ones. */
  plugins?: readonly AnyPlugin[];
  vendors?: readonly string[];
}

export interface HarnessResult {
  outcome: RunOutcome;
  artifacts: MemoryArtifacts;
  scratch: MemoryScratch;
  merged: string | undefined;
  normalized(vendorId: string): string | undefined;
  errors: Array<RowEntry | VendorEntry>;
}

export function testEngine(plugins: readonly AnyPlugin[] = [], limits: Partial<EngineLimits> = {}): Engine {
  return {
    registry: new Registry([...BUILTIN_PLUGINS, ...plugins]),
    pricing: pricingDefaults,
    readSideTable,
    createHasher,
    clock: { wall: () => 0, monotonic: () => 0 },
    limits: { sortBytes: 1 << 20, ...limits },
  };
}

/** Throws when the config does not pass its check. */
export async function runCase(one: HarnessCase): Promise<HarnessResult> {
  const engine = testEngine(one.plugins, one.limits);
  const checked = checkConfig(one.config, engine.registry);
  if (!checked.ok) throw new Error(`config: ${JSON.stringify(checked.problems)}`);
  const artifacts = new MemoryArtifacts(one.chunkBytes);
  const scratch = new MemoryScratch();
  const outcome = await runPipeline(engine, {
    runId: 'run-1',
    config: checked.config,
    rawConfig: one.config,
    configVersion: 1,
    now: Date.parse(one.now ?? '2026-11-01T06:00:00Z') / 1000,
    inputs: memoryInputs(one.files, one.skuMaps ?? {}, one.chunkBytes),
    artifacts,
    scratch,
    ...(one.vendors === undefined ? {} : { vendors: one.vendors }),
  });
  const errors = artifacts.text('reports/errors.json');
  return {
    outcome,
    artifacts,
    scratch,
    merged: artifacts.text('outputs/merged_inventory.csv'),
    normalized: (vendorId) => artifacts.text(`normalized/${vendorId}/normalized.csv`),
    errors: errors === undefined ? [] : JSON.parse(errors),
  };
}
