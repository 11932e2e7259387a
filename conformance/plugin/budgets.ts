/** Runs a plugin on a long feed made from a fixture, and measures time, memory and read-ahead. */
import v8 from 'node:v8';
import vm from 'node:vm';
import Papa from 'papaparse';
import type { AnyPlugin } from '../../core/registry.ts';
import type { MemoryFile } from '../../plugins/in-memory/ports.ts';
import type { ConformanceBudgets, PluginFixture } from './fixture.ts';
import { type FeedVariant, feedFilesOf, type Observation, reasonOf } from './observe.ts';
import { isContainer } from './variants.ts';
import { Watch } from './watch.ts';

export interface BudgetMeasurement {
  seconds: number;
  retainedBytes: number;
  lookaheadBytes: number;
  /** How much of this feed may be read ahead. */
  lookaheadMax: number;
  /** Why the long run failed where the fixture's did not; null if it did not fail. */
  failure: string | null;
}

/** The size of chunks: reading ahead shows only if more chunks follow. */
const CHUNK_BYTES = 4 * 1024;

const TURNS = 3;

export interface MeasuredRun {
  plugin: AnyPlugin;
  fixture: PluginFixture;
  observe(fixture: PluginFixture, variant: FeedVariant): Promise<Observation>;
  /** The run of the unchanged fixture. */
  reference: Observation;
  budgets: ConformanceBudgets;
}

export async function measure(
  { plugin, fixture, observe, reference, budgets }: MeasuredRun,
  clock: () => number,
): Promise<BudgetMeasurement> {
  const files = lengthened(plugin, fixture, reference, budgets.rows);
  const watch = new Watch(false);
  const measuresMemory = Number.isFinite(budgets.retainedBytes);
  const before = measuresMemory ? await bytesInUse() : 0;
  let heldBytes = 0;
  if (measuresMemory)
    watch.atFeedEnd = async () => {
      heldBytes = Math.max(heldBytes, (await bytesInUse(before + budgets.retainedBytes)) - before);
    };
  const start = clock();
  const { outcome } = (await observe(fixture, { files, chunkBytes: CHUNK_BYTES, watch, limits: {} })).run;
  const seconds = (clock() - start) / 1000;
  const after = measuresMemory ? (await bytesInUse(before + budgets.retainedBytes)) - before : 0;
  const retainedBytes = Math.max(heldBytes, after);
  const failed = outcome.status === 'FAILED' && outcome.error_code !== reference.run.outcome.error_code;
  const failure = failed ? `${outcome.error_code}: ${reasonOf(outcome)}` : null;
  return {
    seconds,
    retainedBytes,
    lookaheadBytes: watch.lookaheadBytes,
    lookaheadMax: lookaheadMax(files, budgets),
    failure,
  };
}

/** Any parser may read so much ahead of a short feed. */
const LOOKAHEAD_MIN = 64 * 1024;

/** The limit for this feed. It is below the budget for a small feed: a parser must not read all of it before its first row. */
function lookaheadMax(files: Record<string, MemoryFile>, { lookaheadBytes }: ConformanceBudgets): number {
  const texts = Object.values(files).filter(({ bytes }) => !isContainer(bytes));
  const longest = Math.max(0, ...texts.map(({ bytes }) => bytes.length));
  return longest === 0 ? lookaheadBytes : Math.min(lookaheadBytes, Math.max(LOOKAHEAD_MIN, longest / 2));
}

/** Bytes that are still reachable. Stops collecting garbage once they are at most `enough`. */
async function bytesInUse(enough = 0): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  // buffers of earlier work are freed in a later turn, and would still count now
  for (let turn = 1; ; turn++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, external } = process.memoryUsage();
    if (turn === TURNS || heapUsed + external <= enough) return heapUsed + external;
  }
}

/** The fixture's feeds with their rows repeated. Workbooks and archives stay unchanged. */
function lengthened(
  plugin: AnyPlugin,
  fixture: PluginFixture,
  reference: Observation,
  rows: number,
): Record<string, MemoryFile> {
  const times = Math.ceil(rows / fixture.rows);
  return Object.fromEntries(
    Object.entries(feedFilesOf(fixture)).map(([id, { name, bytes }]) => {
      if (isContainer(bytes)) return [id, { name, bytes }];
      const layout = reference.watch.layout;
      const own = plugin.manifest.kind === 'parser';
      const head = layout === null ? 1 : layout.skipLines + (layout.header ? (layout.headerRows ?? 1) : 0);
      return [id, { name, bytes: own ? repeated(bytes, head, times) : withOtherSkus(bytes, times) }];
    }),
  );
}

/** The text with the lines after the first `head` repeated. */
function repeated(bytes: Uint8Array, head: number, times: number): Uint8Array {
  let from = 0;
  for (let line = 0; line < head; line++) from = bytes.indexOf(10, from) + 1 || bytes.length;
  const body = bytes.subarray(from);
  const end = body.at(-1) === 10 || body.length === 0 ? [] : [10];
  const parts = [bytes.subarray(0, from), ...Array.from({ length: times }, () => [body, Uint8Array.from(end)]).flat()];
  return new Uint8Array(Buffer.concat(parts));
}

/** Canonical CSV in which repeated rows get new SKUs. */
function withOtherSkus(bytes: Uint8Array, times: number): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const rows = Papa.parse<string[]>(text, { delimiter: ',', skipEmptyLines: true }).data;
  const [header = [], ...data] = rows;
  const sku = header.indexOf('sku');
  const copies = Array.from({ length: times }, (_, i) =>
    data.map((row) => row.map((cell, at) => (at === sku && i > 0 ? `${cell}-${i}` : cell))),
  );
  return new TextEncoder().encode(Papa.unparse([header, ...copies.flat()], { newline: '\n' }));
}
