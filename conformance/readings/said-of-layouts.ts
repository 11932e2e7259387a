/** What is said of options of `csv`, and what they make of a feed; and what the built-in plugins say of themselves, in a line each. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { toBytes } from '../../core/bytes/text.ts';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { BUILTIN_PLUGINS } from '../../plugins/index.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';
import { laidOutFeed } from './invented/layouts.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

/** A tenant whose one vendor has such a parser. */
export function laidOutConfig(parser: object): object {
  return {
    ...PLAIN_TENANT,
    ...{ timezone: 'Europe/Berlin', extra_columns: ['grade'] },
    output: { columns: ['sku', 'quantity_available', 'cost', 'price', 'condition', 'brand', 'title', 'updated_at'] },
    vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser } }],
  };
}

/** Wrong keys are named by their paths; of good options, how many rows of each outcome there are. */
export async function ofLayout(number: number): Promise<string> {
  const { uses, parser, text, sideFile } = laidOutFeed(number);
  const config = laidOutConfig(parser);
  const start = `${number} ${uses.join(', ')}:`;
  const checked = checkConfig(config, testRegistry());
  if (!checked.ok) {
    const found = checked.problems.map(({ path, code }) => `${path.replace('vendors[0].parser.', '')} ${code}`);
    return `${start} ${found.join(', ')} · ${digest(checked.problems)}`;
  }
  const { outcome, errors, merged, normalized, artifacts } = await runCase({
    config,
    files: { v: { name: 'feed.csv', bytes: toBytes(text) } },
    sideFiles: { 'prices.csv': toBytes(sideFile) },
  });
  const codes = errors.flatMap((one) =>
    'problems' in one ? one.problems.map((problem) => problem.error_code) : [one.error_code],
  );
  const failure = outcome.error instanceof RelayError ? [outcome.error.code, outcome.error.message] : [];
  const summary = artifacts.text('reports/run_summary.json') ?? '';
  return [
    `${start} ${outcome.status}, ${(normalized('v') ?? '').split('\n').length} lines`,
    [...new Set(codes)].join(', '),
    digest([failure, errors, merged, normalized('v'), summary]),
  ].join(' · ');
}

export const PLUGIN_COUNT = BUILTIN_PLUGINS.length;

export function ofPlugin(number: number): string {
  const { kind, id, version, contract, options, example, codes, signs, reads } = BUILTIN_PLUGINS[number]!.manifest;
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  const schemaText = JSON.stringify(schema, (key, value) => (key === 'description' ? undefined : value));
  const facts = [digest(schemaText), ...Object.keys(codes ?? {}), ...(reads ?? [])];
  return `${number} ${kind} ${id} ${version} ${contract}: ${JSON.stringify([example, signs ?? null])} · ${facts.join(', ')}`;
}
