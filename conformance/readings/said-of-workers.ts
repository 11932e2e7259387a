/** What workers in trouble do: all that they ask of stores, log and measure in random histories, a line for each history. */
import { createHash } from 'node:crypto';
import { Choices } from '../simulation/choices.ts';
import { runHistory } from '../simulation/history.ts';

/** Histories with much trouble for their length, and some without. */
const SEEDS = [
  ...[131, 195, 116, 88, 198, 76, 153, 36, 188, 55, 114, 79, 132, 148, 70, 136, 202, 30, 45, 152, 200, 127, 32, 126],
  ...[129, 100, 157, 56, 43, 174, 113, 142, 40, 22, 208, 156, 53, 173, 122, 212, 0, 1, 2, 3],
];
export const WORKER_COUNT = SEEDS.length;
const KINDS = [{}, { publishing: true }, { simulating: true }, { publishing: true, places: 2 }] as const;

/** How often each event was logged, and the hash of all that happened in its order. */
export async function ofWorkers(number: number): Promise<string> {
  const hash = createHash('sha256');
  const counts = new Map<string, number>();
  const tell = (text: string) => {
    hash.update(`${text}\n`);
    const event = /^\["(\w+)"/.exec(text)?.[1] ?? (text.startsWith('{') ? 'runs' : 'calls');
    counts.set(event, (counts.get(event) ?? 0) + 1);
  };
  const seed = SEEDS[number]!;
  const { broken } = await runHistory(new Choices(seed), { ...KINDS[seed % KINDS.length], tell });
  const events = [...counts].map(([event, count]) => `${event} ${count}`);
  return [number, ...events, ...broken, hash.digest('hex').slice(0, 8)].join(' · ');
}
