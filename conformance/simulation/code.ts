/** The code that a history runs: the product's own, or a mutant of it. */
import * as execute from '../../worker/execute/execute.ts';
import * as loop from '../../worker/loop.ts';
import { MemoryRunStore } from '../contracts/doubles/memory-runs.ts';
import { SimArtifactStore, SimJobQueue } from './stores.ts';

/** The code under test. A mutant has one part replaced. */
export interface Code {
  runWorker: typeof loop.runWorker;
  executeRun: typeof execute.executeRun;
  makeRuns(): MemoryRunStore;
  makeQueue(wall: () => number): SimJobQueue;
  makeArtifacts(...options: ConstructorParameters<typeof SimArtifactStore>): SimArtifactStore;
}

export const AS_IT_IS: Code = {
  runWorker: loop.runWorker,
  executeRun: execute.executeRun,
  makeRuns: () => new MemoryRunStore(),
  makeQueue: (wall) => new SimJobQueue(wall),
  makeArtifacts: (...options) => new SimArtifactStore(...options),
};
