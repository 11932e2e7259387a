/**
 * A folder in memory for the temporary files of tests. Tests write thousands of small files, and waiting for the disk would take
 * a third of their time. Where there is no such folder, tests use the usual temporary folder.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** Several times what the folder of the tests may grow to. */
const FREE_BYTES = 2 * 2 ** 30;

/** Calls `run` with a new folder in memory, or with none if there is too little room or `TMPDIR` names a place. */
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

/** Makes this the temporary folder of the current process. */
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
    // not Linux, or no permission to write
    return undefined;
  }
}

/** Containers often mount memory without permission to execute; some tests start programs that they write. */
function runsPrograms(folder: string): boolean {
  const program = path.join(folder, 'program');
  fs.writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  const { status } = spawnSync(program);
  fs.rmSync(program);
  return status === 0;
}
