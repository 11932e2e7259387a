/**
 * Scratch folders: one per attempt at a run, and one per question. The name contains the run's id, or the process id of
 * the runner that was asked, so that folders of killed processes can be found.
 */
import { randomUUID } from 'node:crypto';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { isProcessAlive } from '../host/processes.ts';

/** A new name for each attempt. */
export function scratchName(runId: string): string {
  return `${runId}.${randomUUID()}`;
}

/** A new name for each question. */
export function questionScratchName(): string {
  return scratchName(`question-${process.pid}`);
}

/**
 * Removes folders of questions, and of runs that no worker is working on. Normally whoever works in a folder removes
 * it.
 */
export async function tidyScratch(root: string, isRunning: (runId: string) => Promise<boolean>): Promise<void> {
  const names = await fsp.readdir(root).catch(() => []);
  for (const name of names) {
    const id = name.slice(0, name.lastIndexOf('.'));
    const [, asked] = /^question-(\d+)$/.exec(id) ?? [];
    const isUsed = async () => (asked === undefined ? isRunning(id) : isProcessAlive(Number(asked)));
    if (id !== '' && !(await isUsed())) await fsp.rm(path.join(root, name), { recursive: true, force: true });
  }
}
