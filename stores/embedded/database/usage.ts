/** What each tenant uses, in the embedded database. */
import type { Stored, UsageStore, WaitingUpload } from '../../../core/ports/service/upkeep.ts';
import type { Database, Sql } from './database.ts';
import { countVersions } from './tenants.ts';

interface UploadRow {
  tenant_id: string;
  key: string;
  opened_at: number;
  expires_at: number;
  etag_before: string | null;
  size_before: number;
}

export class EmbeddedUsageStore implements UsageStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  storedBytes(tenantId: string): Promise<Stored> {
    return this.#database.read((sql) => selectStored(sql, tenantId));
  }

  addStored(tenantId: string, bytes: number, max?: number): Promise<boolean> {
    return this.#add(tenantId, 'bytes', bytes, max);
  }

  addFiles(tenantId: string, files: number, max?: number): Promise<boolean> {
    return this.#add(tenantId, 'files', files, max);
  }

  #add(tenantId: string, counter: 'bytes' | 'files', added: number, max?: number): Promise<boolean> {
    return this.#database.write((sql) => {
      const stored = selectStored(sql, tenantId);
      const sum = Math.max(0, stored[counter] + added);
      if (added > 0 && max !== undefined && sum > max) return false;
      setStored(sql, tenantId, { ...stored, [counter]: sum });
      return true;
    });
  }

  correctStored(tenantId: string, difference: { bytes: number; files: number }, now: number): Promise<void> {
    return this.#database.write((sql) => {
      const stored = selectStored(sql, tenantId);
      const bytes = Math.max(0, stored.bytes + difference.bytes);
      setStored(sql, tenantId, { bytes, files: Math.max(0, stored.files + difference.files), countedAt: now });
    });
  }

  openUpload(upload: WaitingUpload, max: number): Promise<boolean> {
    const { tenantId, key, openedAt, expiresAt, etagBefore, sizeBefore } = upload;
    return this.#database.write((sql) => {
      const statement = 'SELECT COUNT(*) AS waiting FROM uploads WHERE tenant_id = ? AND expires_at > ? AND key <> ?';
      // biome-ignore lint/style/noNonNullAssertion: COUNT always has a row
      const { waiting } = sql.one<{ waiting: number }>(statement, tenantId, openedAt, key)!;
      if (waiting >= max) return false;
      sql.run(
        'INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?)',
        tenantId,
        key,
        openedAt,
        expiresAt,
        etagBefore,
        sizeBefore,
      );
      return true;
    });
  }

  async listUploads(tenantId: string): Promise<WaitingUpload[]> {
    const statement = 'SELECT * FROM uploads WHERE tenant_id = ?';
    return (await this.#database.read((sql) => sql.all<UploadRow>(statement, tenantId))).map(toUpload);
  }

  closeUpload(tenantId: string, key: string): Promise<boolean> {
    const statement = 'DELETE FROM uploads WHERE tenant_id = ? AND key = ?';
    return this.#database.write((sql) => sql.run(statement, tenantId, key) === 1);
  }

  removeUploads(tenantId: string, expiredBefore: number): Promise<number> {
    const statement = 'DELETE FROM uploads WHERE tenant_id = ? AND expires_at < ?';
    return this.#database.write((sql) => sql.run(statement, tenantId, expiredBefore));
  }

  countVersions(tenantId: string): Promise<number> {
    return this.#database.read((sql) => countVersions(sql, tenantId));
  }
}

function selectStored(sql: Sql, tenantId: string): Stored {
  const statement = 'SELECT bytes, files, counted_at FROM stored_bytes WHERE tenant_id = ?';
  const row = sql.one<{ bytes: number; files: number; counted_at: number | null }>(statement, tenantId);
  return { bytes: row?.bytes ?? 0, files: row?.files ?? 0, countedAt: row?.counted_at ?? null };
}

function setStored(sql: Sql, tenantId: string, { bytes, files, countedAt }: Stored): void {
  const statement = 'INSERT OR REPLACE INTO stored_bytes (tenant_id, bytes, files, counted_at) VALUES (?, ?, ?, ?)';
  sql.run(statement, tenantId, bytes, files, countedAt);
}

function toUpload(row: UploadRow): WaitingUpload {
  return {
    tenantId: row.tenant_id,
    key: row.key,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
    etagBefore: row.etag_before,
    sizeBefore: row.size_before,
  };
}
