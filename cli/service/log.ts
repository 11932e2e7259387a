/** The service's log: one JSON object per line, on stderr. Stdout is for output and metrics. */
import type { Logger } from '../../api/deps.ts';
import type { Io } from '../io.ts';

export function jsonLogger(io: Io): Logger {
  const write = (level: string, event: string, fields: object = {}) =>
    io.stderr(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  return {
    info: (event, fields) => write('info', event, fields),
    error: (event, fields) => write('error', event, fields),
  };
}
