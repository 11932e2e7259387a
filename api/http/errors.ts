/** The API's error codes with their statuses, and how anything thrown becomes one of them. */
import { RelayError } from '../../core/errors.ts';
import type { ConfigProblem } from '../../core/plugin.ts';

type Status = 400 | 401 | 404 | 405 | 409 | 412 | 413 | 416 | 422 | 429 | 500 | 501 | 503;

export const API_CODES = {
  MALFORMED_JSON: [400, 'the body is not JSON in UTF-8 (or YAML, for a config sent as that), or is nested too deep'],
  UNAUTHORIZED: [401, 'there is no key, or it is not valid'],
  NOT_FOUND: [404, 'it does not exist, or it is not yours'],
  METHOD_NOT_ALLOWED: [405, 'the address takes other methods, which `Allow` lists'],
  TENANT_EXISTS: [409, 'a tenant with this id already exists'],
  TENANT_ALREADY_RUNNING: [409, 'the tenant has an active run, `active_run_id`'],
  RUN_ENDED: [409, 'the run has ended and cannot be cancelled'],
  BASELINE_MOVED: [409, 'another feed is published now than the one that the run was compared with'],
  RUN_GONE: [409, 'the run’s files are gone, so its feed cannot be published or compared'],
  RUN_NOT_PUBLISHED: [409, 'the run has published nothing, so there is nothing to return to'],
  RUN_NOT_TRIPPED: [409, 'the run was not stopped by a guardrail, so it has no feed to publish'],
  RUN_HAS_NO_FEED: [409, 'the run has made no feed, or has not ended yet'],
  RUN_NOT_EXPLAINABLE: [409, 'the run did not get as far as reading its inputs, or its files are gone'],
  NOTHING_TO_PATCH: [409, 'the run refused no row of the vendor that can be patched'],
  PATCH_MISMATCH: [409, 'a later run has read a newer file of the vendor, so no run would take the corrected rows'],
  RUN_NOT_COMPARED: [409, 'the run has no list of held prices'],
  SIMULATION_ACTIVE: [409, 'the tenant has a simulation that is not done, `active_simulation_id`'],
  SIMULATION_ENDED: [409, 'the simulation has ended and cannot be cancelled'],
  NO_PAST_RUN: [409, 'the tenant has no run over all vendors that succeeded, so there is nothing to simulate'],
  SIMULATION_REQUIRED: [412, 'the config has `publish.require_simulation`, and `If-Simulated` names no simulation'],
  SIMULATION_NOT_PASSED: [412, 'the simulation of `If-Simulated` did not pass, or was of another config'],
  PRECONDITION_FAILED: [412, '`If-Match` names a version that is not the newest'],
  PAYLOAD_TOO_LARGE: [413, 'the body is larger than the limit'],
  QUOTA_STORED_BYTES: [413, 'the tenant has stored as many bytes as it may'],
  QUOTA_FILES: [413, 'the tenant has as many uploaded files as it may'],
  RANGE_NOT_SATISFIABLE: [416, 'the feed has fewer bytes than `Range` begins at; `Content-Range` has their number'],
  CONFIG_INVALID: [422, 'the tenant config has problems, all listed in `issues`'],
  UNKNOWN_VENDOR: [422, 'the config has no vendor with this id'],
  UNKNOWN_SKU: [422, 'the run does not hold all of the SKUs; `issues` names the others, and nothing was decided'],
  TOO_MANY_DECISIONS: [422, 'the tenant would have decisions on more SKUs than it may'],
  IDEMPOTENCY_KEY_REUSED: [422, 'the `Idempotency-Key` was used with another body'],
  INVALID_REQUEST: [422, 'body, query or headers have problems, all listed in `issues`'],
  QUOTA_WAITING_UPLOADS: [429, 'too many upload addresses wait to be used; retry after `Retry-After` seconds'],
  QUOTA_CONFIG_VERSIONS: [429, 'the tenant has as many versions of its config as it may'],
  QUOTA_KEYS: [429, 'the tenant has as many keys as it may; revoke one'],
  QUOTA_FEED_LINKS: [429, 'the tenant has as many feed links as it may; revoke one'],
  TOO_MANY_QUESTIONS: [
    429,
    'too many questions of the tenant wait for their answer; retry after `Retry-After` seconds',
  ],
  RATE_LIMITED: [429, 'too many requests; retry after `Retry-After` seconds'],
  internal_error: [500, 'a bug in Relay; the log has details under the request id'],
  NO_ENGINE: [
    501,
    'this part of the service, an edge runtime, has no engine: ask the API that runs beside the workers',
  ],
  UNAVAILABLE: [
    503,
    'a store cannot be reached, or too many large configs wait for their check; retry after `Retry-After` seconds',
  ],
  DISK_NEARLY_FULL: [503, 'the disk is nearly full, and nothing new is taken; retry after `Retry-After` seconds'],
  NOT_READY: [503, 'a store does not work; `issues` says which and why'],
} as const satisfies Record<string, readonly [Status, string]>;

export type ApiCode = keyof typeof API_CODES;

export function isApiCode(code: string): code is ApiCode {
  return Object.hasOwn(API_CODES, code);
}

export interface ApiErrorDetails {
  issues?: readonly ConfigProblem[];
  headers?: Record<string, string>;
  /** Further fields of the body. */
  extra?: Record<string, string>;
}

/** Thrown to answer with an error. */
export class ApiError extends Error {
  readonly code: ApiCode;
  readonly status: Status;
  readonly details: ApiErrorDetails;

  constructor(code: ApiCode, message: string, details: ApiErrorDetails = {}) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = API_CODES[code][0];
    this.details = details;
  }

  toResponse(): Response {
    const { issues, headers, extra } = this.details;
    const body = { error: this.code, message: this.message, ...extra, ...(issues === undefined ? {} : { issues }) };
    return Response.json(body, { status: this.status, headers: headers ?? {} });
  }
}

/** The same answer for something that does not exist and for something of another tenant. */
export function notFoundError(what: string): ApiError {
  return new ApiError('NOT_FOUND', `there is no such ${what}, or it is not yours`);
}

/** Clients retry later after a full disk, which is not freed within seconds. */
const DISK_RETRY_SECONDS = 60;

/** What the client is told about a thrown value. The rest goes to the log only. */
export function toApiError(error: unknown, requestId: string, retryAfterSeconds: number): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof RelayError && error.code === 'invalid_cursor') return invalidCursor();
  if (error instanceof RelayError && error.code === 'disk_nearly_full') {
    const headers = { 'Retry-After': String(DISK_RETRY_SECONDS) };
    return new ApiError('DISK_NEARLY_FULL', 'the service’s disk is nearly full; it takes nothing new', { headers });
  }
  // clients learn only that the environment has failed for now, not how (a full disk, say)
  if (error instanceof RelayError) {
    const headers = { 'Retry-After': String(retryAfterSeconds) };
    return new ApiError('UNAVAILABLE', `the service cannot do this now; try again (request ${requestId})`, { headers });
  }
  return new ApiError('internal_error', `unexpected failure; see the log for request ${requestId}`);
}

/** One key has too many of these at once. */
export function tooManyAtOnce(what: 'downloads' | 'requests that take long'): ApiError {
  const headers = { 'Retry-After': '1' };
  return new ApiError('RATE_LIMITED', `too many ${what} at once; retry in 1 s`, { headers });
}

export function invalidCursor(): ApiError {
  const issues = [{ path: 'cursor', code: 'invalid_value', message: 'is not a cursor of this list' }];
  return new ApiError('INVALID_REQUEST', 'the cursor is not one of this list', { issues });
}
