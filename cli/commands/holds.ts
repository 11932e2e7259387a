/** `relay holds`: lists the prices that a run holds, and writes decisions on them to a file for later runs. */
import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import { Money } from '../../core/money/money.ts';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { ConfigSnapshot } from '../../core/pipeline/publish/diff/causes.ts';
import { counted, grouped } from '../../core/text/counted.ts';
import { nearestSku } from '../../core/text/suggest.ts';
import { lines, red, type Text } from '../colour.ts';
import { printJson } from '../failure.ts';
import { csvRows, isExpiry, readDecisionsIfThere, writeDecisions } from '../host/decisions.ts';
import { fileSource } from '../host/files.ts';
import { readReport } from '../host/reports.ts';
import { findRunFolder } from '../host/run-files.ts';
import { EXIT, type Io } from '../io.ts';
import { HOLDS_ACCEPT, HOLDS_LIST, HOLDS_REJECT, HOLDS_SHOWN } from '../manual/publish-commands.ts';
import { readArgs, refuseExtra, UsageError, wholeNumberOf } from '../usage.ts';

const LIMIT_MAX = 999_999_999;

export async function holdsList(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, HOLDS_LIST.options);
  const run = runOf(positionals, values);
  const limit = wholeNumberOf('--limit', values.limit ?? `${HOLDS_SHOWN}`, { max: LIMIT_MAX });
  const shown: Array<Record<string, string>> = [];
  let count = 0;
  for await (const { row } of csvRows(fileSource(run.holds), ['sku', 'candidate_price'])) {
    count++;
    if (shown.length < limit) shown.push(row);
  }
  if (values.json) printJson(io, { run_id: run.id, count, holds: shown });
  else io.stdout(describe(run.id, count, shown));
  return EXIT.ok;
}

export const holdsAccept = decisionCommand('accept', HOLDS_ACCEPT.options);
export const holdsReject = decisionCommand('reject', HOLDS_REJECT.options);

function decisionCommand(decision: 'accept' | 'reject', options: typeof HOLDS_ACCEPT.options) {
  return async (argv: readonly string[], io: Io): Promise<number> => {
    const { values, positionals } = readArgs(argv, options);
    const run = runOf(positionals, values);
    if (values.decisions === undefined) throw new UsageError('--decisions FILE is missing');
    const wanted = values.sku ?? [];
    if (values.all === wanted.length > 0) throw new UsageError('name the SKUs with --sku, or give --all');
    const expires_at = values.expires ?? '';
    if (expires_at !== '' && !isExpiry(expires_at))
      throw new UsageError(`--expires takes a time such as 2026-12-01T00:00:00Z, not "${expires_at}"`);
    const decisions = await readDecisionsIfThere(values.decisions);
    const left = new Set(wanted);
    const held: string[] = [];
    let count = 0;
    for await (const { row } of csvRows(fileSource(run.holds), ['sku', 'candidate_price'])) {
      const { sku = '', candidate_price: price = '' } = row;
      if (left.size + wanted.length > 0 && held.length < 1000) held.push(sku);
      if (!values.all && !left.delete(sku)) continue;
      decisions.set(sku, {
        ...{ sku, decision, price, run_id: run.id, expires_at },
        ...{ reason: values.reason ?? '', baseline_run_id: run.baselineRunId },
      });
      count++;
    }
    const [unknown] = left;
    if (unknown !== undefined) {
      const near = nearestSku(unknown, held);
      const hint = near === null ? '' : ` (did you mean "${near}"?)`;
      throw new RelayError('not_found', `run ${run.id} does not hold the SKU "${unknown}"${hint}; nothing was decided`);
    }
    await writeDecisions(values.decisions, decisions);
    if (values.json) printJson(io, { run_id: run.id, decision, count, decisions: values.decisions });
    else
      io.stdout(
        `${decision === 'accept' ? 'Accepted' : 'Rejected'} ${counted(count, 'price')} in ${values.decisions}\n`,
      );
    return EXIT.ok;
  };
}

interface HoldingRun {
  id: string;
  /** Empty if the run was not compared with a run's feed. */
  baselineRunId: string;
  /** The path of its list of holds. */
  holds: string;
}

/** Throws `UsageError` unless the argument is a run that was compared. */
function runOf(
  [given, ...extra]: readonly string[],
  { out, tenant }: { out?: string | undefined; tenant?: string | undefined },
): HoldingRun {
  if (given === undefined) throw new UsageError('name a run: its folder, or its id with --out DIR');
  refuseExtra(extra);
  const folder = findRunFolder(given, { option: '--out', runs: out, tenant });
  const holds = path.join(folder, PATHS.holds);
  if (!fs.existsSync(holds)) throw new UsageError(`${folder} has no ${PATHS.holds}: ${whyNoHolds(folder)}`);
  const manifest = readReport<InputManifest>(folder, PATHS.manifest);
  return { id: manifest?.run_id ?? '', baselineRunId: manifest?.baseline?.run_id ?? '', holds };
}

function describe(runId: string, count: number, shown: ReadonlyArray<Record<string, string>>): Text {
  const rows = shown.map(({ sku, reason, published_price, candidate_price, cost = '', vendor_id, held_runs }): Text => {
    const from = published_price === '' ? 'not published' : `published ${published_price}`;
    const basis = cost === '' ? '' : ` at cost ${cost}`;
    const text = `  ${sku}  ${reason}: ${from}, now ${candidate_price} from ${vendor_id}${basis}, held ${counted(Number(held_runs), 'run')}`;
    return isBelow(published_price, cost) ? [text, ', ', red('published below cost')] : text;
  });
  const more: Text[] = count > shown.length ? [`  … ${grouped(count - shown.length)} more: --limit`] : [];
  return lines([`Run ${runId} holds ${counted(count, 'price')}`, ...rows, ...more]);
}

/** True if both are amounts, and the first one is less. */
function isBelow(a: string | undefined, b: string): boolean {
  const [price, cost] = [Money.parse(a ?? ''), Money.parse(b)];
  return price !== null && cost !== null && price.compare(cost) < 0;
}

function whyNoHolds(folder: string): string {
  const snapshot = readReport<ConfigSnapshot>(folder, PATHS.config);
  if (snapshot === null) return "it is no run's folder";
  const { publish, guardrails } = (snapshot.tenant_config ?? {}) as { publish?: unknown; guardrails?: unknown };
  if (publish === undefined && guardrails === undefined) return 'the config of the run has no publish';
  return 'the run failed before it compared prices, or was over some vendors';
}
