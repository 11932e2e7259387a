/** Configs for tests of the check: a small one, changed at one place, and the plugins that it may name. */
import { z } from 'zod';
import { CONTRACT_VERSION, type Manifest, type PluginKind } from '../../plugin.ts';
import { type AnyPlugin, Registry } from '../../registry.ts';
import { type CheckedConfig, type ConfigLimits, checkConfig } from '../check.ts';

type Json = Record<string, unknown>;

/** A vendor with what it must have. */
export const VENDOR = { vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } };

/** All that a config must have. */
export const SMALL: Json = {
  tenant_id: 'shop',
  timezone: 'UTC',
  default_currency: 'USD',
  vendors: [VENDOR],
  pricing: {
    base_margin_pct: '0.2',
    min_price: 0,
    shipping_handling_flat: 0,
    map_policy: {},
    rounding: {},
  },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};

/** `SMALL`, with values at paths such as `vendors.0.parser.delimiter`; sections on the way are made. */
export function configWith(changes: Readonly<Record<string, unknown>>): Json {
  const config = structuredClone(SMALL);
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    const last = parts.pop() as string;
    let current: Json = config;
    for (const [i, part] of parts.entries()) {
      current[part] ??= /^\d+$/.test(parts[i + 1] ?? last) ? [] : {};
      current = current[part] as Json;
    }
    if (value === undefined) delete current[last];
    else current[last] = value;
  }
  return config;
}

function plugin(kind: PluginKind, id: string, more: Partial<Manifest> = {}): AnyPlugin {
  const manifest: Manifest = {
    kind,
    id,
    version: '1.0.0',
    contract: CONTRACT_VERSION,
    summary: id,
    options: z.strictObject({ limit: z.int().optional(), mode: z.enum(['up', 'down']).optional() }),
    example: {},
    ...more,
  };
  return {
    manifest,
    load: () => Promise.reject(new Error('a config is checked without code')),
  } as unknown as AnyPlugin;
}

const broken = z.custom<unknown>(() => {
  throw new Error('no luck');
});

/** Plugins of which only the manifests are asked. */
export const REGISTRY = Registry.ofChecked([
  plugin('parser', 'csv'),
  plugin('validator', 'present'),
  plugin('validator', 'broken', { options: broken }),
  plugin('validator', 'loose', { options: z.object({ limit: z.int().optional() }) }),
  plugin('validator', 'open', { options: z.looseObject({ limit: z.int().optional() }) }),
  plugin('validator', 'limited', {
    options: z.strictObject({ limit: z.int() }),
    check: (options, _config, path) =>
      (options as { limit: number }).limit > 5
        ? [{ path: `${path}.limit`, code: 'invalid_value', message: 'above 5' }]
        : [],
  }),
  plugin('validator', 'paired', {
    check: (options, _config, path) =>
      (options as { limit?: number }).limit === undefined ? [{ path, code: 'required', message: 'needs one' }] : [],
  }),
  plugin('pricing', 'margin'),
  plugin('merge', 'best_offer'),
  plugin('merge', 'lowest'),
  plugin('output', 'shop'),
]);

export function checked(changes: Readonly<Record<string, unknown>>, limits?: Partial<ConfigLimits>): CheckedConfig {
  return checkConfig(configWith(changes), REGISTRY, limits);
}

/** The problems of a changed config, each as `path: code`. */
export function problemsWith(changes: Readonly<Record<string, unknown>>, limits?: Partial<ConfigLimits>): string[] {
  const result = checked(changes, limits);
  return result.ok ? [] : result.problems.map(({ path, code }) => `${path}: ${code}`);
}
