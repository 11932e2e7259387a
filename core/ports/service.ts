/**
 * What the service keeps and passes on: objects, tenants, runs, jobs, metrics. `stores/` has two families of each, embedded
 * and AWS, and both pass one contract suite per port. Times are milliseconds since 1970, handed in by the caller.
 *
 * An environment that fails throws a `RelayError` with recovery `retry`; what callers must expect is in the results.
 */

import type { RunCode, Stage } from '../run-codes.ts';
import type { ByteSink } from './engine.ts';

// ---- objects ---------------------------------------------------------------------------------------------------

export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  /** Changes with the content. */
  etag: string;
  lastModified: number;
  contentType: string | null;
}

export interface ReadOptions {
  /** Only if the object still has this etag; else `precondition_failed`. */
  ifMatch?: string;
  /** First byte, and the last one, both included. */
  range?: { first: number; last: number };
}

export interface SignedPut {
  url: string;
  /** Headers that the upload must send. */
  headers: Record<string, string>;
  expiresAt: number;
}

export interface SignGetOptions {
  expiresInSeconds: number;
  /** The name that a browser saves it under. */
  filename?: string;
  contentType?: string;
}

/** Objects by key, as in S3: `/` separates folders by custom only, keys are compared in code point order. */
export interface ArtifactStore {
  /**
   * The newest object under a prefix, by time and then by the greatest key, over all pages. Keys that end in `/` do not
   * count. Null where there is none.
   */
  newest(prefix: string): Promise<ObjectInfo | null>;
  /** One page of objects under a prefix in key order, and where the next one starts. */
  list(prefix: string, cursor?: string | null, limit?: number): Promise<{ objects: ObjectInfo[]; next: string | null }>;
  /** Null where there is no such object. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Throws `not_found` and `precondition_failed`. */
  read(key: string, options?: ReadOptions): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> }>;
  /** The object appears, whole, when the sink is closed, and replaces what was there. */
  write(key: string, options?: { contentType?: string }): Promise<ByteSink>;
  /** Copies on the store's side. Throws `not_found` and `precondition_failed`. */
  copy(from: string, to: string, options?: { ifMatch?: string }): Promise<ObjectInfo>;
  /** Absolute address that reads the object until it expires, for anyone who has it. */
  signGet(key: string, options: SignGetOptions): Promise<string>;
  /** Absolute address that writes the object until it expires. */
  signPut(key: string, options: { expiresInSeconds: number; contentType?: string }): Promise<SignedPut>;
  /** Throws, saying exactly what is missing, when the store cannot be used. */
  check(): Promise<void>;
}

// ---- tenants ---------------------------------------------------------------------------------------------------

export interface TenantRecord {
  tenantId: string;
  /** The newest config's version, from 1. */
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
}

/** A tenant's API key. The key itself is never kept: `hash` is its SHA-256 in lower-case hexadecimal. */
export interface KeyRecord {
  keyId: string;
  tenantId: string;
  hash: string;
  /** What the tenant calls it. */
  name: string | null;
  createdAt: number;
  revokedAt: number | null;
}

export interface TenantStore {
  /** Version 1; `exists` when there is such a tenant already. */
  create(tenantId: string, config: unknown, now: number): Promise<'created' | 'exists'>;
  /**
   * A new version. With `expectedVersion`, only if that is the newest: else `conflict`. Null where there is no tenant.
   */
  putConfig(
    tenantId: string,
    config: unknown,
    now: number,
    expectedVersion?: number,
  ): Promise<{ status: 'stored'; configVersion: number } | { status: 'conflict'; configVersion: number } | null>;
  get(tenantId: string): Promise<TenantRecord | null>;
  /** A version of the config, the newest unless given. */
  getConfig(tenantId: string, version?: number): Promise<TenantConfigRecord | null>;
  list(cursor?: string | null, limit?: number): Promise<{ tenants: TenantRecord[]; next: string | null }>;
  addKey(key: KeyRecord): Promise<void>;
  /** By hash, revoked ones too. */
  findKey(hash: string): Promise<KeyRecord | null>;
  listKeys(tenantId: string): Promise<KeyRecord[]>;
  /** False where the tenant has no such key, or it was revoked before. */
  revokeKey(tenantId: string, keyId: string, now: number): Promise<boolean>;
  check(): Promise<void>;
}

// ---- runs ------------------------------------------------------------------------------------------------------

export type RunStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

export interface RunRecord {
  runId: string;
  tenantId: string;
  configVersion: number;
  /** The vendors of the run; empty means all. */
  vendors: string[];
  force: boolean;
  status: RunStatus;
  stage: Stage | null;
  /** Rises by one with every claim; 0 before the first. */
  attempt: number;
  /** When the worker's claim ends unless it is renewed. */
  leaseUntil: number | null;
  workerId: string | null;
  cancelRequested: boolean;
  requestedAt: number;
  /** Of the first start: the run's own clock, whatever attempt finishes it. */
  startedAt: number | null;
  finishedAt: number | null;
  /** When its message was last sent. */
  sentAt: number;
  failedStage: Stage | null;
  errorCode: RunCode | null;
  errorMessage: string | null;
  /** Keys of artifacts by their API names. */
  artifacts: Record<string, string>;
}

export interface NewRun {
  runId: string;
  tenantId: string;
  configVersion: number;
  vendors: string[];
  force: boolean;
  now: number;
  idempotency?: { key: string; bodyHash: string; expiresAt: number };
}

export type CreateRunResult =
  | { status: 'created'; run: RunRecord }
  /** The idempotency key was used before with the same body. */
  | { status: 'repeated'; run: RunRecord }
  /** The idempotency key was used before with another body. */
  | { status: 'key_reused' }
  | { status: 'tenant_busy'; activeRunId: string };

export type ClaimResult =
  | { status: 'claimed'; run: RunRecord }
  /** Another worker holds a live lease on this run. */
  | { status: 'leased'; run: RunRecord }
  /** The run has ended. */
  | { status: 'ended'; run: RunRecord }
  | { status: 'unknown' };

export interface FinishRun {
  status: 'SUCCEEDED' | 'FAILED';
  failedStage?: Stage | null;
  errorCode?: RunCode | null;
  errorMessage?: string | null;
  artifacts?: Record<string, string>;
}

/** Names a claim: every write below is refused (false) once another claim was made. */
export interface Claim {
  runId: string;
  attempt: number;
}

export interface RunStore {
  /** Creates the run and takes the tenant's one active slot, in one atomic write; the idempotency key is looked at first. */
  create(run: NewRun): Promise<CreateRunResult>;
  get(runId: string): Promise<RunRecord | null>;
  /** The run that was created with an idempotency key which is still kept, and the hash of the body it came with. */
  findRepeated(tenantId: string, key: string, now: number): Promise<{ run: RunRecord; bodyHash: string } | null>;
  /** Newest first. */
  list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }>;
  /** Takes a queued run, or a running one whose lease has ended. */
  claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult>;
  renew(claim: Claim, now: number, leaseMs: number): Promise<boolean>;
  /** Stages only go forward, but a new attempt begins again at the first. */
  setStage(claim: Claim, stage: Stage): Promise<boolean>;
  /** Ends the run and frees the tenant's slot in the same transaction. */
  finish(claim: Claim, result: FinishRun, now: number): Promise<boolean>;
  /** Gives a claimed run back to the queue: another worker can claim it at once. */
  release(claim: Claim, now: number): Promise<boolean>;
  /**
   * Ends a run that no worker holds (poison, cancel of a queued run), with the artifacts that it has; false when one holds a
   * live lease or it has ended.
   */
  failUnclaimed(
    runId: string,
    errorCode: RunCode,
    message: string,
    now: number,
    artifacts?: Record<string, string>,
  ): Promise<boolean>;
  /** Marks a run for cancelling; the worker that holds it sees the mark. False when it has ended. */
  requestCancel(runId: string, now: number): Promise<boolean>;
  /**
   * Runs whose message may be lost: queued and sent last before `sentBefore`; or running with a lease that ended before
   * `leaseBefore`, unless it was sent since the lease ended, and not before `sentBefore`.
   */
  listStale(sentBefore: number, leaseBefore: number, limit: number): Promise<RunRecord[]>;
  /** Notes that the message was sent again; false when another process did so since `previousSentAt`. */
  markSent(runId: string, previousSentAt: number, now: number): Promise<boolean>;
  /** The newest succeeded run of a tenant. */
  lastSucceeded(tenantId: string): Promise<RunRecord | null>;
  check(): Promise<void>;
}

// ---- jobs ------------------------------------------------------------------------------------------------------

export interface JobMessage {
  run_id: string;
  tenant_id: string;
  vendors: string[];
  config_version: number;
}

export interface ReceivedJob {
  messageId: string;
  /** Names this delivery for the calls below. */
  receipt: string;
  /** Deliveries so far, this one included. */
  receiveCount: number;
  sentAt: number;
  /** Null where the body is not a job; `body` then says what it was. */
  job: JobMessage | null;
  body: string;
}

/** At least once, in no promised order. A delivery is hidden from others until its time is over. */
export interface JobQueue {
  send(job: JobMessage, delaySeconds?: number): Promise<void>;
  /** Waits up to `waitSeconds` for the first. */
  receive(options: {
    max: number;
    visibilitySeconds: number;
    waitSeconds: number;
    signal?: AbortSignal;
  }): Promise<ReceivedJob[]>;
  /** Hides the delivery for this long from now on. False when it is no longer ours. */
  extend(receipt: string, visibilitySeconds: number): Promise<boolean>;
  delete(receipt: string): Promise<boolean>;
  /** Lets it be delivered again after a delay. */
  release(receipt: string, delaySeconds: number): Promise<boolean>;
  /** Messages that can be received now, and that are hidden. */
  depth(): Promise<{ visible: number; inFlight: number }>;
  deadLetters: DeadLetters;
  check(): Promise<void>;
}

/** Where messages go that were received too often. */
export interface DeadLetters {
  list(limit: number): Promise<DeadLetter[]>;
  get(messageId: string): Promise<DeadLetter | null>;
  delete(messageId: string): Promise<boolean>;
}

export interface DeadLetter {
  messageId: string;
  sentAt: number;
  receiveCount: number;
  job: JobMessage | null;
  body: string;
}

// ---- metrics ---------------------------------------------------------------------------------------------------

export type MetricUnit = 'Count' | 'Seconds';

export interface Metrics {
  /** One value of a metric, emitted once for each set of dimensions. */
  put(name: string, value: number, unit: MetricUnit, dimensions: ReadonlyArray<Readonly<Record<string, string>>>): void;
}
