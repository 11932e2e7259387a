/** A tenant's publications: their order when two publish at once, and how the one of a run is found. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryArtifactFiles } from '../../api/testing/memory-objects.ts';
import { RelayError } from '../../core/errors.ts';
import {
  type Current,
  candidatePublication,
  findPublication,
  isBaseline,
  movePublication,
  newestPublications,
  type Publication,
  pinnedSource,
  publicationKey,
  publicationOfRun,
  readCurrent,
  readJson,
  readPublication,
  recordPublication,
  writeJsonObject,
} from '../../core/pipeline/publications.ts';

const test = suite('publications');
const CURRENT = 'tenants/shop/current.json';
const START = Date.parse('2026-01-01T00:00:00Z');

/** One publication an hour, of runs `r1`, `r2` and so on. */
function publicationOf(sequence: number, more: Partial<Publication> = {}): Publication {
  return {
    ...{ sequence, run_id: `r${sequence}`, key: 'k', etag: 'e', sha256: 's', format: 'csv', rows: 1 },
    ...{ published_at: new Date(START + sequence * 3_600_000).toISOString(), config_version: 1, reason: null },
    ...more,
  };
}

async function storeOf(count: number, more: (sequence: number) => Partial<Publication> = () => ({})) {
  const store = new MemoryArtifactFiles();
  let current: Current | null = null;
  for (let i = 1; i <= count; i++) {
    const { sequence: _, ...next } = publicationOf(i, more(i));
    await movePublication(store, 'shop', current, next);
    current = await readCurrent(store, 'shop');
  }
  return { store, current };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: RelayError) => error.code,
  );

test('publications have numbers from 1, and each has its record', async () => {
  const { store, current } = await storeOf(3);
  assert.equal(current?.publication, publicationOf(3));
  for (const i of [1, 2, 3]) assert.equal(await readPublication(store, 'shop', i), publicationOf(i));
  assert.is(await readPublication(store, 'shop', 4), null);
  assert.is(await readCurrent(store, 'other'), null);
});

test('of two that publish at once one is refused, and changes nothing', async () => {
  const { sequence: _, ...next } = publicationOf(9);
  for (const count of [0, 2]) {
    const { store, current } = await storeOf(count);
    const first = await movePublication(store, 'shop', current, next);
    assert.is(first.sequence, count + 1);
    assert.is(
      await codeOf(movePublication(store, 'shop', current, { ...next, run_id: 'late' })),
      'precondition_failed',
    );
    assert.equal((await readCurrent(store, 'shop'))?.publication, first);
    assert.equal(await readPublication(store, 'shop', count + 1), first);
  }
});

test('a record that its writer did not write is written before the next publication', async () => {
  const { store, current } = await storeOf(2);
  await store.remove(publicationKey('shop', 2));
  store.beforeClose = (key) => {
    if (key === CURRENT) assert.ok(store.objects.has(publicationKey('shop', 2)));
  };
  await movePublication(store, 'shop', current, publicationOf(3));
  assert.equal(await readPublication(store, 'shop', 2), publicationOf(2));
  const was = store.objects.get(publicationKey('shop', 2));
  await recordPublication(store, 'shop', publicationOf(2, { run_id: 'other' }));
  assert.is(store.objects.get(publicationKey('shop', 2)), was);
});

test('a record that somebody else writes meanwhile is the same; other failures are told', async () => {
  const { store } = await storeOf(1);
  await store.remove(publicationKey('shop', 1));
  store.beforeClose = (key) => {
    store.put(key, JSON.stringify(publicationOf(1)));
  };
  assert.is(await codeOf(recordPublication(store, 'shop', publicationOf(1))), null);
  await store.remove(publicationKey('shop', 1));
  store.beforeClose = () => {
    throw new RelayError('store_unavailable', 'not now');
  };
  assert.is(await codeOf(recordPublication(store, 'shop', publicationOf(1))), 'store_unavailable');
});

test('the newest come first, as many as are asked for, without those that were removed', async () => {
  const { store } = await storeOf(5);
  const numbers = async (limit: number) =>
    (await newestPublications(store, 'shop', limit)).map(({ sequence }) => sequence);
  assert.equal(await numbers(1), [5]);
  assert.equal(await numbers(3), [5, 4, 3]);
  assert.equal(await numbers(9), [5, 4, 3, 2, 1]);
  await store.remove(publicationKey('shop', 4));
  // the record of the last one need not be there
  await store.remove(publicationKey('shop', 5));
  assert.equal(await numbers(3), [5, 3]);
  assert.equal(await newestPublications(store, 'none', 3), []);
});

test('a feed is the baseline of its run and its time, and nothing of nothing', () => {
  const pinned = (more: object = {}) => ({
    ...{ run_id: 'r2', key: null, etag: null, sha256: null },
    published_at: publicationOf(2).published_at,
    ...more,
  });
  const current = { publication: publicationOf(2), etag: 'e' };
  assert.ok(isBaseline(null, null));
  assert.not(isBaseline(null, current));
  assert.not(isBaseline(pinned(), null));
  assert.ok(isBaseline(pinned(), current));
  assert.not(isBaseline(pinned({ run_id: 'r1' }), current));
  assert.not(isBaseline(pinned({ published_at: publicationOf(3).published_at }), current));
});

test('the publication of a run is the newest one, not before a time', async () => {
  const { store, current } = await storeOf(6, (i) => (i === 4 ? { run_id: 'r2' } : {}));
  const find = async (runId: string, hours: number) =>
    (await findPublication(store, 'shop', current, { runId, since: START + hours * 3_600_000 }))?.sequence ?? null;
  assert.equal([await find('r6', 0), await find('r2', 0), await find('r1', 0), await find('none', 0)], [6, 4, 1, null]);
  assert.equal(
    [await find('r3', 3), await find('r3', 3.1), await find('r6', 6), await find('r6', 7)],
    [3, null, 6, null],
  );
  assert.is(await findPublication(store, 'shop', null, { runId: 'r1', since: 0 }), null);
  await store.remove(publicationKey('shop', 5));
  assert.equal([await find('r6', 0), await find('r3', 0)], [6, null]);
});

test('a publication of an old run is found with few reads, however many came since', async () => {
  const count = 1000;
  const { store, current } = await storeOf(count, (i) => (i > 500 ? { run_id: `r${i - (i % 2) * 3}` } : {}));
  let reads = 0;
  const watched = Object.assign(Object.create(store) as MemoryArtifactFiles, {
    read: (key: string) => {
      reads++;
      return store.read(key);
    },
  });
  const find = async (runId: string, hours: number) => {
    const asked = { runId, requestedAt: START + hours * 3_600_000 };
    const found = (await publicationOfRun(watched, 'shop', current as Current, asked))?.sequence ?? null;
    assert.ok(reads < 250, `${reads} reads for ${runId}`);
    reads = 0;
    return found;
  };
  assert.equal([await find('r1000', 999), await find('r998', 997), await find('r996', 995)], [1000, 998, 999]);
  assert.equal(
    [await find('r5', 4), await find('r5', 50), await find('r1', 0), await find('r499', 480)],
    [5, 5, 1, 499],
  );
  // a run that published nothing, and one asked for at a wrong time
  assert.equal([await find('none', 5), await find('none', 2000), await find('r5', 90)], [null, null, null]);
  const few = await storeOf(100, (i) => (i === 100 ? { run_id: 'r2' } : {}));
  const asked = { runId: 'r2', requestedAt: START + 3_600_000 };
  assert.is((await publicationOfRun(few.store, 'shop', few.current as Current, asked))?.sequence, 100, 'the newest');
});

test('property: the publication of a candidate is near the time of its run, however many there are', async () => {
  for (const count of [1, 2, 7, 20]) {
    const { store, current } = await storeOf(count);
    const reads: string[] = [];
    const watched = Object.assign(Object.create(store) as MemoryArtifactFiles, {
      read: (key: string) => {
        reads.push(key);
        return store.read(key);
      },
    });
    for (let sequence = 1; sequence <= count; sequence++) {
      for (let hours = 0; hours <= count + 1; hours++) {
        const asked = { runId: `r${sequence}`, requestedAt: START + hours * 3_600_000 };
        const found = await candidatePublication(watched, 'shop', current as Current, asked);
        // the first that is not before the request, or the last
        const first = Math.min(Math.max(hours, 1), count);
        const isNear = Math.abs(sequence - first) <= 3;
        assert.equal(found, isNear ? publicationOf(sequence) : null, `${sequence} of ${count} at ${hours}`);
      }
    }
    const numbers = reads.map((key) => Number(/\/publications\/(.+)\.json$/.exec(key)?.[1]));
    assert.ok(numbers.every((one) => one >= 1 && one < count));
  }
  const { store, current } = await storeOf(20);
  for (const gone of [5, 10]) await store.remove(publicationKey('shop', gone));
  const asked = { runId: 'r14', requestedAt: START + 13 * 3_600_000 };
  assert.is((await candidatePublication(store, 'shop', current as Current, asked))?.sequence, 14);
});

test('JSON objects are written under a condition and read with their etag', async () => {
  const store = new MemoryArtifactFiles();
  await writeJsonObject(store, 'a/b', { text: 'gröööööße' }, { ifNoneMatch: true });
  assert.is(Buffer.from(store.objects.get('a/b')!).toString(), '{\n  "text": "gröööööße"\n}\n');
  const found = await readJson<{ text: string }>(store, 'a/b');
  assert.is(found?.value.text, 'gröööööße');
  await writeJsonObject(store, 'a/b', 1, { ifMatch: found?.etag ?? '' });
  assert.is(await codeOf(writeJsonObject(store, 'a/b', 2, { ifMatch: found?.etag ?? '' })), 'precondition_failed');
  assert.is(await readJson(store, 'a/c'), null);
  store.put('a/d', '{');
  const error = await readJson(store, 'a/d').catch((reason: RelayError) => reason);
  assert.equal([(error as RelayError).code, (error as RelayError).message], ['invalid_input', 'a/d is not JSON']);
  store.read = () => Promise.reject(new RelayError('store_unavailable', 'not now'));
  assert.is(await codeOf(readJson(store, 'a/b')), 'store_unavailable');
});

test('a source is an object in exactly one state, if that is asked for', async () => {
  const store = new MemoryArtifactFiles();
  store.put('a/b.csv', 'sku\nA\n');
  const { etag } = (await store.head('a/b.csv'))!;
  const read = async (tag: string | null) => {
    let text = '';
    for await (const chunk of pinnedSource(store, 'a/b.csv', tag).open()) text += Buffer.from(chunk).toString();
    return text;
  };
  assert.equal(
    [pinnedSource(store, 'a/b.csv', null).name, await read(null), await read(etag)],
    ['b.csv', 'sku\nA\n', 'sku\nA\n'],
  );
  assert.is(await codeOf(read('other')), 'precondition_failed');
});

test.run();
