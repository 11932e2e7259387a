/** A temporary folder for one test. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Calls `use` with a new folder and removes the folder afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-test-'));
  try {
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
