/**
 * `npm run encodings`: how `auto` reads feeds in every language, encoding and size: right, refused, or silently wrong.
 * Exits with 1 if any was wrong. The last line has the results of jschardet on the same feeds.
 *
 * Usage: npm run encodings [-- --verbose] [-- --every N] [-- --without-peer]. `--verbose` lists what is refused, `--every` takes each
 * N-th feed, `--without-peer` leaves jschardet out.
 */
import { parseArgs } from 'node:util';
import { encodingCases } from './corpus.ts';
import { type EncodingOutcome, judge, judgeJschardet } from './judge.ts';

const SIZES = [1, 2, 3, 5, 12];
const DRAWS = 6;
const PEER = 'jschardet, all';

const { values } = parseArgs({
  options: {
    verbose: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    'without-peer': { type: 'boolean', default: false },
  },
});
const table = new Map<string, { right: number; refused: number; wrong: number }>();
const count = (row: string, outcome: EncodingOutcome['outcome']) => {
  const counts = table.get(row) ?? { right: 0, refused: 0, wrong: 0 };
  counts[outcome]++;
  table.set(row, counts);
};
let place = 0;
for (const one of encodingCases(SIZES, DRAWS)) {
  if (place++ % Number(values.every) !== 0) continue;
  const { outcome, detail } = await judge(one);
  count(`${one.encoding}`, outcome);
  count(`${one.phrases} phrases`, outcome);
  count('all', outcome);
  if (!values['without-peer']) count(PEER, judgeJschardet(one));
  if (outcome === 'wrong' || (values.verbose && outcome === 'refused')) {
    const sample = [...one.text]
      .filter((c) => c > '\u007f')
      .join('')
      .slice(0, 40);
    console.log(`${outcome}: ${one.language} in ${one.encoding}, ${one.phrases} phrases (${sample}): ${detail}`);
  }
}
console.log('encoding'.padEnd(16), 'right'.padStart(7), 'refused'.padStart(8), 'wrong'.padStart(6));
const rows = [...table].sort(([a], [b]) => Number(a === PEER) - Number(b === PEER));
for (const [row, { right, refused, wrong }] of rows) {
  console.log(row.padEnd(16), String(right).padStart(7), String(refused).padStart(8), String(wrong).padStart(6));
}
process.exitCode = table.get('all')!.wrong > 0 ? 1 : 0;
