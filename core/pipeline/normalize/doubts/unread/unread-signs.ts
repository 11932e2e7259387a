/** All kinds of signs that are looked for in the columns that nothing reads. */
import type { RecordBatch } from '../../../../scan/batch.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import type { RowExamples } from '../row-examples.ts';
import { CHARGES_UNREAD, type ChargeColumns, UnreadCharges } from './unread-charges.ts';
import { type ReadValues, UnreadColumns } from './unread-columns.ts';
import { CONDITIONS_UNREAD, type ConditionColumns, UnreadConditions } from './unread-conditions.ts';
import { CURRENCIES_UNREAD, type CurrencyColumns, UnreadCurrencies } from './unread-currencies.ts';
import { DATES_UNREAD, type DateColumns, UnreadDates } from './unread-dates.ts';
import { DISCOUNTS_UNREAD, type DiscountColumns, UnreadDiscounts } from './unread-discounts.ts';
import { type MinimumColumns, ORDER_MINIMUMS_UNREAD, UnreadMinimums } from './unread-minimums.ts';
import { PACKS_UNREAD, type PackColumns, UnreadPacks } from './unread-packs.ts';
import { PRICE_UNITS_UNREAD, type PriceUnitColumns, UnreadPriceUnits } from './unread-price-units.ts';
import { SALE_PRICES_UNREAD, type SaleColumns, UnreadPrices } from './unread-prices.ts';
import { STATES_UNREAD, type StateColumns, UnreadStates } from './unread-states.ts';
import { STOCK_UNREAD, type StockColumns, UnreadStock } from './unread-stock.ts';
import { TAXES_UNREAD, type TaxColumns, UnreadTaxes } from './unread-taxes.ts';

export class UnreadSigns {
  readonly #currencies: CurrencyColumns;
  readonly #priceUnits: PriceUnitColumns;
  readonly #sales: SaleColumns;
  readonly #states: StateColumns;
  readonly #conditions: ConditionColumns;
  readonly #minimums: MinimumColumns;
  readonly #stock: StockColumns;
  readonly #packs: PackColumns;
  readonly #taxes: TaxColumns;
  readonly #charges: ChargeColumns;
  readonly #discounts: DiscountColumns;
  readonly #dates: DateColumns;

  /** `currency` is the one that the vendor's amounts are read in; `now` in seconds. */
  constructor({ currency, now }: { currency: string; now: number }, rows: RowExamples) {
    this.#currencies = new UnreadColumns(new UnreadCurrencies(currency), rows);
    this.#priceUnits = new UnreadColumns(new UnreadPriceUnits(), rows);
    this.#sales = new UnreadColumns(new UnreadPrices(), rows);
    this.#states = new UnreadColumns(new UnreadStates(), rows);
    this.#conditions = new UnreadColumns(new UnreadConditions(), rows);
    this.#minimums = new UnreadColumns(new UnreadMinimums(), rows);
    this.#stock = new UnreadColumns(new UnreadStock(), rows);
    this.#packs = new UnreadColumns(new UnreadPacks(), rows);
    this.#taxes = new UnreadColumns(new UnreadTaxes(), rows);
    this.#charges = new UnreadColumns(new UnreadCharges(), rows);
    this.#discounts = new UnreadColumns(new UnreadDiscounts(), rows);
    this.#dates = new UnreadColumns(new UnreadDates(now), rows);
  }

  startFile(columns: ResolvedColumns): void {
    for (const unread of this.#all()) unread.startFile(columns);
  }

  /** False if no column of this file may be meant. */
  get wantsRows(): boolean {
    return this.#all().some(({ wantsRows }) => wantsRows);
  }

  /** Looks at a valid row. */
  look(window: Uint8Array, batch: RecordBatch, record: number, values: ReadValues): void {
    this.#currencies.look(window, batch, record, values);
    this.#priceUnits.look(window, batch, record, values);
    this.#sales.look(window, batch, record, values);
    this.#packs.look(window, batch, record, values);
    this.#taxes.look(window, batch, record, values);
    this.#charges.look(window, batch, record, values);
    this.#discounts.look(window, batch, record, values);
    // of goods that are not in stock these say nothing
    if (values.quantity <= 0) return;
    this.#states.look(window, batch, record, values);
    this.#conditions.look(window, batch, record, values);
    this.#minimums.look(window, batch, record, values);
    this.#stock.look(window, batch, record, values);
    this.#dates.look(window, batch, record, values);
  }

  warnings(vendorId: string): string[] {
    return [
      ...this.#currencies.warnings(CURRENCIES_UNREAD, vendorId),
      ...this.#states.warnings(STATES_UNREAD, vendorId),
      ...this.#conditions.warnings(CONDITIONS_UNREAD, vendorId),
      ...this.#minimums.warnings(ORDER_MINIMUMS_UNREAD, vendorId),
      ...this.#priceUnits.warnings(PRICE_UNITS_UNREAD, vendorId),
      ...this.#packs.warnings(PACKS_UNREAD, vendorId),
      ...this.#taxes.warnings(TAXES_UNREAD, vendorId),
      ...this.#charges.warnings(CHARGES_UNREAD, vendorId),
      ...this.#discounts.warnings(DISCOUNTS_UNREAD, vendorId),
      ...this.#dates.warnings(DATES_UNREAD, vendorId),
      ...this.#stock.warnings(STOCK_UNREAD, vendorId),
      ...this.#sales.warnings(SALE_PRICES_UNREAD, vendorId),
    ];
  }

  #all() {
    return [
      ...[this.#currencies, this.#priceUnits, this.#sales, this.#states, this.#minimums, this.#stock],
      ...[this.#packs, this.#taxes, this.#charges, this.#discounts, this.#dates, this.#conditions],
    ];
  }
}
