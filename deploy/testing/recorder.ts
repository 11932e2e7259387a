/** A proxy between a role's clients and the test servers. Records the action and resource of each request. */
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operationOf } from '../../conformance/aws/operation.ts';
import type { AwsResources } from '../../stores/aws/index.ts';
import type { Call } from './policies.ts';

const WHERE = 'eu-central-1:123456789012';

/** The template's names for the test resources. */
const BUCKET = 'arn:aws:s3:::artifactbucket';
const QUEUE = `arn:aws:sqs:${WHERE}:relay-inventory-jobs`;

export class Recorder {
  readonly calls: Call[] = [];
  readonly #upstream: URL;
  readonly #resources: AwsResources;
  readonly #server = http.createServer((request, response) => {
    this.#pass(request, response).catch((error) => response.destroy(error));
  });

  constructor(upstream: string, resources: AwsResources) {
    this.#upstream = new URL(upstream);
    this.#resources = resources;
  }

  /** The endpoint for the clients. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await new Promise((resolve) => this.#server.once('listening', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(request: IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    this.calls.push(...this.#callsOf(request, body));
    // the host is signed too, so it stays as the client sent it
    const { hostname, port } = this.#upstream;
    const options = { hostname, port, method: request.method, path: request.url, headers: request.headers };
    const upstream = http.request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', (error) => response.destroy(error));
    // a poll must end when its client does
    response.on('close', () => upstream.destroy());
    upstream.end(body);
  }

  #callsOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Call[] {
    const { service, name } = operationOf(method, url, headers);
    const action = name.slice(service.length + 1);
    if (service === 'dynamodb') return this.#callsOfDynamo(action, JSON.parse(body.toString()));
    if (service === 'sqs') {
      const dead = JSON.parse(body.toString()).QueueUrl === this.#resources.deadLetterUrl;
      return [{ action: `sqs:${action.replace(/Batch$/, '')}`, resource: dead ? `${QUEUE}-dlq` : QUEUE }];
    }
    const key = decodeURIComponent(new URL(url, 'http://any').pathname).split('/').slice(2).join('/');
    if (action === 'ListObjectsV2') return [{ action: 's3:ListBucket', resource: BUCKET }];
    const on = (one: string, resource = key) => ({ action: `s3:${one}`, resource: `${BUCKET}/${resource}` });
    switch (action) {
      case 'GetObject':
      case 'HeadObject':
        return [on('GetObject')];
      case 'CopyObject': {
        const source = decodeURIComponent(String(headers['x-amz-copy-source'])).split('/').slice(1).join('/');
        return [on('GetObject', source), on('PutObject')];
      }
      case 'AbortMultipartUpload':
      case 'DeleteObject':
        return [on(action)];
      case 'PutObject':
      case 'CreateMultipartUpload':
      case 'UploadPart':
      case 'CompleteMultipartUpload':
        return [on('PutObject')];
      default:
        throw new Error(`an unexpected request: ${name}`);
    }
  }

  #callsOfDynamo(action: string, input: DynamoInput): Call[] {
    const on = (table: string, index = '') => {
      const name = table === this.#resources.runsTable ? 'runstable' : 'tenantstable';
      return `arn:aws:dynamodb:${WHERE}:table/${name}${index}`;
    };
    if (action === 'TransactWriteItems') {
      return (input.TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([write, { TableName }]) => ({
          action: `dynamodb:${write === 'ConditionCheck' ? 'ConditionCheckItem' : `${write}Item`}`,
          resource: on(TableName),
        })),
      );
    }
    const tables = action === 'BatchGetItem' ? Object.keys(input.RequestItems ?? {}) : [input.TableName!];
    const index = input.IndexName === undefined ? '' : `/index/${input.IndexName}`;
    return tables.map((table) => ({ action: `dynamodb:${action}`, resource: on(table, index) }));
  }
}

interface DynamoInput {
  TableName?: string;
  IndexName?: string;
  RequestItems?: Record<string, unknown>;
  TransactItems?: Array<Record<string, { TableName: string }>>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
