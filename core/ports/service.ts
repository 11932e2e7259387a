/**
 * The service's ports: objects, tenants, runs, jobs, metrics. `stores/` implements each twice, embedded and on AWS; both pass
 * one contract suite per port. Times are milliseconds since 1970, given by the caller.
 *
 * A failing environment throws a `RelayError` with its recovery; outcomes that callers must expect are in the results.
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
  /** Read only if the object still has this etag; otherwise `precondition_failed`. */
  ifMatch?: string;
  /** The first and the last byte, both inclusive. */
  range?: { first: number; last: number };
}

export interface WriteOptions {
  contentType?: string;
  /** Replace only the object with this etag; otherwise `precondition_failed`. */
  ifMatch?: string;
  /** Write only if there is no object; otherwise `precondition_failed`. */
  ifNoneMatch?: true;
}

/** Takes an object's bytes. The caller may reuse a buffer once `write` is done. */
export interface ObjectSink extends Pick<ByteSink, 'write' | 'abort'> {
  /**
   * Makes the whole object appear, if the condition of the write holds at that moment. Check and write are one atomic
   * step among all conditional writes of all processes.
   */
  close(): Promise<{ etag: string }>;
}

export interface SignedPut {
  url: string;
  /** Headers that the upload must send. */
  headers: Record<string, string>;
  expiresAt: number;
}

export interface SignGetOptions {
  expiresInSeconds: number;
  /** The file name of the download. */
  filename?: string;
  contentType?: string;
}

export interface SignPutOptions {
  expiresInSeconds: number;
  contentType?: string;
  /** The tenant whose quota the upload counts against, where uploads go through Relay. */
  owner?: string;
}

/** Objects by key, as in S3: `/` separates folders only by convention, and keys sort in code point order. */
export interface ArtifactStore {
  /**
   * The newest object under a prefix, by time, then by the greatest key, over all pages. Ignores keys that end in `/`
   * and keys that are not wanted; `isWanted` is called for every key, in key order. Null if there is none.
   */
  newest(prefix: string, isWanted?: (key: string) => boolean): Promise<ObjectInfo | null>;
  /** One page of objects under a prefix in key order, and where the next one starts. */
  list(prefix: string, cursor?: string | null, limit?: number): Promise<{ objects: ObjectInfo[]; next: string | null }>;
  /** Null if there is no such object. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Throws `not_found` and `precondition_failed`. */
  read(key: string, options?: ReadOptions): Promise<{ info: ObjectInfo; body: AsyncIterable<Uint8Array> }>;
  /** The object appears, whole, when the sink is closed. Without a condition it replaces an existing one. */
  write(key: string, options?: WriteOptions): Promise<ObjectSink>;
  /** Copies within the store. Throws `not_found` and `precondition_failed`. */
  copy(from: string, to: string, options?: { ifMatch?: string }): Promise<ObjectInfo>;
  /** Returns an absolute address. Anyone who has it can read the object until it expires. */
  signGet(key: string, options: SignGetOptions): Promise<string>;
  /** Returns an absolute address that can write the object until it expires. */
  signPut(key: string, options: SignPutOptions): Promise<SignedPut>;
  /** False if there was no such object. On S3, true only means that it no longer exists. */
  remove(key: string): Promise<boolean>;
  /** Throws if the store cannot be used, and says exactly what is missing. */
  check(): Promise<void>;
}

// ---- tenants ---------------------------------------------------------------------------------------------------

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
  /** False if the tenant has no such key of this kind or it is already revoked. */
  revokeKey(tenantId: string, kind: KeyKind, keyId: string, now: number): Promise<boolean>;
  check(): Promise<void>;
}

// ---- runs ------------------------------------------------------------------------------------------------------

export type RunStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** Rows of a run. */
export interface RunCounts {
  /** Read from the feeds. */
  rows: number;
  invalid: number;
  /** Written to the merged feed. */
  merged: number;
}

/** How far a running attempt was when its worker last wrote. */
export interface RunProgress extends RunCounts {
  vendors: number;
  vendorsRead: number;
}

export interface RunRecord {
  runId: string;
  tenantId: string;
  configVersion: number;
  /** The vendors of the run; empty means all. */
  vendors: string[];
  force: boolean;
  /** Why holds and guardrails are set aside; null if they apply, or if the run is older than this field. */
  forceReason: string | null;
  status: RunStatus;
  stage: Stage | null;
  /** Increases by one with every claim; 0 before the first. */
  attempt: number;
  /** When the worker's lease ends unless it is renewed. */
  leaseUntil: number | null;
  workerId: string | null;
  cancelRequested: boolean;
  requestedAt: number;
  /** The first start. It is the run's clock in every attempt. */
  startedAt: number | null;
  finishedAt: number | null;
  /** When its message was last sent. */
  sentAt: number;
  failedStage: Stage | null;
  errorCode: RunCode | null;
  errorMessage: string | null;
  /** Keys of artifacts by their API names. */
  artifacts: Record<string, string>;
  /** How far an ended run came; null before its end, and if it ended without a worker. */
  counts: RunCounts | null;
  /** The warnings of an ended run; the worker bounds their number and length. */
  warnings: string[];
  /** Null until a worker has written it. Every claim, release and end sets it back to null. */
  progress: RunProgress | null;
  /** The failing environment that keeps the run from its end; null if there is none. */
  outage: RunOutage | null;
}

/** True until the run has ended. */
export function isActive({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'QUEUED' || status === 'RUNNING';
}

/** Repeated attempts that all failed because of their environment, none further than those before. */
export interface RunOutage {
  since: number;
  /** The stage in which the furthest of them failed. */
  stage: Stage;
}

export interface NewRun {
  runId: string;
  tenantId: string;
  configVersion: number;
  vendors: string[];
  force: boolean;
  forceReason?: string | null;
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
  /** The stage in which it ended; if absent, the stage does not change. */
  stage?: Stage;
  failedStage?: Stage | null;
  errorCode?: RunCode | null;
  errorMessage?: string | null;
  artifacts?: Record<string, string>;
  counts?: RunCounts;
  warnings?: string[];
}

/** How a run failed that no worker holds. */
export interface UnclaimedFailure {
  errorCode: RunCode;
  errorMessage: string;
  /** What the run had written so far. None by default. */
  artifacts?: Record<string, string>;
}

/** Identifies a claim. Once another claim exists, every write with this one returns false. */
export interface Claim {
  runId: string;
  attempt: number;
}

export interface StaleTimes {
  sentBefore: number;
  leaseBefore: number;
  /** A lease that ends later was given before the clock was set back: `farLease`. */
  leaseFar: number;
  now: number;
}

/**
 * The latest end of a lease that is believed: twice the given duration, because two releases may have different
 * settings.
 */
export function farLease(now: number, leaseMs: number): number {
  return now + 2 * leaseMs + 60_000;
}

/**
 * The latest time of sending that is believed. A message may be delayed by 15 minutes, and the clocks of two machines
 * differ by less.
 */
export function sentLater(now: number): number {
  return now + 1_000_000;
}

export interface RunStore {
  /** Creates the run and takes the tenant's one slot, in one atomic write. Checks the idempotency key first. */
  create(run: NewRun): Promise<CreateRunResult>;
  get(runId: string): Promise<RunRecord | null>;
  /** The run created with an idempotency key that has not expired, and the hash of its request body. */
  findRepeated(tenantId: string, key: string, now: number): Promise<{ run: RunRecord; bodyHash: string } | null>;
  /**
   * Newest first. A cursor is a place among all runs: used with another filter, it gives the matching runs older than
   * the page.
   */
  list(
    filter: { tenantId?: string; status?: RunStatus },
    cursor?: string | null,
    limit?: number,
  ): Promise<{ runs: RunRecord[]; next: string | null }>;
  /**
   * Claims a queued run, or a running one whose lease has ended. A lease that ends later than any that could be given
   * now (`farLease`) counts as ended: it was given before the clock was set back.
   */
  claim(runId: string, workerId: string, now: number, leaseMs: number): Promise<ClaimResult>;
  /** Keeps the earlier progress unless one is given. */
  renew(claim: Claim, now: number, leaseMs: number, progress?: RunProgress): Promise<boolean>;
  /**
   * Stages only go forward; a new attempt starts again at the first. Keeps the earlier progress unless one is given.
   */
  setStage(claim: Claim, stage: Stage, progress?: RunProgress): Promise<boolean>;
  /** Ends the run and frees the tenant's slot in the same transaction. */
  finish(claim: Claim, result: FinishRun, now: number): Promise<boolean>;
  /**
   * Makes a claimed run queued again, so that another worker can claim it at once. Its message can be received from
   * `sentAt` on. `outage` replaces the earlier one.
   */
  release(claim: Claim, sentAt: number, outage?: RunOutage | null): Promise<boolean>;
  /**
   * Fails a run that no worker holds (poison, cancel of a queued run). False if a worker holds a live lease or the run has
   * ended.
   */
  failUnclaimed(runId: string, failure: UnclaimedFailure, now: number): Promise<boolean>;
  /** Marks a run as cancelled for the worker that holds it. False if the run has ended. */
  requestCancel(runId: string, now: number): Promise<boolean>;
  /**
   * Runs whose message may be lost: queued, and last sent before `sentBefore`, or after `now` (`sentLater`: the clock was set back);
   * or running, with a lease that ended before `leaseBefore`, and last sent before the lease ended or before `sentBefore`; or with one
   * that ends after `leaseFar`, and last sent as a queued run whose message may be lost.
   */
  listStale(times: StaleTimes, limit: number): Promise<RunRecord[]>;
  /** Records that the message was sent again. False if another process did so since `previousSentAt`. */
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
  /** Present if the job is not a run: `run_id` is then the id of a simulation. */
  simulation?: true;
}

export interface ReceivedJob {
  messageId: string;
  /** Identifies this delivery in later calls. */
  receipt: string;
  /** Deliveries so far, this one included. */
  receiveCount: number;
  sentAt: number;
  /** Null if the body is not a job. */
  job: JobMessage | null;
  body: string;
}

export interface ReceiveOptions {
  max: number;
  visibilitySeconds: number;
  /** How long to wait for the first message. */
  waitSeconds: number;
  signal?: AbortSignal;
}

/** Delivers at least once, in no guaranteed order. A delivery is hidden from others until its visibility timeout. */
export interface JobQueue {
  send(job: JobMessage, delaySeconds?: number): Promise<void>;
  receive(options: ReceiveOptions): Promise<ReceivedJob[]>;
  /** Hides the delivery for this long from now. False if it is no longer the caller's. */
  extend(receipt: string, visibilitySeconds: number): Promise<boolean>;
  delete(receipt: string): Promise<boolean>;
  /** Makes it available again after a delay. */
  release(receipt: string, delaySeconds: number): Promise<boolean>;
  /** How many messages are visible, and how many are hidden. */
  depth(): Promise<{ visible: number; inFlight: number }>;
  deadLetters: DeadLetters;
  check(): Promise<void>;
}

/** Messages that were received too often. */
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
  /** Emits one value, once for each set of dimensions. */
  put(name: string, value: number, unit: MetricUnit, dimensions: ReadonlyArray<Readonly<Record<string, string>>>): void;
}
