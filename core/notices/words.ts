/**
 * What each warning of a run says in words: what was seen, what it may mean, what to do. This is the only place of these words:
 * the command line and `run_summary.json` show them, and `npm run docs` writes the table of docs/ERRORS.md from them.
 *
 * A new warning gets an entry here, and a call of `IssueLog.warn` where it is seen; a test holds the two together.
 */
import { NOTHING, PUBLISH_WORDS } from './publish-words.ts';
import type { WarningWords } from './warning-words.ts';

export type { WarningWords };

const SKU_FIX = 'Have the vendor correct them, or map such SKUs with `sku_map`.';

export const WARNING_WORDS = {
  encoding_doubtful: {
    form: 'vendor:examples',
    seen: 'the declared encoding reads the feed without an error, and probably wrongly',
    means:
      'All of the feed is UTF-8 and it is declared to be in another encoding; or it is declared as ISO 8859 and has bytes that only windows-1252 has letters for. Letters outside ASCII are probably wrong in the merged feed.',
    do: 'Declare the encoding that the examples name in `parser.encoding`, or `auto`.',
  },
  encoding_likely: {
    form: 'vendor:text',
    seen: 'a few signs in no word are all that is outside ASCII, so the encoding is not certain: {text}',
    means: 'They were read as windows-1252, the most common encoding. In another one they are letters.',
    do: 'If the sign is wrong, declare its encoding in `parser.encoding`; if it is right, declare windows-1252.',
  },
  text_doubly_encoded: {
    form: 'vendor',
    seen: 'texts look as if they had been decoded wrongly and encoded again, such as `CafÃ©` for `Café`',
    means: 'The feed decodes without an error. The mistake was made before, in the vendor’s own system.',
    do: 'Ask the vendor for a new feed.',
  },
  text_lost_characters: {
    form: 'vendor',
    seen: 'texts have the replacement character U+FFFD, such as `Gr��e` for `Größe`',
    means:
      'The vendor’s own system has decoded the text wrongly and lost the letters. They are lost in the merged feed too.',
    do: 'Ask the vendor for a new feed.',
  },
  optional_vendor_missing: {
    form: 'vendor',
    seen: 'there is no file of this vendor',
    means: 'The vendor has `required: false`, so the run continues without its offers.',
    do: 'Nothing, if the vendor has nothing to send.',
  },
  required_vendor_missing: {
    form: 'vendor',
    seen: 'there is no file of this required vendor',
    means: 'The run continues without its offers, because `missing_required_vendor_policy` is `warn_only`.',
    do: 'Have the file sent, and run again.',
  },
  vendor_left_out: {
    form: 'vendor',
    seen: 'the vendor is left out: its feed cannot be used',
    means: '`errors.json` says what is wrong with it. `on_trouble` or `error_policy` lets the run continue without it.',
    do: 'Have the feed corrected; or, if a required column is missing, map it in `parser.column_map`.',
  },
  vendor_carried_over: {
    form: 'vendor:text',
    seen: 'an earlier file of the vendor was read again ({text} old)',
    means: 'Its own file is missing, stale or cannot be used. Prices and quantities are as old as that file.',
    do: 'Have the vendor send its feed. `carry_over_max_hours` ends this.',
  },
  invalid_rows_within_threshold: {
    form: '',
    seen: '{number|row is|rows are} invalid, which `error_policy` allows',
    means: 'They are left out of the merged feed.',
    do: 'Read `errors.json`, which has each of them, and have the vendors correct them.',
  },
  large_margin: {
    form: 'text',
    seen: 'the margin is unusual: {text}',
    means: 'Prices are more than three times the landed cost.',
    do: 'Write 0.20 for 20 %.',
  },
  negative_margin: {
    form: 'text',
    seen: 'the margin is unusual: {text}',
    means: 'Each sale loses money, unless a floor raises the price.',
    do: 'Correct `pricing.base_margin_pct` unless it is intended.',
  },
  merged_feed_empty: {
    form: 'text',
    seen: 'the merged feed has only a header: {text}',
    means: 'A shop that imports it may lose all its offers.',
    do: 'Do not publish it. Look at the feeds, and map cost or price.',
  },
  duplicate_rows_differ: {
    form: 'vendor:number:examples',
    seen: 'for {number|SKU|SKUs} the vendor has several rows with different quantities, costs or prices',
    means:
      'The config does not say what they mean, so each row is an offer of its own and the best one counts. They may be parts of one stock, a newer row after an older one, or different articles.',
    do: 'Set the vendor’s `duplicate_sku`: `sum_quantity`, `first`, `last`, `error`, or `best` if it is meant.',
  },
  skus_left_out: {
    form: 'number',
    seen: 'the merge strategy chose no offer for {number|SKU|SKUs}',
    means: 'They are not in the merged feed, and not among `unpriced_skus`.',
    do: NOTHING,
  },
  no_cost_or_price_column: {
    form: 'vendor',
    seen: 'neither cost nor price is read from the feed',
    means: 'None of the vendor’s offers can be priced, so none can win.',
    do: 'Map `cost` or `price` in `parser.column_map`.',
  },
  header_not_read: {
    form: 'vendor:column:header',
    seen: 'the header "{header}" is not read as {column}: it differs in case or white space',
    means: 'A column that nothing maps is read only under its exact name. This one is read as empty.',
    do: 'Map it in `parser.column_map`, if it is meant.',
  },
  short_rows: {
    form: 'vendor:number:examples',
    seen: '{number|row has|rows have} fewer cells than the header names',
    means:
      'The missing cells were read as empty. The first and the last of them are shown. A last row of a file without a line end may be cut off.',
    do: 'Look at these lines. If every row is short, see whether the header has a name too many: then all cells after it were read as those of other columns.',
  },
  header_lacks_name: {
    form: 'vendor:text',
    seen: '{text}',
    means:
      'They may be row numbers in a column that the header does not name; then all cells were read one column to the left.',
    do: 'If so, have the column named, or read the table without its header: `header: false`, `skip_lines: 1`, columns by position.',
  },
  sheets_not_read: {
    form: 'vendor:sheets',
    seen: 'the workbook has other sheets with cells: {sheets}',
    means: 'The first sheet that is not hidden was read. Rows of the others are missing if they belong to the feed.',
    do: 'Name the sheet in the parser’s option `sheet`, even if it is the first.',
  },
  sheet_errors: {
    form: 'vendor:number:examples',
    seen: '{number|cell has|cells have} an error such as `#N/A`, or a formula without a stored value',
    means: 'They are in columns of texts, and were read as empty.',
    do: 'Have the vendor correct the formulas, or declare in `words` what an error means.',
  },
  sheet_amounts_shown_otherwise: {
    form: 'vendor:number:examples',
    seen: '{number|amount|amounts} of the workbook {number|is|are} shown in another currency than the tenant’s, or as a percentage, by the cell’s number format',
    means: 'The stored numbers were read as they are: amounts are not converted, and 25 % is read as 0.25.',
    do: 'Look at the column in the workbook. Have amounts in `default_currency` sent, or map another column.',
  },
  rows_repaired: {
    form: 'vendor:number',
    seen: '{number|row was|rows were} repaired: a misplaced quote, a separator too many or too few, or a line end inside a cell, whose parts were joined',
    means: '`parser.options.repair` asks for it. Each row was read in the only way that fits the other rows.',
    do: 'Look at some of them, and have the vendor correct them.',
  },
  repaired_lines: {
    form: 'vendor:lines',
    seen: 'the repaired rows start on these lines (the first 20): {lines}',
    means: 'See `rows_repaired`.',
    do: 'Look at some of them in the feed.',
  },
  sku_looks_like_number: {
    form: 'vendor:number:examples',
    seen: '{number|SKU looks like a number|SKUs look like numbers} that a spreadsheet has rewritten, such as `5.01E+12` or `4711.0`',
    means:
      'Someone opened the feed in a spreadsheet and saved it. The feed does not have the lost digits, and such SKUs match no other vendor’s.',
    do: 'Have the vendor export the column as text.',
  },
  sku_hidden_signs: {
    form: 'vendor:number:examples',
    seen: '{number|SKU has|SKUs have} characters inside that nobody sees, such as U+200B, U+00AD or a no-break space',
    means: 'They look like other SKUs and are not: offers for one article do not meet.',
    do: SKU_FIX,
  },
  sku_not_normalized: {
    form: 'vendor:number:examples',
    seen: '{number|SKU is|SKUs are} not in Unicode’s normal form C',
    means: '`é` written as `e` and an accent is another SKU than `é`, though it looks the same.',
    do: SKU_FIX,
  },
  sku_look_alikes: {
    form: 'vendor:number:examples',
    seen: '{number|SKU has|SKUs have} letters of two scripts, Cyrillic or Greek letters that all look Latin, a dash other than `-`, or full-width characters',
    means: 'A Cyrillic `А` in a Latin word makes another SKU that looks the same.',
    do: SKU_FIX,
  },
  sku_no_value: {
    form: 'vendor:number:examples',
    seen: '{number|SKU is|SKUs are} what programs write where there is no value, such as `#N/A`, `NULL` or `TRUE`',
    means:
      'A formula of the vendor’s spreadsheet failed, or an export has no SKU there. The row is a product of that name in the merged feed.',
    do: 'Have the vendor correct them, or drop such rows: `rows: [{ column: …, drop: ["#N/A"] }]`.',
  },
  sku_escaped: {
    form: 'vendor:number:examples',
    seen: '{number|SKU is|SKUs are} wrapped or escaped for another program, such as `="007"`, `\'007` or `A&amp;1`',
    means: 'That is part of the SKU in the merged feed, and it matches no other vendor’s.',
    do: 'Set the parser’s option `unwrap` for `="007"`, or `unescape_formulas` for an apostrophe before `=`, `+`, `-` and `@`; have others exported without it.',
  },
  sku_is_total: {
    form: 'vendor:number:examples',
    seen: '{number|SKU is a word|SKUs are words} such as `Total` or `Summe`',
    means: 'It is probably a row of sums, which is a product in the merged feed.',
    do: 'Declare the row as `footer`, or drop it: `rows: [{ column: …, drop: ["Total*"] }]`.',
  },
  skus_differ_in_case: {
    form: 'number:examples',
    seen: '{number|SKU differs|SKUs differ} from another one only in the case of letters',
    means: '`ab-1` and `AB-1` are two products in the merged feed. If they are one article, its offers do not meet.',
    do: SKU_FIX,
  },
  skus_differ_in_zeros: {
    form: 'number:examples',
    seen: '{number|SKU differs|SKUs differ} from another one only in leading zeros',
    means:
      'Spreadsheets drop the zeros of `007`. `7` and `007` are two products in the merged feed; if they are one article, its offers do not meet.',
    do: 'Have the vendor export the column as text, or map such SKUs with `sku_map`.',
  },
  sku_looks_like_date: {
    form: 'vendor:number:examples',
    seen: '{number|SKU looks like a date|SKUs look like dates} that a spreadsheet has made, such as `1-Mar` or `02. Mrz`, among others',
    means:
      'Someone opened the feed in a spreadsheet and saved it: `MAR1` and `2-3` became dates. Such SKUs match no other vendor’s. Nothing is said if most SKUs look like this, or if others have the same shape and are no dates.',
    do: 'Have the vendor export the column as text, or map such SKUs with `sku_map`.',
  },
  sku_map_unused: {
    form: 'vendor',
    seen: 'no row’s SKU is in the SKU map',
    means: 'The map is another vendor’s, or its keys are written differently. The vendor’s own SKUs were kept.',
    do: 'Compare the map’s `vendor_sku` with the feed.',
  },
  zero_costs: {
    form: 'vendor:number',
    seen: '{number|offer costs|offers cost} 0',
    means: 'Vendors often write 0 for a price on request. An offer that costs 0 is the cheapest.',
    do: 'If 0 means that, declare it as empty (`columns.cost.words: {"0": null, "0.00": null}` in the parser’s options), or drop such rows.',
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
    seen: '{number|offer costs|offers cost} an amount such as 9999.99 or 0.01',
    means: 'Vendors often write such amounts for a price on request, or for goods that they no longer sell.',
    do: 'If so, declare them as empty (`columns.cost.words: {"9999.99": null}` in the parser’s options), or drop or refuse such rows.',
  },
  price_below_cost: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below the cost of the winning offer, by more than rounding',
    means: 'The margin is negative, or a rule of the pricing lowers the price.',
    do: 'Look at `base_margin_pct` and at `pricing.rules`.',
  },
  price_far_below_msrp: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below a fifth of the winning offer’s MSRP',
    means:
      'The cost may be in another unit, such as one amount in euros in a column of cents, or for one piece of a pack.',
    do: 'Compare cost and MSRP of these rows with the vendor’s price list.',
  },
  price_far_below_rivals: {
    form: 'number:examples',
    seen: '{number|winning offer costs|winning offers cost} less than half of the median of the other vendors’ offers',
    means: 'The cost may be in another unit or of another pack size. The first 100 rivals of a SKU are compared.',
    do: 'Compare the offers for these SKUs.',
  },
  map_of_losing_vendor: {
    form: 'number:examples',
    seen: '{number|price is|prices are} below a MAP that only another vendor’s offer names',
    means:
      'The MAP of the winning offer counts, and it names none. The minimum advertised price is the brand’s, so it may bind the winner too.',
    do: 'Ask the winning vendor for its MAP column, or map it in `parser.column_map`.',
  },
  inbound_prefixes_overlap: {
    form: 'text',
    seen: '{text}',
    means: 'The outer vendor may be given the inner one’s file as its newest.',
    do: 'Give each vendor its own folder in `inbound.s3_prefix`.',
  },
  file_in_transfer: {
    form: 'vendor:file',
    seen: 'the file {file} is still in transfer, by its name. It was skipped',
    means: 'The vendor’s newest feed may not have arrived yet; an older one was read, if there is one.',
    do: 'Wait until it is complete, and run again. Remove it if its transfer broke off.',
  },
  ...PUBLISH_WORDS,
  header_matched_loosely: {
    form: 'vendor:column:header',
    seen: 'the header "{header}" is read as {column}, apart from case and white space around it',
    means: 'The vendor may have changed its layout.',
    do: 'Write the header in `column_map` as the feed has it.',
  },
  mapped_column_missing: {
    form: 'vendor:column',
    seen: 'the column that is mapped to {column} is not in the feed',
    means: 'It is read as empty in every row.',
    do: 'Correct `column_map` or the parser’s options; look at the feed if it used to have the column.',
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
  row_filter_column_missing: {
    form: 'vendor:header',
    seen: 'the column {header} of a row filter is not in the feed',
    means: 'The filter has `if_present`, so no row was left out by it.',
    do: 'Correct the name; look at the feed if it used to have the column.',
  },
  sum_column_missing: {
    form: 'vendor:column:header',
    seen: 'the column {header}, a part of the sum {column}, is not in the feed',
    means: 'The sum is smaller without it. In a sum of amounts it would be `missing_required_columns`.',
    do: 'Correct the name, or remove it from the sum.',
  },
  last_cell_cut_off: {
    form: 'vendor:line',
    seen: 'the file ends without a line end on line {line}, and its last cell ends in a decimal mark, or lacks decimals or a part of a date that all others of its column have',
    means: 'The file may be cut off there: its last cell may lack digits, and more rows may be missing.',
    do: 'Compare the end of the file with the vendor’s, and have it sent again.',
  },
  empty_quantities: {
    form: 'vendor:number',
    seen: '{number|valid row has|valid rows have} no quantity, and other rows have one',
    means: 'They were read as 0, so these offers are out of stock.',
    do: 'Ask the vendor whether empty means none. If so, declare it: `columns: { quantity_available: { words: { "": 0 } } }`.',
  },
  rows_skipped: {
    form: 'vendor:number',
    seen: 'the parser left out {number|row|rows}: by row filters, at the end of the feed, or for lack of a key in a side file',
    means: 'These rows are in no feed, and in no other count.',
    do: NOTHING,
  },
  rows_blank: {
    form: 'vendor:number',
    seen: '{number|row has|rows have} nothing but delimiters, quotes and white space',
    means:
      'They are not records: they have no `row_number` and are in no other count. Blank lines are not counted here.',
    do: 'Nothing.',
  },
  preamble_value_missing: {
    form: 'vendor:name',
    seen: 'the lines above the header lack the value {name} of `preamble`',
    means: 'The value is `optional`. Its column is read as empty.',
    do: NOTHING,
  },
  footer_sum_unchecked: {
    form: 'vendor:column:number',
    seen: 'the footer’s sum of {column} could not be checked: it does not read in {number|row|rows}',
    means: 'Row counts are still checked. Rows may be missing from the feed.',
    do: 'See the rows in `errors.json`, and have the vendor correct them.',
  },
  side_file_duplicate_keys: {
    form: 'vendor:name:number',
    seen: '{number|row|rows} of the side file {name} replaced an earlier one of the same key',
    means: 'The last one counts.',
    do: 'Remove one of each pair.',
  },
  side_file_errors: {
    form: 'vendor:name:number',
    seen: '{number|cell has|cells have} an error such as `#N/A` in the side file {name}',
    means: 'Texts and keys are empty there; numbers are refused.',
    do: 'Correct them in the side file.',
  },
  sku_map_duplicate_keys: {
    form: 'vendor:number',
    seen: '{number|entry|entries} of the SKU map replaced an earlier one of the same key',
    means: 'The last one counts.',
    do: 'Remove one of each pair.',
  },
  sku_map_incomplete_entries: {
    form: 'vendor:number',
    seen: '{number|entry of the SKU map has|entries of the SKU map have} only one of the two cells',
    means: 'They are ignored.',
    do: 'Fill or remove them.',
  },
  more_warnings: {
    form: 'number',
    seen: '{number|more warning is|more warnings are} not in the run’s record',
    means: 'A record has the first 50.',
    do: 'Read `run_summary.json`, which has all.',
  },
} as const satisfies Record<string, WarningWords>;
