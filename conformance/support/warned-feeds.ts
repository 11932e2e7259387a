/** Feeds of tests about warnings: made from rows, run as a tenant of one vendor. */
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

export interface WarnedFeedOptions {
  parser?: object;
  currency?: string;
  kernelFromBytes?: number;
}

/** The warnings, and their examples as `line column "cell"`. */
export async function saidOf(text: string, { parser = {}, currency = 'USD', kernelFromBytes }: WarnedFeedOptions = {}) {
  const { outcome } = await runCase({
    config: {
      ...PLAIN_TENANT,
      default_currency: currency,
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
    },
    files: { v: { name: 'feed.csv', bytes: new TextEncoder().encode(text) } },
    ...(kernelFromBytes === undefined ? {} : { limits: { kernelFromBytes } }),
  });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  const { warnings, notices } = outcome.summary;
  return {
    warnings,
    examples: notices.flatMap(({ examples }) => examples.map((e) => `${e.line} ${e.column} ${e.cell}`)),
  };
}

/** Numbers from 0 to below `limit` that look random. */
export const someNumber = (i: number, limit: number): number => (i * 7919 + ((i * i) % 101) * 31) % limit;
export const someCents = (i: number): string => ((150 + someNumber(i, 29_000)) / 100).toFixed(2);
export const madeFeed = (header: string, count: number, row: (i: number) => string): string =>
  `${header}\n${Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('')}`;
