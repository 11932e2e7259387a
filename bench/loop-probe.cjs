/**
 * Loaded into a service before its code: writes to the file LOOP_FILE how much CPU time its main thread used between two turns of
 * a short timer, if that is much. Nobody is answered meanwhile. CPU time, so that other processes do not count. Linux only.
 */
const fs = require('node:fs');

const TURN_MS = 4;
const TOLD_MS = 10;

// runner processes inherit the flags of Node
if (process.env.LOOP_FILE !== undefined && process.send === undefined) {
  const file = fs.openSync(process.env.LOOP_FILE, 'a');
  const stat = fs.openSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'r');
  const text = Buffer.alloc(64);
  const cpuMs = () => Number(text.toString('latin1', 0, fs.readSync(stat, text, 0, 64, 0)).split(' ')[0]) / 1e6;
  let before = cpuMs();
  setInterval(() => {
    const now = cpuMs();
    if (now - before > TOLD_MS) fs.writeSync(file, `${Date.now()} ${(now - before).toFixed(1)}\n`);
    before = cpuMs();
  }, TURN_MS).unref();
}
