/** A new parser with code of its own: a printed report with pages and columns of fixed widths, which becomes cells. */
import { type KindTemplate, tenantYaml } from './template.ts';

const FEED = `STOCK REPORT              PAGE 1
PART      STOCK     NET
W-100         9    9.75 Wheel 17"
V-200      none    4.10 Valve
PARTS ON PAGE: 2
STOCK REPORT              PAGE 2
PART      STOCK     NET
R-300        12   20.00 Rim
PARTS ON PAGE: 1
`;

export const openParserTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The parser \`${id}\`: a report in pages, with columns of fixed widths. Its code makes cells of the lines. */
import { chooseEncoding, configAt, decodeToUtf8, openTable, RelayError, z } from 'relay-inventory';

/** Where the columns of the report begin and end. */
const COLUMNS = [
  [0, 8],
  [8, 15],
  [15, 23],
  [24, 64],
];

/**
 * The lines of a feed, which arrives in pieces of any length.
 * @param {AsyncIterable<Uint8Array>} bytes
 */
async function* linesOf(bytes) {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\\r?\\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/**
 * The rows of the report, with tabs between the cells. What is wrong with the file as a whole is an error of the run;
 * a bad cell goes through as it is, and the engine rejects its row.
 * @param {AsyncIterable<Uint8Array>} bytes
 */
async function* rowsOf(bytes) {
  const encoder = new TextEncoder();
  let rows = 0;
  for await (const line of linesOf(bytes)) {
    const [, total] = /^PARTS ON PAGE: (\\d+)/.exec(line) ?? [];
    if (total !== undefined) {
      if (Number(total) !== rows) {
        throw new RelayError('invalid_input', \`a page says \${total} parts and has \${rows}\`);
      }
      rows = 0;
    } else if (line.trim() !== '' && !/^(STOCK REPORT|PART ) /.test(line)) {
      rows++;
      const cells = COLUMNS.map(([from, to]) => line.slice(from, to).replaceAll('\\t', ' ').trim());
      yield encoder.encode(\`\${cells.join('\\t')}\\n\`);
    }
  }
  if (rows > 0) throw new RelayError('invalid_input', 'the last page has no total: the file was cut off');
}

/** @type {import('relay-inventory').Plugin<'parser', { read_titles: boolean }>} */
export const ${variable} = {
  manifest: {
    kind: 'parser',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'the stock report of ${id}',
    // what tenants may choose, under parser.options
    options: z.strictObject({ read_titles: z.boolean().default(true) }),
    example: { read_titles: false },
    // settings that this parser does not use are refused: a tenant would take them to be in force
    check: (_options, config, path) => {
      const vendor = Number(/^vendors\\[(\\d+)\\]/.exec(path)?.[1]);
      return ['delimiter', 'encoding', 'column_map'].flatMap((name) => {
        if (configAt(config, 'vendors', vendor, 'parser', name) === undefined) return [];
        const message = 'is not used by ${id}; leave it out';
        return [{ path: path.replace(/options$/, name), code: 'invalid_value', message }];
      });
    },
  },
  load:
    async () =>
    (options, { limits }) => ({
      prepare: async (file) => {
        // gzip, ZIP and the encoding are settled by the library
        const { source } = await openTable(file, { member: null, sheet: null, limits });
        const { encoding, reason } = await chooseEncoding(() => source.open(), {
          declared: 'auto',
          candidates: ['windows-1252'],
        });
        return {
          encoding,
          delimiter: '\\t',
          reason,
          // how the engine reads what open() gives
          layout: {
            delimiter: '\\t',
            quote: null,
            skipLines: 0,
            header: false,
            columns: {
              sku: { index: 0 },
              quantity_available: { index: 1 },
              cost: { index: 2 },
              ...(options.read_titles ? { title: { index: 3 } } : {}),
            },
            timeZone: null,
          },
          open: () => rowsOf(decodeToUtf8(source.open(), encoding)),
        };
      },
    }),
};
`,
  files: ({ id }) => ({
    'feed.txt': FEED,
    'tenant.yaml': tenantYaml(`vendors:
  - vendor_id: ${id}
    inbound: { type: local }
    parser: { format: ${id} }
`),
  }),
  fixtures: ({ id }) => `[
  {
    name: 'two pages, a word for a quantity',
    feeds: { ${/^\w+$/.test(id) ? id : `'${id}'`}: file('feed.txt') },
    // all data rows, counted by hand
    rows: 3,
    expect: {
      rows: [
        { sku: 'W-100', quantity_available: '9', cost: '9.75', title: 'Wheel 17"' },
        { sku: 'R-300', quantity_available: '12', cost: '20.00', title: 'Rim' },
      ],
      // the rows that open() gives are counted from 1
      rejected: [{ row: 2, column: 'quantity_available', code: 'invalid_int' }],
    },
  },
  {
    name: 'a page that was cut off',
    feeds: { ${/^\w+$/.test(id) ? id : `'${id}'`}: 'STOCK REPORT\\nW-100         9    9.75 Wheel\\n' },
    // at most so many rows are counted before the feed fails
    rows: 1,
    expect: { rows: [], feedErrors: ['invalid_input'] },
  },
]`,
  feeds: ({ id }) => ({ [id]: 'feed.txt' }),
  next: 'put a feed of the vendor into the fixtures, change the lines and cells that the code takes, and what must come of them in the test.',
};
