/**
 * Strict decoders to UTF-8 for all other encodings. iconv-lite supplies the character tables, one character at a time: its own
 * streams silently replace bad bytes by U+FFFD, which some encodings also have as a real character.
 *
 * The loops are fast because iconv-lite is asked once per character, not per occurrence: single-byte tables are built before,
 * double-byte tables are filled in as characters appear. An iconv call or a string per cell would make them slow.
 */
// biome-ignore-all lint/style/noNonNullAssertion: indexes are below the lengths of chunks; tables have 256 or 65,536 entries, by byte or byte pair

import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { IllFormed, type Transcoder } from './decode-utf8.ts';

/** Decodes the bytes of one character. Returns U+FFFD or nothing if they are not a character. */
export type DecodeUnit = (bytes: Uint8Array) => string;

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

export function asciiDecoder(): Transcoder {
  let base = 0;
  return {
    write(chunk) {
      for (let i = 0; i < chunk.length; i++) {
        if (chunk[i]! >= 0x80) throw new IllFormed(base + i, chunk.subarray(0, i));
      }
      base += chunk.length;
      return chunk;
    },
    end: () => NOTHING,
  };
}

/** The UTF-8 of each byte `b`: `lengths[b]` bytes (at most 3) at `sequences[b * 4]`; length 0 if `b` is undefined. */
export interface SingleByteTable {
  lengths: Uint8Array;
  sequences: Uint8Array;
}

export function singleByteTable(decodeUnit: DecodeUnit): SingleByteTable {
  const lengths = new Uint8Array(256);
  const sequences = new Uint8Array(1024);
  for (let b = 0; b < 256; b++) {
    const text = decodeUnit(Uint8Array.of(b));
    if (text === '' || text.includes('\ufffd')) continue;
    const bytes = encoder.encode(text);
    lengths[b] = bytes.length;
    sequences.set(bytes, b * 4);
  }
  return { lengths, sequences };
}

export function singleByteDecoder({ lengths, sequences }: SingleByteTable): Transcoder {
  let base = 0;
  return {
    write(chunk) {
      const out = new Uint8Array(chunk.length * 3);
      let p = 0;
      for (let i = 0; i < chunk.length; i++) {
        const b = chunk[i]!;
        if (b < 0x80) {
          out[p++] = b;
          continue;
        }
        const n = lengths[b]!;
        if (n === 0) throw new IllFormed(base + i, out.subarray(0, p));
        for (let k = 0; k < n; k++) out[p++] = sequences[b * 4 + k]!;
      }
      base += chunk.length;
      return out.subarray(0, p);
    },
    end: () => NOTHING,
  };
}

/** The length in bytes of the character that starts with `lead`. `second` is -1 if not read yet; 0 asks for it. */
export type UnitLength = (lead: number, second: number) => number;

/** The length of a character in each multi-byte encoding. iconv-lite decides whether it is one. */
export const UNIT_LENGTHS: Readonly<Record<string, UnitLength>> = {
  shift_jis: (lead) => (lead <= 0x80 || lead === 0xa0 || (lead >= 0xa1 && lead <= 0xdf) || lead >= 0xfd ? 1 : 2),
  'euc-jp': (lead) => (lead === 0x8f ? 3 : lead === 0x8e || (lead >= 0xa1 && lead <= 0xfe) ? 2 : 1),
  gbk: (lead) => (lead <= 0x80 || lead === 0xff ? 1 : 2),
  big5: (lead) => (lead <= 0x80 || lead === 0xff ? 1 : 2),
  'euc-kr': (lead) => (lead <= 0x80 || lead === 0xff ? 1 : 2),
  gb18030: (lead, second) => {
    if (lead <= 0x80 || lead === 0xff) return 1;
    if (second < 0) return 0;
    return second >= 0x30 && second <= 0x39 ? 4 : 2;
  },
};

interface Decoded {
  /** The characters as UTF-8. */
  bytes: Uint8Array;
  /** The bytes of the input that they took; an unfinished character is left. */
  taken: number;
}

/** Carries an unfinished character over to the next chunk. `start` is the offset of the input's first byte in the file. */
function carryingDecoder(decode: (input: Uint8Array, start: number) => Decoded): Transcoder {
  let pending: Uint8Array = NOTHING;
  let base = 0;
  return {
    write(chunk) {
      const input = pending.length === 0 ? chunk : concatBytes([pending, chunk]);
      const { bytes, taken } = decode(input, base - pending.length);
      pending = input.slice(taken);
      base += chunk.length;
      return bytes;
    },
    end() {
      if (pending.length > 0) throw new IllFormed(base - pending.length, NOTHING);
      return NOTHING;
    },
  };
}

/** The gb18030 sequence of a real U+FFFD. */
const GB18030_FFFD = 0x8431a437;
const UNKNOWN = 0;
const INVALID = 255;

export function multiByteDecoder(unitLength: UnitLength, decodeUnit: DecodeUnit): Transcoder {
  // UTF-8 of one- and two-byte characters, filled in as they appear: at most four bytes, packed
  const lengths = new Uint8Array(65536);
  const packed = new Uint32Array(65536);

  function lookUp(key: number, unit: Uint8Array): number {
    const text = decodeUnit(unit);
    const bytes = text === '' || text.includes('\ufffd') ? NOTHING : encoder.encode(text);
    lengths[key] = bytes.length === 0 || bytes.length > 4 ? INVALID : bytes.length;
    let value = 0;
    for (const byte of bytes) value = value * 256 + byte;
    packed[key] = value;
    return lengths[key]!;
  }

  return carryingDecoder((input, start) => {
    const out = new Uint8Array(input.length * 3 + 8);
    let p = 0;
    let i = 0;
    while (i < input.length) {
      const lead = input[i]!;
      if (lead < 0x80) {
        out[p++] = lead;
        i++;
        continue;
      }
      const size = unitLength(lead, i + 1 < input.length ? input[i + 1]! : -1);
      if (size === 0 || i + size > input.length) break;
      if (size <= 2) {
        const key = size === 1 ? lead : (lead << 8) | input[i + 1]!;
        let n = lengths[key]!;
        if (n === UNKNOWN) n = lookUp(key, input.subarray(i, i + size));
        if (n === INVALID) throw new IllFormed(start + i, out.subarray(0, p));
        const value = packed[key]!;
        for (let k = n - 1; k >= 0; k--) out[p++] = (value >>> (k * 8)) & 255;
      } else {
        const unit = input.subarray(i, i + size);
        const text = decodeUnit(unit);
        const real = size === 4 && new DataView(unit.buffer, unit.byteOffset).getUint32(0) === GB18030_FFFD;
        if (text === '' || (text.includes('\ufffd') && !real)) throw new IllFormed(start + i, out.subarray(0, p));
        const bytes = encoder.encode(text);
        out.set(bytes, p);
        p += bytes.length;
      }
      i += size;
    }
    return { bytes: out.subarray(0, p), taken: i };
  });
}

export function utf16Decoder(littleEndian: boolean): Transcoder {
  const lowByte = littleEndian ? 0 : 1;
  return carryingDecoder((input, start) => {
    const out = new Uint8Array(((input.length >> 1) + 1) * 3);
    let p = 0;
    let i = 0;
    while (i + 2 <= input.length) {
      const c = input[i + lowByte]! | (input[i + 1 - lowByte]! << 8);
      if (c < 0x80) out[p++] = c;
      else if (c < 0x800) {
        out[p++] = 0xc0 | (c >> 6);
        out[p++] = 0x80 | (c & 63);
      } else if (c < 0xd800 || c > 0xdfff) {
        p = put3(out, p, c);
      } else {
        if (c > 0xdbff) throw new IllFormed(start + i, out.subarray(0, p));
        if (i + 4 > input.length) break;
        const d = input[i + 2 + lowByte]! | (input[i + 3 - lowByte]! << 8);
        if (d < 0xdc00 || d > 0xdfff) throw new IllFormed(start + i, out.subarray(0, p));
        p = put4(out, p, 0x10000 + ((c - 0xd800) << 10) + (d - 0xdc00));
        i += 2;
      }
      i += 2;
    }
    return { bytes: out.subarray(0, p), taken: i };
  });
}

export function utf32Decoder(littleEndian: boolean): Transcoder {
  return carryingDecoder((input, start) => {
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    const out = new Uint8Array(input.length + 4);
    let p = 0;
    let i = 0;
    for (; i + 4 <= input.length; i += 4) {
      const c = view.getUint32(i, littleEndian);
      if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) throw new IllFormed(start + i, out.subarray(0, p));
      if (c < 0x80) out[p++] = c;
      else if (c < 0x800) {
        out[p++] = 0xc0 | (c >> 6);
        out[p++] = 0x80 | (c & 63);
      } else p = c < 0x10000 ? put3(out, p, c) : put4(out, p, c);
    }
    return { bytes: out.subarray(0, p), taken: i };
  });
}

function put3(out: Uint8Array, at: number, c: number): number {
  out[at] = 0xe0 | (c >> 12);
  out[at + 1] = 0x80 | ((c >> 6) & 63);
  out[at + 2] = 0x80 | (c & 63);
  return at + 3;
}

function put4(out: Uint8Array, at: number, c: number): number {
  out[at] = 0xf0 | (c >> 18);
  out[at + 1] = 0x80 | ((c >> 12) & 63);
  out[at + 2] = 0x80 | ((c >> 6) & 63);
  out[at + 3] = 0x80 | (c & 63);
  return at + 4;
}
