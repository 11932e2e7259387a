/** What test files get as `uvu`. It can print anything a test throws, and under `npm test -- --only NAME` it skips other tests. */
import * as uvu from 'uvu';
import { printableError } from './printable-error.ts';

const only = process.argv[4];

function ofTests(of: uvu.Test): uvu.Test {
  const add = (name: string, handler: uvu.Callback) => of(name, printing(handler));
  const filtered = (name: string, handler: uvu.Callback) => (name === only ? add(name, handler) : of.skip());
  const test = only === undefined ? add : filtered;
  const alone = only === undefined ? (name: string, handler: uvu.Callback) => of.only(name, printing(handler)) : test;
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

export const test = ofTests(uvu.test);
export const suite = (title?: string, context?: Record<string, unknown>) => ofTests(uvu.suite(title, context));
export const { exec } = uvu;
