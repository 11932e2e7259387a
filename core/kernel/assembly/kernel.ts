/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { writeCompared } from './compare.ts';
import { emit, gatherEntries } from './emit.ts';
import { gather } from './gather.ts';
import { writeRow } from './output.ts';
import { rows } from './rows.ts';
import { scan } from './scan.ts';
import { settle } from './settle.ts';
import { countSome, moveSome, numberSome, placeSome, seeSome, sort } from './sort.ts';

// what is called …`Some` is for nobody: see `sort.ts`
export {
  countSome,
  emit,
  gather,
  gatherEntries,
  moveSome,
  numberSome,
  placeSome,
  rows,
  scan,
  seeSome,
  settle,
  sort,
  writeCompared,
  writeRow,
};
