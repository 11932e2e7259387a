/**
 * Objects and jobs in memory for the simulation: the correct doubles of the contract suites, on its clock and without
 * waits.
 */
import { createHash } from 'node:crypto';
import type { ObjectInfo, ObjectSink, ReadOptions, WriteOptions } from '../../core/ports/service/objects.ts';
import { MemoryArtifactStore } from '../contracts/doubles/memory-artifacts.ts';
import { MemoryJobQueue } from '../contracts/doubles/queue.ts';

export class SimArtifactStore extends MemoryArtifactStore {
  /** Called for each object that appears. */
  onStore: (key: string, bytes: Uint8Array) => void = () => {};
  readonly #wall: () => number;
  readonly #etags: 'of each write' | 'of the content';

  constructor(wall: () => number, etags: 'of each write' | 'of the content') {
    super();
    this.#wall = wall;
    this.#etags = etags;
  }

  /** Puts an object in place, as a vendor does. */
  place(key: string, text: string): void {
    this.store(key, new TextEncoder().encode(text), null);
  }

  etagOfKey(key: string): string | null {
    return this.objects.get(key)?.info.etag ?? null;
  }

  /** The texts of the objects under a prefix. */
  textsUnder(prefix: string): Map<string, string> {
    const found = [...this.objects].filter(([key]) => key.startsWith(prefix));
    return new Map(found.map(([key, { bytes }]) => [key, new TextDecoder().decode(bytes)]));
  }

  override async read(key: string, options: ReadOptions = {}) {
    const { info } = await super.read(key, options);
    const bytes = this.objects.get(key)?.bytes ?? new Uint8Array();
    const body = (async function* () {
      yield bytes.slice();
    })();
    return { info, body };
  }

  override async write(key: string, options: WriteOptions = {}): Promise<ObjectSink> {
    const parts: Uint8Array[] = [];
    return {
      write: (bytes) => void parts.push(bytes.slice()),
      close: async () => {
        this.require(key, options);
        return this.store(key, Buffer.concat(parts), options.contentType ?? null);
      },
      abort: () => undefined,
    };
  }

  protected override store(key: string, bytes: Uint8Array, contentType: string | null): ObjectInfo {
    this.time = this.#wall();
    this.onStore(key, bytes);
    return super.store(key, bytes, contentType);
  }

  protected override etagOf(bytes: Uint8Array): string {
    return this.#etags === 'of each write' ? super.etagOf(bytes) : createHash('md5').update(bytes).digest('hex');
  }
}

export class SimJobQueue extends MemoryJobQueue {
  readonly #wall: () => number;

  constructor(wall: () => number) {
    super();
    this.#wall = wall;
    Object.defineProperty(this, 'now', { get: () => this.#wall() });
  }

  get size(): number {
    return this.messages.length;
  }

  /** Makes every message deliverable now, even one that a worker holds. */
  showAll(): void {
    for (const message of this.messages) message.visibleAt = Math.min(message.visibleAt, this.now);
  }

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }
}
