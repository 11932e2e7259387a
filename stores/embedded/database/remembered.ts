/**
 * What was read from the database since its last commit. A client that polls a run asks for the same row again and again, and each
 * request for the row of its key: SQLite takes a lock, looks for a journal and makes an object for each of them.
 */
import { frozen } from '../../../core/pipeline/frozen.ts';
import type { ChangeCounter } from './change-counter.ts';

const VALUES_MAX = 256;

export class Remembered {
  readonly #counter: Pick<ChangeCounter, 'read'>;
  /** The state of the file that the values are of. */
  #state: number | null = null;
  readonly #values = new Map<string, object>();

  constructor(counter: Pick<ChangeCounter, 'read'>) {
    this.#counter = counter;
  }

  /** Undefined if it has to be read. A commit of which the file shows nothing yet has not returned to anybody. */
  get(name: string): object | undefined {
    if (this.#values.size === 0) return undefined;
    this.#forgetOlder(this.#counter.read());
    return this.#values.get(name);
  }

  /**
   * Reads a value and keeps it, frozen, unless there is none. The state is looked at before and after: in between, SQLite may
   * take back what a process that died had half written, or another one may commit.
   */
  read<T extends object>(name: string, work: () => T | undefined): T | undefined {
    const before = this.#counter.read();
    const value = work();
    if (value === undefined) return undefined;
    frozen(value);
    if (before === null || this.#counter.read() !== before) return value;
    this.#forgetOlder(before);
    if (this.#values.size === VALUES_MAX) this.#values.clear();
    this.#values.set(name, value);
    return value;
  }

  #forgetOlder(state: number | null): void {
    if (state !== this.#state) this.#values.clear();
    this.#state = state;
  }
}
