/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { writeCompared } from './compare.ts';
import { emit, gatherEntries } from './emit.ts';
import { gather } from './gather.ts';
import { writeRow } from './output.ts';
import { rows } from './rows.ts';
import { scan } from './scan.ts';
import { sort } from './sort.ts';

export { emit, gather, gatherEntries, rows, scan, sort, writeCompared, writeRow };
