/** Starts and stops the HTTP server of the API, or of a worker in a process of its own. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { RelayError } from '../../core/errors.ts';
import type { ServiceSettings } from './settings.ts';
import { endSlowConnections } from './slow-connections.ts';

/** How often Node looks for requests that take too long, at most. */
const LOOK_SECONDS = 30;

export interface ServerOptions {
  fetch: (request: Request) => Response | Promise<Response>;
  host: string;
  port: number;
  /** The setting that names the port, for the message when it is taken. */
  portSetting: string;
  /** How long requests and answers may take. */
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
      // Node's default would cut an upload off after five minutes
      requestTimeout: requestSeconds * 1000,
      headersTimeout: Math.min(headersSeconds, requestSeconds) * 1000,
      connectionsCheckingInterval: Math.min(LOOK_SECONDS, headersSeconds, requestSeconds) * 500,
    };
    const server = serve({ fetch, hostname: host, port, serverOptions }, (info) => {
      const opened = server as Server;
      opened.keepAliveTimeout = keepAliveSeconds * 1000;
      opened.setTimeout(idleSeconds * 1000);
      endSlowConnections(opened, http);
      try {
        onListening(info.port);
      } catch (error) {
        opened.close();
        return reject(error);
      }
      resolve(opened);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `another process listens there; set ${portSetting}` : error.message;
      reject(new RelayError('cannot_listen', `cannot listen on ${host}:${port}: ${reason}`));
    });
  });
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
