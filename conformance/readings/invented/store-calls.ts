/** Random calls of the stores of runs, tenants, usage, retention and jobs, one after another, with a clock that goes on or is set back. */
import { RelayError } from '../../../core/errors.ts';
import type { JobQueue } from '../../../core/ports/service/jobs.ts';
import type { Claim, FinishRun, RunStore } from '../../../core/ports/service/runs.ts';
import type { KeyKind, TenantStore } from '../../../core/ports/service/tenants.ts';
import type { RetentionStore, UsageStore } from '../../../core/ports/service/upkeep.ts';
import { STAGES } from '../../../core/run-codes.ts';
import type { Random } from '../../oracle/generate/random.ts';

export interface CalledStores {
  runs: RunStore;
  tenants: TenantStore;
  usage: UsageStore;
  retention: RetentionStore;
  queue?: JobQueue;
}

const MINUTE = 60_000;
const TENANTS = ['a', 'b', 'c'];
const KEYS = ['k1', 'k2'];
const VENDORS = [[], ['acme'], ['acme', 'bolt']];
const PROGRESS = { rows: 7 } as never;
const KINDS: readonly KeyKind[] = ['api', 'feed'] as never;

/** Calls the stores, and notes what each call returned or threw. */
export class StoreCalls {
  readonly lines: string[] = [];
  now: number;
  readonly #random: Random;
  readonly #stores: CalledStores;
  #ids = 0;
  #cursor: string | null = null;
  readonly #claims: Claim[] = [];
  readonly #receipts: string[] = [];

  constructor(stores: CalledStores, random: Random, now: number) {
    this.#stores = stores;
    this.#random = random;
    this.now = now;
  }

  async make(count: number): Promise<void> {
    const groups = { runs: this.#ofRuns(), tenants: this.#ofTenants(), upkeep: this.#ofUpkeep(), jobs: this.#ofJobs() };
    const all = Object.entries(groups).flatMap(([group, calls]) => calls.map((one) => [group, ...one] as const));
    for (let i = 0; i < count; i++) {
      this.now += this.#random.pick([0, 0, 1, 1, 1000, 30_000, MINUTE, 5 * MINUTE, -2000, -20 * MINUTE]);
      const [group, name, call] = this.#random.pick(all);
      let said: string;
      try {
        said = JSON.stringify(await call()) ?? 'nothing';
      } catch (error) {
        said = error instanceof RelayError ? error.code : String(error);
      }
      this.lines.push(`${group} ${name} ${said}`);
    }
  }

  #ofRuns(): Array<[string, () => Promise<unknown>]> {
    const [{ runs }, random] = [this.#stores, this.#random];
    const id = () => `r${random.int(Math.max(1, this.#ids - 4), this.#ids)}`;
    const claim = (): Claim => {
      const own = random.pick(this.#claims.length === 0 ? [{ runId: 'r1', attempt: 1 }] : this.#claims.slice(-3));
      return random.chance(0.8) ? own : { runId: id(), attempt: random.int(1, 3) };
    };
    const filter = () => ({
      ...(random.chance(0.5) && { tenantId: random.pick(TENANTS) }),
      ...(random.chance(0.3) && { status: random.pick(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'] as const) }),
    });
    const times = () => {
      const { now } = this;
      const leaseBefore = now - random.pick([0, MINUTE]);
      return { sentBefore: now - random.pick([0, MINUTE]), leaseBefore, leaseFar: now + 3 * MINUTE, now };
    };
    const result = (): FinishRun => {
      const counts = { rows: 5, invalid: 1, merged: 4 };
      return random.chance(0.6)
        ? { status: 'SUCCEEDED', stage: 'COMPLETE', artifacts: { feed: 'x' }, counts, warnings: ['w:1'] }
        : {
            ...({ status: 'FAILED', failedStage: random.pick(STAGES), errorCode: 'internal_error' } as const),
            errorMessage: 'why',
            ...(random.chance(0.5) && { stage: random.pick(STAGES), artifacts: {} }),
          };
    };
    const create = async () => {
      const { now } = this;
      const once = { key: random.pick(KEYS), bodyHash: random.pick(KEYS), expiresAt: now + random.int(0, 3) * MINUTE };
      return runs.create({
        ...{ runId: `r${++this.#ids}`, tenantId: random.pick(TENANTS), configVersion: random.int(1, 3), now },
        ...{ vendors: random.pick(VENDORS), force: random.chance(0.3), forceReason: random.pick([null, 'so']) },
        ...(random.chance(0.5) && { idempotency: once }),
      });
    };
    const claimed = async () => {
      const got = await runs.claim(id(), random.pick(['w1', 'w2']), this.now, MINUTE);
      if (got.status === 'claimed') this.#claims.push({ runId: got.run.runId, attempt: got.run.attempt });
      return got;
    };
    const listed = async () => {
      const page = await runs.list(filter(), random.pick([null, null, this.#cursor, 'x']), random.int(1, 3));
      this.#cursor = page.next;
      return { ...page, next: page.next !== null };
    };
    const sent = async () => {
      const run = await runs.get(id());
      return runs.markSent(run?.runId ?? 'none', (run?.sentAt ?? 0) + random.pick([0, 0, 1]), this.now);
    };
    const outage = () => ({ since: this.now, stage: random.pick(STAGES) });
    const failure = () => ({
      ...({ errorCode: 'POISON_JOB', errorMessage: 'lost' } as const),
      ...(random.chance(0.5) && { artifacts: { a: 'b' } }),
    });
    return [
      ...Array.from({ length: 3 }, () => ['create', create] as [string, typeof create]),
      ...Array.from({ length: 3 }, () => ['claim', claimed] as [string, typeof claimed]),
      ['get', () => runs.get(id())],
      ['repeated', () => runs.findRepeated(random.pick(TENANTS), random.pick(KEYS), this.now)],
      ['list', listed],
      ['renew', () => runs.renew(claim(), this.now, MINUTE, random.pick([undefined, PROGRESS]))],
      ['stage', () => runs.setStage(claim(), random.pick(STAGES), random.pick([undefined, PROGRESS]))],
      ['finish', () => runs.finish(claim(), result(), this.now)],
      ['finish', () => runs.finish(claim(), result(), this.now)],
      [
        'release',
        () => runs.release(claim(), this.now + random.pick([0, MINUTE]), random.pick([undefined, null, outage()])),
      ],
      ['fail', () => runs.failUnclaimed(id(), failure(), this.now)],
      ['cancel', () => runs.requestCancel(id(), this.now)],
      ['stale', () => runs.listStale(times(), random.int(1, 3))],
      ['sent', sent],
      ['last', () => runs.lastSucceeded(random.pick(TENANTS))],
    ];
  }

  #ofTenants(): Array<[string, () => Promise<unknown>]> {
    const [{ tenants, usage }, random] = [this.#stores, this.#random];
    const tenant = () => random.pick(TENANTS);
    const options = () => ({
      ...(random.chance(0.3) && { expectedVersion: random.int(1, 4) }),
      ...(random.chance(0.3) && { versionsMax: random.int(2, 4) }),
      ...(random.chance(0.5) && { keyId: random.pick(KEYS) }),
    });
    const addKey = () => {
      const keyId = `key${++this.#ids}`;
      const [kind, name] = [random.pick(KINDS), random.pick([null, 'till'])];
      const key = { keyId, tenantId: tenant(), kind, hash: keyId, name, createdAt: this.now, revokedAt: null };
      return tenants.addKey(key, random.pick([undefined, { active: 2, all: 3 }]));
    };
    const keyId = () => `key${random.int(Math.max(1, this.#ids - 9), this.#ids)}`;
    const page = async () => {
      const found = await tenants.list(random.pick([null, this.#cursor]), random.int(1, 2));
      this.#cursor = found.next;
      return { ...found, next: found.next !== null };
    };
    return [
      ['tenant', () => tenants.create(tenant(), { a: this.now }, this.now, random.pick([undefined, 'k1']))],
      ['config', () => tenants.putConfig(tenant(), { b: this.now }, this.now, options())],
      ['config', () => tenants.putConfig(tenant(), { b: this.now }, this.now)],
      ['tenant?', () => tenants.get(tenant())],
      ['config?', () => tenants.getConfig(tenant(), random.pick([undefined, 1, 2, 3]))],
      ['tenants?', page],
      ['key', addKey],
      ['key', addKey],
      ['key?', () => tenants.findKey(keyId(), random.pick(KINDS))],
      ['keys?', () => tenants.listKeys(tenant(), random.pick(KINDS))],
      ['count?', () => tenants.countKeys(tenant(), random.pick(KINDS))],
      ['revoke', () => tenants.revokeKey(tenant(), random.pick(KINDS), keyId(), this.now)],
      ['versions?', () => usage.countVersions(tenant())],
    ];
  }

  #ofUpkeep(): Array<[string, () => Promise<unknown>]> {
    const [{ usage, retention, runs }, random] = [this.#stores, this.#random];
    const tenant = () => random.pick(TENANTS);
    const open = () => {
      const before = random.chance(0.5) ? { etagBefore: null, sizeBefore: 0 } : { etagBefore: 'e', sizeBefore: 3 };
      const times = { openedAt: this.now, expiresAt: this.now + random.int(1, 9) * MINUTE };
      return usage.openUpload({ tenantId: tenant(), key: random.pick(KEYS), ...times, ...before }, random.int(1, 2));
    };
    const expired = async () => {
      const found = await retention.expiredRuns(random.int(1, 2));
      const [one] = found;
      if (one !== undefined && random.chance(0.5)) await retention.removeExpired(one);
      else if (one !== undefined) await retention.putOffExpired(one, this.now);
      return found;
    };
    const expire = async () => {
      const { runs: all } = await retention.endedRuns(tenant(), this.now + random.pick([1, -MINUTE]), null, 2);
      return [
        all.map(({ runId }) => runId),
        all[0] === undefined || (await retention.expireRun(all[0].runId, this.now)),
      ];
    };
    const ended = async () => {
      const found = await retention.endedRuns(tenant(), this.now, random.pick([null, this.#cursor]), random.int(1, 2));
      this.#cursor = found.next;
      return { ...found, next: found.next !== null };
    };
    const removed = async () => {
      const found = await retention.configVersions(tenant(), random.int(0, 2), random.int(1, 3));
      return [found, await retention.removeConfigVersion(tenant(), random.int(1, 3))];
    };
    const turn = () => retention.takeTurn(random.pick(KEYS), this.now, MINUTE);
    return [
      ['bytes', () => usage.addStored(tenant(), random.int(-60, 90), random.pick([undefined, 80]))],
      ['files', () => usage.addFiles(tenant(), random.int(-2, 3), random.pick([undefined, 3]))],
      [
        'correct',
        () => usage.correctStored(tenant(), { bytes: random.int(-60, 9), files: random.int(-3, 3) }, this.now),
      ],
      ['stored?', () => usage.storedBytes(tenant())],
      ['open', open],
      ['open', open],
      ['uploads?', () => usage.listUploads(tenant())],
      ['close', () => usage.closeUpload(tenant(), random.pick(KEYS))],
      ['late', () => usage.removeUploads(tenant(), this.now - random.pick([0, MINUTE]))],
      ['ended?', ended],
      ['expire', expire],
      ['unended', async () => retention.expireRun((await runs.list({}, null, 1)).runs[0]?.runId ?? 'none', this.now)],
      ['expired', expired],
      ['versions', removed],
      ['revoked', () => retention.removeRevokedKeys(tenant(), this.now - random.pick([0, MINUTE]))],
      ['records', () => retention.removeExpiredRecords(this.now, this.now - random.pick([0, MINUTE]))],
      ['turn', turn],
      ['turn', turn],
      [
        'end',
        () => retention.endTurn(random.pick(KEYS), random.pick([null, 's']), this.now + random.pick([0, MINUTE])),
      ],
    ];
  }

  #ofJobs(): Array<[string, () => Promise<unknown>]> {
    const [{ queue }, random] = [this.#stores, this.#random];
    if (queue === undefined) return [];
    const receipt = () => random.pick(this.#receipts.length === 0 ? ['none'] : this.#receipts.slice(-3));
    const seconds = () => random.pick([0, 0, 0.5, 30, 90]);
    const send = () => {
      const job = { run_id: `j${++this.#ids}`, tenant_id: 'a', vendors: [], config_version: 1 };
      return queue.send(job, random.pick([undefined, 0, 30]));
    };
    const receive = async () => {
      const options = { max: random.pick([0, 1, 2, 11]), visibilitySeconds: random.pick([0, 1, 60]), waitSeconds: 0 };
      const found = await queue.receive(options);
      this.#receipts.push(...found.map((one) => one.receipt));
      return found;
    };
    const letters = async () => {
      const found = await queue.deadLetters.list(random.int(1, 3));
      const id = random.pick(['none', found[0]?.messageId ?? 'none']);
      return [found, await queue.deadLetters.get(id), random.chance(0.5) && (await queue.deadLetters.delete(id))];
    };
    return [
      ['send', send],
      ['send', send],
      ['receive', receive],
      ['receive', receive],
      ['receive', receive],
      ['extend', () => queue.extend(receipt(), seconds())],
      ['put back', () => queue.release(receipt(), seconds())],
      ['delete', () => queue.delete(receipt())],
      ['depth?', () => queue.depth()],
      ['letters', letters],
    ];
  }
}
