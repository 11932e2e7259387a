/** Binds the plugins that a tenant's config names to running code. */
import type { CanonicalColumn, ExtraColumn } from '../canonical.ts';
import { columnOrderOf, withColumnOrder } from '../column-order.ts';
import { readChecked } from '../config/problems.ts';
import type { PluginUse, TenantConfig, VendorConfig } from '../config/schema.ts';
import { assert, pluginFailed } from '../errors.ts';
import type {
  Factories,
  FeedFormat,
  Manifest,
  MergeStrategy,
  NamedSideFile,
  Parser,
  Plugin,
  PluginKind,
  PricingRule,
  Validator,
} from '../plugin.ts';
import {
  answerName,
  callHook,
  filesOf,
  hookFailure,
  type IssueCodes,
  type PluginName,
  sideFilesOf,
} from '../plugin-call.ts';
import { HOOKS, instanceProblem } from '../plugin-hooks.ts';
import type { EngineLimits, FileSelection } from '../ports/engine.ts';
import type { Registry } from '../registry.ts';
import { wholeOf, withWhole } from '../whole-pricing.ts';
import { frozen } from './frozen.ts';
import { guardedParser } from './guarded-parser.ts';
import { HookWaits } from './hook-waits.ts';

/** The pricing rules that apply by default. The caller passes them in, because the engine names no plugin ids. */
export interface PricingDefaults {
  /** The chain for a config without `pricing.rules`. */
  chain(config: TenantConfig): PluginUse[];
  /** Rules that follow every chain. */
  floors(config: TenantConfig): PluginUse[];
}

/** A pricing rule with the name that the config gives it. */
export interface NamedRule {
  name: string;
  /** What a built-in rule answers is the config's doing. */
  isBuiltIn: boolean;
  rule: PricingRule;
}

/** A merge strategy with its plugin's id. */
export interface NamedStrategy {
  name: string;
  isBuiltIn: boolean;
  strategy: MergeStrategy;
}

/** A file of `output.exports`. */
export interface NamedExport {
  name: string;
  /** The plugin's id. */
  id: string;
  content: 'full' | 'delta';
  format: FeedFormat;
  /** The tenant's extra columns: a plugin may ask a row for them, besides the canonical ones. */
  extraColumns: readonly ExtraColumn[];
}

/** A validator with its plugin's id, and the issue codes that its manifest lists. */
export interface NamedValidator {
  name: string;
  codes: IssueCodes;
  validator: Validator;
}

export interface BoundPlugins {
  parser(vendor: VendorConfig): Parser;
  /**
   * True if the parser's feeds never touch a chunk of a file after asking for the next one. Built-in parsers do not.
   */
  lendsChunks(vendor: VendorConfig): boolean;
  /** The side files that the parser's options name. */
  sideFiles(vendor: VendorConfig): readonly NamedSideFile[];
  /** Which files make up the vendor's feed; null for the newest one. */
  files(vendor: VendorConfig): FileSelection | null;
  /** New validators for one vendor's feed. */
  validators(vendor: VendorConfig): NamedValidator[];
  rules: NamedRule[];
  strategy: NamedStrategy;
  exports: NamedExport[];
  /** Columns that plugins read from an offer, beyond those that every offer carries. */
  reads: Set<CanonicalColumn>;
  /** Every plugin that the run uses, for the config snapshot. */
  used: Array<{ kind: PluginKind; id: string; version: string }>;
}

/** The pricing rules that a config asks for, and those that follow every chain. */
export function pricingUses(
  config: TenantConfig,
  defaults: PricingDefaults,
): { chain: PluginUse[]; floors: PluginUse[] } {
  const named = config.pricing.rules ?? [];
  return { chain: named.length > 0 ? named : defaults.chain(config), floors: defaults.floors(config) };
}

/**
 * Expects a checked config: every plugin is registered and its options load. Throws `plugin_failed` if a plugin's code does
 * not load or is not what its kind must be.
 */
export async function bindPlugins(
  config: TenantConfig,
  registry: Registry,
  defaults: PricingDefaults,
  { limits, waits, used }: BindSetting,
): Promise<BoundPlugins> {
  const binder = new Binder(config, registry, { waits, used });
  const given = frozen(config);
  const vendors = new Map<string, BoundVendor>();
  for (const vendor of config.vendors) {
    const { format, options } = vendor.parser;
    const { manifest, create } = await binder.load('parser', format);
    const parsed = readChecked(manifest.options, options ?? {});
    vendors.set(vendor.vendor_id, {
      parser: guardedParser(
        made(
          manifest,
          waits.noted('the factory', manifest, () => create(parsed, { config: given, vendor, limits })),
        ),
        { manifest, vendorId: vendor.vendor_id, waits },
      ),
      sideFiles: sideFilesOf(manifest, parsed),
      files: filesOf(manifest, parsed),
      validators: await binder.validators([...config.validators, ...vendor.validators]),
    });
  }
  const { chain, floors } = pricingUses(config, defaults);
  const rules = await binder.rules([...chain, ...floors]);
  const strategy = await binder.strategy();
  const exports = await binder.exports();
  const of = ({ vendor_id }: VendorConfig): BoundVendor => {
    const bound = vendors.get(vendor_id);
    assert(bound !== undefined, `vendor ${vendor_id} is in the config`);
    return bound;
  };
  return {
    parser: (vendor) => of(vendor).parser,
    lendsChunks: ({ parser }) => registry.isBuiltIn('parser', parser.format),
    sideFiles: (vendor) => of(vendor).sideFiles,
    files: (vendor) => of(vendor).files,
    validators: (vendor) => of(vendor).validators.map((make) => make()),
    rules,
    strategy,
    exports,
    reads: binder.reads,
    used: binder.used,
  };
}

/** One file of `output.exports` alone, for a feed that is published already. Throws as `bindPlugins` does. */
export async function bindExport(config: TenantConfig, registry: Registry, name: string): Promise<NamedExport> {
  const exports = config.output.exports.filter((one) => (one.name ?? one.use) === name);
  const alone = { ...config, output: { ...config.output, exports } };
  const [bound] = await new Binder(alone, registry, { waits: new HookWaits(), used: [] }).exports();
  assert(bound !== undefined, `the config has an export ${name}`);
  return bound;
}

export interface BindSetting {
  limits: EngineLimits;
  waits: HookWaits;
  /** Collects the plugins as they are loaded. */
  used: BoundPlugins['used'];
}

interface BoundVendor {
  parser: Parser;
  sideFiles: readonly NamedSideFile[];
  files: FileSelection | null;
  /** One maker per validator: each feed gets new ones. */
  validators: Array<() => NamedValidator>;
}

interface Loaded<K extends PluginKind> {
  manifest: Manifest<K>;
  create: Factories<unknown>[K];
}

class Binder {
  readonly reads = new Set<CanonicalColumn>();
  readonly used: BoundPlugins['used'];
  readonly #config: TenantConfig;
  readonly #registry: Registry;
  readonly #waits: HookWaits;

  constructor(config: TenantConfig, registry: Registry, { waits, used }: Pick<BindSetting, 'waits' | 'used'>) {
    // frozen: a plugin that changed its options would change the run, and what other plugins see
    this.#config = frozen(config);
    this.#registry = registry;
    this.#waits = waits;
    this.used = used;
  }

  async load<K extends PluginKind>(kind: K, id: string): Promise<Loaded<K>> {
    const plugin = this.#registry.find(kind, id) as Plugin<K> | null;
    assert(plugin !== null, `${kind} ${id} was checked to be listed`);
    const { manifest } = plugin;
    if (!this.used.some((one) => one.kind === kind && one.id === id)) {
      this.used.push({ kind, id, version: manifest.version });
    }
    for (const column of manifest.reads ?? []) this.reads.add(column);
    return { manifest, create: await loaded(plugin, this.#waits) };
  }

  async validators(uses: readonly PluginUse[]): Promise<Array<() => NamedValidator>> {
    const makers: Array<() => NamedValidator> = [];
    for (const use of uses) {
      const { manifest, create } = await this.load('validator', use.use);
      const options = readChecked(manifest.options, use.with ?? {});
      makers.push(() => {
        const validator = this.#made(manifest, () => create(options, { config: this.#config }));
        return { name: manifest.id, codes: manifest.codes ?? {}, validator };
      });
    }
    return makers;
  }

  async rules(uses: readonly PluginUse[]): Promise<NamedRule[]> {
    const rules: NamedRule[] = [];
    for (const use of uses) {
      const { manifest, create } = await this.load('pricing', use.use);
      const options = readChecked(manifest.options, use.with ?? {});
      const rule = this.#made(manifest, () => create(options, { config: this.#config }));
      // a program may have given the built-in ones with its own
      const isBuiltIn = this.#registry.isBuiltIn('pricing', use.use) || wholeOf(rule) !== null;
      rules.push({ name: use.use, isBuiltIn, rule });
    }
    return rules;
  }

  async strategy(): Promise<NamedStrategy> {
    const { merge } = this.#config;
    const { manifest, create } = await this.load('merge', merge.strategy);
    const options = readChecked(manifest.options, merge[merge.strategy] ?? {});
    const strategy = this.#made(manifest, () => create(options, { config: this.#config }));
    return { name: manifest.id, isBuiltIn: this.#registry.isBuiltIn('merge', manifest.id), strategy };
  }

  async exports(): Promise<NamedExport[]> {
    const exports: NamedExport[] = [];
    for (const { use, name = use, content, with: given } of this.#config.output.exports) {
      const { manifest, create } = await this.load('output', use);
      const options = readChecked(manifest.options, given ?? {});
      const format = this.#made(manifest, () => create(options, { config: this.#config, content }));
      exports.push({ name, id: use, content, format, extraColumns: this.#config.extra_columns });
    }
    return exports;
  }

  #made<T extends object>(plugin: PluginName, create: () => T): T {
    const what = this.#waits.noted('the factory', plugin, create);
    return noted(made(plugin, what), plugin, this.#waits);
  }
}

/** The instance, with hooks that note when the run is inside them; unchanged if nobody needs to know. */
function noted<T extends object>(instance: T, plugin: PluginName, waits: HookWaits): T {
  if (waits.numberOf('the factory', plugin) === 0) return instance;
  const hooks = instance as Record<string, unknown>;
  const { leadTimeFallbackDays, extension } = hooks;
  const result: Record<string, unknown> = { leadTimeFallbackDays, extension };
  for (const hook of HOOKS[plugin.kind]) {
    const call = hooks[hook] as ((first: unknown, second: unknown) => unknown) | undefined;
    if (call === undefined) continue;
    result[hook] = waits.noted(`${hook}()`, plugin, (first: unknown, second: unknown) =>
      call.call(instance, first, second),
    );
  }
  // whole-number pricing and the order by columns are the product's own code: no hook to note
  const whole = wholeOf(instance);
  if (whole !== null) withWhole(result as unknown as PricingRule, whole);
  const order = columnOrderOf(instance);
  if (order !== null) withColumnOrder((result as unknown as Required<MergeStrategy>).compare, order);
  return result as T;
}

/** The plugin's factory. */
async function loaded<K extends PluginKind>(plugin: Plugin<K>, waits: HookWaits): Promise<Factories<unknown>[K]> {
  const what = hookFailure('load()', plugin.manifest);
  let create: Factories<unknown>[K];
  try {
    create = await waits.of(what, null, waits.numberOf('load()', plugin.manifest), () => plugin.load());
  } catch (error) {
    throw pluginFailed(what, error);
  }
  if (typeof create === 'function') return create;
  throw pluginFailed(what, `it gave ${answerName(create)}, not a function`);
}

/** What a factory makes. */
function made<T extends object>(plugin: PluginName, create: () => T): T {
  return callHook(hookFailure('the factory', plugin), create, (instance) => {
    if (typeof instance !== 'object' || instance === null) return `it gave ${answerName(instance)}, not an object`;
    return instanceProblem(plugin.kind, instance);
  });
}
