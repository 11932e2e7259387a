/**
 * API keys in the tenants table. Each is two items that change together: one by hash, for requests, and one under its
 * tenant, so that a list includes a key that was just created.
 */
import { assert } from '../../core/errors.ts';
import type { KeyRecord } from '../../core/ports/service.ts';
import type { Item, Table } from './table.ts';

/** Maximum keys of a tenant in a list, revoked ones included; the API allows far fewer active ones. */
const KEYS_MAX = 10_000;
/** How many keys a tenant can create within a millisecond. */
const SAME_TIME_MAX = 50;

const FREE = { expression: 'attribute_not_exists(#tenant_id)' };

export class TenantKeys {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async add(key: KeyRecord): Promise<void> {
    for (let place = key.createdAt; place < key.createdAt + SAME_TIME_MAX; place++) {
      const attributes = { ...itemOf(key), place };
      const failed = await this.#table.transact([
        { put: { ...byHash(key.hash), ...attributes }, condition: FREE },
        { put: { ...ofTenant(key.tenantId, place), ...attributes }, condition: FREE },
      ]);
      if (failed.length === 0) return;
      assert(!failed.includes(0), `key ${key.keyId} has the hash of another one`);
    }
    throw new Error(`tenant ${key.tenantId} makes too many keys at once`);
  }

  async find(hash: string): Promise<KeyRecord | null> {
    const item = await this.#table.get(byHash(hash));
    return item === null ? null : toKey(item);
  }

  async list(tenantId: string): Promise<KeyRecord[]> {
    const keys = (await this.#items(tenantId)).map(toKey);
    return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1));
  }

  async revoke(tenantId: string, keyId: string, now: number): Promise<boolean> {
    const item = (await this.#items(tenantId)).find((one) => one.key_id === keyId);
    if (item === undefined) return false;
    const change = { revoked_at: now };
    const condition = { expression: 'attribute_exists(#tenant_id) AND attribute_not_exists(#revoked_at)' };
    const writes = [byHash(item.hash as string), ofTenant(tenantId, item.place as number)];
    return (await this.#table.transact(writes.map((key) => ({ key, change, condition })))).length === 0;
  }

  #items(tenantId: string): Promise<Item[]> {
    const condition = { expression: '#tenant_id = :keys', values: { keys: ofTenant(tenantId, 0).tenant_id } };
    return this.#table.query({ condition, limit: KEYS_MAX });
  }
}

const byHash = (hash: string) => ({ tenant_id: `key#${hash}`, config_version: 0 });
const ofTenant = (tenantId: string, place: number) => ({ tenant_id: `keys#${tenantId}`, config_version: place });

function itemOf(key: KeyRecord): Item {
  return {
    key_id: key.keyId,
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
    hash: item.hash as string,
    name: (item.name ?? null) as string | null,
    createdAt: item.created_at as number,
    revokedAt: (item.revoked_at ?? null) as number | null,
  };
}
