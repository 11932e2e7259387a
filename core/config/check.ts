/** Checks a tenant config: its own fields, the plugins it names and their options. Reports all problems at once. */
import { CANONICAL_COLUMNS, type CanonicalColumn, EXTRA_NAME, FEED_COLUMNS, isCanonicalColumn } from '../canonical.ts';
import { pluginFailed } from '../errors.ts';
import { moneyDecimals } from '../money/currencies.ts';
import { Money, ZERO } from '../money/money.ts';
import type { ConfigProblem, Manifest, PluginKind } from '../plugin.ts';
import { checkOptions, hookFailure } from '../plugin-call.ts';
import type { Registry } from '../registry.ts';
import { suggestionsFrom } from '../text/suggest.ts';
import { expectProblems } from './expect-check.ts';
import { exportProblems } from './export-problems.ts';
import { ignoredKeys, listedProblems, readBy, readWithoutUnknownKeys } from './problems.ts';
import { configAt, configList, configTexts } from './raw.ts';
import { type TenantConfig, tenantSchema } from './schema.ts';
import { termsProblems } from './terms-problems.ts';

export interface ConfigLimits {
  vendorsMax: number;
  extraColumnsMax: number;
  /** Problems that an answer lists; a last one, `more_problems`, counts the rest. */
  problemsMax: number;
}

export const DEFAULT_CONFIG_LIMITS: ConfigLimits = { vendorsMax: 100, extraColumnsMax: 20, problemsMax: 100 };

/** Limits for a config that a past run used: it passed the limits of its day. */
export const ACCEPTED_BEFORE: Partial<ConfigLimits> = {
  vendorsMax: Number.MAX_SAFE_INTEGER,
  extraColumnsMax: Number.MAX_SAFE_INTEGER,
};

export type CheckedConfig =
  | { ok: true; config: TenantConfig }
  /** `count` is the number of all problems, listed or not. */
  | { ok: false; problems: ConfigProblem[]; count: number };

/** `raw` is parsed JSON of any shape; this never throws for it. */
export function checkConfig(raw: unknown, registry: Registry, given: Partial<ConfigLimits> = {}): CheckedConfig {
  const limits = { ...DEFAULT_CONFIG_LIMITS, ...given };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return {
      ok: false,
      problems: [
        {
          path: '(root)',
          code: 'invalid_type',
          message: raw === null || raw === undefined ? 'is empty; it must be an object' : 'must be an object',
        },
      ],
      count: 1,
    };
  }
  const schema = schemaFor(limits, extraColumns(raw).slice(0, limits.extraColumnsMax));
  const read = readBy(schema, raw);
  const problems = [...read.problems, ...pluginProblems(raw, registry)];
  if (read.value === null || problems.length > 0)
    return { ok: false, problems: listedProblems(problems, limits.problemsMax), count: problems.length };
  return { ok: true, config: read.value };
}

type TenantSchema = ReturnType<typeof tenantSchema>;
const SCHEMAS_MAX = 20;
const schemas = new Map<string, TenantSchema>();

/**
 * The schema for configs with these extra columns. Making one takes longer than using it, so the most recent ones are
 * cached.
 */
function schemaFor({ vendorsMax, extraColumnsMax }: ConfigLimits, extras: readonly string[]): TenantSchema {
  const key = [vendorsMax, extraColumnsMax, ...extras].join();
  const schema = schemas.get(key) ?? tenantSchema({ vendorsMax, extraColumnsMax }, extras);
  schemas.delete(key);
  schemas.set(key, schema);
  const [oldest = key] = schemas.keys();
  if (schemas.size > SCHEMAS_MAX) schemas.delete(oldest);
  return schema;
}

/** A plugin id with its options, as the raw JSON has them. The schema reports values of the wrong type. */
interface PluginMention {
  kind: PluginKind;
  id: unknown;
  idPath: string;
  options: unknown;
  optionsPath: string;
}

function* mentions(raw: unknown): Generator<PluginMention> {
  for (const [i, vendor] of configList(raw, 'vendors').entries()) {
    const parser = configAt(vendor, 'parser');
    const path = `vendors[${i}].parser`;
    yield {
      kind: 'parser',
      id: configAt(parser, 'format'),
      idPath: `${path}.format`,
      options: configAt(parser, 'options'),
      optionsPath: `${path}.options`,
    };
    yield* uses('validator', configAt(vendor, 'validators'), `vendors[${i}].validators`);
  }
  yield* uses('validator', configAt(raw, 'validators'), 'validators');
  yield* uses('pricing', configAt(raw, 'pricing', 'rules'), 'pricing.rules');
  yield* uses('output', configAt(raw, 'output', 'exports'), 'output.exports');
  const merge = configAt(raw, 'merge');
  const strategy = configAt(merge, 'strategy');
  // an object of a config may have a `toString` that is no function
  if (typeof strategy === 'string') {
    const options = configAt(merge, strategy);
    yield { kind: 'merge', id: strategy, idPath: 'merge.strategy', options, optionsPath: `merge.${strategy}` };
  }
  if (typeof merge !== 'object' || merge === null) return;
  for (const key of Object.keys(merge)) {
    if (key === 'strategy' || key === strategy) continue;
    yield {
      kind: 'merge',
      id: key,
      idPath: `merge.${key}`,
      options: configAt(merge, key),
      optionsPath: `merge.${key}`,
    };
  }
}

function* uses(kind: PluginKind, entries: unknown, path: string): Generator<PluginMention> {
  for (const [i, entry] of configList(entries).entries()) {
    const options = configAt(entry, 'with');
    yield { kind, id: configAt(entry, 'use'), idPath: `${path}[${i}].use`, options, optionsPath: `${path}[${i}].with` };
  }
}

function pluginProblems(raw: unknown, registry: Registry): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const { kind, id, idPath, options, optionsPath } of mentions(raw)) {
    if (typeof id !== 'string' || id === '') continue;
    const plugin = registry.find(kind, id);
    if (plugin === null) {
      problems.push({ path: idPath, code: 'unknown_plugin', message: registry.unknown(kind, id) });
    } else {
      for (const one of optionProblems(plugin.manifest, options ?? {}, raw, optionsPath)) problems.push(one);
    }
  }
  return problems.concat(
    vendorProblems(raw),
    quantityProblems(raw),
    termsProblems(raw),
    extraProblems(raw),
    outputProblems(raw),
    exportProblems(raw, registry),
    roundingProblems(raw),
    publishProblems(raw),
    expectProblems(raw),
  );
}

/** A plugin's schema may run the plugin's code, which may throw. */
function optionProblems(manifest: Manifest, options: unknown, config: unknown, path: string): ConfigProblem[] {
  try {
    const { value, problems } = readBy(manifest.options, options, path);
    if (problems.length === 0)
      return [...ignoredKeys(manifest.options, options, path), ...checkOptions(manifest, value, config, path)];
    // a misspelled key must not hide other problems, so the rest is checked without it
    const known = readWithoutUnknownKeys(manifest.options, options);
    if (known === null) return problems;
    // a problem that only the missing value of such a key causes is not reported
    const touched = new Set(problems.map((one) => one.path.slice(0, one.path.lastIndexOf('.'))));
    return [...problems, ...checkOptions(manifest, known, config, path).filter((one) => !touched.has(one.path))];
  } catch (error) {
    const { code, message } = pluginFailed(hookFailure('the schema of the options', manifest), error);
    return [{ path, code, message }];
  }
}

function vendorProblems(raw: unknown): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Map<string, number>();
  const extras = new Set(extraColumns(raw));
  const hint = suggestionsFrom([...FEED_COLUMNS, ...extras]);
  const staleLimit = configAt(raw, 'guardrails', 'stale_after_hours');
  for (const [i, vendor] of configList(raw, 'vendors').entries()) {
    const id = configAt(vendor, 'vendor_id');
    if (typeof id === 'string') {
      const first = seen.get(id);
      if (first === undefined) seen.set(id, i);
      else {
        const message = `"${id}" is already the id of vendors[${first}]`;
        problems.push({ path: `vendors[${i}].vendor_id`, code: 'duplicate_vendor_id', message });
      }
    }
    if (configAt(vendor, 'on_trouble', 'stale') !== undefined && staleLimit === undefined) {
      const message = 'needs guardrails.stale_after_hours, which says when a feed is stale';
      problems.push({ path: `vendors[${i}].on_trouble.stale`, code: 'stale_without_limit', message });
    }
    const path = `vendors[${i}].parser.column_map`;
    for (const one of columnMapProblems(configAt(vendor, 'parser', 'column_map'), extras, hint, path))
      problems.push(one);
  }
  return problems;
}

/** The extra columns that are well named; the schema and `extraProblems` report the others. */
function extraColumns(raw: unknown): string[] {
  return configTexts(raw, 'extra_columns').filter((name) => EXTRA_NAME.test(name));
}

function extraProblems(raw: unknown): ConfigProblem[] {
  const seen = new Set<unknown>();
  return configList(raw, 'extra_columns').flatMap((name, i) => {
    const path = `extra_columns[${i}]`;
    if (typeof name !== 'string') return [];
    if (isCanonicalColumn(name))
      return [{ path, code: 'duplicate_column', message: `"${name}" is a canonical column` }];
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path, code: 'duplicate_column', message: `"${name}" is listed twice` }];
  });
}

function columnMapProblems(
  map: unknown,
  extras: ReadonlySet<string>,
  hint: (column: string) => string,
  path: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (typeof map !== 'object' || map === null) return problems;
  for (const column of Object.keys(map)) {
    if (extras.has(column)) continue;
    if (!isCanonicalColumn(column)) {
      const message = `is not a canonical column${hint(column)}`;
      problems.push({ path: `${path}.${column}`, code: 'unknown_column', message });
    } else if (column === 'vendor_id') {
      const message = 'cannot be mapped: a row belongs to the vendor whose feed it is in';
      problems.push({ path: `${path}.vendor_id`, code: 'unknown_column', message });
    }
  }
  return problems;
}

/** Vendors that a quantity rule names and the config does not have. */
function quantityProblems(raw: unknown): ConfigProblem[] {
  const ids = configList(raw, 'vendors')
    .map((vendor) => configAt(vendor, 'vendor_id'))
    .filter((id) => typeof id === 'string');
  const known = new Set(ids);
  const hint = suggestionsFrom(ids);
  const problems: ConfigProblem[] = [];
  for (const [i, rule] of configList(raw, 'quantity', 'rules').entries()) {
    for (const [n, id] of configList(rule, 'vendors').entries()) {
      if (typeof id !== 'string' || known.has(id)) continue;
      const message = `there is no vendor "${id}"${hint(id)}`;
      problems.push({ path: `quantity.rules[${i}].vendors[${n}]`, code: 'unknown_vendor', message });
    }
  }
  return problems;
}

/**
 * A rounding step finer than the output's decimals would be rounded again when the price is written, perhaps the wrong
 * way.
 */
function roundingProblems(raw: unknown): ConfigProblem[] {
  const currency = configAt(raw, 'default_currency');
  const given = configAt(raw, 'pricing', 'rounding', 'increment');
  if (typeof currency !== 'string' || (typeof given !== 'string' && typeof given !== 'number')) return [];
  const increment = Money.parse(String(given));
  const decimals = moneyDecimals(currency);
  if (increment === null || increment.compare(ZERO) <= 0) return [];
  if (increment.roundTo(Money.ofUnits(1n, decimals), 'down').equals(increment)) return [];
  const message = `must be a multiple of ${Money.ofUnits(1n, decimals)}: amounts in ${currency} are written with ${decimals} decimals`;
  return [{ path: 'pricing.rounding.increment', code: 'increment_too_fine', message }];
}

/** The output columns that a comparison with the published feed reads. */
const COMPARED_COLUMNS: ReadonlyArray<[string, readonly CanonicalColumn[]]> = [
  ['publish', ['sku', 'quantity_available', 'price']],
  ['guardrails.max_sku_drop_pct', ['sku']],
  ['guardrails.max_in_stock_drop_pct', ['sku', 'quantity_available']],
  ['guardrails.max_median_price_change_pct', ['sku', 'price']],
  ['guardrails.max_vendor_row_drop_pct', ['sku']],
];

/** A feed without these columns cannot be compared. */
function publishProblems(raw: unknown): ConfigProblem[] {
  const columns = configList(raw, 'output', 'columns');
  const lacking = new Map<CanonicalColumn, string>();
  for (const [path, needed] of COMPARED_COLUMNS) {
    if (configAt(raw, ...path.split('.')) === undefined) continue;
    for (const column of needed) if (!columns.includes(column) && !lacking.has(column)) lacking.set(column, path);
  }
  return [...lacking].map(([column, path]) => ({
    path: 'output.columns',
    code: 'compared_column_missing',
    message: `must have "${column}": ${path} compares it with the published feed`,
  }));
}

function outputProblems(raw: unknown): ConfigProblem[] {
  // the schema reports a list that is too long
  const most = CANONICAL_COLUMNS.length + extraColumns(raw).length;
  const columns = configList(raw, 'output', 'columns').slice(0, most);
  const seen = new Set<unknown>();
  const duplicates = columns.flatMap((column, i) => {
    const isNew = !seen.has(column);
    seen.add(column);
    if (typeof column !== 'string' || isNew) return [];
    return [{ path: `output.columns[${i}]`, code: 'duplicate_column', message: `"${column}" is listed twice` }];
  });
  return duplicates.concat(escapeProblems(raw));
}

/** Exports are made from the feed: a shop would take the apostrophe of an escaped formula for part of the SKU. */
function escapedExportProblems(raw: unknown): ConfigProblem[] {
  if (configList(raw, 'output', 'exports').length === 0) return [];
  const message =
    'cannot be true beside output.exports, which are made of the feed; use the option escape_formulas of the export csv instead';
  return [{ path: 'output.escape_formulas', code: 'invalid_value', message }];
}

/**
 * A published feed is compared with the one before it by SKU, in SKU order. An apostrophe would change both the SKU and
 * its place.
 */
function escapeProblems(raw: unknown): ConfigProblem[] {
  if (configAt(raw, 'output', 'escape_formulas') !== true) return [];
  const compared = ['publish', 'guardrails'].find((name) => configAt(raw, name) !== undefined);
  if (compared === undefined) return escapedExportProblems(raw);
  const message = `cannot be true beside ${compared}, which compares SKUs with those of the feed before; escape the file that people open instead`;
  return [{ path: 'output.escape_formulas', code: 'invalid_value', message }];
}
