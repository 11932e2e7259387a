/**
 * The main module of a runner process. It sets up the watchdog and the end of the process first: they must work even
 * while the rest is still loading.
 */
import { type ChildArguments, SHARED } from './protocol.ts';
import { startWatchdog } from './watchdog.ts';

// only the worker decides when a run stops, but Ctrl-C reaches all processes of a terminal
process.on('SIGINT', () => {}).on('SIGTERM', () => {});
// the worker has died, or has no more runs
process.on('disconnect', () => process.exit(0));

const shared = new SharedArrayBuffer(SHARED.bytes);
startWatchdog(JSON.parse(process.argv[2] ?? '') as ChildArguments, shared);
void import('./serve-runs.ts').then(({ serveRuns }) => serveRuns(shared));
