/** Checks the names of uploaded files: they must work as the end of an object key and on every file system. */

/** File systems allow 255 bytes, and the embedded store first writes under a longer, temporary name. */
const NAME_BYTES_MAX = 200;

/** Windows forbids these in file names. */
const RESERVED = /[<>:"|?*]/;
/** Windows takes these for devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * Why a file cannot have this name; null if it can. Names are never changed: two could become one, and the second
 * upload would replace the first.
 */
export function filenameProblem(name: string): string | null {
  if (name.trim() === '') return 'is empty';
  if (/[/\\]/.test(name)) return 'must not have folders';
  if (name.startsWith('.') || name.endsWith('.')) return 'must not start or end with a dot';
  if (name !== name.trim()) return 'must not start or end with white space';
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(name)) return 'must not have control or invisible characters';
  if (RESERVED.test(name)) return 'must not have any of < > : " | ? *';
  if (DEVICE.test(name)) return 'must not be the name of a device of Windows, such as CON or NUL';
  if (name !== name.normalize('NFC')) return `must be in normal form C: ${JSON.stringify(name.normalize('NFC'))}`;
  if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) return `must not be longer than ${NAME_BYTES_MAX} bytes`;
  return null;
}
