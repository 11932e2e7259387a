/** Which records of small feeds with line ends of several kinds are joined to one row, in a line for each twenty of them. */
import { createHash } from 'node:crypto';
import { joined } from '../../core/pipeline/normalize/rows/testing/broken-feeds.ts';
import { Random } from '../oracle/generate/random.ts';

const FEEDS_PER_LINE = 40;
export const BROKEN_COUNT = 60;

const TEXTS = ['a,b,c', 'd,e', 'f', 'g,h', 'i,j', 'k', 'l,m,n,o', '!p,q', 'r,s,t', 'u,v""w', 'x""y'];
const ENDS = ['nnwwr', 'nnnw', 'w', 'rrn'];

/** Forty feeds: the first one, and a digest of the rows of all. */
export function ofBrokenRows(number: number): string {
  const random = new Random(number * 49_979_687 + 3);
  const feeds = Array.from({ length: FEEDS_PER_LINE }, () => {
    const ends = [...random.pick(ENDS)];
    const records = Array.from({ length: random.int(1, 9) }, () => `${random.pick(TEXTS)}/${random.pick(ends)}`);
    if (random.chance(0.2)) records.push(`${random.pick(TEXTS)}/`);
    const sizes = Array.from({ length: 3 }, () => random.int(1, 5));
    const wide = joined(records, undefined, undefined, random.pick([2, 4, 5]));
    return { records, rows: [joined(records), wide, joined(records, sizes, random.pick([3, 4, 5, 6, 7, 9]))] };
  });
  const hash = createHash('sha256').update(JSON.stringify(feeds));
  const [
    {
      records,
      rows: [rows = []],
    } = { records: [], rows: [] },
  ] = feeds;
  return `${number} ${records.join(' ')}: ${JSON.stringify(rows)} · ${hash.digest('hex').slice(0, 8)}`;
}
