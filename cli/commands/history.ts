/** `relay history`: a SKU over the runs in a folder, and what changed between them. */

import fs from 'node:fs';
import path from 'node:path';
import { type FailedRun, type HistoryEntry, type HistoryPage, historyOf } from '../../core/explain/history.ts';
import { compareText } from '../../core/text/compare.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { causesText } from '../causes-text.ts';
import { bold, lines, type Text } from '../colour.ts';
import { printJson } from '../failure.ts';
import { isFolder } from '../host/inputs.ts';
import { readLocalManifest } from '../host/published.ts';
import { LocalRunFiles } from '../host/run-files.ts';
import { EXIT, type Io } from '../io.ts';
import { HISTORY, HISTORY_SHOWN } from '../manual/explain-commands.ts';
import { readArgs, refuseExtra, UsageError, wholeNumberOf } from '../usage.ts';

interface LocalRun {
  runId: string;
  tenantId: string;
  folder: string;
  clock: string;
}

const LIMIT_MAX = 99_999;

export async function history(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, HISTORY.options);
  const [sku, ...extra] = positionals;
  if (sku === undefined) throw new UsageError('relay history takes a SKU');
  refuseExtra(extra, '; quote a SKU that has spaces');
  if (values.out === undefined) throw new UsageError('--out DIR is missing: the folder that runs are written to');
  const limit = wholeNumberOf('--limit', values.limit ?? `${HISTORY_SHOWN}`, { min: 1, max: LIMIT_MAX });
  const all = runsIn(values.out, values.tenant);
  const from = values.from === undefined ? 0 : indexOf(all, values.from);
  if (from < 0) throw new UsageError(`${values.out} has no run "${values.from}"`);
  const runs = all.slice(from).map(({ runId, folder }) => ({ runId, files: new LocalRunFiles(folder) }));
  const page = await historyOf(runs, { sku, limit });
  if (values.json) printJson(io, { sku, runs: page.entries, failed_runs: page.failed, next_run: page.next });
  else io.stdout(lines(describe(sku, page)));
  return EXIT.ok;
}

/** By the run's id, or its folder; -1 if it is none of these. */
function indexOf(runs: readonly LocalRun[], given: string): number {
  const at = runs.findIndex(({ runId }) => runId === given);
  const manifest = at < 0 && isFolder(given) ? readLocalManifest(given) : null;
  return manifest === null ? at : runs.findIndex(({ runId }) => runId === manifest.run_id);
}

/** The newest first: by the runs' clocks, then by id. */
function runsIn(out: string, tenant: string | undefined): LocalRun[] {
  if (!isFolder(out)) throw new UsageError(`--out ${out} is not a folder`);
  const names = attempt(`list ${out}`, () => fs.readdirSync(out));
  const runs = names
    .flatMap((runId) => tenantsOf(out, runId))
    .flatMap(({ runId, tenantId }): LocalRun[] => {
      if (tenant !== undefined && tenantId !== tenant) return [];
      const folder = path.join(out, runId, 'tenants', tenantId);
      const manifest = readLocalManifest(folder);
      return manifest === null ? [] : [{ runId, tenantId, folder, clock: manifest.generated_at }];
    });
  const ids = [...new Set(runs.map(({ tenantId }) => tenantId))].sort();
  if (ids.length > 1) throw new UsageError(`${out} has runs of the tenants ${ids.join(', ')}: name one with --tenant`);
  if (runs.length === 0) throw new UsageError(`${out} has no run${tenant === undefined ? '' : ` of tenant ${tenant}`}`);
  return runs.sort((a, b) => compareText(b.clock, a.clock) || compareText(b.runId, a.runId));
}

function tenantsOf(out: string, runId: string): Array<{ runId: string; tenantId: string }> {
  const folder = path.join(out, runId, 'tenants');
  return isFolder(folder) ? fs.readdirSync(folder).map((tenantId) => ({ runId, tenantId })) : [];
}

function describe(sku: string, { entries, failed, next }: HistoryPage): Text[] {
  const shown = entries.map((entry, i) => {
    const { run_id, generated_at, outcome, price, quantity, vendor_id, change } = entry;
    const parts = [
      outcome,
      price === null ? null : `at ${price}`,
      quantity === null ? null : `quantity ${quantity}`,
      vendor_id === null ? null : `from ${vendor_id}`,
    ].filter((part) => part !== null);
    const shownLines = [
      `  ${generated_at}  ${run_id}: ${parts.join(', ')}`,
      ...waiting(entry),
      ...comparedWith(entry, entries[i + 1]),
    ];
    if (change === null) return { ...entry, lines: shownLines };
    const causes = causesText(change.causes, change.changed_inputs) || 'nothing that Relay knows';
    const changed = `    changed: ${change.fields.join(', ')}; between the runs: ${causes}`;
    return { ...entry, lines: [...shownLines, changed] };
  });
  const all = [...shown, ...failed.map((run) => ({ ...run, lines: [failure(run)] }))];
  all.sort((a, b) => compareText(b.generated_at, a.generated_at) || compareText(b.run_id, a.run_id));
  const more = next === null ? [] : [`  older runs: --from ${next}`];
  return [bold(`${sku}, the newest run first`), ...all.flatMap((run) => run.lines), ...more];
}

function failure({ run_id, generated_at, message }: FailedRun): string {
  return `  ${generated_at}  ${run_id}: failed, so nothing changed: ${message}`;
}

function waiting({ hold, price }: HistoryEntry): string[] {
  if (hold === null) return [];
  const since = hold.runs > 1 ? `, held in ${hold.runs} runs in a row` : '';
  const instead =
    price === null ? 'the SKU is new and stays out until then' : 'the feed has the published price until then';
  const why = hold.reason === 'decision' ? 'a person rejected it' : hold.reason;
  return [`    waits: ${hold.candidate_price ?? 'no price'} (${why})${since}; ${instead}`];
}

/** Names the baseline if it is not the run before: after a rollback, or if another run was given. */
function comparedWith({ baseline_run_id }: HistoryEntry, before: HistoryEntry | undefined): string[] {
  if (baseline_run_id === null || before === undefined || baseline_run_id === before.run_id) return [];
  return [`    published when it began: run ${baseline_run_id}, not ${before.run_id}`];
}
