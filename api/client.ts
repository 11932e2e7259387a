/**
 * A typed client of the HTTP API, `relay-inventory/client`. Its types come from the endpoints' declarations. At run time it needs
 * `fetch` alone, so it works in Node, browsers and edge runtimes.
 */
import type { z } from 'zod';
import type { DeclaredEndpoint } from './app.ts';
import type { TypesOf } from './endpoint.ts';
import type { ApiCode } from './http/errors.ts';
import type { Models } from './openapi.ts';
import type { ApiProblem } from './schemas/service.ts';

/** The JSON of a model of the OpenAPI document, such as `Model<'Run'>`. */
export type Model<Name extends keyof Models> = z.input<Models[Name]>;

type Routes = {
  [E in DeclaredEndpoint as `${Uppercase<E['method']>} ${E['path']}`]: TypesOf<E>;
};
/** Method and path of an endpoint, such as `GET /v1/runs/:run_id`. */
export type Route = keyof Routes;

/** True for a type that the declaration gives; what it left out has the general type. */
type IsGiven<T, General> = General extends T ? false : true;
type QueryValue<T> = T extends string ? (string extends T ? string | number : T) : T;
type ParamsOf<T extends { params: z.ZodObject }> =
  IsGiven<T['params'], z.ZodObject> extends true ? { params: z.input<T['params']> } : { params?: never };
type QueryOf<T extends { query: z.ZodObject }> =
  IsGiven<T['query'], z.ZodObject> extends true
    ? { query?: { [K in keyof z.input<T['query']>]: QueryValue<z.input<T['query']>[K]> } }
    : { query?: never };
type HeadersOf<T extends { headers: z.ZodObject }> =
  IsGiven<T['headers'], z.ZodObject> extends true ? { headers?: z.input<T['headers']> } : { headers?: never };
type BodyOf<T extends { body: z.ZodType }> =
  IsGiven<T['body'], z.ZodType> extends true
    ? Record<never, never> extends z.input<T['body']>
      ? { body?: z.input<T['body']> }
      : { body: z.input<T['body']> }
    : { body?: never };

export type RequestOf<R extends Route> = ParamsOf<Routes[R]> &
  QueryOf<Routes[R]> &
  HeadersOf<Routes[R]> &
  BodyOf<Routes[R]> & { signal?: AbortSignal };

type ResponseOf<Response> = Response extends { model: infer Name extends keyof Models }
  ? Model<Name>
  : Response extends { contentType: string }
    ? string
    : null;
/** JSON, text for what is not JSON, or null for an empty answer. */
export type AnswerOf<R extends Route> = ResponseOf<Routes[R]['responses'][keyof Routes[R]['responses']]>;

type RequestArguments<R extends Route> =
  Record<never, never> extends RequestOf<R> ? [request?: RequestOf<R>] : [request: RequestOf<R>];
/** Sends a request. Throws `RelayApiError` for an answer that is an error, and what `fetch` throws. */
export type Client = <R extends Route>(route: R, ...request: RequestArguments<R>) => Promise<AnswerOf<R>>;

export interface ClientOptions {
  /** Where the service is, such as `https://relay.example`. */
  url: string;
  /** An admin key or a tenant's key. */
  key: string;
  fetch?: (request: Request) => Promise<Response>;
}

/** An answer that is an error. */
export class RelayApiError extends Error {
  readonly status: number;
  /** Null if the answer is not one of Relay's, such as a proxy's. */
  readonly code: ApiCode | null;
  readonly issues: readonly ApiProblem[];
  /** With `TENANT_ALREADY_RUNNING`: the run that is active. */
  readonly activeRunId: string | null;
  /** The log of the service has details under it. */
  readonly requestId: string | null;
  readonly retryAfterSeconds: number | null;

  constructor(response: Response, text: string) {
    const body = errorBody(text);
    super(body?.message ?? `HTTP ${response.status}`);
    this.name = 'RelayApiError';
    this.status = response.status;
    this.code = body?.error ?? null;
    this.issues = body?.issues ?? [];
    this.activeRunId = body?.active_run_id ?? null;
    this.requestId = response.headers.get('X-Request-Id');
    const seconds = response.headers.get('Retry-After');
    this.retryAfterSeconds = seconds === null ? null : Number(seconds);
  }
}

export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  return async (route, ...[request]) => {
    const response = await send(requestOf(options, route, (request ?? {}) as AnyRequest));
    const text = await response.text();
    if (!response.ok) throw new RelayApiError(response, text);
    const isJson = (response.headers.get('Content-Type') ?? '').startsWith('application/json');
    return isJson ? JSON.parse(text) : text === '' ? null : text;
  };
}

interface AnyRequest {
  params?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  headers?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

function requestOf({ url, key }: ClientOptions, route: string, request: AnyRequest): Request {
  const [method = '', path = ''] = route.split(' ');
  const { params = {}, query = {}, body, signal } = request;
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(given(query)).toString();
  const headers = new Headers(given(request.headers ?? {}));
  headers.set('X-API-Key', key);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const base = url.endsWith('/') ? url.slice(0, -1) : url;
  return new Request(`${base}${filled}${search === '' ? '' : `?${search}`}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function given(values: Record<string, string | number | undefined>): Array<[string, string]> {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

function errorBody(text: string): Model<'Error'> | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('error' in body) || !('message' in body)) return null;
    return typeof body.error === 'string' && typeof body.message === 'string' ? (body as Model<'Error'>) : null;
  } catch {
    return null;
  }
}
