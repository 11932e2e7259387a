/** Reads request bodies within a limit. Neither `Content-Length` nor `Content-Type` is trusted. */

import type { Context, MiddlewareHandler } from 'hono';
import { concatBytes } from '../../core/bytes/concat.ts';
import { jsonDepth } from '../../core/text/json-depth.ts';
import type { YamlResult } from '../config/jobs.ts';
import type { AppEnv } from './app-env.ts';
import { ApiError } from './errors.ts';

export interface BodyLimits {
  bytesMax: number;
  depthMax: number;
}

const LARGE_BYTES = 16 * 1024;

/** Replaces the body by checked JSON text. An empty body becomes `empty`, if given. */
export function jsonBody(limits: BodyLimits, empty: string | null): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const bytes = await readBody(c.req.raw, limits.bytesMax);
    const { text } = checkedJson(bytes, limits.depthMax, empty);
    const headers = new Headers(c.req.raw.headers);
    // curl -d declares a form; no endpoint takes one
    headers.set('Content-Type', 'application/json');
    headers.delete('Content-Length');
    headers.delete('Transfer-Encoding');
    c.req.raw = new Request(c.req.raw.url, { method: c.req.raw.method, headers, body: text });
    await next();
  };
}

/**
 * For tenant configs: they are parsed once, and `checkedConfig` validates them. Other requests get a turn of the event
 * loop before and after a large one is parsed.
 */
export function configBody(limits: BodyLimits, readYaml: ReadYaml): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const sent = await readBody(c.req.raw, limits.bytesMax);
    const bytes = isYaml(c.req.raw.headers) ? await jsonFromYaml(sent, (text) => readYaml(text, c)) : sent;
    const isLarge = bytes.length > LARGE_BYTES;
    if (isLarge) await ownTurn();
    const { text, value } = checkedJson(bytes, limits.depthMax, null);
    c.set('bodyText', text);
    c.req.addValidatedData('json', value as object);
    if (isLarge) await nextTurn();
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

/** Waits for the next turn of the event loop. Promises alone would run before all requests that are ready. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

let turns: Promise<void> = Promise.resolve();

/** Waits for a turn of the event loop without another large body: several that are ready at once must not add up. */
function ownTurn(): Promise<void> {
  turns = turns.then(nextTurn);
  return turns;
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
  if (Number(request.headers.get('Content-Length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (request.body === null) return new Uint8Array(0);
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

function checkedJson(bytes: Uint8Array, depthMax: number, empty: string | null): { text: string; value: unknown } {
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
