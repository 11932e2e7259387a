/** Runs of tenant `shop`, made by the engine in memory and kept in the stores of a conversation. */
import type { Api } from '../../api/testing/harness.ts';
import { storedArtifacts } from '../../core/pipeline/artifact-names.ts';
import { movePublication, type Publication, readCurrent } from '../../core/pipeline/publications.ts';
import { DECISION_COLUMNS } from '../../core/ports/publishing.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import type { HarnessResult } from '../../plugins/testing/harness.ts';
import { runShop } from '../publish/shop.ts';

const MINUTE_MS = 60_000;
const NO_DECISIONS = `${DECISION_COLUMNS.join()}\n`;
const MADE = new Map<string, Promise<HarnessResult>>();

export class PublishedShop {
  readonly #api: Api;
  #last: { result: HarnessResult; runId: string; publishedAt: string } | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  /** A run a minute later, compared with what is published. One that succeeds is published. */
  async run(runId: string, feeds: Record<string, string>, config: object = {}): Promise<HarnessResult> {
    const { api } = this;
    const { artifacts, runs, time } = api;
    time.now += MINUTE_MS;
    const result = await this.#made(runId, feeds, config);
    const { outcome } = result;
    for (const [path, bytes] of result.artifacts.files) artifacts.objects.set(`${runId}/tenants/shop/${path}`, bytes);
    await runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: time.now });
    const failure = outcome.status === 'SUCCEEDED' ? null : outcome;
    Object.assign(runs.records.get(runId) as object, {
      status: outcome.status,
      attempt: 1,
      startedAt: time.now,
      finishedAt: time.now + 1,
      errorCode: failure?.error_code ?? null,
      errorMessage: failure?.error_message ?? null,
      artifacts: await storedArtifacts(artifacts, { runId, tenantId: 'shop' }),
    });
    if (outcome.status !== 'SUCCEEDED') return result;
    const published = await this.#publish(runId, result.merged ?? '');
    this.#last = { result, runId, publishedAt: published.published_at };
    return result;
  }

  get api(): Api {
    return this.#api;
  }

  /** Each run is made once: conversations make the same ones. */
  #made(runId: string, feeds: Record<string, string>, config: object): Promise<HarnessResult> {
    const last = this.#last;
    const found =
      last === null ? null : baselineOf({ runId: last.runId, read: (path) => last.result.artifacts.files.get(path) });
    const baseline = found === null || last === null ? null : { ...found, published_at: last.publishedAt };
    const made =
      MADE.get(runId) ?? runShop(feeds, null, config, { runId, baseline, decisions: decisionsOf(NO_DECISIONS) });
    MADE.set(runId, made);
    return made;
  }

  async #publish(runId: string, text: string): Promise<Publication> {
    const { artifacts, time, deps } = this.#api;
    const key = `${runId}/tenants/shop/outputs/merged_inventory.csv`;
    const hash = await deps.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    return movePublication(artifacts, 'shop', await readCurrent(artifacts, 'shop'), {
      ...{ run_id: runId, key, etag: (await artifacts.head(key))?.etag ?? '', format: 'csv', config_version: 1 },
      sha256: Buffer.from(hash).toString('hex'),
      rows: text.split('\n').length - 2,
      published_at: new Date(time.now).toISOString(),
      reason: null,
    });
  }
}
