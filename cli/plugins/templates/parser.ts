/** A new parser: a vendor's dialect and headers fixed, a word for a quantity, rows that are no stock. */
import { type KindTemplate, tenantYaml } from './template.ts';

const FEED = `Item No;Stock;Net;Text;State
W-100;9;9.75;"Wheel 17""";A
V-200;CALL;4.10;Valve;A
X-300;1;1.00;Old rim;D
Y-400;many;2.00;Spoke;A
`;

export const parserTemplate: KindTemplate = {
  files: ({ id, variable }) => ({
    'index.js': `/** The parser \`${id}\`: semicolons, the vendor's own headers, "CALL" for none in stock, discontinued rows. */
import { csv, z } from 'relay-inventory';

/** How the vendor writes its feed. */
const FEED = {
  delimiter: ';',
  encoding: 'auto',
  column_map: { sku: 'Item No', quantity_available: 'Stock', cost: 'Net', title: 'Text' },
};

/** @type {import('relay-inventory').Plugin<'parser', { keep_discontinued: boolean }>} */
export const ${variable} = {
  manifest: {
    kind: 'parser',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'the feed of ${id}',
    options: z.strictObject({ keep_discontinued: z.boolean().default(false) }),
    example: { keep_discontinued: true },
  },
  load: async () => {
    const createParser = await csv.load();
    return (options, context) => {
      const vendor = { ...context.vendor, parser: { ...context.vendor.parser, ...FEED } };
      const parser = createParser(csv.manifest.options.parse({}), { ...context, vendor });
      return {
        prepare: async (source) => {
          const feed = await parser.prepare(source);
          return { ...feed, layout: { ...feed.layout, row: (cells, header) => readRow(cells, header, options) } };
        },
      };
    };
  },
};

/**
 * What the columns alone cannot say: the row's cells changed, or null to leave the row out; it is counted then.
 * @param {string[]} cells
 * @param {readonly string[]} header
 * @param {{ keep_discontinued: boolean }} options
 */
function readRow(cells, header, options) {
  if (cells[header.indexOf('State')] === 'D' && !options.keep_discontinued) return null;
  const stock = header.indexOf('Stock');
  return cells.map((cell, i) => (i === stock && cell === 'CALL' ? '0' : cell));
}

export const plugins = [${variable}];
`,
    'fixtures/feed.csv': FEED,
    'tenant.yaml': tenantYaml(`vendors:
  - vendor_id: acme
    inbound: { type: local }
    parser: { format: ${id} }
`),
  }),
  fixtures: () => `[
  {
    name: 'a word for a quantity, a discontinued row, a bad quantity',
    feeds: { acme: file('feed.csv') },
    // all data rows, counted by hand
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '9', cost: '9.75', title: 'Wheel 17"' },
        { sku: 'V-200', quantity_available: '0', cost: '4.10', title: 'Valve' },
      ],
      rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
      skipped: 1,
    },
  },
  {
    name: 'discontinued rows kept',
    feeds: { acme: file('feed.csv') },
    options: { keep_discontinued: true },
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '9' },
        { sku: 'V-200', quantity_available: '0' },
        { sku: 'X-300', quantity_available: '1' },
      ],
      rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
    },
  },
]`,
  feeds: { acme: 'feed.csv' },
  next: 'put a feed of the vendor into `fixtures/`, its headers into `FEED`, and what must come of it into `index.test.js`.',
};
