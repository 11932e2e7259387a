/**
 * `relay simulate`: what a config, or new plugins, would have made of past runs. It publishes nothing and changes
 * nothing in OUT.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shownSku } from '../../../core/bytes/signs/sku-signs.ts';
import { percentText } from '../../../core/money/percent-text.ts';
import { noticesOf } from '../../../core/notices/notices.ts';
import { type SimulatedRun, type SimulationReport, simulateRun } from '../../../core/pipeline/simulate/simulate.ts';
import { counted } from '../../../core/text/counted.ts';
import { bold, green, lines, red, type Text } from '../../colour.ts';
import { readConfigFile } from '../../config-file.ts';
import { count, feedsDiffLines, titled } from '../../diff-lines.ts';
import { printJson } from '../../failure.ts';
import { FileScratch } from '../../host/files.ts';
import { LocalInputs } from '../../host/inputs.ts';
import { pastRuns } from '../../host/past-runs.ts';
import { EXIT, type Io } from '../../io.ts';
import { localEngine } from '../../local-engine.ts';
import { SIMULATE } from '../../manual/config-commands.ts';
import { openRegistry } from '../../plugins/load.ts';
import { readBaseSettings } from '../../settings.ts';
import { readArgs, refuseExtra, UsageError, wholeNumberOf } from '../../usage.ts';
import { Progress } from '../run/progress.ts';
import { type Besides, besidesOf, NOTHING_BESIDES, pluginLines } from './simulate-plugins.ts';

const RUNS_MAX = 10;
const HELD_SHOWN = 5;
const NAMED_SHOWN = 5;
const DECISIONS: Readonly<Record<SimulatedRun['decisions'], string[]>> = {
  applied: ['  decisions on held prices: those that the run was given'],
  none: [],
  not_kept: ['  decisions on held prices: not applied; the run was given some, and kept no copy'],
};

export async function simulate(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, SIMULATE.options);
  const { config: configFile, against, plugins } = values;
  refuseExtra(positionals);
  if (configFile === undefined || against === undefined)
    throw new UsageError('relay simulate takes --config FILE and --against OUT');
  const runs = wholeNumberOf('--runs', values.runs ?? '1', { min: 1, max: RUNS_MAX });
  const settings = readBaseSettings(io.env);
  const { pluginsFile } = settings;
  const registry = await openRegistry({ pluginsFile: plugins ?? pluginsFile });
  const pastRegistry = plugins === undefined ? registry : await openRegistry({ pluginsFile });
  const { config, raw } = await readConfigFile(configFile, registry, settings);
  const engine = localEngine(registry, settings);
  const pastEngine = plugins === undefined ? engine : localEngine(pastRegistry, settings);
  const past = pastRuns(against, config.tenant_id, runs);
  const today = new LocalInputs({
    folder: null,
    files: new Map(),
    followLinks: false,
    configFolder: path.dirname(configFile),
  });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-simulate-'));
  const scratch = new FileScratch(work);
  const progress = new Progress(io);
  const abort = new AbortController();
  const onSignal = () => {
    abort.abort();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const simulated: SimulatedRun[] = [];
    const besides: Besides[] = [];
    for (const one of past) {
      const more = { signal: abort.signal, onEvent: progress.show.bind(progress) };
      simulated.push(
        await simulateRun(engine, { config, rawConfig: raw, past: one, pastEngine, today, scratch, ...more }),
      );
      const run = simulated.at(-1);
      if (run !== undefined) besides.push(besidesOf(run, one, { registry, pastRegistry }));
      progress.clear();
    }
    const report: SimulationReport = { passed: simulated.every(({ passed }) => passed), runs: simulated };
    if (values.json)
      printJson(io, {
        tenant_id: config.tenant_id,
        ...report,
        runs: simulated.map((run, i) => ({ ...run, ...besides[i] })),
      });
    else io.stdout(describe(report, besides));
    return report.passed ? EXIT.ok : EXIT.failed;
  } finally {
    progress.clear();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** `besides` has what is known besides of each run. */
function describe({ passed, runs }: SimulationReport, besides: readonly Besides[]): Text {
  const failed = runs.filter((run) => !run.passed).length;
  const verdict: Text = passed
    ? [green('passed'), `: ${counted(runs.length, 'run')} would succeed`]
    : [red('did not pass'), `: ${failed} of ${counted(runs.length, 'run')} would fail`];
  return [
    ...runs.map((run, i) => [lines(describeRun(run, besides[i] ?? NOTHING_BESIDES)), '\n']),
    lines([['Simulation ', verdict]]),
  ];
}

function describeRun(run: SimulatedRun, besides: Besides): Text[] {
  const status = run.passed ? green('would succeed') : red(run.error_code ?? 'would fail');
  const shown: Text[] = [[bold(`Run ${run.run_id}`), `, ${run.clock}: `, status], ...pluginLines(run, besides)];
  if (run.error_message !== null) shown.push(`  ${run.error_message}`);
  if (run.vendors_left_out.length > 0)
    shown.push(`  left out, as the run had no files of theirs: ${run.vendors_left_out.join(', ')}`);
  shown.push(...changed('invalid rows', run.invalid_rows), ...changed('SKUs without a price', run.unpriced_skus));
  if (run.diff === null) return shown;
  shown.push(...feedsDiffLines(run.diff));
  shown.push(...atMap(run), ...stock(run), ...losses(run));
  const { margin } = run;
  if (margin !== null && margin.skus > 0) {
    const sign = margin.change.startsWith('-') ? '' : '+';
    shown.push(
      `  margin of one unit of each of ${counted(margin.skus, 'SKU')}: ${margin.before} before (${percentText(margin.before_pct)} of the price), ${margin.after} after (${percentText(margin.after_pct)}), ${sign}${margin.change}`,
    );
  }
  if (besides.margin_unknown !== null) shown.push(`  margin: not known, ${besides.margin_unknown}`);
  shown.push(...DECISIONS[run.decisions]);
  const held = run.held.first.slice(0, HELD_SHOWN);
  shown.push(
    ...titled(
      `Held prices: ${count(run.held.count)}`,
      held.map((one) => `${shownSku(one.sku)} ${one.published_price} to ${one.candidate_price} (${one.reason})`),
    ),
  );
  shown.push(
    ...titled(
      'Guardrails that trip',
      run.guardrails.map(({ guard, limit, value }) => `${guard}: ${limit} allowed, ${value} found`),
    ),
  );
  shown.push(
    ...titled(
      'Expectations that are not met',
      run.expectations.map(({ name, severity, expected }) => `"${name}" (${severity}): ${expected}`),
    ),
  );
  const warnings = noticesOf(run.new_warnings, { invalidRows: run.invalid_rows.after, all: '`--json`' }).map(
    ({ code, vendor_id, what }) => `${code}${vendor_id === undefined ? '' : `:${vendor_id}`}: ${what}`,
  );
  return [...shown, ...titled('New warnings', warnings)];
}

function changed(what: string, { before, after }: { before: number | null; after: number }): Text[] {
  if (before === null) return after === 0 ? [] : [`  ${what}: ${count(after)} after`];
  return before === after ? [] : pair(what, { before, after });
}

function pair(what: string, { before, after }: { before: number | null; after: number }): Text[] {
  return [`  ${what}: ${before === null ? '' : `${count(before)} before, `}${count(after)} after`];
}

function atMap({ map_hits: { first, ...counts } }: SimulatedRun): Text[] {
  if (counts.after === 0) return changed('prices at their MAP', counts);
  return [
    ...pair('prices at their MAP', counts),
    `  at their MAP: ${named(
      counts.after,
      first.map((sku) => shownSku(sku)),
    )}`,
  ];
}

function stock({ in_stock, sold_out: { count: n, first } }: SimulatedRun): Text[] {
  if (n === 0) return changed('SKUs in stock', in_stock);
  return [
    ...pair('SKUs in stock', in_stock),
    `  out of stock now: ${count(n)} (${named(
      n,
      first.map((sku) => shownSku(sku)),
    )})`,
  ];
}

/** Lists SKUs below cost even if there are no more than before: each sale loses money. */
function losses({ below_cost: { first, ...counts } }: SimulatedRun): Text[] {
  if (counts.after === 0) return changed('prices below cost', counts);
  const skus = first.map(({ sku, price, cost }) => `${shownSku(sku)} at ${price}, cost ${cost}`);
  return [...pair('prices below cost', counts), `  below cost: ${named(counts.after, skus)}`];
}

function named(n: number, first: readonly string[]): string {
  const shown = first.slice(0, NAMED_SHOWN);
  return n > shown.length ? `${shown.join('; ')}; …` : shown.join('; ');
}
