/** What the removal of old runs does in random histories of tenants: all that it asks of the stores, a line for each history. */
import { createHash } from 'node:crypto';
import { patchesPrefix } from '../../core/config/prefixes.ts';
import { RelayError } from '../../core/errors.ts';
import { movePublication, readCurrent } from '../../core/pipeline/publications.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import { finishExpired, latestSucceeded, pruneTenant, publishedRun } from '../../worker/retention/retention.ts';
import { sweepRetention } from '../../worker/retention/retention-sweep.ts';
import {
  MemoryRetentionStore,
  MemoryUsageStore,
  UpkeepRuns,
  UpkeepTenants,
} from '../contracts/doubles/memory-upkeep.ts';
import { Random } from '../oracle/generate/random.ts';
import { SimArtifactStore } from '../simulation/stores.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T06:00:00Z');
const HASHES = ['0a', '0b', '0c'];
const PASSES = 8;
/** Histories with some hundred calls. */
const SEEDS = [
  ...[
    1, 2, 5, 6, 8, 12, 14, 19, 20, 22, 23, 26, 28, 29, 40, 41, 42, 44, 46, 47, 49, 51, 52, 53, 54, 57, 58, 59, 60, 61,
  ],
  ...[63, 64, 65, 72, 74, 76, 78, 82, 84, 85, 86, 91, 92, 94, 96, 99, 100, 101],
];
export const SWEEP_COUNT = SEEDS.length;

class Shops {
  now = START;
  /** The share of calls that fail. */
  failing = 0;
  readonly lines: string[] = [];
  readonly #random: Random;
  readonly #tenants = new UpkeepTenants();
  readonly #runs = new UpkeepRuns();
  readonly #artifacts = new SimArtifactStore(() => this.now, 'of the content');
  readonly #usage = new MemoryUsageStore(this.#tenants);
  readonly #retention = new MemoryRetentionStore(this.#tenants, this.#runs);

  constructor(random: Random) {
    this.#random = random;
  }

  deps() {
    const [runs, artifacts] = [this.#watched('runs', this.#runs), this.#watched('artifacts', this.#artifacts)];
    return {
      ...{ runs, artifacts, tenants: this.#watched('tenants', this.#tenants) },
      ...{ usage: this.#watched('usage', this.#usage), retention: this.#watched('retention', this.#retention) },
      inUse: [latestSucceeded(runs), publishedRun(artifacts)],
      now: () => this.now,
    };
  }

  /** The store, whose calls are noted; some of them fail. */
  #watched<T extends object>(store: string, target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const method = Reflect.get(target, name, target);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          this.now += this.#random.pick([0, 0, 1, 300]);
          const isFailing = this.#random.chance(this.failing);
          this.lines.push(`${store}.${String(name)} ${JSON.stringify(args)}${isFailing ? ' fails' : ''}`);
          if (isFailing) throw new RelayError('store_unavailable', store, { recovery: 'retry' });
          return method.apply(target, args);
        };
      },
    });
  }

  /** A tenant with runs, configs, keys, uploads, patches, simulations and publications of the last two hundred days. */
  async add(tenantId: string): Promise<void> {
    const random = this.#random;
    const days = Array.from({ length: random.int(0, 12) }, () => random.int(0, 200)).sort((a, b) => b - a);
    this.now = START - random.int(100, 200) * DAY;
    await this.#tenants.create(tenantId, {}, this.now);
    for (let version = random.int(0, 4); version > 0; version--) {
      this.now += random.int(0, 30) * DAY;
      await this.#tenants.putConfig(tenantId, { version }, this.now);
    }
    const versions = (await this.#tenants.get(tenantId))!.configVersion;
    for (const [i, day] of days.entries()) {
      this.now = START - day * DAY + i;
      await this.#addRun(tenantId, `${tenantId}-r${i}`, random.int(1, versions));
    }
    this.now = START;
    for (let i = random.int(0, 3); i > 0; i--) await this.#addRest(tenantId, i);
  }

  async #addRun(tenantId: string, runId: string, configVersion: number): Promise<void> {
    const random = this.#random;
    const vendors = random.chance(0.3) ? ['acme'] : [];
    await this.#runs.create({ runId, tenantId, configVersion, vendors, force: false, now: this.now });
    const prefix = `${runId}/tenants/${tenantId}/`;
    const place = (path: string, text: string) => this.#artifacts.place(prefix + path, text);
    for (let i = random.int(0, random.chance(0.1) ? 40 : 4); i > 0; i--) place(`${i}.csv`, 'x'.repeat(i));
    if (random.chance(0.7)) {
      const [sha256, of_sha256, patched_sha256] = [random.pick(HASHES), random.pick(HASHES), random.pick(HASHES)];
      const copies = { patched_size: 1, run_copy_key: 'x', patched_copy_key: 'y' };
      const patches = random.chance(0.3) ? { patches: [{ of_sha256, patched_sha256, ...copies }] } : {};
      const files = random.chance(0.3)
        ? { files: [{ name: 'x', sha256: random.pick(HASHES), size: 1, run_copy_key: 'x' }] }
        : {};
      const carried = random.chance(0.2) ? { carried_over: { sha256: of_sha256, files: [] } } : {};
      const acme = { sha256: random.chance(0.2) ? null : sha256, ...patches, ...files, ...carried };
      place('reports/input_manifest.json', JSON.stringify({ vendors: { acme } }));
    }
    const run = this.#runs.all.get(runId) as RunRecord | undefined;
    if (run === undefined || random.chance(0.04)) return;
    Object.assign(run, { status: random.pick(['SUCCEEDED', 'SUCCEEDED', 'FAILED']), finishedAt: this.now + MINUTE });
    if (run.status === 'FAILED' || vendors.length > 0 || random.chance(0.4)) return;
    const current = await readCurrent(this.#artifacts, tenantId);
    await movePublication(this.#artifacts, tenantId, current, {
      ...{ run_id: runId, key: `${prefix}1.csv`, etag: 'e', sha256: 's', format: 'csv', rows: 1, config_version: 1 },
      ...{ published_at: new Date(this.now).toISOString(), reason: null },
    });
  }

  async #addRest(tenantId: string, number: number): Promise<void> {
    const random = this.#random;
    const at = (path: string, text: string) => {
      this.now = START - random.int(0, 150) * DAY;
      this.#artifacts.place(path, text);
    };
    for (let i = random.int(0, 3); i > 0; i--) {
      const file = `${random.pick(['acme', 'bolt'])}/${random.pick(HASHES)}`;
      at(`${patchesPrefix(tenantId)}${file}/${tenantId}-r${random.int(0, 9)}/${number}${i}.csv`, 'x'.repeat(i));
    }
    const key = `tenants/${tenantId}/inbound/acme/${number}.csv`;
    if (random.chance(0.7)) at(key, `feed ${number}`);
    const etagBefore = random.pick([null, 'before', this.#artifacts.etagOfKey(key)]);
    const openedAt = START - random.int(0, 5) * HOUR;
    const upload = { tenantId, key, openedAt, expiresAt: openedAt + HOUR, etagBefore, sizeBefore: random.int(0, 3) };
    if (random.chance(0.7)) await this.#usage.openUpload(upload, 9);
    at(`tenants/${tenantId}/simulations/sim_${number}.json`, '{"status":"DONE"}');
    this.now = START;
    const hash = `${tenantId}${number}`;
    const dates = { createdAt: 0, revokedAt: random.pick([null, START - random.int(0, 150) * DAY]) };
    await this.#tenants.addKey({ ...dates, tenantId, kind: 'api', keyId: hash, hash, name: null } as never);
    await this.#usage.addStored(tenantId, random.int(0, 200));
    await this.#usage.addFiles(tenantId, random.int(0, 4));
    if (random.chance(0.5))
      await this.#usage.correctStored(tenantId, { bytes: 0, files: 0 }, START - random.int(0, 30) * HOUR);
  }
}

/** What was removed in all passes, how many calls there were, and their hash. */
export async function ofSweeps(number: number): Promise<string> {
  const random = new Random(SEEDS[number]!);
  const shops = new Shops(random);
  const tenants = random.chance(0.2) ? random.int(19, 45) : random.int(1, 4);
  for (let i = 0; i < tenants; i++) await shops.add(`t${i + 10}`);
  shops.failing = random.pick([0, 0, 0.02, 0.2]);
  const removed = new Map<string, number>();
  const note = (what: string, value: unknown) => shops.lines.push(`${what} ${JSON.stringify(value)}`);
  const failed = (tenantId: string, error: unknown) => note(`failed ${tenantId}`, String(error));
  for (let pass = 0; pass < PASSES; pass++) {
    shops.now += random.pick([1, 20 * MINUTE, HOUR, 6 * HOUR, 6 * HOUR, 25 * HOUR, 27 * HOUR, -HOUR]);
    const offset = random.pick([undefined, undefined, 0, 9 * MINUTE, -11 * MINUTE, 11 * MINUTE]);
    const deps = { ...shops.deps(), ...(offset !== undefined && { clockOffset: () => offset }) };
    const before = shops.now - 60 * DAY;
    try {
      await sweepRetention(deps, {
        ...{ holder: `w${pass % 2}`, retentionDays: random.pick([90, 90, 30, 0]), onFailed: failed },
        onPruned: (pruned) => {
          for (const [what, count] of Object.entries(pruned)) removed.set(what, (removed.get(what) ?? 0) + count);
          note('pruned', pruned);
        },
        onWrongClock: (by) => note('wrong clock', by),
      });
      if (!random.chance(0.3)) continue;
      const options = { before, dryRun: random.chance(0.7), objectsMax: random.pick([0, 3, 1000]) };
      note('tenant', await pruneTenant(deps, 't10', { ...options, onRun: (run) => note('run', run) }));
      note('expired', await finishExpired(deps, random.int(1, 3)));
    } catch (error) {
      note('error', String(error));
    }
  }
  const hash = createHash('sha256').update(shops.lines.join('\n')).digest('hex').slice(0, 8);
  const sums = [...removed].map(([what, count]) => `${what} ${count}`);
  return [number, `tenants ${tenants}`, ...sums, `calls ${shops.lines.length}`, hash].join(' · ');
}
