/** Applies vendor terms to rows (docs/CONFIG_SPEC.md, `pricing.vendor_terms`), in exact decimals. */
import type { Random } from './generate/random.ts';
import { readTable } from './table.ts';
import { type Config, D, type Money, type Row } from './types.ts';

type Terms = NonNullable<Config['pricing']['vendor_terms']>;

export function currencyFor({ pricing, default_currency }: Config, vendorId: string): string {
  return pricing.vendor_terms?.vendors?.find((one) => one.vendor_id === vendorId)?.currency ?? default_currency;
}

/** Rounds half to even, to six decimals. */
function six(amount: Money): Money {
  return amount.toDecimalPlaces(6, D.ROUND_HALF_EVEN);
}

/** The rows in the tenant's currency, with their landed cost before shipping and handling. */
export function withTerms(config: Config, rows: readonly Row[], rates: Uint8Array | undefined): Row[] {
  return rows.map((row) => {
    const terms = config.pricing.vendor_terms?.vendors?.find((one) => one.vendor_id === row.vendor_id);
    if (terms === undefined) return { ...row, landed: row.cost };
    const currency = currencyFor(config, row.vendor_id);
    const rate = currency === config.default_currency ? null : rateOf(currency, rates);
    const convert = (amount: Money | null) => (amount === null || rate === null ? amount : six(amount.times(rate)));
    const cost = convert(row.cost);
    const share = new D(String(terms.handling_pct ?? 0)).plus(1);
    const fixed = six(new D(String(terms.handling_fixed ?? 0)));
    const landed = cost === null ? null : six(cost.times(share)).plus(fixed);
    const { map_price, price, msrp } = row;
    return { ...row, cost, landed, map_price: convert(map_price), price: convert(price), msrp: convert(msrp) };
  });
}

function rateOf(currency: string, file: Uint8Array | undefined): Money {
  const { records } = readTable(new TextDecoder().decode(file), ',');
  const found = records.find(({ fields }) => fields[0] === currency);
  return new D(found?.fields[1] ?? Number.NaN);
}

const RATES: Readonly<Record<string, string>> = {
  GBP: '1.2734',
  KRW: '0.00072519',
  BHD: '2.65',
  CHF: '1.000000000001',
};

/** Makes terms for some vendors of a random tenant. Returns the rates file if one of them needs it. */
export function makeTerms(
  random: Random,
  ids: readonly string[],
  features: Set<string>,
): { terms: Terms; rates: Uint8Array } | null {
  if (!random.chance(0.25)) return null;
  features.add('vendor_terms');
  const vendors = ids
    .filter(() => random.chance(0.6))
    .map((vendor_id) => ({
      vendor_id,
      ...(random.chance(0.5) ? { currency: random.pick(Object.keys(RATES)) } : {}),
      ...(random.chance(0.6) ? { handling_pct: random.pick(['0.05', '-0.031', '1', '0.0000001', '0']) } : {}),
      ...(random.chance(0.6) ? { handling_fixed: random.pick(['2', '0.35', '0.0000005', '10.123456']) } : {}),
    }));
  if (vendors.some(({ currency }) => currency !== undefined)) features.add('vendor_terms:currency');
  const lines = Object.entries(RATES).map(([code, rate]) => `${code},${rate}\n`);
  const rates = new TextEncoder().encode(`currency,rate\n${lines.join('')}`);
  return { terms: { rates: { type: 'file', local_path: 'rates.csv' }, vendors }, rates };
}
