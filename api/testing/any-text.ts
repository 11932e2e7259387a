/** Texts of any characters for property tests. */
import fc from 'fast-check';

const SURROGATES = { from: 0xd800, to: 0xe000 };

/** Any code point that UTF-8 has. The unit `binary` of fast-check gives the same, after a second of CPU for a map of all of them. */
const codePoint = fc
  .integer({ min: 0, max: 0x10ffff })
  .filter((code) => code < SURROGATES.from || code >= SURROGATES.to)
  .map((code) => String.fromCodePoint(code));

/** Half of them ASCII, with the texts that are dangerous as names of fields. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ maxLength }), fc.string({ unit: codePoint, maxLength }));
}
