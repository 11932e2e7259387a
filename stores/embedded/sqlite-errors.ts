/** Turns SQLite errors into a `RelayError`: what failed, whether a retry can help, and what to do. */
import { RelayError, type RelayErrorDetails } from '../../core/errors.ts';

interface SqliteFault {
  code: string;
  recovery: NonNullable<RelayErrorDetails['recovery']>;
  message: string;
}

/** By SQLite's primary result code, without `SQLITE_`. */
const FAULTS: Readonly<Record<string, SqliteFault>> = {
  BUSY: { code: 'store_busy', recovery: 'retry', message: 'other processes keep it locked; try again' },
  LOCKED: { code: 'store_busy', recovery: 'retry', message: 'it is locked; try again' },
  FULL: { code: 'disk_full', recovery: 'retry', message: 'the disk is full; free some space' },
  IOERR: {
    code: 'io_error',
    recovery: 'fatal',
    message: 'the disk could not be read or written; look at the disk, and at the system log',
  },
  CORRUPT: {
    code: 'store_corrupt',
    recovery: 'fatal',
    message: 'its content is damaged; stop Relay and put a backup in its place',
  },
  NOTADB: {
    code: 'store_corrupt',
    recovery: 'fatal',
    message: 'it is not a database; move the file away, or put a backup in its place',
  },
  READONLY: {
    code: 'permission_denied',
    recovery: 'fatal',
    message: 'it cannot be written; let the user that runs Relay write the file and its folder',
  },
  DBMOVED: {
    code: 'store_replaced',
    recovery: 'fatal',
    message: 'the file was moved, deleted or replaced while Relay had it open; put it back, and start Relay again',
  },
  PERM: { code: 'permission_denied', recovery: 'fatal', message: 'permission is denied; give the user access to it' },
  CANTOPEN: {
    code: 'io_error',
    recovery: 'fatal',
    message: 'it cannot be opened; it must be a file in a folder that the user that runs Relay can write',
  },
};

/** Returns errors that are not the environment's (a bug in a statement, a constraint) unchanged. */
export function databaseError(file: string, error: unknown): unknown {
  const name = resultCode(error);
  const fault = name === null ? undefined : FAULTS[name];
  if (fault === undefined) return error;
  return new RelayError(fault.code, `database ${file}: ${fault.message}`, {
    recovery: fault.recovery,
    cause: error,
    details: { path: file, sqlite: name },
  });
}

export function isBusy(error: unknown): boolean {
  const name = resultCode(error);
  return name === 'BUSY' || name === 'LOCKED';
}

/** SQLite's primary result code, without `SQLITE_` and without the extended part. */
function resultCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_READONLY_DBMOVED') return 'DBMOVED';
  // biome-ignore lint/style/noNonNullAssertion: splitting gives at least one part
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return code.split('_')[1]!;
  // libsql gives no code for a file that it cannot open
  return /^ConnectionFailed/.test(error.message) ? 'CANTOPEN' : null;
}
