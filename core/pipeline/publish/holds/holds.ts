/** Decides whether a price waits: by the rules of `publish.holds`, and by people's decisions on earlier holds. */

import { toBytes } from '../../../bytes/text.ts';
import { readDatetime } from '../../../bytes/time/datetime.ts';
import type { PublishConfig } from '../../../config/schema.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import { Share } from '../figures/share.ts';
import type { StateRow } from '../state/state.ts';
import { isBelowCost, NONE, unitsOfText } from '../tables/cells.ts';
import type { SortedRows } from '../tables/sorted-rows.ts';

export type HoldReason = 'price_rise' | 'price_drop' | 'below_cost' | 'new_sku' | 'decision';

/** A price that wants to go out. Amounts are units of money as written; costs are micros. */
export interface Candidate {
  price: number;
  /** Negative if there is none. */
  costMicros: number;
  /** The published price; `NONE` if the baseline lacks it. */
  published: number;
  isNew: boolean;
  state: StateRow;
}

export interface Decision {
  decision: string;
  price: number;
  /** Tells it apart from other decisions on the SKU: its run, and when it was decided if that is known. */
  id: string;
  /** The baseline of the run whose hold was decided on; empty if it is not known. */
  baselineRunId: string;
}

export interface Hold {
  reason: HoldReason;
  /** True if a person has rejected this very price: the hold is not reported again. */
  isSilent: boolean;
  /** For the state: see there. */
  earlierDecision: string;
}

export interface HoldRulesOptions {
  holds: PublishConfig['holds'];
  hasBaseline: boolean;
  /** False if the baseline is only a feed: then nobody knows which prices it held. */
  knowsState: boolean;
  /** Null if the baseline is only a feed. */
  baselineRunId: string | null;
  moneyDecimals: MoneyDecimals;
}

export class HoldRules {
  readonly #rise: Share | null;
  readonly #drop: Share | null;
  /** True if a price below its cost waits. */
  readonly belowCost: boolean;
  readonly #holdsNew: boolean;
  readonly #knowsState: boolean;
  readonly #baselineRunId: string | null;
  readonly #decimals: MoneyDecimals;

  constructor({ holds, hasBaseline, knowsState, baselineRunId, moneyDecimals }: HoldRulesOptions) {
    this.#rise = holds.price_rise_pct === undefined ? null : new Share(holds.price_rise_pct);
    this.#drop = holds.price_drop_pct === undefined ? null : new Share(holds.price_drop_pct);
    this.belowCost = holds.below_cost;
    this.#holdsNew = holds.new_sku === 'hold' && hasBaseline;
    this.#knowsState = knowsState;
    this.#baselineRunId = baselineRunId;
    this.#decimals = moneyDecimals;
  }

  /** Null if no rule holds the price. Ignores decisions. */
  reasonOf(candidate: Candidate, reference = candidate.published): HoldReason | null {
    const { price, costMicros, isNew } = candidate;
    if (reference !== NONE && price !== reference) {
      const share = price > reference ? this.#rise : this.#drop;
      if (share?.isExceeded(Math.abs(price - reference), reference)) {
        return price > reference ? 'price_rise' : 'price_drop';
      }
    }
    if (this.belowCost && isBelowCost(price, costMicros, this.#decimals)) return 'below_cost';
    return isNew && this.#holdsNew ? 'new_sku' : null;
  }

  /** The hold on the price after people's decisions; null if the price goes out. */
  hold(candidate: Candidate, reason: HoldReason | null, decision: Decision | null): Hold | null {
    const { state, earlierDecision: earlier } = candidate.state;
    const wasHeld = state === 'held' || state === 'new';
    const isAbout = wasHeld && (earlier === '' || decision?.id !== earlier);
    const applies = decision !== null && (isAbout || !this.#knowsState || this.#isOnSameBaseline(decision));
    // on a SKU that simply went out, a decision is done with
    const isSpent = state === '' && !applies;
    const earlierDecision = wasHeld ? earlier : isSpent ? (decision?.id ?? '') : '';
    if (
      applies &&
      decision.decision === 'reject' &&
      decision.price === candidate.price &&
      (wasHeld || reason !== null)
    ) {
      return { reason: reason ?? 'decision', isSilent: true, earlierDecision };
    }
    if (reason === null) return null;
    if (decision === null || decision.decision !== 'accept') return { reason, isSilent: false, earlierDecision };
    const accepted = { ...candidate, isNew: candidate.isNew && !applies };
    // an accepted price below cost stays accepted unless it falls further
    if (candidate.price >= decision.price) accepted.costMicros = NONE;
    const left = this.reasonOf(accepted, applies ? decision.price : candidate.published);
    return left === null ? null : { reason: left, isSilent: false, earlierDecision };
  }

  /**
   * True if the decision was about a hold of a parallel run with the same baseline, such as one that a guardrail
   * stopped.
   */
  #isOnSameBaseline({ baselineRunId }: Decision): boolean {
    return baselineRunId !== '' && baselineRunId === this.#baselineRunId;
  }
}

/** Reads the decision on the rows' current SKU. */
export class DecisionReader {
  readonly #rows: SortedRows;
  readonly #decimals: MoneyDecimals;
  readonly #now: number;

  constructor(rows: SortedRows, decimals: MoneyDecimals, now: number) {
    this.#rows = rows;
    this.#decimals = decimals;
    this.#now = now;
  }

  /** Null if it has expired. */
  current(): Decision | null {
    const rows = this.#rows;
    if (hasExpired(rows.text(rows.indexOf('expires_at')), this.#now)) return null;
    const price = unitsOfText(rows.text(rows.indexOf('price')), this.#decimals);
    const baselineRunId = rows.text(rows.indexOf('baseline_run_id'));
    // runs may share an id: `relay run --run-id` replaces one of the same id
    const id = `${rows.text(rows.indexOf('run_id'))} ${rows.text(rows.indexOf('decided_at'))}`.trimEnd();
    return { decision: rows.text(rows.indexOf('decision')), price, id, baselineRunId };
  }
}

/** True if a decision has expired; one without an end never does. */
export function hasExpired(expiresAt: string, now: number): boolean {
  return expiresAt !== '' && secondsOf(expiresAt) <= now;
}

function secondsOf(text: string): number {
  const bytes = toBytes(text);
  return readDatetime(bytes, 0, bytes.length, null);
}
