/** Plugins named `bad`, of any kind, with hooks that go wrong, and a run with one of them. */
import { z } from 'zod';
import type { PluginKind } from '../../core/plugin.ts';
import type { ByteSource, Stalls } from '../../core/ports/engine.ts';
import type { AnyPlugin } from '../../core/registry.ts';
import { memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { testRegistry } from '../../plugins/testing/harness.ts';

export type Hooks = Record<string, unknown>;

export function plugin(kind: PluginKind, load: () => unknown, manifest: Hooks = {}): AnyPlugin {
  const base = { kind, id: 'bad', version: '1.0.0', contract: 1, summary: 'fails', options: z.strictObject({}) };
  return { manifest: { ...base, example: {}, ...manifest }, load } as unknown as AnyPlugin;
}

export const making = (kind: PluginKind, instance: unknown, manifest: Hooks = {}) =>
  plugin(kind, async () => () => instance, manifest);

export const layout = {
  delimiter: ',',
  quote: '"',
  skipLines: 0,
  header: false,
  columns: { sku: { index: 0 }, quantity_available: { index: 1 }, cost: { index: 2 } },
  timeZone: null,
};

export function badParser(changes: (source: ByteSource) => Hooks, manifest: Hooks = {}): AnyPlugin {
  const prepare = async (source: ByteSource) => ({
    ...{ encoding: 'utf-8', delimiter: ',', reason: 'always', layout, open: () => source.open() },
    ...changes(source),
  });
  return making('parser', { prepare }, manifest);
}

export const merge = (hooks: Hooks) => making('merge', { leadTimeFallbackDays: null, ...hooks });

const text = (value: string) => ({ name: 'feed.csv', bytes: new TextEncoder().encode(value) });
const HEADED = 'sku,quantity_available,cost\n';

/** A run that uses the plugin `bad`. The vendors have so many additional SKUs. */
export async function runBad(bad: AnyPlugin, stalls?: Stalls, more = 0) {
  const { kind } = bad.manifest;
  const parsed = kind === 'parser';
  const head = parsed ? '' : HEADED;
  const vendor = { inbound: { type: 'local' }, parser: { format: parsed ? 'bad' : 'csv' } };
  const config = {
    tenant_id: 't',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: ['v1', 'v2'].map((vendor_id) => ({ vendor_id, ...vendor })),
    validators: kind === 'validator' ? [{ use: 'bad' }] : [],
    pricing: {
      ...{ base_margin_pct: 0, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
      ...(kind === 'pricing' ? { rules: [{ use: 'bad' }] } : {}),
    },
    merge: { strategy: kind === 'merge' ? 'bad' : 'best_offer' },
    output: { columns: ['sku', 'price'], exports: kind === 'output' ? [{ use: 'bad' }] : [] },
  };
  const rest = Array.from({ length: more }, (_, i) => `S${i},1,10\n`).join('');
  const files = { v1: text(`${head}A,1,10\nB,2,20\n${rest}`), v2: text(`${head}A,3,11\n${rest}`) };
  return runInMemory(memoryEngine(testRegistry([bad]), {}, stalls), { config, files });
}

/** Rejections that nobody handled, after `work` and two turns of the event loop. */
export async function unhandled(work: () => Promise<void>): Promise<unknown[]> {
  const seen: unknown[] = [];
  const note = (reason: unknown) => void seen.push(reason);
  process.on('unhandledRejection', note);
  try {
    await work();
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', note);
  }
  return seen;
}
