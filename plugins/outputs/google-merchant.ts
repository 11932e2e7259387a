/** `google-merchant`: a product, supplemental or local inventory file for Google Merchant Center. */
import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { OutputRow, Plugin } from '../../core/plugin.ts';
import { compareAtOption, shopPrices } from './compare-at.ts';
import { lineOf, neededColumnProblems } from './table.ts';

const options = once(() =>
  z.strictObject({
    compare_at_msrp: compareAtOption,
    store_code: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Makes a local inventory file for this store: `store_code`, `id`, `quantity`, `availability`, `price`.',
      ),
    attributes: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'must be the name of an attribute, such as "image_link"'),
        z.string().min(1),
      )
      .default({})
      .describe(
        'Google’s attribute to a column of the feed, such as `{"link": "product_url", "image_link": "image_url"}`. `title`, `brand`, `condition`, `gtin` and `mpn` are taken from the columns of these names if the feed has them.',
      ),
  }),
);

type Options = z.output<ReturnType<typeof options>>;
type Attribute = [name: string, cell: (row: OutputRow) => string];

export const googleMerchantOutput: Plugin<'output', Options> = {
  manifest: {
    kind: 'output',
    id: 'google-merchant',
    version: '1.0.0',
    contract: 1,
    summary: 'a tab-separated file for Google Merchant Center: products, or the inventory of one store',
    get options() {
      return options();
    },
    example: { compare_at_msrp: true, attributes: { link: 'product_url', image_link: 'image_url' } },
    check: ({ compare_at_msrp, attributes }, config, path) =>
      neededColumnProblems(config, path, [
        { column: 'price', option: null },
        ...(compare_at_msrp ? [{ column: 'msrp', option: null }] : []),
        ...Object.entries(attributes).map(([name, column]) => ({ column, option: `attributes.${name}` })),
      ]),
  },
  load:
    async () =>
    ({ compare_at_msrp, store_code, attributes }, { config }) => {
      const money = (text: string) => (text === '' ? '' : `${text} ${config.default_currency}`);
      const named = Object.entries(attributes).map(([name, column]): Attribute => [name, textOf(column)]);
      const known = KNOWN.filter(([name, column]) => !(name in attributes) && config.output.columns.includes(column));
      const cells: Attribute[] = [
        ...(store_code === undefined ? [] : [['store_code', () => store_code] as Attribute]),
        ['id', (row) => row.sku],
        ['quantity', (row) => String(row.quantity)],
        ['availability', (row) => (row.quantity > 0 ? 'in_stock' : 'out_of_stock')],
        ['price', (row) => money(shopPrices(row, compare_at_msrp).regular)],
        ...(compare_at_msrp
          ? [['sale_price', (row: OutputRow) => money(shopPrices(row, true).sale)] as Attribute]
          : []),
        ...(store_code === undefined ? known.map(([name, column]): Attribute => [name, textOf(column)]) : []),
        ...named,
      ];
      return {
        extension: 'tsv',
        head: () =>
          lineOf(
            cells.map(([name]) => name),
            '\t',
          ),
        row: (row) =>
          lineOf(
            cells.map(([, cell]) => cell(row)),
            '\t',
          ),
      };
    },
};

const KNOWN = [
  ['title', 'title'],
  ['brand', 'brand'],
  ['condition', 'condition'],
  ['gtin', 'gtin'],
  ['mpn', 'mpn'],
] as const;

function textOf(column: string): (row: OutputRow) => string {
  if (column !== 'condition') return (row) => row.text(column) ?? '';
  return (row) => (row.text('condition') === 'refurb' ? 'refurbished' : (row.text('condition') ?? ''));
}
