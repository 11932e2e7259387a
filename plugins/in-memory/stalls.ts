/** Notices that what is waited for can never come: nothing is left in the process that could settle it. */
// not the global ones, which the plugin suite watches
import { clearInterval, setImmediate, setInterval } from 'node:timers';
import type { Stalls } from '../../core/ports/engine.ts';

type GiveUp = () => void;

/** Innermost last: a command waits for its run. */
const waiting: GiveUp[] = [];

/** One at a time: the outer one may go on when the inner one has given up. */
function onDrained(): void {
  waiting.pop()?.();
  // so that the event comes again if nothing follows
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

/** For a process that goes on, such as a test runner: it is too long if a run waits for the same item for so many milliseconds. */
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

/** How often a long wait is looked at. Looks are counted, not timed: code that holds up the process, or a sleeping machine, is none. */
const LOOK_MS = 1000;

/** Both: nothing is left that could settle the promise, or the run has waited for the same item for so many seconds. */
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
      // alone it must not keep the process
      timer.unref();
      return () => {
        clearInterval(timer);
        stopDrain();
      };
    },
  };
}

/** What `work` resolves to; rejects with `error()` when nothing is left that could settle it. */
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
