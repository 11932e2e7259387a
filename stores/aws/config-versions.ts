/**
 * Counts and removes versions of a config. `versions#<tenant>` at 0 holds the number that is kept, and changes in one
 * transaction with the versions. A tenant without that item has never lost a version.
 */
import type { Item, Table, Write } from './table.ts';

const countKey = (tenantId: string): Item => ({ tenant_id: `versions#${tenantId}`, config_version: 0 });

/** How often a removal is tried while new versions are written. */
const REMOVE_ATTEMPTS = 20;

export class ConfigVersions {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Null if the number was never written: then all versions are kept. */
  async kept(tenantId: string): Promise<number | null> {
    return ((await this.#table.get(countKey(tenantId)))?.kept ?? null) as number | null;
  }

  async count(tenantId: string): Promise<number> {
    const kept = await this.kept(tenantId);
    return kept ?? (await this.#newest(tenantId));
  }

  /** The part of a transaction that changes the number. It fails if that has changed since. */
  changed(tenantId: string, from: number | null, to: number): Write {
    const condition =
      from === null
        ? { expression: 'attribute_not_exists(#kept)' }
        : { expression: '#kept = :kept', values: { kept: from } };
    return { key: countKey(tenantId), change: { kept: to }, condition };
  }

  async list(tenantId: string, after: number, limit: number) {
    const condition = {
      expression: '#tenant_id = :tenant AND #config_version > :after',
      values: { tenant: tenantId, after },
    };
    const items = await this.#table.query({ condition, limit });
    return items
      .filter((item) => item.config !== undefined)
      .map((item) => ({ configVersion: item.config_version as number, createdAt: item.created_at as number }));
  }

  async remove(tenantId: string, version: number): Promise<boolean> {
    for (let attempt = 0; attempt < REMOVE_ATTEMPTS; attempt++) {
      const kept = await this.kept(tenantId);
      const newest = await this.#newest(tenantId);
      if (version >= newest) return false;
      const key = { tenant_id: tenantId, config_version: version };
      const condition = { expression: 'attribute_exists(#config)' };
      // the first version has the tenant's entry in the directory
      const removal: Write =
        version === 1 ? { key, change: { config: null, is_removed: true }, condition } : { remove: key, condition };
      const failed = await this.#table.transact([removal, this.changed(tenantId, kept, (kept ?? newest) - 1)]);
      if (failed.length === 0) return true;
      if (failed.includes(0)) return false;
    }
    return false;
  }

  /** 0 if there is no tenant. */
  async #newest(tenantId: string): Promise<number> {
    const condition = { expression: '#tenant_id = :tenant', values: { tenant: tenantId } };
    const [item] = await this.#table.query({ condition, descending: true, limit: 1 });
    return (item?.config_version ?? 0) as number;
  }
}
