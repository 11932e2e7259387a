/**
 * The rows that a parser's own code refuses, kept until they are reported. A record holds the refusal's id in its
 * `faultField`.
 */
import { assert } from '../../../errors.ts';
import type { RowRefusal } from '../../../layout.ts';

export class Refusals {
  readonly #byId = new Map<number, RowRefusal>();
  #next = 0;

  /** Adds a refusal and returns its id. Copies it: a parser may use one object for all rows. */
  add({ code, column, reason }: RowRefusal): number {
    const id = this.#next;
    this.#next = (id + 1) % 0x7fffffff;
    this.#byId.set(id, { code, column, reason });
    return id;
  }

  take(id: number): RowRefusal {
    const refusal = this.#byId.get(id);
    assert(refusal !== undefined, 'a refused row has a reason');
    this.#byId.delete(id);
    return refusal;
  }
}
