/** A new pricing rule: a surcharge, as an option. */
import { csvVendors, type KindTemplate, tenantYaml } from './template.ts';

const FEED = `sku,quantity_available,cost,price,title
W-100,9,9.75,,Wheel
V-300,5,,1.20,Valve
R-400,1,,,Rim
`;

export const pricingTemplate: KindTemplate = {
  files: ({ id, variable }) => ({
    'index.js': `/** The pricing rule \`${id}\`: a flat surcharge on top of the price so far. */
import { Money, z } from 'relay-inventory';

/** Exact amounts are texts, never floating point numbers. */
const amount = z.string().regex(/^\\d{1,9}(\\.\\d{1,6})?$/, 'must be an amount such as "1.50"');

/** @type {import('relay-inventory').Plugin<'pricing', { amount: string }>} */
export const ${variable} = {
  manifest: {
    kind: 'pricing',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'adds a flat surcharge to the price',
    options: z.strictObject({ amount }),
    example: { amount: '1.50' },
  },
  load: async () => (options) => {
    const surcharge = Money.of(options.amount);
    // null: this offer cannot be priced, and the next one is tried
    return { price: ({ price }) => (price === null ? null : price.add(surcharge)) };
  },
};

export const plugins = [${variable}];
`,
    'fixtures/acme.csv': FEED,
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
  next: 'change `price` in `index.js` and the fixture with it. A step has the offer and the price so far; before the first rule that is the feed’s own price.',
};
