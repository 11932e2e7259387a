/**
 * What each tenant uses, in the tenants table. `usage#<tenant>` at 0 holds the stored bytes. `uploads#<tenant>` holds the uploads
 * that may still come, at places of their own, and at 0 a count of changes: an upload is noted only if no other one was noted
 * since they were counted.
 */
import { RelayError } from '../../core/errors.ts';
import type { Stored, UsageStore, WaitingUpload } from '../../core/ports/service/upkeep.ts';
import { ConfigVersions } from './config-versions.ts';
import { type Item, nextCount, type Table, type WriteCondition } from './table.ts';

const usageKey = (tenantId: string): Item => ({ tenant_id: `usage#${tenantId}`, config_version: 0 });
const uploadKey = (tenantId: string, place: number): Item => ({
  tenant_id: `uploads#${tenantId}`,
  config_version: place,
});

/** How often a change is tried when others come at the same time. */
const ATTEMPTS = 100;
/** The place of the item that counts changes. */
const COUNT = 0;
/** Uploads that have not arrived; the item that counts changes has no key. */
const WAITING = { expression: 'attribute_exists(#key) AND attribute_not_exists(#is_closed)' };
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

  async storedBytes(tenantId: string): Promise<Stored> {
    return storedOf(await this.#table.get(usageKey(tenantId)));
  }

  addStored(tenantId: string, bytes: number, max?: number): Promise<boolean> {
    return this.#changeStored(tenantId, ({ bytes: before }) => {
      const sum = added(before, bytes, max);
      return sum === null ? null : { stored_bytes: sum };
    });
  }

  addFiles(tenantId: string, files: number, max?: number): Promise<boolean> {
    return this.#changeStored(tenantId, ({ files: before }) => {
      const sum = added(before, files, max);
      return sum === null ? null : { stored_files: sum };
    });
  }

  async correctStored(tenantId: string, difference: { bytes: number; files: number }, now: number): Promise<void> {
    await this.#changeStored(tenantId, ({ bytes, files }) => ({
      stored_bytes: added(bytes, difference.bytes),
      stored_files: added(files, difference.files),
      counted_at: now,
    }));
  }

  async openUpload(upload: WaitingUpload, max: number): Promise<boolean> {
    const { tenantId, key, openedAt } = upload;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await this.#table.get(uploadKey(tenantId, COUNT));
      const waiting = await this.#items(tenantId, {
        expression: '(attribute_not_exists(#is_closed) AND #ends_at > :opened_at) OR #key = :key',
        values: { opened_at: openedAt, key },
      });
      const others = waiting.filter((one) => one.key !== key);
      if (others.length >= max) return false;
      const same = waiting.find((one) => one.key === key)?.config_version as number | undefined;
      const place = same ?? openedAt * 1000 + Math.floor(Math.random() * 1000);
      const own = { expression: '(attribute_not_exists(#tenant_id) OR #key = :key)', values: { key } };
      const failed = await this.#table.transact([
        { put: { ...uploadKey(tenantId, place), ...itemOf(upload) }, condition: own },
        nextCount(uploadKey(tenantId, COUNT), before?.count),
      ]);
      if (failed.length === 0) return true;
    }
    throw busy(tenantId);
  }

  async listUploads(tenantId: string): Promise<WaitingUpload[]> {
    const items = await this.#items(tenantId, WAITING);
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
    const filter = { expression: `${WAITING.expression} AND #key = :key`, values: { key } };
    const [item] = await this.#items(tenantId, filter);
    if (item === undefined) return false;
    const condition = {
      expression: '#key = :key AND #opened_at = :opened_at AND attribute_not_exists(#is_closed)',
      values: { key, opened_at: item.opened_at },
    };
    const place = uploadKey(tenantId, item.config_version as number);
    return (await this.#table.update(place, { is_closed: true }, condition)).done;
  }

  async removeUploads(tenantId: string, expiredBefore: number): Promise<number> {
    const old = await this.#items(tenantId, {
      expression: 'attribute_exists(#key) AND (attribute_exists(#is_closed) OR #ends_at < :before)',
      values: { before: expiredBefore },
    });
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
  async #changeStored(tenantId: string, next: (before: Stored) => Item | null): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await this.#table.get(usageKey(tenantId));
      const change = next(storedOf(before));
      if (change === null) return false;
      if ((await this.#table.update(usageKey(tenantId), change, isStill(before))).done) return true;
    }
    throw busy(tenantId);
  }

  /** Only those that are needed come from DynamoDB: a tenant may have uploaded thousands since the last sweep. */
  #items(tenantId: string, filter: WriteCondition): Promise<Item[]> {
    const condition = { expression: '#tenant_id = :uploads', values: { uploads: uploadKey(tenantId, 0).tenant_id } };
    return this.#table.query({ condition, filter, limit: UPLOADS_MAX });
  }
}

/** What an item of usage says; null if there is none yet. */
function storedOf(item: Item | null): Stored {
  const number = (name: string) => (item?.[name] ?? null) as number | null;
  return { bytes: number('stored_bytes') ?? 0, files: number('stored_files') ?? 0, countedAt: number('counted_at') };
}

/** Null if the sum would be larger than may be. */
function added(before: number, more: number, max = Number.POSITIVE_INFINITY): number | null {
  const sum = Math.max(0, before + more);
  return more > 0 && sum > max ? null : sum;
}

/** The condition that both counters are those of the item. */
function isStill(item: Item | null) {
  const values: Item = {};
  const expressions = ['stored_bytes', 'stored_files'].map((name) => {
    const value = item?.[name];
    if (value === undefined) return `attribute_not_exists(#${name})`;
    values[name] = value;
    return `#${name} = :${name}`;
  });
  return { expression: expressions.join(' AND '), values };
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
