/** Notices that a promise can never settle: nothing is left in the process that could settle it. */
// imported, since the plugin suite watches the global ones
import { clearInterval, setImmediate, setInterval } from 'node:timers';
import type { Stalls } from '../../core/ports/engine.ts';

type GiveUp = () => void;

/** Innermost last: a command waits for its run. */
const waiting: GiveUp[] = [];

/** Gives up one at a time: the outer one may continue once the inner one has given up. */
function onDrained(): void {
  waiting.pop()?.();
  // fires the event again if nothing else happens
  setImmediate(() => {});
}

function watch(giveUp: GiveUp): () => void {
  if (waiting.length === 0) process.on('beforeExit', onDrained);
  waiting.push(giveUp);
  return () => {
    const at = waiting.lastIndexOf(giveUp);
    if (at >= 0) waiting.splice(at, 1);
    if (waiting.length === 0) process.off('beforeExit', onDrained);
  };
}

/** For a process that ends when it has nothing to do, such as a command. */
const drainStalls: Stalls = { watch: (run) => watch(() => run.giveUp()) };

/**
 * For a process that goes on, such as a test runner: gives up when a run has waited for one item for so many
 * milliseconds.
 */
export function timedStalls(milliseconds: number): Stalls {
  return {
    watch: (run) => {
      let before: number | null = null;
      const timer = setInterval(() => {
        if (run.wait !== null && run.wait === before) run.giveUp();
        before = run.wait;
      }, milliseconds);
      return () => clearInterval(timer);
    },
  };
}

/**
 * How often a long wait is checked. Checks are counted, not timed: blocking code or a sleeping machine must not count
 * as waiting.
 */
const LOOK_MS = 1000;

/**
 * Combines both: gives up when nothing is left that could settle the promise, or when the run has waited for one item
 * for so many seconds.
 */
export function stallsAfter(seconds: number): Stalls {
  return {
    watch: (run) => {
      const stopDrain = drainStalls.watch(run);
      let before: number | null = null;
      let looks = 0;
      const timer = setInterval(() => {
        looks = run.wait !== null && run.wait === before ? looks + 1 : 0;
        before = run.wait;
        if (looks * LOOK_MS >= seconds * 1000) run.giveUp();
      }, LOOK_MS);
      // the timer alone must not keep the process alive
      timer.unref();
      return () => {
        clearInterval(timer);
        stopDrain();
      };
    },
  };
}

/** Resolves like `work`; rejects with `error()` when nothing is left that could settle it. */
export async function orStall<T>(work: () => Promise<T>, error: () => Error): Promise<T> {
  let stop = () => {};
  const stalled = new Promise<never>((_resolve, reject) => {
    stop = watch(() => reject(error()));
  });
  try {
    return await Promise.race([work(), stalled]);
  } finally {
    stop();
  }
}
