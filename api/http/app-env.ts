/** The variables that middleware sets on a request. */
import type { Principal } from './auth.ts';

export interface AppEnv {
  Variables: {
    requestId: string;
    principal?: Principal;
    /** The pattern of the route, for the log. */
    route?: string;
    /** The code of an answer that is an error, for the log. */
    errorCode?: string;
    /** The JSON text of the body. */
    bodyText?: string;
  };
}
