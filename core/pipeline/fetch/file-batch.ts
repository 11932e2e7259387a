/** Picks the files that make up one feed: all whose names match, or of those only the ones that came with the newest. */
import { RelayError } from '../../errors.ts';
import type { FilesWanted } from '../../ports/engine.ts';
import { globMatcher } from '../../text/glob.ts';

/** Files kept beyond the limit before the oldest are dropped: a long listing must not fill the memory. */
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

  /** Takes files in any order. Throws `invalid_input` if far too many match. */
  add(file: T): void {
    if (!this.#matches(file.name) || file.time < this.#newest - this.#windowMs) return;
    this.#files.push(file);
    this.#newest = Math.max(this.#newest, file.time);
    if (this.#files.length <= this.#filesMax + SLACK) return;
    this.#files = this.#recent();
    if (this.#files.length > this.#filesMax) throw this.#tooMany();
  }

  /** The files in code point order of their names. Throws `invalid_input` if there are too many. */
  files(): T[] {
    const files = this.#recent();
    if (files.length > this.#filesMax) throw this.#tooMany();
    return files.sort((a, b) => compareCodePoints(a.name, b.name));
  }

  #recent(): T[] {
    return this.#files.filter((file) => file.time >= this.#newest - this.#windowMs);
  }

  #tooMany(): RelayError {
    const message = `more than ${this.#filesMax} files make up one feed (LIMIT_FEED_FILES); match fewer, set files.within_minutes, or remove old ones`;
    return new RelayError('invalid_input', message);
  }
}

/** By code points; JavaScript compares strings by UTF-16 code units. */
function compareCodePoints(a: string, b: string): number {
  const others = [...b];
  for (const [i, unit] of [...a].entries()) {
    const other = others[i];
    if (other === undefined) return 1;
    if (unit !== other) return (unit.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
  }
  return [...a].length - others.length;
}
