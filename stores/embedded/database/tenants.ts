/** Tenants, their config versions and their keys, in the embedded database. */
// biome-ignore-all lint/style/noNonNullAssertion: a page is cut only where it has items; COUNT always has a row
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  KeyKind,
  KeyLimits,
  KeyRecord,
  PutConfigOptions,
  PutConfigResult,
  TenantConfigRecord,
  TenantRecord,
  TenantStore,
} from '../../../core/ports/service/tenants.ts';
import { decodeCursor, encodeCursor, pageSize } from '../../cursor.ts';
import type { Database, Sql } from './database.ts';

interface TenantRow {
  tenant_id: string;
  config_version: number;
  created_at: number;
  updated_at: number;
}

interface ConfigRow {
  tenant_id: string;
  config_version: number;
  config: string;
  created_at: number;
  key_id: string | null;
}

interface KeyRow {
  key_id: string;
  tenant_id: string;
  hash: string;
  name: string | null;
  created_at: number;
  revoked_at: number | null;
  kind: KeyKind;
}

const PAGE = 100;
/** Keys that are read in one turn of the event loop. */
const KEYS_AT_ONCE = 500;

export class EmbeddedTenantStore implements TenantStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  create(tenantId: string, config: unknown, now: number, keyId?: string): Promise<'created' | 'exists'> {
    const text = JSON.stringify(config);
    return this.#database.write((sql) => {
      const added = sql.run('INSERT INTO tenants VALUES (?, 1, ?, ?) ON CONFLICT DO NOTHING', tenantId, now, now);
      if (added === 0) return 'exists';
      sql.run('INSERT INTO tenant_configs VALUES (?, 1, ?, ?, ?)', tenantId, text, now, keyId ?? null);
      return 'created';
    });
  }

  putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    { expectedVersion, versionsMax, keyId }: PutConfigOptions = {},
  ): Promise<PutConfigResult | null> {
    const text = JSON.stringify(config);
    return this.#database.write((sql): PutConfigResult | null => {
      const newest = selectTenant(sql, tenantId)?.config_version;
      if (newest === undefined) return null;
      if (expectedVersion !== undefined && expectedVersion !== newest) {
        return { status: 'conflict', configVersion: newest };
      }
      if (versionsMax !== undefined && countVersions(sql, tenantId) >= versionsMax) {
        return { status: 'full', configVersion: newest };
      }
      const version = newest + 1;
      sql.run('INSERT INTO tenant_configs VALUES (?, ?, ?, ?, ?)', tenantId, version, text, now, keyId ?? null);
      sql.run('UPDATE tenants SET config_version = ?, updated_at = ? WHERE tenant_id = ?', version, now, tenantId);
      return { status: 'stored', configVersion: version };
    });
  }

  async get(tenantId: string): Promise<TenantRecord | null> {
    const row = await this.#database.read((sql) => selectTenant(sql, tenantId));
    return row === undefined ? null : toTenant(row);
  }

  async getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null> {
    const row = await this.#database.read((sql) =>
      sql.one<ConfigRow>(
        `SELECT * FROM tenant_configs WHERE tenant_id = ? AND (? IS NULL OR config_version = ?)
         ORDER BY config_version DESC LIMIT 1`,
        tenantId,
        version ?? null,
        version ?? null,
      ),
    );
    if (row === undefined) return null;
    return {
      tenantId: row.tenant_id,
      configVersion: row.config_version,
      config: JSON.parse(row.config),
      createdAt: row.created_at,
      keyId: row.key_id,
    };
  }

  async list(cursor?: string | null, limit?: number): Promise<{ tenants: TenantRecord[]; next: string | null }> {
    const [after] = decodeCursor(cursor, [''] as const) ?? [''];
    const size = pageSize(limit, PAGE);
    const statement = 'SELECT * FROM tenants WHERE tenant_id > ? ORDER BY tenant_id LIMIT ?';
    const rows = await this.#database.read((sql) => sql.all<TenantRow>(statement, after, size + 1));
    const tenants = rows.slice(0, size).map(toTenant);
    return { tenants, next: rows.length > size ? encodeCursor([tenants.at(-1)!.tenantId]) : null };
  }

  addKey(key: KeyRecord, limits?: KeyLimits): Promise<boolean> {
    const { keyId, tenantId, hash, name, createdAt, revokedAt, kind } = key;
    return this.#database.write((sql) => {
      if (limits !== undefined) {
        const statement =
          'SELECT COUNT(*) AS all_keys, COUNT(revoked_at) AS revoked FROM api_keys WHERE tenant_id = ? AND kind = ?';
        const { all_keys, revoked } = sql.one<{ all_keys: number; revoked: number }>(statement, tenantId, kind)!;
        if (all_keys - revoked >= limits.active || all_keys >= limits.all) return false;
      }
      const fields = [keyId, tenantId, hash, name, createdAt, revokedAt, kind];
      sql.run('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?)', ...fields);
      return true;
    });
  }

  async findKey(hash: string, kind: KeyKind): Promise<KeyRecord | null> {
    const statement = 'SELECT * FROM api_keys WHERE hash = ? AND kind = ?';
    const key = await this.#database.readOften(`${kind} key ${hash}`, (sql) => {
      const row = sql.one<KeyRow>(statement, hash, kind);
      return row === undefined ? undefined : toKey(row);
    });
    return key ?? null;
  }

  async listKeys(tenantId: string, kind: KeyKind): Promise<KeyRecord[]> {
    const statement = 'SELECT * FROM api_keys WHERE tenant_id = ? AND key_id > ? AND kind = ? ORDER BY key_id LIMIT ?';
    const keys: KeyRecord[] = [];
    for (let after = ''; ; await nextTurn()) {
      const from = after;
      const rows = await this.#database.read((sql) => sql.all<KeyRow>(statement, tenantId, from, kind, KEYS_AT_ONCE));
      keys.push(...rows.map(toKey));
      after = rows.at(-1)?.key_id ?? '';
      if (rows.length < KEYS_AT_ONCE) break;
    }
    // as ids begin with the time, they are nearly sorted
    return keys.sort((a, b) => a.createdAt - b.createdAt || (a.keyId < b.keyId ? -1 : 1));
  }

  countKeys(tenantId: string, kind: KeyKind): Promise<number> {
    const statement = 'SELECT COUNT(*) AS keys FROM api_keys WHERE tenant_id = ? AND kind = ? AND revoked_at IS NULL';
    return this.#database.read((sql) => sql.one<{ keys: number }>(statement, tenantId, kind)!.keys);
  }

  revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    const statement =
      'UPDATE api_keys SET revoked_at = ? WHERE tenant_id = ? AND kind = ? AND key_id = ? AND revoked_at IS NULL';
    return this.#database.write((sql) => sql.run(statement, now, tenantId, kind, keyId) === 1);
  }

  check(): Promise<void> {
    return this.#database.check();
  }
}

export function countVersions(sql: Sql, tenantId: string): number {
  const statement = 'SELECT COUNT(*) AS versions FROM tenant_configs WHERE tenant_id = ?';
  return sql.one<{ versions: number }>(statement, tenantId)!.versions;
}

function selectTenant(sql: Sql, tenantId: string): TenantRow | undefined {
  return sql.one<TenantRow>('SELECT * FROM tenants WHERE tenant_id = ?', tenantId);
}

function toTenant(row: TenantRow): TenantRecord {
  return {
    tenantId: row.tenant_id,
    configVersion: row.config_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toKey(row: KeyRow): KeyRecord {
  return {
    keyId: row.key_id,
    tenantId: row.tenant_id,
    kind: row.kind,
    hash: row.hash,
    name: row.name,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
