/** What AWS answers, as a `RelayError` that names what is missing or refused: bucket, table, queue, permission, credentials. */
import { RelayError, type RelayErrorDetails } from '../../core/errors.ts';

/** What was asked for, in the words of an operator. */
export interface Asked {
  /** As in `bucket relay-artifacts`. */
  resource: string;
  /** The setting that names the resource. */
  setting: string;
  /** The permission that the call needs, as a policy writes it. */
  action: string;
}

type Say = (asked: Asked, message: string) => string;

interface Answer {
  code: string;
  recovery: NonNullable<RelayErrorDetails['recovery']>;
  say: Say;
}

/** All may be put right while the service runs, so that a job waits for that within its deliveries. */
const CREDENTIALS: Answer = {
  code: 'credentials_invalid',
  recovery: 'retry',
  say: ({ resource }, message) =>
    `the AWS credentials are missing or not accepted for ${resource}; give the service a role or other credentials: ${message}`,
};

const DENIED: Answer = {
  code: 'permission_denied',
  recovery: 'retry',
  say: ({ resource, action }, message) =>
    `${action} on ${resource} is denied; allow it in the policy of the service's role: ${message}`,
};

const MISSING: Answer = {
  code: 'store_missing',
  recovery: 'retry',
  say: ({ resource, setting }) =>
    `${resource} does not exist in this account and region; create it, or correct ${setting}`,
};

const ELSEWHERE: Answer = {
  code: 'store_missing',
  recovery: 'retry',
  say: ({ resource, setting }, message) =>
    `${resource} is in another region than AWS_REGION says; correct AWS_REGION or ${setting}: ${message}`,
};

const UNAVAILABLE: Answer = {
  code: 'store_unavailable',
  recovery: 'retry',
  say: ({ resource, action }, message) => `${resource} cannot be reached or has too much to do (${action}): ${message}`,
};

const REFUSED: Answer = {
  code: 'store_refused',
  recovery: 'fatal',
  say: ({ resource, action }, message) => `${resource} does not take ${action}: ${message}`,
};

const ANSWERS: ReadonlyArray<[Answer, ReadonlySet<string>]> = [
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
  // a feed in an archive class is a 403 that no policy puts right
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

/** Names of errors that are nobody's fault and pass: too much at once, or a connection that broke. */
const PASSING =
  /throttl|Throughput|SlowDown|TooManyRequests|LimitExceeded|OverLimit|RequestLimit|^Timeout|RequestTimeout|TimeoutError|NetworkingError|InternalError|InternalServerError|ServiceUnavailable|^(?:aborted|AbortError)$/i;
/** How the SDK names an answer without a body. */
const BARE: ReadonlySet<string> = new Set(['400', 'BadRequest', 'UnknownError', 'Unknown']);
/** Connections that cannot be made, or that broke. */
const CONNECTION = /^(?:E[A-Z_]+|UND_ERR\w*|ERR_STREAM_PREMATURE_CLOSE)$/;

/** Errors that are no answer of AWS, nor of the way there, stay as they are. */
export function awsError(asked: Asked, error: unknown): unknown {
  const answer = error instanceof Error ? answerOf(error) : null;
  if (answer === null) return error;
  const { name, message } = error as Error;
  const text = message === '' || message === 'UnknownError' ? name : `${name}: ${message}`;
  return new RelayError(answer.code, answer.say(asked, text), {
    recovery: answer.recovery,
    cause: error,
    details: { resource: asked.resource, action: asked.action, aws: name },
  });
}

/** The call, with what AWS answers as a `RelayError`. */
export async function attemptAws<T>(asked: Asked, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsError(asked, error);
  }
}

/** The error's name is AWS's code; answers to HEAD requests have no body, and so a status alone. */
export function isAws(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

export function statusOf(error: unknown): number | null {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode ?? null;
}

function answerOf(error: Error): Answer | null {
  if (error instanceof RelayError) return null;
  const known = ANSWERS.find(([, names]) => names.has(error.name));
  if (known !== undefined) return known[0];
  const status = statusOf(error);
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if ((status ?? 0) >= 500 || status === 429 || PASSING.test(error.name) || CONNECTION.test(code)) return UNAVAILABLE;
  if (error.message === 'aborted') return UNAVAILABLE;
  if (status === null) return null;
  if (status === 301) return ELSEWHERE;
  if (status === 403) return DENIED;
  // a HEAD has no body to say more: credentials that are over are a bare 400
  if (status === 400 && BARE.has(error.name)) return CREDENTIALS;
  return REFUSED;
}
