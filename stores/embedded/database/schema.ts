/** The tables of the embedded database, as migrations. Never change a released migration: add a new one. */

export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tenants (
    tenant_id TEXT PRIMARY KEY,
    config_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tenant_configs (
    tenant_id TEXT NOT NULL,
    config_version INTEGER NOT NULL,
    config TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, config_version)
  ) STRICT;
  CREATE TABLE api_keys (
    key_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    name TEXT,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (tenant_id, key_id)
  ) STRICT;

  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    config_version INTEGER NOT NULL,
    vendors TEXT NOT NULL,
    force INTEGER NOT NULL,
    status TEXT NOT NULL,
    stage TEXT,
    attempt INTEGER NOT NULL,
    lease_until INTEGER,
    worker_id TEXT,
    cancel_requested INTEGER NOT NULL,
    requested_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    sent_at INTEGER NOT NULL,
    failed_stage TEXT,
    error_code TEXT,
    error_message TEXT,
    artifacts TEXT NOT NULL
  ) STRICT;
  -- a tenant's one slot: while a run is active, no second one can be inserted; ending it frees the slot
  CREATE UNIQUE INDEX runs_active ON runs (tenant_id) WHERE status IN ('QUEUED', 'RUNNING');
  CREATE INDEX runs_by_time ON runs (requested_at, run_id);
  CREATE INDEX runs_by_tenant ON runs (tenant_id, requested_at, run_id);
  CREATE INDEX runs_by_status ON runs (status, requested_at, run_id);
  CREATE TABLE idempotency_keys (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    run_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
  ) STRICT;
  CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);

  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL,
    receipt TEXT UNIQUE,
    dead INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX messages_by_time ON messages (dead, visible_at);
  `,
  `
  ALTER TABLE runs ADD COLUMN counts TEXT;
  ALTER TABLE runs ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE runs ADD COLUMN progress TEXT;
  `,
  `
  CREATE TABLE stored_bytes (
    tenant_id TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    counted_at INTEGER
  ) STRICT;
  CREATE TABLE uploads (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    etag_before TEXT,
    size_before INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
  ) STRICT;
  -- runs that are gone, and whose objects may still be there
  CREATE TABLE expired_runs (
    run_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    expired_at INTEGER NOT NULL
  ) STRICT;
  -- one row: who removes what has expired, and where it goes on
  CREATE TABLE retention_turn (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    holder TEXT,
    held_until INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT
  ) STRICT;
  `,
  `
  ALTER TABLE runs ADD COLUMN force_reason TEXT;
  `,
  `
  ALTER TABLE api_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'api';
  `,
  `
  ALTER TABLE runs ADD COLUMN outage TEXT;
  `,
  `
  ALTER TABLE tenant_configs ADD COLUMN key_id TEXT;
  `,
  `
  -- without it, a list of one tenant's runs by status reads those of all tenants
  CREATE INDEX runs_by_tenant_status ON runs (tenant_id, status, requested_at, run_id);
  `,
  `
  -- keys are counted for each view of a tenant, and before one is added
  CREATE INDEX api_keys_by_kind ON api_keys (tenant_id, kind, revoked_at);
  `,
  `
  -- uploads from before are counted with the next daily count
  ALTER TABLE stored_bytes ADD COLUMN files INTEGER NOT NULL DEFAULT 0;
  `,
];
