/** Warnings about how a feed was read: its encoding, header, sheets, rows and side files. */
import type { WarningWords } from '../warning-words.ts';

const NOTHING = 'Nothing, if it is meant.';

export const FEED_WORDS = {
  encoding_doubtful: {
    form: 'vendor:examples',
    seen: 'the declared encoding reads the feed without an error, and probably wrongly',
    means:
      'All of the feed is UTF-8 and it is declared to be in another encoding; or it is declared as ISO 8859 and has bytes that only windows-1252 has letters for; or its words are far more likely in another code page. Letters outside ASCII are probably wrong in the merged feed.',
    do: 'Declare the encoding that the examples name in `parser.encoding`, or `auto`.',
  },
  encoding_likely: {
    form: 'vendor:text',
    seen: 'few letters or signs are outside ASCII, so the encoding is not certain: {text}',
    means: 'They were read as windows-1252, the most common encoding. In another one they are other letters or signs.',
    do: 'If the text is wrong, declare its encoding in `parser.encoding`; if it is right, declare windows-1252.',
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
  text_letters_lost: {
    form: 'vendor:number',
    seen: '{number|brand or title has|brands and titles have} question marks inside of words, as in `Gr??e`',
    means:
      'The vendor’s own system has lost the letters that its encoding lacks. They are lost in the merged feed too. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor export in UTF-8.',
  },
  text_markup: {
    form: 'vendor:number',
    seen: '{number|brand or title has|brands and titles have} HTML tags, as in `<b>Lamp</b>`',
    means:
      'They are in the merged feed too, and many shops show them as they are. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor export plain texts, or take the tags out with a vendor module.',
  },
  text_ditto: {
    form: 'vendor:number',
    seen: '{number|brand or title is a mark|brands and titles are marks} that means the text of the row above, such as `"` or `dto.`',
    means:
      'The list was written for people. The mark itself is the brand or title in the merged feed. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor write every row out, or declare the mark as empty: `columns: {brand: {words: {"dto.": null}}}` in the parser’s options.',
  },
  text_no_value: {
    form: 'vendor:number',
    seen: '{number|brand or title is what a program writes|brands and titles are what programs write} where there is no value, such as `NULL`, `#N/A` or `[object Object]`',
    means:
      'A formula or a template of the vendor’s failed, or a word stands for nothing. It is the brand or title in the merged feed. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor correct it, or declare the word as empty: `columns: {brand: {words: {"NULL": null}}}` in the parser’s options.',
  },
  titles_all_alike: {
    form: 'vendor:cell',
    seen: 'nearly all titles that were looked at are "{cell}"',
    means:
      'One title was probably written into every row, or the column is another one, such as a category. Of a long feed not every row is looked at.',
    do: 'Compare `parser.column_map` with the header, and ask the vendor.',
  },
  titles_cut: {
    form: 'vendor:number:characters',
    seen: '{number|title has|titles have} exactly {characters} characters, and none has more',
    means:
      'An export has probably cut longer titles off, in the middle of a word. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor export the whole field, or map another column to `title`.',
  },
  no_cost_or_price_column: {
    form: 'vendor',
    seen: 'neither cost nor price is read from the feed',
    means: 'None of the vendor’s offers can be priced, so none can win.',
    do: 'Map `cost` or `price` in `parser.column_map`.',
  },
  text_control_signs: {
    form: 'vendor:number',
    seen: '{number|brand or title has|brands and titles have} control characters',
    means:
      'They are in the merged feed too, unseen; shops and XML readers refuse them or show boxes. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor remove them.',
  },
  text_hidden_signs: {
    form: 'vendor:number',
    seen: '{number|brand or title has|brands and titles have} characters that nobody sees, such as U+FEFF, U+200B, U+2028 or a soft hyphen',
    means:
      'They are in the merged feed too. Words with them are not found by a search, and U+2028 ends a line in some programs. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor remove them.',
  },
  text_escaped: {
    form: 'vendor:number',
    seen: "{number|brand or title is|brands and titles are} escaped, as in `&amp;`, `=C3=BC`, `\\u00fc`, `Caf%C3%A9` or `'+Plus`",
    means:
      'The vendor’s export has HTML entities or quoted-printable in place of letters, or an apostrophe before what a spreadsheet would take for a formula, and shops show them as they are. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Have the vendor export plain text. The parser’s option `unescape_formulas` takes such apostrophes off.',
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
    seen: '{number|amount of the workbook is shown|amounts of the workbook are shown} in another currency than the vendor’s, or as a percentage, by the cell’s number format',
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
  header_matched_loosely: {
    form: 'vendor:column:header',
    seen: 'the header "{header}" is read as {column}, apart from case and white space around it',
    means: 'The vendor may have changed its layout.',
    do: 'Write the header in `column_map` as the feed has it.',
  },
  columns_change_places: {
    form: 'vendor:columns:text',
    seen: 'from some row on the columns {columns} look like one another before: {text}',
    means:
      'Rows of another program, with its columns in another order, were probably joined to the file. All rows from there on are read wrong. Of a long feed not every row is looked at, so the change may be some rows before.',
    do: 'Do not publish the feed before you have looked at these lines. Have the two parts sent as two files, each with its own layout.',
  },
  header_twins: {
    form: 'vendor:column:text',
    seen: 'of headers that look the same, {text} as {column}',
    means:
      'They differ only in the case of letters, in white space, or in characters that nobody sees. The column that was not taken may be the right one.',
    do: 'Compare the two columns in the file, and map the right one by its exact header or by its position, as in `"#3"`.',
  },
  stock_unread: {
    form: 'vendor:number:header',
    seen: '{number|row in stock has|rows in stock have} a number in the column "{header}", which nothing reads, that says that fewer pieces can be sold',
    means:
      'The column has pieces that are reserved or allocated, or it has what is available and the quantity is read from another one; or under “on order” it has the very quantity that was read. More may be offered than there is. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor which column is what can be sold, and map that one to `quantity_available`. If pieces are still to be subtracted, have the vendor do it.',
  },
  states_unread: {
    form: 'vendor:number:header',
    seen: '{number|row in stock says|rows in stock say} in the column "{header}", which nothing reads, that the goods are discontinued, blocked, not to be sold or still to come',
    means:
      'They go out as goods in stock. A column counts if it has few different words. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Drop such rows with a filter (`parser.options.rows: [{column: Status, drop: [discontinued]}]`), or give their quantity as 0 with a vendor module. If they are to be sold while they last, read the column in a filter that keeps all: `{column: Status, keep: ["*", ""]}`.',
  },
  conditions_unread: {
    form: 'vendor:number:header',
    seen: '{number|row in stock says|rows in stock say} in the column "{header}", which nothing reads, that the goods are used, refurbished, returned or damaged',
    means:
      'They go out as the others do, and compete with other vendors’ new ones: used goods are the cheapest offer of a SKU. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Drop such rows with a filter (`parser.options.rows: [{column: grade, drop: ["B*"]}]`), or have the vendor give them SKUs of their own. To show it in the feed, map the column to `condition`, with `words` for its cells (`columns: {condition: {from: grade, words: {"B-Ware": used}}}`), and add `condition` to `output.columns`.',
  },
  header_repeated: {
    form: 'vendor:number',
    seen: '{number|row is|rows are} the header once more, and refused',
    means: 'Several exports were joined into one file. The rows below it are read like those above.',
    do: 'If the vendor always sends such files, drop the row by its cells: `rows: [{column: sku, drop: [sku]}]` in the parser’s options.',
  },
  order_minimums_unread: {
    form: 'vendor:number:header',
    seen: '{number|row in stock is|rows in stock are} sold only several at once, as the column "{header}" says, which nothing reads',
    means:
      'It names a least number for an order, or a number that orders must be a multiple of. They go out as goods that a buyer may order one by one, also where there are fewer in stock than that. Of a long feed the first 10,000 rows and then every eighth are counted.',
    do: 'Ask the vendor whether single pieces can be ordered. If not, drop such rows or give their quantity as 0 with a vendor module, and price packs with `multiply_by`. If the shop orders several at once anyway, read the column as one of `extra_columns`, and nothing is said.',
  },
  header_names_currency: {
    form: 'vendor:column:header',
    seen: 'the header "{header}" of {column} names another currency than the one that the vendor’s amounts are read in',
    means:
      'All amounts of a vendor are read in one currency: that of its `pricing.vendor_terms`, else `default_currency`. If the header is right, each price is wrong by the rate.',
    do: 'Name the currency and its rate in `pricing.vendor_terms`: then amounts are converted. Or map a column in the right currency.',
  },
  header_names_basis: {
    form: 'vendor:column:header',
    seen: 'the header "{header}" of {column} says that amounts are in cents, for several pieces, for a weight or length, or with tax, that a quantity is in packs or of goods that are reserved or on order, or that a lead time is not in days',
    means:
      'They are read as they are: amounts for one piece and without tax, quantities in pieces, lead times in days.',
    do: 'Declare a factor in the parser’s options, such as `columns: {cost: {divide_by: 100}}`, `divide_by: 1.19` for a cost with tax, or `columns: {lead_time_days: {multiply_by: 7}}` for weeks. A factor of 1 says that they are right as they are.',
  },
  mapped_column_missing: {
    form: 'vendor:column',
    seen: 'the column that is mapped to {column} is not in the feed',
    means: 'It is read as empty in every row.',
    do: 'Correct `column_map` or the parser’s options; look at the feed if it used to have the column.',
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
    seen: 'the file ends without a line end on line {line}, and its last cell ends in a decimal mark, or lacks decimals or a part of a date that all others of its column have, or is the only one that is empty',
    means: 'The file may be cut off there: its last cell may lack digits, and more rows may be missing.',
    do: 'Compare the end of the file with the vendor’s, and have it sent again.',
  },
  end_padded: {
    form: 'vendor:number',
    seen: 'the file ends in {number|NUL byte, which was|NUL bytes, which were} left out',
    means:
      'Some systems fill the last block of a file with them. Where a transfer or an export broke off, a file may have them in place of rows.',
    do: 'Compare the number of rows and the last one with the vendor’s.',
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
} as const satisfies Record<string, WarningWords>;
