/** Artifact stores that each break one promise. */
import type { ArtifactStore, ObjectSink, ReadOptions, WriteOptions } from '../../../core/ports/service/objects.ts';
import type { Grant } from '../../../stores/embedded/objects/signatures.ts';
import { SignedObjects } from '../../../stores/embedded/objects/signed-objects.ts';
import { type ArtifactSubject, put } from '../artifact-subject.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';

class RemovesByPrefix extends MemoryArtifactStore {
  override async remove(key: string) {
    for (const other of this.objects.keys()) if (other.startsWith(key)) this.objects.delete(other);
    return true;
  }
}

class FindsWhatBeginsAlike extends MemoryArtifactStore {
  override async find(key: string) {
    return (await this.list(key, null, 1)).objects[0] ?? null;
  }
}

class RemovesNothing extends MemoryArtifactStore {
  override async remove() {
    return true;
  }
}

class LooksAtTheFirstPage extends MemoryArtifactStore {
  override async newest(prefix: string) {
    const { objects } = await this.list(prefix, null, 1000);
    const [newest = null] = objects.sort((a, b) => b.lastModified - a.lastModified || (a.key < b.key ? 1 : -1));
    return newest;
  }
}

class TakesAnyObject extends MemoryArtifactStore {
  override async newest(prefix: string) {
    return super.newest(prefix);
  }
}

export class ShowsUnfinishedWrites extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    const sink = await super.write(key, options);
    this.store(key, new Uint8Array(0), null);
    return sink;
  }
}

class WritesInPlace extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    const sink = await super.write(key, options);
    let written: Uint8Array = new Uint8Array(0);
    return {
      ...sink,
      write: async (bytes: Uint8Array) => {
        written = Buffer.concat([written, bytes]);
        const half = written.slice(0, written.length / 2);
        const old = this.objects.get(key)?.bytes;
        if (old !== undefined) this.store(key, Buffer.concat([half, old.subarray(half.length)]), null);
        await sink.write(bytes);
      },
    };
  }
}

class KeepsTheBuffers extends MemoryArtifactStore {
  override async write(key: string): Promise<ObjectSink> {
    const parts: Uint8Array[] = [];
    return {
      write: (bytes: Uint8Array) => void parts.push(bytes),
      close: async () => this.store(key, Buffer.concat(parts), null),
      abort: () => undefined,
    };
  }
}

class CopiesWhateverIsThere extends MemoryArtifactStore {
  override copy(from: string, to: string) {
    return super.copy(from, to);
  }
}

class TakesTheSizeForTheContent extends MemoryArtifactStore {
  protected override etagOf(bytes: Uint8Array) {
    return `size-${bytes.length}`;
  }
}

class EndsRangesTooSoon extends MemoryArtifactStore {
  override read(key: string, options: ReadOptions = {}) {
    const { range } = options;
    if (range === undefined || range.last <= range.first) return super.read(key, options);
    return super.read(key, { ...options, range: { first: range.first, last: range.last - 1 } });
  }
}

class TakesAnyKey extends MemoryArtifactStore {
  override async write() {
    return { write: () => undefined, close: async () => ({ etag: '' }), abort: () => undefined };
  }
}

class NeverExpires extends MemoryArtifactStore {
  protected override sign(grant: Grant) {
    return super.sign({ ...grant, expiresAt: Number.MAX_SAFE_INTEGER });
  }
}

/** Treats a prefix as a folder. */
class ListsFolders extends MemoryArtifactStore {
  protected override under(prefix: string) {
    return super.under(prefix).filter((one) => prefix === '' || one.key[prefix.length] === '/' || prefix.endsWith('/'));
  }
}

class LosesAbortedTargets extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    return { ...(await super.write(key, options)), abort: () => void this.objects.delete(key) };
  }
}

export class IgnoresConditions extends MemoryArtifactStore {
  protected override require() {}
}

/** Checks the condition when the write begins, not when the object appears. */
class ChecksTooSoon extends MemoryArtifactStore {
  #isOpening = false;

  override async write(key: string, options: WriteOptions = {}) {
    this.#isOpening = true;
    try {
      this.require(key, options);
    } finally {
      this.#isOpening = false;
    }
    return super.write(key, options);
  }

  protected override require(key: string, options: WriteOptions) {
    if (this.#isOpening) super.require(key, options);
  }
}

class CreatesWhatShouldBeReplaced extends MemoryArtifactStore {
  protected override require(key: string, options: WriteOptions) {
    if (this.objects.has(key) || options.ifNoneMatch) super.require(key, options);
  }
}

class SortsByUtf16 extends MemoryArtifactStore {
  protected override under(prefix: string) {
    return super.under(prefix).sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

class SignsATypeOfItsOwn extends MemoryArtifactStore {
  override async signPut(key: string, options: { expiresInSeconds: number; contentType?: string }) {
    const signed = await super.signPut(key, { contentType: 'application/octet-stream', ...options });
    return { ...signed, headers: options.contentType === undefined ? {} : signed.headers };
  }
}

export function artifactSubject(store: MemoryArtifactStore): ArtifactSubject {
  const clock = { wall: () => store.time };
  const objects = new SignedObjects({ artifacts: store, signatures: store.signatures, clock });
  return {
    store,
    peer: async (): Promise<ArtifactStore> => store,
    now: clock.wall,
    advance: async (seconds) => {
      store.time += seconds * 1000;
    },
    putMany: async (keys) => {
      for (const key of keys) await put(store, key, 'x');
    },
    putFolder: async () => undefined,
    http: (request) => objects.fetch(request),
    close: () => undefined,
  };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const ARTIFACT_DOUBLES: Readonly<Record<string, [make: () => MemoryArtifactStore, foundBy: string]>> = {
  'what begins alike is removed too': [() => new RemovesByPrefix(), 'a removed object is gone, and it alone'],
  'what begins alike is found': [
    () => new FindsWhatBeginsAlike(),
    'an object is found by its key alone, as a list shows it',
  ],
  'nothing is removed': [() => new RemovesNothing(), 'a removed object is gone, and it alone'],
  'the newest of the first page': [
    () => new LooksAtTheFirstPage(),
    'the newest is the last one by time, over more than a page, at any depth under the prefix',
  ],
  'the newest is taken whether it is wanted or not': [
    () => new TakesAnyObject(),
    'the newest is chosen among the keys that are wanted',
  ],
  'a write is seen before it is closed': [
    () => new ShowsUnfinishedWrites(),
    'an object appears whole when its sink is closed, and not before',
  ],
  'an overwrite is done in place': [() => new WritesInPlace(), 'an overwrite is whole for those who read meanwhile'],
  'buffers are kept, not copied': [() => new KeepsTheBuffers(), 'a buffer may be used again after a write'],
  'a copy ignores the etag': [
    () => new CopiesWhateverIsThere(),
    'a copy is the same object elsewhere, if the etag is still the one that was seen',
  ],
  'the etag is the size': [
    () => new TakesTheSizeForTheContent(),
    'the etag changes with the content, and reads can depend on it',
  ],
  'the last byte of a range is missing': [
    () => new EndsRangesTooSoon(),
    'ranges are exact, end with the object, and beyond it are refused',
  ],
  'any key is taken': [() => new TakesAnyKey(), 'keys that would mean another place are refused'],
  'an address never expires': [() => new NeverExpires(), 'an address ends when it expires'],
  'an address asks for a type that nobody named': [
    () => new SignsATypeOfItsOwn(),
    'an address that was made for no type takes any, and none; one that was made for a type takes that one',
  ],
  'a prefix is a folder': [
    () => new ListsFolders(),
    'a list has the keys under a prefix in code point order, over pages',
  ],
  'an aborted write deletes': [
    () => new LosesAbortedTargets(),
    'an aborted write leaves nothing, and what was there stays',
  ],
  'conditions of writes are ignored': [
    () => new IgnoresConditions(),
    'a write that must not replace an object is refused if there is one by the time it ends',
  ],
  'conditions are checked when the write begins': [
    () => new ChecksTooSoon(),
    'of many writes that may replace one state, one does',
  ],
  'a write that should replace an object makes one': [
    () => new CreatesWhatShouldBeReplaced(),
    'a write can depend on the state that it replaces',
  ],
  'keys are in UTF-16 order': [
    () => new SortsByUtf16(),
    'of objects of one time the one with the greatest key is the newest',
  ],
};
