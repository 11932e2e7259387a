/** The four plugin contracts: parser, validator, pricing rule, merge strategy; and the manifest that all of them have. */
import type { z } from 'zod';
import type { CanonicalColumn, Condition } from './canonical.ts';
import type { TenantConfig, VendorConfig } from './config/schema.ts';
import type { Layout, NamedSideFile } from './layout.ts';
import type { Money } from './money/money.ts';
import type { ByteSource, EngineLimits } from './ports/engine.ts';

export type * from './layout.ts';

/** The version of these contracts. A plugin made for another one is refused. */
export const CONTRACT_VERSION = 1;

export const PLUGIN_KINDS = ['parser', 'validator', 'pricing', 'merge'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** A problem with a config: a path such as `vendors[0].parser.delimiter`, a code, and what to do. */
export interface ConfigProblem {
  path: string;
  code: string;
  message: string;
}

/** What can be said of a plugin without loading its code; configs are checked from this alone. */
export interface Manifest<Kind extends PluginKind = PluginKind, Options = unknown> {
  kind: Kind;
  /** What configs call it: lower case letters, digits, `_` and `-`. */
  id: string;
  /** The plugin's own version, as in package.json. */
  version: string;
  contract: typeof CONTRACT_VERSION;
  /** One line for listings. */
  summary: string;
  /** Options as JSON: anything it accepts must survive JSON.stringify. */
  options: z.ZodType<Options>;
  /** Options that load, as they would stand in a config. */
  example: unknown;
  /** Issue codes that it can raise, each with what it means. */
  codes?: Readonly<Record<string, string>>;
  /** What a feed that a parser was made for is known by, so that `relay suggest` can name the parser. */
  signs?: FormatSigns;
  /**
   * Canonical columns that a pricing rule or merge strategy reads of an offer beyond quantity, lead time, cost,
   * map price and price: of `msrp`, `condition`, `vendor_sku`, `brand`, `title`, `updated_at`. Reading one that no
   * plugin of the run names fails the run with `plugin_failed`.
   */
  reads?: readonly CanonicalColumn[];
  /**
   * Checks good options against the rest of the config, which may still have any shape: all problems are reported at
   * once. `path` is where the options stand. See `configAt`.
   */
  check?(options: Options, config: unknown, path: string): ConfigProblem[];
  /**
   * A parser's files beside the feed, which its options name: fetched with it, and refused by the service where the
   * tenant may not name them.
   */
  sideFiles?(options: Options): readonly NamedSideFile[];
  /** Where a parser's feed may be in several files: which of the vendor's files they are. Null is the newest alone. */
  files?(options: Options): FileSelection | null;
}

export interface FormatSigns {
  /** Headers that all its feeds have, in any case. */
  headers?: readonly string[];
  /** Without a header: the cells that most rows have at a position (`"#1"`). */
  cells?: Readonly<Record<string, readonly string[]>>;
}

export interface Plugin<Kind extends PluginKind = PluginKind, Options = unknown> {
  manifest: Manifest<Kind, Options>;
  /** The code, loaded when a run first needs it. */
  load(): Promise<Factories<Options>[Kind]>;
}

export interface Factories<Options> {
  parser: (options: Options, context: ParserContext) => Parser;
  validator: (options: Options, context: RunContext) => Validator;
  pricing: (options: Options, context: RunContext) => PricingRule;
  merge: (options: Options, context: RunContext) => MergeStrategy;
}

export interface RunContext {
  config: TenantConfig;
}

export interface ParserContext extends RunContext {
  vendor: VendorConfig;
  /** The operator's limits, for a parser that unpacks. */
  limits: EngineLimits;
}

/** Several files of a vendor that are read as one feed. */
export interface FileSelection {
  /** Of their names without folders: `*` stands for any characters, `?` for one, and case does not matter. */
  match: string;
  /** Only files at most so much older than the newest of them; null is all. */
  withinMinutes: number | null;
}

// ---- parser ----------------------------------------------------------------------------------------------------

/** A feed that is ready to be read. */
export interface PreparedFeed {
  /** What was settled on, for the manifest: names, and why. */
  encoding: string;
  delimiter: string;
  reason: string;
  layout: Layout;
  /** Codes of what looks wrong about the feed, asked for when it was read to its end; the summary names the vendor with them. */
  warnings?(): readonly string[];
  /** The feed as UTF-8 without a byte order mark. Throws `DecodeError` where bytes do not decode. */
  open(): AsyncIterable<Uint8Array>;
}

export interface Parser {
  /** Settles encoding and dialect, reading as much of the source as that takes. */
  prepare(source: ByteSource): Promise<PreparedFeed>;
}

// ---- validator -------------------------------------------------------------------------------------------------

/** A normalized row whose fields are all valid. It is only good during the call that it is handed to. */
export interface Row {
  readonly rowNumber: number;
  readonly line: number;
  readonly sku: string;
  readonly vendorSku: string | null;
  readonly vendorId: string;
  readonly quantity: number;
  readonly leadTimeDays: number | null;
  readonly cost: Money | null;
  readonly mapPrice: Money | null;
  readonly price: Money | null;
  readonly msrp: Money | null;
  readonly condition: Condition | null;
  readonly brand: string | null;
  readonly title: string | null;
  /** Seconds since 1970 UTC; null when the feed gives none. */
  readonly updatedAt: number | null;
}

export interface RowReport {
  /** Makes the row invalid. The column is a canonical one, or null for the row as a whole. */
  error(code: string, column: CanonicalColumn | null, reason: string): void;
  /** Leaves the row valid; warnings are counted by code in the summary. */
  warning(code: string): void;
}

export interface FeedReport {
  readonly vendorId: string;
  readonly validRows: number;
  readonly invalidRows: number;
  /** Fails the run with `validation_errors`, and puts an entry for the vendor in `errors.json`. */
  error(code: string, reason: string): void;
  warning(code: string): void;
}

/** Made anew for each vendor's feed. */
export interface Validator {
  check?(row: Row, report: RowReport): void;
  finish?(report: FeedReport): void;
}

// ---- merge and price -------------------------------------------------------------------------------------------

/** One vendor's offer for one SKU. It is only good during the call that it is handed to. */
export interface Offer {
  readonly sku: string;
  readonly vendorId: string;
  readonly rowNumber: number;
  readonly quantity: number;
  readonly leadTimeDays: number | null;
  readonly cost: Money | null;
  readonly mapPrice: Money | null;
  /** The feed's own price. */
  readonly price: Money | null;
  /** The same amounts in 1e-6 of the currency, for comparing; null when the feed gives none. */
  readonly costMicros: number | null;
  readonly mapPriceMicros: number | null;
  readonly priceMicros: number | null;
  // reading one of the rest throws unless the manifest's `reads` names the column
  readonly msrp: Money | null;
  readonly condition: Condition | null;
  readonly vendorSku: string | null;
  readonly brand: string | null;
  readonly title: string | null;
  /** Seconds since 1970 UTC; null when the feed gives none. */
  readonly updatedAt: number | null;
}

export interface PriceStep {
  readonly offer: Offer;
  /** The price so far: at first the feed's own, null when it gives none. */
  readonly price: Money | null;
}

export interface PricingRule {
  /** The price after this rule. When the last rule leaves null the offer cannot be priced, and the next one is tried. */
  price(step: PriceStep): Money | null;
}

/** Has `compare` or `choose`. */
export interface MergeStrategy {
  /** Negative when `a` is the better offer. Ties go to the lower vendor id, then to the earlier row. */
  compare?(a: Offer, b: Offer): number;
  /**
   * All offers for a SKU, also where there is one alone, best first; the first that can be priced wins. Those left out
   * are out of the race; a SKU whose offers all are has no row, and is counted in the warning `skus_left_out`.
   */
  choose?(offers: readonly Offer[]): readonly Offer[];
  /** Lead time of a winning offer that has none; null leaves it empty. */
  readonly leadTimeFallbackDays: number | null;
}
