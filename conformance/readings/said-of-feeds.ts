/** What a run says of a feed in which something looks wrong, in a line. */
import { createHash } from 'node:crypto';
import { toBytes } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { doubtfulFeed } from './invented/doubtful-feeds.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

const COLUMNS = ['sku', 'quantity_available', 'cost', 'price', 'msrp', 'condition', 'brand', 'title', 'updated_at'];
/** Small buffers; or the kernel takes every row it can. */
const LIMITS = [{ windowBytes: 512, sortBytes: 3000 }, { kernelFromBytes: 0 }, {}];

export async function ofFeed(number: number): Promise<string> {
  const { names, files, parser, vendor, config, skuMap } = doubtfulFeed(number);
  const { outcome, errors, artifacts } = await runCase({
    config: {
      ...{ ...PLAIN_TENANT, default_currency: 'USD', output: { columns: COLUMNS }, ...config },
      error_policy: { ...PLAIN_TENANT.error_policy, ...(config.error_policy as object | undefined) },
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser }, ...vendor }],
    },
    files: { v: files.map(({ name, text }) => ({ name, bytes: toBytes(text) })) },
    skuMaps: skuMap === null ? {} : { v: toBytes(skuMap) },
    limits: LIMITS[number % LIMITS.length]!,
  });
  const codes = errors.flatMap((one) =>
    'problems' in one ? one.problems.map((problem) => problem.error_code) : [one.error_code],
  );
  const failure = outcome.error instanceof RelayError ? [outcome.error.code, outcome.error.message] : [];
  const warnings = outcome.summary.warnings.map((text) => text.split(':').slice(0, 3).join(':').slice(0, 50));
  const written = [...artifacts.files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);
  return [
    `${number} ${names.join(', ')}: ${outcome.status} ${failure[0] ?? ''}`.trimEnd(),
    [...new Set(codes)].join(', '),
    warnings.join(', '),
    digest([failure, errors, outcome.summary, written]),
  ].join(' · ');
}
