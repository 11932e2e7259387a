/** `shopify-inventory`: the CSV that Shopify imports under *Products > Inventory*. */
import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { OutputRow, Plugin } from '../../core/plugin.ts';
import { lineOf, neededColumnProblems } from './table.ts';

const options = once(() =>
  z.strictObject({
    location: z.string().min(1).describe('The location whose stock is set, as Shopify calls it.'),
    handle: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The column with the product’s handle. Shopify finds a variant by handle and options, so give both where you have them. A row with a handle and no options gets `Title` and `Default Title`, the only variant of a product without options.',
      ),
    option_names: z
      .array(z.string().min(1))
      .max(3)
      .default([])
      .describe('Columns with the names of the product’s options, such as `Color`: `Option1 Name` and so on.'),
    option_values: z
      .array(z.string().min(1))
      .max(3)
      .default([])
      .describe('Columns with the values of the product’s options, in the order of `option_names`.'),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const shopifyInventoryOutput: Plugin<'output', Options> = {
  manifest: {
    kind: 'output',
    id: 'shopify-inventory',
    version: '1.0.0',
    contract: 1,
    summary: 'the inventory file that Shopify imports: the quantity on hand of each SKU at one location',
    get options() {
      return options();
    },
    example: {
      location: 'Main warehouse',
      handle: 'handle',
      option_names: ['option_name'],
      option_values: ['option_value'],
    },
    check: ({ handle, option_names, option_values }, config, path) =>
      neededColumnProblems(config, path, [
        ...(handle === undefined ? [] : [{ column: handle, option: 'handle' }]),
        ...option_names.map((one, i) => ({ column: one, option: `option_names[${i}]` })),
        ...option_values.map((one, i) => ({ column: one, option: `option_values[${i}]` })),
      ]),
  },
  load:
    async () =>
    ({ location, handle, option_names, option_values }) => {
      const cell = (row: OutputRow, name: string | undefined) => (name === undefined ? '' : (row.text(name) ?? ''));
      return {
        extension: 'csv',
        head: () => lineOf(HEADERS),
        row: (row) => {
          const page = cell(row, handle);
          let choices = [0, 1, 2].flatMap((i) => [cell(row, option_names[i]), cell(row, option_values[i])]);
          if (page !== '' && choices.every((one) => one === '')) choices = ONLY_VARIANT;
          return lineOf([page, cell(row, 'title'), ...choices, row.sku, location, String(row.quantity)]);
        },
      };
    },
};

/** What Shopify calls the options of a product that has none. */
const ONLY_VARIANT = ['Title', 'Default Title', '', '', '', ''];

/**
 * Leaves out the columns that Shopify marks as not editable, and `On hand (current)`: Shopify skips a row whose current
 * quantity differs from the shop's, which Relay does not know.
 */
const HEADERS = [
  'Handle',
  'Title',
  ...[1, 2, 3].flatMap((i) => [`Option${i} Name`, `Option${i} Value`]),
  'SKU',
  'Location',
  'On hand (new)',
];
