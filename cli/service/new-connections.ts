/**
 * How many connections one address may open. Each costs the event loop as much as a small request, before anybody knows whose it is.
 * Behind trusted proxies all connections are theirs, so there is no limit.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../api/http/addresses.ts';
import { RateLimiter } from '../../api/http/rate-limit.ts';
import type { ConnectionLimits } from './settings.ts';

const TOO_MANY = [
  'HTTP/1.1 429 Too Many Requests',
  'Connection: close',
  'Retry-After: 1',
  'Content-Type: application/json',
  '',
  '{"error":"RATE_LIMITED","message":"too many connections from this address; keep them open for the next request"}',
].join('\r\n');

/** Call it last: connections beyond the limits reach none of the server's listeners. */
export function limitNewConnections(server: Server, limits: ConnectionLimits): void {
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  const { burst, perSecond, atOnce, addressesMax } = limits;
  const rates = new RateLimiter({ burst, perSecond, keysMax: addressesMax });
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? 'unknown');
    const count = open.get(address) ?? 0;
    if (count >= atOnce || rates.take(address, performance.now()) > 0) return refuse(socket);
    open.set(address, count + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    for (const listener of listeners) listener.call(server, socket);
  });
}

function refuse(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.end(TOO_MANY, () => socket.destroy());
}
