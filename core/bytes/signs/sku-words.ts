/**
 * Finds SKUs that are not articles: what exporters and spreadsheets write in place of a value (`#N/A`, `NULL`), what
 * they wrap around one (`="007"`, `'007`), the words of total rows, and other lines of reports (`Page 1 of 4`).
 *
 * `mayBeWord` is called per row and looks at two bytes. Of those that pass it, `skuWord` tests only what `isPlainCode` is not true for.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`

/** Codes of warnings. */
export const SKU_WORDS = ['sku_no_value', 'sku_escaped', 'sku_is_total', 'sku_is_report_line'] as const;
export type SkuWord = (typeof SKU_WORDS)[number];

/** Longer SKUs are not looked at. */
const BYTES_MAX = 60;
const ANY = 1;
/** By first byte: `ANY`, or the set of second letters (bit 0 is `a`), shifted by one. The kernel reads it too. */
export const SKU_STARTS = new Uint32Array(256);
const STARTS = SKU_STARTS;
for (const sign of '#=\'-?."+_*[(<{$%`') STARTS[sign.charCodeAt(0)] = ANY;
for (const pair of 'na nu no ni tr fa un tb to su gr ge so dt di id pa se pr en eo er zw'.split(' ')) {
  const [first = 0, second = 0] = [...pair].map((letter) => letter.charCodeAt(0));
  for (const byte of [first, first - 32]) STARTS[byte]! |= 2 << (second - 97);
}
/** `0` alone: what a formula gives for an empty cell. Any bits do. */
const ZERO = 0x30;
STARTS[ZERO] = 2;
/** `n/a` */
const SLASH = 0x2f;

/** True for a SKU that `skuWord` must look at. */
export function mayBeWord(bytes: Uint8Array, from: number, to: number): boolean {
  const start = STARTS[bytes[from]!]!;
  if (start === 0 || to - from > BYTES_MAX) return false;
  if (start === ANY || to - from === 1) return start === ANY || bytes[from] === ZERO;
  const second = bytes[from + 1]! | 32;
  return second >= 97 && second <= 122 ? (start & (2 << (second - 97))) !== 0 : bytes[from + 1] === SLASH;
}

/** True for a code such as `NO-4711`: it begins with a letter, and has a digit and no white space, colon or slash. No word of these lists does. */
export function isPlainCode(bytes: Uint8Array, from: number, to: number): boolean {
  if ((bytes[from]! | 32) < 97 || (bytes[from]! | 32) > 122) return false;
  let hasDigit = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte <= 0x20 || byte === 0x3a || byte === SLASH || byte === 0xc2) return false;
    if (byte >= 0x30 && byte <= 0x39) hasDigit = true;
  }
  return hasDigit;
}

const NO_VALUE =
  /^(?:#+|#(?:n\/a|nv|ref!|bezug!|value!|wert!|name\?|div\/0!|num!|zahl!|null!|spill!|calc!|valeur!|valor!|valore!)|n\/?a|null|none|nil|nan|true|false|undefined|tbd|"+|''|dito|ditto|dto\.?|idem|0|\[object object\]|\{{1,2}[^{}]+\}{1,2}|\$\{[^{}]+\}|%(?:s|d|\(\w+\)s)|<[a-z_]{3,}>|-+|[-+=_]{3,}|\?+|\.+)$/i;
/** `="007"`, `=A1`, `'007`, `'-5`, `'AB-1`; but not `'tis`, nor a SKU in single quotes. */
const ESCAPED =
  /^(?:=.|'(?:[-=+@\d]|[^'\d]*\d)[^']*$|[“„«‘‚][^”“»’‘]*[”“»’‘]$)|`[^`]+`$|&(?:[a-z]{2,6}|#x?[\da-f]{2,5});|%(?:20|2[2-9a-f]|3[a-f])|\\u[\da-f]{4}/i;
const TOTAL =
  /^(?:(?:grand|sub)[- ]?totals?|totals?|total general|totale|totaal|summe|gesamt|gesamtsumme|zwischensumme|suma|somme|sum)(?:$|[: ])/i;

/** `Page 1 of 4`, `Printed on 5 May`, `*** End of report ***`, `EOF`, `(24 rows)`, `ERROR 1205 (HY000)`, `<br />`. */
const REPORT_LINE =
  /^(?:(?:page|pagina|seite) ?:? ?\d{1,5}(?: ?(?:of|von|de|di|van|\/) ?\d{1,5})?|(?:printed|generated|gedruckt)(?: (?:on|at|by|am|von|um)\b|: | \d).*|[*=\- ]*(?:end of (?:report|file|list|data|document|export|page)|ende der liste)[*=\-. ]*|unterschrift ?:.*|eof|trailer|\(\d{1,12} rows?(?: (?:affected|selected))?\)|error \d{3,5}\b.*|<\/?(?:br|b|p|html|body|table|pre)(?:[\s/][^<>]*)?>.*)$/i;

/** What programs write in a text that has no value, and templates that nobody filled in. In many feeds a dash or a dot means an empty cell. */
const NO_TEXT =
  /^(?:#(?:n\/a|nv|ref!|bezug!|value!|wert!|name\?|div\/0!|num!|zahl!|null!|spill!|calc!|valeur!|valor!|valore!)|n\/a|null|none|nil|nan|undefined|\[object object\]|\{\{[^{}]+\}\}|\$\{[^{}]+\})$/i;
const NO_TEXT_BYTES_MAX = 40;
/** `#VALEUR!` */
const MARK_BYTES_MAX = 8;
const NULL_BYTES = 4;
const UNDEFINED_BYTES = 9;

/** True for a text that `isNoText` must look at: few begin so and have such a length. The kernel asks for less. */
export function mayBeNoText(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 3 || length > NO_TEXT_BYTES_MAX) return false;
  switch (bytes[from]! | 32) {
    case 0x23:
      return length <= MARK_BYTES_MAX;
    // `[` and `{`
    case 0x7b:
    case 0x24:
      return bytes[to - 1] === 0x5d || bytes[to - 1] === 0x7d;
    case 0x6e:
      return length <= NULL_BYTES;
    case 0x75:
      return length === UNDEFINED_BYTES;
    default:
      return false;
  }
}

/** True for a brand or title that only says that there is none. Ask it about texts that `mayBeNoText` is true for. */
export function isNoText(text: string): boolean {
  return NO_TEXT.test(text);
}

/** Null for an ordinary SKU. */
export function skuWord(sku: string): SkuWord | null {
  if (NO_VALUE.test(sku)) return 'sku_no_value';
  if (ESCAPED.test(sku)) return 'sku_escaped';
  if (TOTAL.test(sku)) return 'sku_is_total';
  return REPORT_LINE.test(sku) ? 'sku_is_report_line' : null;
}
