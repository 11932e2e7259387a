/** Work that is done one piece at a time. Owners take turns, so that one with much work does not keep the others waiting. */
export interface FairQueueLimits {
  /** Pieces of one owner that may wait. */
  ownMax: number;
  /** Pieces that may wait in all. */
  allMax: number;
}

export class FairQueue {
  readonly #limits: FairQueueLimits;
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Array<() => void>>();
  #count = 0;
  #isBusy = false;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /** Does the work when its turn comes. Null if too much waits already. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T> | null {
    if (!this.#isBusy) return this.#do(work);
    const own = this.#waiting.get(owner) ?? [];
    if (own.length >= this.#limits.ownMax || this.#count >= this.#limits.allMax) return null;
    this.#waiting.set(owner, own);
    this.#count++;
    return new Promise((resolve) => own.push(() => resolve(this.#do(work))));
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
      this.#startNext();
    }
  }

  #startNext(): void {
    const [turn] = this.#waiting;
    if (turn === undefined) return;
    const [owner, own] = turn;
    const start = own.shift();
    this.#waiting.delete(owner);
    if (own.length > 0) this.#waiting.set(owner, own);
    this.#count--;
    start?.();
  }
}
