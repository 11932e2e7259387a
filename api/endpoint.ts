/** What an endpoint is: one declaration, from which both its route and its entry in the OpenAPI document are made. */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { AppEnv } from './http/app-env.ts';
import type { Principal } from './http/auth.ts';
import type { ApiCode } from './http/errors.ts';

/** `public`: no key. `key`: any. `tenant`: admins, and the key of the tenant in the path. `admin`: admins. */
export type Access = 'public' | 'key' | 'tenant' | 'admin';
export type Method = 'get' | 'post' | 'put' | 'delete';

export interface BodySpec<B extends z.ZodType = z.ZodType> {
  schema: B;
  /** Its name in the OpenAPI document. */
  model: string;
  /** A config has a limit of its own. */
  isConfig?: boolean;
  /** Whether an empty body stands for `{}`. */
  optional?: boolean;
}

export interface AnswerSpec {
  description: string;
  /** The model of a JSON body; absent where there is none. */
  model?: string;
  /** The type of a body that is not JSON. */
  contentType?: string;
  headers?: Record<string, string>;
}

/** A request that has been let in and checked. */
export interface Call<P, Q, H, B> {
  c: Context<AppEnv>;
  /** Of public endpoints too: none of them looks. */
  principal: Principal;
  params: P;
  query: Q;
  headers: H;
  body: B;
}

export interface EndpointSpec<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  H extends z.ZodObject,
  B extends z.ZodType,
> {
  method: Method;
  /** `/v1/runs/:run_id`. */
  path: string;
  id: string;
  summary: string;
  access: Access;
  /** Values in the path; what does not fit does not exist. */
  params?: P;
  query?: Q;
  headers?: H;
  /** `stream`: the handler reads it. */
  body?: BodySpec<B> | 'stream';
  answers: Readonly<Record<string, AnswerSpec>>;
  /** Codes of its own, beyond those that every endpoint of its kind has. */
  errors?: readonly ApiCode[];
  handle(call: Call<z.output<P>, z.output<Q>, z.output<H>, z.output<B>>): Response | Promise<Response>;
}

export type Endpoint = EndpointSpec<z.ZodObject, z.ZodObject, z.ZodObject, z.ZodType>;

/** Keeps the types of a declaration together; the list of all endpoints need not know them. */
export function endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  H extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
>(spec: EndpointSpec<P, Q, H, B>): Endpoint {
  return spec as unknown as Endpoint;
}

/** The path as OpenAPI writes it. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');
}

/** Codes that the endpoint can answer with, those of its kind included. */
export function codesOf(spec: Endpoint): ApiCode[] {
  const codes = new Set<ApiCode>(['internal_error', 'UNAVAILABLE', ...(spec.errors ?? [])]);
  if (spec.access !== 'public') codes.add('UNAUTHORIZED').add('RATE_LIMITED');
  if (spec.params !== undefined || spec.access === 'admin' || spec.access === 'tenant') codes.add('NOT_FOUND');
  if (spec.query !== undefined || spec.headers !== undefined) codes.add('INVALID_REQUEST');
  if (spec.method !== 'get' && spec.body !== 'stream') codes.add('PAYLOAD_TOO_LARGE');
  if (typeof spec.body === 'object')
    codes.add('MALFORMED_JSON').add(spec.body.isConfig ? 'CONFIG_INVALID' : 'INVALID_REQUEST');
  return [...codes].sort();
}
