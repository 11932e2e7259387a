/** Warnings about SKUs and the rows that share one. */
import type { WarningWords } from '../warning-words.ts';

const SKU_FIX = 'Have the vendor correct them, or map such SKUs with `sku_map`.';

export const SKU_WARNING_WORDS = {
  duplicate_rows_differ: {
    form: 'vendor:number:examples',
    seen: 'for {number|SKU|SKUs} the vendor has several rows with different quantities, costs or prices',
    means:
      'The config does not say what they mean, so each row is an offer of its own and the best one counts. They may be parts of one stock, a newer row after an older one, or different articles.',
    do: 'Set the vendor’s `duplicate_sku`: `sum_quantity`, `first`, `last`, `error`, or `best` if it is meant.',
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
  sku_double_spaces: {
    form: 'vendor:number:examples',
    seen: '{number|SKU has|SKUs have} several spaces in a row',
    means: 'It is another SKU than the one with a single space, which a shop, or another vendor, probably has.',
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
    seen: '{number|SKU is|SKUs are} what programs write where there is no value, such as `#N/A`, `NULL` or `TRUE`, or a mark such as `dto.`',
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
  sku_is_report_line: {
    form: 'vendor:number:examples',
    seen: '{number|SKU is a line|SKUs are lines} of a report, such as `Page 1 of 4` or `Printed on 5 May`',
    means: 'The file was made for people to print. Such a line is a product in the merged feed.',
    do: 'Drop such rows: `rows: [{ column: …, drop: ["Page *"] }]`. Have the vendor export data without page breaks.',
  },
  skus_shorter: {
    form: 'vendor:number:examples',
    seen: '{number|SKU of digits is|SKUs of digits are} shorter than the others, which all have one length, or are barcodes',
    means:
      'A spreadsheet drops leading zeros. Such SKUs match no other vendor’s. Of a long feed not every row is looked at.',
    do: 'Ask the vendor whether these numbers begin with zeros. If so, have the column exported as text, or map such SKUs with `sku_map`.',
  },
  skus_change_form: {
    form: 'vendor:text',
    seen: 'the SKUs are of another form from some row on, {text}',
    means:
      'Leading zeros, hyphens or capitals are gone or new there. Two exports were probably joined, or a part was opened in a spreadsheet: its SKUs match no other vendor’s, and not those of the last feed. Of a long feed not every row is looked at.',
    do: 'Do not publish the feed before you have asked the vendor. Have it exported at once as text, or map such SKUs with `sku_map`.',
  },
  skus_rounded: {
    form: 'vendor:number:examples',
    seen: '{number|long SKU of digits ends|long SKUs of digits end} in zeros',
    means:
      'A spreadsheet keeps 15 digits of a number, or fewer, and writes zeros in place of the rest. The feed does not have the lost digits: different articles may have one SKU. Of a long feed not every row is looked at.',
    do: 'Have the vendor export the column as text.',
  },
  skus_differ_in_case: {
    form: 'number:examples',
    seen: '{number|SKU differs|SKUs differ} from another one only in the case of letters',
    means: '`ab-1` and `AB-1` are two products in the merged feed. If they are one article, its offers do not meet.',
    do: 'If they are one article, give the vendor that writes them otherwise a `sku_map`: `vendor_sku` as it writes them, `sku` as the others do. If they are two, nothing.',
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
} as const satisfies Record<string, WarningWords>;
