/** Keeps the few entries with the greatest weights, greatest first; among equal ones, the earliest. */
export class WorstList<T> {
  readonly #max: number;
  readonly #entries: Array<{ weight: number; value: T }> = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** True if it would keep an entry of this weight. Callers build the entry only then. */
  takes(weight: number): boolean {
    const last = this.#entries.at(-1);
    return this.#entries.length < this.#max || (last !== undefined && weight > last.weight);
  }

  add(weight: number, value: T): void {
    if (!this.takes(weight)) return;
    const at = this.#entries.findIndex((entry) => entry.weight < weight);
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, { weight, value });
    if (this.#entries.length > this.#max) this.#entries.pop();
  }

  get values(): T[] {
    return this.#entries.map(({ value }) => value);
  }
}
