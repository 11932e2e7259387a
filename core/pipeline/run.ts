/**
 * One run from inputs to artifacts: the stages in their order and every decision between them. The loops are in the
 * modules that it calls; what touches the world is handed in.
 */

import { seedOf } from '../bytes/byte-map.ts';
import type { CanonicalColumn } from '../canonical.ts';
import type { TenantConfig, VendorConfig } from '../config/schema.ts';
import { configWarnings } from '../config/warnings.ts';
import { RelayError, withVendor } from '../errors.ts';
import { Money } from '../money/money.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../ports/engine.ts';
import { failureOf, type Stage } from '../run-codes.ts';
import { ErrorsFile, PATHS, writeJson, writing } from './artifacts.ts';
import { type BoundPlugins, bindPlugins } from './bind.ts';
import { type FetchedVendor, fetchInputs } from './fetch/fetch.ts';
import { IssueLog } from './issues.ts';
import { type MergeResult, mergeOffers } from './merge/merge.ts';
import { timeText } from './merge/output.ts';
import { readSideFiles, type SideReading } from './normalize/lookups/side-files.ts';
import { normalizeVendor, type VendorResult, type VendorWorkspace } from './normalize/vendor.ts';
import type { Engine, RunEvent, RunOutcome, RunRequest, RunSummary } from './run-types.ts';
import { HEADER } from './sort/emit.ts';
import { type EntryLayout, entryLayout } from './sort/entry.ts';
import { RadixSorter } from './sort/radix-sort.ts';
import { Segment } from './sort/segment.ts';
import { type SortedRun, SpillPool } from './sort/sorted-run.ts';

export type { Engine, RunEvent, RunOutcome, RunRequest, RunSummary };

/** What can be wrong with a vendor's feed as a whole: these get an entry for the vendor in `errors.json`. */
const FEED_CODES = new Set([
  'DECODE_ERROR',
  'missing_required_columns',
  'ambiguous_column',
  'invalid_input',
  'INPUT_TOO_LARGE',
]);

type DuplicatePolicy = VendorConfig['duplicate_sku'];

/** Never throws: what goes wrong is in the outcome. */
export async function runPipeline(engine: Engine, request: RunRequest): Promise<RunOutcome> {
  return new Pipeline(engine, request).run();
}

class Pipeline {
  readonly #engine: Engine;
  readonly #request: RunRequest;
  readonly #limits: EngineLimits;
  readonly #log: IssueLog;
  readonly #errors: ErrorsFile;
  readonly #offers: SpillPool;
  readonly #lines: SpillPool;
  readonly #vendors: VendorConfig[];
  readonly #started: number;
  readonly #stageTimes: Record<string, number> = {};
  readonly #validRows: Record<string, number> = {};
  #stage: Stage = 'FETCH_INPUTS';
  #stageStarted = 0;
  #totalRows = 0;
  #merged: MergeResult = { rows: 0, leftOut: 0, unpriced: { count: 0, skus: [] } };

  constructor(engine: Engine, request: RunRequest) {
    this.#engine = engine;
    this.#request = request;
    this.#limits = { ...DEFAULT_LIMITS, ...engine.limits };
    this.#log = new IssueLog(this.#limits);
    this.#errors = new ErrorsFile(request.artifacts);
    this.#offers = new SpillPool(request.scratch, this.#limits.offersBytes);
    this.#lines = new SpillPool(request.scratch, 0);
    this.#vendors = chosenVendors(request);
    this.#started = engine.clock.monotonic();
  }

  async run(): Promise<RunOutcome> {
    try {
      await this.#stages();
      await this.#startStage('COMPLETE');
      const summary = this.#summary();
      await writeJson(this.#request.artifacts, PATHS.summary, summary);
      return this.#outcome(summary, null);
    } catch (error) {
      await this.#closeErrorsAfterFailure();
      return this.#outcome(this.#summary(), error);
    } finally {
      await this.#lines.dispose();
      await this.#offers.dispose();
    }
  }

  async #stages(): Promise<void> {
    const { config } = this.#request;
    await this.#startStage('FETCH_INPUTS');
    const plugins = await bindPlugins(config, this.#engine.registry, this.#engine.pricing, this.#limits);
    for (const warning of configWarnings(config)) this.#log.warn(warning);
    await this.#writeSnapshot(plugins);
    const fetched = await this.#fetch(plugins).catch((error) => this.#reportFetchError(error));
    await this.#startStage('NORMALIZE');
    const layout = entryLayout(new Set<CanonicalColumn>([...config.output.columns, ...plugins.reads]));
    const runs = await this.#normalize(fetched, plugins, layout);
    await this.#startStage('MERGE_PRICE');
    await this.#merge(runs, plugins, layout, fetched.map(duplicatePolicy));
    await this.#startStage('WRITE_OUTPUTS');
    await this.#closeErrors();
  }

  /** A vendor's file that cannot be fetched has its entry in `errors.json`, like one that cannot be read. */
  #reportFetchError(error: unknown): never {
    if (error instanceof RelayError && FEED_CODES.has(error.code)) {
      const vendor = this.#vendors.find((one) => one.vendor_id === error.details.vendor_id);
      if (vendor !== undefined) this.#reportVendorError(vendor, error.code, error.message);
    }
    throw error;
  }

  async #writeSnapshot(plugins: BoundPlugins): Promise<void> {
    const { runId, config, configVersion, rawConfig, artifacts } = this.#request;
    await writeJson(artifacts, PATHS.config, {
      run_id: runId,
      tenant_id: config.tenant_id,
      config_version: configVersion,
      tenant_config: rawConfig,
      plugins: plugins.used,
    });
  }

  #fetch(plugins: BoundPlugins): Promise<FetchedVendor[]> {
    const { runId, config, configVersion, now, inputs, artifacts } = this.#request;
    return fetchInputs({
      runId,
      configVersion,
      config,
      generatedAt: timeText(now),
      vendors: this.#vendors,
      inputs,
      artifacts,
      plugins,
      createHasher: () => this.#engine.createHasher(),
      vendorFileBytesMax: this.#limits.vendorFileBytesMax,
      feedFilesMax: this.#limits.feedFilesMax,
      log: this.#log,
      onVendor: (vendor_id, bytes) => this.#tick({ type: 'fetched', vendor_id, bytes }),
    });
  }

  async #normalize(
    fetched: readonly FetchedVendor[],
    plugins: BoundPlugins,
    layout: EntryLayout,
  ): Promise<SortedRun[]> {
    const workspace: VendorWorkspace = {
      segment: new Segment(this.#limits.sortBytes),
      sorter: new RadixSorter(layout.skuOffset),
      offers: this.#offers,
      lines: this.#lines,
    };
    const runs: SortedRun[] = [];
    let feedErrors = 0;
    for (const [position, one] of fetched.entries()) {
      if (one.feeds === null) {
        await this.#writeHeader(one.vendor.vendor_id);
        continue;
      }
      const result = await this.#normalizeOne(one, position, plugins, layout, workspace);
      if (result === null) continue;
      runs.push(...result.runs);
      feedErrors += result.feedErrors.length;
    }
    this.#checkErrorPolicy(fetched, feedErrors);
    return runs;
  }

  /** Null when the vendor is left out for want of columns. */
  async #normalizeOne(
    one: FetchedVendor,
    position: number,
    plugins: BoundPlugins,
    layout: EntryLayout,
    workspace: VendorWorkspace,
  ): Promise<VendorResult | null> {
    const { vendor } = one;
    const vendor_id = vendor.vendor_id;
    try {
      if (one.feeds === null || one.feeds instanceof RelayError) throw one.feeds;
      const result = await normalizeVendor({
        vendor,
        position,
        feeds: one.feeds,
        ...(await readSideFiles(one, one.feeds[0]!.feed.layout, this.#sideReading)),
        validators: plugins.validators(vendor),
        layout,
        now: this.#request.now,
        seed: seedOf(this.#request.runId),
        log: this.#log,
        limits: this.#limits,
        workspace,
        createOutput: async () => this.#request.artifacts.create(PATHS.normalized(vendor_id)),
        onBatch: (rows) => this.#afterBatch(vendor_id, rows),
      });
      this.#totalRows += result.totalRows;
      this.#validRows[vendor_id] = result.validRows;
      for (const { code, reason } of result.feedErrors) this.#reportVendorError(vendor, code, reason);
      await this.#errors.write(this.#log.take());
      this.#tick({ type: 'normalized', vendor_id, rows: result.totalRows, invalid: result.invalidRows });
      return result;
    } catch (error) {
      if (!(error instanceof RelayError) || !FEED_CODES.has(error.code)) throw error;
      const named = withVendor(error, vendor_id);
      this.#reportVendorError(vendor, named.code, named.message);
      const leaveOut = error.code === 'missing_required_columns' && !this.#policy.fail_on_missing_required_columns;
      if (!leaveOut) throw named;
      this.#log.warn(`vendor_left_out:${vendor_id}`);
      await this.#writeHeader(vendor_id);
      return null;
    }
  }

  get #sideReading(): SideReading {
    const { readSideTable: read } = this.#engine;
    return { read, seed: seedOf(this.#request.runId), log: this.#log };
  }

  get #policy(): TenantConfig['error_policy'] {
    return this.#request.config.error_policy;
  }

  /** A vendor without rows still has its file. */
  async #writeHeader(vendorId: string): Promise<void> {
    this.#validRows[vendorId] = 0;
    await writing(this.#request.artifacts, PATHS.normalized(vendorId), async (sink) => sink.write(HEADER));
  }

  #reportVendorError(vendor: VendorConfig, code: string, message: string): void {
    const prefix = this.#request.inputs.expectedPrefix(vendor);
    this.#log.addVendor({
      error_code: code,
      error_message: message,
      vendor_id: vendor.vendor_id,
      expected_prefix: prefix,
    });
  }

  #afterBatch(vendor_id: string, rows: number): void | Promise<void> {
    this.#tick({ type: 'rows', vendor_id, rows });
    const text = this.#log.take();
    if (text !== '') return this.#errors.write(text);
  }

  /** The error policy, judged over the rows of all vendors together. */
  #checkErrorPolicy(fetched: readonly FetchedVendor[], feedErrors: number): void {
    const invalid = this.#log.invalidRows;
    const total = this.#totalRows;
    const { max_invalid_rows: most, max_invalid_row_pct: share } = this.#policy;
    if (total === 0 && fetched.some((one) => one.feeds !== null)) {
      throw new RelayError('no_rows_parsed', 'files were found, but no data row could be read from any of them');
    }
    if (feedErrors > 0) {
      throw new RelayError('validation_errors', `${feedErrors} feeds as a whole did not pass validation`);
    }
    const tooLarge = Money.of(invalid).compare(share.mul(Money.of(total))) > 0;
    if (invalid > most || tooLarge) {
      const limit = invalid > most ? `max_invalid_rows is ${most}` : `max_invalid_row_pct is ${share}`;
      throw new RelayError('validation_errors', `${invalid} of ${total} rows are invalid; ${limit}`);
    }
    if (invalid > 0) this.#log.warn('invalid_rows_within_threshold');
  }

  async #merge(
    runs: readonly SortedRun[],
    plugins: BoundPlugins,
    layout: EntryLayout,
    policies: DuplicatePolicy[],
  ): Promise<void> {
    const { config, artifacts, now } = this.#request;
    const { format, columns } = config.output;
    const valid = Object.values(this.#validRows).reduce((sum, rows) => sum + rows, 0);
    this.#merged = await writing(artifacts, PATHS.merged(format), (sink) =>
      mergeOffers(sink, {
        runs,
        vendorIds: this.#vendors.map((vendor) => vendor.vendor_id),
        policies,
        layout,
        strategy: plugins.strategy,
        rules: plugins.rules,
        reads: plugins.reads,
        output: { format, columns, now, leadTimeFallbackDays: plugins.strategy.leadTimeFallbackDays },
        limits: this.#limits,
        onProgress: (rows) => this.#tick({ type: 'merged', rows }),
      }),
    );
    const { rows, leftOut } = this.#merged;
    if (leftOut > 0) this.#log.warn(`skus_left_out:${leftOut}`);
    if (rows === 0) this.#log.warn(`merged_feed_empty:${whyEmpty(valid, leftOut)}`);
  }

  async #startStage(stage: Stage): Promise<void> {
    const now = this.#engine.clock.monotonic();
    if (stage !== 'FETCH_INPUTS') this.#stageTimes[this.#stage] = seconds(now - this.#stageStarted);
    this.#stage = stage;
    this.#stageStarted = now;
    this.#tick({ type: 'stage', stage });
    await this.#request.onStage?.(stage);
  }

  #tick(event: RunEvent): void {
    if (this.#request.signal?.aborted) throw new RelayError('CANCELLED', 'the run was cancelled');
    this.#request.onEvent?.(event);
  }

  async #closeErrors(): Promise<void> {
    if (this.#log.isEmpty) return;
    await this.#errors.write(this.#log.close());
    await this.#errors.close();
  }

  /** A failed run keeps its report, unless writing that is what failed. */
  async #closeErrorsAfterFailure(): Promise<void> {
    try {
      await this.#closeErrors();
    } catch {
      // the run fails with the first error; a half-written report goes
      await this.#errors.abort();
    }
  }

  #summary(): RunSummary {
    const { runId, config, configVersion } = this.#request;
    return {
      run_id: runId,
      tenant_id: config.tenant_id,
      config_version: configVersion,
      vendor_count: this.#vendors.length,
      record_count: this.#merged.rows,
      vendor_record_counts: this.#validRows,
      invalid_rows: this.#log.invalidRows,
      total_rows: this.#totalRows,
      error_counts: Object.fromEntries([...this.#log.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      warnings: this.#log.summarize(),
      unpriced_skus: this.#merged.unpriced,
      duration_seconds: seconds(this.#engine.clock.monotonic() - this.#started),
      stage_times: this.#stageTimes,
      completed_at: new Date(this.#engine.clock.wall()).toISOString(),
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
      has_errors_file: this.#errors.exists,
      error,
    };
  }
}

function whyEmpty(validRows: number, leftOut: number): string {
  if (validRows === 0) return 'no vendor has a valid row';
  if (leftOut > 0) return 'the merge strategy leaves out SKUs, and no other offer has a cost or a price';
  return 'no offer has a cost or a price';
}

function chosenVendors(request: RunRequest): VendorConfig[] {
  const only = request.vendors ?? [];
  const chosen = request.config.vendors.filter((vendor) => only.length === 0 || only.includes(vendor.vendor_id));
  return chosen.sort((a, b) => (a.vendor_id < b.vendor_id ? -1 : 1));
}

/** Rows that are parts of one offer are summed, unless the tenant says what several rows mean. */
function duplicatePolicy({ vendor, feeds }: FetchedVendor): DuplicatePolicy {
  const isRead = feeds !== null && !(feeds instanceof RelayError);
  const isSummed = isRead && feeds.some(({ feed }) => feed.layout.sumRows === true);
  return isSummed && vendor.duplicate_sku === 'best' ? 'sum_quantity' : vendor.duplicate_sku;
}

/** Milliseconds as seconds with three decimals. */
function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
