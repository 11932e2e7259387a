/** A temporary folder and an in-memory terminal, for tests that run commands in their own process. */
import fs from 'node:fs';
import path from 'node:path';
import { main } from '../relay.ts';

export { inFolder } from '../../stores/testing/folder.ts';

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** With the default buffers Node would collect garbage in each run (it does for every 64 MiB), which costs more than the run. */
export const SMALL_BUFFERS = { MEMORY_SORT_BYTES: String(4 << 20) };

/** Runs `relay ARGS` without the real environment and with small buffers. `isTTY` is for standard error, or for `both` outputs. */
export async function relay(
  argv: readonly string[],
  env: Record<string, string> = {},
  isTTY: boolean | 'both' = false,
  onStderr: () => void = () => {},
): Promise<CommandResult> {
  const out: Uint8Array[] = [];
  let stderr = '';
  const code = await main(argv, {
    stdout: (data) => out.push(typeof data === 'string' ? new TextEncoder().encode(data) : data.slice()),
    stderr: (text) => {
      stderr += text;
      onStderr();
    },
    isTTY: isTTY !== false,
    stdoutIsTTY: isTTY === 'both',
    env: { ...SMALL_BUFFERS, ...env },
  });
  return { code, stdout: Buffer.concat(out).toString('utf8'), stderr };
}

/** Writes a file below a folder and creates the folders between. */
export function writeFileIn(folder: string, name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

/** The sorted paths of all files below a folder. */
export function filesIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
