/** Errors of the environment or of a whole input, as opposed to a bad row (`issue.ts`) or a bug (an assertion). */

/** What the caller can do: give up, try again later, or go on without what failed. */
export type Recovery = 'fatal' | 'retry' | 'skip';

export interface RelayErrorDetails {
  /** `fatal` by default. */
  recovery?: Recovery;
  /** Where it happened, for programs: vendor, byte offset, line, path and so on. */
  details?: Record<string, string | number | null>;
  cause?: unknown;
}

/** An error with a code that `docs/ERRORS.md` explains. Its message says what happened, where, and what to do. */
export class RelayError extends Error {
  readonly code: string;
  readonly recovery: Recovery;
  readonly details: Record<string, string | number | null>;

  constructor(code: string, message: string, options: RelayErrorDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RelayError';
    this.code = code;
    this.recovery = options.recovery ?? 'fatal';
    this.details = options.details ?? {};
  }
}

/** Bytes that are not valid in the encoding they are read in. `byteOffset` counts from the file's first byte (0). */
export class DecodeError extends RelayError {
  /** True if a byte order mark gives the encoding: then declaring another one does not help. */
  readonly marked: boolean;

  constructor(encoding: string, byteOffset: number, line: number, marked = false) {
    const cure = marked
      ? 'which its byte order mark says; the file is damaged there: have it sent again'
      : 'declare the file\'s real encoding in parser.encoding, or use "auto"';
    super('DECODE_ERROR', `byte ${byteOffset} (line ${line}) is not valid ${encoding}${marked ? ', ' : '; '}${cure}`, {
      details: { encoding, byte_offset: byteOffset, line },
    });
    this.marked = marked;
  }
}

/**
 * A feed does not say what it must say of itself, or says it wrongly (a preamble, a footer). `errors.json` has this
 * code; the run fails with `invalid_input`.
 */
export class FeedFault extends RelayError {
  constructor(entryCode: string, message: string, details: Record<string, string | number | null> = {}) {
    super('invalid_input', `${entryCode}: ${message}`, { details: { ...details, entry_code: entryCode } });
  }
}

/** The error with the vendor in its message and details. */
export function withVendor(error: RelayError, vendorId: string): RelayError {
  if (error.details.vendor_id !== undefined) return error;
  return new RelayError(error.code, `vendor ${vendorId}: ${error.message}`, {
    recovery: error.recovery,
    details: { ...error.details, vendor_id: vendorId },
    cause: error.cause,
  });
}

/** Adds the file's name to an error; null if the feed is one file. */
export async function inFile<T>(file: string | null, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (file === null || !(error instanceof RelayError)) throw error;
    const { code, message, recovery, details } = error;
    throw new RelayError(code, `${file}: ${message}`, { recovery, details: { ...details, file }, cause: error });
  }
}

/** An error on its way to another thread or process, as plain data. Its cause stays behind. */
export interface SentError {
  name: string;
  message: string;
  stack: string | undefined;
  /** Null for an error that is no `RelayError`. */
  relay: Pick<RelayError, 'code' | 'recovery' | 'details'> | null;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined, relay: null };
  const { name, message, stack } = error;
  if (!(error instanceof RelayError)) return { name, message, stack, relay: null };
  const { code, recovery, details } = error;
  return { name, message, stack, relay: { code, recovery, details } };
}

export function receivedError({ name, message, stack, relay }: SentError): Error {
  const error = relay === null ? new Error(message) : new RelayError(relay.code, message, relay);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A plugin's code threw, or returned something unusable. The message is for the plugin's maintainer. */
export function pluginFailed(what: string, problem: unknown): RelayError {
  return new RelayError('plugin_failed', `${what}: ${thrownText(problem)}`, { cause: problem });
}

/** The text of whatever a plugin threw: it may be no Error at all. */
export function thrownText(problem: unknown): string {
  try {
    if (problem instanceof Error) return String(problem.message || problem.name);
    return String(problem);
  } catch {
    return 'it threw an object';
  }
}

/** For conditions that only a bug in Relay can break. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
