/** Small artifacts that wait for each other: when they are written, with what, and what is seen of them until then. */
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { PATHS, writing } from '../../core/pipeline/artifacts.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { ObjectArtifacts } from './object-artifacts.ts';

const RUN = { runId: 'run_1', tenantId: 'shop' };
const LARGE = 64 * 1024 + 1;

/** An attempt at a run whose store notes its calls. No write closes before the test lets it. */
function attempt(fails = '') {
  const calls: string[] = [];
  const gates: Array<() => void> = [];
  let time = 0;
  const store = {
    write: async (key: string) => {
      const name = key.slice('run_1/tenants/shop/'.length);
      calls.push(`open ${name}`);
      return {
        write: () => {},
        abort: async () => void calls.push(`abort ${name}`),
        close: async () => {
          await new Promise<void>((resolve) => gates.push(resolve));
          if (name === fails) throw new RelayError('precondition_failed', 'no');
          calls.push(`close ${name}`);
          return { etag: `etag of ${name}` };
        },
      };
    },
  } as unknown as ArtifactStore;
  const createHasher = () => {
    const hash = createHash('sha256');
    return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
  };
  const artifacts = new ObjectArtifacts(store, RUN, async (path) => void calls.push(`confirm ${path}`), {
    createHasher,
    now: () => time,
  });
  const write = (path: string, bytes = new Uint8Array(3)) =>
    writing(artifacts, path, async (sink) => sink.write(bytes));
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const letThrough = async <T>(done: Promise<T>): Promise<T> => {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    void done.then(end, end);
    while (!isDone) {
      for (const gate of gates.splice(0)) gate();
      await turn();
    }
    return done;
  };
  const wait = (ms: number) => {
    time += ms;
  };
  return { artifacts, calls, write, turn, letThrough, wait };
}

test('small artifacts are written together at the end of a stage', async () => {
  const { artifacts, calls, write, turn, letThrough } = attempt();
  const feed = new TextEncoder().encode('sku\nA\n');
  await write('a.csv');
  await write(PATHS.merged('csv'), feed);
  assert.equal([calls, artifacts.feed, [...artifacts.present]], [[], null, []]);
  const done = artifacts.settle();
  await turn();
  // none waits for the other's end
  assert.equal(calls, [
    ...['open a.csv', 'open outputs/merged_inventory.csv'],
    ...['confirm a.csv', 'confirm outputs/merged_inventory.csv'],
  ]);
  await letThrough(done);
  assert.equal([...artifacts.present], ['a.csv', PATHS.merged('csv')]);
  const sha256 = createHash('sha256').update(feed).digest('hex');
  assert.equal(artifacts.feed, { path: PATHS.merged('csv'), etag: `etag of ${PATHS.merged('csv')}`, sha256 });
  calls.length = 0;
  await artifacts.settle();
  assert.equal(calls, []);
});

test('manifest and summary are written after all other artifacts', async () => {
  for (const last of [PATHS.manifest, PATHS.summary]) {
    const { calls, write, letThrough } = attempt();
    await write('a.csv');
    await letThrough(write(last));
    const closed = calls.filter((call) => /^(close|confirm)/.test(call));
    assert.equal(closed, ['confirm a.csv', 'close a.csv', `confirm ${last}`, `close ${last}`]);
  }
});

test('a waiting file can be read back, and the later write of a file wins', async () => {
  const { artifacts, calls, write, letThrough } = attempt();
  const bytes = Uint8Array.of(1);
  await write('a.csv', bytes);
  // the writer may use its buffer again
  bytes[0] = 9;
  await write('b.csv', Uint8Array.of(5));
  await write('b.csv', Uint8Array.of(6));
  for (const [path, wanted] of [
    ['a.csv', 1],
    ['b.csv', 6],
  ] as const) {
    const read: number[] = [];
    for await (const chunk of artifacts.source(path).open()) read.push(...chunk);
    assert.equal(read, [wanted]);
  }
  await letThrough(artifacts.settle());
  assert.equal(
    calls.filter((call) => call.startsWith('close')),
    ['close a.csv', 'close b.csv'],
  );
});

test('large files, and decisions, whose ETag the manifest names, are written at once', async () => {
  const { artifacts, calls, write, letThrough } = attempt();
  await write('small.csv', new Uint8Array(LARGE - 1));
  assert.equal(calls, []);
  await letThrough(write('large.csv', new Uint8Array(LARGE)));
  await letThrough(write(PATHS.decisions));
  assert.is(artifacts.etagOf(PATHS.decisions), `etag of ${PATHS.decisions}`);
  assert.equal(
    calls.filter((call) => call.startsWith('close')),
    ['close large.csv', `close ${PATHS.decisions}`],
  );
});

test('files wait only for a moment, and not if many wait', async () => {
  const slow = attempt();
  await slow.write('a.csv');
  slow.wait(100);
  await slow.letThrough(slow.write('b.csv'));
  assert.equal([...slow.artifacts.present], ['a.csv', 'b.csv']);
  const full = attempt();
  for (let i = 0; i < 8; i++) await full.write(`${i}.csv`, new Uint8Array(LARGE - 1));
  assert.is(full.artifacts.present.size, 0);
  await full.letThrough(full.write('8.csv'));
  assert.is(full.artifacts.present.size, 9);
});

test('an artifact that cannot be written fails the stage after the others are written; dropped ones do not come back', async () => {
  const { artifacts, calls, write, letThrough } = attempt('a.csv');
  await write('a.csv');
  await write('b.csv');
  const error = await letThrough(artifacts.settle().catch((thrown) => thrown));
  assert.equal([error.code, error.recovery], ['precondition_failed', 'retry']);
  assert.equal([[...artifacts.present], calls.at(-1)], [['b.csv'], 'abort a.csv']);
  calls.length = 0;
  await artifacts.settle();
  assert.equal(calls, []);
  const sink = await artifacts.create('c.csv');
  await sink.write(new Uint8Array(1));
  await sink.abort();
  await artifacts.settle();
  assert.equal(calls, []);
});

test.run();
