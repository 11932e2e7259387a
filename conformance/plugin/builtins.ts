/** Fixtures for the built-in plugins, by kind and id. Every built-in plugin needs one. */
import type { PluginFixture } from './fixture.ts';
import { OUTPUT_FIXTURES } from './output-formats.ts';
import { VENDOR_PARSER_FIXTURES } from './vendor-parsers.ts';

const bytes = (text: string, encode: (unit: number) => number[]) =>
  Uint8Array.from([...text].flatMap((character) => encode(character.codePointAt(0)!)));
const latin1 = (text: string) => bytes(text, (unit) => [unit]);
const utf16 = (text: string) => bytes(`\ufeff${text}`, (unit) => [unit & 255, unit >> 8]);

const CANONICAL = 'sku,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title\n';
const OFFERS = 'sku,quantity_available,lead_time_days,cost,price,updated_at\n';

/** One feed of canonical columns: rows with these SKUs pass, the others are rejected. */
function judged(
  options: object,
  lines: readonly string[],
  passed: readonly string[],
  rejected: ReadonlyArray<[row: number, column: string | null, code: string]>,
): PluginFixture {
  return {
    name: JSON.stringify(options),
    feeds: { acme: `${CANONICAL}${lines.join('\n')}\n` },
    options,
    rows: lines.length,
    expect: {
      rows: passed.map((sku) => ({ sku, vendor_id: 'acme' })),
      rejected: rejected.map(([row, column, code]) => ({ row, column, code })),
    },
  };
}

/** One feed, and the resulting price of each SKU. */
function priced(
  name: string,
  lines: readonly string[],
  prices: Record<string, string>,
  pricing: object,
): PluginFixture {
  return {
    name,
    feeds: { acme: `${CANONICAL}${lines.join('\n')}\n` },
    rows: lines.length,
    tenant: { pricing },
    expect: { rows: Object.entries(prices).map(([sku, price]) => ({ sku, price })) },
  };
}

export const BUILTIN_FIXTURES: Readonly<Record<string, readonly PluginFixture[]>> = {
  'parser/csv': [
    {
      name: 'quoted cells, blank lines, a short and a long row',
      feeds: {
        acme: 'sku,quantity_available,cost,title\nB-1,4,9.75,"Wheel 17"""\n\nA-2,x,1,Valve\nC-3,1\nD-4,1,2,Rim,extra\n"E,5",2,.5,"two\nlines"\n',
      },
      rows: 5,
      expect: {
        rows: [
          { sku: 'B-1', quantity_available: '4', cost: '9.75', title: 'Wheel 17"' },
          { sku: 'C-3', quantity_available: '1', cost: '' },
          { sku: 'E,5', cost: '0.50', title: 'two\nlines' },
        ],
        rejected: [
          { row: 3, column: 'quantity_available', code: 'invalid_int' },
          { row: 5, column: null, code: 'too_many_fields' },
        ],
      },
    },
    {
      name: 'semicolons in windows-1252, headers of the vendor’s own',
      feeds: { nord: latin1('Lager\nNr;Bestand;Bezeichnung\n7;3;Rad für Räder\n008;0;Größe\n') },
      vendor: {
        parser: {
          delimiter: ';',
          encoding: 'windows-1252',
          column_map: { sku: 'Nr', quantity_available: 'Bestand', title: 'Bezeichnung' },
        },
      },
      options: { skip_lines: 1 },
      rows: 2,
      expect: {
        rows: [
          { sku: '7', title: 'Rad für Räder' },
          { sku: '008', title: 'Größe' },
        ],
      },
    },
    {
      name: 'everything found out: UTF-16 with tabs',
      feeds: { summit: utf16('sku\tquantity_available\ttitle\nA\t1\tcafé, noir\nB\t2\tthé; vert\nC\t3\tmaté\n') },
      vendor: { parser: { delimiter: 'auto', encoding: 'auto' } },
      rows: 3,
      expect: {
        rows: [
          { sku: 'A', title: 'café, noir' },
          { sku: 'B', title: 'thé; vert' },
          { sku: 'C', title: 'maté' },
        ],
      },
    },
    {
      name: 'a table that says everything: sums, words, decimal commas, filters, a footer, a price list',
      feeds: {
        nord: 'Lagerliste\nNr;Nord;Süd;Status\n="007";4;2;aktiv\n008;auf Anfrage;;aktiv\n009;1;1;gelöscht\n010;1;viele;aktiv\nSumme;14;3;\n',
      },
      sideFiles: { 'preise.csv': 'Teil|EK\n007|1.234,50 €\n008|2,00 $\n010|3\n' },
      vendor: { parser: { delimiter: ';', column_map: { sku: 'Nr' } } },
      tenant: { default_currency: 'EUR' },
      options: {
        skip_lines: 1,
        skip_last_rows: 1,
        unwrap: true,
        numbers: { decimal: ',', thousands: '.', currency: true },
        columns: {
          quantity_available: { sum: ['Nord', 'Süd'], words: { 'auf Anfrage': 0 } },
          cost: { side_file: 'preise', from: 'EK' },
        },
        rows: [{ column: 'Status', drop: ['gelöscht'] }],
        side_files: [{ name: 'preise', type: 'file', local_path: 'preise.csv', key: 'Teil', delimiter: '|' }],
      },
      rows: 5,
      expect: {
        rows: [{ sku: '007', quantity_available: '6', cost: '1234.50' }],
        rejected: [
          { row: 3, column: 'cost', code: 'foreign_currency' },
          { row: 5, column: 'quantity_available', code: 'invalid_int' },
        ],
        skipped: 2,
      },
    },
    {
      name: 'without a header, by position',
      feeds: { bare: '12|A|9.5\nno|B|1\n3|C|2\n' },
      vendor: { parser: { delimiter: '|', column_map: { sku: '#1', quantity_available: '#0', cost: '#2' } } },
      options: { header: false, quote: null },
      rows: 3,
      expect: {
        rows: [
          { sku: 'A', quantity_available: '12', cost: '9.50' },
          { sku: 'C', quantity_available: '3', cost: '2.00' },
        ],
        rejected: [{ row: 2, column: 'quantity_available', code: 'invalid_int' }],
      },
    },
  ],
  ...VENDOR_PARSER_FIXTURES,
  'validator/required_fields': [
    judged(
      { columns: ['cost', 'brand'] },
      ['B,1,,5,,,,,Acme,', 'A,1,,,,,,,,', 'C,1,,2,,,,,Bolt,'],
      ['B', 'C'],
      [
        [3, 'cost', 'missing_value'],
        [3, 'brand', 'missing_value'],
      ],
    ),
  ],
  'validator/number_range': [
    judged(
      { column: 'cost', min: '0.01', max: '25' },
      ['A,1,,25,,,,,,', 'B,1,,25.01,,,,,,', 'C,1,,0,,,,,,', 'D,1,,,,,,,,'],
      ['A', 'D'],
      [
        [3, 'cost', 'out_of_range'],
        [4, 'cost', 'out_of_range'],
      ],
    ),
  ],
  'validator/text_length': [
    judged(
      { column: 'title', min: 3, max: 4 },
      ['A,1,,,,,,,,abc', 'B,1,,,,,,,,ab', 'C,1,,,,,,,,abcde', 'D,1,,,,,,,,\u{1F6DE}\u{1F6DE}\u{1F6DE}'],
      ['A', 'D'],
      [
        [3, 'title', 'bad_length'],
        [4, 'title', 'bad_length'],
      ],
    ),
  ],
  'validator/allowed_values': [
    judged(
      { column: 'condition', values: ['new', 'refurb'] },
      ['A,1,,,,,,NEW,,', 'B,1,,,,,,used,,', 'C,1,,,,,,,,'],
      ['A', 'C'],
      [[3, 'condition', 'value_not_allowed']],
    ),
  ],
  'validator/not_above': [
    judged(
      { column: 'cost', other: 'msrp' },
      ['A,1,,5,,,5,,,', 'B,1,,6,,,5.99,,,', 'C,1,,7,,,,,,'],
      ['A', 'C'],
      [[3, 'cost', 'amount_above_other']],
    ),
  ],
  'validator/gtin_check': [
    {
      name: 'the four lengths, wrong check digits, other forms',
      feeds: {
        acme: `sku,quantity_available,gtin\n${[
          ...['A,1,96385074', 'B,1,036000291452', 'C,1,4006381333931', 'D,1,10012345678902', 'E,1,'],
          ...['F,1,4006381333932', 'G,1,36000291452', 'H,1,400638133393X'],
        ].join('\n')}\n`,
      },
      options: { column: 'gtin' },
      tenant: { extra_columns: ['gtin'] },
      rows: 8,
      expect: {
        rows: ['A', 'B', 'C', 'D', 'E'].map((sku) => ({ sku, vendor_id: 'acme' })),
        rejected: [7, 8, 9].map((row) => ({ row, column: 'gtin', code: 'invalid_gtin' })),
      },
    },
  ],
  'validator/row_count': [
    { ...judged({ min: 2 }, ['A,1,,,,,,,,', 'B,2,,,,,,,,'], ['A', 'B'], []), name: 'enough rows' },
    {
      ...judged({ min: 2, max: 3 }, ['A,1,,,,,,,,'], ['A'], []),
      name: 'too few rows',
      expect: { rows: [{ sku: 'A', vendor_id: 'acme' }], feedErrors: ['row_count'] },
    },
  ],
  'pricing/margin': [
    priced(
      'costs, and prices where there is none',
      ['A,1,,10,,,,,,', 'B,1,,,,7.5,,,,', 'C,1,,.333333,,9,,,,', 'D,1,,,,,,,,'],
      { A: '15.60', B: '7.50', C: '4.00' },
      { base_margin_pct: '0.20', shipping_handling_flat: 3 },
    ),
  ],
  'pricing/min_price': [
    priced(
      'below, at and above',
      ['A,1,,,,4.99,,,,', 'B,1,,,,5.01,,,,', 'C,1,,,,6,,,,', 'D,1,,,,,,,,'],
      { A: '5.01', B: '5.01', C: '6.00' },
      { min_price: '5.001' },
    ),
  ],
  'pricing/round': [
    priced(
      'halves go up',
      ['A,1,,,,4.975,,,,', 'B,1,,,,4.974999,,,,', 'C,1,,,,5,,,,'],
      { A: '5.00', B: '4.95', C: '5.00' },
      { rounding: { mode: 'nearest', increment: '0.05' } },
    ),
    {
      ...priced(
        'endings in .99, never below zero',
        ['A,1,,,,10.48,,,,', 'B,1,,,,10.49,,,,', 'C,1,,,,0.2,,,,', 'D,1,,,,9.99,,,,'],
        { A: '9.99', B: '10.99', C: '0.99', D: '9.99' },
        { rounding: { mode: 'nearest', increment: 1 } },
      ),
      options: { offset: '-0.01' },
    },
  ],
  'pricing/map_floor': [
    priced(
      'with and without a floor',
      ['A,1,,,9.991,8,,,,', 'B,1,,,,8,,,,', 'C,1,,,7,8,,,,'],
      { A: '10.00', B: '8.00', C: '8.00' },
      { map_policy: { enforce: true } },
    ),
  ],
  'pricing/cost_bands': [
    {
      ...priced(
        'at the end of a band, past it, past all; no cost',
        ['A,1,,10,,,,,,', 'B,1,,10.000001,,,,,,', 'C,1,,100.01,,,,,,', 'D,1,,,,7.5,,,,', 'E,1,,0,,9,,,,'],
        { A: '18.00', B: '16.50', C: '112.21', D: '7.50', E: '3.00' },
        { base_margin_pct: '0.10', shipping_handling_flat: 2 },
      ),
      options: {
        bands: [
          { up_to: 10, margin_pct: '0.50' },
          { up_to: '100', margin_pct: '0.375' },
        ],
      },
    },
  ],
  'pricing/ending': [
    {
      ...priced(
        'the nearest, the higher of two, never below a floor',
        [
          'A,1,,,,10.48,,,,',
          'B,1,,,,10.47,,,,',
          'C,1,,,,0.2,,,,',
          'D,1,,,10.97,10.47,,,,',
          'E,1,,,10.96,10.47,,,,',
          'F,1,,,,3,,,,',
        ],
        { A: '10.95', B: '10.95', C: '1.95', D: '10.99', E: '10.99', F: '2.99' },
        { min_price: '1.50', map_policy: { enforce: true } },
      ),
      options: { endings: ['.95', '.99'] },
    },
    {
      ...priced(
        'down to endings before the point',
        ['A,1,,,,128,,,,', 'B,1,,,,18.99,,,,', 'C,1,,,,9,,,,', 'D,1,,,30.001,30,,,,'],
        { A: '119.99', B: '9.99', C: '9.99', D: '39.99' },
        { map_policy: { enforce: true } },
      ),
      options: { endings: ['9.99'], mode: 'down' },
    },
  ],
  'pricing/msrp_cap': [
    {
      ...priced(
        'above, at and below a cap that rounds down; no msrp; MAP wins',
        [
          'A,1,,,,20,9.99,,,',
          'B,1,,,,9.49,9.99,,,',
          'C,1,,,,5,9.99,,,',
          'D,1,,,,20,,,,',
          'E,1,,,12,20,9.99,,,',
          'F,1,,,,20,0,,,',
        ],
        { A: '9.49', B: '9.49', C: '5.00', D: '20.00', E: '12.00', F: '20.00' },
        { map_policy: { enforce: true } },
      ),
      options: { share: '0.95' },
    },
  ],
  'pricing/min_margin': [
    {
      ...priced(
        'below and above the least margin; no cost',
        ['A,1,,10,,10,,,,', 'B,1,,10,,20,,,,', 'C,1,,,,7.5,,,,', 'D,1,,10.001,,10,,,,'],
        { A: '13.20', B: '20.00', C: '7.50', D: '13.21' },
        { shipping_handling_flat: 2 },
      ),
      options: { margin_pct: '0.10' },
    },
  ],
  'merge/best_offer': [
    {
      name: 'in stock, then the lowest cost, then the vendor’s name',
      feeds: {
        bolt: `${OFFERS}A,0,,1,9,\nB,5,,4,9,\nC,1,3,,9,\nD,1,,2,9,\n`,
        acme: `${OFFERS}A,2,,8,9,\nB,1,,4,9,\nC,1,,6,9,\nD,1,,2.01,9,\n`,
      },
      rows: 8,
      options: { fallback_lead_time_days: 9 },
      expect: {
        rows: [
          { sku: 'A', vendor_id: 'acme', lead_time_days: '9' },
          { sku: 'B', vendor_id: 'acme' },
          { sku: 'C', vendor_id: 'acme' },
          { sku: 'D', vendor_id: 'bolt' },
        ],
      },
    },
    {
      name: 'every other criterion',
      feeds: {
        acme: `${OFFERS}A,1,5,1,9,2026-01-02\nB,1,2,1,9,\nC,4,2,1,9,2026-01-01\n`,
        bolt: `${OFFERS}A,1,4,1,9,2026-01-01\nB,1,2,1,9,2026-01-01\nC,9,2,1,9,2026-01-01\n`,
      },
      rows: 6,
      options: { sort_by: ['lowest_lead_time', 'newest', 'highest_quantity', 'vendor_priority:bolt,acme'] },
      expect: {
        rows: [
          { sku: 'A', vendor_id: 'bolt' },
          { sku: 'B', vendor_id: 'bolt' },
          { sku: 'C', vendor_id: 'bolt' },
        ],
      },
    },
  ],
  ...OUTPUT_FIXTURES,
};
