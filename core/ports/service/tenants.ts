/** The port for tenants, the versions of their configs, and their keys. Times are milliseconds since 1970, given by the caller. */

export interface TenantRecord {
  tenantId: string;
  /** The version of the newest config, from 1. */
  configVersion: number;
  createdAt: number;
  updatedAt: number;
}

export interface TenantConfigRecord {
  tenantId: string;
  configVersion: number;
  /** As the tenant wrote it. */
  config: unknown;
  createdAt: number;
  /** The key that wrote it; null if an earlier release did. */
  keyId: string | null;
}

/** What a key opens: `api` all of its tenant, `feed` the published feed alone, as part of an address. */
export type KeyKind = 'api' | 'feed';

/** A tenant's key. The key itself is never stored: `hash` is its SHA-256 in lower-case hexadecimal. */
export interface KeyRecord {
  keyId: string;
  tenantId: string;
  kind: KeyKind;
  hash: string;
  /** The tenant's name for it. */
  name: string | null;
  createdAt: number;
  revokedAt: number | null;
}

export interface PutConfigConditions {
  /** The version that must be the newest; otherwise `conflict`. */
  expectedVersion?: number;
  /** How many versions may be kept; otherwise `full`. */
  versionsMax?: number;
}

export interface PutConfigOptions extends PutConfigConditions {
  /** The key that writes it. */
  keyId?: string | undefined;
}

export type PutConfigResult =
  | { status: 'stored'; configVersion: number }
  /** With the newest version. */
  | { status: 'conflict'; configVersion: number }
  | { status: 'full'; configVersion: number };

/** How many keys of one kind a tenant may have. */
export interface KeyLimits {
  active: number;
  /** Revoked ones included. */
  all: number;
}

export interface TenantStore {
  /** Creates the tenant with config version 1; `exists` if there is one already. */
  create(tenantId: string, config: unknown, now: number, keyId?: string): Promise<'created' | 'exists'>;
  /** Stores a new version. Null if there is no tenant. */
  putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    options?: PutConfigOptions,
  ): Promise<PutConfigResult | null>;
  get(tenantId: string): Promise<TenantRecord | null>;
  /** A version of the config, by default the newest. */
  getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null>;
  list(cursor?: string | null, limit?: number): Promise<{ tenants: TenantRecord[]; next: string | null }>;
  /** With limits, in one atomic step: false if the tenant has that many keys of the kind already. */
  addKey(key: KeyRecord, limits?: KeyLimits): Promise<boolean>;
  /** By hash; finds revoked keys too, and never one of another kind. */
  findKey(hash: string, kind: KeyKind): Promise<KeyRecord | null>;
  listKeys(tenantId: string, kind: KeyKind): Promise<KeyRecord[]>;
  /** How many keys of the kind are not revoked. Costs less than to list them. */
  countKeys(tenantId: string, kind: KeyKind): Promise<number>;
  /** False if the tenant has no such key of this kind or it is already revoked. */
  revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean>;
  check(): Promise<void>;
}
