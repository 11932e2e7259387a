/** Arbitrary texts for property tests. */
import fc from 'fast-check';

const SURROGATES = { from: 0xd800, to: 0xe000 };

/** Any code point that UTF-8 can encode. fast-check's own `binary` unit first spends a second of CPU on a map of them all. */
const codePoint = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < SURROGATES.from || code >= SURROGATES.to)
  .map((code) => String.fromCodePoint(code));

/** Half of the texts are ASCII, and some are names that are dangerous as field names, such as `__proto__`. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ maxLength }), fc.string({ unit: codePoint, maxLength }));
}
