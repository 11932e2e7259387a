/** The variables that middleware sets on a request. */
import type { Principal } from './auth.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface AppEnv {
  Variables: {
    requestId: string;
    principal?: Principal;
    /** Counts the requests of this process, by `rateKey`. */
    limiter?: RateLimiter;
    /** The pattern of the route, for the log. */
    route?: string;
    /** The code of an answer that is an error, for the log. */
    errorCode?: string;
    /** The JSON text of the body. */
    bodyText?: string;
  };
}
