/** A new parser with code before its table: a printed report with pages and columns of fixed widths, which becomes rows. */
import { type KindTemplate, tenantYaml } from './template.ts';

const FEED = `STOCK REPORT              PAGE 1
PART      STOCK     NET
W-100         9    9.75 Wheel 17"
V-200      none    4.10 Valve
PARTS ON PAGE: 2
STOCK REPORT              PAGE 2
PART      STOCK     NET
R-300        12   20.00 Rim
S-400         0    1.00 Spoke
PARTS ON PAGE: 2
PARTS IN ALL: 4
`;

export const openParserTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The parser \`${id}\`: a report in pages, with columns of fixed widths. Its code makes rows of the lines, and the table reads them. */
import { defineVendorParser, RelayError, z } from 'relay-inventory';

/** Where the columns of the report begin and end. Each begins where the one before ends, so that no character is lost. */
const COLUMNS = {
  part: [0, 8],
  stock: [8, 15],
  net: [15, 23],
  name: [23],
};

/** @param {string} text */
function cellsOf(text) {
  const cells = Object.entries(COLUMNS).map(([name, [from, to]]) => [name, text.slice(from, to).trim()]);
  return Object.fromEntries(cells);
}

/**
 * The rows of the report, each with its line. What is wrong with the file as a whole is an error of the run; a bad cell goes
 * through as it is, and the engine rejects its row.
 * @param {import('relay-inventory').VendorFile} file
 */
async function* rowsOf({ lines }) {
  // of the page that is open
  let rows = 0;
  for await (const { line, text } of lines()) {
    const [, onPage] = /^PARTS ON PAGE: (\\d+)/.exec(text) ?? [];
    const [, inAll] = /^PARTS IN ALL: (\\d+)/.exec(text) ?? [];
    if (onPage !== undefined) {
      if (Number(onPage) !== rows) {
        throw new RelayError('invalid_input', \`line \${line}: the page says \${onPage} parts and has \${rows}\`);
      }
      rows = 0;
    } else if (inAll !== undefined) {
      // the table's footer tests it
      yield { line, cells: { part: 'IN ALL', stock: inAll } };
    } else if (text.trim() !== '' && !/^(STOCK REPORT|PART ) /.test(text)) {
      rows++;
      yield { line, cells: cellsOf(text) };
    }
  }
  if (rows > 0) throw new RelayError('invalid_input', 'the last page has no total: the file was cut off');
}

export const ${variable} = defineVendorParser({
  id: '${id}',
  version: '0.1.0',
  summary: 'the stock report of ${id}',
  // what it may be written in where it is not UTF-8
  encodings: { candidates: ['windows-1252'] },
  // what tenants may choose, under parser.options
  options: { keep_sold_out: z.boolean().default(true) },
  example: { keep_sold_out: false },
  // the names of the cells of a row
  fields: ['part', 'stock', 'net', 'name'],
  open: () => rowsOf,
  // how the cells are read: the entries are those of the parser "csv"; docs/CONFIG_SPEC.md of Relay lists them all
  table: (options) => ({
    columns: {
      sku: { from: 'part' },
      quantity_available: { from: 'stock' },
      cost: { from: 'net' },
      title: { from: 'name' },
    },
    rows: options.keep_sold_out ? [] : [{ value: 'quantity_available', drop: { below: 1 } }],
    // a report that ends with a page, before its last line, is cut off
    footer: [['IN ALL', '{rows}']],
  }),
});
`,
  files: ({ id }) => ({
    'feed.txt': FEED,
    'tenant.yaml': tenantYaml(`vendors:
  - vendor_id: ${id}
    inbound: { type: local }
    parser: { format: ${id} }
`),
  }),
  fixtures: ({ id }) => {
    const vendor = /^\w+$/.test(id) ? id : `'${id}'`;
    return `[
  {
    name: 'two pages, a word for a quantity',
    feeds: { ${vendor}: file('feed.txt') },
    // all data rows, counted by hand; the last line is not one of them
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '9', cost: '9.75', title: 'Wheel 17"' },
        { sku: 'R-300', quantity_available: '12', cost: '20.00', title: 'Rim' },
        { sku: 'S-400', quantity_available: '0' },
      ],
      // the names of the fields are row 1, as a header would be; the line is that of the file
      rejected: [{ row: 3, line: 4, column: 'quantity_available', code: 'invalid_int' }],
    },
  },
  {
    name: 'without what is sold out',
    feeds: { ${vendor}: file('feed.txt') },
    options: { keep_sold_out: false },
    rows: 4,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '9' },
        { sku: 'R-300', quantity_available: '12' },
      ],
      rejected: [{ row: 3, column: 'quantity_available', code: 'invalid_int' }],
      skipped: 1,
    },
  },
  {
    name: 'cut off within a page',
    feeds: { ${vendor}: 'STOCK REPORT              PAGE 1\\nW-100         9    9.75 Wheel\\n' },
    // at most so many rows are counted before the feed fails
    rows: 1,
    expect: { rows: [], feedErrors: ['invalid_input'] },
  },
  {
    name: 'cut off between two pages',
    feeds: { ${vendor}: 'STOCK REPORT              PAGE 1\\nW-100         9    9.75 Wheel\\nPARTS ON PAGE: 1\\n' },
    rows: 1,
    expect: { rows: [], feedErrors: ['footer_missing'] },
  },
  {
    name: 'a page is missing',
    feeds: { ${vendor}: 'STOCK REPORT              PAGE 1\\nW-100         9    9.75 Wheel\\nPARTS ON PAGE: 1\\nPARTS IN ALL: 2\\n' },
    rows: 1,
    expect: { rows: [], feedErrors: ['footer_mismatch'] },
  },
]`;
  },
  feeds: ({ id }) => ({ [id]: 'feed.txt' }),
  next: 'put a feed of the vendor into the fixtures, change the lines and cells that the code takes and what the table makes of them, and what must come of them in the test. A parser that needs no table can be a plugin of its own: see "A parser without a table" in docs/PLUGINS.md of Relay.',
};
