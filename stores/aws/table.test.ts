/** Requests to a DynamoDB table, and responses that no test server gives. */
import type {
  BatchGetCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../core/errors.ts';
import { AwsRunStore } from './runs.ts';
import { Table, type Write } from './table.ts';
import { RUNS_TABLE } from './tables.ts';

/** How long each table would have waited between attempts, in milliseconds. */
const waits: number[] = [];

/** A table that sends its commands to `send` and never really waits. */
function tableOn(send: (command: never) => Promise<unknown>, createId = () => 'id'): Table {
  const client = { send } as unknown as DynamoDBDocumentClient;
  const wait = async (ms: number) => {
    waits.push(ms);
  };
  return new Table({ client, name: 'runs', definition: RUNS_TABLE, setting: 'RUNS_TABLE', createId, wait });
}

/** A table whose transactions get these answers in order, and the tokens of its requests. */
function tableAnswering(...answers: Array<Error | null>): { table: Table; tokens: string[] } {
  const tokens: string[] = [];
  const send = async (command: TransactWriteCommand) => {
    tokens.push(command.input.ClientRequestToken!);
    const error = answers.shift();
    if (error) throw error;
    return {};
  };
  let ids = 0;
  return { table: tableOn(send, () => `id-${++ids}`), tokens };
}

function cancelled(...codes: string[]): Error {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return Object.assign(new Error('cancelled'), {
    name: 'TransactionCanceledException',
    CancellationReasons,
    $metadata: { httpStatusCode: 400 },
  });
}

const REMOVE: Write = { remove: { run_id: 'slot#shop' }, condition: { expression: 'attribute_exists(#run_id)' } };

test('a transaction in conflict is sent again as a new one; one in progress is sent again as itself', async () => {
  const named = (name: string) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode: 400 } });
  const { table, tokens } = tableAnswering(
    cancelled('None', 'TransactionConflict'),
    named('TransactionInProgressException'),
    named('TransactionInProgressException'),
    cancelled('ThrottlingError', 'None'),
    null,
  );
  assert.equal(await table.transact([REMOVE, REMOVE]), []);
  assert.equal(tokens, ['id-1', 'id-2', 'id-2', 'id-2', 'id-3']);
});

test('a failed condition wins over a conflict, and anything else is an error', async () => {
  const failed = await tableAnswering(cancelled('TransactionConflict', 'ConditionalCheckFailed')).table.transact([
    REMOVE,
  ]);
  assert.equal(failed, [1]);
  const refused = tableAnswering(cancelled('ValidationError')).table.transact([REMOVE]);
  assert.is(await refused.catch((error) => error.code), 'store_refused');
  waits.length = 0;
  const busy = tableAnswering(...Array.from({ length: 12 }, () => cancelled('TransactionConflict')));
  const error = (await busy.table.transact([REMOVE]).catch((problem) => problem)) as RelayError;
  assert.equal([error.code, error.recovery, busy.tokens.length], ['store_busy', 'retry', 12]);
  // waits double up to a second, with jitter so that two writers do not stay in step
  for (const [i, ms] of waits.entries()) {
    const longest = Math.min(1000, 20 * 2 ** i);
    assert.ok(ms >= longest / 2 && ms <= longest, `${ms} ms before attempt ${i + 2}`);
  }
});

test('reads of the table are consistent; an index can only be read as it is', async () => {
  const sent: Array<{ input: { ConsistentRead?: boolean; IndexName?: string; RequestItems?: object } }> = [];
  const send = async (command: (typeof sent)[number]) => {
    sent.push(command);
    return {};
  };
  const table = tableOn(send);
  const condition = { expression: '#run_id = :id', values: { id: 'r' } };
  await table.get({ run_id: 'r' });
  await table.query({ condition, limit: 1 });
  await table.query({ condition, limit: 1, index: 'by_due' });
  await table.getMany([{ run_id: 'r' }]);
  assert.equal(
    sent.map(({ input: { ConsistentRead, IndexName, RequestItems } }) => [ConsistentRead, IndexName, RequestItems]),
    [
      [true, undefined, undefined],
      [true, undefined, undefined],
      [undefined, 'by_due', undefined],
      [undefined, undefined, { runs: { Keys: [{ run_id: 'r' }], ConsistentRead: true } }],
    ],
  );
});

test('a count adds the pages, and asks for no items', async () => {
  const sent: Array<{ Select?: string; ConsistentRead?: boolean; ExclusiveStartKey?: unknown }> = [];
  const send = async ({ input }: { input: (typeof sent)[number] }) => {
    sent.push(input);
    return { Count: 3 - sent.length, ...(sent.length < 3 ? { LastEvaluatedKey: { at: sent.length } } : {}) };
  };
  const condition = { expression: '#run_id = :id', values: { id: 'r' } };
  const count = await tableOn(send).count(condition, { expression: 'attribute_exists(#name)' });
  assert.is(count, 3);
  assert.equal(
    sent.map(({ Select, ConsistentRead, ExclusiveStartKey }) => [Select, ConsistentRead, ExclusiveStartKey]),
    [
      ['COUNT', true, undefined],
      ['COUNT', true, { at: 1 }],
      ['COUNT', true, { at: 2 }],
    ],
  );
});

test('a query reads on over pages, and asks for no more items than wanted', async () => {
  const limits: number[] = [];
  const send = async ({ input }: { input: { Limit: number; ExclusiveStartKey?: { at: number } } }) => {
    limits.push(input.Limit);
    const at = input.ExclusiveStartKey?.at ?? 0;
    // pages are limited by bytes; an empty page need not be the last
    const count = at === 3 ? 0 : Math.min(3, input.Limit);
    const Items = Array.from({ length: count }, (_, i) => ({ n: at + i, change_id: 'x' }));
    return { Items, ...(at < 7 ? { LastEvaluatedKey: { at: at + (count || 1) } } : {}) };
  };
  const table = tableOn(send);
  const ask = async (limit: number) => {
    limits.length = 0;
    const items = await table.query({ condition: { expression: '#a = :a', values: { a: 1 } }, limit });
    return [items.map(({ n }) => n), [...limits]];
  };
  assert.equal(await ask(100), [
    [0, 1, 2, 4, 5, 6, 7, 8, 9],
    [100, 97, 97, 94],
  ]);
  assert.equal(await ask(5), [
    [0, 1, 2, 4, 5],
    [5, 2, 2],
  ]);
});

test('only idempotency keys have a time after which DynamoDB may remove them', async () => {
  const written: Array<Record<string, unknown>> = [];
  const send = async ({ input }: TransactWriteCommand) => {
    for (const { Put } of input.TransactItems ?? []) written.push(Put!.Item!);
    return {};
  };
  const table = tableOn(send);
  const expiresAt = Date.parse('2026-11-02T06:00:00.001Z');
  const run = {
    runId: 'r1',
    tenantId: 'shop',
    configVersion: 1,
    vendors: [],
    force: false,
    now: expiresAt - 86_400_000,
  };
  await new AwsRunStore(table).create({ ...run, idempotency: { key: 'k', bodyHash: 'b', expiresAt } });
  assert.equal(
    written.map((item) => item[RUNS_TABLE.ttl]),
    [undefined, undefined, Date.parse('2026-11-02T06:00:01Z') / 1000],
  );
});

test('items missing from an answer are asked for again, in batches that fit one call', async () => {
  const asked: number[] = [];
  let left = 0;
  const send = async (command: BatchGetCommand) => {
    const keys = command.input.RequestItems!.runs!.Keys!;
    asked.push(keys.length);
    // a busy table returns only some of them
    const given = left++ === 0 ? keys.slice(0, 30) : keys;
    const rest = keys.slice(given.length);
    return {
      Responses: { runs: given.map((key) => ({ ...key, change_id: 'x' })) },
      UnprocessedKeys: rest.length === 0 ? {} : { runs: { Keys: rest } },
    };
  };
  const keys = Array.from({ length: 120 }, (_, i) => ({ run_id: `r${i}` }));
  assert.equal(await tableOn(send).getMany(keys), keys);
  assert.equal(asked, [100, 70, 20]);
});

test('a query with a filter leaves the choice to DynamoDB, and reads on behind pages of which nothing is left', async () => {
  const sent: Array<QueryCommand['input']> = [];
  const pages = [{ Items: [], LastEvaluatedKey: { run_id: 'a' } }, { Items: [{ run_id: 'b', change_id: 'x' }] }];
  const table = tableOn(async (command) => {
    sent.push((command as QueryCommand).input);
    return pages.shift();
  });
  const found = await table.query({
    condition: { expression: '#run_id = :id', values: { id: 'x' } },
    filter: { expression: 'attribute_exists(#key) AND #ends_at > :now', values: { now: 7 } },
    limit: 5,
  });
  assert.equal(found, [{ run_id: 'b' }]);
  assert.equal(
    sent.map(({ ExclusiveStartKey }) => ExclusiveStartKey),
    [undefined, { run_id: 'a' }],
  );
  for (const input of sent) {
    const { KeyConditionExpression, FilterExpression, ExpressionAttributeNames, ExpressionAttributeValues, Limit } =
      input;
    assert.equal(
      [KeyConditionExpression, FilterExpression, ExpressionAttributeNames, ExpressionAttributeValues, Limit],
      [
        '#run_id = :id',
        'attribute_exists(#key) AND #ends_at > :now',
        { '#run_id': 'run_id', '#key': 'key', '#ends_at': 'ends_at' },
        { ':id': 'x', ':now': 7 },
        undefined,
      ],
    );
  }
});

test('a batch that leaves items out again and again is given up after eight requests', async () => {
  let asked = 0;
  const send = async (command: BatchGetCommand) => {
    asked++;
    return { UnprocessedKeys: command.input.RequestItems };
  };
  const error = (await tableOn(send)
    .getMany([{ run_id: 'r' }])
    .catch((one) => one)) as RelayError;
  assert.equal([error.code, error.recovery, asked], ['store_unavailable', 'retry', 8]);
  assert.equal(await tableOn(send).getMany([]), []);
});

test.run();
