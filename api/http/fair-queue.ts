/**
 * Work that is done a few pieces at a time. Owners take turns, and each has at most one piece in progress, so an owner
 * with much work, or with long pieces, does not keep the others waiting.
 */
export interface FairQueueLimits {
  /** Pieces at work, each of another owner. */
  atOnce: number;
  /** Pieces of one owner that may wait. */
  ownMax: number;
  /** Pieces that may wait in all. */
  allMax: number;
  /** For how many milliseconds an owner of whom more pieces wait rests after one that took so many; not at all unless given. */
  restMs?(workMs: number): number;
}

export class FairQueue {
  readonly #limits: FairQueueLimits;
  /** In the order of their turns. */
  readonly #waiting = new Map<string, Array<() => void>>();
  readonly #working = new Set<string>();
  #count = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /** Does the work when its turn comes. Null if too much work is waiting already. */
  run<T>(owner: string, work: () => Promise<T>): Promise<T> | null {
    if (this.#mayStart(owner)) return this.#do(owner, work);
    const own = this.#waiting.get(owner) ?? [];
    if (own.length >= this.#limits.ownMax || this.#count >= this.#limits.allMax) return null;
    this.#waiting.set(owner, own);
    this.#count++;
    return new Promise((resolve) => own.push(() => resolve(this.#do(owner, work))));
  }

  #mayStart(owner: string): boolean {
    return this.#working.size < this.#limits.atOnce && !this.#working.has(owner);
  }

  async #do<T>(owner: string, work: () => Promise<T>): Promise<T> {
    this.#working.add(owner);
    const began = performance.now();
    const leave = () => {
      this.#working.delete(owner);
      this.#startNext();
    };
    try {
      return await work();
    } finally {
      const rest = this.#waiting.has(owner) ? (this.#limits.restMs?.(performance.now() - began) ?? 0) : 0;
      if (rest > 0) setTimeout(leave, rest);
      else leave();
    }
  }

  #startNext(): void {
    for (const [owner, own] of this.#waiting) {
      if (!this.#mayStart(owner)) continue;
      const start = own.shift();
      this.#waiting.delete(owner);
      // this owner's next piece comes after those of the others
      if (own.length > 0) this.#waiting.set(owner, own);
      this.#count--;
      start?.();
      return;
    }
  }
}
