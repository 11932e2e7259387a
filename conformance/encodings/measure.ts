/**
 * `npm run encodings`: how `auto` reads feeds in every language, encoding and size: right, refused, or silently wrong. Ends with 1
 * if any was wrong.
 */
import { RelayError } from '../../core/errors.ts';
import { chooseEncoding, decodeToUtf8 } from '../../plugins/parsers/kit/encoding.ts';
import { type EncodingCase, encodingCases } from './corpus.ts';

const SIZES = [1, 2, 3, 5, 12];
const DRAWS = 6;

export interface Verdict {
  outcome: 'right' | 'refused' | 'wrong';
  /** What it was read in, or why not. */
  detail: string;
}

/** Reads a feed with `auto`. */
export async function judge(one: EncodingCase): Promise<Verdict> {
  const open = async function* () {
    yield one.bytes;
  };
  try {
    const { encoding } = await chooseEncoding(open, { declared: 'auto' });
    const parts: Uint8Array[] = [];
    for await (const chunk of decodeToUtf8(open(), encoding)) parts.push(chunk.slice());
    const text = Buffer.concat(parts).toString();
    return { outcome: text === one.text ? 'right' : 'wrong', detail: encoding };
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== 'DECODE_ERROR') throw error;
    return { outcome: 'refused', detail: error.message };
  }
}

const verbose = process.argv.includes('--verbose');
const table = new Map<string, { right: number; refused: number; wrong: number }>();
const count = (row: string, outcome: Verdict['outcome']) => {
  const counts = table.get(row) ?? { right: 0, refused: 0, wrong: 0 };
  counts[outcome]++;
  table.set(row, counts);
};
for (const one of encodingCases(SIZES, DRAWS)) {
  const { outcome, detail } = await judge(one);
  count(`${one.encoding}`, outcome);
  count(`${one.phrases} phrases`, outcome);
  count('all', outcome);
  if (outcome === 'wrong' || (verbose && outcome === 'refused')) {
    const sample = [...one.text]
      .filter((c) => c > '\u007f')
      .join('')
      .slice(0, 40);
    console.log(`${outcome}: ${one.language} in ${one.encoding}, ${one.phrases} phrases (${sample}): ${detail}`);
  }
}
console.log('encoding'.padEnd(16), 'right'.padStart(7), 'refused'.padStart(8), 'wrong'.padStart(6));
for (const [row, { right, refused, wrong }] of table) {
  console.log(row.padEnd(16), String(right).padStart(7), String(refused).padStart(8), String(wrong).padStart(6));
}
process.exitCode = table.get('all')!.wrong > 0 ? 1 : 0;
