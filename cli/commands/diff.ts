/** `relay diff`: what changed between two feeds, or between the feeds of two runs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shownSku } from '../../core/bytes/signs/sku-signs.ts';
import { toBytes } from '../../core/bytes/text.ts';
import { checkConfig } from '../../core/config/check.ts';
import { ConfigInvalid } from '../../core/config/invalid.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { type MoneyDecimals, moneyDecimals } from '../../core/money/currencies.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import {
  type Cause,
  type ChangedInput,
  type ConfigSnapshot,
  causesOf,
  changedInputs,
  type RunReports,
} from '../../core/pipeline/publish/diff/causes.ts';
import { ChangedRows, type ChangedRowsReport } from '../../core/pipeline/publish/diff/changed-rows.ts';
import { type ConfigChange, configChanges } from '../../core/pipeline/publish/diff/config-changes.ts';
import { diffFeeds, type FeedsDiff } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import { type Attribution, type AttributionOrder, attributeChanges } from '../../core/pipeline/simulate/attribute.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { causesText } from '../causes-text.ts';
import { lines, type Text } from '../colour.ts';
import { count, feedsDiffLines, titled } from '../diff-lines.ts';
import { changedRowLines, listedCauses, listedRows } from '../diff-rows.ts';
import { printJson } from '../failure.ts';
import { FileScratch, fileSink, fileSource } from '../host/files.ts';
import { isFolder, LocalInputs } from '../host/inputs.ts';
import { readPastRun } from '../host/past-runs.ts';
import { findFeedOrCandidate, type LocalFeed, readLocalManifest } from '../host/published.ts';
import { readReport } from '../host/reports.ts';
import { findRunFolder } from '../host/run-files.ts';
import { EXIT, type Io } from '../io.ts';
import { localEngine } from '../local-engine.ts';
import { DIFF } from '../manual/publish-commands.ts';
import { openRegistry } from '../plugins/load.ts';
import { readBaseSettings } from '../settings.ts';
import { readArgs, refuseExtra, UsageError } from '../usage.ts';

const CONFIG_CHANGES_SHOWN = 20;

export async function diff(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, DIFF.options);
  const [a, b, ...extra] = positionals;
  if (a === undefined || b === undefined) throw new UsageError('relay diff takes two runs or feeds, A and B');
  refuseExtra(extra);
  const asked = listedRows(values);
  const [before, after] = [findSide(a, 'A', values), findSide(b, 'B', values)];
  const delta = values.out === undefined ? null : path.join(values.out, path.basename(PATHS.delta));
  const moneyDecimals = decimalsOf(after, before);
  const listed = asked === null ? null : new ChangedRows({ ...asked, moneyDecimals });
  const sink = delta === null ? null : fileSink(delta);
  try {
    const found = await diffFeeds({
      before: { name: before.file, format: before.format, source: fileSource(before.file) },
      after: { name: after.file, format: after.format, source: fileSource(after.file) },
      moneyDecimals,
      limits: DEFAULT_LIMITS,
      delta: sink,
      ...(listed && { watch: listed.look.bind(listed) }),
    });
    await sink?.close();
    const attribution =
      values.attribute || values.cause !== undefined
        ? await attributed(before, after, { listed: listedCauses(values), io })
        : undefined;
    const report = {
      a,
      b,
      causes: localCauses(before, after),
      changed_inputs: localInputs(before, after),
      config_changes: localConfigChanges(before, after),
      ...found,
      ...(listed && { listed: listed.report }),
      ...(attribution && { attribution }),
    };
    if (values.out !== undefined) await writeReport(path.join(values.out, path.basename(PATHS.diff)), report);
    if (values.json) printJson(io, report);
    else io.stdout(describe({ ...report, held: heldIn(after) }, values.out ?? null));
    return EXIT.ok;
  } catch (error) {
    await sink?.abort();
    throw error;
  }
}

/** A feed, or a run: by its folder, or with `--runs` by its id. */
function findSide(
  given: string,
  what: string,
  { runs, tenant }: { runs?: string | undefined; tenant?: string | undefined },
): LocalFeed {
  const isRun = runs !== undefined && isFolder(path.join(runs, given, 'tenants'));
  const isPath = !isRun && fs.existsSync(given);
  return findFeedOrCandidate(isPath ? given : findRunFolder(given, { option: '--runs', runs, tenant }), what);
}

/** SKUs of a run whose price is held, so that its change is not in the feed; 0 if the run does not say. */
function heldIn({ folder }: LocalFeed): number {
  const report = folder === null ? null : readReport<{ changes?: { held?: number } }>(folder, PATHS.diff);
  return report?.changes?.held ?? 0;
}

async function writeReport(file: string, report: object): Promise<void> {
  const sink = fileSink(file);
  await sink.write(toBytes(`${JSON.stringify(report, null, 2)}\n`));
  await sink.close();
}

/** As many decimals as the newer run's currency has; two if the feeds have no run. */
function decimalsOf(...feeds: readonly LocalFeed[]): MoneyDecimals {
  for (const { folder } of feeds) {
    const currency = folder === null ? undefined : snapshotOf(folder)?.tenant_config?.default_currency;
    if (currency !== undefined) return moneyDecimals(currency);
  }
  return 2;
}

function snapshotOf(folder: string): ConfigSnapshot | null {
  return readReport<ConfigSnapshot>(folder, PATHS.config);
}

/** What differs between the runs themselves; null unless both are run folders. */
function localCauses({ folder: a }: LocalFeed, { folder: b }: LocalFeed): Cause[] | null {
  return a === null || b === null ? null : causesOf(reportsOf(a), reportsOf(b));
}

/** Null unless both are run folders. */
function localInputs({ folder: a }: LocalFeed, { folder: b }: LocalFeed): ChangedInput[] | null {
  return a === null || b === null ? null : changedInputs(reportsOf(a), reportsOf(b));
}

/** Null unless both are run folders. */
function localConfigChanges({ folder: a }: LocalFeed, { folder: b }: LocalFeed): ConfigChange[] | null {
  if (a === null || b === null) return null;
  return configChanges(snapshotOf(a)?.tenant_config, snapshotOf(b)?.tenant_config);
}

function configLines(changes: readonly ConfigChange[]): Text[] {
  const value = (text: string | null) => text ?? 'nothing';
  const shown = changes
    .slice(0, CONFIG_CHANGES_SHOWN)
    .map(({ path: field, before, after }) => `${field}: ${value(before)} to ${value(after)}`);
  const more = changes.length - shown.length;
  return titled('Config', more === 0 ? shown : [...shown, `… ${count(more)} more: --json`]);
}

function reportsOf(folder: string): RunReports {
  return { manifest: readLocalManifest(folder), snapshot: snapshotOf(folder) };
}

/** Repeats the runs, each with one thing of the other. */
async function attributed(
  before: LocalFeed,
  after: LocalFeed,
  { listed, io }: { listed: AttributionOrder['listed']; io: Io },
): Promise<Attribution> {
  if (before.folder === null || after.folder === null)
    throw new UsageError('--attribute and --cause need the folders of two runs, not feeds alone');
  const past = [readPastRun(before.folder), readPastRun(after.folder)] as const;
  const settings = readBaseSettings(io.env);
  const registry = await openRegistry(settings);
  const [older, newer] = past.map(({ rawConfig }, i) => {
    const checked = checkConfig(rawConfig, registry, settings);
    if (!checked.ok) throw new ConfigInvalid(`the config of ${[before, after][i]?.folder}`, checked.problems);
    return checked.config;
  }) as [TenantConfig, TenantConfig];
  const causes = causesOf(reportsOf(before.folder), reportsOf(after.folder));
  const today = new LocalInputs({ folder: null, files: new Map(), followLinks: false, configFolder: before.folder });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-diff-'));
  try {
    return await attributeChanges(localEngine(registry, settings), {
      ...{ before: past[0], after: past[1], configs: { before: older, after: newer } },
      ...{ causes, today, scratch: new FileScratch(work) },
      ...(listed === undefined ? {} : { listed }),
    });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The causes whose word is not their name. */
const CAUSE_WORDS: Readonly<Record<string, string>> = {
  other: 'something else: the clock, or what was published before',
};

function attributionLines({ counts, first }: Attribution): Text[] {
  const words = (causes: readonly string[]) => causes.map((cause) => CAUSE_WORDS[cause] ?? cause).join(' and ');
  const most = Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const rows = first.map(({ sku, causes }) => `${shownSku(sku)} by ${words(named(causes))}`);
  return titled('Causes', [...most.map(([key, n]) => `${words(key.split('+'))}: ${count(n)}`), ...rows]);
}

function named(causes: readonly string[]): readonly string[] {
  return causes.length === 0 ? ['other'] : causes;
}

type Described = FeedsDiff & {
  causes: Cause[] | null;
  changed_inputs: ChangedInput[] | null;
  config_changes: ConfigChange[] | null;
  held: number;
  listed?: ChangedRowsReport;
  attribution?: Attribution;
};

function describe(
  { causes, changed_inputs, config_changes, held, listed, attribution, ...found }: Described,
  out: string | null,
): Text {
  const shown = feedsDiffLines(found);
  if (config_changes !== null) shown.push(...configLines(config_changes));
  if (listed !== undefined) shown.push(...changedRowLines(listed));
  if (attribution !== undefined) shown.push(...attributionLines(attribution));
  if (held > 0)
    shown.splice(2, 0, `  ${count(held)} held in B: their prices wait, and are not compared (relay holds list)`);
  if (causes !== null)
    shown.splice(2, 0, `  differs between the runs: ${causesText(causes, changed_inputs ?? []) || 'nothing'}`);
  if (out !== null) shown.push(...titled(`Files in ${out}`, [path.basename(PATHS.delta), path.basename(PATHS.diff)]));
  return lines(shown);
}
