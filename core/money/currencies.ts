/**
 * ISO 4217 currency codes, and recently withdrawn ones that configs may still name. It does not come from the runtime,
 * whose list depends on its build: a config must be valid on every machine or on none.
 */
export const CURRENCIES: ReadonlySet<string> = new Set(
  [
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD',
    'CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS',
    'GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD',
    'KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR',
    'NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN',
    'SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF',
    'XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ZWL',
  ].flatMap((line) => line.split(' ')),
);

/** Decimals that amounts are written with. */
export type MoneyDecimals = 2 | 3;

/** The currencies to which ISO 4217 gives three decimals. */
const THREE_DECIMALS: ReadonlySet<string> = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND']);

/** Three where ISO 4217 gives the currency three, else two. */
export function moneyDecimals(currency: string): MoneyDecimals {
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/** The currencies to which ISO 4217 gives no decimals. */
const NO_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
);

/** True if the smallest amount in the currency is 1. Amounts are written with two decimals all the same. */
export function isWholeCurrency(currency: string): boolean {
  return NO_DECIMALS.has(currency);
}
