/** Walks over the keys below a folder of objects, in key order. */
import { compareKeys } from '../../object-key.ts';
import type { FolderNames } from './folder-names.ts';

interface WantedKeys {
  prefix: string;
  /** Only keys that come after it. */
  after: string | null;
}

/** Yields the keys that start with the prefix. Reads a folder only when the walk reaches it. */
export async function* walk(wanted: WantedKeys, names: FolderNames): AsyncGenerator<string> {
  yield* walkFolder(wanted.prefix.slice(0, wanted.prefix.lastIndexOf('/') + 1), wanted, names);
}

async function* walkFolder(base: string, wanted: WantedKeys, folders: FolderNames): AsyncGenerator<string> {
  const { prefix, after } = wanted;
  const names = await folders.of(base);
  const isAfter = (key: string) => after === null || compareKeys(key, after) > 0;
  for (let i = firstOf(names, base, wanted); i < names.length; i++) {
    const key = `${base}${names[i]}`;
    const isWanted = key.startsWith(prefix);
    if (key.endsWith('/')) {
      const isOnTheWay = isWanted || prefix.startsWith(key);
      const hasMore = isAfter(key) || after?.startsWith(key) === true;
      if (isOnTheWay && hasMore) yield* walkFolder(key, wanted, folders);
    } else if (isWanted && isAfter(key)) {
      yield key;
    }
    // all keys with the prefix are neighbours
    if (!isWanted && compareKeys(key, prefix) > 0) return;
  }
}

/** The index of the first name that may lead to a wanted key. */
function firstOf(names: readonly string[], base: string, { prefix, after }: WantedKeys): number {
  const from = after !== null && compareKeys(after, prefix) > 0 ? after : prefix;
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(`${base}${names[middle]}`, from) < 0) low = middle + 1;
    else high = middle;
  }
  // the one before may be the folder that it lies in
  return Math.max(0, low - 1);
}
