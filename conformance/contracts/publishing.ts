/**
 * What publishing must do on every family of stores: simultaneous decisions and publications have one order, an act
 * that is interrupted leaves all of its changes or none, and one process sees what another did. The API works on the
 * subject's stores.
 */
import * as assert from 'uvu/assert';
import { type Api, addTenant, startApi } from '../../api/testing/harness.ts';
import { type Publication, readCurrent, readPublication } from '../../core/pipeline/publications.ts';
import { decisionsKey } from '../../core/pipeline/publish/holds/decisions.ts';
import type { ArtifactStore, ObjectSink, WriteOptions } from '../../core/ports/service/objects.ts';
import type { RunStore } from '../../core/ports/service/runs.ts';
import type { TenantStore } from '../../core/ports/service/tenants.ts';
import type { UsageStore } from '../../core/ports/service/upkeep.ts';
import { withCalls } from '../../stores/with-calls.ts';
import { decoded, put, readAll } from './artifact-subject.ts';
import { newRun, T0 } from './run-subject.ts';
import type { ContractCase, Subject } from './support.ts';

export interface PublishingStores {
  artifacts: ArtifactStore;
  tenants: TenantStore;
  runs: RunStore;
  usage: UsageStore;
}

export interface PublishingSubject extends Subject, PublishingStores {
  /** The stores of another process. */
  peer(): Promise<PublishingStores>;
}

const HOLDS_HEADER = 'sku,reason,published_price,candidate_price,cost,vendor_id,held_runs\n';
const FEED_HEADER = 'sku,quantity_available,price\n';
const SKUS = ['A', 'B', 'C', 'D', 'E', 'F'];
const DECISIONS = '/v1/tenants/shop/decisions';

async function apiOn({ artifacts, tenants, runs, usage }: PublishingStores): Promise<Api> {
  let now = T0;
  // each request has a time of its own
  return startApi({}, { artifacts, tenants, runs, usage, now: () => ++now });
}

/** Two processes, and the tenant `shop`. */
async function withShop(subject: PublishingSubject): Promise<[Api, Api]> {
  const first = await apiOn(subject);
  await addTenant(first, 'shop');
  return [first, await apiOn(await subject.peer())];
}

interface EndedRun {
  runId: string;
  /** Files by path below the run's prefix, with the artifact's name. */
  files: ReadonlyArray<[name: string, path: string, text: string]>;
  isTripped?: boolean;
}

async function endedRun({ runs, artifacts }: PublishingStores, { runId, files, isTripped }: EndedRun): Promise<void> {
  await runs.create(newRun(runId));
  await runs.claim(runId, 'w1', T0, 1000);
  const keys: Record<string, string> = {};
  for (const [name, path, text] of files) {
    keys[name] = `${runId}/tenants/shop/${path}`;
    await put(artifacts, keys[name], text);
  }
  const how = isTripped ? { status: 'FAILED' as const, errorCode: 'GUARDRAIL_TRIPPED' as const } : null;
  assert.ok(await runs.finish({ runId, attempt: 1 }, { ...(how ?? { status: 'SUCCEEDED' }), artifacts: keys }, T0 + 1));
}

async function holding(stores: PublishingStores, skus: readonly string[] = SKUS): Promise<void> {
  const lines = skus.map((sku) => `${sku},price_rise,1.00,2.00,1.00,acme,1\n`);
  const files = [
    ['holds', 'reports/holds.csv', HOLDS_HEADER + lines.join('')],
    ['input_manifest', 'reports/input_manifest.json', '{"baseline":{"run_id":"r0"},"vendors":{}}'],
  ] as const;
  await endedRun(stores, { runId: 'r1', files: files.map((file) => [...file]) });
}

const decide = (api: Api, skus: readonly string[] | 'all', decision = 'accept', reason = 'checked') =>
  api.call('POST', DECISIONS, { body: { run_id: 'r1', skus, decision, reason } });

async function decided(api: Api): Promise<string[]> {
  return (await api.call('GET', DECISIONS)).json.decisions.map((one: { sku: string }) => one.sku);
}

/** Runs `r1` and `r2` have published. `r3` was stopped, and was compared with `r2`'s feed. */
async function published(stores: PublishingStores): Promise<void> {
  for (const [runId, rows] of [
    ['r1', 'A,1,1.00\nB,1,1.00\n'],
    ['r2', 'A,1,2.00\nC,1,3.00\n'],
  ] as const) {
    await tripped(stores, runId, rows);
    const { json } = await publish(await apiOn(stores), runId);
    assert.is(json.run_id, runId);
  }
  await tripped(stores, 'r3', 'D,4,4.00\n');
}

async function tripped(stores: PublishingStores, runId: string, rows: string): Promise<void> {
  const baseline = (await readCurrent(stores.artifacts, 'shop'))?.publication ?? null;
  await endedRun(stores, {
    runId,
    isTripped: true,
    files: [
      ['candidate_inventory', 'outputs/candidate_inventory.csv', FEED_HEADER + rows],
      ['input_manifest', 'reports/input_manifest.json', JSON.stringify({ baseline, vendors: {} })],
      ['diff', 'reports/diff.json', JSON.stringify({ rows: { candidate: rows.split('\n').length - 1 } })],
    ],
  });
}

const publish = (api: Api, runId: string) =>
  api.call('POST', `/v1/runs/${runId}/publish`, { body: { reason: 'looked at' } });
const rollBack = (api: Api, runId: string) =>
  api.call('POST', '/v1/tenants/shop/rollback', { body: { run_id: runId, reason: 'wrong' } });
const feed = async (api: Api) => (await api.call('GET', '/v1/tenants/shop/feed')).text;

/** The runs of all publications, after checking that each has its record and that the last one is published. */
async function history({ artifacts }: PublishingStores): Promise<string[]> {
  const current = (await readCurrent(artifacts, 'shop'))!.publication;
  const all: Publication[] = [];
  for (let n = 1; n <= current.sequence; n++) all.push((await readPublication(artifacts, 'shop', n))!);
  assert.equal(all.at(-1), current);
  assert.is(await readPublication(artifacts, 'shop', current.sequence + 1), null);
  return all.map((one) => one.run_id);
}

/** A store whose process dies at a write of this key, before or after the write is done. */
function dying(store: ArtifactStore, end: string, when: 'before' | 'after'): ArtifactStore {
  const write = async (key: string, options?: WriteOptions): Promise<ObjectSink> => {
    const sink = await store.write(key, options);
    if (!key.endsWith(end)) return sink;
    const close = async () => {
      if (when === 'after') await sink.close();
      else await sink.abort();
      throw new Error('the process has died');
    };
    return { write: (bytes) => sink.write(bytes), abort: () => sink.abort(), close };
  };
  return withCalls(store, { write });
}

export const publishingCases: ReadonlyArray<ContractCase<PublishingSubject>> = [
  {
    name: 'decisions of several processes at once are all kept, and each is whole',
    run: async (subject) => {
      const apis = await withShop(subject);
      await holding(subject);
      const pairs = [['A', 'B'], ['C'], ['D', 'E'], ['F']];
      const answers = await Promise.all(pairs.map((skus, i) => decide(apis[i % 2]!, skus)));
      assert.equal(
        answers.map(({ status, json }) => [status, json.count]),
        pairs.map((skus) => [201, skus.length]),
      );
      assert.equal(await decided(apis[1]), SKUS);
    },
  },
  {
    name: 'of two opposite decisions at once one holds, for all SKUs',
    run: async (subject) => {
      const [one, other] = await withShop(subject);
      await holding(subject);
      await Promise.all([decide(one, 'all', 'accept'), decide(other, 'all', 'reject')]);
      const { decisions } = (await other.call('GET', DECISIONS)).json;
      assert.equal(
        decisions.map((row: { decision: string }) => row.decision),
        SKUS.map(() => decisions[0].decision),
      );
    },
  },
  {
    name: 'a process that dies while it decides has decided all or nothing',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      await holding(subject);
      await decide(api, ['B']);
      const before = decoded(await readAll(subject.artifacts, decisionsKey('shop')));
      for (const when of ['before', 'after'] as const) {
        const artifacts = dying(subject.artifacts, 'decisions.csv', when);
        assert.is((await decide(await apiOn({ ...subject, artifacts }), ['A', 'F'])).status, 500);
        if (when === 'before') assert.is(decoded(await readAll(subject.artifacts, decisionsKey('shop'))), before);
        else assert.equal(await decided(other), ['A', 'B', 'F']);
      }
      await decide(other, ['C']);
      assert.equal(await decided(api), ['A', 'B', 'C', 'F']);
    },
  },
  {
    name: 'a decision on very many SKUs is one act, and is read in pages from anywhere',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      const skus = Array.from({ length: 12_000 }, (_, i) => `SKU-${String(i).padStart(9, '0')}`);
      await holding(subject, skus);
      assert.is((await decide(api, 'all', 'accept', 'x'.repeat(450))).json.count, skus.length);
      assert.ok((await subject.artifacts.head(decisionsKey('shop')))!.size > 5 << 20, 'several parts of an upload');
      let cursor = '';
      for (let page = 0; page < 3; page++) {
        const { json } = await other.call('GET', `${DECISIONS}?limit=200${cursor}`);
        assert.equal(
          json.decisions.map((one: { sku: string }) => one.sku),
          skus.slice(page * 200, page * 200 + 200),
        );
        cursor = `&cursor=${json.next_cursor}`;
        // from then on the table is another object
        if (page === 1) await decide(api, [skus[5]!], 'reject');
      }
    },
  },
  {
    name: 'a link opens the feed for all processes, until one of them revokes it',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      await published(subject);
      const { url, link_id } = (await api.call('POST', '/v1/tenants/shop/feed-links')).json;
      const read = () => other.call('GET', new URL(url).pathname, { key: null });
      assert.equal([(await read()).status, (await read()).text], [200, await feed(api)]);
      assert.is((await other.call('GET', '/v1/tenants/shop', { key: url.split('/').at(-1) })).status, 401);
      assert.is((await api.call('DELETE', `/v1/tenants/shop/feed-links/${link_id}`)).status, 204);
      assert.is((await read()).status, 404);
    },
  },
  {
    name: 'the feed of a run that was stopped is published by hand once, while its baseline is published',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      await published(subject);
      const { status, json } = await publish(api, 'r3');
      assert.equal([status, json.sequence, json.reason], [200, 3, 'looked at']);
      assert.equal((await publish(other, 'r3')).json, json);
      assert.is(await feed(other), `${FEED_HEADER}D,4,4.00\n`);
      await tripped(subject, 'r4', 'E,1,1.00\n');
      await rollBack(other, 'r1');
      assert.equal(
        [(await publish(api, 'r4')).json.error, await history(subject)],
        ['BASELINE_MOVED', ['r1', 'r2', 'r3', 'r1']],
      );
    },
  },
  {
    name: 'a rollback is a publication of its own, with a delta that takes what was added off sale',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      await published(subject);
      const { json } = await rollBack(api, 'r1');
      assert.equal([json.sequence, json.run_id, json.reason], [3, 'r1', 'wrong']);
      assert.is(await feed(other), `${FEED_HEADER}A,1,1.00\nB,1,1.00\n`);
      const delta = await other.call('GET', '/v1/tenants/shop/publications/3/delta');
      assert.is(
        delta.text,
        '_change,sku,quantity_available,price,_previous_price,_previous_quantity\n' +
          'changed,A,1,1.00,2.00,1\nadded,B,1,1.00,,\nzeroed,C,0,3.00,3.00,1\n',
      );
    },
  },
  {
    name: 'publications of several processes at once have one order, without gaps',
    run: async (subject) => {
      const [api, other] = await withShop(subject);
      await published(subject);
      const asked = [publish(api, 'r3'), rollBack(other, 'r1'), publish(other, 'r3'), rollBack(api, 'r2')];
      const answers = await Promise.all(asked);
      // once another feed is published, the stopped one cannot be published any more
      const moved = answers.filter(({ json }) => json.error === 'BASELINE_MOVED').length;
      const done = answers.filter(({ status }) => status === 200);
      assert.is(moved + done.length, 4, JSON.stringify(answers.map(({ json }) => json)));
      const sequences = [...new Set(done.map(({ json }) => json.sequence))].sort();
      assert.equal(
        sequences,
        sequences.map((_, i) => i + 3),
      );
      assert.is((await history(subject)).length, 2 + sequences.length);
      // feeds of different runs are different publications in any order; the same run published twice may be one
      const runs = ['r3', 'r1', 'r3', 'r2'];
      const shown = answers.flatMap(({ status, json }, i) => (status === 200 ? [`${json.sequence} ${runs[i]}`] : []));
      assert.is(new Set(shown).size, sequences.length, `several runs share a publication: ${shown.join()}`);
    },
  },
  ...(['current.json', 'publications/3.json'] as const).flatMap((end) =>
    (['before', 'after'] as const).map((when) => ({
      name: `a process that dies ${when} its write of ${end} of a feed published by hand has published it once or not at all`,
      run: async (subject: PublishingSubject) => {
        const [api, other] = await withShop(subject);
        await published(subject);
        const artifacts = dying(subject.artifacts, end, when);
        assert.is((await publish(await apiOn({ ...subject, artifacts }), 'r3')).status, 500);
        const isPublished = end !== 'current.json' || when === 'after';
        assert.is(await feed(api), FEED_HEADER + (isPublished ? 'D,4,4.00\n' : 'A,1,2.00\nC,1,3.00\n'));
        // whoever asks again gets the one publication, whether it had happened or not
        const { json } = await publish(other, 'r3');
        assert.equal([json.sequence, json.run_id], [3, 'r3']);
        assert.is((await publish(api, 'r3')).json.sequence, 3);
        await rollBack(api, 'r1');
        assert.equal(await history(subject), ['r1', 'r2', 'r3', 'r1']);
      },
    })),
  ),
  ...(['current.json', 'publications/3.json'] as const).flatMap((end) =>
    (['before', 'after'] as const).map((when) => ({
      name: `a process that dies ${when} its write of ${end} has published once or not at all; the next one goes on`,
      run: async (subject: PublishingSubject) => {
        const [api] = await withShop(subject);
        await published(subject);
        const artifacts = dying(subject.artifacts, end, when);
        assert.is((await rollBack(await apiOn({ ...subject, artifacts }), 'r1')).status, 500);
        const isPublished = end !== 'current.json' || when === 'after';
        assert.is(await feed(api), FEED_HEADER + (isPublished ? 'A,1,1.00\nB,1,1.00\n' : 'A,1,2.00\nC,1,3.00\n'));
        const listed = (await api.call('GET', '/v1/tenants/shop/publications')).json.publications;
        assert.is(listed.length, isPublished ? 3 : 2);
        await rollBack(api, 'r2');
        assert.equal(await history(subject), isPublished ? ['r1', 'r2', 'r1', 'r2'] : ['r1', 'r2', 'r2']);
      },
    })),
  ),
];
