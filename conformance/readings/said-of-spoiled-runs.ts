/** What receipts, lists, histories and differences say of runs one or two of whose files are not as they were written, in a line each. */
import { createHash } from 'node:crypto';
import { askHere } from '../../api/testing/ask-here.ts';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { toBytes, toText } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { SKU_LISTS, type SkuListName, VENDOR_LISTS } from '../../core/explain/lists/listed-sku.ts';
import type { Receipt } from '../../core/explain/receipt/receipt.ts';
import { Random } from '../oracle/generate/random.ts';
import { compareHistory } from '../publish/histories.ts';

const TENANT = 'shop';
/** Random histories of publications, whose runs are spoiled. */
const SEEDS = [6, 43, 57];
const SKUS = ['A', 'AA', 'B,1', 'C"', 'D', 'é', 'LONG-SKU-0001', 'NONE'];
export const SPOILED_COUNT = 160;
/** What takes the place of a value in a JSON file. */
const VALUES: readonly unknown[] = [null, true, 0, -1, 2, 1e15, '', 'a', 'A', 'held', '1.00', [], {}, ['A'], [1]];
const FEED = /^outputs\/merged_inventory/;
/** Without these nothing is explained, so they are seldom spoiled as a whole. */
const NEEDED = /(input_manifest|config_snapshot)\.json$/;
const BYTES = [...',"\n0A;', '\u0000'].map((char) => char.charCodeAt(0));

type RunOfHistory = { runId: string; files: ReadonlyMap<string, Uint8Array> };
let made: Promise<RunOfHistory[][]> | null = null;

/** The runs of each history, newest first. */
function histories(): Promise<RunOfHistory[][]> {
  made ??= Promise.all(
    SEEDS.map(async (seed) => {
      const runs: RunOfHistory[] = [];
      await compareHistory(seed, new Set(), {
        watch: (runId, { artifacts }) => void runs.unshift({ runId, files: new Map(artifacts.files) }),
      });
      return runs;
    }),
  );
  return made;
}

export async function ofSpoiledRun(number: number): Promise<string> {
  const random = new Random(number);
  const runs = random.pick(await histories());
  const withFeed = runs.filter(({ files }) => [...files.keys()].some((path) => FEED.test(path)));
  const { runId, files } = random.pick(random.chance(0.85) && withFeed.length > 0 ? withFeed : runs);
  const store = new MemoryArtifactFiles();
  store.chunkBytes = 4096;
  for (const run of runs)
    for (const [path, bytes] of run.files) store.objects.set(`${run.runId}/tenants/${TENANT}/${path}`, bytes);
  const done = Array.from({ length: random.int(1, 2) }, () => spoilOne(random, { store, runId, files }));
  const ask = askHere(store);
  const said: string[] = [];
  const digests: string[] = [];
  const note = async (asked: Promise<unknown>, shown: (answer: string) => string) => {
    const given = await asked.catch((error: unknown) =>
      error instanceof RelayError ? `${error.code} ${error.message}` : (error as Error).name,
    );
    const answer = typeof given === 'string' ? given : JSON.stringify(given);
    digests.push(answer);
    said.push(/^[[{]/.test(answer) ? shown(answer) : (answer.split(' ')[0] ?? ''));
  };
  for (const sku of random.shuffle(SKUS).slice(0, 3))
    await note(ask({ type: 'explain', tenantId: TENANT, runId, sku }), (answer) => {
      const { outcome, findings } = JSON.parse(answer) as Receipt;
      return [outcome, ...findings.map(({ code }) => code)].join(' ');
    });
  const list = random.pick(Object.keys(SKU_LISTS) as SkuListName[]);
  const wanted = { list, vendorId: VENDOR_LISTS.includes(list) ? 'b' : null, limit: 4, after: null };
  await note(ask({ type: 'skus', tenantId: TENANT, runId, wanted }), () => list);
  const runIds = runs.map((run) => run.runId);
  const history = { type: 'history', tenantId: TENANT, runIds, sku: random.pick(SKUS), entries: 5 } as const;
  await note(ask({ ...history, orCandidate: random.chance(0.5) }), () => 'history');
  const hash = createHash('sha256').update(digests.join('\n')).digest('hex').slice(0, 8);
  return [`${number} ${runId}`, ...done, said.join(', '), hash].join(' · ');
}

/** Changes one file of the run; returns what was done. */
function spoilOne(random: Random, { store, runId, files }: RunOfHistory & { store: MemoryArtifactFiles }): string {
  const folder = random.pick(['inbound/', 'normalized/', 'outputs/', 'reports/', 'reports/', 'side_files/']);
  const paths = [...files.keys()].sort();
  const path = random.pick(
    paths.some((one) => one.startsWith(folder)) ? paths.filter((one) => one.startsWith(folder)) : paths,
  );
  const key = `${runId}/tenants/${TENANT}/${path}`;
  const bytes = (store.objects.get(key) ?? new Uint8Array(0)).slice();
  const way = random.int(NEEDED.test(path) && random.chance(0.8) ? 2 : 0, 6);
  if (way === 0) {
    store.objects.delete(key);
    return `${path} gone`;
  }
  if (path.endsWith('.json') && way > 1) {
    const value = jsonOf(toText(bytes, 0, bytes.length));
    const where = value === null ? 'none' : changeOne(value, random);
    store.objects.set(key, toBytes(JSON.stringify(value)));
    return `${path} ${where}`;
  }
  if (way === 1) {
    store.objects.set(key, bytes.slice(0, random.int(0, bytes.length)));
    return `${path} cut`;
  }
  if (way < 4 && bytes.length > 0) {
    bytes[random.int(0, bytes.length - 1)] = random.pick(BYTES);
    store.objects.set(key, bytes);
    return `${path} byte`;
  }
  const lines = toText(bytes, 0, bytes.length).split('\n');
  const at = random.int(0, lines.length - 1);
  if (way === 4) lines.splice(at, 1);
  else if (way === 5) lines.splice(at, 0, lines[at] ?? '');
  else lines.splice(at, 1, lines.at(-2) ?? '');
  store.objects.set(key, toBytes(lines.join('\n')));
  return `${path} line ${way}`;
}

function jsonOf(text: string): object | null {
  try {
    return JSON.parse(text) as object | null;
  } catch {
    return null;
  }
}

function changeOne(root: object, random: Random): string {
  let [place, path] = [root as Record<string, unknown>, ''];
  for (;;) {
    const keys = Object.keys(place);
    if (keys.length === 0) return `${path}-`;
    const key = random.pick(keys);
    const value = place[key];
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0 && random.chance(0.8)) {
      place = value as Record<string, unknown>;
      path += `${key}.`;
      continue;
    }
    if (random.chance(0.3)) delete place[key];
    else place[key] = random.pick(VALUES);
    return `${path}${key}`;
  }
}
