/**
 * `pricing.vendor_terms` of a tenant config: what a vendor's goods cost beyond the cost in its feed, and in which
 * currency the vendor quotes.
 */
import { z } from 'zod';
import { CURRENCIES } from '../money/currencies.ts';
import { ZERO } from '../money/money.ts';
import { amountSchema, decimalSchema } from './decimal.ts';
import { fileLocation } from './file-location.ts';
import { late } from './late.ts';

const vendorTerms = late(() =>
  z.strictObject({
    vendor_id: z.string().describe('A vendor of the config. Each has at most one entry.'),
    currency: z
      .string()
      .refine((code) => CURRENCIES.has(code), 'is not an ISO 4217 currency code such as "USD"')
      .optional()
      .describe(
        'Currency of all amounts in the vendor’s feed: an ISO 4217 code. Absent: `default_currency`. Another one needs `rates`; then every amount of an offer (`cost`, `map_price`, `price`, `msrp`) is converted before offers are compared, and rounded half to even to six decimals. `normalized.csv` has the vendor’s own amounts.',
      ),
    handling_pct: decimalSchema({ above: -1, max: 1000 })
      .default(ZERO)
      .describe(
        'Share of the cost that is added to it, such as duty: 0.05 = 5 %; below zero for a discount. Above -1, at most 1000; at most 18 decimals. 0 by default.',
      ),
    handling_fixed: amountSchema
      .default(ZERO)
      .describe(
        'Amount that is added to the cost of each piece, in `default_currency`. 0 or more, below 1,000,000,000; rounded to six decimals. 0 by default.',
      ),
  }),
);

export const vendorTermsSchema = late(() =>
  z.strictObject({
    rates: fileLocation
      .nullable()
      .default(null)
      .describe(
        'A CSV in UTF-8 with the headers `currency,rate`: what one unit of the currency is worth in `default_currency`. Copied into the run, with its hash in the manifest, for each vendor that needs it.',
      ),
    vendors: z.array(vendorTerms).default([]).describe('The terms, vendor by vendor.'),
  }),
);

export type VendorTermsConfig = z.output<typeof vendorTerms>;

interface TermsConfig {
  default_currency: string;
  pricing: { vendor_terms?: z.output<typeof vendorTermsSchema> | undefined };
}

export function termsOf({ pricing }: TermsConfig, vendorId: string): VendorTermsConfig | null {
  return pricing.vendor_terms?.vendors.find(({ vendor_id }) => vendor_id === vendorId) ?? null;
}

/** The currency of the amounts in a vendor's feed. */
export function vendorCurrency(config: TermsConfig, vendorId: string): string {
  return termsOf(config, vendorId)?.currency ?? config.default_currency;
}
