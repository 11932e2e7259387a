/** What one connection may do, on the real server. */
import http from 'node:http';
import net from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseInSlices } from './connections.ts';
import { startHttpServer, stopHttpServer } from './http-server.ts';
import { readServiceSettings } from './settings.ts';
import { wellFormedUrl } from './well-formed-url.ts';

const HTTP = {
  ...readServiceSettings({}).http,
  ...{ requestSeconds: 60, headersSeconds: 60, minBytesPerSecond: 0, slowSeconds: 60 },
  ...{ idleSeconds: 120, keepAliveSeconds: 75 },
};

type Handler = (request: Request) => Promise<Response>;

async function withServer<T>(fetch: Handler, use: (port: number) => Promise<T>, limits = {}): Promise<T> {
  let port = 0;
  const onListening = (bound: number) => {
    port = bound;
  };
  const server = await startHttpServer({
    ...{ fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT', http: { ...HTTP, ...limits }, onListening },
  });
  try {
    return await use(port);
  } finally {
    await stopHttpServer(server, 0);
  }
}

/** What the server answers to these bytes until it closes the connection. */
function answerTo(sent: string, fetch: Handler, limits = {}): Promise<string> {
  const ask = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('error', () => undefined);
      socket.setTimeout(5000, () => {
        reject(new Error('the connection was kept open'));
        socket.destroy();
      });
      socket.once('close', () => resolve(answer));
      socket.write(sent);
    });
  return withServer(fetch, ask, limits);
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: relay.test\r\n${more}\r\n`;
const LAST = 'Connection: close\r\n';
const POST = `POST / HTTP/1.1\r\nHost: relay.test\r\n${LAST}Transfer-Encoding: chunked\r\n\r\n`;
const chunks = (count: number, text: string) =>
  `${`${text.length.toString(16)}\r\n${text}\r\n`.repeat(count)}0\r\n\r\n`;

/** Answers with the path once other work had its turn, and notes how many requests it had at once. */
function counting() {
  const seen = { requests: 0, atOnce: 0, now: 0 };
  const fetch: Handler = async ({ url }) => {
    seen.requests++;
    seen.now++;
    seen.atOnce = Math.max(seen.atOnce, seen.now);
    await new Promise(setImmediate);
    seen.now--;
    return new Response(`<${new URL(url).pathname}>`);
  };
  return { seen, fetch };
}

test('requests on one connection are answered one after the other', async () => {
  const { seen, fetch } = counting();
  const paths = Array.from({ length: 10 }, (_, i) => `/${i}`);
  const answer = await answerTo(paths.map((path) => get(path, path === '/9' ? LAST : '')).join(''), fetch);
  assert.equal(
    answer.match(/<[^>]*>/g),
    paths.map((path) => `<${path}>`),
  );
  assert.is(seen.atOnce, 1);
});

test('a connection that sends many requests without waiting for answers is ended', async () => {
  const { seen, fetch } = counting();
  const answer = await answerTo(get('/').repeat(5000), fetch);
  assert.ok(seen.requests < 20, `${seen.requests} requests`);
  assert.ok((answer.match(/HTTP/g) ?? []).length < 20);
  const none = counting();
  await answerTo(get('/').repeat(3), none.fetch, { requestsWaiting: 0 });
  assert.is(none.seen.requests, 1);
});

/**
 * Sends `sent` to a plain server whose connections are parsed in slices. Takes answers once `isReady`, and returns how many bytes they
 * have.
 */
async function answeredBytes(sent: string, listener: http.RequestListener, isReady?: Promise<void>): Promise<number> {
  const server = http.createServer(listener);
  parseInSlices(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let bytes = 0;
  socket.on('error', () => undefined);
  socket.write(sent);
  await isReady;
  socket.on('data', (data) => {
    bytes += data.length;
  });
  await closed;
  server.close();
  return bytes;
}

test('what Node has read of a connection that ended is not parsed', async () => {
  let requests = 0;
  await answeredBytes(get('/').repeat(5000), ({ socket }) => {
    requests++;
    socket.destroy();
  });
  assert.ok(requests > 1 && requests < 300, `${requests} requests`);
});

test('requests that wait because answers are not taken are parsed later', async () => {
  const [count, size] = [60, 500_000];
  let requests = 0;
  let stopped = () => {};
  const isStopped = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const listener: http.RequestListener = (_, response) => {
    const seen = ++requests;
    if (requests === count) response.setHeader('Connection', 'close');
    response.end(Buffer.alloc(size));
    setImmediate(() => setImmediate(() => requests === seen && stopped()));
  };
  const padding = `X-Padding: ${'x'.repeat(3000)}\r\n`;
  const bytes = await answeredBytes(get('/', padding).repeat(count), listener, isStopped);
  assert.ok(bytes > count * size, `${bytes} bytes`);
  assert.is(requests, count);
});

test('a body that broke off before it was read is an error to its readers', async () => {
  const readers: Array<(request: Request) => Promise<unknown>> = [
    (request) => request.arrayBuffer(),
    (request) => (request.body as ReadableStream).getReader().read(),
    // all of it
    (request) => new Response(request.body).text(),
  ];
  for (const length of ['Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', 'Content-Length: 100\r\n\r\nhello']) {
    for (const read of readers) {
      let socket: net.Socket | null = null;
      const outcome = await new Promise((resolve, reject) => {
        const fetch: Handler = async (request) => {
          // a handler that asks something else before it reads the body
          socket?.destroy();
          while (!request.signal.aborted) await new Promise(setImmediate);
          resolve(await read(request).catch((error: Error) => error.name));
          return new Response();
        };
        withServer(fetch, async (port) => {
          socket = net.connect(port, '127.0.0.1');
          const closed = new Promise((done) => socket?.once('close', done));
          socket.write(`PUT / HTTP/1.1\r\nHost: relay.test\r\n${length}`);
          await closed;
        }).catch(reject);
      });
      assert.match(String(outcome), /Error$/);
    }
  }
});

test('too many headers are refused before they are read', async () => {
  const { seen, fetch } = counting();
  const headers = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: a\r\n`).join('');
  assert.match(await answerTo(get('/', headers(150) + LAST), fetch), /^HTTP\/1\.1 200 /);
  assert.is(seen.requests, 1);
  assert.match(await answerTo(get('/', headers(50)), fetch, { headersMax: 40 }), /a request may have 40 headers/);
  assert.match(await answerTo(get('/', headers(300)), fetch), /^HTTP\/1\.1 431 [\s\S]*TOO_MANY_HEADERS/);
  const afterAnother = await answerTo(get('/') + get('/', headers(300)), fetch);
  assert.not.match(afterAnother, /431/, 'it would pass for the answer to the first');
  assert.is(seen.requests, 2);
});

/** Reads a body, with a pause after each piece, and notes pieces, bytes and whether it broke off. */
function reading() {
  const seen = { pieces: 0, text: '', isWhole: false };
  const fetch: Handler = async ({ body }) => {
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      seen.pieces++;
      seen.text += Buffer.from(value).toString();
      await new Promise(setImmediate);
    }
    seen.isWhole = true;
    return new Response('done');
  };
  return { seen, fetch };
}

test('small pieces of a body are joined without loss', async () => {
  for (const [count, text] of [
    [1500, 'abc'],
    [40_000, 'sixteen letters.+'],
    [700, 'y'.repeat(4000)],
    [30, 'z'.repeat(100_000)],
  ] as const) {
    const { seen, fetch } = reading();
    assert.match(await answerTo(POST + chunks(count, text), fetch), /^HTTP\/1\.1 200 [\s\S]*done/);
    assert.ok(seen.text === text.repeat(count), `${seen.text.length} bytes of ${count * text.length}`);
    assert.ok(seen.pieces < 10 + (count * text.length) / 4096, `${seen.pieces} pieces`);
  }
});

test('what HTTP/1.1 refuses is refused, and not read in one of two ways', async () => {
  const { seen, fetch } = counting();
  const chunked = 'Transfer-Encoding: chunked\r\n';
  const body = '2\r\n{}\r\n0\r\n\r\n';
  const post = (headers: string, version = '1.1') => `POST / HTTP/${version}\r\nHost: a\r\n${headers}\r\n`;
  for (const [sent, status] of [
    [get('/', 'Host: b\r\n'), 400],
    [get('/', 'hOST: relay.test\r\n'), 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    [post(chunked, '1.0') + body, 400],
    [post('Transfer-Encoding: gzip, chunked\r\n') + body, 501],
    ['GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    // Node does
    [post(`${chunked}Content-Length: 2\r\n`) + body, 400],
    [`${post('Content-Length: 2\r\nContent-Length: 3\r\n')}{}`, 400],
    [`${post('Content-Length: 2, 2\r\n')}{}`, 400],
    [post(chunked + chunked) + body, 400],
    [get('/', 'X: a\r\n b\r\n'), 400],
    [get('/', 'X : a\r\n'), 400],
    [get('ftp://a/', LAST), 400],
  ] as const) {
    assert.match(await answerTo(sent, fetch), new RegExp(`^HTTP/1\\.1 ${status} `), sent);
  }
  assert.is(seen.requests, 0);
  assert.match(
    await answerTo(get('/', 'Host: b\r\n'), fetch),
    /"error":"MALFORMED_REQUEST","message":"a request has one Host"/,
  );
  const afterAnother = await answerTo(get('/a') + get('/b', 'Host: b\r\n'), fetch);
  assert.not.match(afterAnother, /400/, 'it would pass for the answer to the first');
  // an absolute target is what proxies send; it names the host like the header does
  assert.match(await answerTo(get('http://other.test/c', LAST), fetch), /^HTTP\/1\.1 200 [\s\S]*<\/c>/);
  assert.match(await answerTo(`GET /d HTTP/1.0\r\n${LAST}\r\n`, fetch), /^HTTP\/1\.1 200 [\s\S]*<\/d>/);
});

test('what Node itself refuses is answered with a code', async () => {
  const { seen, fetch } = counting();
  const post = (headers: string) => `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
  for (const [sent, status, code] of [
    ['BREW / HTTP/1.1\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    [get('/', `X: ${'a'.repeat(20_000)}\r\n`), 431, 'HEADERS_TOO_LARGE'],
    [post('Content-Length: -1\r\n'), 400, 'MALFORMED_REQUEST'],
    [get('*'), 400, 'MALFORMED_REQUEST'],
    [`GET / HTTP/1.1\r\n${LAST}Host: a/b\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['CONNECT a.test:80 HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
    [post('Expect: 200-ok\r\nContent-Length: 2\r\n'), 417, 'EXPECTATION_FAILED'],
  ] as const) {
    const answer = await answerTo(sent.replace('GET * HTTP/1.1\r\n', `OPTIONS * HTTP/1.1\r\n${LAST}`), fetch);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nconnection: close(\r\n|$)`, 'i'), sent.slice(0, 60));
    assert.is(JSON.parse(body).error, code, sent.slice(0, 60));
  }
  assert.is(seen.requests, 0);
  assert.match(
    await answerTo(`${POST}FFFFFFFFFFFFFFFFF\r\n`, reading().fetch),
    /^HTTP\/1\.1 400 [\s\S]*"MALFORMED_REQUEST"/,
    'the body of the only request',
  );
  const slow: Handler = () => new Promise(() => {});
  assert.is(await answerTo(`${get('/a')}BREW\r\n`, slow), '', 'it would pass for the answer to the first');
});

test('an address whose escapes are no UTF-8 means the text that it is', async () => {
  for (const [url, wanted] of [
    ['/a?b=c+d', '/a?b=c+d'],
    ['/caf%C3%A9/%f0%9f%98%80/%e2%82%ac%25%41', '/caf%C3%A9/%f0%9f%98%80/%e2%82%ac%25%41'],
    ['/%ff/a%C3b?c=%e2%82', '/%25ff/a%25C3b?c=%25e2%2582'],
    ['/50%/%zz%4', '/50%25/%25zz%254'],
    ['/%c0%80%ed%a0%80%f4%90%80%80', '/%25c0%2580%25ed%25a0%2580%25f4%2590%2580%2580'],
    ['/%41%ff', '/%2541%25ff'],
  ] as const) {
    assert.is(wellFormedUrl(url), wanted);
    decodeURIComponent(wanted);
  }
  const { fetch } = counting();
  assert.match(await answerTo(get('/%ff', LAST), fetch), /<\/%25ff>/);
});

test('too many trailers end the connection, and the body does not count as whole', async () => {
  const trailers = (count: number) => chunks(3, 'abc').replace(/\r\n$/, `${'X: a\r\n'.repeat(count)}\r\n`);
  const { seen, fetch } = reading();
  assert.match(await answerTo(POST + trailers(150), fetch), /^HTTP\/1\.1 200 /);
  assert.is(seen.text, 'abcabcabc');
  for (const [count, limits] of [
    [300, {}],
    [5000, {}],
    [50, { headersMax: 40 }],
  ] as const) {
    const { seen, fetch } = reading();
    // newer releases of Node refuse thousands themselves
    assert.match(await answerTo(POST + trailers(count), fetch, limits), /^$|^HTTP\/1\.1 431 /, `${count} trailers`);
    assert.not(seen.isWhole);
  }
});

test('a body in tiny pieces ends the connection, and the received part does not count as the whole body', async () => {
  const { seen, fetch } = reading();
  assert.is(await answerTo(POST + chunks(6000, 'a'), fetch), '', 'all of it came in one read');
  assert.is(await answerTo(POST + chunks(200_000, 'ab'), fetch), '');
  assert.not(seen.isWhole);
  assert.is(await answerTo(POST + chunks(300, 'a'), fetch, { tinyPiecesMax: 200 }), '');
  assert.not(seen.isWhole);
  const unread: Handler = async () => new Response('no', { status: 401 });
  // not kept open for the next request
  const open = POST.replace(LAST, '');
  assert.match(await answerTo(open + chunks(200_000, 'a'), unread), /^HTTP\/1\.1 401 |^$/);
});

test.run();
