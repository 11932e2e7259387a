/** Decodes bytes in any encoding to UTF-8, strictly: bytes that do not decode are a `DecodeError`, never U+FFFD. */
// biome-ignore-all lint/style/noNonNullAssertion: `ENCODINGS` names the iconv table of each encoding that has one, and units have bytes

import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { DecodeError, RelayError } from '../../../../../core/errors.ts';
import { didYouMean } from '../../../../../core/text/suggest.ts';
import { ENCODING_NAMES, type EncodingInfo, encodingInfo } from '../names.ts';
import {
  asciiDecoder,
  type DecodeUnit,
  multiByteDecoder,
  type SingleByteTable,
  singleByteDecoder,
  singleByteTable,
  UNIT_LENGTHS,
  utf16Decoder,
  utf32Decoder,
} from './decode-units.ts';
import { IllFormed, lineCounter, type Transcoder, utf8Checker } from './decode-utf8.ts';
import { withoutEndMark } from './end-mark.ts';

/** Byte order marks by encoding. A longer mark comes before its prefix. */
export const BOMS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The encoding of the byte order mark at the start of `head` (4 bytes are enough), or null. */
export function bomOf(head: Uint8Array): { encoding: string; bytes: number } | null {
  for (const [encoding, mark] of BOMS) {
    if (mark.every((byte, i) => head[i] === byte)) return { encoding, bytes: mark.length };
  }
  return null;
}

/**
 * Transcodes to UTF-8, chunk by chunk. Yields everything before an ill-formed sequence. Removes end marks (0x1A) at the
 * end, and a leading byte order mark of `encoding`. For `utf-16` and `utf-32` the mark decides the byte order; without
 * one they are little endian. UTF-8 chunks are not copied. Throws `DecodeError` with the offset (from 0) and line (from
 * 1) of the first ill-formed sequence, and `RelayError` `UNKNOWN_ENCODING` for an unknown label.
 *
 * `reopen` opens the same bytes again. If it is given, lines are not counted during decoding; a second pass counts them
 * after an error.
 */
export function decodeToUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
  reopen: Reopen | null = null,
): AsyncIterable<Uint8Array> {
  return withoutEndMark(transcode(chunks, encoding, reopen));
}

export type Reopen = () => AsyncIterable<Uint8Array>;

/** Yields one chunk for each chunk that it gets. */
async function* transcode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
  reopen: Reopen | null,
): AsyncIterable<Uint8Array> {
  const info = requireEncoding(encoding);
  const iterator = chunks[Symbol.asyncIterator]();
  let finished = false;
  try {
    const head = await readHead(iterator);
    finished = head.ended;
    const mark = markFor(info.name, head.bytes);
    const name = mark?.encoding ?? info.name;
    const skipped = mark?.bytes ?? 0;
    const transcoder = await transcoderFor(info, name);
    const lines = reopen === null ? lineCounter() : null;

    // the text before an error is yielded in full, so that the rows before it do not depend on the chunks
    const run = async function* (step: () => Uint8Array): AsyncGenerator<Uint8Array> {
      let failure: IllFormed | null = null;
      let out: Uint8Array;
      try {
        out = step();
      } catch (error) {
        if (!(error instanceof IllFormed)) throw error;
        failure = error;
        out = error.before;
      }
      lines?.add(out);
      if (out.length > 0) yield out;
      if (failure === null) return;
      if (reopen !== null) await findAgain(reopen(), encoding);
      throw new DecodeError(name, skipped + failure.offset, (lines?.lines() ?? 0) + 1, skipped > 0);
    };

    yield* run(() => transcoder.write(head.bytes.subarray(skipped)));
    while (!finished) {
      const next = await iterator.next();
      if (next.done) {
        finished = true;
        break;
      }
      yield* run(() => transcoder.write(next.value));
    }
    yield* run(() => transcoder.end());
  } finally {
    if (!finished) await iterator.return?.();
  }
}

/** Decodes again and throws the same error, now with its line. */
async function findAgain(chunks: AsyncIterable<Uint8Array>, encoding: string): Promise<never> {
  for await (const _ of transcode(chunks, encoding, null));
  throw new RelayError('invalid_input', 'the file changed while it was read');
}

/** The encoding behind a label. Throws `RelayError` `UNKNOWN_ENCODING`. */
export function requireEncoding(label: string): EncodingInfo {
  const info = encodingInfo(label);
  if (info !== null) return info;
  throw new RelayError(
    'UNKNOWN_ENCODING',
    `encoding "${label}" is not known${didYouMean(label, ENCODING_NAMES)}; use one of ${ENCODING_NAMES.join(', ')}`,
    { details: { encoding: label } },
  );
}

/** A strict decoder. Loads iconv-lite only if its tables are needed. */
export async function transcoderFor(info: EncodingInfo, name: string): Promise<Transcoder> {
  switch (info.family) {
    case 'utf-8':
      return utf8Checker();
    case 'ascii':
      return asciiDecoder();
    case 'utf-16':
      return utf16Decoder(name !== 'utf-16be');
    case 'utf-32':
      return utf32Decoder(name !== 'utf-32be');
    case 'single-byte':
      return singleByteDecoder(await tableOf(info));
    case 'multi-byte':
      return multiByteDecoder(UNIT_LENGTHS[info.name]!, await unitDecoder(info));
  }
}

const TABLES = new Map<string, SingleByteTable>();

/** Detection needs each table several times per file. */
async function tableOf(info: EncodingInfo): Promise<SingleByteTable> {
  const known = TABLES.get(info.name);
  if (known !== undefined) return known;
  const table = singleByteTable(await unitDecoder(info));
  TABLES.set(info.name, table);
  return table;
}

async function unitDecoder(info: EncodingInfo): Promise<DecodeUnit> {
  const { default: iconv } = await import('iconv-lite');
  const name = info.iconvName!;
  if (info.name !== 'macintosh') return (bytes) => iconv.decode(bytes as Buffer, name, { stripBOM: false });
  // iconv-lite has the currency sign at 0xDB, as before 1998, and nothing at 0xF0, where Apple has its logo
  const macintosh: Record<number, string> = { 219: '€', 240: '\uf8ff' };
  return (bytes) => macintosh[bytes[0]!] ?? iconv.decode(bytes as Buffer, name, { stripBOM: false });
}

function markFor(name: string, head: Uint8Array): { encoding: string; bytes: number } | null {
  if (name === 'utf-16' || name === 'utf-32') {
    for (const order of ['le', 'be']) {
      const bytes = markLength(name + order, head);
      if (bytes > 0) return { encoding: name + order, bytes };
    }
    return null;
  }
  const bytes = markLength(name, head);
  return bytes > 0 ? { encoding: name, bytes } : null;
}

function markLength(name: string, head: Uint8Array): number {
  const mark = BOMS.find(([encoding]) => encoding === name)?.[1] ?? [];
  return mark.every((byte, i) => head[i] === byte) ? mark.length : 0;
}

/** Length of the longest byte order mark. */
const HEAD_BYTES = 4;

/** At least four bytes, if the file has them, so that a BOM split over chunks is seen whole. */
async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<{ bytes: Uint8Array; ended: boolean }> {
  let bytes: Uint8Array = new Uint8Array(0);
  while (bytes.length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) return { bytes, ended: true };
    // the source may reuse a chunk's buffer for the next one
    if (bytes.length === 0) bytes = next.value.length < HEAD_BYTES ? next.value.slice() : next.value;
    else bytes = concatBytes([bytes, next.value]);
  }
  return { bytes, ended: false };
}

/** Bytes that are at hand, as a source gives them. */
export async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
