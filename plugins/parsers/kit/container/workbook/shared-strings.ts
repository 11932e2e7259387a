/** A workbook's shared strings, stored as UTF-8 in blocks and looked up by number. A setting bounds them. */
// biome-ignore-all lint/style/noNonNullAssertion: each start and length was stored with its block
import { toBytes, toText } from '../../../../../core/bytes/text.ts';
import { RelayError } from '../../../../../core/errors.ts';
import type { ByteSource } from '../../../../../core/ports/engine.ts';
import type { ContainerLimits } from '../limits.ts';
import { isBytesAt, PlainText, textStart } from '../xml/plain-text.ts';
import { streamXml } from '../xml/xml.ts';

const BLOCK_BYTES = 1 << 20;
/** Bytes per string besides its text: its place, its length, and room for the next strings. */
const ENTRY_BYTES = 16;
/** Strings per table of positions. One table that doubles in size would hold twice what it needs while it grows. */
const TABLE_STRINGS = 1 << 16;

export interface SharedStrings {
  /** Undefined if there is no such string. */
  at(index: number): string | undefined;
  /** False if there is no such string; else `bytes` has it, in UTF-8, in `[from, to)`. */
  find(index: number): boolean;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export const NO_STRINGS: SharedStrings = {
  ...{ at: () => undefined, find: () => false },
  ...{ bytes: new Uint8Array(0), from: 0, to: 0 },
};

const encoder = new TextEncoder();
const [ITEM, ITEM_END] = [encoder.encode('<si><t'), encoder.encode('</t></si>')];

/** Throws `INPUT_TOO_LARGE` past `sharedStringsBytes`, and if a string has more than `cellCharsMax` characters. */
export async function readSharedStrings(part: ByteSource, limits: ContainerLimits): Promise<SharedStrings> {
  const arena = new Arena(part.name, limits.sharedStringsBytes);
  const text = new RichText(part.name, limits.cellCharsMax);
  const plain = new PlainText();
  /** The end of a string without runs and references that starts here, which is added; -1 for any other. */
  const takePlain = (bytes: Uint8Array, at: number): number => {
    if (!isBytesAt(bytes, at, ITEM)) return -1;
    const start = textStart(bytes, at + ITEM.length);
    if (start < 0) return -1;
    const end = plain.endOf(bytes, start);
    if (end < 0 || plain.isEscaped || end - start > limits.cellCharsMax || !isBytesAt(bytes, end, ITEM_END)) return -1;
    arena.add(bytes.subarray(start, end));
    return end + ITEM_END.length;
  };
  let depth = 0;
  const handlers = {
    bulk: (bytes: Uint8Array, at: number) => {
      let end = at;
      for (let next = at; next >= 0 && depth === 0; next = takePlain(bytes, end)) end = next;
      return end;
    },
    open: (name: string) => {
      if (name === 'si') {
        depth++;
        text.start();
      } else text.open(name);
    },
    close: (name: string) => {
      if (name === 'si') {
        depth--;
        arena.add(toBytes(text.end()));
      } else text.close(name);
    },
    text: (part: string) => text.add(part),
  };
  for await (const _ of streamXml(part, handlers));
  return arena;
}

/** The text of `<si>` and `<is>`: its runs, without the phonetic guides (`rPh`) of East Asian words. */
export class RichText {
  #text = '';
  #inText = false;
  #inReading = false;
  readonly #name: string;
  readonly #charsMax: number;

  constructor(name: string, charsMax: number) {
    this.#name = name;
    this.#charsMax = charsMax;
  }

  start(): void {
    this.#text = '';
    this.#inText = false;
    this.#inReading = false;
  }

  open(name: string): void {
    if (name === 'rPh') this.#inReading = true;
    else if (name === 't') this.#inText = !this.#inReading;
  }

  close(name: string): void {
    if (name === 'rPh') this.#inReading = false;
    else if (name === 't') this.#inText = false;
  }

  add(text: string): void {
    if (!this.#inText) return;
    this.#text += text;
    if (this.#text.length > this.#charsMax * 7) throw tooLong(this.#name, this.#charsMax);
  }

  end(): string {
    const text = unescaped(this.#text);
    if (text.length > this.#charsMax) throw tooLong(this.#name, this.#charsMax);
    return text;
  }
}

/** `_x000D_` is an escaped character that XML cannot hold; `_x005F_` is an escaped `_`. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function tooLong(name: string, charsMax: number): RelayError {
  return new RelayError(
    'INPUT_TOO_LARGE',
    `${name} has a cell of more than ${charsMax} characters (LIMIT_CELL_CHARS); shorten it`,
  );
}

class Arena implements SharedStrings {
  /** What `find` found last. */
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  readonly #blocks: Uint8Array[] = [];
  #used = BLOCK_BYTES;
  /** Start (block number and offset in it) and length of each string, in tables of `TABLE_STRINGS`. */
  readonly #starts: Float64Array[] = [];
  readonly #lengths: Uint32Array[] = [];
  #count = 0;
  #bytes = 0;
  readonly #name: string;
  readonly #bytesMax: number;

  constructor(name: string, bytesMax: number) {
    this.#name = name;
    this.#bytesMax = bytesMax;
  }

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length + ENTRY_BYTES;
    if (this.#bytes > this.#bytesMax) {
      throw new RelayError(
        'INPUT_TOO_LARGE',
        `${this.#name} has more than ${this.#bytesMax} bytes of texts (LIMIT_SHARED_STRINGS_BYTES); save the sheet as CSV`,
      );
    }
    if (this.#used + bytes.length > (this.#blocks.at(-1)?.length ?? 0)) {
      this.#blocks.push(new Uint8Array(Math.max(BLOCK_BYTES, bytes.length)));
      this.#used = 0;
    }
    this.#blocks.at(-1)!.set(bytes, this.#used);
    const entry = this.#count++ % TABLE_STRINGS;
    if (entry === 0) {
      this.#starts.push(new Float64Array(TABLE_STRINGS));
      this.#lengths.push(new Uint32Array(TABLE_STRINGS));
    }
    this.#starts.at(-1)![entry] = (this.#blocks.length - 1) * 2 ** 32 + this.#used;
    this.#lengths.at(-1)![entry] = bytes.length;
    this.#used += bytes.length;
  }

  at(index: number): string | undefined {
    return this.find(index) ? toText(this.bytes, this.from, this.to) : undefined;
  }

  find(index: number): boolean {
    if (!(index >= 0 && index < this.#count)) return false;
    const table = Math.floor(index / TABLE_STRINGS);
    const entry = index % TABLE_STRINGS;
    const start = this.#starts[table]![entry]!;
    this.bytes = this.#blocks[Math.floor(start / 2 ** 32)]!;
    this.from = start % 2 ** 32;
    this.to = this.from + this.#lengths[table]![entry]!;
    return true;
  }
}
