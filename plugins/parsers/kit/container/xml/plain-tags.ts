/**
 * Reads the XML that spreadsheet programs write: elements, attributes in double quotes, texts, and references to
 * characters. It stops at anything else (comments, CDATA, damage of any kind), and a complete parser continues from
 * there: see `xml.ts`. So it refuses nothing, and what it accepts is well-formed. It takes a tenth of the time.
 *
 * It works on bytes, and its handlers get slices of one decoded text. Names are cached: a tag that was seen before
 * costs no string.
 */
// biome-ignore-all lint/style/noNonNullAssertion: places of attributes are stored up to their count, kinds for all codes below 128
import type { Attributes, XmlHandlers } from './xml-handlers.ts';

/** Deeper elements are left to the complete parser. */
const DEPTH_MAX = 64;
/** Handlers take whole elements in bulk up to this depth: those are not deeper than the rest of it. */
const BULK_DEPTH_MAX = 32;
/**
 * An element with more attributes is left to it, too: their names are compared in pairs, since none may occur twice.
 */
const ATTRIBUTES_MAX = 32;
/** The size of the cache of names. */
const NAMES = 256;
/** What a part may start with, up to its root element. */
const PROLOG =
  /^(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?(?: standalone="(?:yes|no)")?\?>\s{0,8})?(?=<[A-Za-z_])/;
/** More than the longest prolog, plus the first letter of the root. */
const PROLOG_CHARS = 100;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));/y;
const REFERENCES = new RegExp(REFERENCE.source, 'g');
/** Characters of the longest reference. */
const REFERENCE_CHARS = 10;

const [TAB, NEWLINE, RETURN, QUOTE, AMPERSAND, SLASH, LESS, EQUALS, GREATER, BRACKET] = [
  9, 10, 13, 0x22, 0x26, 0x2f, 0x3c, 0x3d, 0x3e, 0x5d,
];
/** No character that is written in one byte. */
const NOT_ASCII = 0x80;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Kinds of characters below 128. */
const NAME_START = 1;
const NAME_PART = 2;
const SPACE = 4;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(sign)) return NAME_START | NAME_PART;
  if (/[0-9.:-]/.test(sign)) return NAME_PART;
  return code === 0x20 || code === TAB || code === NEWLINE || code === RETURN ? SPACE : 0;
});

interface Name {
  full: string;
  bytes: Uint8Array;
  /** Without its prefix. */
  local: string;
}

export class PlainTags implements Attributes {
  readonly #handlers: XmlHandlers;
  /** The elements that are open, outermost first. */
  readonly #open: Name[] = [];
  readonly #names: Array<Name | undefined> = new Array(NAMES).fill(undefined);
  #root: string | null = null;
  #bytes: Uint8Array = new Uint8Array(0);
  /** The bytes from some tag on, decoded; only what the handlers do not take in bulk needs it. */
  #text = '';
  #isDecoded = false;
  /** The number of bytes up to the current position minus the number of characters of `#text` up to there. */
  #fewer = 0;
  /** The end of the part that was accepted. */
  #at = 0;
  #isStuck = false;
  /**
   * The attributes of the current tag, as positions of characters: start and end of the name, start and end of the
   * value.
   */
  readonly #places = new Int32Array(ATTRIBUTES_MAX * 4);
  #count = 0;

  constructor(handlers: XmlHandlers) {
    this.#handlers = handlers;
  }

  /** True if the next piece needs the complete parser, whatever follows. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  get isEnded(): boolean {
    return this.#root !== null && this.#open.length === 0;
  }

  /** XML that brings another parser to the same state. */
  get taken(): string {
    return this.isEnded ? `<${this.#root}/>` : this.#open.map(({ full }) => `<${full}>`).join('');
  }

  /**
   * Calls the handlers for complete texts and tags. Returns the end of the accepted part: the rest must be given again.
   * `bytes` is UTF-8, and starts with a whole character.
   */
  read(bytes: Uint8Array): number {
    this.#bytes = bytes;
    this.#isDecoded = false;
    this.#at = 0;
    if (this.#root === null) {
      this.#decode();
      const start = PROLOG.exec(this.#text);
      if (start === null) return bytes.length < PROLOG_CHARS ? 0 : this.#stop(0);
      this.#at = start[0].length;
    }
    while (!this.isEnded && this.#takeBulk() && this.#takeText() && this.#takeTag());
    return this.#at;
  }

  #decode(): void {
    this.#isDecoded = true;
    this.#text = decoder.decode(this.#bytes.subarray(this.#at));
    this.#fewer = this.#at;
  }

  /** False if the handlers need more bytes. What they leave is taken piece by piece. */
  #takeBulk(): boolean {
    const depth = this.#open.length;
    if (this.#handlers.bulk !== undefined && depth > 0 && depth <= BULK_DEPTH_MAX) {
      const from = this.#at;
      this.#at = this.#handlers.bulk(this.#bytes, from);
      if (this.#handlers.isWaiting === true) return false;
      if (this.#isDecoded) this.#fewer += fewerIn(this.#bytes, from, this.#at);
    }
    if (!this.#isDecoded) this.#decode();
    return true;
  }

  get(name: string): string | undefined {
    for (let i = 0; i < this.#count; i++) {
      const start = this.#places[4 * i]!;
      if (this.#places[4 * i + 1]! - start === name.length && this.#text.startsWith(name, start)) return this.#value(i);
    }
    return undefined;
  }

  prefixed(name: string): string | undefined {
    const ending = `:${name}`;
    for (let i = 0; i < this.#count; i++) {
      if (this.#text.slice(this.#places[4 * i]!, this.#places[4 * i + 1]!).endsWith(ending)) return this.#value(i);
    }
    return undefined;
  }

  #value(i: number): string {
    const value = this.#text.slice(this.#places[4 * i + 2]!, this.#places[4 * i + 3]!);
    return value.includes('&') ? withCharacters(value) : value;
  }

  #stop(at: number): number {
    this.#isStuck = true;
    return at;
  }

  /** Moves to the next tag. False if there is none yet, or if the text before it needs the complete parser. */
  #takeText(): boolean {
    const bytes = this.#bytes;
    const start = this.#at;
    const startChar = start - this.#fewer;
    let at = start;
    let isPlain = true;
    for (; ; at++) {
      if (at >= bytes.length) return false;
      const byte = bytes[at]!;
      if (byte === LESS) break;
      if (byte > BRACKET && byte < NOT_ASCII) continue;
      if (byte === AMPERSAND || byte === RETURN) isPlain = false;
      else if (!isCharacter(bytes, at)) return this.#stop(0) > 0;
      if (byte >= NOT_ASCII) this.#fewer += fewerChars(byte);
    }
    if (at === start) return true;
    const between = this.#text.slice(startChar, at - this.#fewer);
    const written = isPlain ? between : textOf(between);
    if (written === null) return this.#stop(0) > 0;
    this.#handlers.text?.(written);
    this.#at = at;
    return true;
  }

  #takeTag(): boolean {
    const next = this.#at + 1;
    if (next >= this.#bytes.length) return false;
    return this.#bytes[next] === SLASH ? this.#takeEnd() : this.#takeStart();
  }

  #takeEnd(): boolean {
    const name = this.#open.at(-1)!;
    const start = this.#at + 2;
    const end = start + name.bytes.length;
    if (end >= this.#bytes.length) return false;
    if (!isAt(this.#bytes, start, name.bytes) || this.#bytes[end] !== GREATER) return this.#stop(0) > 0;
    this.#open.pop();
    this.#at = end + 1;
    this.#handlers.close?.(name.local);
    return true;
  }

  #takeStart(): boolean {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    this.#count = 0;
    let at = this.#nameEnd(bytes, start);
    if (at < 0) return false;
    const name = this.#nameOf(bytes, start, at);
    while (isKind(bytes, at, SPACE)) {
      do at++;
      while (isKind(bytes, at, SPACE));
      if (!isKind(bytes, at, NAME_START)) break;
      at = this.#takeAttribute(bytes, at);
      if (at < 0) return false;
    }
    const isEmpty = at < bytes.length && bytes[at] === SLASH;
    if (isEmpty) at++;
    if (at >= bytes.length) return false;
    if (bytes[at] !== GREATER || this.#open.length >= DEPTH_MAX) return this.#stop(0) > 0;
    this.#root ??= name.full;
    this.#at = at + 1;
    this.#handlers.open?.(name.local, this);
    if (isEmpty) this.#handlers.close?.(name.local);
    else this.#open.push(name);
    return true;
  }

  /** The end of an attribute that starts here; -1 if it is incomplete or needs the complete parser. */
  #takeAttribute(bytes: Uint8Array, start: number): number {
    const nameEnd = this.#nameEnd(bytes, start);
    if (nameEnd < 0 || nameEnd + 1 >= bytes.length) return -1;
    if (bytes[nameEnd] !== EQUALS || bytes[nameEnd + 1] !== QUOTE) return this.#stop(-1);
    if (this.#count > 0 && (this.#count === ATTRIBUTES_MAX || this.#hasAttribute(bytes, start, nameEnd))) {
      return this.#stop(-1);
    }
    const place = 4 * this.#count;
    const places = this.#places;
    places[place] = start - this.#fewer;
    places[place + 1] = nameEnd - this.#fewer;
    places[place + 2] = nameEnd + 2 - this.#fewer;
    const end = this.#valueEnd(bytes, nameEnd + 2);
    if (end < 0) return -1;
    places[place + 3] = end - this.#fewer;
    this.#count++;
    return end + 1;
  }

  #valueEnd(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte < 0x20 || byte === LESS) return this.#stop(-1);
      if (byte >= NOT_ASCII) {
        if (!isCharacter(bytes, at)) return this.#stop(-1);
        this.#fewer += fewerChars(byte);
      } else if (byte === AMPERSAND) {
        if (at + REFERENCE_CHARS > bytes.length) return -1;
        REFERENCE.lastIndex = at - this.#fewer;
        if (characterOf(REFERENCE.exec(this.#text)) === null) return this.#stop(-1);
      }
    }
    return -1;
  }

  #hasAttribute(bytes: Uint8Array, start: number, end: number): boolean {
    return this.get(this.#nameOf(bytes, start, end).full) !== undefined;
  }

  /** -1 if there is no name, or if the bytes end with it. */
  #nameEnd(bytes: Uint8Array, start: number): number {
    if (start >= bytes.length) return -1;
    if (!isKind(bytes, start, NAME_START)) return this.#stop(-1);
    let at = start + 1;
    while (isKind(bytes, at, NAME_PART)) at++;
    return at < bytes.length ? at : -1;
  }

  #nameOf(bytes: Uint8Array, start: number, end: number): Name {
    const place = (bytes[start]! * 7 + bytes[end - 1]! * 31 + end - start) % NAMES;
    const known = this.#names[place];
    if (known !== undefined && known.bytes.length === end - start && isAt(bytes, start, known.bytes)) return known;
    const full = this.#text.slice(start - this.#fewer, end - this.#fewer);
    const name = { full, bytes: bytes.slice(start, end), local: full.slice(full.indexOf(':') + 1) };
    this.#names[place] = name;
    return name;
  }
}

/** False for a byte that XML text must not contain unescaped. */
function isCharacter(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!;
  if (byte === BRACKET) return bytes[at + 1] !== BRACKET || bytes[at + 2] !== GREATER;
  if (byte < 0x20) return byte === TAB || byte === NEWLINE;
  // U+FFFE and U+FFFF
  return byte !== 0xef || bytes[at + 1] !== 0xbf || bytes[at + 2]! < 0xbe;
}

/**
 * The difference between bytes and UTF-16 units, counted per byte: a character of two or three bytes is one unit, one
 * of four bytes is two.
 */
function fewerChars(byte: number): number {
  if (byte < 0xc0) return 1;
  return byte < 0xf0 ? 0 : -1;
}

function fewerIn(bytes: Uint8Array, from: number, to: number): number {
  let fewer = 0;
  for (let at = from; at < to; at++) if (bytes[at]! >= NOT_ASCII) fewer += fewerChars(bytes[at]!);
  return fewer;
}

function isKind(bytes: Uint8Array, at: number, kind: number): boolean {
  if (at >= bytes.length) return false;
  const byte = bytes[at]!;
  return byte < NOT_ASCII && (KINDS[byte]! & kind) !== 0;
}

function isAt(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}

/** The text with characters in place of references, and with XML's line ends; null if a reference is unknown. */
function textOf(text: string): string | null {
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    REFERENCE.lastIndex = at;
    if (characterOf(REFERENCE.exec(text)) === null) return null;
  }
  return withCharacters(text.replace(/\r\n?/g, '\n'));
}

/** The text with characters in place of references. */
export function withCharacters(text: string): string {
  return text.replace(REFERENCES, (...found) => characterOf(found as string[]) ?? '');
}

/** Null for an unknown reference, or one to a character that XML does not allow. */
function characterOf(found: readonly (string | undefined)[] | null): string | null {
  if (found === null) return null;
  const [, entity, decimal, hex] = found;
  if (entity !== undefined) return ENTITIES[entity] ?? null;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const isAllowed = code >= 0x20 ? code < 0xd800 || (code >= 0xe000 && code < 0xfffe) : [9, 10, 13].includes(code);
  return isAllowed || (code > 0xffff && code <= 0x10ffff) ? String.fromCodePoint(code) : null;
}
