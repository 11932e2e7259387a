/** Splits headers into words, which other files look up in several languages. */

/**
 * ASCII and Chinese characters, as most headers have alone: letters without accents, and of ASCII alone with a case. What is made of these needs no tables
 * of Unicode, for which V8 takes a millisecond and more at the first header.
 */
const PLAIN = /^[\0-\x7f\u4e00-\u9fcc]*$/;

export function isPlainHeader(header: string): boolean {
  return PLAIN.test(header);
}

/** The words in lower case, without accents, with `camelCase` and `#` split. */
export function headerWords(header: string): string[] {
  if (isPlainHeader(header)) {
    return header
      .replace(/MwSt|USt(?![a-z])/g, (tax) => tax.toLowerCase())
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replaceAll('#', ' no ')
      .toLowerCase()
      .split(/[^a-z0-9\u4e00-\u9fcc]+/)
      .filter((word) => word !== '');
  }
  return header
    .replace(/MwSt|USt(?!\p{Ll})/gu, (tax) => tax.toLowerCase())
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll('#', ' no ')
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
