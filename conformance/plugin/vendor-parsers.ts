/** Fixtures for the parsers of named vendor formats: a small feed each, in the format's own form. */
import type { PluginFixture } from './fixture.ts';

const lines = (...rows: string[][]) => rows.map((cells) => cells.join('\t')).join('\n');

/** A line of PRICE.TXT: all cells quoted, and padded as in the file. The cells are action, part, title, number and availability. */
function ingramLine(...[action, part, title, number, available]: readonly string[]): string {
  const unused = ['', '', '', '', ''];
  const cells = [
    action,
    part,
    '0105',
    'FABRIKAM  ',
    title,
    '',
    '9.99 ',
    number,
    ...unused,
    ' ',
    ' 3.10',
    ' ',
    available,
  ];
  return `${cells.map((cell) => `"${cell}"`).join(',')}\r\n`;
}

export const VENDOR_PARSER_FIXTURES: Readonly<Record<string, readonly PluginFixture[]>> = {
  'parser/amazon-listings': [
    {
      name: 'literal quotes, conditions as numbers, an inactive listing',
      feeds: {
        amazon: lines(
          ['item-name', 'seller-sku', 'price', 'quantity', 'item-condition', 'asin1', 'status'],
          ['"Noir" mug', 'MUG', '12.99', '15', '11', 'B01', 'Active'],
          ['Radio', 'RAD', '1,045.00', '', '10', 'B02', 'Active'],
          ['Lamp', 'LMP', '9', '1', '12', 'B03', 'Active'],
          ['Old', 'OLD', '9', '1', '11', 'B04', 'Inactive'],
        ),
      },
      options: { fulfilled_quantity: 2 },
      rows: 4,
      expect: {
        rows: [
          { sku: 'MUG', title: '"Noir" mug', price: '12.99', quantity_available: '15', condition: 'new' },
          { sku: 'RAD', price: '1045.00', quantity_available: '2', condition: 'refurb', vendor_sku: 'B02' },
        ],
        rejected: [{ row: 4, column: 'condition', code: 'invalid_condition' }],
        skipped: 1,
      },
    },
  ],
  'parser/google-merchant': [
    {
      name: 'amounts with their currency, availability as words',
      feeds: {
        google: lines(
          ['id', 'title', 'availability', 'price', 'sale_price', 'condition'],
          ['A', 'Mug', 'in_stock', '19.99 USD', '14.99 USD', 'refurbished'],
          ['B', 'Lamp', 'out of stock', '49 USD', '', 'new'],
          ['C', 'Rope', 'in_stock', '5 EUR', '', 'new'],
        ),
      },
      options: { in_stock_quantity: 3 },
      rows: 3,
      expect: {
        rows: [
          { sku: 'A', price: '14.99', quantity_available: '3', condition: 'refurb' },
          { sku: 'B', price: '49.00', quantity_available: '0' },
        ],
        rejected: [{ row: 4, column: 'price', code: 'foreign_currency' }],
      },
    },
  ],
  'parser/ingram-price': [
    {
      name: 'quoted and padded, a discontinued product, a flag that is none',
      feeds: {
        ingram: [
          ingramLine(' ', '0A1   ', 'CABLE  ', 'FB-1 ', 'Y'),
          ingramLine('D', '0A2   ', 'OLD    ', 'FB-2 ', 'Y'),
          ingramLine(' ', '0A3   ', 'HUB    ', 'FB-3 ', '?'),
        ].join(''),
      },
      options: { available_quantity: 4 },
      rows: 3,
      expect: {
        rows: [{ sku: '0A1', quantity_available: '4', cost: '3.10', msrp: '9.99', brand: 'FABRIKAM', title: 'CABLE' }],
        rejected: [{ row: 3, column: 'quantity_available', code: 'invalid_int' }],
        skipped: 1,
      },
    },
  ],
  'parser/sanmar-epdd': [
    {
      name: 'discontinued goods with and without stock',
      feeds: {
        sanmar:
          '"UNIQUE_KEY","PRODUCT_TITLE","STYLE#","QTY","PIECE_PRICE","CASE_PRICE","MILL","PRODUCT_STATUS","MSRP","SUGGESTED_PRICE","MAP_PRICING"\n' +
          '"1","Tee, black","T1","1,200","$3.18","2.98","Northwind","Regular","9.98","","N/A"\n' +
          '"2","Tee, red","T1","7","3.18","2.98","Northwind","Discontinued","","9.98","8"\n' +
          '"3","Tee, blue","T1","0","3.18","2.98","Northwind","Discontinued","9.98","",""\n' +
          '"4","Cap","C1","x","3.18","2.98","Northwind","New","9.98","",""\n',
      },
      rows: 4,
      expect: {
        rows: [
          { sku: '1', quantity_available: '1200', cost: '3.18', map_price: '', msrp: '9.98' },
          { sku: '2', quantity_available: '7', map_price: '8.00', msrp: '9.98' },
        ],
        rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
        skipped: 1,
      },
    },
  ],
  'parser/shopify-inventory': [
    {
      name: 'a row for each SKU and location',
      feeds: {
        shopify:
          'Handle,Title,SKU,Location,Available (not editable),On hand (current)\n' +
          'mug,Mug,MUG,Main,4,5\nmug,Mug,MUG,Outlet,-1,0\nmug,Mug,MUG,Store,not stocked,not stocked\n' +
          'gift,Gift card,,Main,9,9\nlamp,Lamp,LAMP,Main,many,1\n',
      },
      rows: 5,
      expect: {
        rows: [
          { sku: 'MUG', quantity_available: '4', title: 'Mug' },
          { sku: 'MUG', quantity_available: '0' },
        ],
        rejected: [{ row: 6, column: 'quantity_available', code: 'invalid_int' }],
        skipped: 2,
      },
    },
  ],
  'parser/td-synnex': [
    {
      name: 'products between other records',
      feeds: {
        synnex:
          '1~HDR~20261031\n' +
          '1~DTL~HJA-1~I~497~A~License "Open"~CONTOSO~2~12~0~0~16.45~19.26~3~4~Y~5~N~0~17.00\n' +
          '1~DTL~HJA-2~I~498~A~Cable~CONTOSO~2~x~0~0~1~2~3~4~Y~5~N~0~1\n1~TRL~2\n',
      },
      rows: 4,
      expect: {
        rows: [{ sku: '497', vendor_sku: 'HJA-1', quantity_available: '12', cost: '16.45', title: 'License "Open"' }],
        rejected: [{ row: 3, column: 'quantity_available', code: 'invalid_int' }],
        skipped: 2,
      },
    },
  ],
  'parser/woocommerce-products': [
    {
      name: 'variations, a sale, stock that is not tracked',
      feeds: {
        woo:
          'ID,Type,SKU,Name,Published,"In stock?",Stock,"Sale price","Regular price"\n' +
          '1,simple,MUG,"Mug, blue",1,1,12,7.90,9.90\n2,variable,SHIRT,Shirt,1,1,,,\n' +
          '3,variation,SHIRT-S,Shirt S,1,1,parent,,25\n4,simple,GIFT,Gift card,1,0,,,50\n' +
          '5,simple,NET,Net,1,1,2.5,,3\n6,simple,,Nameless,1,1,1,,3\n',
      },
      options: { untracked_quantity: 8 },
      rows: 6,
      expect: {
        rows: [
          { sku: 'MUG', quantity_available: '12', price: '7.90', msrp: '9.90', title: 'Mug, blue' },
          { sku: 'SHIRT-S', quantity_available: '8', price: '25.00' },
          { sku: 'GIFT', quantity_available: '0' },
        ],
        rejected: [{ row: 6, column: 'quantity_available', code: 'invalid_int' }],
        skipped: 2,
      },
    },
  ],
};
