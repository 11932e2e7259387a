/** Bytes in chunks, and their text, for tests of encodings. */
import { decodeToUtf8 } from '../index.ts';

export async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += size) yield bytes.slice(i, i + size);
}

export async function decode(bytes: Uint8Array, encoding: string, size = 7): Promise<string> {
  const out: Uint8Array[] = [];
  for await (const chunk of decodeToUtf8(cut(bytes, size), encoding)) out.push(Uint8Array.from(chunk));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(out));
}
