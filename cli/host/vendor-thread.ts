/** The main module of a thread that normalizes vendors or merges ranges of SKUs: see `threads.ts`. */
import { parentPort } from 'node:worker_threads';
import { assert } from '../../core/errors.ts';
import { serveThread } from '../../core/pipeline/serve-thread.ts';
import { pricingDefaults, readSideTable } from '../../plugins/index.ts';
import { openRegistry } from '../plugins/load.ts';
import { fileSource, readFrom, writeTo } from './files.ts';
import { channelOf } from './threads.ts';

assert(parentPort !== null, 'this module runs in a thread');
serveThread(channelOf(parentPort), {
  registry: openRegistry({ pluginsFile: null }),
  pricing: pricingDefaults,
  readSideTable,
  fileSource,
  files: { writeTo, readFrom },
});
