/**
 * Answers to what Node cannot read or does not pass on as a request: malformed lines and headers, headers that are too long or come too
 * slowly, `CONNECT`, `Expect` of something unknown. Node's own answers have no body; these name a code like all others.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closingAnswer } from './refused-requests.ts';

/** By the code of Node's error. */
const ANSWERS: Readonly<Record<string, [status: string, error: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'HEADERS_TOO_LARGE',
    'the address and the headers of a request may have 16 KB together',
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'PAYLOAD_TOO_LARGE', 'the body has long chunk extensions'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'the request came too slowly'],
};
const MALFORMED = ['400 Bad Request', 'MALFORMED_REQUEST', 'this is not a request of HTTP/1.1'] as const;

export function answerMalformed(server: Server): void {
  /** The answers of a connection that are under way. */
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const own = open.get(socket) ?? new Set();
    open.set(socket, own.add(response));
    response.once('close', () => own.delete(response));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const [status, code, message] = ANSWERS[error.code ?? ''] ?? MALFORMED;
    // else it would pass for the answer to a request before, or for a part of it
    const isFirst = [...(open.get(socket) ?? [])].every(({ headersSent, req }) => !headersSent && !req.complete);
    if (isFirst && socket.writable && error.code !== 'ECONNRESET') socket.write(closingAnswer(status, code, message));
    socket.destroy(error);
  });
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', () => undefined);
    const message = 'the service is no proxy';
    socket.end(closingAnswer('405 Method Not Allowed', 'METHOD_NOT_ALLOWED', message), () => socket.destroy());
  });
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const message = 'a request may expect 100-continue and nothing else';
    const body = JSON.stringify({ error: 'EXPECTATION_FAILED', message });
    const headers = { Connection: 'close', 'Content-Type': 'application/json', 'Content-Length': body.length };
    response.writeHead(417, headers).end(body);
  });
}

/** The answer to a request of which Node's parser took an address or `Host` that no address can have. */
export function malformedAddress(): Response {
  const message = 'the address of the request, or its Host, is malformed';
  const headers = { 'Content-Type': 'application/json' };
  return new Response(JSON.stringify({ error: 'MALFORMED_REQUEST', message }), { status: 400, headers });
}
