/** The marks of currencies in amounts: their codes and their signs. */
import { once } from '../once.ts';
import { CURRENCIES } from './currencies.ts';

/** Several currencies may share a sign; in a feed it means the tenant's own. */
const SIGNS: Readonly<Record<string, string>> = {
  $: 'USD CAD AUD NZD MXN ARS CLP COP SGD HKD TWD UYU BBD BSD BZD FJD JMD TTD XCD BMD KYD LRD NAD SBD SRD GYD DOP',
  '＄': 'USD CAD AUD NZD SGD HKD TWD',
  US$: 'USD',
  C$: 'CAD NIO',
  CA$: 'CAD',
  A$: 'AUD',
  AU$: 'AUD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  NT$: 'TWD',
  MX$: 'MXN',
  R$: 'BRL',
  '€': 'EUR',
  '£': 'GBP GIP FKP SHP EGP LBP SYP SDG SSP',
  '¥': 'JPY CNY',
  '￥': 'JPY CNY',
  円: 'JPY',
  元: 'CNY TWD HKD',
  kr: 'SEK NOK DKK ISK',
  'kr.': 'SEK NOK DKK ISK',
  zł: 'PLN',
  Kč: 'CZK',
  Ft: 'HUF',
  lei: 'RON MDL',
  лв: 'BGN',
  'лв.': 'BGN',
  '₹': 'INR',
  Rs: 'INR PKR LKR NPR MUR SCR',
  'Rs.': 'INR PKR LKR NPR MUR SCR',
  '₽': 'RUB',
  руб: 'RUB',
  'руб.': 'RUB',
  '₴': 'UAH',
  '₺': 'TRY',
  '₩': 'KRW KPW',
  '₪': 'ILS',
  '฿': 'THB',
  '₫': 'VND',
  '₱': 'PHP',
  '₦': 'NGN',
  'Fr.': 'CHF',
  'SFr.': 'CHF',
  RM: 'MYR',
  Rp: 'IDR',
  R: 'ZAR',
};

/** The code and the signs of a currency, in lower case. */
export function currencyMarks(currency: string): string[] {
  const signs = Object.entries(SIGNS).flatMap(([sign, of]) => (of.split(' ').includes(currency) ? [sign] : []));
  return [currency, ...signs].map((mark) => mark.toLowerCase());
}

const KNOWN = new Set(Object.keys(SIGNS).map((sign) => sign.toLowerCase()));

/** True if a text is the code or a sign of any currency. */
export function isCurrencyMark(text: string): boolean {
  return CURRENCIES.has(text.toUpperCase()) || KNOWN.has(text.toLowerCase()) || /^\p{Sc}$/u.test(text);
}

/** The signs that are not letters: `R` and `kr` may be words. */
const pureSign = once(() => /^[^\p{L}]*\p{Sc}$/u);
const DOLLAR = 0x24;

/** The currencies that a cell means if it is nothing but a code or a sign; null for any other text. */
export function currenciesOf(cell: string): readonly string[] | null {
  const code = cell.toUpperCase();
  if (CURRENCIES.has(code)) return [code];
  const last = cell.charCodeAt(cell.length - 1);
  const isNoSign = (last < 0x80 && last !== DOLLAR) || (last >= 0x4e00 && last <= 0x9fff);
  if (isNoSign || !pureSign().test(cell)) return null;
  return SIGNS[cell]?.split(' ') ?? [];
}
