/**
 * The two DynamoDB tables: keys, indexes and what else a deployment must make. The CloudFormation template is held to this
 * file, and tests make their tables from it. Items that belong to no run or tenant have keys with a prefix and a `#`, which
 * no id has, and lack the attributes of the indexes.
 */

interface Index {
  partition: string;
  sort: string;
  /** The whole item, or its keys alone. */
  projection: 'ALL' | 'KEYS_ONLY';
}

export interface TableDefinition {
  partition: string;
  sort: string | null;
  indexes: Readonly<Record<string, Index>>;
  /** Seconds since 1970 after which DynamoDB removes an item some time; readers do not count on it. */
  ttl: string;
  /** Attributes of keys that are numbers; all others are strings. */
  numbers: readonly string[];
}

/**
 * Runs at `run_id`. `slot#<tenant>` names a tenant's active run, `idempotency#<tenant>#<hash>` the run of a request.
 * `requested_key` is the time of the request and the run's id, so that an index on it has runs in order. An active run has
 * `due_at`: when its message was last sent while it is queued; while it is running, the end of its lease, or when its message was
 * sent after that.
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
 * A config at its tenant and version, from 1. `key#<hash>` at 0 is an API key by its hash; `keys#<tenant>` has a tenant's
 * keys, by the time they were made. The first version of each tenant alone has `directory`, the same for all.
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
