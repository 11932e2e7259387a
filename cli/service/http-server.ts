/** Starts and stops the HTTP server of the API, or of a worker in a process of its own. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError } from '@hono/node-server';
import { RelayError } from '../../core/errors.ts';
import { inTurn, joinedRequest, parseInSlices } from './connections.ts';
import { answerMalformed, malformedAddress } from './malformed-requests.ts';
import { limitNewConnections } from './new-connections.ts';
import type { ServiceSettings } from './settings.ts';
import { endSlowConnections } from './slow-connections.ts';
import { wellFormedUrl } from './well-formed-url.ts';

/** How often Node looks for requests that take too long, at most. */
const LOOK_SECONDS = 30;

export interface ServerOptions {
  fetch: (request: Request) => Response | Promise<Response>;
  host: string;
  port: number;
  /** The setting that names the port, for the message when it is taken. */
  portSetting: string;
  /** How long requests and answers may take, and what a connection and an address may do. */
  http: ServiceSettings['http'];
  /** Called when the port is bound, before a request is answered. If it throws, the server closes. */
  onListening(port: number): void;
}

/** Throws `cannot_listen`. */
export function startHttpServer(options: ServerOptions): Promise<Server> {
  const { fetch, host, port, portSetting, http, onListening } = options;
  const { requestSeconds, headersSeconds, idleSeconds, keepAliveSeconds } = http;
  return new Promise((resolve, reject) => {
    const serverOptions = {
      IncomingMessage: joinedRequest(http),
      // Node's default would cut an upload off after five minutes
      requestTimeout: requestSeconds * 1000,
      headersTimeout: Math.min(headersSeconds, requestSeconds) * 1000,
      connectionsCheckingInterval: Math.min(LOOK_SECONDS, headersSeconds, requestSeconds) * 500,
    };
    const answer = getRequestListener(fetch, { hostname: host, errorHandler });
    const listener: RequestListener = (request, response) => {
      request.url = wellFormedUrl(request.url ?? '/');
      return answer(request, response);
    };
    const server = createServer(serverOptions, inTurn(listener, http));
    answerMalformed(server);
    parseInSlices(server);
    server.keepAliveTimeout = keepAliveSeconds * 1000;
    server.setTimeout(idleSeconds * 1000);
    endSlowConnections(server, http);
    if (http.newConnections !== null) limitNewConnections(server, http.newConnections);
    server.listen(port, host, () => {
      try {
        onListening((server.address() as AddressInfo).port);
      } catch (error) {
        server.close();
        return reject(error);
      }
      resolve(server);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `another process listens there; set ${portSetting}` : error.message;
      reject(new RelayError('cannot_listen', `cannot listen on ${host}:${port}: ${reason}`));
    });
  });
}

/** `fetch` answers its own errors. */
function errorHandler(error: unknown): Response {
  return error instanceof RequestError ? malformedAddress() : new Response(null, { status: 500 });
}

/** Accepts no new requests, and lets open answers finish within `seconds`. */
export function stopHttpServer(server: Server, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), seconds * 1000);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
