/** Feeds in the encodings of the corpus, whole and spoiled, and declared rightly, wrongly and not at all. */
import { type EncodingCase, encodingCases } from '../../encodings/corpus.ts';
import { Random } from '../../oracle/generate/random.ts';

export interface SpoiledBytes {
  name: string;
  bytes: Uint8Array;
  declared: string;
}

const CASES: readonly EncodingCase[] = [...encodingCases([1, 3, 8], 1)];

const insert = (bytes: Uint8Array, at: number, more: readonly number[]): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), Uint8Array.from(more), bytes.subarray(at)]);

/** Ways to spoil the bytes of a feed. `at` is somewhere in them. */
const WAYS: Record<string, (one: EncodingCase, at: number, random: Random) => Uint8Array> = {
  whole: ({ bytes }) => bytes,
  'as UTF-8': ({ text }) => Buffer.from(text),
  'as UTF-8 with a mark': ({ text }) => Buffer.from(`\ufeff${text}`),
  'encoded twice': ({ text }) => Buffer.from(Buffer.from(text).toString('latin1')),
  'with letters lost': ({ text }) => Buffer.from(text.replace(/[^\x00-\x7f]/g, '?')),
  'with replacement characters': ({ text }) => Buffer.from(text.replace(/[^\x00-\x7f]/, '\ufffd')),
  'as UTF-16': ({ text }) => Buffer.from(text, 'utf16le'),
  'as UTF-16 with a mark': ({ text }) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-8 and a byte that is not': ({ text }, at) => insert(Buffer.from(text), at, [0xe9]),
  'UTF-8 and a cut sequence': ({ text }) => insert(Buffer.from(text), Buffer.byteLength(text), [0xe2, 0x82]),
  'with an end mark': ({ bytes }) => insert(bytes, bytes.length, [0x1a]),
  'with padding': ({ bytes }) => insert(bytes, bytes.length, [0, 0, 0, 0]),
  'with an end mark and padding': ({ bytes }) => insert(bytes, bytes.length, [0x1a, 0, 0]),
  'with a strange byte': ({ bytes }, at, random) => insert(bytes, at, [random.int(0x80, 0xff)]),
  'with control bytes': ({ bytes }, at) => insert(bytes, at, [0x85, 0x99, 0x41]),
  'with an escape sequence': ({ bytes }, at) => insert(bytes, at, [0x1b, 0x24, 0x42]),
  'with a long word': ({ bytes }, at, random) =>
    insert(bytes, at, [...Array(random.pick([20, 70, 4100])).fill(0x78), 0xe9, 0x20]),
  'with much between': ({ bytes }, at, random) => insert(bytes, at, Array(random.int(60, 200)).fill(0x20)),
  'with words between': ({ bytes }, at, random) =>
    insert(
      bytes,
      at,
      Array.from({ length: 30 }, () => [...Buffer.from(random.pick([' Kettle', ' lamp', ' oak,', ' of']))]).flat(),
    ),
  'cut off': ({ bytes }, at) => bytes.subarray(0, at),
  'ASCII only': () => Buffer.from('sku,title\nA1,Lamp\n'),
  empty: () => Buffer.alloc(0),
};

const DECLARED = [
  'auto',
  'auto',
  'auto',
  'utf-8',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1250',
  'shift_jis',
  'us-ascii',
  'utf-16',
  'own',
];

export function spoiledBytes(number: number): SpoiledBytes {
  const random = new Random(number * 15_485_863);
  const one = random.pick(CASES);
  const names = Object.keys(WAYS);
  const way = names[number % names.length]!;
  const bytes = WAYS[way]!(one, random.int(0, one.bytes.length), random);
  const label = random.pick(DECLARED);
  const declared = label === 'own' ? one.encoding : label;
  return { name: `${one.phrases} of ${one.language} in ${one.encoding} ${way}, declared ${declared}`, bytes, declared };
}
