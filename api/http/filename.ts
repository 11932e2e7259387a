/** Names of uploaded files: what may stand at the end of an object's key and on every file system. */

/** File systems take 255 bytes; the store writes under longer, temporary names first. */
const NAME_BYTES_MAX = 200;

/** The name to store it under; null where it is no plain file name: a path, hidden, empty, too long. */
export function safeFilename(given: string): string | null {
  const name = given.normalize('NFC').trim();
  if (name === '' || new TextEncoder().encode(name).length > NAME_BYTES_MAX) return null;
  if (name.startsWith('.') || name.endsWith('.') || /[/\\\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(name)) return null;
  return name.replace(/[^\p{L}\p{M}\p{N}._()-]/gu, '_');
}
