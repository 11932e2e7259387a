/** `relay diff`: what changed between two feeds, or between the feeds of two runs. */
import path from 'node:path';
import { toBytes } from '../../core/bytes/text.ts';
import { type MoneyDecimals, moneyDecimals } from '../../core/money/currencies.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { type ConfigSnapshot, causesOf, type RunReports } from '../../core/pipeline/publish/causes.ts';
import { diffFeeds, type FeedsDiff } from '../../core/pipeline/publish/diff-feeds.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { lines, type Text } from '../colour.ts';
import { feedsDiffLines, titled } from '../diff-lines.ts';
import { printJson } from '../failure.ts';
import { fileSink, fileSource } from '../host/files.ts';
import { findFeedOrCandidate, type LocalFeed, readLocalManifest } from '../host/published.ts';
import { readReport } from '../host/reports.ts';
import { EXIT, type Io } from '../io.ts';
import { DIFF } from '../manual/publish-commands.ts';
import { readArgs, UsageError } from '../usage.ts';

export async function diff(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, DIFF.options);
  const [a, b, ...extra] = positionals;
  if (a === undefined || b === undefined) throw new UsageError('relay diff takes two run folders or feeds, A and B');
  if (extra.length > 0) throw new UsageError(`unexpected argument "${extra[0]}"`);
  const before = findFeedOrCandidate(a, 'A');
  const after = findFeedOrCandidate(b, 'B');
  const delta = values.out === undefined ? null : path.join(values.out, path.basename(PATHS.delta));
  const sink = delta === null ? null : fileSink(delta);
  try {
    const found = await diffFeeds({
      before: { name: before.file, format: before.format, source: fileSource(before.file) },
      after: { name: after.file, format: after.format, source: fileSource(after.file) },
      moneyDecimals: decimalsOf(after, before),
      limits: DEFAULT_LIMITS,
      delta: sink,
    });
    await sink?.close();
    const report = { a, b, causes: localCauses(before, after), ...found };
    if (values.out !== undefined) await writeReport(path.join(values.out, path.basename(PATHS.diff)), report);
    if (values.json) printJson(io, report);
    else io.stdout(describe(report, values.out ?? null));
    return EXIT.ok;
  } catch (error) {
    await sink?.abort();
    throw error;
  }
}

async function writeReport(file: string, report: object): Promise<void> {
  const sink = fileSink(file);
  await sink.write(toBytes(`${JSON.stringify(report, null, 2)}\n`));
  await sink.close();
}

/** As many decimals as the newer run's currency has; two for feeds alone. */
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
function localCauses({ folder: a }: LocalFeed, { folder: b }: LocalFeed): string[] | null {
  return a === null || b === null ? null : causesOf(reportsOf(a), reportsOf(b));
}

function reportsOf(folder: string): RunReports {
  return { manifest: readLocalManifest(folder), snapshot: snapshotOf(folder) };
}

function describe({ causes, ...found }: FeedsDiff & { causes: string[] | null }, out: string | null): Text {
  const shown = feedsDiffLines(found);
  if (causes !== null) shown.splice(2, 0, `  differs between the runs: ${causes.join(', ') || 'nothing'}`);
  if (out !== null) shown.push(...titled(`Files in ${out}`, [path.basename(PATHS.delta), path.basename(PATHS.diff)]));
  return lines(shown);
}
