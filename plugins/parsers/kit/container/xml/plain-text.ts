/** Finds the end of a text in XML by its bytes, as far as `PlainTags` would take it. */

const [TAB, NEWLINE, AMPERSAND, LESS, BRACKET, UNDERSCORE, LETTER_X] = [9, 10, 0x26, 0x3c, 0x5d, 0x5f, 0x78];
/** The references that texts have: others are rare, and are left to `PlainTags`. */
const REFERENCES = ['&amp;', '&lt;', '&gt;', '&quot;', '&apos;'].map((text) =>
  Uint8Array.from(text, (sign) => sign.charCodeAt(0)),
);

/** Kinds of bytes: 0 for those that every text may have. */
const ENDS = 1;
const LOOK = 2;
const REFUSED = 3;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === LESS) return ENDS;
  if (byte === AMPERSAND || byte === UNDERSCORE || byte === BRACKET || byte === 0xef) return LOOK;
  return byte < 0x20 && byte !== TAB && byte !== NEWLINE ? REFUSED : 0;
});

const PRESERVE = Uint8Array.from(' xml:space="preserve"', (sign) => sign.charCodeAt(0));
const GREATER = 0x3e;

/** Where the text of a `<t>` begins, of which the name ends at `at`; -1 for a tag with other attributes, or an empty element. */
export function textStart(bytes: Uint8Array, at: number): number {
  const end = isBytesAt(bytes, at, PRESERVE) ? at + PRESERVE.length : at;
  return end < bytes.length && bytes[end] === GREATER ? end + 1 : -1;
}

export class PlainText {
  /** True if the last text has references, or `_x` as escaped characters begin with. */
  isEscaped = false;

  /** The position of the `<` after a text that starts at `at`; -1 if it is incomplete or not plain. */
  endOf(bytes: Uint8Array, at: number): number {
    this.isEscaped = false;
    for (let i = at; i < bytes.length; i++) {
      // biome-ignore lint/style/noNonNullAssertion: positions are below the length of the bytes
      const kind = KINDS[bytes[i]!]!;
      if (kind === 0) continue;
      if (kind === ENDS) return i;
      if (kind === REFUSED || !this.#isPlain(bytes, i)) return -1;
    }
    return -1;
  }

  #isPlain(bytes: Uint8Array, at: number): boolean {
    switch (bytes[at]) {
      case UNDERSCORE:
        if (bytes[at + 1] === LETTER_X) this.isEscaped = true;
        return true;
      case BRACKET:
        return bytes[at + 1] !== BRACKET;
      case AMPERSAND:
        this.isEscaped = true;
        return REFERENCES.some((reference) => isBytesAt(bytes, at, reference));
      default:
        // U+FFFE and U+FFFF are among these
        return bytes[at + 1] !== 0xbf;
    }
  }
}

/** Reads nothing past the end, which would slow it down everywhere. */
export function isBytesAt(bytes: Uint8Array, at: number, what: Uint8Array): boolean {
  if (at + what.length > bytes.length) return false;
  for (let i = 0; i < what.length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
}
