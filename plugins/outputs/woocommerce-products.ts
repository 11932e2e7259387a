/** `woocommerce-products`: the CSV with which *Products > Import* updates products of WooCommerce by SKU. */
import { z } from 'zod';
import { configAt } from '../../core/config/raw.ts';
import { once } from '../../core/once.ts';
import type { OutputRow, Plugin } from '../../core/plugin.ts';
import { compareAtOption, shopPrices } from './compare-at.ts';
import { lineOf, neededColumnProblems } from './table.ts';

const options = once(() =>
  z.strictObject({
    compare_at_msrp: compareAtOption,
    decimal: z.enum(['.', ',']).default('.').describe('The decimal mark of the shop.'),
    type: z
      .enum(['simple', 'variation'])
      .optional()
      .describe(
        'Adds the column `Type`, which the importer needs to create products; products in the shop that have another type get this one. Absent: it only updates, and the type of a product stays.',
      ),
    names: z
      .boolean()
      .optional()
      .describe(
        'True to write `Name`, of `title`: the importer overwrites the name in the shop, also with an empty one. Absent: true with `type`, else false.',
      ),
    gtin: z
      .string()
      .min(1)
      .optional()
      .describe('The column for `GTIN, UPC, EAN, or ISBN`. An empty cell empties it in the shop.'),
  }),
);

type Options = z.output<ReturnType<typeof options>>;

export const woocommerceProductsOutput: Plugin<'output', Options> = {
  manifest: {
    kind: 'output',
    id: 'woocommerce-products',
    version: '1.0.0',
    contract: 1,
    summary:
      'the product file that WooCommerce imports: stock and prices by SKU, the brand if the feed has it, and the name of products to create',
    get options() {
      return options();
    },
    example: { compare_at_msrp: true, decimal: ',' },
    check: ({ compare_at_msrp, gtin }, config, path) =>
      neededColumnProblems(config, path, [
        { column: 'price', option: null },
        ...(compare_at_msrp ? [{ column: 'msrp', option: null }] : []),
        ...(gtin === undefined ? [] : [{ column: gtin, option: 'gtin' }]),
      ]),
  },
  load:
    async () =>
    ({ compare_at_msrp, decimal, type, names = type !== undefined, gtin }, { config }) => {
      const amount = (text: string) => (decimal === '.' ? text : text.replace('.', ','));
      const has = (column: string) => (configAt(config, 'output', 'columns') as readonly string[]).includes(column);
      const texts: Array<[header: string, cell: (row: OutputRow) => string]> = [
        ...(type === undefined ? [] : [['Type', () => type] as [string, () => string]]),
        ['SKU', (row) => row.sku],
        ...(gtin === undefined ? [] : [textColumn('GTIN, UPC, EAN, or ISBN', gtin)]),
        ...(names && has('title') ? [textColumn('Name', 'title')] : []),
        ['In stock?', (row) => (row.quantity > 0 ? '1' : '0')],
        ['Stock', (row) => String(row.quantity)],
        ...(compare_at_msrp
          ? [
              ['Sale price', (row: OutputRow) => amount(shopPrices(row, true).sale)] as [
                string,
                (row: OutputRow) => string,
              ],
            ]
          : []),
        ['Regular price', (row) => amount(shopPrices(row, compare_at_msrp).regular)],
        ...(has('brand') ? [textColumn('Brands', 'brand')] : []),
      ];
      return {
        extension: 'csv',
        head: () => lineOf(texts.map(([header]) => header)),
        row: (row) => lineOf(texts.map(([, cell]) => cell(row))),
      };
    },
};

/** As the cell is: the importer takes no apostrophe off a SKU or a text, though the exporter puts one before `=`, `+`, `-` and `@`. */
function textColumn(header: string, column: string): [string, (row: OutputRow) => string] {
  return [header, (row) => row.text(column) ?? ''];
}
