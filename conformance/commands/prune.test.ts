/** `relay prune` on the embedded stores. `npm run test:aws` tests it on AWS. */
import { embeddedService } from '../contracts/embedded.ts';
import { pruneCases } from '../contracts/prune.ts';
import { registerContract } from '../contracts/support.ts';

registerContract('relay prune', pruneCases, embeddedService);
