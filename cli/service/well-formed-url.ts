/**
 * Addresses with escapes that are no UTF-8, such as `%ff`. Whoever decodes one by trial throws and catches an error at each of them, and
 * thousands fit into an address: tens of milliseconds of the loop for a request that needs no key. Here such escapes are escaped
 * themselves, once, so that they mean the text that they are and decode without an error.
 */

const HEX = '[0-9a-f]';
const NEXT = `%[89ab]${HEX}`;
/** The escapes of one character. */
const CHARACTER = [
  `%[0-7]${HEX}`,
  `%(?:c[2-9a-f]|d${HEX})${NEXT}`,
  `%(?:e0%[ab]|ed%[89])${HEX}${NEXT}`,
  `%e[1-9a-cef]${NEXT}${NEXT}`,
  `%(?:f0%[9ab]|f[1-3]%[89ab]|f4%8)${HEX}${NEXT}${NEXT}`,
].join('|');
const CHARACTERS = new RegExp(`^(?:${CHARACTER})+$`, 'i');
/** Neighbouring escapes, which are decoded together. */
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;
/** Percent signs that begin no escape. */
const BARE = /%(?![0-9a-f]{2})/gi;

/** The address, with `%25` for the percent signs of escapes that cannot be decoded. */
export function wellFormedUrl(url: string): string {
  if (!url.includes('%')) return url;
  const decodable = url.replace(ESCAPES, (one) => (CHARACTERS.test(one) ? one : one.replaceAll('%', '%25')));
  return decodable.replace(BARE, '%25');
}
