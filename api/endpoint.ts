/** An endpoint is one declaration: its route and its entry in the OpenAPI document are both made from it. */
import type { Context } from 'hono';
import type { z } from 'zod';
import type { AppEnv } from './http/app-env.ts';
import type { Principal } from './http/auth.ts';
import type { ApiCode } from './http/errors.ts';

/**
 * Who may call: `public` anyone; `link` who has the feed link that is the end of the path; `key` any key; `tenant` admins and the
 * key of the tenant in the path; `admin` admins.
 */
export type Access = 'public' | 'link' | 'key' | 'tenant' | 'admin';
/** Groups of the OpenAPI document. */
export const TAGS = {
  Tenants: 'Tenants, their configs and their keys.',
  Files: 'Files of vendors: uploads, what arrived, signed addresses.',
  Runs: 'Runs, their artifacts and errors.',
  Publishing: 'The published feed, and how it became that.',
  Service: 'The service itself: plugins, health, metrics, this document.',
} as const;

export type Method = 'get' | 'post' | 'put' | 'delete';

export interface BodySpec<B extends z.ZodType = z.ZodType> {
  schema: B;
  /** Its name in the OpenAPI document. */
  model: string;
  /** A tenant config: it has its own size limit and error code. */
  isConfig?: boolean;
  /** An empty body means `{}`. */
  optional?: boolean;
}

export interface ResponseSpec {
  description: string;
  /** The model of a JSON body; absent if the body is not JSON. */
  model?: string;
  /** The type of a body that is not JSON. */
  contentType?: string;
  headers?: Record<string, string>;
}

/** A request whose key and content have passed the checks. */
export interface CheckedRequest<P, Q, H, B> {
  c: Context<AppEnv>;
  /** Absent for open endpoints, which do not read it. */
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
  /** As in `/v1/runs/:run_id`. */
  path: string;
  id: string;
  tag: keyof typeof TAGS;
  /** One line. */
  summary: string;
  /** What a caller must know beyond the summary; CommonMark. */
  description: string;
  access: Access;
  /** Values in the path. A malformed id cannot exist: the answer is 404. */
  params?: P;
  query?: Q;
  headers?: H;
  /** `stream`: the handler reads the body itself. */
  body?: BodySpec<B> | 'stream';
  responses: Readonly<Record<string, ResponseSpec>>;
  /** Its own error codes, beyond those that follow from its access, parameters and body. */
  errors?: readonly ApiCode[];
  handle(request: CheckedRequest<z.output<P>, z.output<Q>, z.output<H>, z.output<B>>): Response | Promise<Response>;
}

export type Endpoint = EndpointSpec<z.ZodObject, z.ZodObject, z.ZodObject, z.ZodType>;

/** The types of a declaration, for clients. */
interface EndpointTypes {
  params: z.ZodObject;
  query: z.ZodObject;
  headers: z.ZodObject;
  body: z.ZodType;
  responses: Readonly<Record<string, ResponseSpec>>;
}

/** An endpoint that keeps the types of its declaration. `types` exists only for the compiler. */
export type Declared<M extends Method, Path extends string, T extends EndpointTypes> = Endpoint & {
  readonly method: M;
  readonly path: Path;
  readonly types?: T;
};

export type TypesOf<E> = E extends { readonly types?: infer T extends EndpointTypes } ? T : never;

/** Infers the types of one declaration; as an `Endpoint` it fits in one list with all others. */
export function endpoint<
  const M extends Method,
  const Path extends string,
  const R extends Readonly<Record<string, ResponseSpec>>,
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  H extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
>(
  spec: EndpointSpec<P, Q, H, B> & { method: M; path: Path; responses: R },
): Declared<M, Path, { params: P; query: Q; headers: H; body: B; responses: R }> {
  return spec as unknown as Declared<M, Path, { params: P; query: Q; headers: H; body: B; responses: R }>;
}

/** True if no key is needed. */
export function isOpen({ access }: Pick<Endpoint, 'access'>): boolean {
  return access === 'public' || access === 'link';
}

/** `:run_id` becomes `{run_id}`. */
export function openApiPath(path: string): string {
  return path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');
}

/** Every error code that the endpoint can answer with. */
export function codesOf(spec: Endpoint): ApiCode[] {
  const codes = new Set<ApiCode>(['internal_error', 'UNAVAILABLE', ...(spec.errors ?? [])]);
  if (spec.access !== 'public') codes.add('RATE_LIMITED');
  if (!isOpen(spec)) codes.add('UNAUTHORIZED');
  if (spec.params !== undefined || spec.access === 'admin' || spec.access === 'tenant') codes.add('NOT_FOUND');
  if (spec.query !== undefined || spec.headers !== undefined) codes.add('INVALID_REQUEST');
  if (spec.method !== 'get' && spec.body !== 'stream') codes.add('PAYLOAD_TOO_LARGE');
  if (typeof spec.body === 'object')
    codes.add('MALFORMED_JSON').add(spec.body.isConfig ? 'CONFIG_INVALID' : 'INVALID_REQUEST');
  return [...codes].sort();
}
