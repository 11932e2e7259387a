/**
 * Checks the free space on the disk of a folder, so that new work is refused while there is still room to finish the
 * old.
 */
import fsp from 'node:fs/promises';
import { RelayError } from '../../core/errors.ts';

/** Bytes that the process may still write on the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytesOf: FreeBytes = async (folder) => {
  const { bavail, bsize } = await fsp.statfs(folder);
  return bavail * bsize;
};

/**
 * Throws `disk_nearly_full` if writing so many more bytes would leave less than `minBytes` free. Never if `minBytes` is
 * 0.
 */
export function roomOn(
  folder: string,
  minBytes: number,
  freeBytes: FreeBytes = freeBytesOf,
): (bytes?: number) => Promise<void> {
  return async (bytes = 0) => {
    if (minBytes === 0) return;
    // the store itself reports a folder that cannot be read
    const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
    if (free - bytes >= minBytes) return;
    const message = `the disk of ${folder} has ${free} bytes free, and MIN_FREE_BYTES is ${minBytes}; nothing new begins until some are freed`;
    throw new RelayError('disk_nearly_full', message, { recovery: 'retry', details: { path: folder, free } });
  };
}
