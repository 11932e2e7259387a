/** A new output format: a table with headers of a shop's own, and one option. */
import { csvVendors, type KindTemplate, tenantYaml } from './template.ts';

const FEED = `sku,quantity_available,cost,title
W-100,9,9.75,"Wheel, 17"""
V-300,0,1.20,Valve
`;

export const outputTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The output format \`${id}\`: article, stock and price, for a shop that wants semicolons. */
import { configAt, configList, definePlugin, z } from 'relay-inventory';

export const ${variable} = definePlugin({
  manifest: {
    kind: 'output',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'article, stock and price of a warehouse, with semicolons',
    options: z.strictObject({ warehouse: z.string().min(1) }),
    example: { warehouse: 'main' },
    // a column that the feed does not have would be empty in every row
    check: (_options, config, path) => {
      if (configList(configAt(config, 'output'), 'columns').includes('price')) return [];
      return [{ path, code: 'invalid_value', message: 'needs the column "price": add it to output.columns' }];
    },
  },
  load: async () => ({ warehouse }) => ({
    extension: 'csv',
    head: () => 'Article;Warehouse;Stock;Price\\n',
    // \`row.change\` says in a delta what became of the SKU; in a full feed it is null
    row: (row) => \`\${[row.sku, warehouse, String(row.quantity), row.text('price') ?? ''].map(cell).join(';')}\\n\`,
  }),
});

/** @param {string} text */
const cell = (text) => (/[;"\\n\\r]/.test(text) ? \`"\${text.replaceAll('"', '""')}"\` : text);
`,
  files: ({ id }) => ({
    'acme.csv': FEED,
    'tenant.yaml': tenantYaml(csvVendors('acme'), {
      output: `  exports: [{ use: ${id}, with: { warehouse: main } }]\n`,
    }),
  }),
  fixtures: () => `[
  {
    name: 'in stock and sold out',
    feeds: { acme: file('acme.csv') },
    options: { warehouse: 'main' },
    rows: 2,
    expect: {
      rows: [{ sku: 'V-300', price: '1.20' }, { sku: 'W-100', price: '9.75' }],
      file: 'Article;Warehouse;Stock;Price\\nV-300;main;0;1.20\\nW-100;main;9;9.75\\n',
    },
  },
]`,
  feeds: () => ({ acme: 'acme.csv' }),
  next: 'change `head` and `row` in the module and the fixture with them. A row gives every cell of the feed by `text(column)`.',
};
