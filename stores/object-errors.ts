/** The object store's errors for callers, with their codes. */
import { RelayError } from '../core/errors.ts';
import type { ReadOptions } from '../core/ports/service/objects.ts';

/** The first byte, and the one after the last. */
export function resolveRange(key: string, size: number, range: ReadOptions['range']): [number, number] {
  if (range === undefined) return [0, size];
  const { first, last } = range;
  const good = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && first < size;
  if (good) return [first, Math.min(last + 1, size)];
  const message = `${key} has ${size} bytes; there is no range ${first} to ${last} in it`;
  throw new RelayError('invalid_range', message, { details: { key, size, first, last } });
}

export function notFound(key: string): RelayError {
  return new RelayError('not_found', `there is no object ${key}`, { details: { key } });
}

export function changed(key: string): RelayError {
  return new RelayError('precondition_failed', `${key} was changed in the meantime`, { details: { key } });
}

/** The error of a write that must not replace an object. */
export function exists(key: string): RelayError {
  return new RelayError('precondition_failed', `there is an object ${key} already`, { details: { key } });
}

export function blocked(key: string): RelayError {
  const message = `${key} cannot be written: as files, no object can be where others are below it, or below another`;
  return new RelayError('invalid_key', message, { details: { key } });
}
