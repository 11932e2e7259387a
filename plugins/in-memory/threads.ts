/**
 * Fake threads for tests: both ends of a channel are in this process, and messages are copied as between real threads.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { serveThread } from '../../core/pipeline/serve-thread.ts';
import type { Thread, ThreadChannel, Threads } from '../../core/ports/threads.ts';
import type { Registry } from '../../core/registry.ts';
import { pricingDefaults, readSideTable } from '../index.ts';

export interface MemoryThreads extends Threads {
  /** Threads that were started, and those that were not ended. */
  started: number;
  live: number;
  /** Ranges of SKUs that they merged, and parts of feeds that they merged ahead. */
  ranges: number;
  parts: number;
}

export function memoryThreads(
  count: number,
  registry: Registry,
  canRun: Threads['canRun'] = () => true,
): MemoryThreads {
  const threads: MemoryThreads = {
    count,
    leastBytes: 0,
    leastMergeBytes: 0,
    started: 0,
    live: 0,
    ranges: 0,
    parts: 0,
    canRun,
    start: () => {
      threads.started++;
      threads.live++;
      return startHere(registry, threads);
    },
  };
  return threads;
}

function startHere(registry: Registry, threads: MemoryThreads): Thread {
  const { port1, port2 } = new MessageChannel();
  const own = portChannel(port2);
  const post: ThreadChannel['post'] = (message, handedOver) => {
    const { type } = message as { type: string };
    if (type === 'range') threads.ranges++;
    if (type === 'part') threads.parts++;
    own.post(message, handedOver);
  };
  serveThread({ ...own, post }, { registry, pricing: pricingDefaults, readSideTable, spoilsLent: true });
  return {
    ...portChannel(port1),
    onDeath: () => {},
    end: () => {
      threads.live--;
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
