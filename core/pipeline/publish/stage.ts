/**
 * The publish stage: opens the baseline with which the run is compared, gives the merge an outlet that makes the
 * published feed, and at the end writes the reports and judges the guardrails. It exists only with `publish` or
 * `guardrails` in the config.
 */
import type { GuardrailsConfig, PublishConfig } from '../../config/schema.ts';
import { assert, RelayError } from '../../errors.ts';
import { moneyDecimals } from '../../money/currencies.ts';
import type { ByteSink, Hasher } from '../../ports/engine.ts';
import type { Baseline, BaselineName, DecisionsName, PublishRequest } from '../../ports/publishing.ts';
import { PATHS, writeJson, writing } from '../artifacts.ts';
import type { OutletMaker } from '../merge/merge-range.ts';
import { type OutputFormat, unitsText } from '../merge/output.ts';
import type { PriceExample } from '../merge/watch/price-watch.ts';
import type { RunContext } from '../run-context.ts';
import type { PublishSummary } from '../run-types.ts';
import { SkuList } from '../sort/sku-list.ts';
import { SpillBudget, SpillPool } from '../sort/sorted-run.ts';
import { baselineName, readToEnd, requireHash, stateTitle, titleOf } from './baseline-files.ts';
import { CandidateCopy } from './candidate-copy.ts';
import { Differ } from './diff/differ.ts';
import { GuardFigures } from './guardrails/guard-figures.ts';
import { type GuardReport, judgeCandidate, trippedText } from './guardrails/guards.ts';
import { DecidedSkus, namedSkus } from './holds/decided-skus.ts';
import { HoldRules } from './holds/holds.ts';
import { Publisher } from './publisher.ts';
import type { PublisherSinks } from './publisher-options.ts';
import { publishedPrice, publishedQuantity } from './tables/published-cells.ts';
import { SortedRows } from './tables/sorted-rows.ts';

/** Memory for reading the SKUs of refused rows back. */
const REFUSED_BYTES = 4 << 20;

const NOTHING: PublishRequest = { baseline: null, decisions: null, force: null };

export interface JoinOptions {
  format: OutputFormat;
  refusedSkus: SkuList | null;
  /** Vendors that were not read. */
  unread: ReadonlySet<string>;
}

export interface FinishOptions {
  /** Valid rows of this run, by vendor. */
  vendorRows: Readonly<Record<string, number>>;
  /** Optional vendors that are absent. */
  absentOptional: ReadonlySet<string>;
  /** When the feeds in use last changed. */
  feedTimes: ReadonlyArray<{ vendor_id: string; last_modified: string }>;
  /** Rows of the published feed. */
  rows: number;
  /** Why the feed must not be published, apart from the guardrails; null if it may. */
  failure: RelayError | null;
}

/** What the merge and the end of the stage share. */
interface JoinedParts {
  format: OutputFormat;
  differ: Differ;
  figures: GuardFigures;
  /** Null if nothing can trip. */
  candidate: CandidateCopy | null;
}

export class PublishStage {
  readonly #context: RunContext;
  readonly #given: PublishRequest;
  readonly #publish: PublishConfig | null;
  readonly #guardrails: GuardrailsConfig;
  #baseline: Baseline | null;
  #hasher: Hasher | null = null;
  #rows: SortedRows | null = null;
  #stateHasher: Hasher | null = null;
  #state: SortedRows | null = null;
  readonly #opened: SortedRows[] = [];
  #sinks: Record<keyof PublisherSinks, ByteSink> | null = null;
  #decided: DecidedSkus | null = null;
  #joined: JoinedParts | null = null;
  #publisher: Publisher | null = null;

  private constructor(context: RunContext) {
    const { config, publishing } = context.request;
    this.#context = context;
    this.#given = publishing ?? NOTHING;
    this.#publish = config.publish ?? null;
    this.#guardrails = config.guardrails ?? {};
    this.#baseline = this.#given.baseline;
  }

  /** Null if the config has neither, or if the run covers only some vendors: such a run is not compared. */
  static async start(context: RunContext): Promise<PublishStage | null> {
    const { config } = context.request;
    if (config.publish === undefined && config.guardrails === undefined) return null;
    if (context.vendors.length < config.vendors.length) {
      if (config.guardrails !== undefined) context.log.warn('guardrails_not_checked:the run is over some vendors');
      return null;
    }
    const stage = new PublishStage(context);
    if (stage.#given.force !== null) await stage.#dropUnusableBaseline();
    if (stage.#baseline === null) stage.#warnOfNoBaseline();
    return stage;
  }

  /** Null if nothing is published, or if a forced run starts afresh. */
  get baseline(): Baseline | null {
    return this.#baseline;
  }

  #warnOfNoBaseline(): void {
    const { log } = this.#context;
    if (this.#publish !== null) log.warn('no_baseline:nothing is published yet');
    if (this.#context.request.config.guardrails !== undefined) {
      log.warn('guardrails_not_checked:no earlier run to compare with');
    }
  }

  /** Examples for its warnings, from rows of this run. */
  get examples(): readonly PriceExample[] {
    return this.#made.heldBelowCost.examples;
  }

  /** What the manifest says about publishing. */
  manifest(): { baseline: BaselineName | null; decisions: DecisionsName | null; forced: string | null } {
    const { decisions, force } = this.#given;
    return {
      baseline: this.#baseline === null ? null : baselineName(this.#baseline),
      decisions: decisions === null ? null : { key: decisions.key, etag: decisions.etag, sha256: decisions.sha256 },
      forced: force,
    };
  }

  /** Opens all that the merge is joined with; call it once the vendors are read. */
  async join({ format, refusedSkus, unread }: JoinOptions): Promise<OutletMaker> {
    const { request, engine, log } = this.#context;
    const decimals = format.moneyDecimals;
    const baseline = this.#baseline;
    this.#hasher = baseline?.sha256 == null ? null : engine.createHasher();
    this.#rows = baseline === null ? null : await this.#openBaseline(baseline, this.#hasher);
    this.#stateHasher = baseline?.stateSha256 == null ? null : engine.createHasher();
    const state = baseline === null ? null : await this.#openState(baseline, this.#stateHasher);
    this.#state = state;
    const { decisions } = this.#given;
    this.#decided =
      decisions === null ? null : new DecidedSkus(await this.#open(decisions.source, 'the file of decisions'));
    const hasBaseline = this.#rows !== null;
    const differ = new Differ({
      columns: format.columns,
      before: this.#rows === null || this.#rows.columns.length === 0 ? null : this.#rows.columns,
      moneyDecimals: decimals,
    });
    const figures = new GuardFigures(this.#guardrails, request.scratch, (units) => unitsText(units, decimals));
    const candidate = this.#canTrip ? new CandidateCopy(request.scratch) : null;
    this.#joined = { format, differ, figures, candidate };
    const sinks = await this.#openSinks(format.columns);
    const { force } = this.#given;
    const holds = force === null ? this.#publish?.holds : undefined;
    const knowsState = state !== null;
    const baselineRunId = baseline?.run_id ?? null;
    const refused = await (refusedSkus ?? new SkuList(new SpillPool(request.scratch, new SpillBudget(0)))).open(
      REFUSED_BYTES,
    );
    if (force !== null) log.warn(`publish_forced:${force}`);
    return (group, output, chooser) => {
      this.#publisher = new Publisher(group, output, chooser, {
        vanished: this.#publish?.vanished ?? null,
        rules:
          holds === undefined
            ? null
            : new HoldRules({ holds, hasBaseline, knowsState, baselineRunId, moneyDecimals: decimals }),
        zeroesBelowCost: holds?.held_below_cost === 'zero',
        format,
        baseline: this.#rows,
        state,
        namesWinners: baseline?.run_id != null,
        decided: this.#decided,
        refused,
        unread,
        now: request.now,
        ...{ differ, figures, sinks, candidate },
      });
      return this.#publisher;
    };
  }

  /**
   * Writes the reports. Throws `GUARDRAIL_TRIPPED`, and `invalid_input` for a baseline that has changed. Another
   * failure takes precedence: a person may set a guardrail aside by publishing the candidate, and would then never see
   * that failure.
   */
  async finish(options: FinishOptions): Promise<PublishSummary> {
    const { artifacts } = this.#context.request;
    await this.#checkHashes();
    const report = await this.#judge(options);
    const summary = this.#summary(report, options.rows);
    if (report.guards.length + report.not_checked.length > 0) {
      await writeJson(artifacts, PATHS.guardrails, { ...this.manifest(), ...report });
    }
    await writeJson(artifacts, PATHS.diff, {
      ...this.manifest(),
      rows: this.#rowCounts(options.rows),
      ...this.#parts.differ.report(),
    });
    const tripped = report.guards.filter((guard) => guard.tripped);
    const trips = tripped.length > 0 && this.#given.force === null;
    await this.#closeSinks(trips || options.failure !== null);
    this.#warn(report);
    if (options.failure !== null) throw trips ? alsoTripped(options.failure, tripped) : options.failure;
    if (!trips) return summary;
    await this.#writeCandidate();
    throw new RelayError('GUARDRAIL_TRIPPED', `the feed was not published: ${trippedText(tripped)}`);
  }

  /** The publisher, once the merge has made it. */
  get #made(): Publisher {
    assert(this.#publisher !== null, 'the stage has joined the merge');
    return this.#publisher;
  }

  get #parts(): JoinedParts {
    assert(this.#joined !== null, 'the stage has joined the merge');
    return this.#joined;
  }

  /** Closes what is open, and removes unfinished files. */
  async dispose(): Promise<void> {
    for (const rows of this.#opened) await rows.close();
    for (const sink of Object.values(this.#sinks ?? {})) await sink.abort();
    this.#sinks = null;
    await this.#joined?.candidate?.dispose();
    await this.#joined?.figures.dispose();
  }

  /** A sink for a report whose lines are sorted by the SKU in a column. */
  async #sink(path: string, skuColumn: number): Promise<ByteSink> {
    const { request, index } = this.#context;
    return index.sampled(path, await request.artifacts.create(path), 'csv', skuColumn);
  }

  /** Opens sinks one by one and keeps track of them: opening the next may fail. */
  async #openSinks(columns: readonly string[]): Promise<Record<keyof PublisherSinks, ByteSink>> {
    const sinks = {} as Record<keyof PublisherSinks, ByteSink>;
    this.#sinks = sinks;
    sinks.delta = await this.#sink(PATHS.delta, 1 + columns.indexOf('sku'));
    sinks.holds = await this.#sink(PATHS.holds, 0);
    sinks.vanished = await this.#sink(PATHS.vanished, 0);
    sinks.state = await this.#sink(PATHS.publishState, 0);
    return sinks;
  }

  get #canTrip(): boolean {
    return Object.keys(this.#guardrails).length > 0 || this.#publish?.holds.max_held_pct !== undefined;
  }

  #openBaseline(baseline: Baseline, hasher: Hasher | null): Promise<SortedRows> {
    return this.#open(baseline.feed, titleOf(baseline), { format: baseline.format, hasher, expects: true });
  }

  async #openState(baseline: Baseline, hasher: Hasher | null): Promise<SortedRows | null> {
    return baseline.state === null ? null : this.#open(baseline.state, stateTitle(baseline), { hasher, expects: true });
  }

  async #open(
    source: Baseline['feed'],
    name: string,
    more: { format?: 'csv' | 'jsonl'; hasher?: Hasher | null; expects?: boolean } = {},
  ): Promise<SortedRows> {
    try {
      const rows = await SortedRows.open(source, { name, limits: this.#context.limits, ...more });
      this.#opened.push(rows);
      // JSON lines have no header: no line is a feed of no rows
      if (rows.columns.length === 0 && more.format !== 'jsonl') throw rows.unusable('it is empty, without a header');
      return rows;
    } catch (error) {
      if (!(error instanceof RelayError) || !GONE_CODES.has(error.code)) throw error;
      const remedy = more.expects === true ? '; a forced run starts without it' : '';
      throw new RelayError('invalid_input', `${name} is gone: ${error.message}${remedy}`, { cause: error });
    }
  }

  /** A forced run starts afresh if the baseline is gone, damaged or not what it was. */
  async #dropUnusableBaseline(): Promise<void> {
    const baseline = this.#baseline;
    if (baseline === null) return;
    try {
      const hasher = this.#context.engine.createHasher();
      const rows = await this.#openBaseline(baseline, hasher);
      const decimals = moneyDecimals(this.#context.request.config.default_currency);
      await readToEnd(rows, () => {
        publishedPrice(rows, decimals);
        publishedQuantity(rows);
      });
      requireHash(titleOf(baseline), hasher, baseline.sha256);
      const stateHasher = this.#context.engine.createHasher();
      const state = await this.#openState(baseline, stateHasher);
      if (state === null) return;
      await readToEnd(state);
      requireHash(stateTitle(baseline), stateHasher, baseline.stateSha256);
    } catch (error) {
      if (!(error instanceof RelayError) || error.code !== 'invalid_input') throw error;
      this.#context.log.warn(`baseline_unusable:${error.message}`);
      this.#baseline = null;
    }
  }

  async #checkHashes(): Promise<void> {
    const baseline = this.#baseline;
    if (baseline === null) return;
    if (this.#hasher !== null) requireHash(titleOf(baseline), this.#hasher, baseline.sha256);
    if (this.#state === null || this.#stateHasher === null) return;
    // the merge has read the state only up to its own last SKU
    await readToEnd(this.#state);
    requireHash(stateTitle(baseline), this.#stateHasher, baseline.stateSha256);
  }

  #judge({ vendorRows, absentOptional, feedTimes }: FinishOptions): Promise<GuardReport> {
    const rows = this.#rows;
    const { now } = this.#context.request;
    const hasColumn = (column: string) => rows !== null && (rows.indexOf(column) >= 0 || rows.rows === 0);
    return judgeCandidate({
      guardrails: this.#guardrails,
      maxHeld: this.#publish?.holds.max_held_pct,
      figures: this.#parts.figures,
      held: this.#made.held.count,
      baseline:
        rows === null
          ? null
          : {
              hasQuantity: hasColumn('quantity_available'),
              hasPrice: hasColumn('price'),
              vendorRows: this.#baseline?.vendorRows ?? null,
            },
      vendorRows,
      absentOptional,
      ages: feedTimes.map(({ vendor_id, last_modified }) => ({
        vendor_id,
        seconds: now - Math.floor(Date.parse(last_modified) / 1000),
      })),
    });
  }

  #rowCounts(published: number): { before: number; candidate: number; after: number } {
    const { baselineSkus, skus } = this.#parts.figures;
    return { before: baselineSkus, candidate: skus, after: published };
  }

  #summary(report: GuardReport, rows: number): PublishSummary {
    const { held, vanished } = this.#made;
    return {
      ...this.manifest(),
      rows: this.#rowCounts(rows),
      changes: { ...this.#parts.differ.counts },
      held: held.count,
      held_silently: held.silent,
      vanished: { ...vanished.counts },
      tripped: report.guards.filter(({ tripped }) => tripped).map(({ guard }) => guard),
    };
  }

  #warn({ not_checked }: GuardReport): void {
    const { log } = this.#context;
    const { held, vanished, heldBelowCost } = this.#made;
    const gone = Object.values(vanished.counts).reduce((sum, count) => sum + count, 0);
    if (held.count > 0) log.warn(`skus_held:${held.count}`);
    if (heldBelowCost.count > 0) log.warn(`held_below_cost:${heldBelowCost.detail}`);
    if (gone > 0) log.warn(`skus_vanished:${gone}`);
    const renamed = vanished.renamed.detail();
    if (renamed !== null) log.warn(`skus_renamed:${renamed}`);
    this.#warnOfUnusedDecisions();
    if (this.#cannotHold) log.warn('prices_not_held:the published feed has no column price');
    for (const { guard, why } of not_checked) {
      if (this.#baseline !== null) log.warn(`guardrails_not_checked:${guard}, as ${why}`);
    }
  }

  /** True if the rules of `holds` look at published prices, and the published feed has none. */
  get #cannotHold(): boolean {
    const holds = this.#given.force === null ? this.#publish?.holds : undefined;
    const rows = this.#rows;
    if (holds === undefined || rows === null || rows.rows === 0 || rows.indexOf('price') >= 0) return false;
    return holds.below_cost || holds.price_rise_pct !== undefined || holds.price_drop_pct !== undefined;
  }

  /** In a file that people edit; the service has refused what its runs did not hold. */
  #warnOfUnusedDecisions(): void {
    if (this.#decided === null || this.#given.decisions?.etag !== null) return;
    const { unknown, notHeld } = this.#decided;
    const { log } = this.#context;
    if (unknown.count > 0) log.warn(`decisions_unknown:${namedSkus(unknown)}`);
    if (notHeld.count > 0) log.warn(`decisions_not_held:${namedSkus(notHeld)}`);
  }

  /** Drops the delta of a feed that is not published: a shop could import it. */
  async #closeSinks(stops: boolean): Promise<void> {
    const sinks = this.#sinks;
    if (sinks === null) return;
    this.#sinks = null;
    if (stops) await sinks.delta.abort();
    const open = [...(stops ? [] : [sinks.delta]), sinks.holds, sinks.vanished, sinks.state];
    let closed = 0;
    try {
      for (const sink of open) {
        await sink.close();
        closed++;
      }
    } catch (error) {
      for (const sink of open.slice(closed)) await sink.abort();
      throw error;
    }
  }

  async #writeCandidate(): Promise<void> {
    const { candidate, format } = this.#parts;
    const { artifacts } = this.#context.request;
    assert(candidate !== null, 'what trips has kept its candidate');
    await writing(artifacts, PATHS.candidate(format.format), (sink) => candidate.copyTo(sink));
  }
}

const GONE_CODES: ReadonlySet<string> = new Set(['not_found', 'precondition_failed']);

function alsoTripped({ code, message }: RelayError, tripped: GuardReport['guards']): RelayError {
  return new RelayError(code, `${message}; also, ${trippedText(tripped)}`);
}
