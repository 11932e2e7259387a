/** What tests throw, as errors that uvu can print. */
import { inspect } from 'node:util';

/** An error that uvu can print. uvu takes `details` for a text, but a `RelayError` has an object there. */
export function printableError(thrown: unknown): Error {
  try {
    if (!(thrown instanceof Error)) return new Error(`thrown: ${inspect(thrown)}`);
    const { code, name, message, stack, details, cause } = thrown as Error & { code?: unknown; details?: unknown };
    const isText = !details || typeof details === 'string';
    if (isText && typeof name === 'string') return thrown;
    const shown = new Error(code === undefined ? message : `${code}: ${message}`);
    const more = cause instanceof Error ? `\ncause: ${cause.message}` : '';
    return Object.assign(shown, { stack: String(stack), details: `${inspect(details)}${more}` });
  } catch {
    return new Error('what was thrown cannot be read');
  }
}
