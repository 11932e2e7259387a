/**
 * A window that moves over bytes that come in chunks of any size. Knows which part is in memory, and how far it was
 * read.
 */
import type { ScanCursor } from '../../../scan/cursor.ts';

/** Spare bytes after those in the window: the scanner writes an end mark there. */
const SLACK = 16;
const START_BYTES = 1 << 15;
const [LF, CR] = [0x0a, 0x0d];

export class TableWindow implements ScanCursor {
  bytes: Uint8Array = new Uint8Array(START_BYTES);
  at = 0;
  end = 0;
  final = false;
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #collectBytes: number;
  /** What is left of the last chunk. */
  #rest: Uint8Array = new Uint8Array(0);

  /** A chunk need only be valid until the next one is asked for. */
  constructor(chunks: AsyncGenerator<Uint8Array>, collectBytes: number) {
    this.#chunks = chunks;
    this.#collectBytes = collectBytes;
  }

  /** Drops what was read, and adds some of the bytes to come, or the last ones. */
  async fill(): Promise<void> {
    this.bytes.copyWithin(0, this.at, this.end);
    this.end -= this.at;
    this.at = 0;
    const enough = this.end + this.#collectBytes;
    while (this.end < enough && !this.final) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) this.final = true;
        else this.#rest = next.value;
      }
      const taken = this.#rest.subarray(0, enough - this.end);
      this.#rest = this.#rest.subarray(taken.length);
      this.#append(taken);
    }
  }

  /** Moves the window to other memory, where it stays until it outgrows that; false if it is too large already. */
  moveTo(room: Uint8Array): boolean {
    if (this.end + SLACK > room.length) return false;
    room.set(this.bytes.subarray(0, this.end));
    this.bytes = room;
    return true;
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  #append(chunk: Uint8Array): void {
    const needed = this.end + chunk.length + SLACK;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.end));
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }
}

/** Physical lines of rows with their line ends. */
export function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) lines++;
  }
  return lines;
}
