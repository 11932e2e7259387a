/** Fixtures for the built-in output formats, by kind and id. */
import { CANONICAL_COLUMNS } from '../../core/canonical.ts';
import type { PluginFixture } from './fixture.ts';

const HEADER = 'sku,quantity_available,price,msrp,condition,brand,title,gtin,handle,link\n';
const FEED = `${HEADER}A-1,4,12.5,19.99,new,Nord,"Wheel, 17""",4006381333931,wheel,https://shop.example/1\nB-2,0,7,7,refurb,,Valve,,valve,\n-C,3,5,,,Süd,=Rim,,,\n`;
const EXTRA = ['gtin', 'handle', 'link'];

const rows = [
  { sku: '-C', price: '5.00' },
  { sku: 'A-1', price: '12.50' },
  { sku: 'B-2', price: '7.00' },
];

/** The feed in full. */
function full(name: string, options: object, file: string): PluginFixture {
  return {
    name,
    feeds: { acme: FEED },
    tenant: { extra_columns: EXTRA, output: { columns: [...CANONICAL_COLUMNS, ...EXTRA] } },
    options,
    rows: 3,
    expect: { rows, file },
  };
}

/**
 * A delta with SKUs that are new, sold out, removed and dropped, and removed and zeroed; the unchanged `SAME` is not in
 * it.
 */
function delta(options: object, file: string, name = 'a delta'): PluginFixture {
  return {
    name,
    content: 'delta',
    feeds: { acme: 'sku,quantity_available,price\nNEW,2,3\nSAME,1,1\nSOLD,0,4\nBAD,x,9\n' },
    published: 'sku,quantity_available,price,title\nBAD,8,9.00,Bad\nGONE,5,6.00,Gone\nSAME,1,1.00,\nSOLD,9,4.00,\n',
    tenant: {
      publish: { vanished: { removed: 'drop', rejected: 'zero' } },
      output: { columns: ['sku', 'quantity_available', 'price', 'title'] },
    },
    options,
    rows: 4,
    expect: {
      rows: [
        { sku: 'BAD', quantity_available: '0' },
        { sku: 'NEW', quantity_available: '2' },
        { sku: 'SAME', quantity_available: '1' },
        { sku: 'SOLD', quantity_available: '0' },
      ],
      rejected: [{ row: 5, column: 'quantity_available', code: 'invalid_int' }],
      file,
    },
  };
}

export const OUTPUT_FIXTURES: Readonly<Record<string, readonly PluginFixture[]>> = {
  'output/csv': [
    full(
      'columns and headers of a shop, semicolons, formulas escaped',
      {
        columns: [{ from: 'sku', as: 'Article;No' }, { from: 'title' }, { from: 'quantity_available', as: 'Stock' }],
        delimiter: ';',
        escape_formulas: true,
      },
      `"Article;No";title;Stock\n'-C;'=Rim;3\nA-1;"Wheel, 17""";4\nB-2;Valve;0\n`,
    ),
    {
      ...full('the columns of the feed', {}, 'sku,price\n-C,5.00\nA-1,12.50\nB-2,7.00\n'),
      tenant: { output: { columns: ['sku', 'price', 'quantity_available'] } },
      expect: { rows, file: 'sku,price,quantity_available\n-C,5.00,3\nA-1,12.50,4\nB-2,7.00,0\n' },
    },
    delta(
      {},
      '_change,sku,quantity_available,price,title\nzeroed,BAD,0,9.00,Bad\nremoved,GONE,0,6.00,Gone\nadded,NEW,2,3.00,\nchanged,SOLD,0,4.00,\n',
    ),
  ],
  'output/jsonl': [
    {
      ...full('the columns of the feed', {}, ''),
      tenant: { output: { columns: ['sku', 'quantity_available', 'price', 'title', 'lead_time_days'] } },
      expect: {
        rows,
        file: '{"sku":"-C","quantity_available":3,"price":"5.00","title":"=Rim","lead_time_days":7}\n{"sku":"A-1","quantity_available":4,"price":"12.50","title":"Wheel, 17\\"","lead_time_days":7}\n{"sku":"B-2","quantity_available":0,"price":"7.00","title":"Valve","lead_time_days":7}\n',
      },
    },
    delta(
      {},
      '{"_change":"zeroed","sku":"BAD","quantity_available":0,"price":"9.00","title":"Bad"}\n{"_change":"removed","sku":"GONE","quantity_available":0,"price":"6.00","title":"Gone"}\n{"_change":"added","sku":"NEW","quantity_available":2,"price":"3.00","title":null}\n{"_change":"changed","sku":"SOLD","quantity_available":0,"price":"4.00","title":null}\n',
    ),
  ],
  'output/shopify-inventory': [
    full(
      'a location, and handles',
      { location: 'Main warehouse', handle: 'handle' },
      `Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,Location,On hand (new)\n,=Rim,,,,,,,-C,Main warehouse,3\nwheel,"Wheel, 17""",Title,Default Title,,,,,A-1,Main warehouse,4\nvalve,Valve,Title,Default Title,,,,,B-2,Main warehouse,0\n`,
    ),
    delta(
      { location: 'Main, 1', option_names: ['title'], option_values: ['price'] },
      `Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,Location,On hand (new)\n,Bad,Bad,9.00,,,,,BAD,"Main, 1",0\n,Gone,Gone,6.00,,,,,GONE,"Main, 1",0\n,,,3.00,,,,,NEW,"Main, 1",2\n,,,4.00,,,,,SOLD,"Main, 1",0\n`,
    ),
  ],
  'output/woocommerce-products': [
    full(
      'sale prices below the MSRP, decimal commas',
      { compare_at_msrp: true, decimal: ',', gtin: 'gtin', names: true },
      `SKU,"GTIN, UPC, EAN, or ISBN",Name,In stock?,Stock,Sale price,Regular price,Brands\n-C,,=Rim,1,3,,"5,00",Süd\nA-1,4006381333931,"Wheel, 17""",1,4,"12,50","19,99",Nord\nB-2,,Valve,0,0,,"7,00",\n`,
    ),
    delta({}, 'SKU,In stock?,Stock,Regular price\nBAD,0,0,9.00\nGONE,0,0,6.00\nNEW,1,2,3.00\nSOLD,0,0,4.00\n'),
    delta(
      { type: 'simple' },
      'Type,SKU,Name,In stock?,Stock,Regular price\nsimple,BAD,Bad,0,0,9.00\nsimple,GONE,Gone,0,0,6.00\nsimple,NEW,,1,2,3.00\nsimple,SOLD,,0,0,4.00\n',
      'a delta for products to create',
    ),
  ],
  'output/google-merchant': [
    full(
      'products with sale prices, links and other attributes',
      { compare_at_msrp: true, attributes: { link: 'link' } },
      `id\tquantity\tavailability\tprice\tsale_price\ttitle\tbrand\tcondition\tgtin\tlink\n-C\t3\tin_stock\t5.00 USD\t\t=Rim\tSüd\t\t\t\nA-1\t4\tin_stock\t19.99 USD\t12.50 USD\t"Wheel, 17"""\tNord\tnew\t4006381333931\thttps://shop.example/1\nB-2\t0\tout_of_stock\t7.00 USD\t\tValve\t\trefurbished\t\t\n`,
    ),
    full(
      'the inventory of a store',
      { store_code: 'Berlin' },
      'store_code\tid\tquantity\tavailability\tprice\nBerlin\t-C\t3\tin_stock\t5.00 USD\nBerlin\tA-1\t4\tin_stock\t12.50 USD\nBerlin\tB-2\t0\tout_of_stock\t7.00 USD\n',
    ),
    delta(
      {},
      'id\tquantity\tavailability\tprice\ttitle\nBAD\t0\tout_of_stock\t9.00 USD\tBad\nGONE\t0\tout_of_stock\t6.00 USD\tGone\nNEW\t2\tin_stock\t3.00 USD\t\nSOLD\t0\tout_of_stock\t4.00 USD\t\n',
    ),
  ],
};
