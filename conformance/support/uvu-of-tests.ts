/** What test files get as `uvu`. It can print anything a test throws, under `--only NAME` it skips other tests, and under `--times` each test says what it cost. */
import * as uvu from 'uvu';
import { cpuSeconds } from './cpu.ts';
import { printableError } from './printable-error.ts';

const [times, only] = process.argv.slice(4);

function ofTests(of: uvu.Test): uvu.Test {
  const add = (name: string, handler: uvu.Callback) => of(name, timed(name, printing(handler)));
  const filtered = (name: string, handler: uvu.Callback) => (name === only ? add(name, handler) : of.skip());
  const test = only === undefined ? add : filtered;
  const alone =
    only === undefined ? (name: string, handler: uvu.Callback) => of.only(name, timed(name, printing(handler))) : test;
  return Object.assign(test, of, { only: alone }) as uvu.Test;
}

function printing(handler: uvu.Callback): uvu.Callback {
  return async (context) => {
    try {
      await handler(context);
    } catch (thrown) {
      throw printableError(thrown);
    }
  };
}

/** Prints the CPU seconds of a test, with those of the processes that it started. */
function timed(name: string, handler: uvu.Callback): uvu.Callback {
  if (times !== 'times') return handler;
  return async (context) => {
    const before = cpuSeconds(process.pid) ?? 0;
    await handler(context);
    console.log(`\n  ${((cpuSeconds(process.pid) ?? 0) - before).toFixed(2)} s  ${name}`);
  };
}

export const test = ofTests(uvu.test);
export const suite = (title?: string, context?: Record<string, unknown>) => ofTests(uvu.suite(title, context));
export const { exec } = uvu;
