/** What the stores answer to random calls, a line for each history of them. */
import { createHash } from 'node:crypto';
import { openEmbeddedStores } from '../../stores/embedded/index.ts';
import { inFolder } from '../../stores/testing/folder.ts';
import { memoryTables } from '../../stores/testing/memory-tables.ts';
import { Random } from '../oracle/generate/random.ts';
import { type CalledStores, StoreCalls } from './invented/store-calls.ts';

export const STORES_COUNT = 32;
const CALLS = 240;
const START = Date.parse('2026-11-01T06:00:00Z');

const digest = (lines: readonly string[]) => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);

/** Even lines: the embedded stores. Odd ones: the stores on AWS, on tables in memory, without jobs. */
async function madeCalls(number: number): Promise<string[]> {
  let calls: StoreCalls;
  const make = async (stores: CalledStores) => {
    calls = new StoreCalls(stores, new Random(number), START);
    await calls.make(CALLS);
    return calls.lines;
  };
  if (number % 2 === 1) return make(memoryTables().open());
  return inFolder(async (root) => {
    let ids = 0;
    const clock = { wall: () => calls.now };
    const secrets = { createId: () => `id-${++ids}`, signingSecret: new Uint8Array(32), baseUrl: '' };
    const stores = await openEmbeddedStores({ root, clock, ...secrets });
    return make(stores).finally(() => stores.close());
  });
}

/** The number of calls of each kind, and the hash of their answers. */
export async function ofStores(number: number): Promise<string> {
  const { random } = Math;
  // the places of uploads
  Math.random = () => 0.25;
  const lines = await madeCalls(number).finally(() => {
    Math.random = random;
  });
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const group = line.slice(0, line.indexOf(' '));
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  const facts = [...groups].sort().map(([group, own]) => `${group} ${own.length} ${digest(own)}`);
  return [number, number % 2 === 1 ? 'AWS' : 'embedded', ...facts].join(' · ');
}
