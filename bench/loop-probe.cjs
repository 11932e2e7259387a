/**
 * Loaded into a service before its code. Finds turns of the event loop in which the main thread used much CPU time, so that no
 * request was answered, and writes them to the file LOOP_FILE. It measures CPU time because other processes do not affect it. Linux only.
 */
const fs = require('node:fs');

const TURN_MS = 4;
const TOLD_MS = 10;

// runner processes inherit Node's flags, and must not be measured
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
