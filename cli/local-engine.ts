/** The engine in this process: its plugins and clock. */
import type { Engine } from '../core/pipeline/run.ts';
import type { PluginKind } from '../core/plugin.ts';
import type { Registry } from '../core/registry.ts';
import { stallsAfter } from '../plugins/in-memory/stalls.ts';
import { strayErrors } from '../plugins/in-memory/stray-errors.ts';
import { pricingDefaults, readSideTable } from '../plugins/index.ts';
import { folderOf } from './plugins/load.ts';
import type { BaseSettings } from './settings.ts';
import { createSha256 } from './sha256.ts';

/** Not `performance`, which takes a millisecond to load. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function localEngine(registry: Registry, settings: BaseSettings): Engine {
  return {
    registry,
    pricing: pricingDefaults,
    readSideTable,
    createHasher: createSha256,
    clock: { wall: () => Date.now(), monotonic: monotonicMs },
    stalls: stallsAfter(settings.hookSeconds),
    strays: strayErrors(({ kind, id }) => folderOf(registry.find(kind as PluginKind, id))),
    limits: settings.limits,
  };
}
