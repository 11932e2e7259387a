/** Runs an engine on a config and files in memory, and hands back all that it wrote. */
import { checkConfig } from '../../core/config/check.ts';
import { ConfigInvalid } from '../../core/config/invalid.ts';
import type { RowEntry, VendorEntry } from '../../core/issue.ts';
import { type Engine, type RunOutcome, runPipeline } from '../../core/pipeline/run.ts';
import type { EngineLimits, FoundPatch, Stalls } from '../../core/ports/engine.ts';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import type { Registry } from '../../core/registry.ts';
import { BUILTIN_PLUGINS, pricingDefaults, readSideTable } from '../index.ts';
import { createHasher, MemoryArtifacts, type MemoryFile, MemoryScratch, memoryInputs } from './ports.ts';
import { timedStalls } from './stalls.ts';
import { strayErrors } from './stray-errors.ts';

export interface MemoryCase {
  runId?: string;
  config: unknown;
  files: Readonly<Record<string, MemoryFile | readonly MemoryFile[] | undefined>>;
  skuMaps?: Readonly<Record<string, Uint8Array | undefined>>;
  /** Side files that parsers join to feeds, by path or key. */
  sideFiles?: Readonly<Record<string, Uint8Array | undefined>>;
  now?: string;
  /** Bytes in one chunk of an input. */
  chunkBytes?: number;
  vendors?: readonly string[];
  /** What each write of an artifact takes, besides. */
  afterWrite?: () => Promise<void>;
  /** Corrected rows of files, by the file's SHA-256. */
  patches?: Readonly<Record<string, FoundPatch | undefined>>;
  /** What is published, if the config has `publish` or `guardrails`. */
  publishing?: PublishRequest;
}

export interface MemoryRun {
  outcome: RunOutcome;
  artifacts: MemoryArtifacts;
  scratch: MemoryScratch;
  merged: string | undefined;
  normalized(vendorId: string): string | undefined;
  readonly errors: Array<RowEntry | VendorEntry>;
}

/** Limits for small feeds: Node collects garbage for every 64 MiB of buffers, which costs more than many small runs. */
const SMALL_BUFFERS = { sortBytes: 1 << 20, windowBytes: 1 << 16 };

/** If a promise is not settled in this time, it counts as never settling. */
const STALL_MS = 10_000;

/** An engine whose clock stands still, so that all that it writes can be compared. */
export function memoryEngine(
  registry: Registry,
  limits: Partial<EngineLimits> = {},
  stalls: Stalls = timedStalls(STALL_MS),
): Engine {
  return {
    stalls,
    registry,
    pricing: pricingDefaults,
    readSideTable,
    createHasher,
    clock: { wall: () => 0, monotonic: () => 0 },
    limits: { ...SMALL_BUFFERS, ...limits },
    strays: strayErrors(({ kind, id }) => (isBuiltin(kind, id) ? null : '')),
  };
}

function isBuiltin(kind: string, id: string): boolean {
  return BUILTIN_PLUGINS.some(({ manifest }) => manifest.kind === kind && manifest.id === id);
}

/** Throws `ConfigInvalid` when the config does not pass its check. */
export async function runInMemory(engine: Engine, one: MemoryCase): Promise<MemoryRun> {
  const checked = checkConfig(one.config, engine.registry);
  if (!checked.ok) throw new ConfigInvalid('the config', checked.problems);
  const artifacts = new MemoryArtifacts(one.chunkBytes, one.afterWrite);
  const scratch = new MemoryScratch();
  const outcome = await runPipeline(engine, {
    runId: one.runId ?? 'run-1',
    config: checked.config,
    rawConfig: one.config,
    configVersion: 1,
    now: Date.parse(one.now ?? '2026-11-01T06:00:00Z') / 1000,
    inputs: {
      ...memoryInputs(one.files, one.skuMaps ?? {}, one.chunkBytes, one.sideFiles),
      patch: async (_, sha256) => one.patches?.[sha256] ?? null,
    },
    artifacts,
    scratch,
    ...(one.publishing === undefined ? {} : { publishing: one.publishing }),
    ...(one.vendors === undefined ? {} : { vendors: one.vendors }),
  });
  let errors: Array<RowEntry | VendorEntry> | undefined;
  return {
    outcome,
    artifacts,
    scratch,
    merged: artifacts.text('outputs/merged_inventory.csv'),
    normalized: (vendorId) => artifacts.text(`normalized/${vendorId}/normalized.csv`),
    get errors() {
      errors ??= JSON.parse(artifacts.text('reports/errors.json') ?? '[]') as Array<RowEntry | VendorEntry>;
      return errors;
    },
  };
}
