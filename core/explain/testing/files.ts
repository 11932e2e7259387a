/** A file of a run in memory, and bytes in chunks. */
import { toBytes } from '../../bytes/text.ts';
import { RelayError } from '../../errors.ts';

export async function* chunksOf(text: string, size: number) {
  const bytes = toBytes(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Files with only one, `f`. */
export function filesOf(text: string) {
  return {
    open: async function* (path: string, range = { first: 0, last: Number.MAX_SAFE_INTEGER }) {
      if (path !== 'f') throw new RelayError('not_found', path);
      yield toBytes(text).slice(range.first, range.last + 1);
    },
  };
}

/** The files of a run by path; a value that is no text is written as JSON. */
export function runFilesOf(contents: Readonly<Record<string, unknown>>) {
  return {
    open: async function* (path: string, range = { first: 0, last: Number.MAX_SAFE_INTEGER }) {
      const content = contents[path];
      if (content === undefined) throw new RelayError('not_found', path);
      const bytes = toBytes(typeof content === 'string' ? content : JSON.stringify(content));
      yield bytes.slice(range.first, range.last + 1);
    },
  };
}
