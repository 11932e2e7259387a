/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { emit } from './emit.ts';
import { rows } from './rows.ts';
import { scan } from './scan.ts';
import { sort } from './sort.ts';

export { emit, rows, scan, sort };
