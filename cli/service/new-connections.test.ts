/** How many connections an address may open, on a real server. */
import http from 'node:http';
import net from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limitNewConnections } from './new-connections.ts';

const GET = 'GET / HTTP/1.1\r\nHost: relay.test\r\n\r\n';

interface Client {
  socket: net.Socket;
  /** The first line of the first answer. */
  answer: Promise<string>;
}

async function withServer(limits: { burst: number; atOnce: number }, use: (open: () => Client) => Promise<void>) {
  const server = http.createServer((_, response) => response.end('yes'));
  // refills nothing while a test runs
  limitNewConnections(server, { ...limits, perSecond: 1e-6, addressesMax: 10 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets: net.Socket[] = [];
  const open = () => {
    const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    const answer = new Promise<string>((resolve) => {
      socket.once('data', (bytes) => resolve(String(bytes).split('\r\n')[0] as string));
      socket.once('close', () => resolve('closed'));
    });
    return { socket, answer };
  };
  try {
    await use(open);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function ask({ socket, answer }: Client): Promise<string> {
  socket.write(GET);
  return answer;
}

test('an address that opens too many connections in a short time is refused', () =>
  withServer({ burst: 3, atOnce: 100 }, async (open) => {
    for (let i = 0; i < 3; i++) {
      const client = open();
      assert.is(await ask(client), 'HTTP/1.1 200 OK');
      client.socket.destroy();
    }
    const refused = open();
    assert.is(await refused.answer, 'HTTP/1.1 429 Too Many Requests');
    await new Promise((resolve) => refused.socket.once('close', resolve));
  }));

test('an address may have so many connections open; when one closes another may come', () =>
  withServer({ burst: 1000, atOnce: 2 }, async (open) => {
    const clients = [open(), open()];
    for (const client of clients) assert.is(await ask(client), 'HTTP/1.1 200 OK');
    assert.is(await open().answer, 'HTTP/1.1 429 Too Many Requests');
    clients[0]?.socket.destroy();
    // the server learns of the end a little later
    for (let i = 0; i < 200; i++) {
      const client = open();
      if ((await ask(client)) === 'HTTP/1.1 200 OK') return;
    }
    assert.unreachable('no place became free');
  }));

test.run();
