/** Replaces uvu under `npm test -- --only NAME`: skips every test with another name. */
import * as uvu from 'uvu';

const only = process.argv[4];

function filtered(of: uvu.Test): uvu.Test {
  const test = (name: string, handler: uvu.Callback) => (name === only ? of(name, handler) : of.skip());
  return Object.assign(test, of, { only: test }) as uvu.Test;
}

export const test = filtered(uvu.test);
export const suite = (title?: string, context?: Record<string, unknown>) => filtered(uvu.suite(title, context));
export const { exec } = uvu;
