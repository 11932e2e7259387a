/**
 * The contracts of the five kinds of plugins (parser, validator, pricing rule, merge strategy, output format), and the
 * manifest they share.
 */
import type { z } from 'zod';
import type { CanonicalColumn, Condition, ExtraColumn, ExtraName } from './canonical.ts';
import type { TenantConfig, VendorConfig } from './config/schema.ts';
import type { Layout, NamedSideFile, RowRefusal } from './layout.ts';
import type { Money } from './money/money.ts';
import type { ByteSource, EngineLimits, FileSelection } from './ports/engine.ts';

export type * from './layout.ts';

/** The version of these contracts. The registry refuses a plugin made for another version. */
export const CONTRACT_VERSION = 1;

export const PLUGIN_KINDS = ['parser', 'validator', 'pricing', 'merge', 'output'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** A problem with a config: a path such as `vendors[0].parser.delimiter`, a code, and what is wrong. */
export interface ConfigProblem {
  path: string;
  code: string;
  message: string;
}

/** Everything about a plugin that is known without loading its code. Configs are checked from manifests alone. */
export interface Manifest<Kind extends PluginKind = PluginKind, Options = unknown> {
  kind: Kind;
  /** What configs call it: lower case letters, digits, `_` and `-`. */
  id: string;
  /** The plugin's own version, as in package.json. */
  version: string;
  contract: typeof CONTRACT_VERSION;
  /** One line for listings. */
  summary: string;
  /** The schema of its options. Whatever it accepts must survive `JSON.stringify`. */
  options: z.ZodType<Options>;
  /** Options that load, as a config would give them. */
  example: unknown;
  /** The issue codes that it can raise, with their meanings. */
  codes?: Readonly<Record<string, string>>;
  /** How to recognise a feed that a parser was made for, so that `relay suggest` can name the parser. */
  signs?: FormatSigns;
  /**
   * The columns that a pricing rule or merge strategy reads from an offer beyond quantity, lead time, cost, map price
   * and price: any of `msrp`, `condition`, `vendor_sku`, `brand`, `title`, `updated_at`. A run fails with
   * `plugin_failed` when a plugin reads one that no plugin of the run lists.
   */
  reads?: readonly CanonicalColumn[];
  /**
   * Checks valid options against the rest of the config. That may still have any shape (read it with `configAt`), since
   * all problems are reported at once. `path` is the options' own path.
   */
  check?(options: Options, config: unknown, path: string): ConfigProblem[];
  /**
   * The side files that a parser's options name. They are fetched with the feed; the service refuses those that the
   * tenant may not name.
   */
  sideFiles?(options: Options): readonly NamedSideFile[];
  /** For a parser whose feed may come in several files: which files. Null takes the newest file only. */
  files?(options: Options): FileSelection | null;
}

export interface FormatSigns {
  /** Headers that all its feeds have; case does not matter. */
  headers?: readonly string[];
  /** For feeds without a header: the cells that most rows have at a position (`"#1"`). */
  cells?: Readonly<Record<string, readonly string[]>>;
}

export interface Plugin<Kind extends PluginKind = PluginKind, Options = unknown> {
  manifest: Manifest<Kind, Options>;
  /** What is wrong with the declaration from which the plugin was made, for example by `defineVendorParser`. */
  problems?(): string[];
  /** Loads the code, when a run first needs it. */
  load(): Promise<Factories<Options>[Kind]>;
}

export interface Factories<Options> {
  parser: (options: Options, context: ParserContext) => Parser;
  validator: (options: Options, context: PluginContext) => Validator;
  pricing: (options: Options, context: PluginContext) => PricingRule;
  merge: (options: Options, context: PluginContext) => MergeStrategy;
  output: (options: Options, context: OutputContext) => FeedFormat;
}

export interface PluginContext {
  config: TenantConfig;
}

export interface ParserContext extends PluginContext {
  vendor: VendorConfig;
  /** The operator's limits, for parsers that unpack. */
  limits: EngineLimits;
}

export interface OutputContext extends PluginContext {
  /** Whether the file is the whole feed, or what changed since the one before. */
  content: 'full' | 'delta';
}

// ---- parser ----------------------------------------------------------------------------------------------------

/** What a second detector says about the encoding of a feed. */
export interface EncodingOpinion {
  /** Its name and version. */
  detector: string;
  /** Null if it names none. */
  encoding: string | null;
  /** 0 to 1, as the detector gives it. */
  confidence: number;
  /** True if that encoding is the one chosen, or reads the sample alike. Null if it names none. */
  agrees: boolean | null;
}

/** A cell that a warning is about. */
export interface FeedExample {
  /** The physical line, from 1. */
  line: number;
  cell: string;
  /** What is beside the cell. */
  note?: string;
}

/**
 * A warning about a feed: a code, or a code with what was seen. The summary has `code:vendor` or `code:vendor:detail`; its notices
 * show the first two examples.
 */
export type FeedWarning = string | { code: string; detail?: string; examples?: readonly FeedExample[] };

/** What a cell of a row may be. Null and undefined are empty; a number is that number, whatever the layout's `numbers` say. */
export type CellValue = string | number | boolean | null | undefined;

/** A row that a parser's own code makes, in place of bytes. */
export interface FeedRow {
  /** In the order of the columns, or by their names if the feed has `fields`; what is not given is empty. */
  cells: readonly CellValue[] | Readonly<Record<string, CellValue>>;
  /** The physical line of the file on which it starts, for reports; by default the number of the row. */
  line?: number;
  /** Why the row is invalid, if it is. */
  refuse?: RowRefusal;
}

/** A feed that is ready to read. */
export interface PreparedFeed {
  /** The encoding and delimiter chosen, by name, and why: for the manifest. */
  encoding: string;
  delimiter: string;
  reason: string;
  /** Another detector's view of the encoding, for the manifest. It decides nothing. */
  secondOpinion?: EncodingOpinion | null;
  layout: Layout;
  /**
   * If `open` is the decoded text of the file: how to encode text for that file. Without it, refused rows are reported
   * as CSV and cannot be patched.
   */
  text?: FeedText;
  /** Warning codes for the summary, which adds the vendor. Called after the feed was read to its end. */
  warnings?(): readonly FeedWarning[];
  /**
   * The names of the columns, for rows; the layout then has a header. Without them the first row is the header, if the layout
   * has one.
   */
  fields?: readonly string[];
  /**
   * The feed as UTF-8 without a byte order mark, or as rows, which need no delimiter and no quotes. Throws `DecodeError` for
   * bytes that do not decode.
   */
  open(): AsyncIterable<Uint8Array | FeedRow>;
}

/** The encoding of a feed's text. */
export interface FeedText {
  /** Text as bytes, without a byte order mark. What the encoding lacks becomes `?`. */
  encoder(): Promise<(text: string) => Uint8Array>;
  /** Decodes another file in this encoding, or in UTF-8, to UTF-8. */
  decode(source: ByteSource): AsyncIterable<Uint8Array>;
}

export interface Parser {
  /** Chooses encoding and dialect, and reads as much of the source as that takes. */
  prepare(source: ByteSource): Promise<PreparedFeed>;
}

// ---- validator -------------------------------------------------------------------------------------------------

/** A normalized row with valid fields. Do not keep it: it is valid only during the call that receives it. */
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
  /** The cell of a column of `extra_columns`; null if it is empty. Throws if the config has no such column. */
  extra(column: ExtraColumn): string | null;
}

export interface RowReport {
  /** Makes the row invalid. `column` is canonical, `extraColumn(name)` for one of `extra_columns`, or null for the row as a whole. */
  error(code: string, column: CanonicalColumn | ExtraName | null, reason: string): void;
  /** Leaves the row valid. The summary counts warnings by code. */
  warning(code: string): void;
}

export interface FeedReport {
  readonly vendorId: string;
  readonly validRows: number;
  readonly invalidRows: number;
  /** Fails the run with `validation_errors`, and adds an entry for the vendor to `errors.json`. */
  error(code: string, reason: string): void;
  warning(code: string): void;
}

/** What a hook returns that returns nothing. A promise is a type error: `void` alone would accept one. */
// biome-ignore lint/suspicious/noConfusingVoidType: `undefined` alone would refuse functions that return nothing
export type NoPromise = void | undefined;

/** Each vendor's feed gets a new one. */
export interface Validator {
  check?(row: Row, report: RowReport): NoPromise;
  finish?(report: FeedReport): NoPromise;
}

// ---- merge and price -------------------------------------------------------------------------------------------

/** One vendor's offer for one SKU. Do not keep it: it is valid only during the call that receives it. */
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
  /** The same amounts in millionths of the currency, for comparisons; null when the feed gives none. */
  readonly costMicros: number | null;
  readonly mapPriceMicros: number | null;
  readonly priceMicros: number | null;
  /**
   * The cost with the vendor's terms (`pricing.vendor_terms`), in the tenant's currency, before `shipping_handling_flat`, which is the same
   * for every offer. The cost itself without terms. An engine from before terms gives none.
   */
  readonly landedCost?: Money | null;
  readonly landedCostMicros?: number | null;
  // reading one of the rest throws unless the `reads` of some plugin of the run lists the column
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
  /** The price so far. The first step gets the feed's own price, null when it gives none. */
  readonly price: Money | null;
  /** The highest `floor` of the chain's rules for the offer, those that follow this rule included; null if there is none. */
  readonly floor: Money | null;
}

export interface PricingRule {
  /** The price after this rule. If the last rule returns null, the offer has no price and the next offer is tried. */
  price(step: PriceStep): Money | null;
  /** The lowest price that this rule gives the offer, so that another rule, such as one for endings, stays above it. */
  floor?(offer: Offer): Money | null;
}

/** Implements `compare` or `choose`. */
export interface MergeStrategy {
  /** Negative if `a` is the better offer. Ties go to the lower vendor id, then to the earlier row. */
  compare?(a: Offer, b: Offer): number;
  /**
   * Gets all offers for a SKU, even a single one, and returns them best first; the first that has a price wins. It may
   * leave offers out. A SKU without offers gets no row, and the warning `skus_left_out` counts it.
   */
  choose?(offers: readonly Offer[]): readonly Offer[];
  /**
   * For `relay explain`: what makes one offer better than another, with both values in words; null if nothing that the
   * strategy looks at does. Receipts without it name the offers' places only.
   */
  why?(better: Offer, worse: Offer): { criterion: string; better: string | null; worse: string | null } | null;
  /** The lead time of a winning offer that has none; null leaves it empty. */
  readonly leadTimeFallbackDays: number | null;
}

// ---- output ----------------------------------------------------------------------------------------------------

/** What became of a SKU since the feed before. */
export type OutputChange = 'added' | 'changed' | 'removed' | 'zeroed' | 'kept' | 'held';

/** A row of the published feed, or of its delta. Do not keep it: it is valid only during the call that receives it. */
export interface OutputRow {
  /** Null in a full feed. */
  readonly change: OutputChange | null;
  readonly sku: string;
  /** What is on sale: 0 for a SKU that was `removed`, so that a shop takes it off sale. */
  readonly quantity: number;
  /** A cell as the feed has it, such as `12.50`; null if it is empty, or the feed does not have the column. */
  text(column: CanonicalColumn | ExtraColumn): string | null;
}

/** Writes a file of `output.exports`. All hooks answer at once; the engine writes their texts in UTF-8. */
export interface FeedFormat {
  /** The ending of the file's name, such as `csv`: 1 to 10 lower case letters and digits. */
  readonly extension: string;
  /** What comes before the first row, such as a header with its line end. */
  head?(): string;
  /** A row with its line end; an empty text leaves it out. Rows come in the order of their SKUs. */
  row(row: OutputRow): string;
  /** What comes after the last row. */
  foot?(): string;
}
