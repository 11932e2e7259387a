/** Texts that were read in an encoding with another number of bytes for a character. */

const CHARS_MIN = 8;
/** The share of the characters that must be NUL. */
const NUL_SHARE = 0.3;
/** The share that must be made of two letters: less in a longer text, where the bytes may be UTF-8 of other scripts, too. */
const PAIR_SHARE = { short: 0.9, long: 0.65 };
const LONG_CHARS = 16;
/** The first byte of every hiragana letter, whose second one is mostly plain. */
const HIRAGANA = 0x30;

/** What is wrong with the encoding, and what to do; null if the text does not show it. */
export function misreadHint(text: string): string | null {
  if (text.length < CHARS_MIN) return null;
  let nuls = 0;
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0) nuls++;
    else if (isPlain(code >> 8) && isPlain(code & 0xff) && code >> 8 !== HIRAGANA) pairs++;
  }
  if (nuls >= text.length * NUL_SHARE) {
    const order = text.charCodeAt(0) === 0 ? 'utf-16be' : 'utf-16le';
    return `every other character is NUL: the file may be UTF-16; try parser.encoding "${order}" or "auto"`;
  }
  if (pairs < text.length * (text.length < LONG_CHARS ? PAIR_SHARE.short : PAIR_SHARE.long)) return null;
  return 'the characters are made of two letters each: the file may not be UTF-16; try parser.encoding "utf-8" or "auto"';
}

/** True for a byte of plain ASCII text. */
function isPlain(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
