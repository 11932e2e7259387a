/** `relay prune` on the embedded stores. On AWS: `npm run test:aws`. */
import { embeddedService } from '../contracts/embedded.ts';
import { pruneCases } from '../contracts/prune.ts';
import { registerContract } from '../contracts/support.ts';

registerContract('relay prune', pruneCases, embeddedService);
