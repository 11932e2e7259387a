/**
 * Opens files that users name or that are in their folders. Reads only ordinary files: a pipe waits for a writer, and a
 * device may never end. Follows links; `requireInside` refuses links that lead out of a folder.
 */
import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../core/errors.ts';
import { attempt } from '../stores/embedded/file-errors.ts';

/** Opens the file for reading. Throws `invalid_input` for a file that is not ordinary, without waiting for anything. */
export function openOrdinaryFile(file: string): { fd: number; stat: fs.Stats } {
  return attempt(`read ${file}`, () => {
    // opening a pipe would wait for its writer, so test first
    requireOrdinary(file, statIfThere(file) ?? fs.statSync(file));
    const fd = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    try {
      const stat = fs.fstatSync(fd);
      requireOrdinary(file, stat);
      return { fd, stat };
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  });
}

/** Null if there is no such file. Throws `invalid_input` for links that lead in a circle. */
export function statIfThere(file: string): fs.Stats | null {
  return attempt(`read ${file}`, () => {
    try {
      return fs.statSync(file, { throwIfNoEntry: false }) ?? null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
      throw new RelayError('invalid_input', `cannot read ${file}: its links lead in a circle`);
    }
  });
}

/** Throws `invalid_input` if it is a folder, pipe, socket or device. */
export function requireOrdinary(file: string, stat: fs.Stats): void {
  if (stat.isFile()) return;
  throw new RelayError('invalid_input', `cannot read ${file}: it is ${kindOf(stat)}, not an ordinary file`);
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a pipe';
  if (stat.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * Throws `invalid_input` if the file has changed since `before`: the bytes may be half of one version and half of
 * another.
 */
export function requireUnchanged(file: string, fd: number, before: fs.Stats, bytesRead: number): void {
  const now = attempt(`read ${file}`, () => fs.fstatSync(fd));
  if (now.size === bytesRead && now.size === before.size && now.mtimeMs === before.mtimeMs) return;
  throw new RelayError(
    'invalid_input',
    `${file} changed while it was read (${before.size} bytes, now ${now.size}): wait until it is complete, then try again`,
  );
}

/** Throws `invalid_input` if the file, with all links followed, is not in the folder. */
export function requireInside(folder: string, file: string): void {
  const [inner, outer] = [file, folder].map((one) => attempt(`read ${one}`, () => fs.realpathSync(one))) as [
    string,
    string,
  ];
  const relative = path.relative(outer, inner);
  if (relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative))
    return;
  throw new RelayError(
    'invalid_input',
    `${file} is outside the input folder: it leads to ${inner}; put a copy there, or allow it with --follow-links`,
  );
}
