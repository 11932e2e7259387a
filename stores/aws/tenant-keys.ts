/**
 * Keys in the tenants table, of all kinds. Each is two items that change together: one by hash, for requests, and one under its
 * tenant, so that a list includes a key that was just created. A third item counts the additions to a tenant's keys: a key is
 * added only if nobody else has added one since they were counted.
 */
import { assert, RelayError } from '../../core/errors.ts';
import type { KeyKind, KeyLimits, KeyRecord } from '../../core/ports/service/tenants.ts';
import { type Item, nextCount, type Table } from './table.ts';

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
      const items = await this.#items(key.tenantId);
      const keys = items.filter((one) => isOfKind(one, key.kind));
      const active = keys.filter((one) => (one.revoked_at ?? null) === null).length;
      if (limits !== undefined && (active >= limits.active || keys.length >= limits.all)) return false;
      const attributes = { ...itemOf(key), place };
      const failed = await this.#table.transact([
        { put: { ...byHash(key.hash), ...attributes }, condition: FREE },
        { put: { ...ofTenant(key.tenantId, place), ...attributes }, condition: FREE },
        nextCount(ofTenant(key.tenantId, COUNT), items.find((one) => one.config_version === COUNT)?.count),
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
    const items = await this.#items(tenantId);
    const keys = items.filter((one) => isOfKind(one, kind)).map(toKey);
    return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1));
  }

  /** Only the number comes from DynamoDB, not the keys. */
  count(tenantId: string, kind: KeyKind): Promise<number> {
    const ofKind = kind === 'api' ? 'attribute_not_exists(#kind)' : '#kind = :kind';
    return this.#table.count(
      { expression: '#tenant_id = :keys', values: { keys: ofTenant(tenantId, COUNT).tenant_id } },
      {
        expression: `attribute_exists(#key_id) AND attribute_not_exists(#revoked_at) AND ${ofKind}`,
        ...(kind === 'api' ? {} : { values: { kind } }),
      },
    );
  }

  async revoke(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    const item = (await this.#items(tenantId)).find((one) => isOfKind(one, kind) && one.key_id === keyId);
    if (item === undefined) return false;
    const change = { revoked_at: now };
    const condition = { expression: 'attribute_exists(#tenant_id) AND attribute_not_exists(#revoked_at)' };
    const writes = [byHash(item.hash as string), ofTenant(tenantId, item.place as number)];
    return (await this.#table.transact(writes.map((key) => ({ key, change, condition })))).length === 0;
  }

  async removeRevoked(tenantId: string, before: number): Promise<number> {
    const old = (await this.#items(tenantId)).filter(
      (one) => ((one.revoked_at as number | undefined) ?? before) < before,
    );
    for (const item of old) {
      const keys = [byHash(item.hash as string), ofTenant(tenantId, item.place as number)];
      await this.#table.transact(keys.map((key) => ({ remove: key, condition: REVOKED })));
    }
    return old.length;
  }

  #items(tenantId: string): Promise<Item[]> {
    const condition = { expression: '#tenant_id = :keys', values: { keys: ofTenant(tenantId, 0).tenant_id } };
    return this.#table.query({ condition, limit: KEYS_MAX });
  }
}

const byHash = (hash: string) => ({ tenant_id: `key#${hash}`, config_version: 0 });
const ofTenant = (tenantId: string, place: number) => ({ tenant_id: `keys#${tenantId}`, config_version: place });

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
