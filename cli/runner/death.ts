/** Turns the death of a runner process into the failure of its run. */
import { printableCell } from '../../core/text/printable.ts';
import type { RunFailure } from '../../worker/runner.ts';
import type { RunnerLimits, WatchdogLine } from './protocol.ts';

export interface Death {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last words of its watchdog. */
  watchdog: WatchdogLine | null;
  /** True if the worker ended it because its watchdog was silent. */
  silent: boolean;
  /** The end of what it wrote to standard error. */
  stderr: string;
  /** The resident memory at the watchdog's last look. */
  memoryBytes: number;
}

/** If the system killed a process that used this share of its limit, it was most likely for its memory. */
const LARGE_SHARE = 0.75;
/** A run fails after so many of its processes died by themselves or were killed. */
const DEATHS_MAX = 3;
/** What V8 and Node print when memory runs out. */
const OUT_OF_MEMORY = /heap out of memory|Reached heap limit|Array buffer allocation failed|ENOMEM|out of memory/i;

const LINE_CHARS_MAX = 200;

const MEMORY_SETTING = 'WORKER_RUN_MEMORY_BYTES';
const STUCK_SETTING = 'WORKER_RUN_STUCK_SECONDS';

export interface DiedAt {
  /** The number of the run's processes that have died in this way, including this one. */
  deaths: () => number;
  /** True if the run had to stop and did not, so that its process was killed. */
  isStopped: boolean;
  /** The hooks of plugins, such as `check() of the validator "even"`, by the numbers that the watchdog knows. */
  hooks: ReadonlyMap<number, string>;
}

export function failureOfDeath(death: Death, { deaths, isStopped, hooks }: DiedAt, limits: RunnerLimits): RunFailure {
  const { watchdog, silent } = death;
  if (watchdog !== null && 'ended' in watchdog && watchdog.ended === 'memory') return tooLarge(limits);
  if (watchdog !== null && 'ended' in watchdog) return stuck(limits, hooks.get(watchdog.hook));
  if (silent) return stuck(limits);
  if (isStopped)
    return failure('CANCELLED', 'the run was cancelled; it did not stop by itself, so its process was ended');
  if (OUT_OF_MEMORY.test(death.stderr) || wasLarge(death, limits)) return tooLarge(limits);
  const how = death.signal ?? `exit code ${death.code}`;
  const message = `the process of the run ended with ${how}${lastLine(death.stderr)}`;
  if (deaths() >= DEATHS_MAX) return failure(death.signal === 'SIGKILL' ? 'RUN_TOO_LARGE' : 'internal_error', message);
  return { ...failure('internal_error', message), retry: { code: 'runner_ended', message } };
}

function wasLarge({ signal, memoryBytes }: Death, limits: RunnerLimits): boolean {
  return signal === 'SIGKILL' && memoryBytes > limits.memoryBytes * LARGE_SHARE;
}

function tooLarge({ memoryBytes }: RunnerLimits): RunFailure {
  const limit = Math.round(memoryBytes / (1 << 20));
  return failure(
    'RUN_TOO_LARGE',
    `the run needed more than ${limit} MiB of memory; send smaller files, or raise ${MEMORY_SETTING}`,
  );
}

function stuck({ stuckSeconds }: RunnerLimits, hook?: string): RunFailure {
  const place = hook === undefined ? '' : ` in ${hook}`;
  return failure(
    'RUN_STUCK',
    `the run made no progress for ${stuckSeconds} s${place}, so its process was ended; raise ${STUCK_SETTING} if it needs more time`,
  );
}

function failure(code: RunFailure['code'], message: string): RunFailure {
  return { code, message, retry: null, stack: null };
}

/** The last line that says something, for the log. */
export function lastLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^Node\.js v/.test(line));
  // a stack follows the thrown error
  const last = (lines.findLast((line) => /^[A-Za-z]*Error\b/.test(line)) ?? lines.at(-1))?.trim();
  return last === undefined ? '' : `: ${printableCell(last, LINE_CHARS_MAX)}`;
}
