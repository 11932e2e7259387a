/** What the cases of `ArtifactStore` work on, and their helpers for writing and reading. */
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { Subject } from './support.ts';

export interface ArtifactSubject extends Subject {
  store: ArtifactStore;
  /** Another client of the same objects, as another process has. */
  peer(): Promise<ArtifactStore>;
  /** The store's time, in milliseconds, and a way to let it go on. */
  now(): number;
  advance(seconds: number): Promise<void>;
  /** Writes small objects, all with the same time. */
  putMany(keys: readonly string[]): Promise<void>;
  /** Makes a folder as people do by hand: an object whose key ends in a slash, or a directory. */
  putFolder(key: string): Promise<void>;
  /** Sends a request to a signed address. */
  http(request: Request): Promise<Response>;
}

export async function put(
  store: ArtifactStore,
  key: string,
  content: string | Uint8Array,
  contentType?: string,
): Promise<void> {
  const sink = await store.write(key, contentType === undefined ? {} : { contentType });
  await sink.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  await sink.close();
}

/** All chunks, kept until the end, as a server may keep them. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

export async function readAll(store: ArtifactStore, key: string): Promise<Uint8Array> {
  return bytesOf((await store.read(key)).body);
}

export const decoded = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The longest pattern so far: all shorter ones are its start. */
let longest = new Uint8Array(0);

/** Bytes that do not repeat soon. */
export function pattern(size: number): Uint8Array {
  if (size > longest.length) longest = madePattern(size);
  return longest.slice(0, size);
}

function madePattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0, state = 7; i < size; i++) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    bytes[i] = state >> 16;
  }
  return bytes;
}
