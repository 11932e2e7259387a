/**
 * One run from inputs to artifacts: the stages in order, the summary, and the outcome. Each stage is a folder: `fetch/`,
 * `normalize/` (with `sort/`), `merge/`. What touches the outside world is handed in.
 *
 * A new stage is a folder beside these. It gets the `RunContext` and the results of the stages before it. Call it from
 * `#runStages` between `MERGE_PRICE` and the closing of `errors.json`; a stage that has a name of its own in run records
 * adds it to `STAGES` in `run-codes.ts`.
 */

import type { CanonicalColumn, ExtraColumn } from '../canonical.ts';
import { usesPublished } from '../config/publishing.ts';
import { configWarnings } from '../config/warnings.ts';
import { RelayError } from '../errors.ts';
import { noticesOf } from '../notices/notices.ts';
import { strayFailure } from '../plugin-call.ts';
import type { StrayError } from '../ports/engine.ts';
import { failureOf, isFeedError, type Stage } from '../run-codes.ts';
import { PATHS, writeJson, writing } from './artifacts.ts';
import { type BoundPlugins, bindPlugins } from './bind.ts';
import { fetchInputs } from './fetch/fetch.ts';
import type { InputManifest } from './fetch/input-manifest.ts';
import type { FetchedVendor, FetchOptions } from './fetch/vendor-fetch.ts';
import type { DuplicatePolicy } from './merge/choose.ts';
import { mergeOffers } from './merge/merge.ts';
import type { OutletMaker } from './merge/merge-range.ts';
import { emptyMergeResult } from './merge/merge-report.ts';
import { type MergeFacts, mergeSetting, outputFormat } from './merge/merge-setting.ts';
import { timeText } from './merge/output.ts';
import { startMergeThreads } from './merge/start-merge-threads.ts';
import { CurrencyRates } from './merge/terms/currency-rates.ts';
import type { BoundTerms } from './merge/terms/vendor-terms.ts';
import type { PriceExample } from './merge/watch/price-watch.ts';
import { NormalizeStage, type RowTaker } from './normalize/stage.ts';
import { writeExports } from './outputs/exports.ts';
import { writeRejects } from './outputs/rejects.ts';
import { baselineName } from './publish/baseline-files.ts';
import { ExpectationCheck } from './publish/expect/expectations.ts';
import { PublishStage } from './publish/stage.ts';
import { RunContext } from './run-context.ts';
import type { Engine, PublishSummary, RunEvent, RunOutcome, RunRequest, RunSummary } from './run-types.ts';
import { type EntryLayout, entryLayout } from './sort/entry.ts';
import type { SortedRun } from './sort/sorted-run.ts';

export type { Engine, RunEvent, RunOutcome, RunRequest, RunSummary };

/** A run that is repeated to explain it. */
export interface RunReplay {
  feed: NonNullable<FetchOptions['adaptFeed']>;
  /** Takes which records the rows of each vendor came from. */
  rows: RowTaker;
  /** Takes each settled SKU in place of the merged feed. */
  outlet(setting: {
    plugins: BoundPlugins;
    policies: readonly DuplicatePolicy[];
    /** By vendor position; null if no vendor has terms. */
    terms: ReadonlyArray<BoundTerms | null> | null;
  }): OutletMaker;
}

/** Never throws: errors are in the outcome. */
export async function runPipeline(engine: Engine, request: RunRequest, replay?: RunReplay): Promise<RunOutcome> {
  if (replay === undefined) return new Pipeline(new RunContext(engine, request), null).run();
  // threads get no functions, so a run that changes how feeds are read uses none
  const { threads: _threads, ...rest } = engine;
  return new Pipeline(new RunContext(rest, request, true), replay).run();
}

class Pipeline {
  readonly #context: RunContext;
  readonly #replay: RunReplay | null;
  readonly #normalize: NormalizeStage;
  readonly #rates: CurrencyRates;
  /** True if the config has `publish` or `guardrails`. */
  readonly #reportsRejects: boolean;
  #fetched: readonly FetchedVendor[] = [];
  readonly #started: number;
  readonly #stageTimes: Record<string, number> = {};
  #stage: Stage = 'FETCH_INPUTS';
  #stageStarted = 0;
  /** Errors of plugins that nobody was there to catch. */
  readonly #strays: StrayError[] = [];
  /** The plugins that are loaded so far. */
  readonly #used: BoundPlugins['used'] = [];
  /** Null if the config has neither `publish` nor `guardrails`. */
  #publish: PublishStage | null = null;
  #published: PublishSummary | null = null;
  #merged = emptyMergeResult();

  constructor(context: RunContext, replay: RunReplay | null) {
    this.#context = context;
    this.#replay = replay;
    const { publish, guardrails } = context.request.config;
    this.#reportsRejects = publish !== undefined || guardrails !== undefined;
    this.#normalize = new NormalizeStage(context, this.#reportsRejects, replay?.rows);
    const { engine, limits, request } = context;
    this.#rates = new CurrencyRates({ config: request.config, read: engine.readSideTable, limits });
    this.#started = engine.clock.monotonic();
  }

  async run(): Promise<RunOutcome> {
    const { waits, engine } = this.#context;
    const { strays } = engine;
    const stop = strays?.watch((stray) => this.#strays.push(stray));
    const stopWaiting = engine.stalls?.watch(waits);
    try {
      // on a stall the stage is abandoned: it holds nothing that must be closed
      await Promise.race([this.#runStages(), waits.stalled.catch((error) => this.#stalled(error))]);
      stopWaiting?.();
      await this.#startStage('COMPLETE');
      const summary = this.#summary();
      await writeJson(this.#context.request.artifacts, PATHS.summary, summary);
      return this.#outcome(summary, null);
    } catch (error) {
      await this.#context.closeErrorsAfterFailure();
      if (error instanceof RelayError && error.recovery !== 'retry') await this.#reportFailure();
      return this.#outcome(this.#summary(), error);
    } finally {
      stopWaiting?.();
      // the rejection behind the failure may not have been reported yet
      await strays?.settle();
      if (strays !== undefined) this.#context.misuses.end();
      stop?.();
      await this.#publish?.dispose();
      await this.#normalize.dispose();
    }
  }

  /** Throws for what plugins did outside their calls: a late use, or an unhandled rejection. */
  #checkStrays(): void {
    const { strays } = this.#context.engine;
    this.#context.misuses.check();
    const [stray] = this.#strays;
    if (strays === undefined || stray === undefined) return;
    const suspects = strays.suspects(stray.reason, this.#used);
    throw suspects.length === 0 ? stray.reason : strayFailure(stray, suspects);
  }

  /** Throws the error from a callback, if there was one: it may be why the promise never settles. */
  #stalled(error: unknown): never {
    this.#checkStrays();
    throw error;
  }

  async #runStages(): Promise<void> {
    const { engine, request, limits, log } = this.#context;
    const { config } = request;
    await this.#startStage('FETCH_INPUTS');
    const { waits } = this.#context;
    const plugins = await bindPlugins(config, engine.registry, engine.pricing, { limits, waits, used: this.#used });
    for (const warning of configWarnings(config)) log.warn(warning);
    await this.#writeSnapshot(plugins);
    this.#publish = await PublishStage.start(this.#context);
    const fetched = await this.#fetch(plugins).catch((error) => this.#reportFetchError(error));
    this.#fetched = fetched;
    this.#checkStrays();
    await this.#startStage('NORMALIZE');
    // the price watch reads the MSRP
    const carried: Array<CanonicalColumn | ExtraColumn> = [...config.output.columns, ...plugins.reads, 'msrp'];
    if (config.quantity.rules.some(({ brands }) => brands !== undefined)) carried.push('brand');
    const layout = entryLayout(new Set(carried), config.extra_columns);
    // read before the feeds, so that an unusable file of rates fails the run at once
    await this.#rates.read(fetched);
    const runs = await this.#normalize.run(fetched, plugins, layout);
    this.#checkStrays();
    await this.#startStage('MERGE_PRICE');
    await this.#merge(runs, plugins, layout, this.#normalize.used);
    await engine.strays?.settle();
    this.#checkStrays();
    await this.#startStage('WRITE_OUTPUTS');
    await writeExports(this.#context, plugins.exports, { hasDelta: this.#publish !== null });
    await this.#context.closeErrors();
    if (this.#reportsRejects) await this.#writeRejects();
    await this.#writeIndex();
    this.#checkStrays();
  }

  async #writeIndex(): Promise<void> {
    const { index, request } = this.#context;
    await this.#normalize.pages?.write(request.artifacts, index);
    await index.write(request.artifacts);
  }

  /** Writes what the reader of a run that failed for good needs. */
  async #reportFailure(): Promise<void> {
    // a run that a guardrail stopped can be explained too; without an index that reads whole files
    if (this.#stage === 'MERGE_PRICE') await this.#writeIndex().catch(() => {});
    // the vendor needs the rows to correct its feed
    if (this.#reportsRejects) await this.#writeRejects().catch(() => {});
  }

  #writeRejects(): Promise<void> {
    return writeRejects(this.#context, this.#fetched, this.#normalize.refusedTexts);
  }

  async #startStage(stage: Stage): Promise<void> {
    const { engine, request } = this.#context;
    // what follows the merge is short unless a plugin's code writes exports, which may end the process
    if (stage !== 'WRITE_OUTPUTS' || request.config.output.exports.length > 0) await request.artifacts.settle?.();
    const now = engine.clock.monotonic();
    if (stage !== 'FETCH_INPUTS') this.#stageTimes[this.#stage] = seconds(now - this.#stageStarted);
    this.#stage = stage;
    this.#stageStarted = now;
    this.#context.tick({ type: 'stage', stage });
    await request.onStage?.(stage);
  }

  async #writeSnapshot(plugins: BoundPlugins): Promise<void> {
    const { runId, config, configVersion, rawConfig, artifacts } = this.#context.request;
    await writeJson(artifacts, PATHS.config, {
      run_id: runId,
      tenant_id: config.tenant_id,
      config_version: configVersion,
      tenant_config: rawConfig,
      plugins: plugins.used,
    });
  }

  #fetch(plugins: BoundPlugins): Promise<FetchedVendor[]> {
    const { engine, request, limits, log, vendors } = this.#context;
    const { runId, config, configVersion, now, inputs, artifacts } = request;
    return fetchInputs({
      runId,
      configVersion,
      config,
      generatedAt: timeText(now),
      now,
      baseline: this.#publish?.baseline ?? request.publishing?.baseline ?? null,
      vendors,
      inputs,
      artifacts,
      plugins,
      createHasher: () => engine.createHasher(),
      vendorFileBytesMax: limits.vendorFileBytesMax,
      feedFilesMax: limits.feedFilesMax,
      limits,
      publishing: this.#publish?.manifest() ?? this.#carryOverFrom(),
      pinned: request.pinned,
      adaptFeed: this.#replay?.feed,
      log,
      onVendor: (vendor_id, bytes) => this.#context.tick({ type: 'fetched', vendor_id, bytes }),
    });
  }

  /**
   * What the manifest of a run that is not compared says about carrying files over: another attempt must take them from
   * the same run.
   */
  #carryOverFrom(): Pick<InputManifest, 'carry_over_source'> | undefined {
    const { config, publishing } = this.#context.request;
    if (publishing === undefined || !usesPublished(config)) return undefined;
    return { carry_over_source: publishing.baseline === null ? null : baselineName(publishing.baseline) };
  }

  /** Adds an entry to `errors.json` for a file that cannot be fetched, as for one that cannot be read. */
  #reportFetchError(error: unknown): never {
    if (isFeedError(error)) {
      const vendor = this.#context.vendors.find((one) => one.vendor_id === error.details.vendor_id);
      if (vendor !== undefined) this.#context.reportVendorError(vendor, error.code, error.message);
    }
    throw error;
  }

  async #merge(
    runs: readonly SortedRun[],
    plugins: BoundPlugins,
    layout: EntryLayout,
    fetched: readonly FetchedVendor[],
  ): Promise<void> {
    const { request, limits, vendors } = this.#context;
    const { config, artifacts, now } = request;
    const output = outputFormat(config, plugins, now);
    const policies = fetched.map(duplicatePolicy);
    // again, for vendors that were carried over meanwhile
    await this.#rates.read(fetched);
    const { refusedSkus, unread, hasSmallSkus } = this.#normalize;
    const vendorIds = vendors.map(({ vendor_id }) => vendor_id);
    const terms = this.#rates.termsOf(vendorIds);
    const facts: MergeFacts = {
      ...{ vendorIds, policies, now },
      rates: terms?.map((one) => one?.rate?.toString() ?? null) ?? null,
      declaresDuplicates: vendorIds.map((id, i) => policies[i] !== 'best' || namesDuplicates(request.rawConfig, id)),
      wantsCosts: this.#publish !== null,
      figuresBefore: this.#publish?.baseline?.vendorFigures ?? null,
    };
    const outlet =
      this.#replay?.outlet({ plugins, policies, terms }) ??
      (await this.#publish?.join({ format: output, refusedSkus, unread }));
    const expected = this.#replay === null ? ExpectationCheck.of(this.#context, output) : null;
    const path = PATHS.merged(output.format);
    await writing(artifacts, path, async (sink) => {
      const sampled = this.#context.index.sampled(path, sink, output.format, output.columns.indexOf('sku'));
      const isJoined = outlet !== undefined;
      const setting = { used: plugins.used, runs, layout, facts, hasSmallSkus, isJoined };
      const threads = await startMergeThreads(this.#context, setting);
      this.#merged = await mergeOffers(expected?.watching(sampled) ?? sampled, {
        ...mergeSetting(config, plugins, facts, { layout, limits }),
        ...{ runs, hasSmallSkus, outlet, threads },
        pages: this.#normalize.pages,
        kernel: this.#normalize.kernelFor(runs),
        onProgress: (rows) => this.#context.tick({ type: 'merged', rows }),
      }).finally(() => threads?.end());
      this.#warnOfMerge();
      const failure = (await expected?.finish()) ?? null;
      if (this.#publish !== null) await this.#finishPublishing(this.#publish, fetched, failure);
      if (failure !== null) throw failure;
    });
  }

  async #finishPublishing(
    publish: PublishStage,
    fetched: readonly FetchedVendor[],
    failure: RelayError | null,
  ): Promise<void> {
    const { unread, validRows: vendorRows } = this.#normalize;
    // vendors with `on_trouble.stale` have their own limit of age
    const feedTimes = fetched.flatMap(({ vendor: { vendor_id, on_trouble }, lastModified }) =>
      lastModified === null || unread.has(vendor_id) || on_trouble?.stale !== undefined
        ? []
        : [{ vendor_id, last_modified: lastModified }],
    );
    const optional = this.#context.vendors.filter(({ required, vendor_id }) => !required && unread.has(vendor_id));
    const absentOptional = new Set(optional.map(({ vendor_id }) => vendor_id));
    for (const example of publish.examples) this.#showPrice(example);
    this.#published = await publish.finish({ vendorRows, absentOptional, feedTimes, rows: this.#merged.rows, failure });
  }

  #warnOfMerge(): void {
    const { log } = this.#context;
    const { rows, leftOut, warnings } = this.#merged;
    for (const warning of warnings) log.warn(warning);
    for (const example of this.#merged.examples) this.#showPrice(example);
    const valid = Object.values(this.#normalize.validRows).reduce((sum, count) => sum + count, 0);
    if (leftOut > 0) log.warn(`skus_left_out:${leftOut}`);
    if (rows === 0) log.warn(`merged_feed_empty:${whyEmpty(valid, leftOut)}`);
  }

  #showPrice({ code, warnedVendor, vendorId, rowNumber, sku, note }: PriceExample): void {
    const { vendor_id, ...place } = this.#normalize.placeOf(vendorId, rowNumber);
    this.#context.log.example(code, warnedVendor, {
      ...(warnedVendor === null ? { vendor_id } : {}),
      ...place,
      column: 'sku',
      cell: sku,
      ...(note === undefined ? {} : { note }),
    });
  }

  #summary(): RunSummary {
    const { engine, request, log, vendors } = this.#context;
    const { runId, config, configVersion } = request;
    const warnings = log.summarize();
    const { examples, invalidRows } = log;
    return {
      run_id: runId,
      tenant_id: config.tenant_id,
      config_version: configVersion,
      vendor_count: vendors.length,
      record_count: this.#merged.rows,
      vendor_record_counts: this.#normalize.validRows,
      invalid_rows: log.invalidRows,
      total_rows: this.#normalize.totalRows,
      error_counts: Object.fromEntries([...log.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      warnings,
      notices: noticesOf(warnings, {
        ...{ examples, invalidRows, meanings: engine.registry.codeMeanings() },
        all: '`warnings` of `run_summary.json`',
      }),
      unpriced_skus: this.#merged.unpriced,
      vendor_figures: this.#merged.vendors,
      ...(this.#published === null ? {} : { publish: this.#published }),
      artifact_hashes: this.#context.hashed?.hashes() ?? {},
      duration_seconds: seconds(engine.clock.monotonic() - this.#started),
      stage_times: this.#stageTimes,
      completed_at: new Date(engine.clock.wall()).toISOString(),
    };
  }

  #outcome(summary: RunSummary, error: unknown): RunOutcome {
    const failure = error === null ? null : failureOf(error);
    return {
      status: failure ? 'FAILED' : 'SUCCEEDED',
      summary,
      failed_stage: failure ? this.#stage : null,
      error_code: failure?.code ?? null,
      error_message: failure?.message ?? null,
      has_errors_file: this.#context.errors.exists,
      error,
    };
  }
}

function whyEmpty(validRows: number, leftOut: number): string {
  if (validRows === 0) return 'no vendor has a valid row';
  if (leftOut > 0) return 'the merge strategy leaves out SKUs, and no other offer has a cost or a price';
  return 'no offer has a cost or a price';
}

/** If the rows of a feed are parts of one offer, they are summed, unless the tenant chose another policy. */
function duplicatePolicy({ vendor, feeds }: FetchedVendor): DuplicatePolicy {
  const isRead = feeds !== null && !(feeds instanceof RelayError);
  const isSummed = isRead && feeds.some(({ feed }) => feed.layout.sumRows === true);
  return isSummed && vendor.duplicate_sku === 'best' ? 'sum_quantity' : vendor.duplicate_sku;
}

/** True if the config as written says `duplicate_sku` for the vendor, even with the default value. */
function namesDuplicates(rawConfig: unknown, vendorId: string): boolean {
  const { vendors } = rawConfig as { vendors: ReadonlyArray<{ vendor_id: string; duplicate_sku?: unknown }> };
  return vendors.some((vendor) => vendor.vendor_id === vendorId && vendor.duplicate_sku !== undefined);
}

/** Milliseconds as seconds with three decimals. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
