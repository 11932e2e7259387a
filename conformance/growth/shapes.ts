/**
 * Hostile inputs of a size: what each reader, config path and endpoint must work on in time and memory that grow with the
 * size alone. `n` is roughly the number of bytes.
 */
import { gzipSync } from 'node:zlib';
import { checkConfig } from '../../core/config/check.ts';
import { Money } from '../../core/money/money.ts';
import { type WorkbookSpec, workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { runCase, testRegistry } from '../../plugins/testing/harness.ts';

export interface Shape {
  name: string;
  /** The smaller size; the larger one is four times that. */
  n: number;
  /** Prepares the input, and returns the work on it. */
  make(n: number): () => unknown;
}

// biome-ignore lint/suspicious/noExplicitAny: configs are made up
type Any = any;

function config(vendor: Any = {}, changes: Any = {}): Any {
  return {
    tenant_id: 'shop',
    timezone: 'UTC',
    default_currency: 'USD',
    vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' }, ...vendor }],
    pricing: { base_margin_pct: 0.2, min_price: 1, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
    merge: { strategy: 'best_offer' },
    output: { columns: ['sku', 'price', 'title'] },
    error_policy: { max_invalid_rows: 1e9, max_invalid_row_pct: 1, fail_on_missing_required_columns: false },
    ...changes,
  };
}

const HEADER = 'sku,quantity_available,cost,title\n';
const parser = (options: Any = {}, more: Any = {}) => ({ parser: { format: 'csv', ...more, options } });

/** A feed read with a vendor's settings. */
function feed(
  name: string,
  n: number,
  text: (n: number) => string | Uint8Array,
  vendor: Any = {},
  changes: Any = {},
): Shape {
  return {
    name,
    n,
    make: (size) => {
      const made = text(size);
      const content = typeof made === 'string' ? new TextEncoder().encode(made) : made;
      const file = { name: made instanceof Uint8Array && made[0] === 0x50 ? 'feed.xlsx' : 'feed.csv', bytes: content };
      return async () => {
        const { outcome } = await runCase({ config: config(vendor, changes), files: { acme: file } });
        return outcome.error_message;
      };
    },
  };
}

function side(name: string, n: number, map: (n: number) => string | Uint8Array): Shape {
  return {
    name,
    n,
    make: (size) => {
      const made = map(size);
      const bytes = typeof made === 'string' ? new TextEncoder().encode(made) : made;
      const vendor = { sku_map: { type: 's3', s3_key: 'map.csv' } };
      const content = new TextEncoder().encode(`${HEADER}A,1,1,x\n`);
      return () =>
        runCase({
          config: config(vendor),
          files: { acme: { name: 'feed.csv', bytes: content } },
          skuMaps: { acme: bytes },
        });
    },
  };
}

function check(name: string, n: number, make: (n: number) => Any): Shape {
  return {
    name,
    n,
    make: (size) => {
      const raw = make(size);
      return () => checkConfig(raw, testRegistry());
    },
  };
}

const SHEET_HEADER =
  '<row><c t="inlineStr"><is><t>sku</t></is></c><c t="inlineStr"><is><t>quantity_available</t></is></c></row>';
function sheet(count: number, row: (i: number) => string): WorkbookSpec {
  return { sheets: [{ name: 'S', rows: SHEET_HEADER + rows(count, (i) => `<row>${row(i)}</row>`) }] };
}

const spaces = (n: number) => `a${' '.repeat(n)}b`;
const rows = (n: number, row: (i: number) => string) => Array.from({ length: n }, (_, i) => row(i)).join('');

export const SHAPES: Shape[] = [
  // cells
  feed('inner spaces in a header name', 40_000, (n) => `sku,quantity_available,${spaces(n)}\nA,1,2\n`),
  feed('inner spaces in a cell', 40_000, (n) => `${HEADER}A,1,1,${spaces(n)}\n`),
  feed('inner spaces in an extra cell', 40_000, (n) => `${HEADER}A,1,1,x,${spaces(n)}\n`),
  feed('inner spaces in a broken quote', 40_000, (n) => `${HEADER}A,1,1,"x"${spaces(n)}\nB,1,1,y\n`),
  feed('inner spaces in a sku', 40_000, (n) => `${HEADER}${spaces(n)},1,1,x\n`),
  feed('inner spaces in a number', 40_000, (n) => `${HEADER}A,${spaces(n)},1${' '.repeat(n)}2,x\n`),
  feed('inner spaces in a mapped header', 40_000, (n) => `SKU,Qty${' '.repeat(n)}x,c\nA,1,2\n`, {
    parser: { format: 'csv', column_map: { sku: 'sku', quantity_available: 'qty' } },
  }),
  feed('no-break spaces in a header', 20_000, (n) => `sku,quantity_available,a${'\u00a0'.repeat(n)}b\nA,1,2\n`),
  feed('zeros after the point', 40_000, (n) => `${HEADER}A,1,1.${'0'.repeat(n)},x\n`),
  feed('a long integer', 40_000, (n) => `${HEADER}A,${'9'.repeat(n)},1,x\n`),
  feed(
    'a long number with separators',
    20_000,
    (n) => `${HEADER}A,1,"${'1,'.repeat(n)}1",x\n`,
    parser({ numbers: { thousands: ',' } }),
  ),
  feed('a long time', 40_000, (n) => `sku,quantity_available,updated_at\nA,1,2026-01-01T00:00:00.${'0'.repeat(n)}Z\n`),
  feed('a title of control characters', 40_000, (n) => `${HEADER}A,1,x,${'\u0001\u202e'.repeat(n / 4)}\n`),
  feed('a title of half surrogates in cp', 40_000, (n) => `${HEADER}A,1,x,${'\u{1f600}'.repeat(n / 4)}\n`),
  // rows
  feed('a row of commas', 40_000, (n) => `${HEADER}A,1,1,x${','.repeat(n)}\n`),
  feed(
    'a row of commas, repaired',
    40_000,
    (n) => `${HEADER}A,1,1,x${','.repeat(n)}\nB,1,1,y\n`,
    parser({ repair: true }),
  ),
  feed('a row of quotes', 40_000, (n) => `${HEADER}A,1,1,${'"'.repeat(n)}\nB,1,1,y\n`),
  feed(
    'a row of quotes and commas, repaired',
    40_000,
    (n) => `${HEADER}A,1,1,${'",'.repeat(n / 2)}\nB,1,1,y\n`,
    parser({ repair: true }),
  ),
  feed('rows of stray quotes', 200_000, (n) => HEADER + rows(n / 12, (i) => `A${i},1,1,"x"y\n`)),
  feed(
    'rows of stray quotes, repaired',
    200_000,
    (n) => HEADER + rows(n / 12, (i) => `A${i},1,1,"x"y\n`),
    parser({ repair: true }),
  ),
  feed(
    'rows cut by line ends of another sort',
    200_000,
    (n) => `sku\r\nquantity_available,cost,title\r\n${rows(n / 8, (i) => `A${i},1\r`)}`,
  ),
  feed('a quote that never closes, again and again', 200_000, (n) => HEADER + rows(n / 10, (i) => `A${i},1,1,"x\n`)),
  feed(
    'a quote that never closes, repaired',
    200_000,
    (n) => HEADER + rows(n / 10, (i) => `A${i},1,1,"x\n`),
    parser({ repair: true }),
  ),
  feed('blank lines', 400_000, (n) => `${HEADER}${'\n'.repeat(n)}A,1,1,x\n`),
  feed('rows of empty cells', 400_000, (n) => `${HEADER}${',,,\n'.repeat(n / 4)}A,1,1,x\n`),
  feed('a header of many names', 40_000, (n) => `sku,quantity_available,${'a,'.repeat(n / 2)}z\nA,1,2\n`),
  feed('a header of one name again and again', 40_000, (n) => `${'sku,'.repeat(n / 4)}quantity_available\nA,1,2\n`),
  feed('a header without the required names', 40_000, (n) => `${rows(n / 8, (i) => `name${i},`)}z\n1\n`),
  feed('a long header name without the required names', 40_000, (n) => `${'q'.repeat(n)},${'s'.repeat(n)}\n1,2\n`),
  // skus and the merge
  feed('skus with a shared prefix', 400_000, (n) => HEADER + rows(24, (i) => `${'p'.repeat(n / 24)}${i % 12},1,1,x\n`)),
  feed('many rows of one sku', 200_000, (n) => HEADER + rows(n / 10, () => 'A,1,1,x\n')),
  feed('many rows of one sku, summed', 200_000, (n) => HEADER + rows(n / 10, () => 'A,1,1,x\n'), {
    duplicate_sku: 'sum_quantity',
  }),
  feed('skus alike to the eye', 200_000, (n) => HEADER + rows(n / 14, (i) => `A\u200b${i},1,1,x\n`)),
  feed('rows that are all invalid', 200_000, (n) => HEADER + rows(n / 10, (i) => `A${i},x,y,z\n`)),
  feed('skus in falling order', 200_000, (n) => HEADER + rows(n / 12, (i) => `${1e6 - i},1,1,x\n`)),
  // auto
  feed(
    'auto: inner spaces',
    40_000,
    (n) => `${HEADER}A,1,1,${spaces(n)}\n`,
    parser({}, { delimiter: 'auto', encoding: 'auto' }),
  ),
  feed(
    'auto: one long line',
    40_000,
    (n) => 'a;b,c\t|'.repeat(n / 8),
    parser({}, { delimiter: 'auto', encoding: 'auto' }),
  ),
  feed(
    'auto: bytes of 0x80 to 0xff',
    40_000,
    (n) => Uint8Array.from({ length: n }, (_, i) => (i % 40 === 39 ? 10 : i % 7 === 0 ? 44 : 0x80 + (i % 128))),
    parser({}, { delimiter: 'auto', encoding: 'auto' }),
  ),
  feed('auto: quotes', 40_000, (n) => `${'"a""'.repeat(n / 4)}\n`, parser({}, { delimiter: 'auto', encoding: 'auto' })),
  // side files
  side('a sku map of inner spaces', 40_000, (n) => `vendor_sku,sku\nA,${spaces(n)}\n`),
  side('a sku map of blank lines', 400_000, (n) => `vendor_sku,sku\n${'\n'.repeat(n)}A,B\n`),
  side('a sku map of blank lines, packed', 4_000_000, (n) => gzipSync(`vendor_sku,sku\n${'\n'.repeat(n)}A,B\n`)),
  side('a sku map of many rows', 200_000, (n) => `vendor_sku,sku\n${rows(n / 12, (i) => `A${i},B${i}\n`)}`),
  side('a sku map of one key', 200_000, (n) => `vendor_sku,sku\n${rows(n / 12, (i) => `A,B${i}\n`)}`),
  side('a sku map of a broken quote', 200_000, (n) => `vendor_sku,sku\n${rows(n / 8, (i) => `A${i},"x\n`)}`),
  // workbooks
  feed('workbook: many rows', 20_000, (n) =>
    workbook(sheet(n / 40, (i) => `<c t="inlineStr"><is><t>A${i}</t></is></c><c><v>1</v></c>`)),
  ),
  feed('workbook: inner spaces', 30_000, (n) =>
    workbook(
      sheet(
        1,
        () => `<c t="inlineStr"><is><t>A</t></is></c><c><v>1</v></c><c t="inlineStr"><is><t>${spaces(n)}</t></is></c>`,
      ),
    ),
  ),
  // configs
  check('priorities', 200_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          best_offer: { sort_by: [`vendor_priority:${rows(n / 6, (i) => `v${i},`)}acme`] },
        },
      },
    ),
  ),
  check('priorities again and again', 200_000, (n) =>
    config(
      {},
      {
        merge: {
          strategy: 'best_offer',
          best_offer: {
            sort_by: Array.from({ length: 20 }, () => `vendor_priority:${rows(n / 100, (i) => `v${i},`)}acme`),
          },
        },
      },
    ),
  ),
  check('priorities and many vendors', 100_000, (n) => ({
    ...config(
      {},
      { merge: { strategy: 'best_offer', best_offer: { sort_by: [`vendor_priority:${'x,'.repeat(n / 4)}x`] } } },
    ),
    vendors: Array.from({ length: 100 }, (_, i) => ({
      vendor_id: `v${i}`,
      inbound: { type: 's3' },
      parser: { format: 'csv' },
    })),
  })),
  check('a long unknown key', 20_000, (n) => ({ ...config(), ['defaultcurrenc'.repeat(n / 14)]: 1 })),
  check('many unknown keys', 40_000, (n) => ({
    ...config(),
    ...Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`tenant_${i}`, 1])),
  })),
  check('a long plugin id', 20_000, (n) => config({ parser: { format: 'c'.repeat(n) } })),
  check('a long column', 20_000, (n) => config({}, { output: { columns: ['q'.repeat(n)] } })),
  check('many columns', 40_000, (n) =>
    config({}, { output: { columns: Array.from({ length: n / 10 }, (_, i) => `column${i}`) } }),
  ),
  check('zeros of a decimal', 40_000, (n) =>
    config({}, { pricing: { ...config().pricing, min_price: `1.${'0'.repeat(n)}` } }),
  ),
  check('digits of a decimal', 40_000, (n) =>
    config({}, { pricing: { ...config().pricing, min_price: `1${'9'.repeat(n)}` } }),
  ),
  check('a long time zone', 40_000, (n) => config({}, { timezone: `Europe/${'x'.repeat(n)}` })),
  check('deep nesting', 2000, (n) => config(parser(JSON.parse(`${'{"a":'.repeat(n)}1${'}'.repeat(n)}`)))),
  check('wild cards', 20_000, (n) => config(parser({ files: { match: '*a'.repeat(n / 2) } }))),
  check('words', 100_000, (n) =>
    config(
      parser({
        columns: {
          condition: {
            from: 'c',
            words: Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`word${i}`, 'new'])),
          },
        },
      }),
    ),
  ),
  { name: 'Money.parse: zeros', n: 40_000, make: (n) => () => Money.parse(`1.${'0'.repeat(n)}`) },
  { name: 'Money.parse: digits', n: 40_000, make: (n) => () => Money.parse(`1.${'7'.repeat(n)}`) },
];
