/**
 * Collects examples of cells that were probably decoded wrongly, from the bytes of a feed as they pass. The examples do
 * not depend on the chunks: a cell is taken only when the bytes around it are there.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside the buffer

/** Examples per feed. */
export const SAMPLES_MAX = 2;
/** Bytes of a cell that are shown before and after the odd byte. */
const AROUND = 24;

export interface CellSample {
  /** Physical line, from 1; LF and CR LF are counted. */
  line: number;
  bytes: Uint8Array;
}

export class CellSamples {
  readonly samples: CellSample[] = [];
  readonly #isOdd: (byte: number) => boolean;
  #tail: Uint8Array = new Uint8Array(0);
  /** Bytes of the tail that were already searched. */
  #seen = 0;
  #line = 1;

  /** `isOdd` is true for a byte that makes its cell an example. For encodings in which LF is the byte 10. */
  constructor(isOdd: (byte: number) => boolean) {
    this.#isOdd = isOdd;
  }

  get isFull(): boolean {
    return this.samples.length === SAMPLES_MAX;
  }

  write(chunk: Uint8Array): void {
    if (this.isFull) return;
    const buffer = new Uint8Array(this.#tail.length + chunk.length);
    buffer.set(this.#tail);
    buffer.set(chunk, this.#tail.length);
    this.#look(buffer, Math.max(this.#seen, buffer.length - AROUND));
  }

  end(): void {
    if (!this.isFull) this.#look(this.#tail, this.#tail.length);
  }

  #look(buffer: Uint8Array, to: number): void {
    let i = this.#seen;
    for (; i < to && !this.isFull; i++) {
      const byte = buffer[i]!;
      if (byte === 10) this.#line++;
      else if (byte >= 0x80 && this.#isOdd(byte)) {
        const { bytes, end } = cellAround(buffer, i);
        this.samples.push({ line: this.#line, bytes });
        // one example per cell
        i = end - 1;
      }
    }
    const keepFrom = Math.max(0, i - AROUND);
    this.#tail = buffer.slice(keepFrom);
    this.#seen = i - keepFrom;
  }
}

/** A copy of the cell around a byte, or of the part of it that is near, and where that ends. */
export function cellAround(buffer: Uint8Array, at: number): { bytes: Uint8Array; end: number } {
  const end = cellEnd(buffer, at);
  return { bytes: buffer.slice(cellStart(buffer, at), end), end };
}

function cellStart(buffer: Uint8Array, at: number): number {
  let from = at;
  while (from > 0 && at - from < AROUND && !endsCell(buffer[from - 1]!)) from--;
  return from;
}

function cellEnd(buffer: Uint8Array, at: number): number {
  let to = at + 1;
  while (to < buffer.length && to - at < AROUND && !endsCell(buffer[to]!)) to++;
  return to;
}

/** Line ends, the usual delimiters and quotes. */
function endsCell(byte: number): boolean {
  return byte === 10 || byte === 13 || byte === 9 || byte === 44 || byte === 59 || byte === 124 || byte === 34;
}
