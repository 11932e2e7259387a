/**
 * Whether the container's process works, as an exit code: the API, or a worker at `WORKER_PORT`, answers `/v1/health`. Which
 * of the two it is, the container's first process says.
 */
import fs from 'node:fs';

const { PORT = '8080', WORKER_PORT = '8080' } = process.env;
const port = fs.readFileSync('/proc/1/cmdline', 'utf8').split('\0').includes('worker') ? WORKER_PORT : PORT;

try {
  const { status } = await fetch(`http://127.0.0.1:${port}/v1/health`, { signal: AbortSignal.timeout(4000) });
  if (status !== 200) throw new Error(`/v1/health answers ${status}`);
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
