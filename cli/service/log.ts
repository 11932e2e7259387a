/** The service's log: one JSON object per line, on stderr. Stdout is for output and metrics. */
import type { Logger } from '../../api/deps.ts';
import type { Io } from '../io.ts';

/**
 * Lines of one turn of the event loop are written together, once it has answered: each write takes as long as a tenth of a request. An
 * error is written at once, and nothing waits when the process ends.
 */
export function jsonLogger(io: Io): Logger {
  let waiting = '';
  const flush = () => {
    process.removeListener('exit', flush);
    const lines = waiting;
    waiting = '';
    if (lines !== '') io.stderr(lines);
  };
  const add = (level: string, event: string, fields: object = {}) => {
    waiting += `${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`;
  };
  return {
    info: (event, fields) => {
      if (waiting === '') {
        process.once('exit', flush);
        setImmediate(flush);
      }
      add('info', event, fields);
    },
    error: (event, fields) => {
      add('error', event, fields);
      flush();
    },
  };
}
