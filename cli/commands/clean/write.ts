/** What `relay clean` writes: a file beside others, or standard output. */

import { lstat, mkdir, open as openFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RelayError } from '../../../core/errors.ts';

export interface CleanIo {
  stdout: (bytes: Uint8Array) => void;
  stderr: (text: string) => void;
  isTTY: boolean;
}

const TROUBLE: Readonly<Record<string, [string, string]>> = {
  EACCES: ['permission_denied', 'may not be written'],
  EPERM: ['permission_denied', 'may not be written'],
  EROFS: ['permission_denied', 'is on a read-only file system'],
  ENOSPC: ['disk_full', 'could not be written: the disk is full'],
  EDQUOT: ['disk_full', 'could not be written: the quota is used up'],
  ENOTDIR: ['not_a_folder', 'is not in a folder'],
  EEXIST: ['not_a_folder', 'is not a folder'],
};

/** Whether something else than a folder stands where the folder should be, or on the way there. */
export async function isNoFolder(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isDirectory();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}

/** A file under a temporary name, renamed when whole; or standard output. */
export async function withSink(
  file: string,
  out: string | null,
  io: CleanIo,
  body: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder();
  if (out === null) {
    await body(async (text) => {
      if (text !== '') io.stdout(encoder.encode(text));
    });
    return;
  }
  await writing(out, mkdir(out, { recursive: true }));
  const target = join(out, basename(file));
  if (resolve(target) === resolve(file) || (await sameFile(target, file))) {
    throw new RelayError('OUTPUT_IS_INPUT', `--out would write over it; name another directory`);
  }
  const temporary = `${target}.${process.pid}.tmp`;
  const handle = await writing(target, openFile(temporary, 'w'));
  try {
    await body(async (text) => {
      await writing(target, handle.write(encoder.encode(text)));
    });
    await handle.close();
    await writing(target, rename(temporary, target));
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writing<T>(path: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const [name, what] = TROUBLE[code] ?? ['FILE_UNREADABLE', `could not be written (${code})`];
    throw new RelayError(name, `--out: ${path} ${what}`);
  }
}

async function sameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await lstat(a), await stat(b)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}

/** One record of RFC 4180. */
export function line(cells: readonly string[]): string {
  // A row of one empty cell is written quoted, lest it become a blank line.
  if (cells.length === 1 && cells[0] === '') return '""\n';
  let out = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (i > 0) out += ',';
    out += /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${out}\n`;
}

export function joinHeaders(headers: readonly string[][]): string[] {
  const width = Math.max(0, ...headers.map((cells) => cells.length));
  return Array.from({ length: width }, (_, i) =>
    headers
      .map((cells) => cells[i] ?? '')
      .filter((cell) => cell !== '')
      .join(' '),
  );
}
