/**
 * The port for objects: whole or absent, by key, as in S3.
 *
 * Of all ports of the service: `stores/` implements each twice, embedded and on AWS, and both pass one suite of
 * `conformance/contracts/`. A failing environment throws a `RelayError` with its recovery; outcomes that callers must
 * expect are in the results.
 */
import type { ByteSink } from '../engine.ts';

export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  /** Changes with the content. */
  etag: string;
  lastModified: number;
  contentType: string | null;
}

export interface ReadOptions {
  /** Read only if the object still has this etag; otherwise `precondition_failed`. */
  ifMatch?: string;
  /** The first and the last byte, both inclusive. */
  range?: { first: number; last: number };
}

export interface WriteOptions {
  contentType?: string;
  /** Replace only the object with this etag; otherwise `precondition_failed`. */
  ifMatch?: string;
  /** Write only if there is no object; otherwise `precondition_failed`. */
  ifNoneMatch?: true;
}

/** Takes an object's bytes. The caller may reuse a buffer once `write` is done. */
export interface ObjectSink extends Pick<ByteSink, 'write' | 'abort'> {
  /**
   * Makes the whole object appear, if the condition of the write holds at that moment. Check and write are one atomic
   * step among all conditional writes of all processes.
   */
  close(): Promise<{ etag: string }>;
}

export interface SignedPut {
  url: string;
  /** Headers that the upload must send. */
  headers: Record<string, string>;
  expiresAt: number;
}

export interface SignGetOptions {
  expiresInSeconds: number;
  /** The file name of the download. */
  filename?: string;
  contentType?: string;
}

export interface SignPutOptions {
  expiresInSeconds: number;
  contentType?: string;
  /** The tenant whose quota the upload counts against, where uploads go through Relay. */
  owner?: string;
}

/** Objects by key, as in S3: `/` separates folders only by convention, and keys sort in code point order. */
export interface ArtifactStore {
  /**
   * The newest object under a prefix, by time, then by the greatest key, over all pages. Ignores keys that end in `/`
   * and keys that are not wanted; `isWanted` is called for every key, in key order. Null if there is none.
   */
  newest(prefix: string, isWanted?: (key: string) => boolean): Promise<ObjectInfo | null>;
  /** One page of objects under a prefix in key order, and where the next one starts. */
  list(prefix: string, cursor?: string | null, limit?: number): Promise<{ objects: ObjectInfo[]; next: string | null }>;
  /**
   * The object as `list` shows it; null if there is none. Needs only the right to list, which the API always has:
   * it may not read feeds on AWS.
   */
  find(key: string): Promise<ObjectInfo | null>;
  /** Null if there is no such object. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Throws `not_found` and `precondition_failed`. */
  read(key: string, options?: ReadOptions): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> }>;
  /** The object appears, whole, when the sink is closed. Without a condition it replaces an existing one. */
  write(key: string, options?: WriteOptions): Promise<ObjectSink>;
  /** Copies within the store. Throws `not_found` and `precondition_failed`. */
  copy(from: string, to: string, options?: { ifMatch?: string }): Promise<ObjectInfo>;
  /** Returns an absolute address. Anyone who has it can read the object until it expires. */
  signGet(key: string, options: SignGetOptions): Promise<string>;
  /** Returns an absolute address that can write the object until it expires. */
  signPut(key: string, options: SignPutOptions): Promise<SignedPut>;
  /** False if there was no such object. On S3, true only means that it no longer exists. */
  remove(key: string): Promise<boolean>;
  /** Throws if the store cannot be used, and says exactly what is missing. */
  check(): Promise<void>;
}
