/**
 * The suite with a tenth of the rows, and without measuring memory: collecting garbage takes longest, as a process with many test
 * files has much of it. Long tests measure the budgets in full.
 */
import { pluginConformance as inFull } from './suite.ts';

export * from '../index.ts';

export const SHORT_BUDGETS = { rows: 1000, retainedBytes: Number.POSITIVE_INFINITY };

const shortConformance: typeof inFull = (plugin, fixtures, options = {}) =>
  inFull(plugin, fixtures, { ...options, budgets: { ...SHORT_BUDGETS, ...options.budgets } });

export { shortConformance as pluginConformance };
