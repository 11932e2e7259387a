/** Hostile feeds: their cells, rows and SKUs, and what `auto` and `repair` must handle. */
import { FEED_TOP, feed, parser, rows, type Shape, spaces } from './shape.ts';

const AUTO = parser({}, { delimiter: 'auto', encoding: 'auto' });

export const FEEDS: readonly Shape[] = [
  // cells
  feed('inner spaces in a header name', 40_000, (n) => `sku,quantity_available,${spaces(n)}\nA,1,2\n`),
  feed('inner spaces in a cell', 40_000, (n) => `${FEED_TOP}A,1,1,${spaces(n)}\n`),
  feed('inner spaces in an extra cell', 40_000, (n) => `${FEED_TOP}A,1,1,x,${spaces(n)}\n`),
  feed('inner spaces in a broken quote', 40_000, (n) => `${FEED_TOP}A,1,1,"x"${spaces(n)}\nB,1,1,y\n`),
  feed('inner spaces in a sku', 40_000, (n) => `${FEED_TOP}${spaces(n)},1,1,x\n`),
  feed('inner spaces in a number', 40_000, (n) => `${FEED_TOP}A,${spaces(n)},1${' '.repeat(n)}2,x\n`),
  feed('inner spaces in a mapped header', 40_000, (n) => `SKU,Qty${' '.repeat(n)}x,c\nA,1,2\n`, {
    parser: { format: 'csv', column_map: { sku: 'sku', quantity_available: 'qty' } },
  }),
  feed('no-break spaces in a header', 20_000, (n) => `sku,quantity_available,a${'\u00a0'.repeat(n)}b\nA,1,2\n`),
  feed('zeros after the point', 40_000, (n) => `${FEED_TOP}A,1,1.${'0'.repeat(n)},x\n`),
  feed('a long integer', 40_000, (n) => `${FEED_TOP}A,${'9'.repeat(n)},1,x\n`),
  feed(
    'a long number with separators',
    20_000,
    (n) => `${FEED_TOP}A,1,"${'1,'.repeat(n)}1",x\n`,
    parser({ numbers: { thousands: ',' } }),
  ),
  feed('a long time', 40_000, (n) => `sku,quantity_available,updated_at\nA,1,2026-01-01T00:00:00.${'0'.repeat(n)}Z\n`),
  feed('a title of control characters', 40_000, (n) => `${FEED_TOP}A,1,x,${'\u0001\u202e'.repeat(n / 4)}\n`),
  feed('a title of half surrogates in cp', 40_000, (n) => `${FEED_TOP}A,1,x,${'\u{1f600}'.repeat(n / 4)}\n`),
  // rows
  feed('a row of commas', 40_000, (n) => `${FEED_TOP}A,1,1,x${','.repeat(n)}\n`),
  feed(
    'a row of commas, repaired',
    40_000,
    (n) => `${FEED_TOP}A,1,1,x${','.repeat(n)}\nB,1,1,y\n`,
    parser({ repair: true }),
  ),
  feed('a row of quotes', 40_000, (n) => `${FEED_TOP}A,1,1,${'"'.repeat(n)}\nB,1,1,y\n`),
  feed(
    'a row of quotes and commas, repaired',
    40_000,
    (n) => `${FEED_TOP}A,1,1,${'",'.repeat(n / 2)}\nB,1,1,y\n`,
    parser({ repair: true }),
  ),
  feed('rows of stray quotes', 200_000, (n) => FEED_TOP + rows(n / 12, (i) => `A${i},1,1,"x"y\n`)),
  feed(
    'rows of stray quotes, repaired',
    200_000,
    (n) => FEED_TOP + rows(n / 12, (i) => `A${i},1,1,"x"y\n`),
    parser({ repair: true }),
  ),
  feed(
    'rows cut by line ends of another sort',
    200_000,
    (n) => `sku\r\nquantity_available,cost,title\r\n${rows(n / 8, (i) => `A${i},1\r`)}`,
  ),
  feed('a quote that never closes, again and again', 200_000, (n) => FEED_TOP + rows(n / 10, (i) => `A${i},1,1,"x\n`)),
  feed(
    'a quote that never closes, repaired',
    200_000,
    (n) => FEED_TOP + rows(n / 10, (i) => `A${i},1,1,"x\n`),
    parser({ repair: true }),
  ),
  feed('blank lines', 400_000, (n) => `${FEED_TOP}${'\n'.repeat(n)}A,1,1,x\n`),
  feed('rows of empty cells', 400_000, (n) => `${FEED_TOP}${',,,\n'.repeat(n / 4)}A,1,1,x\n`),
  feed('a header of many names', 40_000, (n) => `sku,quantity_available,${'a,'.repeat(n / 2)}z\nA,1,2\n`),
  feed('a header of one name again and again', 40_000, (n) => `${'sku,'.repeat(n / 4)}quantity_available\nA,1,2\n`),
  feed('a header without the required names', 40_000, (n) => `${rows(n / 8, (i) => `name${i},`)}z\n1\n`),
  feed('a long header name without the required names', 40_000, (n) => `${'q'.repeat(n)},${'s'.repeat(n)}\n1,2\n`),
  // skus and the merge
  feed(
    'skus with a shared prefix',
    400_000,
    (n) => FEED_TOP + rows(24, (i) => `${'p'.repeat(n / 24)}${i % 12},1,1,x\n`),
  ),
  feed('many rows of one sku', 200_000, (n) => FEED_TOP + rows(n / 10, () => 'A,1,1,x\n')),
  feed('many rows of one sku, summed', 200_000, (n) => FEED_TOP + rows(n / 10, () => 'A,1,1,x\n'), {
    duplicate_sku: 'sum_quantity',
  }),
  feed('skus alike to the eye', 200_000, (n) => FEED_TOP + rows(n / 14, (i) => `A\u200b${i},1,1,x\n`)),
  feed('rows that are all invalid', 200_000, (n) => FEED_TOP + rows(n / 10, (i) => `A${i},x,y,z\n`)),
  feed('skus in falling order', 200_000, (n) => FEED_TOP + rows(n / 12, (i) => `${1e6 - i},1,1,x\n`)),
  // auto
  feed('auto: inner spaces', 40_000, (n) => `${FEED_TOP}A,1,1,${spaces(n)}\n`, AUTO),
  feed('auto: one long line', 40_000, (n) => 'a;b,c\t|'.repeat(n / 8), AUTO),
  feed(
    'auto: bytes of 0x80 to 0xff',
    40_000,
    (n) => Uint8Array.from({ length: n }, (_, i) => (i % 40 === 39 ? 10 : i % 7 === 0 ? 44 : 0x80 + (i % 128))),
    AUTO,
  ),
  feed('auto: quotes', 40_000, (n) => `${'"a""'.repeat(n / 4)}\n`, AUTO),

  feed('formulas', 40_000, (n) => `${FEED_TOP}A,1,1,="${'a"'.repeat(n / 2)}"\n`, parser({ unwrap: true })),
  feed(
    'words and numbers',
    200_000,
    (n) => FEED_TOP + rows(n / 14, (i) => `A${i},call,"1.000,5${i % 10}",x\n`),
    parser({
      numbers: { decimal: ',', thousands: '.' },
      columns: { quantity_available: { from: 'quantity_available', words: { CALL: 0 } } },
    }),
  ),
  feed(
    'filters',
    100_000,
    (n) => FEED_TOP + rows(n / 40, (i) => `A${i},1,1,${'ab'.repeat(14)}\n`),
    parser({
      rows: [{ column: 'title', drop: ['*a*a*a*a*b', '*c*'] }],
    }),
  ),
  feed(
    'a sum of many columns',
    40_000,
    (n) => `sku,cost,${rows(n / 16, (i) => `q${i},`)}z\nA,1,${'1,'.repeat(n / 16)}1\n`,
    parser({
      columns: { quantity_available: { sum: ['q*'] } },
    }),
  ),
  feed('skus past the limit', 200_000, (n) => FEED_TOP + rows(n / 2100, (i) => `${'s'.repeat(2048)}${i},1,1,x\n`)),
  feed(
    'rows of very many cells',
    400_000,
    (n) => FEED_TOP + rows(n / 20_000, (i) => `A${i},1,1,x${','.repeat(20_000)}\n`),
  ),
  feed('escapes', 100_000, (n) => `${FEED_TOP}A,1,1,${'\\,'.repeat(n / 2)}\n`, parser({ escape: '\\' })),
];
