/** What the kernel exports. `npm run build:kernel` compiles it to `bytes.ts`. */
import { scan } from './scan.ts';

export { scan };
