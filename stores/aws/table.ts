/**
 * One DynamoDB table: consistent reads, conditional changes, transactions, queries. Each change leaves a unique mark in the
 * item. So when AWS made a change but its response was lost, the retry recognises it.
 */
import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { RelayError } from '../../core/errors.ts';
import { type AwsCall, attemptAws, awsError, isAws } from './errors.ts';
import type { TableDefinition } from './tables.ts';

/** Null means a missing attribute. */
export type Item = Record<string, unknown>;

/** An expression in which `#name` is an attribute and `:name` one of the values. */
export interface WriteCondition {
  expression: string;
  values?: Readonly<Item>;
}

/** The result of a change: the new item, or the one that failed the condition. */
export type Changed = { done: true; item: Item } | { done: false; item: Item | null };

/** One part of a transaction. */
export type Write =
  | { put: Item; condition: WriteCondition }
  | { key: Item; change: Item; condition: WriteCondition }
  | { remove: Item; condition: WriteCondition };

export interface TableQuery {
  index?: string;
  condition: WriteCondition;
  /** Which of the items with such keys DynamoDB should return: a partition may have thousands that nobody needs. */
  filter?: WriteCondition;
  descending?: boolean;
  /** Maximum items. */
  limit: number;
}

export interface TableOptions {
  client: DynamoDBDocumentClient;
  name: string;
  definition: TableDefinition;
  /** The setting that names the table. */
  setting: string;
  /** Returns a new, unique id at each call. */
  createId: () => string;
  /** Waits before another attempt; tests do not wait. */
  wait?: (ms: number) => Promise<void>;
}

/** How often a transaction is tried when it conflicts with others. */
const CONFLICT_ATTEMPTS = 12;
const CONFLICT_WAIT_MS = 20;
const CONFLICT_WAIT_MS_MAX = 1000;
/** DynamoDB's limit for one batch read. */
const BATCH_KEYS_MAX = 100;
const BATCH_ATTEMPTS = 8;

export class Table {
  readonly #options: TableOptions;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  async get(key: Item): Promise<Item | null> {
    const { client, name } = this.#options;
    const command = new GetCommand({ TableName: name, Key: key, ConsistentRead: true });
    const { Item: item } = await attemptAws(this.#call('GetItem'), () => client.send(command));
    return item === undefined ? null : withoutMark(item);
  }

  /** Returns the items that exist, in no order. */
  async getMany(keys: readonly Item[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let at = 0; at < keys.length; at += BATCH_KEYS_MAX) {
      items.push(...(await this.#batch(keys.slice(at, at + BATCH_KEYS_MAX))));
    }
    return items;
  }

  /** Writes a whole item. */
  async put(item: Item, condition: WriteCondition): Promise<Changed> {
    const mark = this.#options.createId();
    const command = new PutCommand({
      TableName: this.#options.name,
      Item: { ...withoutNulls(item), change_id: mark },
      ...conditionInput(condition),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#changed('PutItem', mark, async () => {
      await this.#options.client.send(command);
      return item;
    });
  }

  async update(key: Item, change: Item, condition: WriteCondition): Promise<Changed> {
    const mark = this.#options.createId();
    const command = new UpdateCommand({
      TableName: this.#options.name,
      Key: key,
      ...updateInput({ ...change, change_id: mark }, condition),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#changed('UpdateItem', mark, async () => (await this.#options.client.send(command)).Attributes ?? {});
  }

  /** Makes all of the writes or none. Returns the indexes of those whose condition failed; empty if all were made. */
  async transact(writes: readonly Write[]): Promise<number[]> {
    const { client, name } = this.#options;
    const call = this.#call([...new Set(writes.map(actionOf))].sort().join(', '));
    let token = this.#options.createId();
    for (let attempt = 0; attempt < CONFLICT_ATTEMPTS; attempt++) {
      const TransactItems = writes.map((write) => transactItem(name, write));
      try {
        await client.send(new TransactWriteCommand({ TransactItems, ClientRequestToken: token }));
        return [];
      } catch (error) {
        const failed = failedConditions(error);
        if (failed === null) throw awsError(call, error);
        if (failed.length > 0) return failed;
        // a cancelled transaction was not made, so it starts again; one in progress is repeated with its own token
        if (!isAws(error, 'TransactionInProgressException')) token = this.#options.createId();
      }
      await this.#wait(attempt);
    }
    throw new RelayError('store_busy', `${call.resource} is written by too many at once; try again`, {
      recovery: 'retry',
      details: { resource: call.resource },
    });
  }

  /** Reads as many pages as it takes. An index may lag behind the table for a moment; the table itself does not. */
  async query({ index, condition, filter, descending = false, limit }: TableQuery): Promise<Item[]> {
    const { client, name } = this.#options;
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: name,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        ...keysInput(condition, filter),
        ScanIndexForward: !descending,
        // with a filter it would limit what is looked at
        ...(filter === undefined ? { Limit: limit - items.length } : {}),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await attemptAws(this.#call('Query'), () => client.send(command));
      items.push(...(page.Items ?? []).map(withoutMark));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items;
  }

  /** How many of the items with a condition on their key are as the filter says. Takes no item out of DynamoDB. */
  async count(condition: WriteCondition, filter: WriteCondition): Promise<number> {
    const { client, name } = this.#options;
    let count = 0;
    let start: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: name,
        ConsistentRead: true,
        Select: 'COUNT',
        ...keysInput(condition, filter),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const page = await attemptAws(this.#call('Query'), () => client.send(command));
      count += page.Count ?? 0;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return count;
  }

  /** Throws if the table cannot be read or lacks an index, and names what is missing. */
  async check(): Promise<void> {
    const { definition } = this.#options;
    await this.get(probeKey(definition.partition, definition.sort, definition.numbers));
    for (const [index, { partition, sort }] of Object.entries(definition.indexes)) {
      const probe = probeKey(partition, sort, definition.numbers);
      const expression = `#${partition} = :${partition} AND #${sort} = :${sort}`;
      await this.query({ index, condition: { expression, values: probe }, limit: 1 }).catch((error) => {
        throw this.#isMissing(error) ? this.#noIndex(index, error) : error;
      });
    }
  }

  async #batch(keys: readonly Item[]): Promise<Item[]> {
    const { client, name } = this.#options;
    const items: Item[] = [];
    let left: readonly Item[] = keys;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === BATCH_ATTEMPTS) throw this.#overloaded();
      if (attempt > 0) await this.#wait(attempt);
      const command = new BatchGetCommand({ RequestItems: { [name]: { Keys: [...left], ConsistentRead: true } } });
      const page = await attemptAws(this.#call('BatchGetItem'), () => client.send(command));
      items.push(...(page.Responses?.[name] ?? []).map(withoutMark));
      left = page.UnprocessedKeys?.[name]?.Keys ?? [];
    }
    return items;
  }

  async #changed(action: string, mark: string, send: () => Promise<Item>): Promise<Changed> {
    try {
      return { done: true, item: withoutMark(await send()) };
    } catch (error) {
      if (!isAws(error, 'ConditionalCheckFailedException')) throw awsError(this.#call(action), error);
      // the document client does not unmarshall this part of the error
      const { Item: raw } = error as ConditionalCheckFailedException;
      const old = raw === undefined ? null : unmarshall(raw);
      // an earlier try of this same change succeeded, and its response was lost
      if (old !== null && old.change_id === mark) return { done: true, item: withoutMark(old) };
      return { done: false, item: old === null ? null : withoutMark(old) };
    }
  }

  #isMissing(error: unknown): boolean {
    return (
      error instanceof RelayError && (error.code === 'store_missing' || error.details.aws === 'ValidationException')
    );
  }

  #noIndex(index: string, cause: unknown): RelayError {
    const { name, setting } = this.#options;
    const message = `table ${name} has no index ${index}; add it as in deploy/cloudformation.yaml, or correct ${setting}`;
    return new RelayError('store_missing', message, { recovery: 'retry', cause, details: { table: name, index } });
  }

  #overloaded(): RelayError {
    const { resource } = this.#call('BatchGetItem');
    return new RelayError('store_unavailable', `${resource} has too much to do`, { recovery: 'retry' });
  }

  #call(action: string): AwsCall {
    const { name, setting } = this.#options;
    return { resource: `table ${name}`, setting, action: `dynamodb:${action}` };
  }

  /** Exponential and random, so that conflicting writers do not collide again. */
  #wait(attempt: number): Promise<void> {
    const ms = Math.min(CONFLICT_WAIT_MS_MAX, CONFLICT_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
    return this.#options.wait?.(ms) ?? new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** Which keys a query reads, and which of their items it returns. */
function keysInput(condition: WriteCondition, filter: WriteCondition | undefined) {
  const { ConditionExpression, ...names } = conditionInput(condition);
  if (filter === undefined) return { KeyConditionExpression: ConditionExpression, ...names };
  const rest = conditionInput(filter);
  return {
    KeyConditionExpression: ConditionExpression,
    FilterExpression: rest.ConditionExpression,
    ExpressionAttributeNames: { ...names.ExpressionAttributeNames, ...rest.ExpressionAttributeNames },
    ExpressionAttributeValues: { ...names.ExpressionAttributeValues, ...rest.ExpressionAttributeValues },
  };
}

/** A key that no item has. */
function probeKey(partition: string, sort: string | null, numbers: readonly string[]): Item {
  const probe: Item = { [partition]: 'probe#' };
  if (sort !== null) probe[sort] = numbers.includes(sort) ? 0 : 'probe#';
  return probe;
}

function withoutNulls(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null));
}

function withoutMark(item: Item): Item {
  const { change_id: _, ...rest } = item;
  return rest;
}

interface ExpressionInput {
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Item;
}

function conditionInput({ expression, values }: WriteCondition): ExpressionInput {
  // biome-ignore lint/style/noNonNullAssertion: the group of the pattern always matches
  const names = Object.fromEntries([...expression.matchAll(/#(\w+)/g)].map(([alias, name]) => [alias, name!]));
  const valuesByAlias = Object.entries(values ?? {}).map(([name, value]) => [`:${name}`, value]);
  return {
    ConditionExpression: expression,
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ...(valuesByAlias.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(valuesByAlias) }),
  };
}

function updateInput(change: Item, condition: WriteCondition) {
  const input = conditionInput(condition);
  const names: Record<string, string> = { ...input.ExpressionAttributeNames };
  const values: Item = { ...input.ExpressionAttributeValues };
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [name, value] of Object.entries(change)) {
    names[`#${name}`] = name;
    if (value === null) removes.push(`#${name}`);
    else {
      values[`:new_${name}`] = value;
      sets.push(`#${name} = :new_${name}`);
    }
  }
  const clauses = [`SET ${sets.join(', ')}`, ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`])];
  return {
    UpdateExpression: clauses.join(' '),
    ConditionExpression: input.ConditionExpression,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

/**
 * A part of a transaction that fails if somebody else has incremented the count since it was read; undefined if nobody
 * ever has.
 */
export function nextCount(key: Item, count: unknown): Write {
  const since = { expression: '#count = :count', values: { count } };
  const first = { expression: 'attribute_not_exists(#count)' };
  return { key, change: { count: Number(count ?? 0) + 1 }, condition: count === undefined ? first : since };
}

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

function transactItem(table: string, write: Write): TransactItem {
  if ('put' in write)
    return { Put: { TableName: table, Item: withoutNulls(write.put), ...conditionInput(write.condition) } };
  if ('remove' in write) return { Delete: { TableName: table, Key: write.remove, ...conditionInput(write.condition) } };
  return { Update: { TableName: table, Key: write.key, ...updateInput(write.change, write.condition) } };
}

/** A transaction needs the permissions of its writes, and none of its own. */
function actionOf(write: Write): string {
  if ('put' in write) return 'PutItem';
  return 'remove' in write ? 'DeleteItem' : 'UpdateItem';
}

/** Null if the transaction failed for another reason; empty if it conflicted with others. */
function failedConditions(error: unknown): number[] | null {
  if (isAws(error, 'TransactionConflictException', 'TransactionInProgressException')) return [];
  if (!isAws(error, 'TransactionCanceledException')) return null;
  const reasons = (error as { CancellationReasons?: Array<{ Code?: string }> }).CancellationReasons ?? [];
  const failed = reasons.flatMap(({ Code }, i) => (Code === 'ConditionalCheckFailed' ? [i] : []));
  if (failed.length > 0) return failed;
  const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
  return reasons.some(({ Code }) => transient.has(Code ?? '')) ? [] : null;
}
