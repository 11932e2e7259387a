/** What must hold at the end of a history: each run ended once, its files are complete, and nothing is left behind. */
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { SimWorker } from './overtaking.ts';
import type { Ports } from './ports.ts';
import { checkPublications, DECIDING } from './publishing.ts';
import { comparable, feedVersion, hashOf, pinsOf, referenceOf, TENANTS, VENDORS } from './references.ts';
import { isOfSimulation } from './simulating.ts';
import type { SimArtifactStore, SimJobQueue } from './stores.ts';

export interface EndState {
  readonly broken: string[];
  readonly workers: readonly SimWorker[];
  readonly created: readonly string[];
  readonly stores: Ports & { artifacts: SimArtifactStore; queue: SimJobQueue };
  /** How often each run ended. */
  readonly endings: ReadonlyMap<string, number>;
  /** The files of each run when it ended. */
  readonly atEnd: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly cancelled: ReadonlyMap<string, number>;
  /** The copies that the first whole manifest of each run named, by its key. */
  readonly pinned: ReadonlyMap<string, string>;
  /** True if one tenant has runs that are compared. */
  readonly hasPublishing: boolean;
  /** True if a message may be a dead letter although its run went well. */
  readonly lostDeliveries: boolean;
}

export class EndCheck {
  readonly #state: EndState;

  constructor(state: EndState) {
    this.#state = state;
  }

  async run(): Promise<void> {
    for (const worker of this.#state.workers) {
      if (worker.isAlive) this.#state.broken.push(`${worker.name} does not stop`);
    }
    for (const runId of this.#state.created) {
      const run = await this.#state.stores.runs.get(runId);
      if (run !== null) await this.#checkRun(run);
    }
    for (const tenantId of TENANTS) {
      const probe = { runId: `${tenantId}-probe`, tenantId, configVersion: 1, vendors: [], force: false, now: 0 };
      const { status } = await this.#state.stores.runs.create(probe);
      const ended = this.#state.created
        .filter((id) => id.startsWith(tenantId))
        .every((id) => this.#state.endings.has(id));
      if (ended && status !== 'created') this.#state.broken.push(`the slot of ${tenantId} stays: ${status}`);
    }
    for (const tenantId of TENANTS) await this.#checkPublications(tenantId);
    if (!this.#state.stores.queue.isEmpty) this.#state.broken.push('a message stays');
    for (const { job } of await this.#state.stores.queue.deadLetters.list(100)) {
      if (isOfSimulation(job)) continue;
      const run = await this.#state.stores.runs.get(job?.run_id ?? '');
      // its message could not be deleted, or was lost too often while the run went on
      const isKnown = this.#state.lostDeliveries;
      if (isKnown && run?.status === 'SUCCEEDED') continue;
      if (run?.errorCode !== 'POISON_JOB' && run?.errorCode !== 'CANCELLED')
        this.#state.broken.push(`a dead letter of ${job?.run_id}, which ended ${run?.status} ${run?.errorCode}`);
    }
  }

  async #checkPublications(tenantId: string): Promise<void> {
    const { broken, created, stores, endings } = this.#state;
    const ids = created.filter((id) => id.startsWith(tenantId) && endings.has(id));
    const runs = await Promise.all(ids.map((id) => stores.runs.get(id)));
    const ended = runs.filter((run) => run !== null);
    broken.push(...checkPublications(stores.artifacts, tenantId, ended));
  }

  async #checkRun(run: RunRecord): Promise<void> {
    const { runId, tenantId, status, errorCode } = run;
    const endings = this.#state.endings.get(runId) ?? 0;
    if (endings !== 1) this.#state.broken.push(`${runId} ended ${endings} times`);
    if (status === 'FAILED') {
      const isCancel = errorCode === 'CANCELLED' && this.#state.cancelled.has(runId);
      if (!isCancel && errorCode !== 'POISON_JOB')
        this.#state.broken.push(`${runId} failed: ${errorCode} ${run.errorMessage}`);
    }
    const prefix = `${runId}/tenants/${tenantId}/`;
    const files = this.#state.stores.artifacts.textsUnder(prefix);
    const atEnd = this.#state.atEnd.get(runId) ?? new Map();
    for (const [key, text] of files) {
      if (status === 'SUCCEEDED' && atEnd.get(key) !== text)
        this.#state.broken.push(`${key} changed after the end of its run`);
    }
    if (status !== 'SUCCEEDED') return;
    // the artifacts named by the run, and the files that only the product reads
    const keys = new Set([...Object.values(run.artifacts), ...files.keys()]);
    const artifacts = new Map([...keys].map((key) => [key.slice(prefix.length), files.get(key)]));
    await this.#checkFiles(run, artifacts);
  }

  async #checkFiles(run: RunRecord, files: Map<string, string | undefined>): Promise<void> {
    const manifest = JSON.parse(files.get('reports/input_manifest.json') ?? '{"vendors":{}}');
    const pinned = this.#state.pinned.get(`${run.runId}/tenants/${run.tenantId}/reports/input_manifest.json`);
    if (pinsOf(JSON.stringify(manifest)).join() !== pinned)
      this.#state.broken.push(`${run.runId} pins other inputs than those that it had pinned first`);
    const versions = VENDORS.map((vendor) => {
      const copy = files.get(`inbound/${vendor}/feed.csv`) ?? '';
      if (manifest.vendors[vendor]?.sha256 !== hashOf(copy))
        this.#state.broken.push(
          `${run.runId}: the manifest names another copy of ${vendor} than the one that is there`,
        );
      return [0, 1, 2].findIndex((version) => feedVersion(vendor, version) === copy);
    });
    const decisions = files.get('reports/decisions.csv') ?? null;
    if (decisions !== null && manifest.decisions?.sha256 !== hashOf(decisions))
      this.#state.broken.push(
        `${run.runId}: the manifest names another copy of the decisions than the one that is there`,
      );
    const isCompared = this.#state.hasPublishing && run.tenantId === DECIDING;
    const wanted = await referenceOf(versions, isCompared ? decisions : undefined);
    const found = comparable(run, files);
    for (const path of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      if (found[path] !== wanted[path])
        this.#state.broken.push(`${run.runId}: ${path} is not as in an undisturbed run`);
    }
  }
}
