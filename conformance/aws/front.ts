/**
 * A server in front of DynamoDB Local and fauxqs, with one address, which adds what they lack: signatures and their
 * expiry, conditions on copies and writes, headers of downloads, listings in S3's order, long polls that end with their
 * connection. Tests can make it refuse, fail, cut an answer short, or lose it.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listingOf } from './listing.ts';
import { type Operation, operationOf, type Refusal, refusalOf, signatureRefusal } from './operation.ts';
import { type Keys, signatureProblem } from './signature.ts';

export interface InjectedFault {
  /** A regular expression of operations, as in `^s3:Get`. */
  operation: string;
  /** The same for their bodies, as in `"NORMALIZE"`. */
  body?: string;
  /** The same for their addresses, as in `/run_summary\.json`. */
  path?: string;
  /** How many requests the fault hits; all by default. */
  times?: number;
  /** How many requests it lets through first. */
  after?: number;
  /** Answers with this error, without asking the server. */
  refuse?: { status: number; code: string };
  /** The server does its work, but the connection breaks before the answer. */
  lose?: boolean;
  /** The server does its work, but the answer never comes. */
  hold?: boolean;
  /** Breaks the connection after so many bytes of the answer. */
  cut?: number;
}

export interface FrontOptions {
  ports: { dynamodb: number; other: number };
  keys: Keys;
  now(): number;
}

interface FrontAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface ForwardedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body?: Buffer;
}

/** The pause between two polls of a long poll. */
const POLL_MS = 15;

export class Front {
  /** Operations that were asked for, in order. */
  readonly seen: string[] = [];
  faults: InjectedFault[] = [];
  /** The number of answers held back. */
  held = 0;
  readonly #options: FrontOptions;
  readonly #server: http.Server;
  /** The last conditional write of each object, so that these writes run one after the other. */
  readonly #writes = new Map<string, Promise<unknown>>();
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#server = http.createServer((request, response) => {
      this.#handle(request, response).catch((error) => {
        response.destroy(error);
      });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await new Promise((resolve) => this.#server.once('listening', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/', headers } = request;
    const body = await bodyOf(request);
    const operation = operationOf(method, target, headers);
    this.seen.push(operation.name);
    const problem = signatureProblem({ method, target, headers, body }, this.#options.keys, this.#options.now());
    if (problem !== null) return refuse(response, method, signatureRefusal(operation, problem));
    const fault = this.#faultFor(operation, request.url ?? '', body);
    if (fault?.refuse !== undefined) {
      const { status, code } = fault.refuse;
      // without the operation's name, since the store itself must name it in its error
      return refuse(response, method, refusalOf(operation, status, code, 'refused by the test'));
    }
    const answer = await this.#answer(operation, request, body, response);
    if (answer === null || fault?.lose) {
      response.destroy();
      return;
    }
    if (fault?.hold) {
      this.held++;
      return;
    }
    response.writeHead(answer.status, answer.headers);
    if (fault?.cut === undefined) response.end(answer.body);
    else response.write(answer.body.subarray(0, fault.cut), () => response.destroy());
  }

  #faultFor({ name }: Operation, path: string, body: Buffer): InjectedFault | undefined {
    const fault = this.faults.find(
      (one) =>
        one.times !== 0 &&
        new RegExp(one.operation).test(name) &&
        (one.path === undefined || new RegExp(one.path).test(path)) &&
        (one.body === undefined || new RegExp(one.body).test(body.toString('latin1'))),
    );
    if (fault === undefined) return undefined;
    if ((fault.after ?? 0) > 0) {
      fault.after!--;
      return undefined;
    }
    if (fault.times !== undefined) fault.times--;
    return fault;
  }

  /** Null if the client left before there was an answer. */
  async #answer(
    operation: Operation,
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<FrontAnswer | null> {
    const { method = 'GET', url: target = '/', headers } = request;
    const query = new URL(target, 'http://any').searchParams;
    switch (operation.name) {
      case 's3:ListObjectsV2': {
        const path = `${new URL(target, 'http://any').pathname}?list-type=2&max-keys=100000000`;
        const all = await this.#forward('s3', {
          method,
          path: `${path}&prefix=${encodeURIComponent(query.get('prefix') ?? '')}`,
          headers,
        });
        return all.status === 200 ? { ...all, ...xmlOf(listingOf(all.body.toString(), query)) } : all;
      }
      case 's3:CopyObject': {
        const wanted = headers['x-amz-copy-source-if-match'];
        const source = await this.#forward('s3', { method: 'HEAD', path: `/${headers['x-amz-copy-source']}`, headers });
        if (source.status === 200 && wanted !== undefined && wanted !== source.headers.etag) {
          return answerOf(refusalOf(operation, 412, 'PreconditionFailed', 'the source has another etag'));
        }
        break;
      }
      case 's3:PutObject':
      case 's3:CompleteMultipartUpload': {
        const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch, ...rest } = headers;
        if (ifMatch === undefined && ifNoneMatch === undefined) break;
        const object = new URL(target, 'http://any').pathname;
        return this.#inOrder(object, async () => {
          const { status, headers: found } = await this.#forward('s3', { method: 'HEAD', path: object, headers: rest });
          if (ifMatch !== undefined && status === 404)
            return answerOf(refusalOf(operation, 404, 'NoSuchKey', 'there is no object'));
          const good = ifMatch !== undefined ? found.etag === ifMatch : status === 404;
          if (good) return this.#forward('s3', { method, path: target, headers: rest, body });
          return answerOf(refusalOf(operation, 412, 'PreconditionFailed', 'the condition does not hold'));
        });
      }
      case 's3:GetObject': {
        return withDownloadHeaders(await this.#forward('s3', { method, path: target, headers, body }), query);
      }
      case 'sqs:ReceiveMessage':
        return this.#poll(target, headers, body, response);
    }
    return this.#forward(operation.service, { method, path: target, headers, body });
  }

  async #inOrder<T>(object: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writes.get(object) ?? Promise.resolve();
    const done = before.catch(() => undefined).then(work);
    this.#writes.set(object, done);
    return done;
  }

  /** Polls in short steps: a long poll inside fauxqs would take messages for a client that has left. */
  async #poll(
    target: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
    response: ServerResponse,
  ): Promise<FrontAnswer | null> {
    const input = JSON.parse(body.toString()) as { WaitTimeSeconds?: number };
    const end = performance.now() + (input.WaitTimeSeconds ?? 0) * 1000;
    const look = Buffer.from(JSON.stringify({ ...input, WaitTimeSeconds: 0 }));
    for (;;) {
      if (response.destroyed) return null;
      const answer = await this.#forward('sqs', { method: 'POST', path: target, headers, body: look });
      if (answer.status !== 200 || answer.body.includes('"Messages"') || performance.now() >= end) return answer;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #forward(
    service: Operation['service'],
    { method, path, headers, body = Buffer.alloc(0) }: ForwardedRequest,
  ): Promise<FrontAnswer> {
    const { dynamodb, other } = this.#options.ports;
    const port = service === 'dynamodb' ? dynamodb : other;
    const { 'transfer-encoding': _, connection: __, expect: ___, ...kept } = headers;
    const sent = { ...kept, 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, headers: sent, agent: this.#agent };
      const upstream = http.request(options, async (answer) => {
        try {
          const { 'transfer-encoding': ____, connection: _____, ...rest } = answer.headers;
          resolve({ status: answer.statusCode ?? 500, headers: rest, body: await bodyOf(answer) });
        } catch (error) {
          reject(error);
        }
      });
      upstream.on('error', reject);
      upstream.end(body);
    });
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, method: string, { status, headers, body }: Refusal): void {
  response.writeHead(status, headers);
  response.end(method === 'HEAD' ? undefined : body);
}

function answerOf({ status, headers, body }: Refusal): FrontAnswer {
  return { status, headers, body: Buffer.from(body) };
}

function xmlOf(text: string): Pick<FrontAnswer, 'headers' | 'body'> {
  const body = Buffer.from(text);
  return { headers: { 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}

function withDownloadHeaders(answer: FrontAnswer, query: URLSearchParams): FrontAnswer {
  const headers = { ...answer.headers, 'accept-ranges': 'bytes' };
  if (answer.status >= 300) return { ...answer, headers };
  for (const name of ['content-type', 'content-disposition'] as const) {
    const wanted = query.get(`response-${name}`);
    if (wanted !== null) headers[name] = wanted;
  }
  return { ...answer, headers };
}
