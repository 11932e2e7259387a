/** A new merge strategy: the greatest quantity wins, up to a limit; then the lowest cost does. */
import { csvVendors, type KindTemplate, tenantYaml } from './template.ts';

const ACME = `sku,quantity_available,cost,title
W-100,9,9.75,Wheel
V-300,1,1.20,Valve
`;
const BOLT = `sku,quantity_available,cost,title
W-100,12,9.80,Wheel
V-300,2,1.10,Valve
`;

export const mergeTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The merge strategy \`${id}\`: the offer with the greatest quantity, where that is worth something. */
import { definePlugin, z } from 'relay-inventory';

export const ${variable} = definePlugin({
  manifest: {
    kind: 'merge',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'the greatest quantity wins; past "enough" the lower cost does',
    options: z.strictObject({ enough: z.int().min(0).max(1_000_000_000).default(10) }),
    example: { enough: 10 },
  },
  load: async () => (options) => ({
    leadTimeFallbackDays: null,
    // negative: a is the better offer. Ties go to the lower vendor id
    compare: (a, b) => capped(b, options.enough) - capped(a, options.enough) || costOf(a) - costOf(b),
  }),
});

/**
 * @param {import('relay-inventory').Offer} offer
 * @param {number} enough
 */
const capped = (offer, enough) => Math.min(offer.quantity, enough);

/**
 * An unknown cost is never the lowest.
 * @param {import('relay-inventory').Offer} offer
 */
const costOf = (offer) => offer.costMicros ?? Number.MAX_SAFE_INTEGER;
`,
  files: ({ id }) => ({
    'acme.csv': ACME,
    'bolt.csv': BOLT,
    'tenant.yaml': tenantYaml(csvVendors('acme', 'bolt'), {
      merge: `merge:\n  strategy: ${id}\n  ${id}: { enough: 5 }\n`,
    }),
  }),
  fixtures: () => `[
  {
    name: 'enough at both, and too little at both',
    feeds: { acme: file('acme.csv'), bolt: file('bolt.csv') },
    options: { enough: 5 },
    rows: 4,
    expect: {
      rows: [
        { sku: 'V-300', vendor_id: 'bolt' },
        { sku: 'W-100', vendor_id: 'acme' },
      ],
    },
  },
]`,
  feeds: () => ({ acme: 'acme.csv', bolt: 'bolt.csv' }),
  next: 'change `compare` in the module and the fixture with it; `choose(offers)` in its place ranks all offers of a SKU at once.',
};
