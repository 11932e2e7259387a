/** Splits headers into words, which other files look up in several languages. */

/** The words in lower case, without accents, with `camelCase` and `#` split. */
export function headerWords(header: string): string[] {
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
