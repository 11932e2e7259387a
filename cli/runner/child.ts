/**
 * The main module of a runner process. The watchdog and the end of the process come first: they must work also while the rest
 * is still being loaded.
 */
import { type ChildArguments, SHARED } from './protocol.ts';
import { startWatchdog } from './watchdog.ts';

// the worker decides when a run stops: a Ctrl-C reaches all processes of a terminal
process.on('SIGINT', () => {}).on('SIGTERM', () => {});
// the worker is gone or wants no more runs
process.on('disconnect', () => process.exit(0));

const shared = new SharedArrayBuffer(SHARED.bytes);
startWatchdog(JSON.parse(process.argv[2] ?? '') as ChildArguments, shared);
void import('./serve-runs.ts').then(({ serveRuns }) => serveRuns(shared));
