/**
 * Makes the published feed while the merge runs: joins settled SKUs with the published feed before it (the baseline),
 * both sorted by SKU. It decides which prices wait and what happens to vanished SKUs, and notes the figures for
 * guardrails and diff.
 *
 * `settle` runs once per SKU. It is fast because an unchanged row costs one comparison of bytes: it makes a string or
 * an object only if the SKU is held, has vanished or has changed. All inputs are read in step, each in one window of
 * bounded size.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the group's count bounds its columns
import { csvLine, toBytes, toText } from '../../bytes/text.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import type { ByteSink } from '../../ports/engine.ts';
import type { Chooser } from '../merge/choose.ts';
import type { Outlet } from '../merge/merge-range.ts';
import type { OfferGroup } from '../merge/offer-group.ts';
import { OutputBuffer, type Units, unitsText } from '../merge/output.ts';
import { ComparedRows, ROW_CHANGED, ROW_NEW, ROW_SETTLED } from './compared-rows.ts';
import type { ComparedRuns } from './compared-runs.ts';
import type { DecidedSkus } from './holds/decided-skus.ts';
import { HeldBelowCost } from './holds/held-below-cost.ts';
import { type Candidate, DecisionReader, type Hold } from './holds/holds.ts';
import { HOLD_COLUMNS, writeHold } from './holds/report-lines.ts';
import type { PublisherOptions } from './publisher-options.ts';
import { NO_STATE, StateReader } from './state/state.ts';
import { StateLines } from './state/state-lines.ts';
import { NONE } from './tables/cells.ts';
import { LineBuffer } from './tables/line-buffer.ts';
import { publishedPrice, publishedQuantity } from './tables/published-cells.ts';
import { FOUND, MISSING, NEEDS_REFILL, type SortedRows } from './tables/sorted-rows.ts';
import { VanishedSkus } from './vanished-skus.ts';

/** A row as CSV, without its line end. */
interface CsvRow {
  bytes: Uint8Array;
  from: number;
  to: number;
}

export class Publisher implements Outlet {
  readonly held = { count: 0, silent: 0 };
  readonly heldBelowCost: HeldBelowCost;
  readonly vanished: VanishedSkus;
  readonly #options: PublisherOptions;
  readonly #group: OfferGroup;
  readonly #output: OutputBuffer;
  readonly #chooser: Chooser;
  /** The rows as CSV: `output` itself, unless that is JSON lines. */
  readonly #csv: OutputBuffer;
  readonly #decimals: MoneyDecimals;
  readonly #baseline: SortedRows | null;
  readonly #state: SortedRows | null;
  readonly #stateReader: StateReader | null;
  readonly #decided: DecidedSkus | null;
  readonly #decisionReader: DecisionReader | null;
  readonly #holds = new LineBuffer();
  readonly #states: StateLines;
  /** Null if rows cannot be compared as bytes. */
  readonly #compared: ComparedRows | null;
  /** True if the lines of the state before can be compared with those of this run as bytes. */
  readonly #comparesStates: boolean;
  readonly #vendors = new LineBuffer();
  readonly #row: CsvRow = { bytes: new Uint8Array(0), from: 0, to: 0 };
  /** The price of the current SKU; one object serves all SKUs. */
  readonly #wanted: Candidate = { price: 0, costMicros: NONE, published: NONE, isNew: false, state: NO_STATE };
  #isDecided = false;
  #hasState = false;
  /**
   * True if the SKU was simply published before and has the same vendors today: then its line of the state is already
   * written.
   */
  #isStateWritten = false;
  #stateStart = 0;
  /** Where its row begins in the output if it was written for comparison, else -1. */
  #written = -1;
  /** The group's SKU as text. Made once, so that no SKU costs a closure. */
  readonly #sku = (): string => toText(this.#group.sku, 0, this.#group.skuLength);

  constructor(group: OfferGroup, output: OutputBuffer, chooser: Chooser, options: PublisherOptions) {
    const { baseline, state, decided, format, now } = options;
    this.#options = options;
    this.heldBelowCost = new HeldBelowCost(group, format.moneyDecimals);
    this.#group = group;
    this.#output = output;
    this.#chooser = chooser;
    this.#decimals = format.moneyDecimals;
    this.#csv = format.format === 'csv' ? output : new OutputBuffer(group, { ...format, format: 'csv' });
    this.#baseline = baseline;
    this.#state = state;
    this.#stateReader = state === null ? null : new StateReader(state, format.moneyDecimals);
    this.#decided = decided;
    this.#decisionReader = decided === null ? null : new DecisionReader(decided.rows, format.moneyDecimals, now);
    this.#holds.raw(toBytes(csvLine(HOLD_COLUMNS)));
    this.#states = new StateLines(group);
    this.vanished = new VanishedSkus(output, this.#states, { options, stateReader: this.#stateReader });
    this.#compared = ComparedRows.of({ group, output, states: this.#states, options });
    this.#comparesStates = this.#stateReader?.isOrdinary === true;
    const { candidate } = options;
    if (candidate !== null) output.onTake = () => candidate.takeLast(output);
  }

  get isFull(): boolean {
    const { differ, candidate } = this.#options;
    return (
      differ.delta.isFull ||
      this.#holds.isFull ||
      this.vanished.lines.isFull ||
      this.#states.isFull ||
      candidate?.isFull === true
    );
  }

  settle(winner: number): boolean {
    if (this.#options.figures.isFull) return false;
    const price = winner < 0 ? 0 : this.#chooser.unitsOf(this.#decimals);
    const isSettled = (winner >= 0 && this.#settleCompared(winner, price)) || this.#settle(winner, price);
    if (!isSettled) this.#takeBack();
    this.#written = -1;
    return isSettled;
  }

  /** False if the SKU needs more than a comparison. */
  #settleCompared(winner: number, price: Units): boolean {
    const compared = this.#compared;
    if (compared === null || this.#baseline?.isEnded === true || !compared.takes(winner, price)) return false;
    if (this.#decided?.isBehind(this.#group.sku, this.#group.skuLength) === false) return false;
    this.#written = this.#output.used;
    const answer = compared.settle(winner, price);
    if (answer === ROW_SETTLED) return true;
    if (answer === ROW_CHANGED) return this.#settleChanged(compared.runs!, winner, price);
    if (answer !== ROW_NEW) return false;
    this.#isDecided = this.#hasState = this.#isStateWritten = false;
    this.#publish(winner, price, null);
    return true;
  }

  /** The SKU was simply published before, with other cells. False if its price may have to wait. */
  #settleChanged(runs: ComparedRuns, winner: number, price: Units): boolean {
    const { rules, differ, format } = this.#options;
    const group = this.#group;
    const candidate = this.#wanted;
    candidate.price = Number(price);
    candidate.costMicros = group.cost[winner]!;
    candidate.published = runs.publishedPrice;
    candidate.isNew = false;
    candidate.state = NO_STATE;
    if (rules !== null && rules.reasonOf(candidate) !== null) return false;
    this.#noteBoth(group.quantity[winner]!, runs.publishedQuantity, candidate);
    if (candidate.published !== NONE) differ.priceMoved(candidate.published, candidate.price, this.#sku);
    const row = this.#csvRow(winner, price, this.#written);
    differ.writeChanged(row, runs.publishedCells, group.vendorIds[group.vendor[winner]!]!);
    runs.passChanged(format.columns.length);
    return true;
  }

  /** False if `refill` is due. */
  #settle(winner: number, price: Units): boolean {
    this.#compared?.leave();
    const { sku, skuLength } = this.#group;
    const baseline = this.#baseline;
    let inBaseline = false;
    while (baseline !== null && !baseline.isEnded) {
      if (!baseline.load()) return false;
      const order = baseline.compare(sku, skuLength);
      if (order > 0) break;
      if (order === 0) {
        inBaseline = true;
        break;
      }
      this.#takeBack();
      if (!this.vanished.settle(baseline, null)) return false;
      baseline.advance();
    }
    const decisionFound = this.#decided?.seek(sku, skuLength) ?? MISSING;
    if (winner < 0 && decisionFound !== NEEDS_REFILL) return !inBaseline || this.#settleUnsold(baseline!, winner);
    if (decisionFound === NEEDS_REFILL) return false;
    this.#isDecided = decisionFound === FOUND;
    if (!this.#findState()) return false;
    this.#publish(winner, price, inBaseline ? baseline : null);
    if (this.#hasState && !this.#isStateWritten) this.#state!.advance();
    if (inBaseline) baseline!.advance();
    return true;
  }

  /** False if `refill` is due. */
  #findState(): boolean {
    const state = this.#state;
    this.#hasState = this.#isStateWritten = false;
    if (state === null) return true;
    this.#stateStart = this.#states.used;
    let found = this.#comparesStates ? this.#states.addUnchanged(state) : MISSING;
    this.#isStateWritten = found === FOUND;
    if (found === MISSING) found = state.seek(this.#group.sku, this.#group.skuLength);
    this.#hasState = found === FOUND;
    return found !== NEEDS_REFILL;
  }

  #takeBack(): void {
    if (this.#written >= 0) this.#output.takeBack(this.#written);
    this.#written = -1;
  }

  end(): boolean {
    const baseline = this.#baseline;
    if (this.#options.figures.isFull) return false;
    this.#compared?.end();
    while (baseline !== null && !baseline.isEnded) {
      if (!baseline.load() || !this.vanished.settle(baseline, null)) return false;
      baseline.advance();
    }
    return this.#decided?.end() !== false;
  }

  async refill(): Promise<void> {
    await this.#baseline?.refill();
    await this.#state?.refill();
    await this.#decided?.rows.refill();
    await this.#options.refused.refill();
    if (this.#options.figures.isFull) await this.#options.figures.flush();
  }

  async flush(): Promise<void> {
    const { sinks, differ, candidate } = this.#options;
    await writeLines(differ.delta, sinks.delta);
    await writeLines(this.#holds, sinks.holds);
    await writeLines(this.vanished.lines, sinks.vanished);
    await writeLines(this.#states, sinks.state);
    await candidate?.flush();
  }

  /** The SKU is offered but has no price, or the merge strategy leaves it out: the tenant's own rule removes it. */
  #settleUnsold(baseline: SortedRows, winner: number): boolean {
    if (!this.vanished.settle(baseline, winner)) return false;
    baseline.advance();
    return true;
  }

  #publish(winner: number, price: Units, baseline: SortedRows | null): void {
    const group = this.#group;
    const candidate = this.#wanted;
    // inexact above 2^53 units, where no price is
    candidate.price = Number(price);
    candidate.costMicros = group.landed[winner]!;
    candidate.published = baseline === null ? NONE : publishedPrice(baseline, this.#decimals);
    candidate.isNew = baseline === null;
    candidate.state = this.#hasState && !this.#isStateWritten ? this.#stateReader!.row() : NO_STATE;
    const start = this.#written < 0 ? this.#output.used : this.#written;
    if (this.#written < 0) this.#output.writeRow(winner, price);
    this.#note(baseline, group.quantity[winner]!, candidate);
    const hold = this.#holdOf(candidate, baseline);
    if (hold !== null) {
      this.#hold(winner, hold, { start, baseline, candidate });
      return;
    }
    if (!this.#isStateWritten) this.#states.addPublished();
    const row = this.#csvRow(winner, price, start);
    if (baseline === null) this.#options.differ.write('added', row, null);
    else this.#compare(row, candidate, baseline);
  }

  #holdOf(candidate: Candidate, baseline: SortedRows | null): Hold | null {
    const { rules } = this.#options;
    if (rules === null) return null;
    const reason = rules.reasonOf(candidate);
    if (reason === null && candidate.state === NO_STATE) {
      if (this.#isDecided) this.#noteUnused(candidate);
      return null;
    }
    // without a published price there is nothing to keep
    if (baseline !== null && candidate.published === NONE) return null;
    return rules.hold(candidate, reason, this.#isDecided ? this.#decisionReader!.current() : null);
  }

  /** Nothing holds the SKU. Says so of a decision on it, unless its price has gone out: then it is done. */
  #noteUnused({ price, published }: Candidate): void {
    const decision = this.#decisionReader?.current() ?? null;
    if (decision === null) return;
    const isDone = decision.decision === 'accept' && (decision.price === price || decision.price === published);
    if (!isDone) this.#decided?.noteNotHeld();
  }

  #hold(
    winner: number,
    { reason, isSilent, earlierDecision }: Hold,
    { start, baseline, candidate }: { start: number; baseline: SortedRows | null; candidate: Candidate },
  ): void {
    const { state, runs } = candidate.state;
    const heldRuns = state === 'held' || state === 'new' ? runs + 1 : 1;
    this.#options.candidate?.take(this.#output);
    this.#output.takeBack(start);
    if (this.#isStateWritten) this.#states.used = this.#stateStart;
    const stateNow = baseline === null ? 'new' : 'held';
    const { price } = candidate;
    this.#states.addHeld({ state: stateNow, runs: heldRuns, price, decimals: this.#decimals, earlierDecision });
    this.held[isSilent ? 'silent' : 'count']++;
    if (!isSilent) this.#reportHold(winner, reason, candidate, heldRuns);
    if (baseline !== null) this.#writeHeld(winner, candidate, { start, baseline });
    this.#options.candidate?.skip(this.#output);
  }

  /** A held SKU goes out with its published price and today's quantity. */
  #writeHeld(winner: number, candidate: Candidate, { start, baseline }: { start: number; baseline: SortedRows }): void {
    const quantity = this.#group.quantity[winner]!;
    const losesMoney = this.heldBelowCost.look(winner, candidate.published);
    if (losesMoney && this.#options.zeroesBelowCost) this.#group.quantity[winner] = 0;
    this.#output.writeRow(winner, candidate.published);
    const row = this.#csvRow(winner, candidate.published, start);
    this.#group.quantity[winner] = quantity;
    const { differ } = this.#options;
    differ.differs(baseline, row.bytes, row.from, row.to);
    differ.priceMoved(candidate.published, candidate.published, this.#sku);
    differ.write('held', row, baseline);
  }

  #reportHold(winner: number, reason: string, { price, published, costMicros }: Candidate, heldRuns: number): void {
    const group = this.#group;
    const decimals = this.#decimals;
    const vendorId = group.vendorIds[group.vendor[winner]!]!;
    writeHold(this.#holds, group, { reason, published, price, costMicros, vendorId, heldRuns, decimals });
    const { figures } = this.#options;
    const weight = published > 0 ? Math.abs(price - published) / published : 0;
    if (!figures.worstHeld.takes(weight)) return;
    figures.worstHeld.add(weight, {
      sku: toText(group.sku, 0, group.skuLength),
      reason,
      published_price: published === NONE ? null : unitsText(published, decimals),
      candidate_price: unitsText(price, decimals),
    });
  }

  /** Compares a row that goes out unchanged by this stage. */
  #compare(row: CsvRow, { price, published }: Candidate, baseline: SortedRows): void {
    const { differ } = this.#options;
    if (published !== NONE) differ.priceMoved(published, price, this.#sku);
    if (differ.differs(baseline, row.bytes, row.from, row.to)) differ.write('changed', row, baseline);
    else differ.counts.unchanged++;
  }

  /** The row that was just written, as CSV without its line end. */
  #csvRow(winner: number, price: Units, start: number): CsvRow {
    const row = this.#row;
    row.from = start;
    if (this.#csv !== this.#output) {
      this.#csv.used = 0;
      this.#csv.writeRow(winner, price);
      row.from = 0;
    }
    row.bytes = this.#csv.bytes;
    row.to = this.#csv.used - 1;
    return row;
  }

  /** Figures of the candidate, for the guardrails. */
  #note(baseline: SortedRows | null, quantity: number, candidate: Candidate): void {
    if (baseline === null) {
      if (this.#baseline !== null) this.vanished.renamed.fresh(this.#group.sku, 0, this.#group.skuLength);
      this.#options.figures.candidate(quantity);
      return;
    }
    this.#noteBoth(quantity, publishedQuantity(baseline), candidate);
    if (this.#hasState && !this.#isStateWritten) this.#noteVendors(baseline);
  }

  /** Notes a SKU that both feeds have. */
  #noteBoth(quantity: number, quantityBefore: number, { price, published, state }: Candidate): void {
    const { figures } = this.#options;
    figures.candidate(quantity);
    figures.baseline(quantityBefore, state.state);
    if (quantity === 0) figures.outOfStock(quantityBefore, this.#sku);
    if (published !== NONE) figures.price(published, price, this.#sku);
  }

  /** Notes vendors that offered the SKU before but do not now. */
  #noteVendors(baseline: SortedRows): void {
    const group = this.#group;
    const reader = this.#stateReader!;
    const { figures, unread } = this.#options;
    // most SKUs have the same vendors as before
    this.#vendors.used = 0;
    this.#states.writeVendors(this.#vendors);
    if (reader.vendorsAre(this.#vendors.bytes, this.#vendors.used)) return;
    let isLost = false;
    for (const vendor of reader.vendors()) {
      let offers = false;
      for (let i = 0; i < group.count; i++) if (group.vendorIds[group.vendor[i]!] === vendor) offers = true;
      if (offers) continue;
      if (figures.wantsVendors) figures.vendorLacks(vendor, publishedQuantity(baseline), this.#sku);
      isLost ||= !unread.has(vendor);
    }
    // others still offer it, so it does not vanish: a vendor that renamed it gives the shop the goods twice
    if (isLost) this.vanished.renamed.gone(group.sku, 0, group.skuLength);
  }
}

async function writeLines(lines: LineBuffer, sink: ByteSink): Promise<void> {
  if (lines.used > 0) await sink.write(lines.take());
}
