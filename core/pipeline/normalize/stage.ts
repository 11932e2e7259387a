/** The normalize stage: every vendor's feed in turn, then the error policy over the rows of all of them. */
import type { TroubleAction } from '../../config/on-trouble.ts';
import type { VendorConfig } from '../../config/schema.ts';
import { assert, RelayError, withVendor } from '../../errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import { Money } from '../../money/money.ts';
import type { NoticeExample } from '../../notices/notices.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { isFeedError } from '../../run-codes.ts';
import { PATHS, type VendorOutput, writing } from '../artifacts.ts';
import type { BoundPlugins } from '../bind.ts';
import type { FetchedVendor, NamedFeed } from '../fetch/vendor-fetch.ts';
import { INVALID_ROWS } from '../issues.ts';
import { cutRefused } from '../row-index.ts';
import type { RunContext } from '../run-context.ts';
import type { EntryLayout } from '../sort/entry.ts';
import { RowPages } from '../sort/row-pages.ts';
import { headerLine } from '../sort/segment-lines.ts';
import { SkuList } from '../sort/sku-list.ts';
import { type SortedRun, SpillBudget, SpillPool } from '../sort/sorted-run.ts';
import type { RefusedTexts } from './checks/refused-texts.ts';
import { makeJob } from './make-job.ts';
import type { RowLines } from './row-lines.ts';
import type { VendorCrew } from './threads/crew.ts';
import { startCrew } from './threads/start-crew.ts';
import { normalizeVendor, type VendorResult } from './vendor.ts';
import type { VendorWorkspace } from './vendor-job.ts';
import { makeWorkspace } from './workspace.ts';

interface VendorSetting {
  /** The vendor's position in id order. */
  position: number;
  plugins: BoundPlugins;
  entryLayout: EntryLayout;
  workspace: VendorWorkspace;
  /** True if no vendor after it has a feed. */
  isLast: boolean;
}

/** Feeds with so many times the bytes that offers may have in memory: hardly any would stay there, so none does. */
const SPILLED_FROM = 4;

/** Gets, for the rows of a vendor's `normalized.csv`, the records that they came from. */
export type RowTaker = (vendorId: string) => ByteSink;

export class NormalizeStage {
  totalRows = 0;
  /** By vendor id. */
  readonly validRows: Record<string, number> = {};
  /** True if SKUs of some vendor have small letters, or letters outside ASCII. */
  hasSmallSkus = false;
  /** The lines of the rows of each vendor whose feed is one file. */
  readonly #lines = new Map<string, RowLines>();
  readonly #context: RunContext;
  readonly #budget: SpillBudget;
  readonly #offers: SpillPool;
  readonly #spilledLines: SpillPool;
  /** The threads that normalize vendors, if the run has any. */
  #crew: VendorCrew | null = null;
  /** The vendors of the run that were not read: missing, or left out. */
  readonly unread = new Set<string>();
  /** What each vendor's rows were read from, in vendor order. */
  readonly used: FetchedVendor[] = [];
  /** The SKUs of refused rows; null if nobody needs them. */
  readonly refusedSkus: SkuList | null;
  /** The refused rows of feeds, where they were kept. */
  readonly refusedTexts = new Map<NamedFeed, RefusedTexts>();
  /** Where the rows came from; null if the caller collects that itself. */
  readonly pages: RowPages | null;
  readonly #rowsOf: RowTaker;
  #kernels: Kernels | null = null;

  /** `collectsRefused`: whether the SKUs of refused rows are needed. */
  constructor(context: RunContext, collectsRefused: boolean, takeRows: RowTaker | null = null) {
    const { request, limits } = context;
    this.#context = context;
    const hasThreads = context.engine.threads !== undefined && context.engine.threads.count > 1;
    this.#budget = new SpillBudget(limits.offersBytes, hasThreads ? sharedNumber() : undefined);
    this.#offers = new SpillPool(request.scratch, this.#budget);
    this.#spilledLines = new SpillPool(request.scratch, new SpillBudget(0));
    this.refusedSkus = collectsRefused ? new SkuList(this.#offers) : null;
    const pages = new RowPages(
      request.scratch,
      context.vendors.map(({ vendor_id }) => vendor_id),
    );
    this.pages = takeRows === null ? pages : null;
    this.#rowsOf = takeRows ?? ((vendorId) => pages.sink(vendorId));
  }

  /** Writes each `normalized.csv`; returns the sorted offers, in vendor order, good until `dispose`. */
  async run(fetched: readonly FetchedVendor[], plugins: BoundPlugins, entryLayout: EntryLayout): Promise<SortedRun[]> {
    if (feedBytes(fetched) > SPILLED_FROM * this.#budget.bytes) this.#budget.bytes = 0;
    const pools = { offers: this.#offers, lines: this.#spilledLines };
    const workspace = makeWorkspace(this.#context.limits, entryLayout, pools);
    this.#kernels = workspace.kernels;
    this.#crew = startCrew(this.#context, fetched, {
      used: plugins.used,
      entryLayout,
      collectsRefused: this.refusedSkus !== null,
      offers: this.#budget,
      createOutput: (vendorId) => this.#createOutput(vendorId),
      onRows: (vendor_id, rows) => this.#context.tick({ type: 'rows', vendor_id, rows }),
    });
    const runs: SortedRun[] = [];
    let feedErrors = 0;
    const last = fetched.findLastIndex(({ feeds }) => feeds !== null);
    for (const [position, one] of fetched.entries()) {
      const { vendor, feeds } = one;
      const isLast = position === last;
      this.used.push(one);
      if (feeds === null) await this.#writeEmpty(vendor.vendor_id);
      else {
        const result = await this.#normalizeVendor(one, feeds, {
          ...{ position, plugins, entryLayout, workspace, isLast },
        });
        runs.push(...(result?.runs ?? []));
        feedErrors += result?.feedErrors.length ?? 0;
      }
    }
    await this.#crew?.end();
    this.#checkErrorPolicy(fetched, feedErrors);
    return runs;
  }

  /** The kernel for merging these runs; null if they are too small, or if there is no kernel. */
  kernelFor(runs: readonly SortedRun[]): Kernel | null {
    return this.#kernels?.forFeed(runs.reduce((sum, { bytes }) => sum + bytes, 0)) ?? null;
  }

  /** Where a row of a vendor is, for a notice. */
  placeOf(vendor_id: string, row_number: number): NoticeExample {
    const line = this.#lines.get(vendor_id)?.lineOf(row_number) ?? null;
    return line === null ? { vendor_id, row_number } : { vendor_id, line };
  }

  /** Removes what was spilled to scratch. */
  async dispose(): Promise<void> {
    await this.#crew?.dispose();
    await this.#spilledLines.dispose();
    await this.#offers.dispose();
    await this.pages?.dispose();
  }

  async #createOutput(vendorId: string): Promise<VendorOutput> {
    const sink = await this.#context.request.artifacts.create(PATHS.normalized(vendorId));
    return { sink, rows: this.#rowsOf(vendorId) };
  }

  /** Null if the vendor is left out because its feed lacks required columns. */
  async #normalizeVendor(
    fetched: FetchedVendor,
    feeds: readonly NamedFeed[] | RelayError,
    setting: VendorSetting,
  ): Promise<VendorResult | null> {
    const { vendor } = fetched;
    const { vendor_id } = vendor;
    const { log } = this.#context;
    const invalidBefore = log.invalidRows;
    try {
      if (feeds instanceof RelayError) throw feeds;
      return await this.#normalizeFeeds(fetched, feeds, setting);
    } catch (error) {
      const isTrouble = isFeedError(error) || (error instanceof RelayError && error.code === TOO_MANY_INVALID);
      if (!isTrouble) {
        throw error instanceof RelayError && error.code === 'plugin_failed' ? withVendor(error, vendor_id) : error;
      }
      const named = withVendor(error, vendor_id);
      this.#context.reportVendorError(vendor, String(named.details.entry_code ?? named.code), named.message);
      log.invalidRows = invalidBefore;
      log.examples.dropOf(INVALID_ROWS, vendor_id);
      return this.#handleTrouble(fetched, named, setting);
    }
  }

  /** Applies `on_trouble` to a feed that cannot be used. Its invalid rows stay in `errors.json` but count no more. */
  async #handleTrouble(
    fetched: FetchedVendor,
    trouble: RelayError,
    setting: VendorSetting,
  ): Promise<VendorResult | null> {
    const { log, request } = this.#context;
    const { vendor_id, on_trouble } = fetched.vendor;
    const isTooMany = trouble.code === TOO_MANY_INVALID;
    const { fail_on_missing_required_columns: mustFail } = request.config.error_policy;
    const usual = trouble.code !== 'missing_required_columns' || mustFail ? 'fail' : 'leave_out';
    let action: TroubleAction = (isTooMany ? on_trouble?.too_many_invalid : on_trouble?.unreadable) ?? usual;
    if (action === 'carry_over') {
      const carried = await fetched.carryOver(trouble);
      if (carried?.feeds === null) return this.#leaveOut(carried, setting);
      if (carried !== null) return this.#normalizeCarried(carried, setting);
      action = usual;
    }
    if (action === 'fail') throw trouble;
    log.warn(`vendor_left_out:${vendor_id}`);
    await this.#writeEmpty(vendor_id);
    return null;
  }

  /** Leaves the vendor out: its earlier feed is too old to be carried over. */
  async #leaveOut(carried: FetchedVendor, { position }: VendorSetting): Promise<null> {
    this.used[position] = carried;
    await this.#writeEmpty(carried.vendor.vendor_id);
    return null;
  }

  async #normalizeCarried(carried: FetchedVendor, setting: VendorSetting): Promise<VendorResult> {
    const { feeds, vendor } = carried;
    this.used[setting.position] = carried;
    assert(feeds !== null, `vendor ${vendor.vendor_id} has a file that is carried over`);
    if (feeds instanceof RelayError) throw withVendor(feeds, vendor.vendor_id);
    return this.#normalizeFeeds(carried, feeds, setting).catch((error) => {
      throw error instanceof RelayError ? withVendor(error, vendor.vendor_id) : error;
    });
  }

  async #normalizeFeeds(
    fetched: FetchedVendor,
    feeds: readonly NamedFeed[],
    setting: VendorSetting,
  ): Promise<VendorResult> {
    const context = this.#context;
    const { vendor } = fetched;
    const { vendor_id } = vendor;
    const result = await this.#resultOf(fetched, feeds, setting);
    for (const [i, texts] of result.refusedTexts.entries()) {
      const feed = feeds[i];
      if (texts !== null && feed !== undefined) this.refusedTexts.set(feed, texts);
    }
    context.misuses.check();
    checkVendorPolicy(vendor, result);
    this.totalRows += result.totalRows;
    this.validRows[vendor_id] = result.validRows;
    this.hasSmallSkus ||= result.hasSmallSkus;
    context.index.addVendor(vendor_id, result.index);
    if (result.lines !== null) this.#lines.set(vendor_id, result.lines);
    for (const { code, reason } of result.feedErrors) context.reportVendorError(vendor, code, reason);
    await context.flushErrors();
    context.tick({ type: 'normalized', vendor_id, rows: result.totalRows, invalid: result.invalidRows });
    return result;
  }

  /** The result of the crew if it read this feed; a feed that is carried over is read here. */
  async #resultOf(fetched: FetchedVendor, feeds: readonly NamedFeed[], setting: VendorSetting): Promise<VendorResult> {
    if (this.#crew?.has(setting.position) !== true) return this.#normalizeHere(fetched, feeds, setting);
    const { log, refused, outcome } = await this.#crew.take(setting.position);
    const listed = this.#context.log.absorb(log);
    this.refusedSkus?.runs.push(...refused);
    if (outcome instanceof Error) throw outcome;
    cutRefused(outcome.index, outcome.refusedRows, listed);
    return outcome;
  }

  async #normalizeHere(
    fetched: FetchedVendor,
    feeds: readonly NamedFeed[],
    { position, plugins, entryLayout, workspace, isLast }: VendorSetting,
  ): Promise<VendorResult> {
    const context = this.#context;
    const { request, limits, log, misuses, engine } = context;
    const { vendor, sideFiles } = fetched;
    const { vendor_id } = vendor;
    const { runId, now, config } = request;
    const { readSideTable } = engine;
    const shared = { runId, now, config, plugins, entryLayout, limits, readSideTable };
    const host = {
      ...{ workspace, keepsSegment: isLast, log, misuses, refusedSkus: this.refusedSkus },
      createOutput: () => this.#createOutput(vendor_id),
      onBatch: (rows: number) => {
        misuses.check();
        context.tick({ type: 'rows', vendor_id, rows });
        if (this.refusedSkus?.isFull) return this.#spillRefused(this.refusedSkus);
        return context.flushErrors();
      },
    };
    return normalizeVendor(await makeJob(shared, { vendor, sideFiles, position, feeds }, host));
  }

  async #spillRefused(refused: SkuList): Promise<void> {
    await refused.spill();
    await this.#context.flushErrors();
  }

  /** A vendor without rows still gets its file, with the header only. */
  async #writeEmpty(vendorId: string): Promise<void> {
    this.unread.add(vendorId);
    this.validRows[vendorId] = 0;
    await writing(this.#context.request.artifacts, PATHS.normalized(vendorId), async (sink) =>
      sink.write(headerLine(this.#context.request.config.extra_columns)),
    );
  }

  /** Applies the error policy to the rows of all vendors together. */
  #checkErrorPolicy(fetched: readonly FetchedVendor[], feedErrors: number): void {
    const { log, request } = this.#context;
    const invalid = log.invalidRows;
    const total = this.totalRows;
    const { max_invalid_rows: most, max_invalid_row_pct: share } = request.config.error_policy;
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
    if (invalid > 0) log.warn(INVALID_ROWS);
  }
}

/** Bytes of the feeds, as far as they are known. */
function feedBytes(fetched: readonly FetchedVendor[]): number {
  let bytes = 0;
  for (const { feeds } of fetched) {
    if (feeds === null || feeds instanceof RelayError) continue;
    for (const { source } of feeds) bytes += source.size ?? 0;
  }
  return bytes;
}

/** A number in memory that threads share. */
function sharedNumber(): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(8));
}

/** The code of a vendor, or a run, with more invalid rows than its policy allows. */
const TOO_MANY_INVALID = 'validation_errors';

/** Applies the vendor's own `error_policy`. */
function checkVendorPolicy({ vendor_id, error_policy = {} }: VendorConfig, result: VendorResult): void {
  const { max_invalid_rows: most, max_invalid_row_pct: share } = error_policy;
  const { invalidRows: invalid, totalRows: total } = result;
  const isOver = most !== undefined && invalid > most;
  const isShareOver = share !== undefined && Money.of(invalid).compare(share.mul(Money.of(total))) > 0;
  if (!isOver && !isShareOver) return;
  const limit = isOver ? `max_invalid_rows is ${most}` : `max_invalid_row_pct is ${share}`;
  const message = `vendor ${vendor_id}: ${invalid} of its ${total} rows are invalid; its ${limit}`;
  throw new RelayError(TOO_MANY_INVALID, message, { details: { vendor_id } });
}
