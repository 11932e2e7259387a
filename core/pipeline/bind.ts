/** Binds the plugins that a tenant's config names to running code. */
import type { CanonicalColumn } from '../canonical.ts';
import type { PluginUse, TenantConfig, VendorConfig } from '../config/schema.ts';
import { assert } from '../errors.ts';
import type {
  Factories,
  FileSelection,
  Manifest,
  MergeStrategy,
  NamedSideFile,
  Parser,
  Plugin,
  PluginKind,
  Validator,
} from '../plugin.ts';
import type { EngineLimits } from '../ports/engine.ts';
import type { Registry } from '../registry.ts';
import type { NamedRule } from './merge/choose.ts';

/** The pricing that a tenant gets without saying so. Plugin ids are the distribution's business, not the engine's. */
export interface PricingDefaults {
  /** The chain where the config has no `pricing.rules`. */
  chain(config: TenantConfig): PluginUse[];
  /** What is applied after any chain. */
  floors(config: TenantConfig): PluginUse[];
}

export interface BoundPlugins {
  parser(vendor: VendorConfig): Parser;
  /** What the parser's options name beside the feed. */
  sideFiles(vendor: VendorConfig): readonly NamedSideFile[];
  /** Which files are the vendor's feed; null is the newest. */
  files(vendor: VendorConfig): FileSelection | null;
  /** New validators for one vendor's feed. */
  validators(vendor: VendorConfig): Validator[];
  rules: NamedRule[];
  strategy: MergeStrategy;
  /** Columns that plugins read of an offer, beyond what every offer carries. */
  reads: Set<CanonicalColumn>;
  /** What the run uses, for the config snapshot. */
  used: Array<{ kind: PluginKind; id: string; version: string }>;
}

/** `config` was checked: every plugin is there and its options load. */
export async function bindPlugins(
  config: TenantConfig,
  registry: Registry,
  defaults: PricingDefaults,
  limits: EngineLimits,
): Promise<BoundPlugins> {
  const binder = new Binder(config, registry);
  const parsers = new Map<string, Parser>();
  const sideFiles = new Map<string, readonly NamedSideFile[]>();
  const files = new Map<string, FileSelection | null>();
  const validators = new Map<string, Array<() => Validator>>();
  for (const vendor of config.vendors) {
    const { format, options } = vendor.parser;
    const { manifest, create } = await binder.load('parser', format);
    const parsed = manifest.options.parse(options ?? {});
    parsers.set(vendor.vendor_id, create(parsed, { config, vendor, limits }));
    sideFiles.set(vendor.vendor_id, manifest.sideFiles?.(parsed) ?? []);
    files.set(vendor.vendor_id, manifest.files?.(parsed) ?? null);
    validators.set(vendor.vendor_id, await binder.validators([...config.validators, ...vendor.validators]));
  }
  const named = config.pricing.rules ?? [];
  const chain = named.length > 0 ? named : defaults.chain(config);
  const rules = await binder.rules([...chain, ...defaults.floors(config)]);
  const strategy = await binder.strategy();
  return {
    parser: (vendor) => parsers.get(vendor.vendor_id)!,
    sideFiles: (vendor) => sideFiles.get(vendor.vendor_id)!,
    files: (vendor) => files.get(vendor.vendor_id)!,
    validators: (vendor) => validators.get(vendor.vendor_id)!.map((make) => make()),
    rules,
    strategy,
    reads: binder.reads,
    used: binder.used,
  };
}

interface Loaded<K extends PluginKind> {
  manifest: Manifest<K>;
  create: Factories<unknown>[K];
}

class Binder {
  readonly reads = new Set<CanonicalColumn>();
  readonly used: BoundPlugins['used'] = [];
  readonly #config: TenantConfig;
  readonly #registry: Registry;

  constructor(config: TenantConfig, registry: Registry) {
    this.#config = config;
    this.#registry = registry;
  }

  async load<K extends PluginKind>(kind: K, id: string): Promise<Loaded<K>> {
    const plugin = this.#registry.find(kind, id) as Plugin<K> | null;
    assert(plugin !== null, `${kind} ${id} was checked to be listed`);
    const { manifest } = plugin;
    if (!this.used.some((one) => one.kind === kind && one.id === id)) {
      this.used.push({ kind, id, version: manifest.version });
    }
    for (const column of manifest.reads ?? []) this.reads.add(column);
    return { manifest, create: await plugin.load() };
  }

  async validators(uses: readonly PluginUse[]): Promise<Array<() => Validator>> {
    const makers: Array<() => Validator> = [];
    for (const use of uses) {
      const { manifest, create } = await this.load('validator', use.use);
      const options = manifest.options.parse(use.with ?? {});
      makers.push(() => create(options, { config: this.#config }));
    }
    return makers;
  }

  async rules(uses: readonly PluginUse[]): Promise<NamedRule[]> {
    const rules: NamedRule[] = [];
    for (const use of uses) {
      const { manifest, create } = await this.load('pricing', use.use);
      rules.push({ name: use.use, rule: create(manifest.options.parse(use.with ?? {}), { config: this.#config }) });
    }
    return rules;
  }

  async strategy(): Promise<MergeStrategy> {
    const { merge } = this.#config;
    const { manifest, create } = await this.load('merge', merge.strategy);
    return create(manifest.options.parse(merge[merge.strategy] ?? {}), { config: this.#config });
  }
}
