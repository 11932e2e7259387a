/**
 * The two DynamoDB tables that a deployment must create: keys, indexes, TTL. A test compares the CloudFormation template
 * with this file, and tests create their tables from it. Items that are not a run or a tenant have a prefix and a `#` in
 * their key, which no id has, and lack the attributes of the indexes.
 */

interface Index {
  partition: string;
  sort: string;
  /** The whole item, or only its keys. */
  projection: 'ALL' | 'KEYS_ONLY';
}

export interface TableDefinition {
  partition: string;
  sort: string | null;
  indexes: Readonly<Record<string, Index>>;
  /** Seconds since 1970. DynamoDB removes the item at some time after that; readers do not rely on it. */
  ttl: string;
  /** Key attributes that are numbers; all others are strings. */
  numbers: readonly string[];
}

/**
 * Runs by `run_id`. `slot#<tenant>` names a tenant's active run, `idempotency#<tenant>#<hash>` the run of a request.
 * `requested_key` is the request's time and the run's id, so an index on it has the runs in order. An active run has
 * `due_at`. While it is queued, that is when its message was last sent; while it is running, the end of its lease, or the
 * time when its message was sent after that.
 */
export const RUNS_TABLE = {
  partition: 'run_id',
  sort: null,
  indexes: {
    by_tenant: { partition: 'tenant_id', sort: 'requested_key', projection: 'ALL' },
    by_tenant_status: { partition: 'tenant_status', sort: 'requested_key', projection: 'ALL' },
    by_status: { partition: 'status', sort: 'requested_key', projection: 'ALL' },
    by_due: { partition: 'due_status', sort: 'due_at', projection: 'KEYS_ONLY' },
  },
  ttl: 'expires_at',
  numbers: ['due_at'],
} as const satisfies TableDefinition;

/**
 * Configs by tenant and version, from 1. `key#<hash>` at 0 is an API key by its hash; `keys#<tenant>` holds a tenant's
 * keys by creation time. Only each tenant's first version has `directory`, which is the same for all.
 */
export const TENANTS_TABLE = {
  partition: 'tenant_id',
  sort: 'config_version',
  indexes: {
    by_directory: { partition: 'directory', sort: 'tenant_id', projection: 'KEYS_ONLY' },
  },
  ttl: 'expires_at',
  numbers: ['config_version'],
} as const satisfies TableDefinition;
