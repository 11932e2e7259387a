/** A new parser: a vendor's feed as a table, with words and signs in quantities, and discontinued rows. */
import { type KindTemplate, tenantYaml } from './template.ts';

const FEED = `Item No;Stock;Net;Text;State
W-100;50+;9.75;"Wheel 17""";A
V-200;CALL;4.10;Valve;A
X-300;1;1.00;Old rim;D
Y-400;many;2.00;Spoke;A
`;

export const parserTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The parser \`${id}\`: how this vendor writes its feed, as a table. */
import { defineVendorParser, z } from 'relay-inventory';

export const ${variable} = defineVendorParser({
  id: '${id}',
  version: '0.1.0',
  summary: 'the feed of ${id}',
  delimiter: ';',
  // what it may be written in where it is not UTF-8
  encodings: { candidates: ['windows-1252'] },
  // what tenants may choose, under parser.options
  options: { keep_discontinued: z.boolean().default(false) },
  example: { keep_discontinued: true },
  // the entries are those of the parser "csv"; docs/CONFIG_SPEC.md of Relay lists them all
  table: (options) => ({
    numbers: { at_least: true },
    columns: {
      sku: { from: 'Item No' },
      quantity_available: { from: 'Stock', words: { CALL: 0 } },
      cost: { from: 'Net' },
      title: { from: 'Text' },
    },
    rows: options.keep_discontinued ? [] : [{ column: 'State', drop: ['D'] }],
  }),
});
`,
  files: ({ id }) => ({
    'feed.csv': FEED,
    'tenant.yaml': tenantYaml(`vendors:
  - vendor_id: ${id}
    inbound: { type: local }
    parser: { format: ${id} }
`),
  }),
  fixtures: ({ id }) => `[
  {
    name: 'a word and a sign in quantities, a discontinued row, a bad quantity',
    feeds: { ${/^\w+$/.test(id) ? id : `'${id}'`}: file('feed.csv') },
    // all data rows, counted by hand
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '50', cost: '9.75', title: 'Wheel 17"' },
        { sku: 'V-200', quantity_available: '0', cost: '4.10', title: 'Valve' },
      ],
      // as in errors.json: the header is row 1
      rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
      skipped: 1,
    },
  },
  {
    name: 'discontinued rows kept',
    feeds: { ${/^\w+$/.test(id) ? id : `'${id}'`}: file('feed.csv') },
    options: { keep_discontinued: true },
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '50' },
        { sku: 'V-200', quantity_available: '0' },
        { sku: 'X-300', quantity_available: '1' },
      ],
      rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
    },
  },
]`,
  feeds: ({ id }) => ({ [id]: 'feed.csv' }),
  next: 'put a feed of the vendor into the fixtures, its shape into the table in the module, and what must come of it into the test.',
};
