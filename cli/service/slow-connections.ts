/**
 * Ends connections whose bodies arrive too slowly or whose answers are not read. Node only limits the total time of a
 * request, which must allow a large upload on a slow line, and does not limit answers.
 *
 * Each connection is checked a few times per `slowSeconds`. It ends if it had to move bytes for all of that time and
 * moved fewer than `minBytesPerSecond`. Time in which Relay itself holds bytes back does not count.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface PaceLimits {
  /** 0 for no limit. */
  minBytesPerSecond: number;
  slowSeconds: number;
}

const LOOKS = 4;

const TOO_SLOW = [
  'HTTP/1.1 408 Request Timeout',
  'Connection: close',
  'Content-Type: application/json',
  '',
  '{"error":"REQUEST_TIMEOUT","message":"the body came too slowly; nothing of it was kept"}',
].join('\r\n');

/** What a connection is doing, and how many bytes it had moved when that began. */
interface ConnectionPace {
  request: IncomingMessage | null;
  response: ServerResponse | null;
  state: 'receiving' | 'sending' | 'other';
  /** The bytes moved at each check since the state began, oldest first. */
  moved: number[];
}

/** Returns a function that stops the checks. */
export function endSlowConnections(server: Server, { minBytesPerSecond, slowSeconds }: PaceLimits): () => void {
  if (minBytesPerSecond === 0) return () => {};
  const paces = new Map<Socket, ConnectionPace>();
  server.on('connection', (socket: Socket) => {
    paces.set(socket, { request: null, response: null, state: 'other', moved: [] });
    socket.once('close', () => paces.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const pace = paces.get(request.socket);
    if (pace !== undefined) Object.assign(pace, { request, response, state: 'other', moved: [] });
  });
  const look = () => {
    for (const [socket, pace] of paces) {
      if (isSlow(socket, pace, minBytesPerSecond * slowSeconds)) end(socket, pace);
    }
  };
  const timer = setInterval(look, (slowSeconds * 1000) / LOOKS);
  timer.unref();
  server.once('close', () => clearInterval(timer));
  return () => clearInterval(timer);
}

function isSlow(socket: Socket, pace: ConnectionPace, bytesMin: number): boolean {
  const state = stateOf(socket, pace);
  const moved = state === 'receiving' ? socket.bytesRead : socket.bytesWritten - socket.writableLength;
  if (state === 'other' || state !== pace.state) {
    pace.state = state;
    pace.moved = [moved];
    return false;
  }
  pace.moved.push(moved);
  if (pace.moved.length <= LOOKS) return false;
  const before = pace.moved.shift() ?? moved;
  return moved - before < bytesMin;
}

function stateOf(socket: Socket, { request, response }: ConnectionPace): ConnectionPace['state'] {
  // the client has not taken these bytes yet
  if (response !== null && !response.writableFinished && socket.writableLength > 0) return 'sending';
  const isOpen = request !== null && !request.complete && !request.destroyed;
  // Relay has not read these bytes yet
  if (isOpen && request.readableLength === 0 && response?.headersSent !== true) return 'receiving';
  return 'other';
}

function end(socket: Socket, { state, response }: ConnectionPace): void {
  if (state === 'receiving' && response?.headersSent === false && socket.writable) {
    socket.end(TOO_SLOW, () => socket.destroy());
    // also ends a connection whose client does not read the answer
    setTimeout(() => socket.destroy(), 1000).unref();
  } else socket.destroy();
}
