/** A token bucket for each tenant or key: a burst up to its size, then as many requests per second as it refills. */

export interface RateLimits {
  burst: number;
  perSecond: number;
  /** Buckets kept; the least recently used is dropped first. */
  keysMax: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

export class RateLimiter {
  readonly #limits: RateLimits;
  /** In order of use: the most recent is last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: RateLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** 0 if the request may proceed, otherwise the seconds to wait, rounded up. */
  take(key: string, now: number): number {
    const bucket = this.#refilled(key, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#limits.keysMax) this.#buckets.delete(this.#buckets.keys().next().value as string);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#limits.perSecond));
    bucket.tokens--;
    return 0;
  }

  /** Like `take`, but takes nothing. */
  wait(key: string, now: number): number {
    const { tokens } = this.#refilled(key, now);
    return tokens < 1 ? Math.max(1, Math.ceil((1 - tokens) / this.#limits.perSecond)) : 0;
  }

  /** Requests of the burst that are used. */
  used(key: string, now: number): number {
    return this.#limits.burst - Math.floor(this.#refilled(key, now).tokens);
  }

  #refilled(key: string, now: number): Bucket {
    const { burst, perSecond } = this.#limits;
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return { tokens: burst, filledAt: now };
    // a clock that was set back refills nothing
    const seconds = Math.max(0, now - bucket.filledAt) / 1000;
    return { tokens: Math.min(burst, bucket.tokens + seconds * perSecond), filledAt: now };
  }
}
