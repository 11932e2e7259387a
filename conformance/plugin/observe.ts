/** Runs the real engine on a fixture with a watched plugin, and returns the outcome in a form that can be compared. */
import Papa from 'papaparse';
import { z } from 'zod';
import { CANONICAL_COLUMNS } from '../../core/canonical.ts';
import type { RowEntry } from '../../core/issue.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { Engine, RunOutcome } from '../../core/pipeline/run.ts';
import type { Plugin } from '../../core/plugin.ts';
import type { EngineLimits, Stalls, WaitingRun } from '../../core/ports/engine.ts';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import { type AnyPlugin, Registry } from '../../core/registry.ts';
import { BUILTINS_LOADED_ONCE } from '../../plugins/in-memory/builtins.ts';
import type { MemoryFile } from '../../plugins/in-memory/ports.ts';
import { baselineOf } from '../../plugins/in-memory/published.ts';
import { type MemoryRun, memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { timedStalls } from '../../plugins/in-memory/stalls.ts';
import { withoutExit } from './exit-trap.ts';
import { type ExpectedRejection, fileBytes, fileName, type PluginFixture } from './fixture.ts';
import { watched } from './probes.ts';
import { Watch } from './watch.ts';

export interface FeedVariant {
  files?: Readonly<Record<string, MemoryFile>>;
  chunkBytes?: number;
  watch?: Watch;
  limits?: Partial<EngineLimits>;
  /** How long a promise of the plugin may take. */
  waitMs?: number;
}

export interface Observation {
  run: MemoryRun;
  watch: Watch;
  /** Parser and validator: `normalized.csv` of all vendors. Pricing rule and merge strategy: the merged feed. */
  rows: Array<Record<string, string>>;
  /** Output format: the file that it wrote; null if it wrote none. */
  file: string | null;
  /** SKUs of the valid rows in the order in which the engine read them. */
  order: string[];
  rejected: Array<Required<ExpectedRejection>>;
  skipped: number;
  /** Codes of warnings, each once. */
  warnings: string[];
  feedErrors: string[];
  /** How each vendor's file was read. */
  encodings: Record<string, string>;
}

/** Limits for feeds of a few rows: less memory to clear in each of many runs. */
const SMALL: Partial<EngineLimits> = { sortBytes: 1 << 16, windowBytes: 1 << 14 };
const PROBE = 'conformance_probe';
const TOLERANT = { max_invalid_rows: Number.MAX_SAFE_INTEGER, max_invalid_row_pct: 1 };

const WAIT_MS = 10_000;
export const NEVER_SETTLES = 'it gives a promise that never settles';

/** A run that, if it gives up, blames the plugin. */
function blaming(run: WaitingRun, watch: Watch): WaitingRun {
  return {
    get wait() {
      return run.wait;
    },
    giveUp: () => {
      watch.blame('answers', NEVER_SETTLES);
      run.giveUp();
    },
  };
}

/** Throws `ConfigInvalid` when the fixture's options or settings do not pass the check of configs. */
export async function observe(
  plugin: AnyPlugin,
  fixture: PluginFixture,
  variant: FeedVariant = {},
): Promise<Observation> {
  const { manifest } = plugin;
  const watch = variant.watch ?? new Watch();
  const seen: Array<{ vendor: string; row: number; sku: string }> = [];
  const { waitMs = WAIT_MS } = variant;
  const run = await withoutExit(watch, async () => {
    const registry = new Registry([await watched(plugin, watch, waitMs), probe(seen)], builtinsBeside(manifest));
    const timed = timedStalls(waitMs);
    const stalls: Stalls = { watch: (one) => timed.watch(blaming(one, watch)) };
    return runInMemory(engineFor(registry, variant.limits ?? SMALL, stalls), {
      config: configOf(plugin, fixture),
      files: variant.files ?? feedFilesOf(fixture),
      sideFiles: sideFilesOf(fixture),
      ...(variant.chunkBytes === undefined ? {} : { chunkBytes: variant.chunkBytes }),
      ...(fixture.published === undefined ? {} : { publishing: publishedBy(fixture.published) }),
    });
  });
  watch.settle();
  // a measured run is long, and its rows are not needed
  const rows = once(() =>
    ['parser', 'validator'].includes(manifest.kind) ? normalizedRows(run, fixture) : recordsOf(run.merged ?? ''),
  );
  const rejected = once(() => run.errors.flatMap((entry) => ('row_number' in entry ? rejections(entry) : [])));
  const order = once(() => {
    const isRejected = new Set(rejected().map(({ vendor, row }) => `${vendor} ${row}`));
    return seen.filter(({ vendor, row }) => !isRejected.has(`${vendor} ${row}`)).map(({ sku }) => sku);
  });
  const warnings = run.outcome.summary.warnings;
  return {
    run,
    watch,
    get rows() {
      return rows();
    },
    get file() {
      return exportOf(run);
    },
    get order() {
      return order();
    },
    get rejected() {
      return rejected();
    },
    skipped: countOf(warnings, 'rows_skipped'),
    warnings: [...new Set(warnings.map((warning) => warning.split(':')[0]!))],
    get feedErrors() {
      return run.errors.flatMap((entry) => ('row_number' in entry ? [] : [entry.error_code]));
    },
    encodings: encodingsOf(run),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The public message of an internal error does not help the author of a plugin: use the error itself. */
export function reasonOf({ error, error_code, error_message }: RunOutcome): string | null {
  return error_code === 'internal_error' && error instanceof Error ? error.message : error_message;
}

/** The output of a run without the description of its inputs. Line ends inside cells are normalized to LF. */
export function resultOf({ run }: Observation): string {
  const files = [...run.artifacts.files.keys()]
    .filter((file) => /^(outputs|normalized)\/|errors\.json$/.test(file))
    .sort();
  const texts = files.map((file) => `${file}\n${run.artifacts.text(file)}`);
  return [run.outcome.status, run.outcome.error_code, ...texts]
    .join('\n')
    .replaceAll('\\r\\n', '\\n')
    .replaceAll('\r\n', '\n');
}

export function feedFilesOf({ feeds }: PluginFixture): Record<string, MemoryFile> {
  return Object.fromEntries(
    Object.entries(feeds).map(([id, file]) => [id, { name: fileName(file), bytes: fileBytes(file) }]),
  );
}

function sideFilesOf({ sideFiles = {} }: PluginFixture): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(sideFiles).map(([path, file]) => [path, fileBytes(file)]));
}

const registries = new Map<string, Registry>();

/**
 * The built-in plugins without the one with the same kind and id. They are not checked again, as that costs more than a
 * small run.
 */
function builtinsBeside({ kind, id }: AnyPlugin['manifest']): Registry {
  const name = `${kind}/${id}`;
  let registry = registries.get(name);
  if (registry === undefined) {
    registry = new Registry(BUILTINS_LOADED_ONCE.filter(({ manifest }) => `${manifest.kind}/${manifest.id}` !== name));
    registries.set(name, registry);
  }
  return registry;
}

/** An engine that never blames the suite's own validator for what nobody waited for. */
function engineFor(registry: Registry, limits: Partial<EngineLimits>, stalls: Stalls): Engine {
  const engine = memoryEngine(registry, limits, stalls);
  const { strays } = engine;
  if (strays === undefined) return engine;
  const isOthers = ({ id }: { id: string }) => id !== PROBE;
  return {
    ...engine,
    strays: { ...strays, suspects: (reason, plugins) => strays.suspects(reason, plugins.filter(isOthers)) },
  };
}

/** Records every valid row, in the order of the feed. */
function probe(seen: Array<{ vendor: string; row: number; sku: string }>): Plugin<'validator', Record<string, never>> {
  return {
    manifest: {
      kind: 'validator',
      id: PROBE,
      version: '1.0.0',
      contract: 1,
      summary: 'writes down what it sees',
      options: z.strictObject({}),
      example: {},
    },
    load: async () => () => ({
      check: ({ vendorId, rowNumber, sku }) => {
        seen.push({ vendor: vendorId, row: rowNumber, sku });
      },
    }),
  };
}

/** A tenant that uses the plugin, tolerates every bad row, and adds no pricing of its own. */
function configOf({ manifest: { kind, id } }: AnyPlugin, fixture: PluginFixture): object {
  const { options = {}, vendor = {}, tenant = {} } = fixture;
  const own = vendor as { parser?: object };
  const parser = { format: kind === 'parser' ? id : 'csv', ...(kind === 'parser' ? { options } : {}), ...own.parser };
  const use = { use: id, with: options };
  const base = {
    tenant_id: 'conformance',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: Object.keys(fixture.feeds).map((vendor_id) => {
      return { vendor_id, inbound: { type: 'local' }, ...vendor, parser };
    }),
    validators: [...(kind === 'validator' ? [use] : []), { use: PROBE }],
    pricing: {
      base_margin_pct: 0,
      min_price: 0,
      shipping_handling_flat: 0,
      map_policy: { enforce: false },
      rounding: {},
      ...(kind === 'pricing' ? { rules: [use] } : {}),
    },
    merge: kind === 'merge' ? { strategy: id, [id]: options } : { strategy: 'best_offer' },
    output: {
      columns: [...CANONICAL_COLUMNS],
      ...(kind === 'output' ? { exports: [{ ...use, content: fixture.content ?? 'full' }] } : {}),
    },
    ...(fixture.content === 'delta' ? { publish: {} } : {}),
    error_policy: TOLERANT,
  };
  return merged(base, tenant as Record<string, unknown>);
}

/** `changes` merged into `base`, two levels deep. */
function merged(base: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const both = isObject(value) && isObject(base[name]);
    result[name] = both ? { ...(base[name] as object), ...(value as object) } : value;
  }
  return result;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function publishedBy(feed: string): PublishRequest {
  const bytes = new TextEncoder().encode(feed);
  const read = (path: string) => (path === PATHS.merged('csv') ? bytes : undefined);
  return { baseline: baselineOf({ runId: 'run-0', read }), decisions: null, force: null };
}

function exportOf({ artifacts }: MemoryRun): string | null {
  const path = [...artifacts.files.keys()].find((one) => one.startsWith('outputs/exports/'));
  return path === undefined ? null : (artifacts.text(path) ?? null);
}

function rejections(entry: RowEntry): Array<Required<ExpectedRejection>> {
  const { vendor_id: vendor, row_number: row, line, problems } = entry;
  return problems.map(({ error_code: code, column }) => ({ vendor, row, line, column, code }));
}

function normalizedRows(run: MemoryRun, { feeds }: PluginFixture): Array<Record<string, string>> {
  const ids = Object.keys(feeds).sort();
  return ids.flatMap((id) => recordsOf(run.normalized(id) ?? ''));
}

/** A file that the engine wrote, as objects. */
export function recordsOf(csv: string): Array<Record<string, string>> {
  return Papa.parse<Record<string, string>>(csv, { header: true, delimiter: ',', newline: '\n', skipEmptyLines: true })
    .data;
}

/** The sum of the counts in warnings `code:vendor:count`. */
function countOf(warnings: readonly string[], code: string): number {
  const counts = warnings.filter((one) => one.startsWith(`${code}:`)).map((one) => Number(one.split(':').at(-1)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function encodingsOf(run: MemoryRun): Record<string, string> {
  const text = run.artifacts.text('reports/input_manifest.json') ?? '{"vendors":{}}';
  const vendors = Object.entries((JSON.parse(text) as InputManifest).vendors);
  return Object.fromEntries(vendors.map(([id, { encoding }]) => [id, encoding ?? '']));
}
