/**
 * What each tenant uses, in the tenants table. `usage#<tenant>` at 0 holds the stored bytes. `uploads#<tenant>` holds the uploads
 * that may still come, at places of their own, and at 0 a count of changes: an upload is noted only if no other one was noted
 * since they were counted.
 */
import { RelayError } from '../../core/errors.ts';
import type { StoredBytes, UsageStore, WaitingUpload } from '../../core/ports/service/upkeep.ts';
import { ConfigVersions } from './config-versions.ts';
import { type Item, nextCount, type Table } from './table.ts';

const usageKey = (tenantId: string): Item => ({ tenant_id: `usage#${tenantId}`, config_version: 0 });
const uploadKey = (tenantId: string, place: number): Item => ({
  tenant_id: `uploads#${tenantId}`,
  config_version: place,
});

/** How often a change is tried when others come at the same time. */
const ATTEMPTS = 100;
/** The place of the item that counts changes. */
const COUNT = 0;
/** Maximum uploads of a tenant that are looked at. */
const UPLOADS_MAX = 10_000;
/** The time after which DynamoDB removes uploads that no sweep has removed. */
const REMOVED_AFTER_SECONDS = 7 * 24 * 3600;

export class AwsUsageStore implements UsageStore {
  readonly #table: Table;
  readonly #versions: ConfigVersions;

  constructor(table: Table) {
    this.#table = table;
    this.#versions = new ConfigVersions(table);
  }

  async storedBytes(tenantId: string): Promise<StoredBytes> {
    const item = await this.#table.get(usageKey(tenantId));
    return { bytes: (item?.stored_bytes ?? 0) as number, countedAt: (item?.counted_at ?? null) as number | null };
  }

  async addStored(tenantId: string, bytes: number, max?: number): Promise<boolean> {
    return this.#changeStored(tenantId, {}, (before) => {
      const sum = Math.max(0, before + bytes);
      return bytes > 0 && max !== undefined && sum > max ? null : sum;
    });
  }

  async correctStored(tenantId: string, difference: number, now: number): Promise<void> {
    await this.#changeStored(tenantId, { counted_at: now }, (before) => Math.max(0, before + difference));
  }

  async openUpload(upload: WaitingUpload, max: number): Promise<boolean> {
    const { tenantId, key, openedAt } = upload;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const items = await this.#items(tenantId);
      const uploads = items.filter((one) => one.key !== undefined);
      const others = uploads.filter((one) => one.key !== key && isWaiting(one) && (one.ends_at as number) > openedAt);
      if (others.length >= max) return false;
      const same = uploads.find((one) => one.key === key)?.config_version as number | undefined;
      const place = same ?? openedAt * 1000 + Math.floor(Math.random() * 1000);
      const own = { expression: '(attribute_not_exists(#tenant_id) OR #key = :key)', values: { key } };
      const failed = await this.#table.transact([
        { put: { ...uploadKey(tenantId, place), ...itemOf(upload) }, condition: own },
        nextCount(uploadKey(tenantId, COUNT), items.find((one) => one.config_version === COUNT)?.count),
      ]);
      if (failed.length === 0) return true;
    }
    throw busy(tenantId);
  }

  async listUploads(tenantId: string): Promise<WaitingUpload[]> {
    const items = (await this.#items(tenantId)).filter((one) => one.key !== undefined && isWaiting(one));
    return items.map((item) => ({
      tenantId,
      key: item.key as string,
      openedAt: item.opened_at as number,
      expiresAt: item.ends_at as number,
      etagBefore: (item.etag_before ?? null) as string | null,
      sizeBefore: item.size_before as number,
    }));
  }

  /** Only marks it: the API has no permission to delete here. */
  async closeUpload(tenantId: string, key: string): Promise<boolean> {
    const item = (await this.#items(tenantId)).find((one) => one.key === key && isWaiting(one));
    if (item === undefined) return false;
    const condition = {
      expression: '#key = :key AND #opened_at = :opened_at AND attribute_not_exists(#is_closed)',
      values: { key, opened_at: item.opened_at },
    };
    const place = uploadKey(tenantId, item.config_version as number);
    return (await this.#table.update(place, { is_closed: true }, condition)).done;
  }

  async removeUploads(tenantId: string, expiredBefore: number): Promise<number> {
    const old = (await this.#items(tenantId)).filter(
      (one) => one.key !== undefined && (!isWaiting(one) || (one.ends_at as number) < expiredBefore),
    );
    for (const item of old) {
      const remove = uploadKey(tenantId, item.config_version as number);
      // another upload may have taken its place
      const condition = { expression: '#opened_at = :opened_at', values: { opened_at: item.opened_at } };
      await this.#table.transact([{ remove, condition }]);
    }
    return old.length;
  }

  countVersions(tenantId: string): Promise<number> {
    return this.#versions.count(tenantId);
  }

  /** Reads, then writes on the condition that nothing has changed. `next` returns null to change nothing. */
  async #changeStored(tenantId: string, also: Item, next: (before: number) => number | null): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = (await this.#table.get(usageKey(tenantId)))?.stored_bytes as number | undefined;
      const after = next(before ?? 0);
      if (after === null) return false;
      const condition =
        before === undefined
          ? { expression: 'attribute_not_exists(#stored_bytes)' }
          : { expression: '#stored_bytes = :before', values: { before } };
      if ((await this.#table.update(usageKey(tenantId), { stored_bytes: after, ...also }, condition)).done) return true;
    }
    throw busy(tenantId);
  }

  #items(tenantId: string): Promise<Item[]> {
    const condition = { expression: '#tenant_id = :uploads', values: { uploads: uploadKey(tenantId, 0).tenant_id } };
    return this.#table.query({ condition, limit: UPLOADS_MAX });
  }
}

function isWaiting(item: Item): boolean {
  return item.is_closed === undefined;
}

function itemOf({ key, openedAt, expiresAt, etagBefore, sizeBefore }: WaitingUpload): Item {
  return {
    key,
    opened_at: openedAt,
    ends_at: expiresAt,
    etag_before: etagBefore,
    size_before: sizeBefore,
    expires_at: Math.ceil(expiresAt / 1000) + REMOVED_AFTER_SECONDS,
  };
}

function busy(tenantId: string): RelayError {
  const message = `the usage of tenant ${tenantId} is written by too many at once; try again`;
  return new RelayError('store_busy', message, { recovery: 'retry' });
}
