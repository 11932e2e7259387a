/** Which columns are of currencies: by their headers, in the languages that vendors write, and by codes that mean nothing else. */

/** Wherever they are in a header, also inside a word: `Preiswährung`, `PriceCurrency`. */
const ANYWHERE =
  /currenc|w(?:a|ae)hrung|devis[ae]|divis[ae]|moneda|moeda|valuu?t|walut|valiut|penznem|para ?birim|nomisma|νομισμα|валют|通貨|货币|貨幣|幣別|통화|عملة/u;
/** Only as a word of their own. SAP writes WAERS, WAERK and KONWA. */
const WORDS = new Set('curr cur cury ccy crncy curcd currcd waers waerk konwa mena 币种 幣種'.split(' '));

/** True for `Currency`, `Währung`, `ISO currency`, `CURR_CD` and their like. */
export function saysCurrency(header: string): boolean {
  const text = header
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .normalize('NFC')
    .toLowerCase();
  return ANYWHERE.test(text) || text.split(/[^\p{L}]+/u).some((word) => WORDS.has(word));
}

const CODES_THAT_ARE_WORDS = new Set(
  'ALL BAM BOB CHE COP CUP ERN GEL KGS LAK MAD MOP NAD PEN RON SLE SOS TOP TRY XTS XXX'.split(' '),
);

/** True for codes that are also words, units, sizes, places or countries: a column of nothing else is probably one of those. */
export function isAlsoWord(code: string): boolean {
  return CODES_THAT_ARE_WORDS.has(code.toUpperCase());
}
