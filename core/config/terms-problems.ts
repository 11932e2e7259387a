/** Checks `pricing.vendor_terms` across its fields. */
import type { ConfigProblem } from '../plugin.ts';
import { suggestionsFrom } from '../text/suggest.ts';
import { configAt, configList } from './raw.ts';

/** Vendors that do not exist or have two entries, and a currency without rates. */
export function termsProblems(raw: unknown): ConfigProblem[] {
  const ids = configList(raw, 'vendors')
    .map((vendor) => configAt(vendor, 'vendor_id'))
    .filter((id) => typeof id === 'string');
  const known = new Set(ids);
  const hint = suggestionsFrom(ids);
  const seen = new Set<string>();
  const problems: ConfigProblem[] = [];
  const hasRates = (configAt(raw, 'pricing', 'vendor_terms', 'rates') ?? null) !== null;
  for (const [i, entry] of configList(raw, 'pricing', 'vendor_terms', 'vendors').entries()) {
    const path = `pricing.vendor_terms.vendors[${i}]`;
    const id = configAt(entry, 'vendor_id');
    if (typeof id === 'string' && !known.has(id)) {
      problems.push({
        path: `${path}.vendor_id`,
        code: 'unknown_vendor',
        message: `there is no vendor "${id}"${hint(id)}`,
      });
    } else if (typeof id === 'string' && seen.has(id)) {
      problems.push({ path: `${path}.vendor_id`, code: 'duplicate_vendor_id', message: `"${id}" has terms already` });
    }
    if (typeof id === 'string') seen.add(id);
    const currency = configAt(entry, 'currency');
    if (typeof currency === 'string' && currency !== configAt(raw, 'default_currency') && !hasRates) {
      const message = `needs pricing.vendor_terms.rates, which says what one ${currency} is worth`;
      problems.push({ path: `${path}.currency`, code: 'rates_missing', message });
    }
  }
  return problems;
}
