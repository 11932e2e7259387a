/** The variables that middleware sets on a request. */
import type { KeyRecord } from '../../core/ports/service/tenants.ts';
import type { Principal } from './auth.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface AppEnv {
  Variables: {
    requestId: string;
    principal?: Principal;
    /** The feed link that the request came by. It opens nothing but the feed, so it is no principal. */
    link?: Pick<KeyRecord, 'keyId' | 'tenantId'>;
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
