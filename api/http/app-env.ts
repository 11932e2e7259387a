/** What the middleware notes of a request, for what comes after it. */
import type { Principal } from './auth.ts';

export interface AppEnv {
  Variables: {
    requestId: string;
    principal?: Principal;
    /** The pattern of the route, for the log. */
    route?: string;
    /** The code of an answer that is an error, for the log. */
    errorCode?: string;
  };
}
