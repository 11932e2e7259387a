/** What the processes of a history work with: the engine on a store. */
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import type { WorkerDeps } from '../../worker/deps.ts';
import type { ExecuteDeps } from '../../worker/execute/execute.ts';
import { executeSimulation } from '../../worker/execute/execute-simulation.ts';
import type { Code } from './code.ts';
import { simEngine } from './references.ts';
import type { World } from './world.ts';

export function executeDepsOf(
  world: Pick<World, 'wall'>,
  artifacts: ExecuteDeps['artifacts'],
  process = { scratches: 0 },
): ExecuteDeps {
  return {
    ...{ engine: simEngine, artifacts, configLimits: {}, now: () => world.wall },
    createScratch: () => {
      process.scratches++;
      return Object.assign(new MemoryScratch(), { dispose: () => void process.scratches-- });
    },
  };
}

/** A runner in the worker's own process. */
export function runnerOf({ executeRun }: Code, deps: ExecuteDeps): WorkerDeps['runner'] {
  return {
    work: (order, host) => {
      const work = order.simulation === undefined ? executeRun : executeSimulation;
      return work(deps, structuredClone(order), host);
    },
  };
}
