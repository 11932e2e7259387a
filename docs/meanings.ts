/** What each plugin option means, by its path. A test checks this table against the schemas, both ways. */

export interface Meaning {
  text: string;
  /** A limit that the schema has as code; the test tries `accepts` and `refuses` on it. */
  limit?: { text: string; accepts: readonly unknown[]; refuses: readonly unknown[] };
}

const DECIMAL = { text: 'a plain decimal', accepts: ['0.01', 5, '-3'], refuses: ['1,5', 'ten', ''] };

/** Of tables that lay out a feed, by the part after the plugin's id. */
const NUMBERS = {
  decimal: 'The decimal mark; a point unless given.',
  thousands:
    'What stands between groups of three digits, or null. A space stands for no-break spaces too. A group of another size is an error.',
  currency:
    'Whether amounts may carry the code or a sign of `default_currency`, before or after the digits. Another currency is `foreign_currency`.',
  below_zero: '`error`, or `zero`: a quantity below zero is read as 0, as shops mean it that sell more than they have.',
  at_least: 'Whether quantities such as `50+`, `>100` and `≥8` are read as 50, 100 and 8.',
  divide_by:
    'What amounts are divided by: 100 where they are in cents, 1000 where they are for a thousand pieces. A power of ten up to 1,000,000, so that every digit stays. Quantities are not divided, nor what `words`, `value` and `add` say.',
  units:
    'What may follow a number, such as `["Stk", "pcs", "/m"]` in `12 Stk`; letters of ASCII in any case. A unit that is not listed is an error, and a currency is no unit.',
};

function prefixed(base: string, texts: Readonly<Record<string, string>>): Record<string, Meaning> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${base}.${name}`, { text }]));
}

const LAYOUT: Readonly<Record<string, string>> = {
  header: 'Whether the feed has a header. Without one, name columns by position.',
  header_rows:
    'Records that make up the header. The names of a column are joined with a space. It counts as one record in `row_number`.',
  row_fields:
    'Without a header: cells that a row should have, or `"first_row"`: as many as the first row that stays. A row with more is `too_many_fields`. Any number unless given.',
  skip_lines: 'Physical lines before the header, or before the first row.',
  skip_last_rows:
    'Rows at the end that are left out and counted in `rows_skipped`. Blank lines and rows of empty cells (`;;;`) do not count: such rows among the last ones, or after them, are left out too (up to 10,000). Elsewhere a row of empty cells is a row without a SKU, `missing_value`.',
  quote: 'The quote character; null where quotes mean nothing.',
  escape:
    'A character that takes the meaning from a quote, a delimiter or itself after it. A doubled quote is read too.',
  repair:
    'Whether a row with a quote out of place, or a separator too many or too few, is put right where the other rows leave one reading of it. The warnings `rows_repaired` and `repaired_lines` say how many and where. Without it such a row is invalid, or counted in `short_rows`.',
  unwrap:
    'Whether a cell such as `="007"` is read as `007`, in every column that is read. Any other cell that starts with one `=`, such as `="007`, `=2` or `=2+2`, is a `formula`, which makes the row invalid; so a number without quotes in it is not read.',
  numbers:
    'How quantities, lead times and amounts are written, where that is not plainly. All that is not declared is an error. A cell that a workbook has as a number is that number whatever is declared; only `below_zero` and `divide_by` hold for it too.',
  time_formats:
    'Forms of `updated_at` beside those of the contract, such as `MM/DD/YYYY` or `D.M.YYYY HH:mm`. Parts: `YYYY`, `MM` or `M`, `MMM` (`Jan`), `DD` or `D`, `HH` or `H`, `hh` or `h` with `A` (am, pm), `mm`, `ss`, `Z` (an offset).',
  columns:
    'Canonical column to where its cells come from and how they are read. It has one source: `from`, `first_filled`, `sum` or `value`; without one, the column of `column_map`. A column is named by its header, or by position as `"#0"`.',
  'columns.*.from': 'The header; of several, the first that the feed has.',
  'columns.*.first_filled':
    'In each row the first of these columns that is not empty. One may have words of its own: `{"from": "In stock?", "words": {"1": 10, "0": 0}}`.',
  'columns.*.sum':
    'The sum of these columns. `*` stands for any characters and `?` for one. Empty cells count as nothing; a column that is named and absent is a warning.',
  'columns.*.value':
    'The same cell in every row: one in the contract’s own form, or one of `words`, which are applied to it.',
  'columns.*.side_file': 'The name of a side file; `from` is then a column of it.',
  'columns.*.optional': 'Whether no warning is worth it where the feed does not have the column.',
  'columns.*.words':
    'Whole cells, in any case, that stand for another one: `{"CALL": 0, "N/A": null}`. Null is an empty cell; `""` is the word for one.',
  'columns.*.numbers': 'The same as `numbers`, for this column. What it leaves out is as there.',
  'columns.*.add': 'Amounts of money that are added to an amount that is not empty.',
  'columns.*.add[].by': 'The column whose cell says how much.',
  'columns.*.add[].amounts': 'How much, by the cell, in any case.',
  'columns.*.add[].otherwise': 'For cells that `amounts` does not name: an amount, 0 unless given, or `"error"`.',
  'columns.*.add[].amount': 'The same amount for all rows; it stands alone.',
  rows: 'Which rows stay. A row must pass each entry. Those left out are counted in `rows_skipped`.',
  'rows[].column': 'The column that is looked at; of several headers, the first that the feed has.',
  'rows[].keep':
    'The row stays if its cell is one of these, in any case. `*` stands for any characters and `?` for one; `""` is an empty cell.',
  'rows[].drop': 'The row is left out if its cell is one of these.',
  'rows[].where': 'The entry judges only the rows in which this column has one of these cells.',
  'rows[].where.column': 'The column.',
  'rows[].where.is': 'Its cells, as in `keep`.',
  'rows[].if_present':
    'Whether a feed without the column is read all the same; otherwise it is `missing_required_columns`.',
  sum_rows:
    'Whether rows of one SKU are parts of one offer, such as a row for each location. Their quantities are summed at the merge, as under `duplicate_sku: sum_quantity`, unless `duplicate_sku` is other than `best`.',
  files:
    'Several files that are read as one feed, one after the other in code point order of their names, each with its own header. Without it the newest file is the feed.',
  'files.match':
    'The files: those in the vendor’s folder itself whose name matches. `*` stands for any characters, `?` for one; case does not matter.',
  'files.within_minutes': 'Only files at most so much older than the newest that matches; null is all.',
  side_files:
    'Delimited files beside the feed, such as price lists, that are joined to its rows. The run keeps a copy.',
  'side_files[].name': 'What `columns.*.side_file` calls it.',
  'side_files[].type': '`s3` or `file`. `file` only on the command line.',
  'side_files[].s3_key': 'Object key. `relay run --input DIR` reads it as a path below `DIR`.',
  'side_files[].local_path':
    'Path of the file. A relative one is looked for beside the config, then in the working folder.',
  'side_files[].key':
    'The column of the file that has the key. Of two rows with one key the last counts, with a warning.',
  'side_files[].on': 'The column of the feed that has the key; the one of the SKU, before the SKU map, unless given.',
  'side_files[].header': 'Whether the file has a header. Without one, name its columns by position.',
  'side_files[].delimiter': 'Text between two of its fields.',
  'side_files[].missing':
    'What a row is whose key the file does not have: `error` makes it invalid (`not_in_side_file`), `skip_row` leaves it out, `empty` gives it empty cells.',
};

/** By plugin and option, as in `parser/csv.header`. */
export const OPTION_MEANINGS: Readonly<Record<string, Meaning>> = {
  'parser/csv.timezone': {
    text: 'Zone of timestamps that name none; `tenant` is the tenant’s own.',
    limit: { text: '`tenant` or an IANA zone', accepts: ['tenant', 'UTC', 'Asia/Tokyo'], refuses: ['vendor', ''] },
  },
  ...prefixed('parser/csv', LAYOUT),
  ...prefixed('parser/csv.numbers', NUMBERS),
  ...prefixed('parser/csv.columns.*.numbers', NUMBERS),
  'parser/csv.side_files[].encoding': {
    text: 'Its encoding. A byte order mark wins over it.',
    limit: { text: '`auto` or an encoding', accepts: ['auto', 'utf-8', 'Windows 1252'], refuses: ['utf-9', ''] },
  },
  'parser/csv.member': {
    text: 'The file in a ZIP archive that is the table: its path, or its name; `*` stands for any characters and `?` for one. Null: the only file, or the only one whose name is a table’s.',
  },
  'parser/csv.sheet': { text: 'The sheet of a workbook. Null: the first that is not hidden.' },
  'parser/amazon-listings.fulfilled_quantity': { text: 'Quantity of goods that Amazon holds: their cell is empty.' },
  'parser/amazon-listings.active_only': {
    text: 'Whether rows with the status `Inactive` or `Incomplete` are left out.',
  },
  'parser/amazon-listings.decimal': { text: 'The decimal mark. The other one may stand between thousands.' },
  'parser/google-merchant.in_stock_quantity': { text: 'Quantity of `in_stock`, where there is no `quantity`.' },
  'parser/google-merchant.preorder_quantity': { text: 'Quantity of `preorder`.' },
  'parser/google-merchant.backorder_quantity': { text: 'Quantity of `backorder`.' },
  'parser/google-merchant.stores': { text: 'Local inventory: only the rows of these `store_code`s.' },
  'parser/ingram-price.available_quantity': { text: 'Quantity of the availability flag `Y`.' },
  'parser/sanmar-epdd.cost': { text: 'Which price is the cost: by the piece or by the case.' },
  'parser/shopify-inventory.quantity': { text: 'Which quantity is read.' },
  'parser/shopify-inventory.locations': { text: 'Only the rows of these locations.' },
  'parser/shopify-inventory.location_columns': {
    text: 'For exports with one column a location: the columns that are summed. `*` stands for any characters.',
  },
  'parser/td-synnex.cost': {
    text: 'Which price is the cost: `contract`, with promotions and rebates, or `unit`, without.',
  },
  'parser/td-synnex.warehouses': {
    text: 'Positions, from 0, of the warehouses whose quantities are summed; the total of all unless given.',
  },
  'parser/woocommerce-products.untracked_quantity': { text: 'Quantity of goods in stock whose stock is not tracked.' },
  'parser/woocommerce-products.backorder_quantity': {
    text: 'Quantity of goods on backorder whose stock is not tracked.',
  },
  'parser/woocommerce-products.published_only': { text: 'Whether private products and drafts are left out.' },
  'parser/woocommerce-products.decimal': { text: 'The decimal mark of amounts.' },
  'validator/allowed_values.column': { text: 'The column.' },
  'validator/allowed_values.values': { text: 'The values, to the letter. An empty cell passes.' },
  'validator/not_above.column': { text: 'The amount.' },
  'validator/not_above.other': { text: 'The amount that it may not exceed. A row without one of them passes.' },
  'validator/number_range': {
    text: 'Both ends are included. An empty cell passes; an empty quantity is 0.',
    limit: {
      text: '`min` or `max` is needed',
      accepts: [
        { column: 'cost', min: 1 },
        { column: 'cost', max: '2' },
      ],
      refuses: [{ column: 'cost' }],
    },
  },
  'validator/number_range.column': { text: 'The column.' },
  'validator/number_range.min': { text: 'The smallest value.', limit: DECIMAL },
  'validator/number_range.max': { text: 'The greatest value.', limit: DECIMAL },
  'validator/required_fields.columns': { text: 'The columns whose cells may not be empty.' },
  'validator/row_count.min': { text: 'Fewest valid rows of a feed.' },
  'validator/row_count.max': { text: 'Most valid rows of a feed.' },
  'validator/text_length.column': { text: 'The column. An empty cell passes.' },
  'validator/text_length.min': { text: 'Fewest characters (code points).' },
  'validator/text_length.max': { text: 'Most characters (code points).' },
  'merge/best_offer.sort_by': {
    text: 'Criteria in order: `in_stock_desc`, `lowest_landed_cost`, `lowest_lead_time`, `highest_quantity`, `newest`, `vendor_priority:<id>,<id>…`. Empty means `in_stock_desc`, `lowest_landed_cost`. An unknown cost sorts last, as a missing timestamp does. `lowest_lead_time` compares after the fallback. Vendors that `vendor_priority` does not name sort after those it names.',
    limit: {
      text: 'known criteria; `vendor_priority` names vendors of the config',
      accepts: [[], ['newest', 'vendor_priority:a,b']],
      refuses: [['cheapest'], ['vendor_priority:'], 'newest'],
    },
  },
  'merge/best_offer.landed_cost': { text: 'What landed cost is made of.' },
  'merge/best_offer.landed_cost.include_shipping_handling': {
    text: 'Whether it includes `pricing.shipping_handling_flat`. The amount is the same for every offer, so it changes no order.',
  },
  'merge/best_offer.fallback_lead_time_days': { text: 'Lead time of an offer that has none.' },
};
