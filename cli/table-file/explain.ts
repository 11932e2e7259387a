/** Explains why a table's file could not be read. */
import { basename } from 'node:path';
import { DecodeError, RelayError } from '../../core/errors.ts';

/** The code and message to print. An error that is neither a `RelayError` nor the system's is a bug: `internal_error`. */
export function explain(error: unknown, file: string): { code: string; message: string } {
  if (error instanceof DecodeError && error.marked) return { code: error.code, message: error.message };
  if (error instanceof DecodeError) {
    const { byte_offset: byte, line: at, encoding } = error.details;
    const hint = 'name its real encoding with --encoding, or leave --encoding out';
    return { code: error.code, message: `byte ${byte} (line ${at}) is not valid ${encoding}; ${hint}` };
  }
  if (error instanceof RelayError && error.code === 'DECODE_ERROR')
    return { code: error.code, message: `${error.message} with --encoding` };
  if (error instanceof RelayError) return { code: error.code, message: error.message };
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return { code: 'FILE_NOT_FOUND', message: 'there is no such file; check the path' };
  if (code === 'EACCES' || code === 'EPERM')
    return { code: 'FILE_UNREADABLE', message: 'there is no permission to read or write it; check its permissions' };
  if (code !== undefined)
    return { code: 'FILE_UNREADABLE', message: `${code} on reading or writing ${basename(file)}` };
  return { code: 'internal_error', message: (error as Error).message };
}
