/** Bytes to text (contract 3, "Decoding"): a BOM wins, otherwise the declared encoding, strictly. */

import iconv from 'iconv-lite';

export interface Decoded {
  text: string;
  encoding: string;
}

export interface Undecodable {
  encoding: string;
  /** The byte offset of the first sequence that does not decode, counted with the BOM. */
  offset: number;
  /** The physical line of that sequence, from 1. */
  line: number;
}

const BOMS: [number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** Decodes strictly. DOS end marks at the end are removed, with line ends and NULs among and after them. */
export function decode(bytes: Uint8Array, declared: string): Decoded | Undecodable {
  const decoded = decodeAll(bytes, declared);
  if (!('text' in decoded)) return decoded;
  let end = decoded.text.length;
  while (end > 0 && '\x1a\r\n\0'.includes(decoded.text.charAt(end - 1))) end--;
  const mark = decoded.text.indexOf('\x1a', end);
  return mark < 0 ? decoded : { ...decoded, text: decoded.text.slice(0, mark) };
}

function decodeAll(bytes: Uint8Array, declared: string): Decoded | Undecodable {
  for (const [mark, encoding] of BOMS) {
    if (mark.every((byte, i) => bytes[i] === byte)) return strictly(bytes, mark.length, encoding);
  }
  const label = canonicalLabel(declared);
  if (label !== 'auto') return strictly(bytes, 0, label);
  const asUtf8 = strictly(bytes, 0, 'utf-8');
  return 'text' in asUtf8 ? asUtf8 : strictly(bytes, 0, 'windows-1252');
}

/** The number of line ends in `text`: CRLF, LF or CR. */
export function lineEnds(text: string): number {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\n' || (text[i] === '\r' && text[i + 1] !== '\n')) n++;
  }
  return n;
}

function canonicalLabel(declared: string): string {
  const bare = declared.toLowerCase().replaceAll('_', '').replaceAll('-', '');
  const known: Record<string, string> = {
    auto: 'auto',
    utf8: 'utf-8',
    utf16: 'utf-16le',
    utf16le: 'utf-16le',
    utf16be: 'utf-16be',
    windows1252: 'windows-1252',
    cp1252: 'windows-1252',
    iso88591: 'iso-8859-1',
    latin1: 'iso-8859-1',
    shiftjis: 'shift_jis',
    ascii: 'ascii',
    usascii: 'ascii',
  };
  return known[bare] ?? declared;
}

function strictly(bytes: Uint8Array, skip: number, encoding: string): Decoded | Undecodable {
  const body = bytes.subarray(skip);
  if (encoding.startsWith('utf-')) return strictUnicode(body, skip, encoding);
  if (encoding === 'ascii') {
    const at = body.findIndex((byte) => byte > 0x7f);
    if (at < 0) return { text: iconv.decode(Buffer.from(body), 'latin1'), encoding };
    return {
      encoding,
      offset: skip + at,
      line: 1 + lineEnds(iconv.decode(Buffer.from(body.subarray(0, at)), 'latin1')),
    };
  }
  // None of these character sets has U+FFFD, so in the text it stands for undecodable bytes.
  const text = iconv.decode(Buffer.from(body), encoding, { stripBOM: false });
  const at = text.indexOf('\ufffd');
  if (at < 0) return { text, encoding };
  const good = text.slice(0, at);
  return { encoding, offset: skip + iconv.encode(good, encoding).length, line: 1 + lineEnds(good) };
}

function strictUnicode(body: Uint8Array, skip: number, encoding: string): Decoded | Undecodable {
  const attempt = (part: Uint8Array, stream: boolean): string | undefined => {
    try {
      // A new decoder each time; a second BOM is content.
      return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(part, { stream });
    } catch {
      return undefined;
    }
  };
  const text = attempt(body, false);
  if (text !== undefined) return { text, encoding };
  // Find the longest prefix that decodes, by halving: it ends before the bad sequence.
  let low = 0;
  let high = body.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (attempt(body.subarray(0, middle), true) === undefined) high = middle - 1;
    else low = middle;
  }
  const good = attempt(body.subarray(0, low), true) ?? '';
  const size = encoding === 'utf-8' ? new TextEncoder().encode(good).length : good.length * 2;
  return { encoding, offset: skip + size, line: 1 + lineEnds(good) };
}
