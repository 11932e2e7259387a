/**
 * Keys in the tenants table, of all kinds. Each is two items that change together: one by hash, for requests, and one under its
 * tenant, so that a list includes a key that was just created. A third item counts the additions to a tenant's keys: a key is
 * added only if nobody else has added one since they were counted.
 */
import { assert, RelayError } from '../../core/errors.ts';
import type { KeyKind, KeyLimits, KeyRecord } from '../../core/ports/service/tenants.ts';
import { type Item, nextCount, type Table, type WriteCondition } from './table.ts';

/** Maximum keys of a tenant in a list, revoked ones and all kinds included; the API allows far fewer active ones. */
const KEYS_MAX = 20_000;
/** How often a key is added when others are added at the same time. */
const ADD_ATTEMPTS = 100;
/** The place of the item that counts additions. */
const COUNT = 0;

const REVOKED = { expression: 'attribute_not_exists(#tenant_id) OR attribute_exists(#revoked_at)' };
const FREE = { expression: 'attribute_not_exists(#tenant_id)' };

export class TenantKeys {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async add(key: KeyRecord, limits?: KeyLimits): Promise<boolean> {
    let place = key.createdAt;
    for (let attempt = 0; attempt < ADD_ATTEMPTS; attempt++) {
      const before = await this.#table.get(ofTenant(key.tenantId, COUNT));
      if (limits !== undefined && !(await this.#fits(key, limits))) return false;
      const attributes = { ...itemOf(key), place };
      const failed = await this.#table.transact([
        { put: { ...byHash(key.hash), ...attributes }, condition: FREE },
        { put: { ...ofTenant(key.tenantId, place), ...attributes }, condition: FREE },
        nextCount(ofTenant(key.tenantId, COUNT), before?.count),
      ]);
      if (failed.length === 0) return true;
      assert(!failed.includes(0), `key ${key.keyId} has the hash of another one`);
      if (failed.includes(1)) place++;
    }
    throw new RelayError('store_busy', `tenant ${key.tenantId} makes too many keys at once; try again`, {
      recovery: 'retry',
    });
  }

  async find(hash: string, kind: KeyKind): Promise<KeyRecord | null> {
    const item = await this.#table.get(byHash(hash));
    return item === null || !isOfKind(item, kind) ? null : toKey(item);
  }

  async list(tenantId: string, kind: KeyKind): Promise<KeyRecord[]> {
    const keys = (await this.#items(tenantId, ofKind(kind))).map(toKey);
    return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1));
  }

  count(tenantId: string, kind: KeyKind): Promise<number> {
    return this.#count(tenantId, kind, ' AND attribute_not_exists(#revoked_at)');
  }

  async #fits({ tenantId, kind }: KeyRecord, { active, all }: KeyLimits): Promise<boolean> {
    return (await this.count(tenantId, kind)) < active && (await this.#count(tenantId, kind)) < all;
  }

  /** Only the number comes from DynamoDB, not the keys. */
  #count(tenantId: string, kind: KeyKind, more = ''): Promise<number> {
    const { expression, values } = ofKind(kind);
    return this.#table.count(allOf(tenantId), { expression: expression + more, values });
  }

  async revoke(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    const { expression, values } = ofKind(kind);
    const filter = { expression: `${expression} AND #key_id = :key_id`, values: { ...values, key_id: keyId } };
    const [item] = await this.#items(tenantId, filter);
    if (item === undefined) return false;
    const change = { revoked_at: now };
    const condition = { expression: 'attribute_exists(#tenant_id) AND attribute_not_exists(#revoked_at)' };
    const writes = [byHash(item.hash as string), ofTenant(tenantId, item.place as number)];
    return (await this.#table.transact(writes.map((key) => ({ key, change, condition })))).length === 0;
  }

  async removeRevoked(tenantId: string, before: number): Promise<number> {
    const old = await this.#items(tenantId, { expression: '#revoked_at < :before', values: { before } });
    for (const item of old) {
      const keys = [byHash(item.hash as string), ofTenant(tenantId, item.place as number)];
      await this.#table.transact(keys.map((key) => ({ remove: key, condition: REVOKED })));
    }
    return old.length;
  }

  #items(tenantId: string, filter: WriteCondition): Promise<Item[]> {
    return this.#table.query({ condition: allOf(tenantId), filter, limit: KEYS_MAX });
  }
}

const byHash = (hash: string) => ({ tenant_id: `key#${hash}`, config_version: 0 });
const ofTenant = (tenantId: string, place: number) => ({ tenant_id: `keys#${tenantId}`, config_version: place });

const allOf = (tenantId: string) => ({
  expression: '#tenant_id = :keys',
  values: { keys: ofTenant(tenantId, COUNT).tenant_id },
});

/** An item without a kind is an API key; the item that counts additions has no id. */
function ofKind(kind: KeyKind): { expression: string; values: Item } {
  const expression = kind === 'api' ? 'attribute_not_exists(#kind)' : '#kind = :kind';
  return { expression: `attribute_exists(#key_id) AND ${expression}`, values: kind === 'api' ? {} : { kind } };
}

/** An item without a kind is an API key; the item that counts additions has no id. */
function isOfKind(item: Item, kind: KeyKind): boolean {
  return item.key_id !== undefined && (item.kind ?? 'api') === kind;
}

function itemOf(key: KeyRecord): Item {
  return {
    key_id: key.keyId,
    ...(key.kind === 'api' ? {} : { kind: key.kind }),
    owner: key.tenantId,
    hash: key.hash,
    name: key.name,
    created_at: key.createdAt,
    revoked_at: key.revokedAt,
  };
}

function toKey(item: Item): KeyRecord {
  return {
    keyId: item.key_id as string,
    tenantId: item.owner as string,
    kind: (item.kind ?? 'api') as KeyKind,
    hash: item.hash as string,
    name: (item.name ?? null) as string | null,
    createdAt: item.created_at as number,
    revokedAt: (item.revoked_at ?? null) as number | null,
  };
}
