/** Turns AWS errors into a `RelayError` that names what is missing or refused: bucket, table, queue, permission, credentials. */
import { RelayError, type RelayErrorDetails } from '../../core/errors.ts';

/** A call to AWS, in the operator's terms. */
export interface AwsCall {
  /** As in `bucket relay-artifacts`. */
  resource: string;
  /** The setting that names the resource. */
  setting: string;
  /** The permission that the call needs, as a policy writes it. */
  action: string;
}

type Describe = (call: AwsCall, message: string) => string;

interface AwsFault {
  code: string;
  recovery: NonNullable<RelayErrorDetails['recovery']>;
  describe: Describe;
}

/** An operator can fix these while the service runs, so the job waits for its next delivery. */
const CREDENTIALS: AwsFault = {
  code: 'credentials_invalid',
  recovery: 'retry',
  describe: ({ resource }, message) =>
    `the AWS credentials are missing or not accepted for ${resource}; give the service a role or other credentials: ${message}`,
};

const DENIED: AwsFault = {
  code: 'permission_denied',
  recovery: 'retry',
  describe: ({ resource, action }, message) =>
    `${action} on ${resource} is denied; allow it in the policy of the service's role: ${message}`,
};

const MISSING: AwsFault = {
  code: 'store_missing',
  recovery: 'retry',
  describe: ({ resource, setting }) =>
    `${resource} does not exist in this account and region; create it, or correct ${setting}`,
};

const ELSEWHERE: AwsFault = {
  code: 'store_missing',
  recovery: 'retry',
  describe: ({ resource, setting }, message) =>
    `${resource} is in another region than AWS_REGION says; correct AWS_REGION or ${setting}: ${message}`,
};

const UNAVAILABLE: AwsFault = {
  code: 'store_unavailable',
  recovery: 'retry',
  describe: ({ resource, action }, message) =>
    `${resource} cannot be reached or has too much to do (${action}): ${message}`,
};

const REFUSED: AwsFault = {
  code: 'store_refused',
  recovery: 'fatal',
  describe: ({ resource, action }, message) => `${resource} does not take ${action}: ${message}`,
};

const FAULTS: ReadonlyArray<[AwsFault, ReadonlySet<string>]> = [
  [
    CREDENTIALS,
    new Set([
      'CredentialsProviderError',
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
      'InvalidSignatureException',
      'IncompleteSignatureException',
      'ExpiredToken',
      'ExpiredTokenException',
      'InvalidToken',
      'TokenRefreshRequired',
      'RequestTimeTooSkewed',
    ]),
  ],
  [ELSEWHERE, new Set(['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'])],
  // a feed in an archive storage class is a 403 that no policy can fix
  [REFUSED, new Set(['InvalidObjectState'])],
  [DENIED, new Set(['AccessDenied', 'AccessDeniedException', 'Forbidden'])],
  [
    MISSING,
    new Set([
      'NoSuchBucket',
      'ResourceNotFoundException',
      'QueueDoesNotExist',
      'AWS.SimpleQueueService.NonExistentQueue',
    ]),
  ],
];

/** Names of transient errors: throttling, or a broken connection. */
const TRANSIENT =
  /throttl|Throughput|SlowDown|TooManyRequests|LimitExceeded|OverLimit|RequestLimit|^Timeout|RequestTimeout|TimeoutError|NetworkingError|InternalError|InternalServerError|ServiceUnavailable|ConditionalRequestConflict|^(?:aborted|AbortError)$/i;
/** The SDK's names for a response without a body. */
const NO_BODY: ReadonlySet<string> = new Set(['400', 'BadRequest', 'UnknownError', 'Unknown']);
/** Codes of connections that failed or broke. */
const CONNECTION_CODE = /^(?:E[A-Z_]+|UND_ERR\w*|ERR_STREAM_PREMATURE_CLOSE)$/;

/** Returns errors that come neither from AWS nor from the connection unchanged. */
export function awsError(call: AwsCall, error: unknown): unknown {
  const fault = error instanceof Error ? faultOf(error) : null;
  if (fault === null) return error;
  const { name, message } = error as Error;
  const text = message === '' || message === 'UnknownError' ? name : `${name}: ${message}`;
  return new RelayError(fault.code, fault.describe(call, text), {
    recovery: fault.recovery,
    cause: error,
    details: { resource: call.resource, action: call.action, aws: name },
  });
}

/** Runs the call and throws AWS errors as a `RelayError`. */
export async function attemptAws<T>(call: AwsCall, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw awsError(call, error);
  }
}

/** The error's name is AWS's code. Responses to HEAD have no body, so they have only a status. */
export function isAws(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

export function statusOf(error: unknown): number | null {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? null;
}

function faultOf(error: Error): AwsFault | null {
  if (error instanceof RelayError) return null;
  const known = FAULTS.find(([, names]) => names.has(error.name));
  if (known !== undefined) return known[0];
  const status = statusOf(error);
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if ((status ?? 0) >= 500 || status === 429 || TRANSIENT.test(error.name) || CONNECTION_CODE.test(code))
    return UNAVAILABLE;
  if (error.message === 'aborted') return UNAVAILABLE;
  if (status === null) return null;
  if (status === 301) return ELSEWHERE;
  if (status === 403) return DENIED;
  // a HEAD response has no body: expired credentials are a bare 400
  if (status === 400 && NO_BODY.has(error.name)) return CREDENTIALS;
  return REFUSED;
}
