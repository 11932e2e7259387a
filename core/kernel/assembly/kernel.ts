/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { rows } from './rows.ts';
import { scan } from './scan.ts';

export { rows, scan };
