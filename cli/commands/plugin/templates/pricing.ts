/** A new pricing rule: a surcharge, as an option. */
import { csvVendors, type KindTemplate, tenantYaml } from './template.ts';

const FEED = `sku,quantity_available,cost,price,title
W-100,9,9.75,,Wheel
V-300,5,,1.20,Valve
R-400,1,,,Rim
`;

export const pricingTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The pricing rule \`${id}\`: a flat surcharge on top of the price so far. */
import { amountSchema, definePlugin, z } from 'relay-inventory';

export const ${variable} = definePlugin({
  manifest: {
    kind: 'pricing',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'adds a flat surcharge to the price',
    // a number or a text such as "1.50", as exact Money
    options: z.strictObject({ amount: amountSchema }),
    example: { amount: '1.50' },
  },
  load:
    async () =>
    ({ amount }) => ({
      // null: this offer cannot be priced, and the next one is tried
      price: ({ price }) => (price === null ? null : price.add(amount)),
    }),
});
`,
  files: ({ id }) => ({
    'acme.csv': FEED,
    'tenant.yaml': tenantYaml(csvVendors('acme'), {
      pricing: `  rules:\n    - use: margin\n    - use: ${id}\n      with: { amount: "1.50" }\n    - use: round\n`,
    }),
  }),
  fixtures: () => `[
  {
    name: 'prices of the feed, and offers without one',
    feeds: { acme: file('acme.csv') },
    options: { amount: '0.05' },
    rows: 3,
    expect: { rows: [{ sku: 'V-300', price: '1.25' }] },
  },
]`,
  feeds: () => ({ acme: 'acme.csv' }),
  next: 'change `price` in the module and the fixture with it. A step has the offer and the price so far; before the first rule that is the feed’s own price.',
};
