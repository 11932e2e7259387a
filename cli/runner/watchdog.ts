/**
 * The watchdog thread of a runner process. It ends the process if it needs too much memory, if its run makes no
 * progress, or if its worker has died. It is a separate thread because the main thread may be busy or stuck.
 */
import { Worker } from 'node:worker_threads';
import { type ChildArguments, SHARED, WATCHDOG_FD } from './protocol.ts';

const LOOK_MS = 200;

/**
 * Plain JavaScript as text: from TypeScript sources, a thread would need a loader, which takes a second and 30 MB. It
 * writes lines of type `WatchdogLine`. It counts its looks instead of measuring time: while the machine sleeps, there
 * are none.
 */
const SOURCE = `
const fs = require('node:fs');
const { memoryBytes: limit, stuckSeconds, shared, parent } = require('node:worker_threads').workerData;
const numbers = new Int32Array(shared);
let seen = 0;
let looks = 0;
let idleLooks = 0;

setInterval(() => {
  const memoryBytes = process.memoryUsage.rss();
  const progress = Atomics.load(numbers, ${SHARED.progress});
  const isIdle = progress === seen && Atomics.load(numbers, ${SHARED.busy}) === 1;
  idleLooks = isIdle ? idleLooks + 1 : 0;
  seen = progress;
  // the worker is gone, and nobody would take the report
  if (process.ppid !== parent) kill();
  else if (memoryBytes > limit) end({ ended: 'memory', memoryBytes });
  else if (idleLooks * ${LOOK_MS} >= stuckSeconds * 1000) {
    end({ ended: 'stuck', seconds: stuckSeconds, hook: Atomics.load(numbers, ${SHARED.hook}) });
  }
  else if (looks++ % ${1000 / LOOK_MS} === 0) say({ alive: true, memoryBytes });
}, ${LOOK_MS});

function end(line) {
  say(line);
  kill();
}

function kill() {
  process.kill(process.pid, 'SIGKILL');
}

function say(line) {
  try {
    fs.writeSync(${WATCHDOG_FD}, JSON.stringify(line) + '\\n');
  } catch (error) {
    // a worker that does not read for a while misses some lines; one that is gone reads nothing
    if (error.code !== 'EAGAIN') kill();
  }
}
`;

/** `shared` has the numbers whose places `SHARED` names. */
export function startWatchdog(limits: ChildArguments, shared: SharedArrayBuffer): void {
  const workerData = { ...limits, shared };
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
  new Worker(SOURCE, { eval: true, workerData, resourceLimits, execArgv: [], env: {} }).unref();
}
