/** Folders of scratch files: one for each attempt at a run, named so that what a killed process left behind can be told. */
import { randomUUID } from 'node:crypto';
import fsp from 'node:fs/promises';
import path from 'node:path';

/** A new name for an attempt at the run. */
export function scratchName(runId: string): string {
  return `${runId}.${randomUUID()}`;
}

/** Removes folders of runs that no worker has in work. A run's own worker removes its folder when it is done. */
export async function tidyScratch(root: string, isRunning: (runId: string) => Promise<boolean>): Promise<void> {
  const names = await fsp.readdir(root).catch(() => []);
  for (const name of names) {
    const runId = name.slice(0, name.lastIndexOf('.'));
    if (runId !== '' && !(await isRunning(runId)))
      await fsp.rm(path.join(root, name), { recursive: true, force: true });
  }
}
