/** Turns file system errors into a `RelayError`: what failed, why, and whether a retry can help. */
import { RelayError } from '../../core/errors.ts';

export function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(what, error);
  }
}

/** The same for asynchronous work. */
export async function attemptAsync<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw fileError(what, error);
  }
}

/** Returns errors that are not the system's unchanged. */
export function fileError(what: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof RelayError || code === undefined) return error;
  const [reason, relayCode] = REASONS[code] ?? [(error as Error).message, 'io_error'];
  const recovery = PASSING.has(code) ? 'retry' : 'fatal';
  return new RelayError(relayCode, `cannot ${what}: ${reason}`, { recovery, cause: error, details: { errno: code } });
}

/** Errors that pass when other processes stop, or when somebody frees space. */
const PASSING = new Set(['EBUSY', 'EMFILE', 'ENFILE', 'EAGAIN', 'ENOSPC', 'EDQUOT']);

const REASONS: Record<string, [string, string]> = {
  ENOENT: ['there is no such file', 'not_found'],
  EISDIR: ['it is a directory, not a file', 'invalid_input'],
  ENOTDIR: ['a part of its path is a file, not a folder', 'not_a_folder'],
  EEXIST: ['a file is there where a folder is needed', 'not_a_folder'],
  EACCES: ['permission is denied', 'permission_denied'],
  EPERM: ['permission is denied', 'permission_denied'],
  EROFS: ['the file system is read-only', 'permission_denied'],
  ENOSPC: ['the disk is full', 'disk_full'],
  EDQUOT: ['the disk quota is used up', 'disk_full'],
  ENAMETOOLONG: ['its name or its path is longer than the file system takes; choose shorter ones', 'invalid_input'],
  EMFILE: ['too many files are open', 'io_error'],
};
