/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { writeCompared } from './compare.ts';
import { emit, gatherEntries } from './emit.ts';
import { gather } from './gather.ts';
import { writeRow } from './output.ts';
import { rows } from './rows.ts';
import { scan } from './scan.ts';
import { settle } from './settle.ts';
import { countSome, moveSome, sort } from './sort.ts';

// `countSome` and `moveSome` are for nobody: see `sort.ts`
export { countSome, emit, gather, gatherEntries, moveSome, rows, scan, settle, sort, writeCompared, writeRow };
