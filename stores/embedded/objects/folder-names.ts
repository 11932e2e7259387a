/**
 * The names in a folder of objects, in key order. Those of a large folder are remembered until the folder's time changes, as the file system
 * sets it with each name that comes or goes: lists are read in pages, and each page would read the whole folder again. In a process that
 * answers requests a large folder is read in parts, with pauses for others.
 */
import fs from 'node:fs';
import path from 'node:path';
import { compareKeys } from '../../object-key.ts';
import { fileError } from '../file-errors.ts';
import type { FileCalls } from './file-calls.ts';
import { isAbsent } from './object-files.ts';

/** Smaller folders are read each time. */
const REMEMBERED_MIN = 256;
/** Names that are remembered, of all folders. Each takes some 60 bytes. */
const REMEMBERED_MAX = 200_000;
/** A folder's time has steps, of two seconds on some file systems: what changes it twice within a step shows only once. */
const TIME_STEP_MS = 2500;
/** A folder of at least so many bytes may have thousands of names, and is read in parts. */
const LARGE_BYTES = 64 * 1024;
/** Names that are sorted or joined without a pause; some 2 ms. */
const PART_NAMES = 4096;

interface Known {
  state: string;
  names: readonly string[];
}

/** One reading of a folder, and the one that those wait for who came since it began: it may have passed over what they know to be there. */
interface FolderReading {
  done: Promise<readonly string[]>;
  next: Promise<readonly string[]> | null;
}

export class FolderNames {
  readonly #root: string;
  readonly #calls: FileCalls;
  readonly #now: () => number;
  readonly #max: number;
  /** In order of use: the most recent is last. */
  readonly #known = new Map<string, Known>();
  #count = 0;
  readonly #readings = new Map<string, FolderReading>();

  constructor(root: string, calls: FileCalls, now: () => number = Date.now, max = REMEMBERED_MAX) {
    this.#max = max;
    this.#root = root;
    this.#calls = calls;
    this.#now = now;
  }

  /** Of files and folders below the root; those of folders end in `/`. Empty if there is no such folder. */
  async of(base: string): Promise<readonly string[]> {
    const folder = path.join(this.#root, base);
    try {
      const stat = fs.statSync(folder, { bigint: true });
      const state = `${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`;
      const known = this.#known.get(folder);
      if (known?.state === state) {
        this.#known.delete(folder);
        this.#known.set(folder, known);
        return known.names;
      }
      this.#forget(folder);
      const age = this.#now() - Number(stat.mtimeMs);
      const names = await this.#read(folder, stat.size >= LARGE_BYTES);
      if (age > TIME_STEP_MS && names.length >= REMEMBERED_MIN) this.#remember(folder, { state, names });
      return names;
    } catch (error) {
      if (isAbsent(error)) return [];
      throw fileError(`look into ${base}`, error);
    }
  }

  #remember(folder: string, known: Known): void {
    this.#forget(folder);
    this.#known.set(folder, known);
    this.#count += known.names.length;
    for (const oldest of this.#known.keys()) {
      if (this.#count <= this.#max) break;
      this.#forget(oldest);
    }
  }

  #forget(folder: string): void {
    this.#count -= this.#known.get(folder)?.names.length ?? 0;
    this.#known.delete(folder);
  }

  /** Many who ask at once share two readings at most. */
  #read(folder: string, isLarge: boolean): Promise<readonly string[]> {
    const under = this.#readings.get(folder);
    if (under === undefined) return this.#begin(folder, isLarge);
    const again = () => this.#begin(folder, isLarge);
    under.next ??= under.done.then(again, again);
    return under.next;
  }

  #begin(folder: string, isLarge: boolean): Promise<readonly string[]> {
    const { entriesInParts } = this.#calls;
    const done =
      isLarge && entriesInParts !== undefined ? inParts(entriesInParts(folder)) : atOnce(this.#calls, folder);
    const reading: FolderReading = { done, next: null };
    this.#readings.set(folder, reading);
    const end = () => {
      if (this.#readings.get(folder) === reading) this.#readings.delete(folder);
    };
    done.then(end, end);
    return done;
  }
}

/** Sorted already, but for folders: they sort where their keys do, as all of them continue with a slash. */
async function atOnce(calls: FileCalls, folder: string): Promise<readonly string[]> {
  return namesOf(await calls.entries(folder)).sort(compareKeys);
}

async function inParts(parts: AsyncIterable<fs.Dirent[]>): Promise<readonly string[]> {
  /** Sorted lists, each more than twice as long as the next one. */
  const lists: string[][] = [];
  for await (const entries of parts) {
    lists.push(namesOf(entries).sort(compareKeys));
    await joinLast(lists, (last, before) => before < 2 * last);
    await pause();
  }
  await joinLast(lists, () => true);
  return lists[0] ?? [];
}

async function joinLast(lists: string[][], wanted: (last: number, before: number) => boolean): Promise<void> {
  for (;;) {
    const [before, last] = lists.slice(-2);
    if (before === undefined || last === undefined || !wanted(last.length, before.length)) return;
    lists.splice(-2, 2, await joined(before, last));
  }
}

async function joined(a: readonly string[], b: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (y === undefined || (x !== undefined && compareKeys(x, y) <= 0)) {
      all.push(x as string);
      i++;
    } else {
      all.push(y);
      j++;
    }
    if (all.length % PART_NAMES === 0) await pause();
  }
  return all;
}

/** Skips everything that is neither a file nor a folder. */
function namesOf(entries: readonly fs.Dirent[]): string[] {
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) names.push(`${entry.name}/`);
    else if (entry.isFile()) names.push(entry.name);
  }
  return names;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
