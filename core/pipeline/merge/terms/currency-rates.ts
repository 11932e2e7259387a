/** The rates at which vendors' amounts are converted, from each vendor's own copy of the file of rates. */
import { trimText } from '../../../bytes/trim.ts';
import type { TenantConfig } from '../../../config/schema.ts';
import { termsOf, vendorCurrency } from '../../../config/vendor-terms.ts';
import { RelayError } from '../../../errors.ts';
import { Money, ZERO } from '../../../money/money.ts';
import type { ByteSource, EngineLimits, SideTableReader } from '../../../ports/engine.ts';
import { didYouMean } from '../../../text/suggest.ts';
import { CURRENCY_RATES } from '../../fetch/named-files.ts';
import type { BoundTerms } from './vendor-terms.ts';

const FORM = { delimiter: ',', encoding: 'utf-8' };
const MOST = Money.of('1000000000');
const DECIMALS_MAX = 18;

export interface RatesReading {
  config: TenantConfig;
  read: SideTableReader;
  limits: EngineLimits;
}

interface TermsVendor {
  vendor: { vendor_id: string };
  sideFiles: ReadonlyMap<string, ByteSource>;
}

export class CurrencyRates {
  readonly #reading: RatesReading;
  /** By vendor id. */
  readonly #rates = new Map<string, Money>();

  constructor(reading: RatesReading) {
    this.#reading = reading;
  }

  /** Reads the rates of each vendor that has a file of rates. Throws `invalid_input`. */
  async read(vendors: readonly TermsVendor[]): Promise<void> {
    const { config } = this.#reading;
    for (const { vendor, sideFiles } of vendors) {
      const { vendor_id } = vendor;
      const source = sideFiles.get(CURRENCY_RATES);
      if (source === undefined || this.#rates.has(vendor_id)) continue;
      this.#rates.set(vendor_id, await this.#rateIn(source, vendor_id, vendorCurrency(config, vendor_id)));
    }
  }

  /** By position; null if no vendor has terms. */
  termsOf(vendorIds: readonly string[]): Array<BoundTerms | null> | null {
    const { config } = this.#reading;
    const bound = vendorIds.map((id) => {
      const terms = termsOf(config, id);
      return terms === null ? null : { rate: this.#rates.get(id) ?? null, terms };
    });
    return bound.every((one) => one === null) ? null : bound;
  }

  async #rateIn(source: ByteSource, vendorId: string, currency: string): Promise<Money> {
    const { read, limits } = this.#reading;
    try {
      return await this.#found(read(source, FORM, limits), currency);
    } catch (error) {
      if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
      const message = `vendor ${vendorId}: file of currency rates ${source.name}: ${error.message}`;
      const code = error.code === 'INPUT_TOO_LARGE' ? error.code : 'invalid_input';
      throw new RelayError(code, message, { details: { vendor_id: vendorId }, cause: error });
    }
  }

  async #found(parts: ReturnType<SideTableReader>, currency: string): Promise<Money> {
    let columns: { currency: number; rate: number } | null = null;
    const seen = new Set<string>();
    let rate: Money | null = null;
    let rowNumber = 0;
    for await (const { rows } of parts) {
      for (const row of rows) {
        rowNumber++;
        if (columns === null) {
          const header = row.map((cell) => trimText(cell).toLowerCase());
          columns = { currency: rateColumn(header, 'currency'), rate: rateColumn(header, 'rate') };
          continue;
        }
        const code = trimText(row[columns.currency] ?? '').toUpperCase();
        if (code === '') continue;
        // with two rates for one currency, nobody knows which is right
        if (seen.has(code)) throw invalid(`row ${rowNumber}: ${code} has a rate already`);
        seen.add(code);
        if (code === currency) rate = parsedRate(trimText(row[columns.rate] ?? ''), rowNumber);
      }
    }
    if (columns === null) rateColumn([], 'currency');
    if (rate !== null) return rate;
    throw invalid(`it has no rate for ${currency}${didYouMean(currency, [...seen].slice(0, 200))}`);
  }
}

function rateColumn(header: readonly string[], name: string): number {
  const index = header.indexOf(name);
  if (index >= 0) return index;
  throw invalid(
    `it needs the headers currency and rate, separated by a comma; "${name}" is missing, the header is: ${header.slice(0, 10).join(', ')}`,
  );
}

function parsedRate(text: string, rowNumber: number): Money {
  const rate = Money.parse(text);
  if (rate !== null && rate.scale <= DECIMALS_MAX && rate.compare(ZERO) > 0 && rate.compare(MOST) < 0) return rate;
  throw invalid(
    `row ${rowNumber}: "${text.slice(0, 40)}" is no rate: a plain decimal above 0 and below 1,000,000,000, with at most ${DECIMALS_MAX} decimals`,
  );
}

function invalid(message: string): RelayError {
  return new RelayError('invalid_input', message);
}
