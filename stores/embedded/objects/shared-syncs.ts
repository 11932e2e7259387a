/**
 * Files that are finished in the same turn wait for the disk together. A sync of a journaling file system waits for a commit of
 * its journal; those that wait at the same time share one. See decision 0041.
 */
import type { FileCalls, OpenFile } from './file-calls.ts';
import { syncFolder, syncOnPool } from './object-files.ts';

interface Finished {
  file: Pick<OpenFile, 'fd' | 'sync'>;
  /** Gives the file its name once its bytes are on disk. Returns the folders that have new names. */
  name(): Promise<Iterable<string>>;
  isRejected: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

export class SharedSyncs {
  readonly #calls: FileCalls;
  #finished: Finished[] = [];

  constructor(calls: FileCalls) {
    this.#calls = calls;
  }

  /** Resolves when bytes and names survive a power cut. */
  finish(file: Finished['file'], name: Finished['name']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finished.push({ file, name, isRejected: false, resolve, reject });
      // runs when this turn has nothing left to do
      if (this.#finished.length === 1) process.nextTick(() => void this.#finishAll(this.#finished.splice(0)));
    });
  }

  async #finishAll(all: readonly Finished[]): Promise<void> {
    const isAlone = all.length === 1;
    await forEach(all, ({ file }) => (isAlone ? file.sync() : syncOnPool(file.fd)));
    const folders = new Set<string>();
    await forEach(all, async ({ name }) => {
      for (const folder of await name()) folders.add(folder);
    });
    const kept = Promise.all([...folders].map((folder) => syncFolder(folder, this.#calls, folders.size > 1)));
    await forEach(all, async () => void (await kept));
    for (const { isRejected, resolve } of all) if (!isRejected) resolve();
  }
}

/** Takes a step with all files for which no step has failed yet. */
async function forEach(all: readonly Finished[], step: (one: Finished) => Promise<void> | void): Promise<void> {
  const take = async (one: Finished) => {
    try {
      if (!one.isRejected) await step(one);
    } catch (error) {
      one.isRejected = true;
      one.reject(error);
    }
  };
  await Promise.all(all.map(take));
}
