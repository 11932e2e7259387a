/**
 * Keeps a plugin from ending the process of its tests: some test runners count a test file that ends early as passed.
 */
import type { Watch } from './watch.ts';

/** The runs in progress. */
const watches = new Set<Watch>();
const { exit } = process;

const trap = ((code) => {
  for (const watch of watches) watch.blame('answers', `it ends the process (exit code ${code ?? 0})`);
  throw new Error('a plugin may not end the process');
}) as typeof exit;

export async function withoutExit<T>(watch: Watch, work: () => Promise<T>): Promise<T> {
  watches.add(watch);
  process.exit = trap;
  try {
    return await work();
  } finally {
    watches.delete(watch);
    if (watches.size === 0) process.exit = exit;
  }
}
