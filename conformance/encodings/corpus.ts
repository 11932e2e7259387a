/** Feeds in every language and encoding, with few and many words, and with the text that they should give. */
import iconv from 'iconv-lite';
import { encodingInfo } from '../../plugins/parsers/kit/encoding/index.ts';
import { CORPORA, SIGNS } from './texts.ts';

export interface EncodingCase {
  language: string;
  encoding: string;
  /** Phrases outside ASCII. */
  phrases: number;
  text: string;
  bytes: Uint8Array;
}

const PLAIN = ['Desk lamp', 'Towel set', 'Wheel 17 inch', 'Garden hose', 'Screwdriver', 'Office chair', 'Wallet'];
const SIGN_ENCODINGS = [
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1250',
  'windows-1254',
  'macintosh',
  'cp850',
  'cp437',
];

/** Encodings that hardly any feed is in, one of them unknown to Relay. */
const RARE: Readonly<Record<string, readonly string[]>> = {
  ...{ el: ['cp737', 'cp869', 'macgreek'], tr: ['cp857', 'macturkish'], lt: ['cp775'], lv: ['cp775'], he: ['cp862'] },
  ...{
    pl: ['maccenteuro'],
    cs: ['maccenteuro'],
    hu: ['maccenteuro'],
    hr: ['maccroatian'],
    pt: ['cp860'],
    fr: ['cp863'],
  },
  ...{ da: ['cp865'], is: ['cp861', 'maciceland'], ru: ['mik'], ro: ['macromania'] },
};

/** `draws`: feeds of each size that are drawn for each language and encoding. */
export function* encodingCases(sizes: readonly number[], draws: number): Generator<EncodingCase> {
  for (const { language, encodings, phrases } of [
    ...CORPORA,
    { language: 'signs', encodings: SIGN_ENCODINGS, phrases: SIGNS },
  ]) {
    for (const encoding of [...encodings, ...(RARE[language] ?? [])]) {
      for (const size of sizes) {
        for (let draw = 0; draw < Math.min(draws, size >= phrases.length ? 1 : draws); draw++) {
          const text = feedOf(drawn(phrases, size, draw));
          const bytes = encoded(text, encoding);
          if (bytes !== null && !isUtf8(bytes))
            yield { language, encoding, phrases: size, text: readBack(bytes, encoding), bytes };
        }
      }
    }
  }
}

/** True for feeds in ASCII. A feed with a single word may also be UTF-8 by chance; the contract then reads it so. */
function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A feed with the phrases as titles, among plain ones. */
export function feedOf(phrases: readonly string[]): string {
  const titles = phrases.flatMap((phrase, i) => [PLAIN[i % PLAIN.length]!, phrase]);
  const rows = titles.map((title, i) => `W-${1000 + i * 7},${title},${(i * 13) % 50},${(9.5 + i).toFixed(2)}`);
  return `sku,title,quantity_available,cost\r\n${rows.join('\r\n')}\r\n`;
}

/** Some of the phrases, others for another draw; always the same ones for the same numbers. */
function drawn(phrases: readonly string[], count: number, draw: number): string[] {
  const rest = [...phrases];
  let state = draw * 7919 + count * 104_729 + 1;
  while (rest.length > count) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    rest.splice(state % rest.length, 1);
  }
  return rest;
}

/** Null where the encoding lacks a character. */
function encoded(text: string, encoding: string): Uint8Array | null {
  const source = encoding === 'windows-1258' ? tonesApart(text) : text;
  const bytes = iconv.encode(source, encodingInfo(encoding)?.iconvName ?? encoding);
  return readBack(bytes, encoding) === source ? bytes : null;
}

function readBack(bytes: Uint8Array, encoding: string): string {
  return iconv.decode(bytes as Buffer, encodingInfo(encoding)?.iconvName ?? encoding, { stripBOM: false });
}

/** Vietnamese as windows-1258 writes it: the tone after its letter. */
function tonesApart(text: string): string {
  return text.replace(/[^\u0000-\u007f]/g, (letter) => {
    const [base = '', ...marks] = letter.normalize('NFD');
    const isTone = (mark: string) => '\u0300\u0301\u0303\u0309\u0323'.includes(mark);
    return (base + marks.filter((mark) => !isTone(mark)).join('')).normalize('NFC') + marks.filter(isTone).join('');
  });
}
