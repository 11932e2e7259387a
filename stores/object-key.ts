/** Valid object keys: those that mean the same on S3 and as a file path. */
import { RelayError } from '../core/errors.ts';

/** S3's limit. */
const KEY_BYTES_MAX = 1024;
/** The limit for one part between slashes: what file systems allow for a name. */
const PART_BYTES_MAX = 255;

const bytes = (text: string) => Buffer.byteLength(text, 'utf8');

/** Why a key is invalid; null if it is valid. */
export function keyProblem(key: string): string | null {
  if (key === '') return 'it is empty';
  if (bytes(key) > KEY_BYTES_MAX) return `it is longer than ${KEY_BYTES_MAX} bytes`;
  // a lone surrogate encodes as U+FFFD, so two such keys would be one file
  if (/[\0\\]|\p{Surrogate}/u.test(key)) return 'it has a NUL, a backslash or half a character';
  for (const part of key.split('/')) {
    if (part === '') return 'it starts or ends with a slash, or has two in a row';
    if (part === '.' || part === '..') return `it has the part "${part}"`;
    if (bytes(part) > PART_BYTES_MAX) return `a part of it is longer than ${PART_BYTES_MAX} bytes`;
  }
  return null;
}

/**
 * Whether lists show a key. They also show keys that `keyProblem` refuses, such as one with a backslash, so that whoever
 * looks for a file learns why it is not read.
 */
export function isListable(key: string): boolean {
  return key !== '' && !key.endsWith('/');
}

/** Throws `invalid_key`. */
export function checkKey(key: string): void {
  const problem = keyProblem(key);
  if (problem === null) return;
  throw new RelayError('invalid_key', `${JSON.stringify(key.slice(0, 200))} cannot be an object's key: ${problem}`);
}

/** Code point order, which is the order of UTF-8 bytes. Long lists are sorted with it, so it makes nothing. */
export function compareKeys(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return inCodePointOrder(x) - inCodePointOrder(y);
  }
  return a.length - b.length;
}

/** A UTF-16 unit, such that halves of code points above U+FFFF come after all others. */
function inCodePointOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
