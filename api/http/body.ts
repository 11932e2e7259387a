/** Reads request bodies within a limit. Neither `Content-Length` nor `Content-Type` is trusted. */

import type { MiddlewareHandler } from 'hono';
import { concatBytes } from '../../core/bytes/concat.ts';
import { jsonDepth } from '../../core/text/json-depth.ts';
import type { AppEnv } from './app-env.ts';
import { ApiError } from './errors.ts';

export interface BodyLimits {
  bytesMax: number;
  depthMax: number;
}

/** Replaces the body by checked JSON text. An empty body becomes `empty`, if that is given. */
export function jsonBody(limits: BodyLimits, empty: string | null): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const bytes = await readBody(c.req.raw, limits.bytesMax);
    const text = checkedJson(bytes, limits.depthMax, empty);
    c.set('bodyText', text);
    const headers = new Headers(c.req.raw.headers);
    // curl -d declares a form; no endpoint takes one
    headers.set('Content-Type', 'application/json');
    headers.delete('Content-Length');
    headers.delete('Transfer-Encoding');
    c.req.raw = new Request(c.req.raw.url, { method: c.req.raw.method, headers, body: text });
    await next();
  };
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

function checkedJson(bytes: Uint8Array, depthMax: number, empty: string | null): string {
  if (bytes.length === 0 && empty !== null) return empty;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError('MALFORMED_JSON', 'the body is not UTF-8');
  }
  if (jsonDepth(text) > depthMax)
    throw new ApiError('MALFORMED_JSON', `the body is nested deeper than ${depthMax} levels`);
  try {
    JSON.parse(text);
  } catch {
    throw new ApiError('MALFORMED_JSON', bytes.length === 0 ? 'the body is empty' : 'the body is not JSON');
  }
  return text;
}

function tooLarge(bytesMax: number): ApiError {
  return new ApiError('PAYLOAD_TOO_LARGE', `the body is larger than ${bytesMax} bytes`);
}
