/** Extreme large feeds: four times the size is a million rows, ten thousand columns or a field of 20 MB. */
import { FEED_TOP, feed, parser, type Shape, side } from './shape.ts';

const ROWS = 250_000;
const PREFIX = 'the-same-long-prefix-of-every-sku-';

/** Text of very many short lines, made without an array. */
function linesOf(count: number, line: (i: number) => string): string {
  let text = '';
  for (let i = 0; i < count; i++) text += line(i);
  return text;
}

export const CORNERS: readonly Shape[] = [
  feed('corner: a million skus with one prefix', ROWS, (n) =>
    linesOf(n, (i) => (i === 0 ? FEED_TOP : `${PREFIX}${(i * 7919) % n},1,1,x\n`)),
  ),
  feed('corner: a million offers for one sku', ROWS, (n) =>
    linesOf(n, (i) => (i === 0 ? FEED_TOP : `A,1,${i % 1000},x\n`)),
  ),
  feed('corner: a million rows, all invalid', ROWS, (n) => linesOf(n, (i) => (i === 0 ? FEED_TOP : `A${i},x,y,z\n`))),
  side('corner: a sku map of a million', ROWS, (n) =>
    linesOf(n, (i) => (i === 0 ? 'vendor_sku,sku\n' : `A${i},B${i}\n`)),
  ),
  side('corner: a sku map of a million with one prefix', ROWS, (n) =>
    linesOf(n, (i) => (i === 0 ? 'vendor_sku,sku\n' : `${PREFIX}${i},${PREFIX}B\n`)),
  ),
  feed('corner: rows of ten thousand columns', 2500, (n) => {
    const names = linesOf(n - 4, (i) => `,column ${i}`);
    return `sku,quantity_available,cost,title${names}\n${`A,1,1,x${',y'.repeat(n - 4)}\n`.repeat(100)}`;
  }),
  feed('corner: a quoted field of 20 MB', 5_000_000, (n) => `${FEED_TOP}A,1,1,"${'x,\n'.repeat(n / 3)}"\nB,1,1,y\n`),
  feed(
    'corner: a field of 20 MB of doubled quotes',
    5_000_000,
    (n) => `${FEED_TOP}A,1,1,"${'""'.repeat(n / 2)}"\nB,1,1,y\n`,
  ),
  feed(
    'corner: a quoted field of 20 MB, repaired',
    5_000_000,
    (n) => `${FEED_TOP}A,1,1,"${'x,\n'.repeat(n / 3)}\nB,1,1,y\n`,
    parser({ repair: true }),
  ),
];
