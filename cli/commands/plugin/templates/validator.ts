/** A new validator: titles must not contain a word, which is an option. */
import { csvVendors, type KindTemplate, tenantYaml } from './template.ts';

const FEED = `sku,quantity_available,cost,title
W-100,9,9.75,Wheel
T-200,2,4.10,Sample wheel
V-300,5,1.20,Valve
`;

export const validatorTemplate: KindTemplate = {
  module: ({ id, variable }) => `// @ts-check
/** The validator \`${id}\`: titles may not have a word that the tenant names. */
import { definePlugin, z } from 'relay-inventory';

export const ${variable} = definePlugin({
  manifest: {
    kind: 'validator',
    id: '${id}',
    version: '0.1.0',
    contract: 1,
    summary: 'titles may not have a given word',
    options: z.strictObject({ word: z.string().min(1).max(100) }),
    example: { word: 'sample' },
    codes: { word_in_title: 'the title has a word that the tenant does not want' },
  },
  load: async () => (options) => {
    const word = options.word.toLowerCase();
    return {
      check: (row, report) => {
        if (row.title?.toLowerCase().includes(word)) {
          report.error('word_in_title', 'title', \`it has the word "\${options.word}"\`);
        }
      },
    };
  },
});
`,
  files: ({ id }) => ({
    'acme.csv': FEED,
    'tenant.yaml': tenantYaml(csvVendors('acme'), {
      more: `validators:\n  - use: ${id}\n    with: { word: sample }\n`,
    }),
  }),
  fixtures: () => `[
  {
    name: 'a title with the word, in another case',
    feeds: { acme: file('acme.csv') },
    options: { word: 'sample' },
    rows: 3,
    expect: {
      rows: [
        { sku: 'W-100', title: 'Wheel' },
        { sku: 'V-300', title: 'Valve' },
      ],
      rejected: [{ row: 3, column: 'title', code: 'word_in_title' }],
    },
  },
]`,
  feeds: () => ({ acme: 'acme.csv' }),
  next: 'change `check` in the module and the fixture with it. `finish(report)` beside it judges the feed as a whole.',
};
