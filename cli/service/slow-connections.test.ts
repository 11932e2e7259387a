/** Slow bodies and slow readers on the real server, with short time limits. */
import fs from 'node:fs';
import type { Server } from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openEmbeddedStores } from '../../stores/embedded/index.ts';
import { inFolder } from '../../stores/testing/folder.ts';
import { startHttpServer, stopHttpServer } from './http-server.ts';
import { readServiceSettings } from './settings.ts';

const HTTP = {
  ...readServiceSettings({}).http,
  ...{ requestSeconds: 60, headersSeconds: 60, minBytesPerSecond: 1000, slowSeconds: 0.2 },
  ...{ idleSeconds: 120, keepAliveSeconds: 75 },
};

type Handler = (request: Request) => Response | Promise<Response>;

async function withServer(
  fetch: Handler,
  use: (port: number) => Promise<void>,
  http: Partial<typeof HTTP> = {},
): Promise<void> {
  let port = 0;
  const onListening = (bound: number) => {
    port = bound;
  };
  const limits = { ...HTTP, ...http };
  const server: Server = await startHttpServer({
    ...{ fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT', http: limits, onListening },
  });
  try {
    await use(port);
  } finally {
    await stopHttpServer(server, 0);
  }
}

/** Sends `bytes` every `everyMs` until the server closes the connection. Returns the answer, and when the server closed. */
function trickle(
  port: number,
  head: string,
  { everyMs = 20, bytes = 'x', takes = true } = {},
): Promise<{ answer: string; ms: number }> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = net.connect(port, '127.0.0.1');
    let answer = '';
    socket.write(head);
    const timer = setInterval(() => socket.writable && socket.write(bytes), everyMs);
    if (takes) {
      socket.on('data', (data) => {
        answer += data;
      });
    } else socket.pause();
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      resolve({ answer, ms: performance.now() - began });
    });
  });
}

const head = (method: string, target: string, length: number) =>
  `${method} ${target} HTTP/1.1\r\nHost: relay.test\r\nContent-Length: ${length}\r\n\r\n`;

/** A handler that fails as soon as the body breaks off. */
const readsBody: Handler = async (request) => {
  await request.arrayBuffer();
  return new Response('done');
};

test('a body that trickles in ends with 408; one that flows does not', () =>
  withServer(readsBody, async (port) => {
    const slow = await trickle(port, head('POST', '/', 100_000));
    assert.match(slow.answer, /^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
    assert.ok(slow.ms < 2000, `${slow.ms} ms`);
    const flows = await trickle(port, `${head('POST', '/', 20_000).trimEnd()}\r\nConnection: close\r\n\r\n`, {
      bytes: 'x'.repeat(500),
    });
    assert.match(flows.answer, /^HTTP\/1\.1 200 /);
    assert.ok(flows.ms > 500, 'it took longer than a slow one may');
  }));

test('the connection is closed if headers trickle in', () =>
  withServer(
    readsBody,
    async (port) => {
      const { answer, ms } = await trickle(port, 'GET / HTTP/1.1\r\nX-Slow: ');
      assert.match(answer, /^HTTP\/1\.1 408 /);
      assert.ok(ms < 3000, `${ms} ms`);
    },
    { headersSeconds: 0.3 },
  ));

test('an answer that the client does not read is cut off, and its source closed', async () => {
  let isClosed = false;
  const endless: Handler = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => {
          isClosed = true;
        },
      }),
    );
  await withServer(endless, async (port) => {
    const { ms } = await trickle(port, 'GET / HTTP/1.1\r\nHost: relay.test\r\n\r\n', { takes: false });
    assert.ok(ms < 3000, `${ms} ms`);
  });
  assert.ok(isClosed);
});

test('a client is not cut off if the server itself is slow', () => {
  const slowServer: Handler = async (request) => {
    const reader = request.body!.getReader();
    // longer than a client may be slow
    await new Promise((resolve) => setTimeout(resolve, 500));
    let bytes = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
    return new Response(String(bytes));
  };
  return withServer(slowServer, async (port) => {
    const body = new Uint8Array(4_000_000);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    assert.is(await answer.text(), '4000000');
  });
});

test('an upload that trickles in leaves nothing behind', () =>
  inFolder(async (root) => {
    const clock = { wall: () => Date.now() };
    let ids = 0;
    const stores = await openEmbeddedStores({
      ...{ root, clock, createId: () => `id${++ids}`, signingSecret: new Uint8Array(32), baseUrl: '' },
    });
    try {
      const { url } = await stores.artifacts.signPut('tenants/shop/a.csv', { expiresInSeconds: 60, owner: 'shop' });
      await withServer(
        (request) => stores.signedObjects.fetch(request),
        async (port) => {
          const { answer } = await trickle(port, head('PUT', url, 100_000));
          assert.match(answer, /^HTTP\/1\.1 408 /);
        },
      );
      for (let i = 0; i < 100 && fs.readdirSync(path.join(root, 'partial')).length > 0; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
      assert.is(await stores.artifacts.head('tenants/shop/a.csv'), null);
      assert.is((await stores.usage.storedBytes('shop')).bytes, 0);
    } finally {
      stores.close();
    }
  }));

test.run();
