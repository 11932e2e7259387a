/** Runs the engine on a golden case in memory, and compares everything that it wrote with the expected files. */
import type { RowEntry, RowProblem, VendorEntry } from '../../core/issue.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { RunOutcome } from '../../core/pipeline/run.ts';
import type { EngineLimits } from '../../core/ports/engine.ts';
import type { PublishRequest } from '../../core/ports/publishing.ts';
import type { Threads } from '../../core/ports/threads.ts';
import type { Registry } from '../../core/registry.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { type MemoryRun, memoryEngine, runInMemory } from '../../plugins/in-memory/run.ts';
import { assertCanFail, type GoldenCase, readCase, textOf } from './cases.ts';
import { lineDiff } from './diff.ts';

/** Another way to run the same case. It must not change the result. */
export interface ReplayVariant {
  chunkBytes?: number;
  limits?: Partial<EngineLimits>;
  threads?: Threads;
}

export interface FileDifference {
  /** A path below `expected/`, or `case.json`. */
  file: string;
  kind: 'changed' | 'missing' | 'unexpected';
  lines: string[];
}

export interface Replay {
  name: string;
  passed: boolean;
  differences: FileDifference[];
}

/** Throws `BadCase` for a folder that is no case, or has expectations that cannot fail. */
export async function replayCase(dir: string, registry: Registry, variant: ReplayVariant = {}): Promise<Replay> {
  const one = readCase(dir);
  assertCanFail(one);
  const result = await runGolden(one, registry, variant);
  const differences = [...compareOutcome(one, result.outcome), ...compareFiles(one.expected, writtenFiles(result))];
  return { name: one.name, passed: differences.length === 0, differences };
}

export function runGolden(one: GoldenCase, registry: Registry, variant: ReplayVariant = {}): Promise<MemoryRun> {
  const chunkBytes = variant.chunkBytes ?? one.chunkBytes;
  const limits = { ...(one.limits as Partial<EngineLimits>), ...variant.limits };
  const engine = { ...memoryEngine(registry, limits), ...(variant.threads && { threads: variant.threads }) };
  return runInMemory(engine, {
    config: one.tenant,
    files: one.files,
    skuMaps: one.skuMaps,
    sideFiles: one.sideFiles,
    now: one.now,
    publishing: publishingOf(one, chunkBytes),
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
    ...(one.vendors === undefined ? {} : { vendors: one.vendors }),
  });
}

/** What the case says is published, with the decisions on it. */
function publishingOf(
  { baseline, baseline_sha256, decisions, force }: GoldenCase,
  chunkBytes: number | undefined,
): PublishRequest {
  const found = baselineOf({ runId: 'run-0', read: (path) => baseline.get(path), chunkBytes });
  return {
    baseline: found === null ? null : { ...found, sha256: baseline_sha256 ?? found.sha256 },
    decisions: decisions === null ? null : decisionsOf(decisions, chunkBytes),
    force: force ?? null,
  };
}

/** Compares how the run ended with `case.json`. `--update` never rewrites that, so no update hides a new ending. */
export function compareOutcome(one: GoldenCase, outcome: RunOutcome): FileDifference[] {
  const { details } = one.expect;
  const given = (outcome.error as { details?: Record<string, unknown> } | null)?.details ?? {};
  const ending = (status: string, code: string | null, more: object) =>
    `${JSON.stringify({ status, error_code: code, ...more }, null, 1)}\n`;
  const wanted = ending(one.expect.status, one.expect.error_code, details === undefined ? {} : { details });
  const actual = ending(
    outcome.status,
    outcome.error_code,
    details === undefined ? {} : { details: pick(given, details) },
  );
  if (wanted === actual) return [];
  const why = outcome.error_message === null ? [] : [`  (${outcome.error_message})`];
  return [{ file: 'case.json', kind: 'changed', lines: [...lineDiff(wanted, actual), ...why] }];
}

/** An unexpected file is a difference, as a missing one is. */
export function compareFiles(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): FileDifference[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return names.flatMap((file): FileDifference[] => {
    const [wanted, came] = [expected.get(file), actual.get(file)];
    if (wanted === came) return [];
    const kind = wanted === undefined ? 'unexpected' : came === undefined ? 'missing' : 'changed';
    return [{ file, kind, lines: lineDiff(wanted ?? '', came ?? '') }];
  });
}

const PUBLISH_REPORTS: ReadonlySet<string> = new Set([
  PATHS.holds,
  PATHS.vanished,
  PATHS.diff,
  PATHS.guardrails,
  PATHS.expectations,
]);

/** The files that a run wrote, by their names in `expected/`. */
export function writtenFiles(result: MemoryRun): Map<string, string> {
  const files = new Map<string, string>();
  for (const [path, bytes] of result.artifacts.files) {
    if (path.startsWith('outputs/')) files.set(path.slice('outputs/'.length), textOf(bytes));
    else if (path.startsWith('normalized/') && path.endsWith('.csv')) files.set(path, textOf(bytes));
    else if (PUBLISH_REPORTS.has(path)) files.set(path.slice('reports/'.length), textOf(bytes));
    else if (path === 'reports/errors.json') files.set('errors.json', withoutProse(JSON.parse(textOf(bytes))));
  }
  files.set('summary.json', `${JSON.stringify(summaryOf(result), null, 2)}\n`);
  return files;
}

/** The summary without timings, and how each input was read, from the manifest. */
function summaryOf({ outcome: { summary }, artifacts }: MemoryRun): object {
  const manifest = JSON.parse(artifacts.text('reports/input_manifest.json') ?? '{}') as Partial<InputManifest>;
  const inputs = Object.entries(manifest.vendors ?? {}).map(([id, { status, encoding, delimiter, carried_over }]) => [
    id,
    { status, encoding, delimiter, ...(carried_over === undefined ? {} : { carried_over }) },
  ]);
  const { vendor_count, record_count, vendor_record_counts, total_rows, invalid_rows } = summary;
  return {
    vendor_count,
    record_count,
    vendor_record_counts,
    total_rows,
    invalid_rows,
    error_counts: summary.error_counts,
    warnings: summary.warnings,
    unpriced_skus: summary.unpriced_skus,
    ...(summary.publish === undefined ? {} : { publish: summary.publish }),
    inputs: Object.fromEntries(inputs),
  };
}

/** `errors.json` with one entry per line, without `reason` and `error_message`: their wording may improve, codes and cells may not change. */
export function withoutProse(entries: Array<RowEntry | VendorEntry>): string {
  const lines = entries.map((entry) => {
    const { reason: _reason, error_message: _message, ...rest } = entry as RowEntry & VendorEntry;
    if (rest.problems !== undefined) rest.problems = rest.problems.map(problemWithoutProse);
    return JSON.stringify(rest);
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}

function problemWithoutProse({ error_code, column, value }: RowProblem): RowProblem {
  return { error_code, column, value } as RowProblem;
}

/** The entries of `given` that `wanted` names. */
function pick(given: Record<string, unknown>, wanted: object): Record<string, unknown> {
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, given[key] ?? null]));
}
