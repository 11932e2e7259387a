/** Writes texts as JSON strings, byte by byte, as `JSON.stringify` does. */
import { toBytes } from './text.ts';

/** Bytes that one byte of a text may take: `\u001f`. */
export const JSON_GROWTH = 6;

/** By byte: its escape in a JSON string; null if it needs none. */
const ESCAPES: ReadonlyArray<Uint8Array | null> = Array.from({ length: 256 }, (_, byte) => {
  const isEscaped = byte < 0x20 || byte === 0x22 || byte === 0x5c;
  return isEscaped ? toBytes(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) : null;
});
const IS_ESCAPED = Uint8Array.from(ESCAPES, (bytes) => (bytes === null ? 0 : 1));

/** Writes UTF-8 as the inside of a JSON string; returns the position after it. */
export function writeJsonText(out: Uint8Array, at: number, text: Uint8Array): number {
  let to = at;
  for (let i = 0; i < text.length; i++) {
    // biome-ignore lint/style/noNonNullAssertion: the text's length bounds its bytes
    const byte = text[i]!;
    if (IS_ESCAPED[byte] === 0) out[to++] = byte;
    // biome-ignore lint/style/noNonNullAssertion: the text's length bounds its bytes
    else for (const one of ESCAPES[byte]!) out[to++] = one;
  }
  return to;
}
