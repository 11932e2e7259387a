/**
 * DynamoDB's tables in memory, as a document client that needs no server: conditions, transactions, indexes, and answers in pieces.
 * It refuses what DynamoDB refuses: names and values that no expression uses, two writes of one item in a transaction, nulls.
 */
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TableDefinition } from '../aws/tables.ts';
import { applied, holds, type Input, type Item, refuse } from './dynamodb-expressions.ts';

/** A page and a batch end after so few items, where DynamoDB ends them by bytes: whoever asks must ask again. */
const PAGE_ITEMS = 3;
const BATCH_ITEMS = 7;

interface MemoryTable {
  definition: TableDefinition;
  items: Map<string, Item>;
}

interface SingleWrite {
  table: MemoryTable;
  key: string;
  input: Input;
  /** The item after the write; null if it is removed. */
  after: (before: Item | undefined) => Item | null;
}

export class MemoryDynamoDb {
  readonly #tables = new Map<string, MemoryTable>();
  /** Tokens of the transactions that were made. */
  readonly #made = new Set<string>();

  constructor(tables: Readonly<Record<string, TableDefinition>>) {
    for (const [name, definition] of Object.entries(tables)) this.#tables.set(name, { definition, items: new Map() });
  }

  client(): DynamoDBDocumentClient {
    // commands are copied, as they are when they are sent
    const send = async (command: unknown) => structuredClone(this.#answer(command));
    return { send } as unknown as DynamoDBDocumentClient;
  }

  #answer(command: unknown): object {
    if (command instanceof GetCommand) return this.#get(command.input as Input);
    if (command instanceof BatchGetCommand) return this.#batch(command.input.RequestItems as Record<string, Input>);
    if (command instanceof QueryCommand) return this.#query(command.input as Input);
    if (command instanceof PutCommand) return this.#change(this.#put(command.input as Input));
    if (command instanceof UpdateCommand) return this.#change(this.#update(command.input as Input));
    if (command instanceof TransactWriteCommand) return this.#transact(command.input as Input);
    throw new Error('MemoryDynamoDb does not have this command');
  }

  #table(name: unknown): MemoryTable {
    return this.#tables.get(name as string) ?? refuse('ResourceNotFoundException', `no table ${name}`);
  }

  #get({ TableName, Key, ConsistentRead }: Input): object {
    const table = this.#table(TableName);
    if (ConsistentRead !== true) throw new Error('a read that is not consistent');
    const item = table.items.get(keyOf(table, Key));
    return item === undefined ? {} : { Item: item };
  }

  #batch(requests: Record<string, Input>): object {
    const [[name, { Keys }] = refuse('ValidationException', 'no table')] = Object.entries(requests);
    const table = this.#table(name);
    const keys = (Keys as Item[]).map((key) => [keyOf(table, key), key] as const);
    const isTwice = new Set(keys.map(([text]) => text)).size < keys.length;
    if (keys.length === 0 || keys.length > 100 || isTwice) refuse('ValidationException', `${keys.length} keys`);
    // in no order
    const found = keys.slice(0, BATCH_ITEMS).reverse();
    const left = keys.slice(BATCH_ITEMS).map(([, key]) => key);
    return {
      Responses: { [name]: found.flatMap(([key]) => table.items.get(key) ?? []) },
      UnprocessedKeys: left.length === 0 ? {} : { [name]: { Keys: left } },
    };
  }

  #query(input: Input): object {
    const { TableName, IndexName, ConsistentRead, Limit, ExclusiveStartKey, ScanIndexForward = true, Select } = input;
    const table = this.#table(TableName);
    const { definition } = table;
    const index = IndexName === undefined ? definition : definition.indexes[IndexName as string];
    if (index === undefined) return refuse('ValidationException', `no index ${IndexName}`);
    if (IndexName !== undefined && ConsistentRead) refuse('ValidationException', 'an index is not consistent');
    if (Limit !== undefined && !((Limit as number) >= 1)) refuse('ValidationException', `limit ${Limit}`);
    const { partition, sort } = index;
    const keyNames = [...new Set([definition.partition, definition.sort, partition, sort])].filter(
      (one) => one !== null,
    );
    const order = (a: Item, b: Item) =>
      (sort === null ? 0 : compare(a[sort], b[sort])) || (keyOf(table, a) < keyOf(table, b) ? -1 : 1);
    const isIn = holds(input, ['KeyConditionExpression'], [partition, sort ?? partition]);
    const all = [...table.items.values()].filter(
      (item) => item[partition] !== undefined && (sort === null || item[sort] !== undefined),
    );
    const found = all.filter(isIn.KeyConditionExpression!).sort(order);
    if (ScanIndexForward === false) found.reverse();
    const start =
      ExclusiveStartKey === undefined
        ? 0
        : found.findIndex((item) => keyOf(table, item) === keyOf(table, ExclusiveStartKey)) + 1;
    const page = found.slice(start, start + Math.min(PAGE_ITEMS, (Limit as number | undefined) ?? PAGE_ITEMS));
    const last = start + page.length < found.length ? page.at(-1) : undefined;
    const isWanted = isIn.FilterExpression ?? (() => true);
    const wanted = page.filter(isWanted);
    const shown = IndexName !== undefined && definition.indexes[IndexName as string]?.projection === 'KEYS_ONLY';
    return {
      Count: wanted.length,
      ...(Select === 'COUNT' ? {} : { Items: shown ? wanted.map((item) => only(item, keyNames)) : wanted }),
      ...(last === undefined ? {} : { LastEvaluatedKey: only(last, keyNames) }),
    };
  }

  #put(input: Input): SingleWrite {
    const table = this.#table(input.TableName);
    const item = input.Item as Item;
    return { table, key: keyOf(table, item), input, after: () => item };
  }

  #update(input: Input): SingleWrite {
    const table = this.#table(input.TableName);
    const key = input.Key as Item;
    return { table, key: keyOf(table, key), input, after: (before) => applied(input, { ...key, ...before }) };
  }

  #remove(input: Input): SingleWrite {
    const table = this.#table(input.TableName);
    return { table, key: keyOf(table, input.Key as Item), input, after: () => null };
  }

  #change(write: SingleWrite): object {
    const before = write.table.items.get(write.key);
    if (!doesHold(write)) {
      const old = before === undefined ? {} : { Item: marshall(before) };
      refuse('ConditionalCheckFailedException', 'the conditional request failed', old);
    }
    return { Attributes: store(write) };
  }

  #transact({ TransactItems, ClientRequestToken }: Input): object {
    if (this.#made.has(ClientRequestToken as string)) return {};
    const writes = (TransactItems as Array<{ Put?: Input; Update?: Input; Delete?: Input }>).map((one) => {
      if (one.Put !== undefined) return this.#put(one.Put);
      return one.Update === undefined ? this.#remove(one.Delete as Input) : this.#update(one.Update);
    });
    const items = new Set(writes.map(({ table, key }) => `${[...this.#tables.values()].indexOf(table)} ${key}`));
    if (writes.length === 0 || items.size < writes.length) refuse('ValidationException', 'two writes of one item');
    const reasons = writes.map((write) => ({ Code: doesHold(write) ? 'None' : 'ConditionalCheckFailed' }));
    if (reasons.some(({ Code }) => Code !== 'None')) {
      refuse('TransactionCanceledException', 'cancelled', { CancellationReasons: reasons });
    }
    for (const write of writes) store(write);
    this.#made.add(ClientRequestToken as string);
    return {};
  }
}

function doesHold({ table, key, input }: SingleWrite): boolean {
  const { ConditionExpression } = holds(input, ['ConditionExpression', 'UpdateExpression']);
  return ConditionExpression?.(table.items.get(key) ?? {}) ?? true;
}

function store({ table, key, after }: SingleWrite): Item {
  const item = after(table.items.get(key));
  if (item === null) table.items.delete(key);
  else {
    if (keyOf(table, item) !== key) refuse('ValidationException', 'a key cannot be changed');
    checkTypes(table.definition, item);
    table.items.set(key, structuredClone(item));
  }
  return item ?? {};
}

/** Keys of indexes have the type that the table says; nothing is null. */
function checkTypes({ indexes, numbers }: TableDefinition, item: Item): void {
  for (const { partition, sort } of Object.values(indexes)) {
    for (const name of [partition, sort]) {
      const type = numbers.includes(name) ? 'number' : 'string';
      const isRight = item[name] === undefined || (typeof item[name] === type && item[name] !== '');
      if (!isRight) refuse('ValidationException', `${name} is ${item[name]}`);
    }
  }
  for (const [name, value] of Object.entries(item)) {
    if (value === null || value === undefined) refuse('ValidationException', `${name} is ${value}`);
  }
}

function keyOf({ definition: { partition, sort, numbers } }: MemoryTable, item: unknown): string {
  const names = sort === null ? [partition] : [partition, sort];
  const values = names.map((name) => {
    const value = (item as Item)[name];
    const isRight = typeof value === (numbers.includes(name) ? 'number' : 'string') && value !== '';
    return isRight ? value : refuse('ValidationException', `key ${name} is ${value}`);
  });
  return JSON.stringify(values);
}

function only(item: Item, names: readonly string[]): Item {
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** Texts by their bytes. */
function compare(a: unknown, b: unknown): number {
  return typeof a === 'string'
    ? Buffer.compare(Buffer.from(a), Buffer.from(b as string))
    : (a as number) - (b as number);
}
