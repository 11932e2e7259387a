/**
 * The folder that `relay run` writes to: a run works in a temporary folder, which moves to its place when the run has
 * ended.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isProcessAlive } from '../../host/processes.ts';

/** Temporary folders are named `.relay-<process id>-…`. */
const WORK_PREFIX = '.relay-';

export function createWorkFolder(out: string): string {
  fs.mkdirSync(out, { recursive: true });
  return fs.mkdtempSync(path.join(out, `${WORK_PREFIX}${process.pid}-`));
}

/** Moves a finished run to its place, and removes an earlier run with the same id. */
export function moveIntoPlace(from: string, root: string): void {
  fs.rmSync(root, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(path.resolve(root)), { recursive: true });
  if (fs.existsSync(from)) fs.renameSync(from, path.resolve(root));
}

/** Removes the work folders of runs whose process was killed. */
export function removeAbandoned(out: string): void {
  if (!fs.existsSync(out) || !fs.statSync(out).isDirectory()) return;
  for (const name of fs.readdirSync(out)) {
    const pid = Number(/^\.relay-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isProcessAlive(pid)) fs.rmSync(path.join(out, name), { recursive: true, force: true });
  }
}
