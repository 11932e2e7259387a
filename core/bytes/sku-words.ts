/**
 * Finds SKUs that are not articles: what exporters and spreadsheets write in place of a value (`#N/A`, `NULL`), what
 * they wrap around one (`="007"`, `'007`), and the words of total rows.
 *
 * `mayBeWord` is called per row and looks at two bytes; the few SKUs that pass it become strings.
 */
// biome-ignore-all lint/style/noNonNullAssertion: every index is inside `[from, to)`

/** Codes of warnings. */
export const SKU_WORDS = ['sku_no_value', 'sku_escaped', 'sku_is_total'] as const;
export type SkuWord = (typeof SKU_WORDS)[number];

/** Longer SKUs are not looked at. */
const BYTES_MAX = 60;
const ANY = 1;
/** By first byte: `ANY`, or the set of second letters (bit 0 is `a`), shifted by one. The kernel reads it too. */
export const SKU_STARTS = new Uint32Array(256);
const STARTS = SKU_STARTS;
for (const sign of '#=\'-?."+_') STARTS[sign.charCodeAt(0)] = ANY;
for (const pair of 'na nu no ni tr fa un tb to su gr ge so dt di id'.split(' ')) {
  const [first = 0, second = 0] = [...pair].map((letter) => letter.charCodeAt(0));
  for (const byte of [first, first - 32]) STARTS[byte]! |= 2 << (second - 97);
}
/** `n/a` */
const SLASH = 0x2f;

/** True for a SKU that `skuWord` must look at. */
export function mayBeWord(bytes: Uint8Array, from: number, to: number): boolean {
  const start = STARTS[bytes[from]!]!;
  if (start === 0 || to - from > BYTES_MAX) return false;
  if (start === ANY || to - from === 1) return start === ANY;
  const second = bytes[from + 1]! | 32;
  return second >= 97 && second <= 122 ? (start & (2 << (second - 97))) !== 0 : bytes[from + 1] === SLASH;
}

const NO_VALUE =
  /^(?:#+|#(?:n\/a|nv|ref!|bezug!|value!|wert!|name\?|div\/0!|num!|zahl!|null!|spill!|calc!|valeur!|valor!|valore!)|n\/?a|null|none|nil|nan|true|false|undefined|tbd|"+|''|dito|ditto|dto\.?|idem|-+|[-+=_]{3,}|\?+|\.+)$/i;
/** `="007"`, `=A1`, `'007`, `'-5`, `'AB-1`; but not `'tis`, nor a SKU in single quotes. */
const ESCAPED =
  /^(?:=.|'(?:[-=+@\d]|[^'\d]*\d)[^']*$|[“„«‘‚][^”“»’‘]*[”“»’‘]$)|&(?:[a-z]{2,6}|#x?[\da-f]{2,5});|%(?:20|2[2-9a-f]|3[a-f])/i;
const TOTAL =
  /^(?:(?:grand|sub)[- ]?totals?|totals?|total general|totale|totaal|summe|gesamt|gesamtsumme|zwischensumme|suma|somme|sum)(?:$|[: ])/i;

/** Null for an ordinary SKU. */
export function skuWord(sku: string): SkuWord | null {
  if (NO_VALUE.test(sku)) return 'sku_no_value';
  if (ESCAPED.test(sku)) return 'sku_escaped';
  return TOTAL.test(sku) ? 'sku_is_total' : null;
}
