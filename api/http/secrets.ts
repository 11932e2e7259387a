/** Makes keys, ids and hashes from the web crypto that is passed in. */
import type { KeyKind } from '../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../deps.ts';

type WebCrypto = ApiDeps['crypto'];

/** The prefix of tenant keys and feed links, so that people and secret scanners recognize one. */
const KEY_PREFIX = 'relay_';
/** The prefix of admin keys that Relay makes. */
export const ADMIN_KEY_PREFIX = 'rk_admin_';
const KEY_IN_TEXT = new RegExp(`(${KEY_PREFIX}|${ADMIN_KEY_PREFIX})[A-Za-z0-9_-]{16,}`, 'g');
const KEY_BYTES = 32;
/** Lower-case base 32, without letters that look like digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_TIME_DIGITS = 10;
const ID_RANDOM_BYTES = 16;
/** To ask for random bytes takes as long for one id, of which each request gets one, as for so many. */
const IDS_AT_ONCE = 256;

/** 256 random bits. */
export function newSecret(kind: KeyKind, crypto: WebCrypto): string {
  return `${KEY_PREFIX}${kind === 'api' ? '' : `${kind}_`}${base32(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))}`;
}

/** An id that nobody can guess. Ids sort by time. */
export function newId(kind: 'run' | 'key' | 'link' | 'req' | 'sim', crypto: WebCrypto, now: number): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(now)); time.length < ID_TIME_DIGITS; rest = Math.floor(rest / 32)) {
    time = `${ALPHABET[rest % 32]}${time}`;
  }
  return `${kind}_${time}${base32(idBytes(crypto))}`;
}

interface IdBytes {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where those begin that no id has had. */
  next: number;
}

const waitingBytes = new WeakMap<WebCrypto, IdBytes>();

/** Random bytes for one id. */
function idBytes(crypto: WebCrypto): Uint8Array {
  let waiting = waitingBytes.get(crypto);
  if (waiting === undefined || waiting.next === waiting.bytes.length) {
    waiting = { bytes: crypto.getRandomValues(new Uint8Array(IDS_AT_ONCE * ID_RANDOM_BYTES)), next: 0 };
    waitingBytes.set(crypto, waiting);
  }
  const from = waiting.next;
  waiting.next += ID_RANDOM_BYTES;
  return waiting.bytes.subarray(from, waiting.next);
}

/** Lower-case hexadecimal. */
export function sha256(text: string, crypto: WebCrypto): Promise<string> {
  return sha256OfBytes(new TextEncoder().encode(text), crypto);
}

/**
 * Like `sha256`, for every request. A hasher takes a twentieth of the time: web crypto sends even a few bytes to
 * another thread.
 */
export async function quickSha256(
  text: string,
  { createHasher, crypto }: Pick<ApiDeps, 'createHasher' | 'crypto'>,
): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  if (createHasher === null) return sha256OfBytes(bytes, crypto);
  const hasher = createHasher();
  hasher.update(bytes);
  return hasher.digest();
}

/** Lower-case hexadecimal. */
export async function sha256OfBytes(bytes: Uint8Array<ArrayBuffer>, crypto: WebCrypto): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The time depends only on the length. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ (b.charCodeAt(i % Math.max(1, b.length)) || 0);
  return difference === 0;
}

/** Masks every key in a text. */
export function withoutSecrets(text: string): string {
  return text.replace(KEY_IN_TEXT, '$1…');
}

/** Five bits per character; bits left over at the end are dropped. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return text;
}
