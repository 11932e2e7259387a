/**
 * Tenants in DynamoDB. Each config version is an item that is written once: the newest version is the tenant's last item,
 * and two writers cannot create the same one. Keys: see `tenant-keys.ts`.
 */
import { assert, RelayError } from '../../core/errors.ts';
import type {
  KeyKind,
  KeyLimits,
  KeyRecord,
  PutConfigOptions,
  PutConfigResult,
  TenantConfigRecord,
  TenantRecord,
  TenantStore,
} from '../../core/ports/service/tenants.ts';
import { decodeCursor, encodeCursor, pageSize } from '../cursor.ts';
import { ConfigVersions } from './config-versions.ts';
import type { Item, Table } from './table.ts';
import { TenantKeys } from './tenant-keys.ts';

/** The one value of `directory`: all tenants share one partition of the index, sorted by id. */
const DIRECTORY = 'tenants';
const PAGE = 100;
/** Tenants of a page to read at the same time. */
const CONCURRENT_READS = 16;
/** How often a new version is tried when other writers are faster. */
const PUT_ATTEMPTS = 50;
/** Maximum bytes of a stored config: an item has at most 400 KB. */
const CONFIG_BYTES_MAX = 390 * 1024;

const FREE = { expression: 'attribute_not_exists(#tenant_id)' };

export class AwsTenantStore implements TenantStore {
  readonly #table: Table;
  readonly #keys: TenantKeys;
  readonly #versions: ConfigVersions;

  constructor(table: Table) {
    this.#table = table;
    this.#versions = new ConfigVersions(table);
    this.#keys = new TenantKeys(table);
  }

  async create(tenantId: string, config: unknown, now: number, keyId?: string): Promise<'created' | 'exists'> {
    const item = { ...versionOf(tenantId, 1, { config, now, keyId }), tenant_created_at: now, directory: DIRECTORY };
    return (await this.#table.put(item, FREE)).done ? 'created' : 'exists';
  }

  async putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    { expectedVersion, versionsMax, keyId }: PutConfigOptions = {},
  ): Promise<PutConfigResult | null> {
    for (let attempt = 0; attempt < PUT_ATTEMPTS; attempt++) {
      const newest = await this.#newest(tenantId);
      if (newest === null) return null;
      const version = newest.config_version as number;
      if (expectedVersion !== undefined && expectedVersion !== version) {
        return { status: 'conflict', configVersion: version };
      }
      const kept = await this.#versions.kept(tenantId);
      if (versionsMax !== undefined && (kept ?? version) >= versionsMax) {
        return { status: 'full', configVersion: version };
      }
      const next = versionOf(tenantId, version + 1, { config, now, keyId });
      const item = { ...next, tenant_created_at: newest.tenant_created_at };
      const writes = [{ put: item, condition: FREE }, this.#versions.changed(tenantId, kept, (kept ?? version) + 1)];
      if ((await this.#table.transact(writes)).length === 0) return { status: 'stored', configVersion: version + 1 };
    }
    throw new RelayError('store_busy', `the config of tenant ${tenantId} is written by too many at once; try again`, {
      recovery: 'retry',
    });
  }

  async get(tenantId: string): Promise<TenantRecord | null> {
    const item = await this.#newest(tenantId);
    return item === null ? null : toTenant(item);
  }

  async getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null> {
    if (version === undefined) return toConfig(await this.#newest(tenantId));
    if (!isTenant(tenantId) || !Number.isSafeInteger(version) || version < 1) return null;
    return toConfig(await this.#table.get({ tenant_id: tenantId, config_version: version }));
  }

  async list(cursor?: string | null, limit?: number): Promise<{ tenants: TenantRecord[]; next: string | null }> {
    const [after] = decodeCursor(cursor, [''] as const) ?? [null];
    const size = pageSize(limit, PAGE);
    const condition = {
      expression: `#directory = :directory${after === null ? '' : ' AND #tenant_id > :after'}`,
      values: after === null ? { directory: DIRECTORY } : { directory: DIRECTORY, after },
    };
    const found = await this.#table.query({ index: 'by_directory', condition, limit: size + 1 });
    const ids = found.slice(0, size).map((item) => item.tenant_id as string);
    const tenants: TenantRecord[] = [];
    for (let at = 0; at < ids.length; at += CONCURRENT_READS) {
      const some = await Promise.all(ids.slice(at, at + CONCURRENT_READS).map((id) => this.get(id)));
      tenants.push(...some.filter((one) => one !== null));
    }
    // biome-ignore lint/style/noNonNullAssertion: a page is cut only where it has items
    return { tenants, next: found.length > size ? encodeCursor([ids.at(-1)!]) : null };
  }

  addKey(key: KeyRecord, limits?: KeyLimits): Promise<boolean> {
    return this.#keys.add(key, limits);
  }

  findKey(hash: string, kind: KeyKind): Promise<KeyRecord | null> {
    return this.#keys.find(hash, kind);
  }

  countKeys(tenantId: string, kind: KeyKind): Promise<number> {
    return this.#keys.count(tenantId, kind);
  }

  listKeys(tenantId: string, kind: KeyKind): Promise<KeyRecord[]> {
    return this.#keys.list(tenantId, kind);
  }

  revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    return this.#keys.revoke(tenantId, kind, keyId, now);
  }

  check(): Promise<void> {
    return this.#table.check();
  }

  /** The item of a tenant's newest version. */
  async #newest(tenantId: string): Promise<Item | null> {
    if (!isTenant(tenantId)) return null;
    const condition = { expression: '#tenant_id = :tenant', values: { tenant: tenantId } };
    const [item] = await this.#table.query({ condition, descending: true, limit: 1 });
    return item ?? null;
  }
}

/** True for a tenant's id: the other items of the table have a `#` in their key. */
function isTenant(tenantId: string): boolean {
  return tenantId !== '' && !tenantId.includes('#') && Buffer.byteLength(tenantId) <= 1024;
}

interface NewVersion {
  config: unknown;
  now: number;
  keyId: string | undefined;
}

function versionOf(tenantId: string, version: number, { config, now, keyId }: NewVersion): Item {
  assert(isTenant(tenantId), `${tenantId} cannot be a tenant's id`);
  // stored as text, because attributes cannot represent all of JSON
  const text = JSON.stringify(config);
  const bytes = Buffer.byteLength(text);
  assert(bytes <= CONFIG_BYTES_MAX, `the config of ${tenantId} has ${bytes} bytes; ${CONFIG_BYTES_MAX} can be kept`);
  const madeBy = keyId === undefined ? {} : { made_by: keyId };
  return { tenant_id: tenantId, config_version: version, config: text, created_at: now, ...madeBy };
}

function toTenant(item: Item): TenantRecord {
  return {
    tenantId: item.tenant_id as string,
    configVersion: item.config_version as number,
    createdAt: item.tenant_created_at as number,
    updatedAt: item.created_at as number,
  };
}

function toConfig(item: Item | null): TenantConfigRecord | null {
  // removing the first version only empties it: the directory of tenants is in its item
  if (item === null || item.config === undefined) return null;
  return {
    tenantId: item.tenant_id as string,
    configVersion: item.config_version as number,
    config: JSON.parse(item.config as string),
    createdAt: item.created_at as number,
    keyId: (item.made_by as string | undefined) ?? null,
  };
}
