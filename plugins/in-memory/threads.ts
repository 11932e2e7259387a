/**
 * Fake threads for tests: both ends of a channel are in this process, and messages are copied as between real threads.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { serveVendors } from '../../core/pipeline/normalize/threads/vendor-thread.ts';
import type { Thread, ThreadChannel, Threads } from '../../core/ports/threads.ts';
import type { Registry } from '../../core/registry.ts';
import { pricingDefaults, readSideTable } from '../index.ts';

export interface MemoryThreads extends Threads {
  /** Threads that were started, and those that were not ended. */
  started: number;
  live: number;
}

export function memoryThreads(
  count: number,
  registry: Registry,
  canRun: Threads['canRun'] = () => true,
): MemoryThreads {
  const threads: MemoryThreads = {
    count,
    leastBytes: 0,
    started: 0,
    live: 0,
    canRun,
    start: () => {
      threads.started++;
      threads.live++;
      return startHere(registry, () => threads.live--);
    },
  };
  return threads;
}

function startHere(registry: Registry, onEnd: () => void): Thread {
  const { port1, port2 } = new MessageChannel();
  serveVendors(portChannel(port2), { registry, pricing: pricingDefaults, readSideTable, spoilsLent: true });
  return {
    ...portChannel(port1),
    onDeath: () => {},
    end: () => {
      onEnd();
      port1.close();
    },
  };
}

function portChannel(port: MessagePort): ThreadChannel {
  return {
    post: (message, handedOver = []) => port.postMessage(message, [...handedOver]),
    listen: (receive) => void port.on('message', receive),
  };
}
