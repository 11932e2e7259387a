/** Binds the plugins that a tenant's config names to running code. */
import type { CanonicalColumn } from '../canonical.ts';
import type { PluginUse, TenantConfig, VendorConfig } from '../config/schema.ts';
import { assert } from '../errors.ts';
import type {
  Factories,
  Manifest,
  MergeStrategy,
  NamedSideFile,
  Parser,
  Plugin,
  PluginKind,
  PricingRule,
  Validator,
} from '../plugin.ts';
import type { EngineLimits, FileSelection } from '../ports/engine.ts';
import type { Registry } from '../registry.ts';

/** The pricing rules that apply by default. They are handed in because the engine names no plugin ids. */
export interface PricingDefaults {
  /** The chain for a config without `pricing.rules`. */
  chain(config: TenantConfig): PluginUse[];
  /** Rules that follow every chain. */
  floors(config: TenantConfig): PluginUse[];
}

/** A pricing rule with the name that the config gives it. */
export interface NamedRule {
  name: string;
  rule: PricingRule;
}

export interface BoundPlugins {
  parser(vendor: VendorConfig): Parser;
  /** The side files that the parser's options name. */
  sideFiles(vendor: VendorConfig): readonly NamedSideFile[];
  /** Which files make up the vendor's feed; null for the newest one. */
  files(vendor: VendorConfig): FileSelection | null;
  /** New validators for one vendor's feed. */
  validators(vendor: VendorConfig): Validator[];
  rules: NamedRule[];
  strategy: MergeStrategy;
  /** Columns that plugins read from an offer, beyond those that every offer carries. */
  reads: Set<CanonicalColumn>;
  /** Every plugin that the run uses, for the config snapshot. */
  used: Array<{ kind: PluginKind; id: string; version: string }>;
}

/** Expects a checked config: every plugin is registered and its options load. */
export async function bindPlugins(
  config: TenantConfig,
  registry: Registry,
  defaults: PricingDefaults,
  limits: EngineLimits,
): Promise<BoundPlugins> {
  const binder = new Binder(config, registry);
  const vendors = new Map<string, BoundVendor>();
  for (const vendor of config.vendors) {
    const { format, options } = vendor.parser;
    const { manifest, create } = await binder.load('parser', format);
    const parsed = manifest.options.parse(options ?? {});
    vendors.set(vendor.vendor_id, {
      parser: create(parsed, { config, vendor, limits }),
      sideFiles: manifest.sideFiles?.(parsed) ?? [],
      files: manifest.files?.(parsed) ?? null,
      validators: await binder.validators([...config.validators, ...vendor.validators]),
    });
  }
  const named = config.pricing.rules ?? [];
  const chain = named.length > 0 ? named : defaults.chain(config);
  const rules = await binder.rules([...chain, ...defaults.floors(config)]);
  const strategy = await binder.strategy();
  const of = ({ vendor_id }: VendorConfig): BoundVendor => {
    const bound = vendors.get(vendor_id);
    assert(bound !== undefined, `vendor ${vendor_id} is in the config`);
    return bound;
  };
  return {
    parser: (vendor) => of(vendor).parser,
    sideFiles: (vendor) => of(vendor).sideFiles,
    files: (vendor) => of(vendor).files,
    validators: (vendor) => of(vendor).validators.map((make) => make()),
    rules,
    strategy,
    reads: binder.reads,
    used: binder.used,
  };
}

interface BoundVendor {
  parser: Parser;
  sideFiles: readonly NamedSideFile[];
  files: FileSelection | null;
  /** One maker per validator: each feed gets new ones. */
  validators: Array<() => Validator>;
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
