/** A correct tenant store in memory, and ones that each break one promise. */
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
import type { TenantSubject } from '../tenant-store.ts';

export class MemoryTenantStore implements TenantStore {
  /** The configs of each tenant, as JSON, from version 1. */
  protected readonly configs = new Map<string, TenantConfigRecord[]>();
  protected readonly keys: KeyRecord[] = [];

  async create(tenantId: string, config: unknown, now: number, keyId?: string): Promise<'created' | 'exists'> {
    if (this.configs.has(tenantId)) return 'exists';
    const record = { config: JSON.stringify(config), createdAt: now, keyId: keyId ?? null };
    this.configs.set(tenantId, [{ tenantId, configVersion: 1, ...record }]);
    return 'created';
  }

  async putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    { expectedVersion, versionsMax, keyId }: PutConfigOptions = {},
  ): Promise<PutConfigResult | null> {
    const all = this.configs.get(tenantId);
    if (all === undefined) return null;
    if (expectedVersion !== undefined && expectedVersion !== all.length) {
      return { status: 'conflict', configVersion: all.length };
    }
    if (all.length >= (versionsMax ?? Number.POSITIVE_INFINITY)) return { status: 'full', configVersion: all.length };
    const record = { config: JSON.stringify(config), createdAt: now, keyId: keyId ?? null };
    all.push({ tenantId, configVersion: all.length + 1, ...record });
    return { status: 'stored', configVersion: all.length };
  }

  async get(tenantId: string): Promise<TenantRecord | null> {
    const all = this.configs.get(tenantId);
    if (all === undefined) return null;
    const [createdAt, updatedAt] = [all[0]!.createdAt, all.at(-1)!.createdAt];
    return { tenantId, configVersion: all.length, createdAt, updatedAt };
  }

  async getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null> {
    const record = this.configs.get(tenantId)?.at((version ?? 0) - 1);
    return record === undefined ? null : { ...record, config: JSON.parse(record.config as string) };
  }

  async list(cursor?: string | null, limit = 100) {
    const ids = [...this.configs.keys()].sort().filter((id) => id > (cursor ?? ''));
    const tenants = (await Promise.all(ids.slice(0, limit).map((id) => this.get(id)))).filter((one) => one !== null);
    return { tenants, next: ids.length > limit ? ids[limit - 1]! : null };
  }

  async addKey(key: KeyRecord, limits?: KeyLimits): Promise<boolean> {
    if (this.isFull(key, limits)) return false;
    if (this.keys.some((one) => one.hash === key.hash)) throw new Error('the hash is taken');
    this.keys.push({ ...key });
    return true;
  }

  protected isFull({ tenantId, kind }: KeyRecord, limits: KeyLimits | undefined): boolean {
    const keys = this.keys.filter((one) => one.tenantId === tenantId && one.kind === kind);
    const active = keys.filter((one) => one.revokedAt === null).length;
    return limits !== undefined && (active >= limits.active || keys.length >= limits.all);
  }

  async findKey(hash: string, kind: KeyKind): Promise<KeyRecord | null> {
    return structuredClone(this.keys.find((one) => one.hash === hash && one.kind === kind) ?? null);
  }

  async listKeys(tenantId: string, kind: KeyKind): Promise<KeyRecord[]> {
    return structuredClone(this.keys.filter((one) => one.tenantId === tenantId && one.kind === kind));
  }

  async countKeys(tenantId: string, kind: KeyKind): Promise<number> {
    return (await this.listKeys(tenantId, kind)).filter((one) => one.revokedAt === null).length;
  }

  async revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean> {
    const key = this.active(tenantId, kind, keyId);
    if (key !== undefined) key.revokedAt = now;
    return key !== undefined;
  }

  protected active(tenantId: string, kind: KeyKind, keyId: string): KeyRecord | undefined {
    const isIt = (one: KeyRecord) => one.tenantId === tenantId && one.kind === kind && one.keyId === keyId;
    return this.keys.find((one) => isIt(one) && one.revokedAt === null);
  }

  async check(): Promise<void> {}
}

class OpensEverythingWithALink extends MemoryTenantStore {
  override async findKey(hash: string) {
    return structuredClone(this.keys.find((one) => one.hash === hash) ?? null);
  }
}

class CountsAllKinds extends MemoryTenantStore {
  protected override isFull({ tenantId }: KeyRecord, limits: KeyLimits | undefined): boolean {
    const active = this.keys.filter((one) => one.tenantId === tenantId && one.revokedAt === null).length;
    return limits !== undefined && active >= limits.active;
  }
}

class ListsAllKinds extends MemoryTenantStore {
  override async listKeys(tenantId: string) {
    return structuredClone(this.keys.filter((one) => one.tenantId === tenantId));
  }
}

class CountsKeysThatAreListed extends MemoryTenantStore {
  override async countKeys(tenantId: string, kind: KeyKind) {
    return (await this.listKeys(tenantId, kind)).length;
  }
}

class RevokesAnyKind extends MemoryTenantStore {
  override async revokeKey(tenantId: string, _kind: KeyKind, keyId: string, now: number) {
    const revoked = await super.revokeKey(tenantId, 'api', keyId, now);
    return revoked || super.revokeKey(tenantId, 'feed', keyId, now);
  }
}

class KeepsOneKeyATime extends MemoryTenantStore {
  override async addKey(key: KeyRecord) {
    const at = this.keys.findIndex((one) => one.tenantId === key.tenantId && one.createdAt === key.createdAt);
    if (at >= 0) this.keys.splice(at, 1);
    return super.addKey(key);
  }
}

class RevokesInTwoSteps extends MemoryTenantStore {
  override async revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number) {
    const key = this.active(tenantId, kind, keyId);
    await null;
    if (key !== undefined) key.revokedAt = now;
    return key !== undefined;
  }
}

class IgnoresTheExpectedVersion extends MemoryTenantStore {
  override putConfig(tenantId: string, config: unknown, now: number) {
    return super.putConfig(tenantId, config, now);
  }
}

class KeepsTheNewestOnly extends MemoryTenantStore {
  override async getConfig(tenantId: string) {
    return super.getConfig(tenantId);
  }
}

/** Says of every version that the newest one's key wrote it. */
class NamesTheNewestKey extends MemoryTenantStore {
  override async getConfig(tenantId: string, version?: number) {
    const newest = await super.getConfig(tenantId);
    const found = await super.getConfig(tenantId, version);
    return found === null ? null : { ...found, keyId: newest?.keyId ?? null };
  }
}

class OverwritesTenants extends MemoryTenantStore {
  override async create(tenantId: string, config: unknown, now: number, keyId?: string) {
    this.configs.delete(tenantId);
    return super.create(tenantId, config, now, keyId);
  }
}

class RevokesForAnyone extends MemoryTenantStore {
  override async revokeKey(_tenantId: string, _kind: KeyKind, keyId: string, now: number) {
    const key = this.keys.find((one) => one.keyId === keyId && one.revokedAt === null);
    if (key !== undefined) key.revokedAt = now;
    return key !== undefined;
  }
}

class ListsAllKeys extends MemoryTenantStore {
  override async listKeys() {
    return structuredClone(this.keys);
  }
}

class ListsOnePage extends MemoryTenantStore {
  override async list(cursor?: string | null, limit?: number) {
    return { ...(await super.list(cursor, limit)), next: null };
  }
}

/** Reads the newest version and writes the next one in two steps. */
class LosesUpdates extends MemoryTenantStore {
  override async putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    { expectedVersion, keyId }: PutConfigOptions = {},
  ): Promise<PutConfigResult | null> {
    const all = this.configs.get(tenantId);
    if (all === undefined) return null;
    const newest = all.length;
    if (expectedVersion !== undefined && expectedVersion !== newest) {
      return { status: 'conflict', configVersion: newest };
    }
    await null;
    const record = { config: JSON.stringify(config), createdAt: now, keyId: keyId ?? null };
    all[newest] = { tenantId, configVersion: newest + 1, ...record };
    return { status: 'stored', configVersion: newest + 1 };
  }
}

/** Counts in one step and adds in another. */
class CountsKeysFirst extends MemoryTenantStore {
  override async addKey(key: KeyRecord, limits?: KeyLimits) {
    if (this.isFull(key, limits)) return false;
    await null;
    return super.addKey(key);
  }
}

class CountsRevokedKeys extends MemoryTenantStore {
  override addKey(key: KeyRecord, limits?: KeyLimits) {
    return super.addKey(key, limits && { ...limits, all: Math.min(limits.all, limits.active) });
  }
}

class CountsVersionsFirst extends MemoryTenantStore {
  override async putConfig(tenantId: string, config: unknown, now: number, conditions: PutConfigOptions = {}) {
    const { versionsMax = Number.POSITIVE_INFINITY, ...others } = conditions;
    const kept = this.configs.get(tenantId)?.length ?? 0;
    await null;
    if (kept >= versionsMax) return { status: 'full' as const, configVersion: kept };
    return super.putConfig(tenantId, config, now, others);
  }
}

export function tenantSubject(store: TenantStore): TenantSubject {
  return { store, peer: async () => store, close: () => undefined };
}

/** Broken doubles by their mistake, each with a case that must fail. */
export const TENANT_DOUBLES: Readonly<Record<string, [make: () => TenantStore, foundBy: string]>> = {
  'keys at once exceed their limit': [
    () => new CountsKeysFirst(),
    'of many keys at once a tenant gets no more than it may have',
  ],
  'revoked keys take the place of others': [
    () => new CountsRevokedKeys(),
    'a revoked key makes room for another, until there are too many of all',
  ],
  'versions at once exceed their limit': [
    () => new CountsVersionsFirst(),
    'of many configs at once a tenant gets no more versions than it may have',
  ],
  'the expected version is ignored': [
    () => new IgnoresTheExpectedVersion(),
    'with an expected version nothing is overwritten that was not seen',
  ],
  'keys of one time overwrite each other': [
    () => new KeepsOneKeyATime(),
    'keys that are made at once, within a millisecond, are all kept; of revokes at once one counts',
  ],
  'revokes at once all count': [
    () => new RevokesInTwoSteps(),
    'keys that are made at once, within a millisecond, are all kept; of revokes at once one counts',
  ],
  'old versions are lost': [() => new KeepsTheNewestOnly(), 'each config is a new version, and the old ones stay'],
  'a version names the key of another': [
    () => new NamesTheNewestKey(),
    'each version of a config names the key that wrote it, if one was given',
  ],
  'a tenant is created over another': [
    () => new OverwritesTenants(),
    'a tenant is created once, also by several at once',
  ],
  'a link opens all of the API': [
    () => new OpensEverythingWithALink(),
    'a key of one kind is found, listed, counted and revoked as that kind alone',
  ],
  'links take the place of keys': [
    () => new CountsAllKinds(),
    'a key of one kind is found, listed, counted and revoked as that kind alone',
  ],
  'links are listed with keys': [
    () => new ListsAllKinds(),
    'a key of one kind is found, listed, counted and revoked as that kind alone',
  ],
  'revoked keys are counted': [
    () => new CountsKeysThatAreListed(),
    'keys are counted by tenant and kind, without revoked ones',
  ],
  'a key is revoked with a link': [
    () => new RevokesAnyKind(),
    'a key of one kind is found, listed, counted and revoked as that kind alone',
  ],
  'another tenant’s key is revoked': [
    () => new RevokesForAnyone(),
    'a key is revoked once, by its own tenant, and stays to be seen',
  ],
  'another tenant’s keys are listed': [
    () => new ListsAllKeys(),
    'a key is found by its hash, and listed for its tenant alone',
  ],
  'a list has one page': [() => new ListsOnePage(), 'all tenants are listed once, in code point order, over pages'],
  'configs at once overwrite each other': [
    () => new LosesUpdates(),
    'configs that come at once become versions one after the other',
  ],
};
