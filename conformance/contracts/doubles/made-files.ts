/** Artifact stores in which files of publications cannot be made correctly. */
import type { ReadOptions, WriteOptions } from '../../../core/ports/service/objects.ts';
import { MemoryArtifactStore } from './memory-artifacts.ts';

class ReplacesWhatIsThere extends MemoryArtifactStore {
  protected override require(): void {}
}

class ReadsAnyState extends MemoryArtifactStore {
  override read(key: string, { ifMatch: _, ...options }: ReadOptions = {}) {
    return super.read(key, options);
  }
}

class KeepsWhatWasAborted extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    const sink = await super.write(key, options);
    return { ...sink, abort: async () => void (await sink.close()) };
  }
}

class LosesTheLastChunk extends MemoryArtifactStore {
  override async write(key: string, options: WriteOptions = {}) {
    const sink = await super.write(key, options);
    let last: Uint8Array | null = null;
    const write = async (bytes: Uint8Array) => {
      if (last !== null) await sink.write(last);
      last = bytes.slice();
    };
    return { ...sink, write };
  }
}

const GONE = 'if what a file is made of is gone, or another, nothing is left';
const TWO = 'of two processes that make a file at the same moment one is first, and the other leaves it alone';
const LARGE = 'an object of several megabytes is the same after gzip';

/** Each store, with the case that detects it. */
export const MADE_FILE_DOUBLES: Readonly<Record<string, [() => MemoryArtifactStore, string]>> = {
  'what is there is replaced': [() => new ReplacesWhatIsThere(), TWO],
  'any state is read': [() => new ReadsAnyState(), GONE],
  'what was aborted is kept': [() => new KeepsWhatWasAborted(), GONE],
  'the last chunk is lost': [() => new LosesTheLastChunk(), LARGE],
};
