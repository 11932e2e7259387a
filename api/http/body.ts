/**
 * Reads request bodies within a limit. Neither `Content-Length` nor `Content-Type` is trusted. Large ones are parsed one at a time with a
 * rest after each, tenants in turn, so that a flood of them leaves most of the event loop to others.
 */

import type { Context, MiddlewareHandler } from 'hono';
import { concatBytes } from '../../core/bytes/concat.ts';
import { jsonDepth } from '../../core/text/json-depth.ts';
import type { YamlResult } from '../config/jobs.ts';
import type { LargeBodySettings } from '../deps.ts';
import type { AppEnv } from './app-env.ts';
import { rateKey } from './auth.ts';
import { ApiError, tooManyAtOnce } from './errors.ts';
import { FairQueue } from './fair-queue.ts';

export interface BodyLimits {
  bytesMax: number;
  depthMax: number;
}

const LARGE_BYTES = 16 * 1024;

/**
 * The turns of large bodies, of large answers, or of other requests that take long. An edge runtime has none: requests of one isolate may
 * not wait for each other, since what a request does ends with it.
 */
export class LargeBodies {
  readonly #settings: LargeBodySettings;
  readonly #queue: FairQueue;

  constructor(settings: LargeBodySettings) {
    this.#settings = settings;
    this.#queue = new FairQueue({ atOnce: 1, ownMax: settings.waiting, allMax: settings.waiting * 10 });
  }

  /** Does the work in a turn. Throws `RATE_LIMITED` if too many wait. */
  inTurn<T>(c: Context<AppEnv>, work: () => T | Promise<T>): Promise<T> {
    const principal = c.get('principal');
    const owner = principal === undefined ? '' : rateKey(principal);
    const { restFactor, restMsMax } = this.#settings;
    const done = this.#queue.run(owner, async () => {
      await pause(0);
      const began = performance.now();
      try {
        // an error of work that waits must not be nobody's during the rest
        return await work();
      } finally {
        await pause(Math.min(restMsMax, restFactor * (performance.now() - began)));
      }
    });
    if (done !== null) return done;
    throw tooManyAtOnce('requests that take long');
  }
}

interface ParsedBody {
  text: string;
  value: unknown;
}

interface JsonBody {
  /** Null if bodies have no turns. */
  large: LargeBodies | null;
  /** What an empty body means; null if there must be one. */
  empty: string | null;
  /** Returns the value as its endpoint reads it, or throws. */
  check: (value: unknown) => object;
}

/** Reads a body and checks it. For a large one that is wrong in thousands of places, this takes longer than to parse it. */
export function jsonBody(limits: BodyLimits, { large, empty, check }: JsonBody): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const bytes = await readBody(c.req.raw, limits.bytesMax);
    const parse = () => check(checkedJson(bytes, limits.depthMax, empty).value);
    const value = large !== null && bytes.length > LARGE_BYTES ? await large.inTurn(c, parse) : parse();
    c.req.addValidatedData('json', value);
    await next();
  };
}

/** For tenant configs: they are parsed once, and `ConfigChecks` validates them. */
export function configBody(
  limits: BodyLimits,
  large: LargeBodies | null,
  readYaml: ReadYaml,
): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const sent = await readBody(c.req.raw, limits.bytesMax);
    const bytes = isYaml(c.req.raw.headers) ? await jsonFromYaml(sent, (text) => readYaml(text, c)) : sent;
    const parse = () => checkedJson(bytes, limits.depthMax, null);
    const { text, value } = large !== null && bytes.length > LARGE_BYTES ? await large.inTurn(c, parse) : parse();
    c.set('bodyText', text);
    c.req.addValidatedData('json', value as object);
    await next();
  };
}

/**
 * Reads a config as JSON text, or says what is wrong with it. It may take a second of CPU, so a large one is read in
 * another process.
 */
export type ReadYaml = (text: string, c: Context<AppEnv>) => Promise<YamlResult>;

function isYaml(headers: Headers): boolean {
  return /^\s*(application|text)\/(x-)?yaml\s*(;|$)/i.test(headers.get('Content-Type') ?? '');
}

async function jsonFromYaml(bytes: Uint8Array, read: (text: string) => Promise<YamlResult>): Promise<Uint8Array> {
  const { json, problem } = await read(utf8(bytes));
  if (json === null)
    throw new ApiError('MALFORMED_JSON', `the body is not a YAML document that a config can be: ${problem}`);
  return new TextEncoder().encode(json);
}

/** Promises alone would keep the event loop at work for all requests that are ready. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** For endpoints that take no body: reads what is sent anyway, within the limit, and drops it. */
export function noBody(limits: BodyLimits): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await readBody(c.req.raw, limits.bytesMax);
    await next();
  };
}

/** Throws `PAYLOAD_TOO_LARGE` at the first byte over the limit. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const said = request.headers.get('Content-Length');
  if (Number(said ?? 0) > bytesMax) throw tooLarge(bytesMax);
  // to look at a body costs more than all else that such a request does
  if (said === '0' || request.body === null) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new ApiError('MALFORMED_JSON', 'the body broke off');
    });
    if (done) return concatBytes(chunks);
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(bytesMax);
    }
    chunks.push(value);
  }
}

function checkedJson(bytes: Uint8Array, depthMax: number, empty: string | null): ParsedBody {
  if (bytes.length === 0 && empty !== null) return { text: empty, value: JSON.parse(empty) };
  const text = utf8(bytes);
  if (jsonDepth(text) > depthMax)
    throw new ApiError('MALFORMED_JSON', `the body is nested deeper than ${depthMax} levels`);
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    throw new ApiError('MALFORMED_JSON', bytes.length === 0 ? 'the body is empty' : 'the body is not JSON');
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError('MALFORMED_JSON', 'the body is not UTF-8');
  }
}

function tooLarge(bytesMax: number): ApiError {
  return new ApiError('PAYLOAD_TOO_LARGE', `the body is larger than ${bytesMax} bytes`);
}
