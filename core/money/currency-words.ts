/**
 * Finds columns of currencies: by words in their headers, in several languages, and by codes that mean nothing else.
 */
import { isPlainHeader } from '../text/header-words.ts';
import { CURRENCIES } from './currencies.ts';
import { currenciesOf } from './currency-signs.ts';

/** Found anywhere in a header, also inside a word: `Preiswährung`, `PriceCurrency`. */
const ANYWHERE =
  /currenc|w(?:a|ae)hrung|devis[ae]|divis[ae]|moneda|moeda|valuu?t|walut|valiut|penznem|para ?birim|nomisma|νομισμα|валют|通貨|货币|貨幣|幣別|통화|عملة/u;
/** Found only as whole words. SAP writes WAERS, WAERK and KONWA. */
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

/** Names that mean one currency only. `Pfund` may be a weight, and many countries have a crown or a dollar. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ euro: 'EUR', euros: 'EUR', franken: 'CHF', francs: 'CHF', zloty: 'PLN', sterling: 'GBP', rupees: 'INR' },
  ...{ yen: 'JPY', yuan: 'CNY', renminbi: 'CNY', rmb: 'CNY', forint: 'HUF', koruna: 'CZK', lira: 'TRY' },
};

/**
 * The currencies that a header of amounts names, as in `Cost EUR`, `price_gbp` and `Preis (€)`; null if it names none,
 * or several.
 */
export function currenciesNamed(header: string): readonly string[] | null {
  const words =
    (isPlainHeader(header)
      ? header.replace(/([a-z])([A-Z])/g, '$1 $2').match(/[A-Za-z\u4e00-\u9fcc]+|\$/g)
      : header.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').match(/\p{L}+|\p{Sc}/gu)) ?? [];
  const found = words.flatMap((word) => {
    const code = NAMED[word.toLowerCase()] ?? word.toUpperCase();
    if (isAlsoWord(code)) return [];
    const named = CURRENCIES.has(code) ? [code] : currenciesOf(word);
    return named === null || named.length === 0 ? [] : [named];
  });
  const [first] = found;
  return first !== undefined && found.every((one) => one.join() === first.join()) ? first : null;
}
