/**
 * A stand-in for parts of AWS that no test server has: CloudFormation, ECS, Secrets Manager, CloudWatch Logs queries, scaling,
 * table restores, object versions. It knows only what the templates create: a command that names an unknown service, table or
 * parameter gets an error, as on AWS.
 */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseTemplate, readTemplate, type Template } from '../../deploy/testing/template.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a request holds
type Input = any;
type Answer = (input: Input) => unknown;

/** The template of each stack, by the start of the stack's name. */
const TEMPLATES: ReadonlyArray<readonly [prefix: string, file: string]> = [
  ['relay-alarms-', 'tenant-alarms.yaml'],
  ['relay', 'cloudformation.yaml'],
];
const STACK = 'relay';
const QUERY = 'query-1';

/** The value of a stack output here. */
export const outputValue = (name: string): string => `relay-${name}`;

function templateOf(stack: string): string {
  const [, file] = TEMPLATES.find(([prefix]) => stack.startsWith(prefix))!;
  return fs.readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');
}

class Refused extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class ControlPlane {
  /** The calls in order, such as `ecs UpdateService`. */
  readonly calls: string[] = [];
  readonly #template: Template = readTemplate('cloudformation.yaml');
  #isProtected = true;
  readonly #stacks = new Map<string, string>();
  readonly #tables = new Map<string, { isProtected: boolean }>();
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Turns off the tables' deletion protection. */
  protectsNothing(): void {
    this.#isProtected = false;
  }

  /** Sets the stack to the state after a finished deployment. */
  deployed(): void {
    this.#stacks.set(STACK, 'CREATE_COMPLETE');
    for (const name of ['RunsTable', 'TenantsTable'])
      this.#tables.set(outputValue(name), { isProtected: this.#isProtected });
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url!, 'http://control');
    if (url.pathname === '/deployed') {
      this.deployed();
      response.writeHead(204).end();
      return;
    }
    const service =
      /Credential=[^/]+\/\d+\/[\w-]+\/([\w-]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? 'none';
    try {
      if (service === 's3') this.#objects(request, url, response);
      else if (service === 'cloudformation') this.#stack(new URLSearchParams(body), response);
      else this.#json(service, request.headers['x-amz-target'], body, response);
    } catch (error) {
      const { code, message } = error instanceof Refused ? error : { code: 'InternalError', message: String(error) };
      const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
      const isXml = service === 's3' || service === 'cloudformation';
      response.writeHead(400, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
      response.end(isXml ? xml : JSON.stringify({ __type: code, message }));
    }
  }

  #json(service: string, target: string | string[] | undefined, body: string, response: http.ServerResponse): void {
    const operation = String(target).split('.')[1] ?? 'none';
    const answer = this.#answers[`${service} ${operation}`];
    if (answer === undefined) throw new Refused('UnknownOperationException', `${service} ${operation}`);
    const given = answer(JSON.parse(body));
    this.calls.push(`${service} ${operation}`);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(given ?? {}));
  }

  readonly #answers: Readonly<Record<string, Answer>> = {
    'ecs UpdateService': ({ cluster, service, desiredCount = 1 }) => {
      this.#isOutput(cluster, 'Cluster');
      this.#isOutput(service, 'ApiService', 'WorkerService');
      return { service: { serviceName: service, desiredCount } };
    },
    'ecs DescribeServices': ({ cluster, services }) => {
      this.#isOutput(cluster, 'Cluster');
      for (const service of services) this.#isOutput(service, 'ApiService', 'WorkerService');
      const steady = {
        status: 'ACTIVE',
        desiredCount: 1,
        runningCount: 1,
        deployments: [{}],
        events: [{ message: 'steady' }],
      };
      return { services: services.map((serviceName: string) => ({ serviceName, ...steady })), failures: [] };
    },
    'secretsmanager GetSecretValue': ({ SecretId }) => {
      this.#isOutput(SecretId, 'ApiKeysSecret');
      return { SecretString: 'first-admin-key,second-admin-key' };
    },
    'secretsmanager PutSecretValue': ({ SecretId, SecretString }) => {
      this.#isOutput(SecretId, 'ApiKeysSecret');
      if (!/^[^,]+,[^,]+$/.test(SecretString)) throw new Refused('InvalidParameterException', 'two keys, with a comma');
    },
    'logs StartQuery': ({ logGroupName, startTime, endTime, queryString }) => {
      this.#isOutput(logGroupName, 'ApiLogGroup', 'WorkerLogGroup');
      if (!(startTime < endTime) || queryString === '') throw new Refused('InvalidParameterException', 'no time span');
      return { queryId: QUERY };
    },
    'logs GetQueryResults': ({ queryId }) => {
      if (queryId !== QUERY) throw new Refused('ResourceNotFoundException', queryId);
      return { status: 'Complete', results: [[{ field: 'event', value: 'run_failed' }]] };
    },
    'application-autoscaling RegisterScalableTarget': (input) => {
      const { ResourceId, ServiceNamespace, ScalableDimension, MinCapacity, MaxCapacity } = input;
      const due = `service/${outputValue('Cluster')}/${outputValue('WorkerService')}`;
      const fits = ServiceNamespace === 'ecs' && ScalableDimension === 'ecs:service:DesiredCount';
      if (ResourceId !== due || !fits || MinCapacity > MaxCapacity)
        throw new Refused('ValidationException', ResourceId);
    },
    'dynamodb RestoreTableToPointInTime': ({ SourceTableName, TargetTableName, RestoreDateTime }) => {
      this.#table(SourceTableName);
      if (this.#tables.has(TargetTableName)) throw new Refused('TableAlreadyExistsException', TargetTableName);
      if (!(RestoreDateTime * 1000 < Date.now())) throw new Refused('InvalidRestoreTimeException', 'in the future');
      this.#tables.set(TargetTableName, { isProtected: false });
      return { TableDescription: { TableName: TargetTableName, TableStatus: 'CREATING' } };
    },
    'dynamodb DescribeTable': ({ TableName }) => {
      this.#table(TableName);
      return { Table: { TableName, TableStatus: 'ACTIVE' } };
    },
    'dynamodb UpdateContinuousBackups': ({ TableName }) => void this.#table(TableName),
    'dynamodb UpdateTimeToLive': ({ TableName, TimeToLiveSpecification }) => {
      this.#table(TableName);
      const { Properties } = this.#template.Resources.RunsTable!;
      if (TimeToLiveSpecification.AttributeName !== Properties.TimeToLiveSpecification.AttributeName)
        throw new Refused('ValidationException', 'another attribute than the template has');
    },
    'dynamodb UpdateTable': ({ TableName, DeletionProtectionEnabled }) => {
      this.#table(TableName).isProtected = DeletionProtectionEnabled;
    },
    'dynamodb DeleteTable': ({ TableName }) => {
      if (this.#table(TableName).isProtected) throw new Refused('ValidationException', 'deletion protection is on');
      this.#tables.delete(TableName);
    },
  };

  #table(name: string): { isProtected: boolean } {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Refused('ResourceNotFoundException', `no table ${name}`);
    return table;
  }

  #isOutput(value: string, ...names: string[]): void {
    for (const name of names) {
      if (this.#template.Outputs[name] === undefined) throw new Error(`the template has no output ${name}`);
      if (value === outputValue(name)) return;
    }
    throw new Refused('ResourceNotFoundException', `${value} is none of ${names.join(', ')}`);
  }

  #stack(input: URLSearchParams, response: http.ServerResponse): void {
    const action = input.get('Action')!;
    const name = (input.get('StackName') ?? '').replace(/^arn:.*:stack\/([^/]+)\/.*/, '$1');
    const result = this.#stackResult(action, name, input);
    this.calls.push(`cloudformation ${action}`);
    const xmlns = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
    const xml = `<${action}Response xmlns="${xmlns}"><${action}Result>${result}</${action}Result></${action}Response>`;
    response.writeHead(200, { 'content-type': 'text/xml' }).end(xml);
  }

  #stackResult(action: string, name: string, input: URLSearchParams): string {
    const id = `<StackId>arn:aws:cloudformation:eu-central-1:123456789012:stack/${name}/1</StackId>`;
    const status = this.#stacks.get(name);
    const change = `<Id>arn:aws:cloudformation:eu-central-1:123456789012:changeSet/c/1</Id>${id}`;
    if (action === 'CreateChangeSet') {
      this.#checkChange(name, input);
      return change;
    }
    if (action === 'DescribeChangeSet') return `${change}<Status>CREATE_COMPLETE</Status>`;
    if (action === 'ExecuteChangeSet') {
      this.#stacks.set(name, status === undefined ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
      return '';
    }
    if (status === undefined) throw new Refused('ValidationError', `Stack with id ${name} does not exist`);
    const head = `${id}<StackName>${name}</StackName>`;
    if (action === 'DescribeStacks') {
      const outputs = Object.keys(this.#template.Outputs).map(
        (key) => `<member><OutputKey>${key}</OutputKey><OutputValue>${outputValue(key)}</OutputValue></member>`,
      );
      const times = '<CreationTime>2026-11-01T06:00:00Z</CreationTime>';
      const more = `<StackStatus>${status}</StackStatus><Outputs>${outputs.join('')}</Outputs>`;
      return `<Stacks><member>${head}${times}${more}</member></Stacks>`;
    }
    if (action === 'GetTemplateSummary') {
      const keys = Object.keys(parseTemplate(templateOf(name)).Parameters);
      return `<Parameters>${keys.map((key) => `<member><ParameterKey>${key}</ParameterKey></member>`).join('')}</Parameters>`;
    }
    if (action === 'DescribeStackEvents') {
      const reason = '<ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no</ResourceStatusReason>';
      const event = `<EventId>1</EventId><Timestamp>2026-11-01T06:00:00Z</Timestamp><LogicalResourceId>Cluster</LogicalResourceId>`;
      return `<StackEvents><member>${head}${event}${reason}</member></StackEvents>`;
    }
    if (action !== 'DeleteStack') throw new Refused('InvalidAction', action);
    this.#stacks.delete(name);
    return '';
  }

  /** A first deployment must give every parameter that has no default; a later one may keep old values. */
  #checkChange(name: string, input: URLSearchParams): void {
    const text = templateOf(name);
    if (input.get('TemplateBody') !== text)
      throw new Refused('ValidationError', `not the template of ${name} as it is`);
    const { Parameters, Resources } = parseTemplate(text);
    const given = new Map<string, boolean>();
    for (let n = 1; input.has(`Parameters.member.${n}.ParameterKey`); n++) {
      const isOld = input.get(`Parameters.member.${n}.UsePreviousValue`) === 'true';
      given.set(input.get(`Parameters.member.${n}.ParameterKey`)!, isOld);
    }
    const exists = this.#stacks.has(name);
    for (const [key, isOld] of given)
      if (Parameters[key] === undefined || (isOld && !exists)) throw new Refused('ValidationError', `parameter ${key}`);
    for (const [key, { Default }] of Object.entries(Parameters))
      if (Default === undefined && !given.has(key)) throw new Refused('ValidationError', `no ${key}`);
    const makesRoles = Object.values(Resources).some(({ Type }) => Type === 'AWS::IAM::Role');
    if (makesRoles && !input.toString().includes('CAPABILITY_IAM'))
      throw new Refused('InsufficientCapabilitiesException', 'Requires capabilities : [CAPABILITY_IAM]');
  }

  #objects(request: http.IncomingMessage, url: URL, response: http.ServerResponse): void {
    const [, bucket, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    this.#isOutput(bucket!, 'ArtifactBucket');
    const copied = decodeURIComponent(String(request.headers['x-amz-copy-source'] ?? ''));
    if (request.method === 'GET' && key === '' && url.searchParams.has('versions')) {
      this.calls.push('s3api ListObjectVersions');
      const prefix = url.searchParams.get('prefix');
      const of = `<Key>${prefix}</Key><IsLatest>false</IsLatest><LastModified>2026-11-01T06:00:00Z</LastModified>`;
      const version = `<Version>${of}<VersionId>v1</VersionId><Size>3</Size></Version>`;
      const marker = `<DeleteMarker>${of}<VersionId>d1</VersionId></DeleteMarker>`;
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<ListVersionsResult><Name>${bucket}</Name>${version}${marker}</ListVersionsResult>`);
    } else if (request.method === 'DELETE' && key === '') {
      this.calls.push('s3api DeleteBucket');
      response.writeHead(204).end();
    } else if (request.method === 'DELETE' && url.searchParams.get('versionId') === 'd1') {
      this.calls.push('s3api DeleteObject');
      response.writeHead(204).end();
    } else if (request.method === 'PUT' && copied === `${bucket}/${key}?versionId=v1`) {
      this.calls.push('s3api CopyObject');
      const at = '<LastModified>2026-11-01T06:00:00Z</LastModified>';
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<CopyObjectResult><ETag>"1"</ETag>${at}</CopyObjectResult>`);
    } else throw new Refused('InvalidRequest', `${request.method} ${url.pathname} ${copied}`);
  }
}
