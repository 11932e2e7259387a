/**
 * The container's health check: exits with 0 if `/v1/health` answers. A worker answers at `WORKER_PORT`, the API at `PORT`; the
 * command line of the first process says which one runs.
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
