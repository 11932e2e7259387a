/**
 * The queue of questions: tenants take turns, and each has one question in progress. Questions that read whole feeds
 * have a queue of their own, so that a receipt never waits for them.
 */
import type { ApiDeps } from '../deps.ts';
import { type Answers, isBulk, type Question } from '../questions/questions.ts';
import { ApiError } from './errors.ts';
import { FairQueue } from './fair-queue.ts';

export class Questions {
  readonly #deps: ApiDeps;
  readonly #quick: FairQueue;
  readonly #bulk: FairQueue;
  readonly #records: FairQueue;

  constructor(deps: ApiDeps) {
    const { questionsAtOnce: atOnce, questionsWaiting: ownMax, largeBodies } = deps.settings;
    const { restFactor, restMsMax } = largeBodies;
    const limits = { atOnce, ownMax, allMax: ownMax * 10 };
    this.#deps = deps;
    this.#quick = new FairQueue(limits);
    this.#bulk = new FairQueue(limits);
    this.#records = new FairQueue({
      ...limits,
      atOnce: Number.POSITIVE_INFINITY,
      restMs: (workMs) => Math.min(restMsMax, restFactor * workMs),
    });
  }

  /**
   * Does work of this process that reads hundreds of records, or that starts again if it was overtaken: one piece of each owner at a time,
   * with rests between them as between large bodies.
   * At once where there are no runners: there no request may wait for another. Throws `TOO_MANY_QUESTIONS`.
   */
  records<T>(owner: string, work: () => Promise<T>): Promise<T> {
    return this.#deps.ask === null ? work() : (this.#records.run(owner, work) ?? this.#refuse());
  }

  /** Does the work, which asks one question, when the tenant's turn comes. Throws `TOO_MANY_QUESTIONS`. */
  inTurn<T>(tenantId: string, kind: 'quick' | 'bulk', work: () => Promise<T>): Promise<T> {
    const done = (kind === 'bulk' ? this.#bulk : this.#quick).run(tenantId, work);
    return done ?? this.#refuse();
  }

  #refuse(): never {
    const headers = { 'Retry-After': String(this.#deps.settings.retryAfterSeconds) };
    throw new ApiError('TOO_MANY_QUESTIONS', 'too many questions are waiting for an answer; try again', { headers });
  }

  /** Asks when the tenant's turn comes. Without runners, `here` does the work at once. */
  async ask<One extends Question>(
    question: One,
    here: () => Promise<Answers[One['type']]>,
    signal?: AbortSignal,
  ): Promise<Answers[One['type']]> {
    const { ask } = this.#deps;
    if (ask === null) return here();
    return this.inTurn(question.tenantId, isBulk(question) ? 'bulk' : 'quick', () => {
      if (signal?.aborted === true) throw clientGone();
      return ask(question, signal);
    });
  }
}

/** The error for a client that has left; nobody reads it. */
export function clientGone(): ApiError {
  return new ApiError('UNAVAILABLE', 'the client did not wait for the answer');
}
