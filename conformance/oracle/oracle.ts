/**
 * A simple, slow implementation of the contract's sections 2 to 5 and 8, to compare with the engine byte for byte. It shares no
 * code with the engine on purpose: import nothing from `core/` or `plugins/` here. It assumes a valid config. The choices where
 * the contract leaves room are listed at the end of this file.
 */

import { type ExpectSettings, type OracleVerdict, tryExpectations } from './expect.ts';
import { readTimestamp } from './fields.ts';
import { merge } from './merge.ts';
import { type PublishResult, publishFeed } from './publish.ts';
import type { FileInput, PublishSettings } from './publish-types.ts';
import { readVendor } from './rows.ts';
import { skuWarnings } from './sku-watch.ts';
import { readSkuMap } from './skumap.ts';
import { currencyFor, withTerms } from './terms.ts';
import { ageOf, carriedOver, hasTooManyInvalid, isStale, missingAction, UNREADABLE } from './trouble.ts';
import {
  CANONICAL,
  type Config,
  D,
  type ErrorEntry,
  Failure,
  type OracleInput,
  type Row,
  type VendorConfig,
  type VendorError,
} from './types.ts';
import { byCodePoint, cellsOf, decimalsOf, jsonLinesOf, writeCsv } from './write.ts';

export interface OracleResult {
  status: 'SUCCEEDED' | 'FAILED';
  error_code?: string;
  /** What is known about a failure: vendor, encoding, offset, line, missing headers. */
  failure?: Record<string, unknown>;
  /** Text of merged_inventory.csv; only of a run that succeeded. */
  merged?: string;
  /** Text of normalized.csv by vendor; after a failure, of the vendors that were read by then. */
  normalized: Record<string, string>;
  errors: ErrorEntry[];
  total_rows: number;
  invalid_rows: number;
  unpriced: { count: number; skus: string[] };
  warnings: string[];
  /** The SKUs of refused rows. */
  refused: Set<string>;
  /** The vendors without a file, and those left out. */
  unread: Set<string>;
  /** The result of section 8, also for a run that it stopped, if the config has `publish` or `guardrails`. */
  published?: PublishResult;
  /** The results of `expect`, also for a run that it stopped. */
  verdicts: OracleVerdict[];
  /** The file of each vendor: its own, or one that was carried over. */
  files: Map<string, FileInput>;
  /** Warnings about prices and SKUs, as `code:number` or `code:vendor:number`, sorted. */
  offerWarnings: string[];
}

const ERRORS_MAX = 10_000;
const UNPRICED_MAX = 100;

function emptyResult(): OracleResult {
  const unpriced = { count: 0, skus: [] };
  return {
    status: 'SUCCEEDED',
    normalized: {},
    refused: new Set(),
    unread: new Set(),
    errors: [],
    total_rows: 0,
    invalid_rows: 0,
    unpriced,
    warnings: [],
    verdicts: [],
    files: new Map(),
    offerWarnings: [],
  };
}

/** Counts the rows of all feeds without merging and writing, which is all that the generator needs. */
export function countRows(input: OracleInput): Pick<OracleResult, 'total_rows' | 'invalid_rows'> {
  const result = emptyResult();
  try {
    for (const _ of readAll(input.config as Config, input, result));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  return result;
}

export function runOracle(input: OracleInput): OracleResult {
  const result = emptyResult();
  try {
    run(input, result);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    result.status = 'FAILED';
    result.error_code = error.code;
    result.failure = error.detail;
  }
  result.errors = truncated(result.errors);
  return result;
}

function run(input: OracleInput, result: OracleResult): void {
  const config = input.config as Config & PublishSettings & ExpectSettings;
  const policy = config.error_policy ?? {};
  const rowsByVendor = new Map<string, Row[]>();
  for (const [vendor_id, rows] of readAll(config, input, result)) {
    rowsByVendor.set(vendor_id, rows);
    result.normalized[vendor_id] = writeCsv(
      [...CANONICAL, ...(config.extra_columns ?? [])],
      rows,
      currencyFor(config, vendor_id),
    );
  }
  judge(policy, result);
  const rates = input.sideFiles?.[config.pricing.vendor_terms?.rates?.local_path ?? ''];
  const offered = new Map([...rowsByVendor].map(([id, rows]) => [id, withTerms(config, rows, rates)]));
  const merged = merge(config, offered);
  result.offerWarnings = [...merged.warnings, ...skuWarnings(config, rowsByVendor)].sort();
  const { columns, escape_formulas } = config.output;
  result.merged = writeCsv(columns, merged.rows, config.default_currency, escape_formulas);
  if (config.publish !== undefined || config.guardrails !== undefined)
    publish(config, input, { result, merged: merged.rows, rowsByVendor });
  else {
    expect(config, result);
    if (config.output.format === 'jsonl') result.merged = jsonLinesOf(columns, cellsOfAll(config, merged.rows));
  }
  result.unpriced = { count: merged.unpriced.length, skus: merged.unpriced.slice(0, UNPRICED_MAX) };
}

function publish(
  config: Config & PublishSettings & ExpectSettings,
  input: OracleInput,
  { result, merged, rowsByVendor }: { result: OracleResult; merged: Row[]; rowsByVendor: Map<string, Row[]> },
): void {
  const now = Date.parse(input.now) / 1000;
  // a vendor with `on_trouble.stale` is handled by that
  const ages = config.vendors.flatMap(({ vendor_id, on_trouble }) => {
    const file = result.files.get(vendor_id);
    const counts = file !== undefined && !result.unread.has(vendor_id) && on_trouble?.stale === undefined;
    return counts ? [ageOf(file, input.now)] : [];
  });
  const found = publishFeed({
    config,
    candidate: merged,
    offers: rowsByVendor,
    refused: result.refused,
    unread: result.unread,
    published: input.published ?? null,
    decisions: input.decisions ?? new Map(),
    forced: input.forced ?? false,
    now,
    age: ages.length === 0 ? null : Math.max(...ages),
    runId: input.runId,
    files: result.files,
  });
  result.published = found;
  const candidate = result.merged ?? '';
  result.merged = found.feed;
  expect(config, result);
  const { columns, format } = config.output;
  const isJson = format === 'jsonl';
  if (isJson) result.merged = jsonLinesOf(columns, found.rows);
  if (found.tripped.length === 0) return;
  result.merged = isJson ? jsonLinesOf(columns, cellsOfAll(config, merged)) : candidate;
  throw new Failure('GUARDRAIL_TRIPPED', { tripped: found.tripped });
}

/** The cells of merged rows, one row per SKU. */
function cellsOfAll(config: Config, rows: readonly Row[]): Record<string, string>[] {
  const decimals = decimalsOf(config.default_currency);
  const sorted = [...rows].sort((a, b) => byCodePoint(a.sku, b.sku));
  return sorted.map((row) => cellsOf(row, config.output.columns, decimals));
}

/** Applies `expect`. A failed expectation comes before a tripped guardrail. */
function expect({ expect: expectations = [] }: ExpectSettings, result: OracleResult): void {
  result.verdicts = tryExpectations(expectations, result.merged ?? '');
  const failed = result.verdicts.filter(({ met, severity }) => !met && severity === 'error');
  if (failed.length > 0) throw new Failure('EXPECTATION_FAILED', { failed: failed.map(({ name }) => name) });
}

/** The valid rows of each vendor, one vendor after the other. */
function* readAll(config: Config, input: OracleInput, result: OracleResult): Generator<[string, Row[]]> {
  const found = fetchInputs(config, input, result);
  const isAnyThere = found.size > 0;
  // in order of ids: the first vendor that fails ends the run
  for (const vendor of [...config.vendors].sort(byId)) {
    const file = found.get(vendor.vendor_id);
    yield [vendor.vendor_id, file ? readOne(vendor, file, input, result) : []];
  }
  if (isAnyThere && result.total_rows === 0) throw new Failure('no_rows_parsed', {});
}

/** The files that exist. All missing vendors are reported before a required one fails the run. */
function fetchInputs(config: Config, input: OracleInput, result: OracleResult): Map<string, Feed> {
  const found = new Map<string, Feed>();
  const earlier = input.published?.files ?? new Map<string, FileInput>();
  const wanted: VendorConfig[] = [];
  const fatal: string[] = [];
  for (const vendor of config.vendors) {
    const { vendor_id } = vendor;
    const file = input.files[vendor_id];
    if (file) {
      found.set(vendor_id, { file, isCarried: false });
      result.files.set(vendor_id, file);
      continue;
    }
    const required = vendor.required ?? true;
    result.unread.add(vendor_id);
    result.errors.push(
      vendorError(vendor, required ? 'REQUIRED_VENDOR_MISSING' : 'OPTIONAL_VENDOR_MISSING', 'no file was found'),
    );
    const action = missingAction(config, vendor, earlier);
    if (action === 'fail') fatal.push(vendor_id);
    else result.warnings.push(`${required ? 'required' : 'optional'}_vendor_missing:${vendor_id}`);
    if (action === 'carry_over') wanted.push(vendor);
  }
  if (fatal.length > 0) throw new Failure('REQUIRED_VENDOR_MISSING', { vendors: fatal });
  // one vendor after the other: the first that fails ends the run
  for (const vendor of [...config.vendors].sort(byId)) {
    const feed = found.get(vendor.vendor_id);
    if (feed !== undefined) checkStale(vendor, feed, { input, result, found, earlier });
    else if (wanted.includes(vendor)) carry(vendor, 'REQUIRED_VENDOR_MISSING', { input, result, found, earlier });
  }
  return found;
}

interface Feed {
  file: FileInput;
  /** True for a carried-over file that replaces an unusable one. It must be usable itself. */
  isCarried: boolean;
}

interface Fetching {
  input: OracleInput;
  result: OracleResult;
  found: Map<string, Feed>;
  earlier: ReadonlyMap<string, FileInput>;
}

function checkStale(vendor: VendorConfig, { file }: Feed, fetching: Fetching): void {
  const { input, result, found } = fetching;
  const action = vendor.on_trouble?.stale;
  if (action === undefined || !isStale(input.config, file, input.now)) return;
  if (action === 'fail') throw new Failure('GUARDRAIL_TRIPPED', { stale: vendor.vendor_id });
  if (action === 'carry_over') {
    // without an earlier file the run reads this one, as without `on_trouble`
    carry(vendor, 'GUARDRAIL_TRIPPED', fetching);
    return;
  }
  found.delete(vendor.vendor_id);
  result.unread.add(vendor.vendor_id);
}

function carry(vendor: VendorConfig, code: string, { input, result, found, earlier }: Fetching): boolean {
  const { vendor_id } = vendor;
  const file = carriedOver(vendor, code, { earlier, now: input.now });
  if (file === null) return false;
  found.set(vendor_id, { file, isCarried: false });
  result.files.set(vendor_id, file);
  result.unread.delete(vendor_id);
  return true;
}

function byId(a: VendorConfig, b: VendorConfig): number {
  return a.vendor_id < b.vendor_id ? -1 : 1;
}

function readOne(vendor: VendorConfig, feed: Feed, input: OracleInput, result: OracleResult): Row[] {
  const { vendor_id } = vendor;
  const { bytes } = feed.file;
  const now = readTimestamp(input.now.replace(/\.\d+/, ''));
  if (!('value' in now)) throw new Error(`not a clock: ${input.now}`);
  try {
    const mapBytes = input.skuMaps[vendor_id];
    if (vendor.sku_map && !mapBytes) throw new Failure('invalid_input', { vendor_id, sku_map: 'missing' });
    const map = vendor.sku_map && mapBytes ? readSkuMap(mapBytes, vendor_id) : undefined;
    const read = readVendor(bytes, vendor, {
      map,
      now: now.value,
      extras: (input.config as Config).extra_columns ?? [],
    });
    result.errors.push(...read.errors);
    for (const sku of read.refused) result.refused.add(sku);
    if (hasTooManyInvalid(vendor, read.errors.length, read.total))
      throw new Failure('validation_errors', { vendor_id, invalid_rows: read.errors.length });
    result.total_rows += read.total;
    result.invalid_rows += read.errors.length;
    result.warnings.push(...(map?.warnings ?? []), ...read.warnings);
    return read.rows;
  } catch (error) {
    const isTooMany = error instanceof Failure && error.code === 'validation_errors';
    if (feed.isCarried || !(error instanceof Failure) || !(isTooMany || UNREADABLE.includes(error.code))) throw error;
    for (const sku of error.refused) result.refused.add(sku);
    const policy = (input.config as Config).error_policy;
    const isLeftOut = error.code === 'missing_required_columns' && policy?.fail_on_missing_required_columns === false;
    const usual = isLeftOut ? 'leave_out' : 'fail';
    let action = (isTooMany ? vendor.on_trouble?.too_many_invalid : vendor.on_trouble?.unreadable) ?? usual;
    if (action === 'carry_over') {
      const earlier = input.published?.files ?? new Map<string, FileInput>();
      const found = new Map<string, Feed>();
      if (carry(vendor, error.code, { input, result, found, earlier }))
        return readOne(vendor, { ...found.get(vendor_id)!, isCarried: true }, input, result);
      action = usual;
    }
    if (action === 'fail') throw error;
    result.unread.add(vendor_id);
    result.errors.push(vendorError(vendor, error.code, 'the feed cannot be used'));
    return [];
  }
}

/** Applies the error policy once, to the rows of all vendors together. */
function judge(policy: NonNullable<Config['error_policy']>, result: OracleResult): void {
  const { invalid_rows, total_rows } = result;
  const share = new D(String(policy.max_invalid_row_pct ?? 0));
  const tooMany = invalid_rows > (policy.max_invalid_rows ?? 0);
  const tooLarge = new D(invalid_rows).gt(share.times(total_rows));
  if (tooMany || tooLarge) throw new Failure('validation_errors', { invalid_rows, total_rows });
  if (invalid_rows > 0) result.warnings.push('invalid_rows_within_threshold');
}

function vendorError(vendor: VendorConfig, error_code: string, error_message: string): VendorError {
  const { vendor_id, inbound } = vendor;
  return { error_code, error_message, vendor_id, expected_prefix: inbound.s3_prefix ?? null };
}

function truncated(errors: ErrorEntry[]): ErrorEntry[] {
  const remaining = errors.length - ERRORS_MAX;
  if (remaining <= 0) return errors;
  const last: ErrorEntry = { error_code: 'ERRORS_TRUNCATED', error_message: `${remaining} more`, remaining };
  return [...errors.slice(0, ERRORS_MAX), last];
}

/*
 * WHERE THE CONTRACT LEAVES ROOM, and what was chosen here. [c] marks what the generator tags as a corner.
 *
 * Decoding
 *  1. ISO-8859-1 is the real one: 0x80 to 0x9F are control characters, not windows-1252. The five bytes that
 *     windows-1252 leaves undefined are DECODE_ERROR. The offset counts the BOM and points at the first byte of the bad
 *     sequence. Only one BOM is removed; a second is content, and U+FEFF is not white space [c].
 *  2. DECODE_ERROR comes before missing_required_columns for one file: a file is text or not. Among vendors, the first
 *     in config order that fails gives the code; REQUIRED_VENDOR_MISSING precedes all of these.
 *  3. `auto` falls back to windows-1252 (not generated). `auto` delimiter: the one of , ; tab | that the header has most
 *     of (generated only where nothing else can be meant).
 * Structure
 *  4. A line of white space alone, unquoted and without a delimiter, is blank [c]. A line of delimiters or of `""` is a
 *     row of empty cells, counted in `rows_blank`, also above the header; so is a line of tabs in a tab-delimited file.
 *  5. A malformed row ends at the first physical line end after the opening quote of its bad field, even when the stray
 *     quote is on a later line; earlier fields that closed over several lines stay in it. `"x" ` (white space
 *     after the closing quote) is malformed; ` "x"` is unquoted. Such a row has `malformed_quote` as its only problem,
 *     column, value and row_data null. It counts as a record, a data row and an invalid row.
 *     A broken row, likewise: a run of one-field rows around a complete one is one row if the line ends before and after
 *     are the header's.
 *  6. A malformed header record is `invalid_input` [c].
 *  7. A file without any record is `missing_required_columns` [c].
 *  8. "A mapped header" of ambiguous_column: every header that Relay reads, also an unmapped optional one [c].
 *     Duplicates are looked for at the level that matched: exact names if there is one, else loose ones.
 *  9. `#n` always means the index, and past the header it is absent. An explicit map entry that is absent is not replaced
 *     by the canonical name. Both ambiguous and missing: ambiguous_column wins.
 * 10. `vendor_id` is always the config's; a column of that name or a map entry for it is not read.
 * 11. Extra fields are empty after trimming. With too_many_fields the fields that have a header are still checked.
 * Values
 * 12. White space is the Unicode property White_Space: with U+0085 [c], without U+FEFF and U+200B.
 * 13. Integers: [+-]digits, optionally `.` and zeros: `12.00` yes, `12.` and `.0` no [c]; ASCII digits; at most 15
 *     without leading zeros (decision 0003); `-0` is 0.
 * 14. Money: a leading + is read [c]; the limit is judged before rounding, so 999999999.9999999 is read as 1000000000
 *     [c]; any amount with a minus that is not exactly zero is negative_value, however small or large [c]; -0 is 0.
 *     `1.0000000` loses nothing and is not counted. Writing two decimals starts from the six-decimal value.
 * 15. Timestamps: an offset only after a time; hours to 23; seconds to 59; a fraction, of any length, only of seconds,
 *     after a point or a comma; no lower case [c]; years 0000 to 9999, also after the offset [c].
 * 16. NUL is a character like any other [c].
 * 17. normalized.csv is written like the output: money with two decimals, `updated_at` filled from the clock, quantity 0
 *     for empty, lead time left empty, `condition` in lower case. Every vendor of the run has one: missing vendors and
 *     those left out have the header alone.
 * 18. SKU map: cells trimmed, keys compared exactly, one look-up; entries with an empty key or SKU are skipped; a map that
 *     is missing, not UTF-8, malformed or without its headers is invalid_input (none is generated).
 * 19. `duplicate_sku: error`: only otherwise valid rows count as rows, for the first and for the later ones. The problem has
 *     column sku and the vendor's own sku as value.
 * Merge and price
 * 20. `sum_quantity`: the best row by its own quantity; one offer a vendor, so that an unpriceable best row is not replaced
 *     by another row of its vendor.
 * 21. `include_shipping_handling` changes nothing: the amount is flat, and contract 4 prices with it always.
 * 22. Vendors that vendor_priority does not name come after those it names, as equals.
 * 23. pricing.rules: a chain starts from the feed's own price; `margin` replaces it if there is a cost; floors and rounding
 *     leave "no price" alone [c]. An empty list is the default chain. `map_floor` does nothing unless enforced. With an
 *     `offset`, `round` takes the multiples plus it, from the first that is not below zero, in each of its directions.
 *     `ending` keeps to the floors of the whole chain, those behind it too; between two amounts at one distance it takes the higher.
 * 24. `unpriced_skus` lists the first in code point order.
 * 25. An empty single-column row is an empty line, by "null is empty" (not generated). JSONL output is not covered.
 * A run
 * 26. errors.json: missing vendors first, in config order; then vendor by vendor in config order, rows in file order.
 *     A vendor left out has an entry `missing_required_columns`. A file-level failure has no entry. Truncation counts
 *     entries of both kinds.
 * 27. `value` is the trimmed cell, null when empty; `column` is the canonical one; `row_data` the untrimmed cells by
 *     header (`#<index>` for cells without a header of their own, '' for missing ones).
 * 28. no_rows_parsed: a file was found and no data row was read, malformed ones included; a vendor left out has no rows
 *     [c, when it is the only one]. Nothing found at all succeeds with an empty feed. It comes before validation_errors.
 * 29. Warnings beyond those that the contract spells: header_matched_loosely:<vendor>:<column>,
 *     sku_map_duplicate:<vendor>:<key> (once a key), money_rounded:<vendor>:<number of cells, invalid rows included>.
 *     mapped_column_missing names the canonical column. Their order means nothing.
 * 30. The run's clock is cut to whole seconds. A failed run has no merged file and no unpriced count.
 */
