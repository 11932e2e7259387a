/** Looks at the free space of the disk that holds a folder, so that new work is refused while there is room to end the old. */
import fsp from 'node:fs/promises';
import { RelayError } from '../../core/errors.ts';

/** Bytes that the process may still write on the disk of a folder. */
export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytesOf: FreeBytes = async (folder) => {
  const { bavail, bsize } = await fsp.statfs(folder);
  return bavail * bsize;
};

/** Throws `disk_nearly_full` if less than `minBytes` would be free after so many more. `minBytes` 0: never. */
export function roomOn(
  folder: string,
  minBytes: number,
  freeBytes: FreeBytes = freeBytesOf,
): (bytes?: number) => Promise<void> {
  return async (bytes = 0) => {
    if (minBytes === 0) return;
    // a folder that cannot be asked about is reported by the store itself
    const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
    if (free - bytes >= minBytes) return;
    const message = `the disk of ${folder} has ${free} bytes free, and MIN_FREE_BYTES is ${minBytes}; nothing new begins until some are freed`;
    throw new RelayError('disk_nearly_full', message, { recovery: 'retry', details: { path: folder, free } });
  };
}
