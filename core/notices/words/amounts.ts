/** Warnings about costs, prices and quantities. */
import type { WarningWords } from '../warning-words.ts';

export const AMOUNT_WORDS = {
  large_margin: {
    form: 'text',
    seen: 'the margin is unusual: {text}',
    means: 'Prices are more than three times the landed cost.',
    do: 'Write 0.20 for 20 %.',
  },
  increment_below_currency: {
    form: 'currency:increment',
    seen: 'prices are rounded to {increment}, and {currency} has no decimals',
    means: 'Prices such as 9.31 cannot be paid in this currency.',
    do: 'Set `pricing.rounding.increment` to 1, or a multiple of it.',
  },
  large_share: {
    form: 'text',
    seen: 'a limit of publishing is unusual: {text}',
    means: 'The limit is never reached, so it guards nothing.',
    do: 'Write 0.30 for 30 %.',
  },
  negative_margin: {
    form: 'text',
    seen: 'the margin is unusual: {text}',
    means: 'Each sale loses money, unless a floor raises the price.',
    do: 'Correct `pricing.base_margin_pct` unless it is intended.',
  },
  zero_costs: {
    form: 'vendor:number',
    seen: '{number|offer costs|offers cost} 0',
    means: 'Vendors often write 0 for a price on request. An offer that costs 0 is the cheapest.',
    do: 'If 0 means that, declare it as empty (`columns.cost.words: {"0": null, "0.00": null}` in the parser’s options), or drop such rows.',
  },
  zero_prices: {
    form: 'vendor:number',
    seen: '{number|offer has|offers have} no cost and a price of 0',
    means: 'Vendors often write 0 for a price on request. Such an offer is sold at `min_price`.',
    do: 'If 0 means that, declare it as empty (`columns.price.words: {"0": null, "0.00": null}` in the parser’s options), or drop such rows.',
  },
  zero_cost_wins: {
    form: 'number:examples',
    seen: '{number|winning offer costs|winning offers cost} 0',
    means: 'The price is only shipping and margin, or is `min_price`.',
    do: 'See `zero_costs`. Do not publish the feed before you have looked.',
  },
  zero_price_wins: {
    form: 'number:examples',
    seen: '{number|price is|prices are} 0',
    means:
      'The vendor has no cost and a price of 0, which often means a price on request; or the price is so small that it was rounded to 0.',
    do: 'If 0 means that, declare it as empty (`columns.price.words: {"0": null, "0.00": null}`), or set `pricing.min_price`. Do not publish the feed before you have looked.',
  },
  placeholder_costs: {
    form: 'vendor:number',
    seen: '{number|offer costs|offers cost} an amount such as 9999.99, 0.01 or 0.001, or without a cost has it as price',
    means: 'Vendors often write such amounts for a price on request, or for goods that they no longer sell.',
    do: 'If so, declare them as empty (`columns.cost.words: {"9999.99": null}` in the parser’s options), or drop or refuse such rows.',
  },
  price_below_cost: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below the cost of the winning offer, by more than rounding',
    means:
      'The margin is negative, or a rule of the pricing lowers the price. With `pricing.vendor_terms` the landed cost counts.',
    do: 'Look at `base_margin_pct` and at `pricing.rules`.',
  },
  price_far_below_msrp: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below a fifth of the winning offer’s MSRP',
    means:
      'The cost may be in another unit, such as one amount in euros in a column of cents, or for one piece of a pack.',
    do: 'Compare cost and MSRP of these rows with the vendor’s price list.',
  },
  vendor_costs_odd: {
    form: 'vendor:text',
    seen: '{text}',
    means:
      'The costs of the feed as a whole may be in another unit, such as cents, in another currency, or for a pack. The middle of all costs is compared with that of the run that is published.',
    do: 'Do not publish the feed before you have asked the vendor. `columns: {cost: {divide_by: 100}}` in the parser’s options reads cents.',
  },
  price_far_below_rivals: {
    form: 'number:examples',
    seen: '{number|winning offer costs|winning offers cost} less than a fifth of the median of the other vendors’ offers',
    means:
      'A cost may be in another unit or of another pack size: that of the winner, or those of its rivals. The first 100 rivals of a SKU are compared.',
    do: 'Compare the offers for these SKUs. If `vendor_costs_odd` names a vendor, begin with its costs.',
  },
  price_far_above_rivals: {
    form: 'number:examples',
    seen: '{number|winning offer costs|winning offers cost} more than five times the median of the other vendors’ offers',
    means:
      'A cost may be in another unit or of another pack size, such as cents read as whole amounts: that of the winner, or those of its rivals. It wins because they are out of stock, or by what `sort_by` names before the cost. The first 100 rivals of a SKU are compared, those without stock too.',
    do: 'Compare the offers for these SKUs. If `vendor_costs_odd` names a vendor, begin with its costs. `columns: {cost: {divide_by: 100}}` in the parser’s options reads cents.',
  },
  map_of_losing_vendor: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below a MAP that only another vendor’s offer names',
    means:
      'The MAP of the winning offer counts, and it names none. The minimum advertised price is the brand’s, so it may bind the winner too.',
    do: 'Ask the winning vendor for its MAP column, or map it in `parser.column_map`.',
  },
  used_beats_new: {
    form: 'number:examples',
    seen: 'for {number|SKU|SKUs} used or refurbished goods win over a new offer',
    means:
      'Offers are compared by stock and cost whatever their condition, and go out under one SKU. A shop without a column of conditions sells it as new.',
    do: 'If the shop sells new goods alone, drop the others with a filter (`parser.options.rows`), or give used goods SKUs of their own with `sku_map`. Else put `condition` into `output.columns`.',
  },
  currencies_unread: {
    form: 'vendor:number:header',
    seen: '{number|row names|rows name} another currency in the column "{header}", which nothing reads, than the one that the vendor’s amounts are read in',
    means:
      'All amounts of a vendor are read in one currency: that of its `pricing.vendor_terms`, else `default_currency`. Those of these rows are wrong by the rate. A column counts by its header, or if all its cells, or one in the right currency, are codes or signs of currencies. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'If all rows are in one currency, name it and its rate in `pricing.vendor_terms`: then amounts are converted. If they are in several, keep those of one with a filter (`parser.options.rows`).',
  },
  price_units_unread: {
    form: 'vendor:number:header',
    seen: '{number|row says|rows say} in the column "{header}", which nothing reads, that the amounts are for several pieces, or for a weight or length',
    means:
      'Amounts are read as those of one piece, so costs and prices of these rows are wrong by that factor, unless the shop sells the unit as a whole, such as a box or a metre. A column such as `cost_per_kg` counts if it has the cost that was read in most rows. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Divide by the column: `columns: {cost: {from: Price, divide_by: {column: "Price unit"}}}` in the parser’s options, with words for what is no number. For a weight multiply by the column of weights: `multiply_by: {column: weight}`. If the unit is the one that the shop sells, read the column as one of `extra_columns`, and nothing is said.',
  },
  packs_unread: {
    form: 'vendor:number:header',
    seen: '{number|row is a pack|rows are packs} of several pieces, as the column "{header}" says, which nothing reads',
    means:
      'Costs and prices may be for the pack, while the shop sells pieces; or stock may count packs. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor. If amounts are for the pack, divide by the column: `columns: {cost: {from: Price, divide_by: {column: pack_size}}}` in the parser’s options; if stock counts packs, `multiply_by`. If neither is so, read the column as one of `extra_columns`, and nothing is said.',
  },
  charges_unread: {
    form: 'vendor:number:header',
    seen: '{number|row has a charge|rows have a charge} in the column "{header}", which nothing reads',
    means:
      'A surcharge, deposit, fee or freight may come on top of the cost that was read, so that prices are too low by it. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor. If it comes on top for each piece, add the columns: `columns: {cost: {sum: ["Net", "Surcharge"]}}` in the parser’s options. For a share, or one amount for all goods, use `pricing.vendor_terms`. If the cost has it already, read the column as one of `extra_columns`, and nothing is said.',
  },
  discounts_unread: {
    form: 'vendor:number:header',
    seen: '{number|row has a discount|rows have a discount} in the column "{header}", which nothing reads',
    means:
      'A discount or rebate may still come off the cost that was read, so that prices are too high by it. Nothing is said where the cost already is a list price of the row less the discount. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor. If the cost is a list price, map `cost` to the net one, or have the vendor send it; for one discount on all goods use `multiply_by: "0.85"`. For shares that occur, give each its factor: `columns: {cost: {from: List, multiply_by: {column: Discount, words: {"10 %": "0.90"}}}}`. If it has come off already, read the column as one of `extra_columns`, and nothing is said.',
  },
  taxes_unread: {
    form: 'vendor:number:header',
    seen: '{number|row says|rows say} in the column "{header}", which nothing reads, that the amounts are with tax',
    means:
      'Costs and prices are read as they are, so the margin is added to the tax as well, and these offers lose to those of vendors that write net amounts. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'If all rows are with one rate of tax, take it off: `columns: {cost: {from: Price, divide_by: "1.19"}}` in the parser’s options. If only some are, drop the others with a filter (`parser.options.rows`), or ask for net amounts.',
  },
  dates_unread: {
    form: 'vendor:number:header',
    seen: '{number|row in stock does|rows in stock do} not hold on the day of this run, as the column "{header}" says, which nothing reads',
    means:
      'The price has run out or is not yet valid, or the goods are not yet to be had. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor for rows that hold today. If it is an old file, have it sent again. A filter (`parser.options.rows`) drops such rows by their words, not by the date.',
  },
  sale_prices_unread: {
    form: 'vendor:number:header',
    seen: '{number|row has|rows have} a lower amount than the one that was read in the column "{header}", which nothing reads',
    means:
      'The header is one of prices that hold for a while in place of the usual one. What was read is then too high. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor when it holds. If it holds whenever it is filled, read the first of the two that has a value: `columns: {price: {first_filled: ["sale_price", "price"]}}` in the parser’s options.',
  },
  amounts_all_zero: {
    form: 'vendor:column',
    seen: 'all amounts in `{column}` that were looked at are 0',
    means:
      'The feed was probably exported without them: a MAP of 0 holds no price up, and a list price of 0 is compared with nothing. Of a long feed not every row is looked at.',
    do: 'Ask the vendor. If 0 means none, declare it as empty (`columns: {map_price: {words: {"0.00": null}}}` in the parser’s options), or do not map the column.',
  },
  amounts_all_alike: {
    form: 'vendor:column:cell',
    seen: 'nearly all amounts in `{column}` that were looked at are {cell}',
    means:
      'One amount was probably written into every row, by a formula that was filled down or an export that failed. Of a long feed not every row is looked at.',
    do: 'Do not publish the feed before you have asked the vendor.',
  },
  map_above_msrp: {
    form: 'vendor:number:looked',
    seen: 'in {number|row|rows} of the {looked} that were looked at, the minimum advertised price (MAP) is above the list price (MSRP)',
    means:
      'The two columns are probably swapped: prices are held up to the list price, and `msrp_cap` holds them down to the MAP. Of a long feed not every row is looked at.',
    do: 'Compare these rows with the vendor’s price list, and `parser.column_map` with the header.',
  },
  quantities_all_alike: {
    form: 'vendor:quantity',
    seen: 'all quantities that were looked at are {quantity}',
    means:
      'The number probably stands for “in stock”, and nobody knows how many there are. Of a long feed not every row is looked at.',
    do: 'Ask the vendor for its stock. If the number is meant, declare what it stands for: `columns: {quantity_available: {words: {"999": 100}}}` in the parser’s options.',
  },
  quantities_all_zero: {
    form: 'vendor',
    seen: 'all quantities that were looked at are 0',
    means:
      'The feed was probably exported without its stock, so that the vendor’s offers go out as sold out. Of a long feed not every row is looked at.',
    do: 'Do not publish the feed before you have asked the vendor. `guardrails.max_in_stock_drop_pct` stops such a run.',
  },
  amounts_whole: {
    form: 'vendor:column:text',
    seen: 'all amounts in {column} that were looked at are whole numbers, {text}, and end in any digit',
    means:
      'They may be cents: then each price is a hundred times too high. Few goods cost whole amounts of hundreds that are not rounded. Of a long feed not every row is looked at.',
    do: 'Compare one of them with the vendor’s price list. `columns: {cost: {divide_by: 100}}` in the parser’s options reads cents; `divide_by: 1` says that they are right as they are.',
  },
  amounts_change_form: {
    form: 'vendor:column:text',
    seen: 'the amounts in {column} are of another form from some row on, {text}',
    means:
      'Those without decimals are also much higher, so they are probably cents. Two programs’ rows may have been joined into one file. Of a long feed not every row is looked at.',
    do: 'Do not publish the feed before you have asked the vendor. Have the two parts sent as two files, each with its own layout.',
  },
  thousands_may_be_decimals: {
    form: 'vendor:column:number:examples',
    seen: '{number|number|numbers} in {column} have the mark that `numbers` declares for thousands, and no decimals, which all others of the column have',
    means:
      'If the mark is a decimal mark in these rows, they were read a thousand times too high. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor. If rows of two programs are joined in one file, have them sent as two.',
  },
  money_rounded: {
    form: 'vendor:number',
    seen: '{number|amount of a valid row has|amounts of valid rows have} more than six decimals that are not zero',
    means: 'They were rounded half to even at the sixth decimal.',
    do: 'Nothing, unless amounts so small matter.',
  },
  decimals_may_be_thousands: {
    form: 'vendor:column:number:examples',
    seen: '{number|number|numbers} in {column} may be thousands: three digits after the decimal mark, which others of the column do not have',
    means:
      '`1.299` was read as a little more than 1, and a quantity `1.000` as 1. If the mark separates thousands, they are 1299 and 1000.',
    do: 'Ask the vendor. Declare `numbers` for the column: `thousands` if they are thousands, `decimals: 3` if they are decimals.',
  },
  quantity_unlikely: {
    form: 'vendor:number',
    seen: '{number|valid row has a quantity|valid rows have quantities} of nines alone such as 99999, or of ten million and more',
    means:
      'Some vendors write 99999 for “always in stock”. A longer number may be a barcode, a date or an id: then the columns of the feed are not where they were, or the wrong one is mapped.',
    do: 'Look at these rows. If the number means “enough”, declare what it stands for: `columns: {quantity_available: {words: {"99999": 100}}}`, or limit it with the quantity rule `cap`.',
  },
  lead_time_unlikely: {
    form: 'vendor:number',
    seen: '{number|valid row has a lead time|valid rows have lead times} of more than two years',
    means: 'Some vendors write 999 or 9999 for “not known” or “no longer made”; or the column has dates or hours.',
    do: 'Declare what it stands for: `columns: {lead_time_days: {words: {"9999": null}}}`, or drop such rows with a filter (`parser.options.rows`).',
  },
  updated_at_unlikely: {
    form: 'vendor:number',
    seen: '{number|valid row was|valid rows were} changed after this run, or before the year 2000, as the feed has it',
    means:
      'A clock or a form of dates is wrong: day and month swapped, a year of two digits, an empty date that was written as 1970 or 1900.',
    do: 'Compare the column with the file. Declare the form of its dates in `columns.updated_at.dates`.',
  },
  updated_at_old: {
    form: 'vendor:number:looked',
    seen: '{number|row was|rows were} last changed more than two years before this run, of the {looked} that were looked at',
    means:
      'An old file was probably sent again, or the vendor’s export has stopped: its stock and costs are those of that time. Or the column has another date, such as that of the article’s first listing. Of a long feed not every row is looked at.',
    do: 'Ask the vendor for a new file. If the column means something else, do not map it to `updated_at`.',
  },
  cost_above_msrp: {
    form: 'vendor:number',
    seen: '{number|valid row has a cost|valid rows have costs} above the list price (MSRP)',
    means:
      'The cost may be for a pack, in another unit or with a digit too many; or the columns are swapped in these rows.',
    do: 'Compare these rows with the vendor’s price list. `expect` can stop a run for it, and the rule `msrp_cap` keeps prices at the list price.',
  },
  quantity_equals_amount: {
    form: 'vendor:number',
    seen: '{number|valid row has a quantity that is|valid rows have quantities that are} also an amount of the row, such as its cost',
    means:
      'In more than half of the rows that is no chance: a column of amounts is read as the quantity, or the other way round, or the columns of the feed are not where they were.',
    do: 'Compare the columns with the file, and correct `parser.column_map`.',
  },
  times_ambiguous: {
    form: 'vendor:number',
    seen: '{number|valid row has a time|valid rows have times} that two of the declared forms read differently, such as `03/04/2026`',
    means: 'The first form of `time_formats` that reads a time counts, so day and month may be swapped.',
    do: 'Ask the vendor which it is, and declare that form alone.',
  },
  empty_quantities: {
    form: 'vendor:number',
    seen: '{number|valid row has|valid rows have} no quantity, and other rows have one',
    means: 'They were read as 0, so these offers are out of stock.',
    do: 'Ask the vendor whether empty means none. If so, declare it: `columns: { quantity_available: { words: { "": 0 } } }`.',
  },
} as const satisfies Record<string, WarningWords>;
