/** Scratch folders, one per attempt at a run. The name has the run's id, so that folders of killed processes can be found. */
import { randomUUID } from 'node:crypto';
import fsp from 'node:fs/promises';
import path from 'node:path';

/** A new name for each attempt. */
export function scratchName(runId: string): string {
  return `${runId}.${randomUUID()}`;
}

/** Removes the folders of runs that no worker is working on. A worker removes its own folder at the end. */
export async function tidyScratch(root: string, isRunning: (runId: string) => Promise<boolean>): Promise<void> {
  const names = await fsp.readdir(root).catch(() => []);
  for (const name of names) {
    const runId = name.slice(0, name.lastIndexOf('.'));
    if (runId !== '' && !(await isRunning(runId)))
      await fsp.rm(path.join(root, name), { recursive: true, force: true });
  }
}
