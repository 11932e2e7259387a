/**
 * Virtual time, and the calls that processes have sent to their stores. A call is a point of scheduling: anything may
 * happen between its sending and its answer. Only the choices decide what happens, so a seed determines a history.
 */
import type { Choices } from './choices.ts';

/** A worker with its runner, or a client. */
export interface SimProcess {
  readonly name: string;
  isAlive: boolean;
  /** Until this time it gets neither answers nor timers. */
  frozenUntil: number;
}

/** A call to a store. */
export interface Call {
  readonly process: SimProcess;
  readonly store: string;
  readonly name: string;
  /** Nothing acts on the call before this time. */
  notBefore: number;
  /** Does the store's work, and returns how to answer. */
  act(): Promise<() => void>;
  /** Fails the call without doing its work. */
  fail(error: unknown): void;
}

interface Timer {
  at: number;
  readonly order: number;
  readonly process: SimProcess | null;
  action(): void;
}

const START = Date.parse('2026-11-01T06:00:00Z');

export class World {
  readonly choices: Choices;
  /** The milliseconds that have really passed. */
  now = 0;
  /** The difference between the clocks and the right time. */
  clockOffset = 0;
  readonly calls: Call[] = [];
  /** What happened, for a report. */
  readonly trace: string[] = [];
  readonly #timers = new Set<Timer>();
  #order = 0;

  constructor(choices: Choices) {
    this.choices = choices;
  }

  /** What clocks show. */
  get wall(): number {
    return START + this.now + this.clockOffset;
  }

  note(text: string): void {
    this.trace.push(`${(this.now / 1000).toFixed(0)} s: ${text}`);
  }

  /** Calls the action once, unless its process has died by then. Returns a function that cancels the timer. */
  after(seconds: number, process: SimProcess | null, action: () => void): () => void {
    const timer = { at: this.now + seconds * 1000, order: this.#order++, process, action };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  every(seconds: number, process: SimProcess, action: () => void): () => void {
    let end = this.after(seconds, process, again.bind(this));
    function again(this: World) {
      end = this.after(seconds, process, again.bind(this));
      action();
    }
    return () => end();
  }

  /** Calls that can be acted on now. */
  get ready(): Call[] {
    return this.calls.filter(({ process, notBefore }) => notBefore <= this.now && process.frozenUntil <= this.now);
  }

  remove(call: Call): void {
    const at = this.calls.indexOf(call);
    if (at >= 0) this.calls.splice(at, 1);
  }

  /** Moves time to the next timer or call that is due, and runs the timers. False if nothing is left to wait for. */
  advance(): boolean {
    for (const timer of [...this.#timers]) if (timer.process?.isAlive === false) this.#timers.delete(timer);
    const dueOf = (at: number, process: SimProcess | null) => Math.max(at, process?.frozenUntil ?? 0);
    let next = Number.POSITIVE_INFINITY;
    for (const timer of this.#timers) next = Math.min(next, dueOf(timer.at, timer.process));
    for (const call of this.calls) next = Math.min(next, dueOf(call.notBefore, call.process));
    if (next === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, next);
    const due = [...this.#timers].filter((timer) => dueOf(timer.at, timer.process) <= this.now);
    for (const timer of due.sort((a, b) => a.at - b.at || a.order - b.order)) {
      if (!this.#timers.delete(timer) || timer.process?.isAlive === false) continue;
      timer.action();
    }
    return true;
  }
}

/** Lets all code run that waits only for promises. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
