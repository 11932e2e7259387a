/**
 * Tells whether a SQLite file was changed, by anybody, without a lock and in two microseconds: each commit raises a counter in the
 * file's header. SQLite keeps the pages that it has in memory by the same counter.
 */
import fs from 'node:fs';

/** Where the header says how the file is written and read: 1 is by a journal. The counter follows. */
const FORMAT_AT = 18;
const BY_JOURNAL = 0x01_01;
const COUNTER_AT = 24;
const BYTES = COUNTER_AT + 4 - FORMAT_AT;

interface SharedFile {
  descriptor: number;
  users: number;
}

/** By device and inode. To close any descriptor of a file drops all of SQLite's locks on it in this process: they share one. */
const sharedFiles = new Map<string, SharedFile>();

export class ChangeCounter {
  readonly #name: string;
  readonly #file: SharedFile;
  readonly #header = Buffer.alloc(BYTES);

  constructor(file: string) {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    this.#name = `${dev} ${ino}`;
    this.#file = sharedFiles.get(this.#name) ?? { descriptor: fs.openSync(file, 'r'), users: 0 };
    this.#file.users++;
    sharedFiles.set(this.#name, this.#file);
  }

  /**
   * Equal numbers mean the same content. Null if that is not known: the file is new, written in another way, or cannot be read, which
   * SQLite then says.
   */
  read(): number | null {
    const header = this.#header;
    try {
      if (fs.readSync(this.#file.descriptor, header, 0, BYTES, FORMAT_AT) !== BYTES) return null;
    } catch {
      return null;
    }
    return header.readUInt16BE(0) === BY_JOURNAL ? header.readUInt32BE(COUNTER_AT - FORMAT_AT) : null;
  }

  /** Called once, when SQLite has closed the file. */
  close(): void {
    if (--this.#file.users > 0) return;
    sharedFiles.delete(this.#name);
    fs.closeSync(this.#file.descriptor);
  }
}
