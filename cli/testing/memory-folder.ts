/**
 * A folder in memory for the temporary files of tests: they write small files by the thousand and wait for each to be on its disk, which
 * takes a third of their time and says nothing about the code. Where there is no such folder, tests use the temporary folder as it is.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** What a tests' folder may grow to, several times over. */
const FREE_BYTES = 2 * 2 ** 30;

/** Runs with a new folder in memory, or with none where there is too little room, or someone chose a place with `TMPDIR`. */
export async function withMemoryFolder(run: (folder?: string) => Promise<number>): Promise<number> {
  const folder = process.env.TMPDIR === undefined ? newFolder() : undefined;
  if (folder === undefined) return run();
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  const stop = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    return await run(folder);
  } finally {
    remove();
  }
}

/** For the process of a test: what it makes from now on in the temporary folder is in this one. */
export function keepTemporaryFilesIn(folder: string): void {
  process.env.TMPDIR = folder;
}

function newFolder(): string | undefined {
  try {
    const { bavail, bsize } = fs.statfsSync(MEMORY);
    if (bavail * bsize < FREE_BYTES) return undefined;
    const folder = fs.mkdtempSync(path.join(MEMORY, 'relay-tests-'));
    if (runsPrograms(folder)) return folder;
    fs.rmSync(folder, { recursive: true });
    return undefined;
  } catch {
    // no Linux, or not ours to write to
    return undefined;
  }
}

/** Containers often mount memory so that nothing in it can be started; some tests start what they write. */
function runsPrograms(folder: string): boolean {
  const program = path.join(folder, 'program');
  fs.writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  fs.rmSync(program);
  return status === 0;
}
