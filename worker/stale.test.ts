/**
 * A worker that stalls between its last check of the lease and the end of a write, and wakes at any moment of a later attempt,
 * changes nothing that the later attempt wrote or read.
 */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ArtifactStore } from '../core/ports/service/objects.ts';
import { handleDelivery } from './job.ts';
import { type WorkerHarness, withMethods, withWorker } from './testing/worker-harness.ts';

/** Writes of a run from its first stage to its last. */
const WRITES = [
  ...['config_snapshot.json', 'inbound/acme/feed.csv', 'inbound/bolt/feed.csv', 'input_manifest.json'],
  ...['acme/normalized.csv', 'merged_inventory.csv', 'run_summary.json'],
];
const FEEDS = ['sku,quantity_available,cost\nOLD,1,1\n', 'sku,quantity_available,cost\nNEW,2,2\n'] as const;

/** A store whose write of one key pauses at its end until the test lets it go on. */
class Stalling {
  readonly store: ArtifactStore;
  readonly reached: Promise<void>;
  /** Resolves when the write has ended, well or not. */
  readonly ended: Promise<void>;
  goOn: () => void = () => {};

  constructor(store: ArtifactStore, end: string) {
    let reach = () => {};
    let finish = () => {};
    this.reached = new Promise((resolve) => {
      reach = resolve;
    });
    this.ended = new Promise((resolve) => {
      finish = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
    this.store = withMethods(store, {
      write: async (key, options) => {
        const sink = await store.write(key, options);
        if (!key.endsWith(end)) return sink;
        const close = async () => {
          reach();
          await gate;
          return sink.close().finally(finish);
        };
        return { write: (bytes) => sink.write(bytes), abort: () => sink.abort(), close };
      },
    });
  }
}

/** Calls `action` once, before the write of a key begins or after it has ended. */
function around(
  store: ArtifactStore,
  end: string,
  when: 'before' | 'after',
  action: () => Promise<void>,
): ArtifactStore {
  let done = false;
  const once = async () => {
    if (!done) await action();
    done = true;
  };
  return withMethods(store, {
    write: async (key, options) => {
      const isIt = key.endsWith(end);
      if (isIt && when === 'before') await once();
      const sink = await store.write(key, options);
      if (!isIt || when === 'before') return sink;
      const close = async () => {
        const written = await sink.close();
        await once();
        return written;
      };
      return { write: (bytes) => sink.write(bytes), abort: () => sink.abort(), close };
    },
  });
}

/** Asserts that the files fit together: the manifest names the copies that exist, and the feed is made of them. */
async function assertWhole(harness: WorkerHarness, id: string, feed: string, what: string): Promise<void> {
  const files = await harness.artifactsOf(id);
  const manifest = JSON.parse(files['reports/input_manifest.json']!);
  assert.equal(Object.keys(manifest), ['run_id', 'tenant_id', 'config_version', 'generated_at', 'vendors'], what);
  for (const vendor of ['acme', 'bolt']) {
    const copy = files[`inbound/${vendor}/feed.csv`]!;
    assert.is(manifest.vendors[vendor].sha256, createHash('sha256').update(copy).digest('hex'), `${what}: ${vendor}`);
  }
  assert.is(files['inbound/acme/feed.csv'], feed, what);
  assert.match(files['normalized/acme/normalized.csv']!, feed === FEEDS[0] ? 'OLD' : 'NEW');
  assert.match(files['outputs/merged_inventory.csv']!, feed === FEEDS[0] ? 'OLD' : 'NEW');
}

for (const stalled of WRITES) {
  test(
    `a worker that stalled while it wrote ${stalled} changes nothing of a later attempt`,
    withWorker(async (harness) => {
      // the moments around the stalled write and the manifest matter most; the simulation of workers tries all
      const ends = [...new Set([stalled, 'input_manifest.json'])];
      const moments = ends.flatMap((end) => [`before ${end}`, `after ${end}`]).concat('when the run is over');
      for (const [n, moment] of moments.entries()) {
        const id = `r${n}`;
        await harness.putFeed('acme', FEEDS[0]);
        await harness.start(id);
        const stalling = new Stalling(harness.stores.artifacts, stalled);
        const first = handleDelivery(harness.deps({ artifacts: stalling.store }), (await harness.receive())!);
        await stalling.reached;
        // the lease ends and the vendor sends another feed
        harness.time += 301_000;
        await harness.putFeed('acme', FEEDS[1]);
        const resume = async () => {
          stalling.goOn();
          await stalling.ended;
        };
        const [when, end = ''] = moment.split(' ');
        const artifacts =
          when === 'when' ? harness.stores.artifacts : around(harness.stores.artifacts, end, when as 'before', resume);
        for (let tries = 0; tries < 3 && (await harness.run(id)).status !== 'SUCCEEDED'; tries++) {
          const delivery = await harness.receive();
          if (delivery !== null) await handleDelivery(harness.deps({ artifacts }, { workerId: 'w2' }), delivery);
          if ((await harness.run(id)).status !== 'SUCCEEDED') harness.time += 40_000;
        }
        const whole = await harness.artifactsOf(id);
        await resume();
        await first;
        const what = `${stalled}, ${moment}`;
        assert.is((await harness.run(id)).status, 'SUCCEEDED', what);
        // a manifest that the first attempt wrote in time pins what that attempt copied
        const pinned = WRITES.indexOf(stalled) > WRITES.indexOf('input_manifest.json');
        const { acme } = JSON.parse(whole['reports/input_manifest.json']!).vendors;
        const old = acme.sha256 === createHash('sha256').update(FEEDS[0]).digest('hex');
        if (pinned) assert.ok(old, what);
        await assertWhole(harness, id, FEEDS[old ? 0 : 1], what);
        assert.equal(await harness.artifactsOf(id), whole, `${what}: nothing changed after the end`);
        assert.equal(await harness.messages(), [0, 0, 0], what);
      }
    }),
  );
}

test.run();
