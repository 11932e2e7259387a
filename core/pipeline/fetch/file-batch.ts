/** Which of a vendor's files are read together: all whose name matches, or those of them that came with the newest. */
import { RelayError } from '../../errors.ts';
import type { FilesWanted } from '../../ports/engine.ts';
import { globMatcher } from '../../text/glob.ts';

/** Matching files that are remembered before those that are too old go, beyond what a feed may have. */
const SLACK = 1_000;

export interface ListedFile {
  /** Without folders. */
  name: string;
  /** Milliseconds since 1970. */
  time: number;
}

export class FileBatch<T extends ListedFile> {
  readonly #matches: (name: string) => boolean;
  readonly #windowMs: number;
  readonly #filesMax: number;
  #files: T[] = [];
  #newest = Number.NEGATIVE_INFINITY;

  constructor({ match, withinMinutes, filesMax }: FilesWanted) {
    this.#matches = globMatcher(match);
    this.#windowMs = withinMinutes === null ? Number.POSITIVE_INFINITY : withinMinutes * 60_000;
    this.#filesMax = filesMax;
  }

  /** Files may come in any order. Throws `invalid_input` when there are far too many. */
  add(file: T): void {
    if (!this.#matches(file.name) || file.time < this.#newest - this.#windowMs) return;
    this.#files.push(file);
    this.#newest = Math.max(this.#newest, file.time);
    if (this.#files.length <= this.#filesMax + SLACK) return;
    this.#files = this.#recent();
    if (this.#files.length > this.#filesMax) throw this.#tooMany();
  }

  /** The files in code point order of their names. Throws `invalid_input` when there are too many. */
  files(): T[] {
    const files = this.#recent();
    if (files.length > this.#filesMax) throw this.#tooMany();
    return files.sort((a, b) => compare([...a.name], [...b.name]));
  }

  #recent(): T[] {
    return this.#files.filter((file) => file.time >= this.#newest - this.#windowMs);
  }

  #tooMany(): RelayError {
    const message = `more than ${this.#filesMax} files would be one feed (LIMIT_FEED_FILES); match fewer, set files.within_minutes, or remove old ones`;
    return new RelayError('invalid_input', message);
  }
}

/** By code points, which is not the order of JavaScript's strings. */
function compare(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!;
  }
  return a.length - b.length;
}
