/** The engine's ports in memory, for tests and for authors of plugins. */
import { createHash } from 'node:crypto';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { SKU_MAP, sideFileMissing } from '../../core/pipeline/fetch/named-files.ts';
import type { ByteSink, ByteSource, FoundInput, RunArtifacts, RunInputs, Scratch } from '../../core/ports/engine.ts';

/**
 * A source that gives its bytes in chunks of a set size, each a copy. A lent chunk is overwritten when the next one is
 * asked for.
 */
export function memorySource(name: string, bytes: Uint8Array, chunkBytes = 64 * 1024): ByteSource {
  return {
    name,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.slice(at, at + chunkBytes);
    },
    async *lend() {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        // of a Buffer, `slice` would be no copy
        const chunk = new Uint8Array(bytes.subarray(at, at + chunkBytes));
        yield chunk;
        chunk.fill(0xff);
      }
    },
  };
}

export class MemoryArtifacts implements RunArtifacts {
  readonly files = new Map<string, Uint8Array>();
  /** Sinks that were neither closed nor aborted. */
  open = 0;
  readonly #chunkBytes: number;
  readonly #afterWrite: () => void | Promise<void>;

  /** `afterWrite`: what each write of a sink takes, besides. */
  constructor(chunkBytes = 64 * 1024, afterWrite: () => void | Promise<void> = () => {}) {
    this.#chunkBytes = chunkBytes;
    this.#afterWrite = afterWrite;
  }

  create(path: string): ByteSink {
    const parts: Uint8Array[] = [];
    this.open++;
    return {
      write: (bytes) => {
        parts.push(bytes.slice());
        return this.#afterWrite();
      },
      close: () => {
        this.open--;
        this.files.set(path, new Uint8Array(Buffer.concat(parts)));
      },
      abort: () => {
        this.open--;
      },
    };
  }

  source(path: string): ByteSource {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new RelayError('not_found', `no artifact ${path}`);
    return memorySource(path.slice(path.lastIndexOf('/') + 1), bytes, this.#chunkBytes);
  }

  text(path: string): string | undefined {
    const bytes = this.files.get(path);
    return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }
}

export class MemoryScratch implements Scratch {
  /** Files that were created, and those not removed yet. */
  created = 0;
  live = 0;

  create() {
    let bytes = new Uint8Array(0);
    let used = 0;
    this.created++;
    this.live++;
    return {
      write: (more: Uint8Array) => {
        if (used + more.length > bytes.length) {
          // twice as large: many small writes must not copy all before them each time
          const larger = new Uint8Array(Math.max(2 * bytes.length, used + more.length));
          larger.set(bytes.subarray(0, used));
          bytes = larger;
        }
        bytes.set(more, used);
        used += more.length;
      },
      read: (position: number, into: Uint8Array) => {
        const part = bytes.subarray(position, Math.min(used, position + into.length));
        into.set(part);
        return part.length;
      },
      remove: () => {
        this.live--;
      },
    };
  }
}

export interface MemoryFile {
  name: string;
  bytes: Uint8Array;
  /** ISO 8601; the same time for all files unless given. */
  modified?: string;
}

/** Inputs by vendor id; SKU maps by vendor id; other side files by their path or key. */
export function memoryInputs(
  files: Readonly<Record<string, MemoryFile | readonly MemoryFile[] | undefined>>,
  skuMaps: Readonly<Record<string, Uint8Array | undefined>> = {},
  chunkBytes = 64 * 1024,
  sideFiles: Readonly<Record<string, Uint8Array | undefined>> = {},
): RunInputs {
  return {
    find: async ({ vendor_id }: VendorConfig): Promise<FoundInput[]> => {
      const given = [files[vendor_id] ?? []].flat() as MemoryFile[];
      return given.map(({ modified, ...file }) => ({
        ...found(file.name, file.bytes, chunkBytes),
        ...(modified === undefined ? {} : { last_modified: modified }),
      }));
    },
    expectedPrefix: ({ vendor_id }) => `${vendor_id}/`,
    sideFile: async (vendor, name, { s3_key, local_path }) => {
      const where = s3_key ?? local_path ?? '';
      const bytes = name === SKU_MAP ? skuMaps[vendor.vendor_id] : sideFiles[where];
      if (bytes === undefined) throw sideFileMissing(vendor, name, where);
      return found(where.slice(where.lastIndexOf('/') + 1), bytes, chunkBytes);
    },
  };
}

function found(name: string, bytes: Uint8Array, chunkBytes: number): FoundInput {
  return {
    source: memorySource(name, bytes, chunkBytes),
    s3_key: null,
    etag: null,
    size: bytes.length,
    last_modified: '2026-01-01T00:00:00.000Z',
  };
}

export const createHasher = () => {
  const hash = createHash('sha256');
  return {
    update: (bytes: Uint8Array) => {
      hash.update(bytes);
    },
    digest: () => hash.digest('hex'),
  };
};
