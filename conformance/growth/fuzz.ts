/**
 * `npm run fuzz -- [--runs N] [--seed N] [KIND]`: feeds, workbooks, configs, files and requests from models, and from mutations of
 * the files in `corpus/`. Each must end in time and within memory, with an answer or a typed error. A failure prints its
 * seed and path, and the smallest input that still fails.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { zip } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';
import { anyConfig, parserSettings } from './fuzz-configs.ts';
import { corpus, mutated, mutatedFrom, mutation, tableBytes, workbookBytes } from './fuzz-inputs.ts';
import { anyRequest } from './fuzz-requests.ts';
import { request } from './requests.ts';
import { type Any, config } from './shape.ts';
import { runCommand } from './tables.ts';

/** The most CPU milliseconds for an input of some kilobytes, on a slow machine. */
const CPU_MS_MAX = 5_000;
/** The most memory that the process may take. */
const MEMORY_MIB_MAX = 1_500;

async function runFeed(bytes: Uint8Array, parser: Any): Promise<string | null> {
  const { outcome } = await runCase({ config: config({ parser }), files: { acme: { name: 'feed.csv', bytes } } });
  return outcome.error_code;
}

async function runMap(map: Uint8Array): Promise<string | null> {
  const vendor = { sku_map: { type: 's3', s3_key: 'map.csv' } };
  const files = {
    acme: { name: 'feed.csv', bytes: new TextEncoder().encode('sku,quantity_available,cost\nA1,1,1\n') },
  };
  return (await runCase({ config: config(vendor), files, skuMaps: { acme: map } })).outcome.error_code;
}

const KINDS: Record<string, fc.IAsyncProperty<Any>> = {
  feed: property(fc.tuple(fc.oneof(tableBytes, mutatedFrom(corpus('.csv'))), parserSettings), ([bytes, parser]) =>
    runFeed(bytes, parser),
  ),
  workbook: property(fc.oneof(workbookBytes, mutatedFrom(corpus('.xlsx'))), (bytes) =>
    runFeed(bytes, { format: 'csv' }),
  ),
  archive: property(
    fc.tuple(fc.array(tableBytes, { minLength: 1, maxLength: 3 }), fc.array(mutation, { maxLength: 2 })),
    ([members, changes]) =>
      runFeed(changes.reduce(mutated, zip(members.map((data, i) => ({ name: `${i}.csv`, data })))), { format: 'csv' }),
  ),
  map: property(
    fc
      .oneof(tableBytes, mutatedFrom(corpus('.csv')))
      .map((bytes) => Buffer.concat([Buffer.from('vendor_sku,sku\n'), bytes])),
    runMap,
  ),
  config: property(anyConfig, async (raw) => {
    const checked = checkConfig(raw, testRegistry());
    return checked.ok ? null : (checked.problems.find(({ code }) => code === 'plugin_failed')?.code ?? null);
  }),
  clean: property(fc.oneof(tableBytes, mutatedFrom(corpus('.csv'))), (bytes) => runCommand('clean', bytes)),
  suggest: property(fc.oneof(tableBytes, mutatedFrom(corpus('.csv'))), (bytes) => runCommand('suggest', bytes)),
  request: property(anyRequest, ({ method, path: address, headers, body }) =>
    request(method, address, /^(GET|HEAD|OPTIONS)$/.test(method) ? undefined : body, headers),
  ),
};

/** Fails for errors that are not typed, and for inputs that cost too much. */
function property<T>(inputs: fc.Arbitrary<T>, run: (input: T) => Promise<string | null>): fc.IAsyncProperty<Any> {
  return fc.asyncProperty(inputs, async (input) => {
    const before = process.cpuUsage();
    let code: string | null;
    try {
      code = await run(input);
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      code = error.code;
    }
    const { user, system } = process.cpuUsage(before);
    if (code === 'internal_error' || code === 'plugin_failed' || code === 'long_answer')
      throw new Error(`it ended with ${code}`);
    if ((user + system) / 1000 > CPU_MS_MAX) throw new Error(`it took ${(user + system) / 1000} ms`);
    const memory = process.memoryUsage().rss / 2 ** 20;
    if (memory > MEMORY_MIB_MAX) throw new Error(`the process has ${memory} MiB`);
  });
}

export const FUZZ_KINDS = Object.keys(KINDS);

/** Throws with the smallest input that fails. */
export async function fuzz(kind: string, runs: number, seed: number): Promise<void> {
  const found = KINDS[kind];
  if (found === undefined) throw new Error(`there is no kind ${kind}: ${FUZZ_KINDS.join(', ')}`);
  await fc.assert(found, { numRuns: runs, seed });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
    allowPositionals: true,
  });
  const [runs, seed] = [Number(values.runs), Number(values.seed)];
  for (const kind of positionals.length === 0 ? FUZZ_KINDS : positionals) {
    try {
      await fuzz(kind, runs, seed);
      console.log(`${kind}: ${runs} inputs, seed ${seed}`);
    } catch (error) {
      console.log(`${kind}: seed ${seed}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
