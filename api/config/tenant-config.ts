/**
 * Checks a tenant config with the service's own rules: no local files, and only object keys that the writer may name.
 */
import { checkConfig } from '../../core/config/check.ts';
import { listedProblems } from '../../core/config/problems.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import { configWarnings } from '../../core/config/warnings.ts';
import type { ConfigProblem, NamedSideFile } from '../../core/plugin.ts';
import { sideFilesOf } from '../../core/plugin-call.ts';
import type { Registry } from '../../core/registry.ts';
import { parserOf } from './parser-of.ts';

/** Leaves room for a file name within the 1,024 bytes of an S3 key. */
const KEY_BYTES_MAX = 700;
/** File systems allow 255 bytes for a name. */
const PART_BYTES_MAX = 255;

const NO_FILE =
  '"file" works on the command line only; the service reads "s3": upload it as a side file, and name its s3_key';

export interface ConfigRules {
  /** The tenant in the path; null for a new tenant. */
  tenantId: string | null;
  /** What the keys of objects must begin with; null for any. */
  scope: string | null;
  vendorsMax: number;
  extraColumnsMax: number;
  problemsMax: number;
}

/** Plain data. */
export interface ConfigReport {
  /** Null if the config is invalid. */
  tenantId: string | null;
  /** The number of all problems. */
  count: number;
  /** The first problems. */
  issues: ConfigProblem[];
  /** As `code:detail`: what a valid config probably has wrong. */
  warnings: string[];
}

/** Finds every problem at once. */
export function reportOn(raw: unknown, rules: ConfigRules, registry: Registry): ConfigReport {
  const { tenantId, scope, vendorsMax, extraColumnsMax, problemsMax } = rules;
  const checked = checkConfig(raw, registry, { vendorsMax, extraColumnsMax, problemsMax: Number.POSITIVE_INFINITY });
  const issues = checked.ok ? [] : [...checked.problems];
  const named = configAt(raw, 'tenant_id');
  if (tenantId !== null && typeof named === 'string' && named !== tenantId) {
    issues.push({ path: 'tenant_id', code: 'tenant_mismatch', message: `must be "${tenantId}", as in the address` });
  }
  for (const [i, vendor] of configList(raw, 'vendors').entries())
    for (const one of vendorProblems(vendor, i, scope, registry)) issues.push(one);
  issues.push(...ratesProblems(raw, scope));
  if (!checked.ok || issues.length > 0)
    return { tenantId: null, count: issues.length, issues: listedProblems(issues, problemsMax), warnings: [] };
  return { tenantId: checked.config.tenant_id, count: 0, issues: [], warnings: configWarnings(checked.config) };
}

function ratesProblems(raw: unknown, scope: string | null): ConfigProblem[] {
  const path = 'pricing.vendor_terms.rates';
  const rates = configAt(raw, 'pricing', 'vendor_terms', 'rates');
  const problems = keyProblems(configAt(rates, 's3_key'), `${path}.s3_key`, scope);
  if (configAt(rates, 'type') === 'file') problems.push({ path: `${path}.type`, code: 'not_here', message: NO_FILE });
  return problems;
}

function vendorProblems(vendor: unknown, i: number, scope: string | null, registry: Registry): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const at = `vendors[${i}]`;
  const refuse = (path: string, message: string) => problems.push({ path: `${at}.${path}`, code: 'not_here', message });
  if (configAt(vendor, 'inbound', 'type') === 'local') {
    refuse('inbound.type', '"local" works on the command line only; the service reads "s3"');
  }
  if (configAt(vendor, 'sku_map', 'type') === 'file') refuse('sku_map.type', NO_FILE);
  problems.push(...keyProblems(configAt(vendor, 'inbound', 's3_prefix'), `${at}.inbound.s3_prefix`, scope));
  problems.push(...keyProblems(configAt(vendor, 'sku_map', 's3_key'), `${at}.sku_map.s3_key`, scope));
  for (const { path, location } of sideFilesNamed(vendor, registry)) {
    if (location.type === 'file') refuse(`parser.options.${path}.type`, NO_FILE);
    problems.push(...keyProblems(location.s3_key, `${at}.parser.options.${path}.s3_key`, scope));
  }
  return problems;
}

/** The files that the parser's options name; none if `checkConfig` reports the options or the plugin. */
function sideFilesNamed(vendor: unknown, registry: Registry): readonly NamedSideFile[] {
  try {
    const parser = parserOf(vendor, registry);
    return parser === null ? [] : sideFilesOf(parser.manifest, parser.options);
  } catch {
    return [];
  }
}

/** A prefix need not end with a slash, but each of its parts must be a name. */
function keyProblems(key: unknown, path: string, scope: string | null): ConfigProblem[] {
  if (typeof key !== 'string') return [];
  const parts = (key.endsWith('/') ? key.slice(0, -1) : key).split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\p{Cc}\p{Cs}]/u.test(key)) {
    const message = 'must be names joined by "/", without "." or "..", empty names, "\\" or control characters';
    return [{ path, code: 'invalid_key', message }];
  }
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  if (bytes(key) > KEY_BYTES_MAX || parts.some((part) => bytes(part) > PART_BYTES_MAX)) {
    const message = `must have at most ${KEY_BYTES_MAX} bytes, and ${PART_BYTES_MAX} between slashes`;
    return [{ path, code: 'invalid_key', message }];
  }
  if (scope === null || key.startsWith(scope)) return [];
  return [{ path, code: 'outside_tenant', message: `must begin with "${scope}"` }];
}
