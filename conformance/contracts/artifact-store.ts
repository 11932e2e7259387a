/**
 * What every `ArtifactStore` must do with objects: whole writes, conditional reads and copies, lists. For addresses see
 * `artifact-addresses.ts`.
 */
import * as assert from 'uvu/assert';
import type { ArtifactStore, WriteOptions } from '../../core/ports/service/objects.ts';
import { addressCases } from './artifact-addresses.ts';
import { type ArtifactSubject, bytesOf, decoded, pattern, put, readAll } from './artifact-subject.ts';
import { allPages, type ContractCase, refused } from './support.ts';

const objects: Array<ContractCase<ArtifactSubject>> = [
  {
    name: 'an object is read as it was written, with its type, size and time',
    run: async ({ store, now }) => {
      const bytes = pattern(700_000);
      const before = now();
      await put(store, 'r1/tenants/shop/outputs/a b+ü.csv', bytes, 'text/csv');
      const info = (await store.head('r1/tenants/shop/outputs/a b+ü.csv'))!;
      assert.equal([info.key, info.size, info.contentType], ['r1/tenants/shop/outputs/a b+ü.csv', 700_000, 'text/csv']);
      assert.ok(Math.abs(info.lastModified - before) <= 2000, 'its time is that of the write');
      const { info: read, body } = await store.read(info.key, { ifMatch: info.etag });
      assert.equal(read, info);
      assert.equal(await bytesOf(body), bytes);
    },
  },
  {
    name: 'an empty object is an object',
    run: async ({ store }) => {
      await put(store, 'a/empty', new Uint8Array(0));
      assert.is((await store.head('a/empty'))?.size, 0);
      assert.is((await readAll(store, 'a/empty')).length, 0);
    },
  },
  {
    name: 'what is not there is null or not_found, also folders and names in between',
    run: async ({ store }) => {
      await put(store, 'a/b/c', 'x');
      for (const key of ['a', 'a/b', 'a/b/', 'a/b/c/d', 'a/b/c ', 'A/b/c', 'z']) {
        assert.is(await store.head(key), null, key);
        await refused('not_found', () => store.read(key));
        await refused('not_found', () => store.copy(key, 'copy'));
      }
      assert.is(await store.head('copy'), null);
    },
  },
  {
    name: 'an object is found by its key alone, as a list shows it',
    run: async ({ store, peer }) => {
      await put(store, 'f/one.csv', 'x', 'text/csv');
      await put(store, 'f/two.csv.gz', 'xy');
      await put(store, 'f/two/deep', 'xyz');
      const other = await peer();
      const { objects } = await other.list('f/');
      for (const listed of objects) assert.equal(await other.find(listed.key), listed);
      assert.is(objects.length, 3);
      for (const key of [
        '',
        'f',
        'f/',
        'f/one',
        'f/two.csv',
        'f/two',
        'f/two/',
        '/f/one.csv',
        'f//one.csv',
        '../f/one.csv',
      ])
        assert.is(await other.find(key), null, key);
      await put(store, 'f/one.csv', 'longer');
      assert.is((await other.find('f/one.csv'))?.size, 6);
    },
  },
  {
    name: 'keys that would mean another place are refused',
    run: async ({ store }) => {
      const long = `${'k'.repeat(200)}/`.repeat(6);
      for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/../b', 'a/..', './a', 'a\0b', 'a\\b', `${long}x`]) {
        await refused('invalid_key', () => store.write(key));
      }
      await put(store, 'a', 'x');
      await refused('invalid_key', () => store.copy('a', '../b'));
      assert.equal(
        (await store.list('')).objects.map((one) => one.key),
        ['a'],
      );
    },
  },
  {
    name: 'an object appears whole when its sink is closed, and not before',
    run: async ({ store, peer }) => {
      const sink = await store.write('a/new', { contentType: 'text/plain' });
      await sink.write(pattern(100_000));
      const seen = async () => {
        const one = await peer();
        return [await one.head('a/new'), await one.newest('a/'), (await one.list('')).objects.length];
      };
      assert.equal(await seen(), [null, null, 0]);
      await sink.write(pattern(10));
      await sink.close();
      assert.is((await (await peer()).head('a/new'))?.size, 100_010);
    },
  },
  {
    name: 'a buffer may be used again after a write',
    run: async ({ store }) => {
      const sink = await store.write('a');
      const buffer = new Uint8Array(70_000);
      for (let i = 1; i <= 4; i++) await sink.write(buffer.fill(i));
      await sink.close();
      const read = await readAll(store, 'a');
      assert.equal([read[0], read[69_999], read[70_000], read[279_999]], [1, 1, 2, 4]);
    },
  },
  {
    name: 'an aborted write leaves nothing, and what was there stays',
    run: async ({ store }) => {
      await put(store, 'a/old', 'old');
      for (const key of ['a/old', 'b/new']) {
        const sink = await store.write(key);
        await sink.write(pattern(300_000));
        await sink.abort();
      }
      assert.is(decoded(await readAll(store, 'a/old')), 'old');
      assert.equal(
        (await store.list('')).objects.map((one) => one.key),
        ['a/old'],
      );
      await put(store, 'b/new', 'new');
      assert.is(decoded(await readAll(store, 'b/new')), 'new');
    },
  },
  {
    name: 'an overwrite is whole for those who read meanwhile',
    run: async ({ store, peer }) => {
      const versions = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(600_000));
      await put(store, 'k', versions[0]!);
      const reader = await peer();
      const begun = await reader.read('k');
      const check = async () => {
        const read = decoded(await readAll(reader, 'k'));
        assert.ok(versions.includes(read), `a mix of versions: ${read[0]}…${read.at(-1)} (${read.length})`);
      };
      for (const version of versions.slice(1)) {
        const bytes = new TextEncoder().encode(version);
        const sink = await store.write('k');
        await sink.write(bytes.subarray(0, 400_000));
        await check();
        await sink.write(bytes.subarray(400_000));
        await Promise.all([check(), sink.close(), check()]);
      }
      assert.is(decoded(await bytesOf(begun.body)), versions[0], 'a read that had begun');
      assert.is(decoded(await readAll(reader, 'k')), versions.at(-1));
    },
  },
  {
    name: 'the etag changes with the content, and reads can depend on it',
    run: async ({ store }) => {
      const etags = new Set<string>();
      for (const content of ['one', 'two', 'six', 'ten']) {
        await put(store, 'a', content);
        const { etag } = (await store.head('a'))!;
        assert.is((await store.head('a'))?.etag, etag, 'it is stable');
        etags.add(etag);
      }
      assert.is(etags.size, 4);
      const [old] = etags;
      await refused('precondition_failed', () => store.read('a', { ifMatch: old! }));
      await refused('not_found', () => store.read('b', { ifMatch: old! }));
    },
  },
  {
    name: 'ranges are exact, end with the object, and beyond it are refused',
    run: async ({ store }) => {
      const bytes = pattern(1000);
      await put(store, 'a', bytes);
      await put(store, 'empty', '');
      const range = async (first: number, last: number) => {
        const { info, body } = await store.read('a', { range: { first, last } });
        assert.is(info.size, 1000, 'the size is that of the object');
        return bytesOf(body);
      };
      assert.equal(await range(0, 0), bytes.subarray(0, 1));
      assert.equal(await range(10, 19), bytes.subarray(10, 20));
      assert.equal(await range(999, 999), bytes.subarray(999));
      assert.equal(await range(990, 5000), bytes.subarray(990));
      assert.equal(await range(990, Number.MAX_SAFE_INTEGER - 1), bytes.subarray(990), 'to the end');
      for (const [first, last] of [
        [1000, 1001],
        [5, 4],
        [-1, 4],
        [0.5, 4],
      ] as const) {
        await refused('invalid_range', () => store.read('a', { range: { first, last } }));
      }
      await refused('invalid_range', () => store.read('empty', { range: { first: 0, last: 0 } }));
    },
  },
  {
    name: 'a copy is the same object elsewhere, if the etag is still the one that was seen',
    run: async ({ store }) => {
      await put(store, 'from', pattern(400_000), 'text/csv');
      const { etag } = (await store.head('from'))!;
      const info = await store.copy('from', 'x/to', { ifMatch: etag });
      assert.equal([info.key, info.size, info.contentType], ['x/to', 400_000, 'text/csv']);
      assert.equal(await store.head('x/to'), info);
      assert.equal(await readAll(store, 'x/to'), pattern(400_000));
      await put(store, 'from', 'changed');
      assert.is((await readAll(store, 'x/to')).length, 400_000, 'a copy of its own');
      await refused('precondition_failed', () => store.copy('from', 'x/other', { ifMatch: etag }));
      assert.is(await store.head('x/other'), null);
      await store.copy('from', 'x/to');
      assert.is(decoded(await readAll(store, 'x/to')), 'changed');
    },
  },
  {
    name: 'a write that must not replace an object is refused if there is one by the time it ends',
    run: async ({ store, peer }) => {
      const created = await writeIf(store, 'a/new', 'one', { ifNoneMatch: true });
      assert.is((await store.head('a/new'))?.etag, created.etag, 'a write says the etag');
      await refused('precondition_failed', () => writeIf(store, 'a/new', 'two', { ifNoneMatch: true }));
      const late = await store.write('a/late', { ifNoneMatch: true });
      await late.write(pattern(10));
      await put(await peer(), 'a/late', 'meanwhile');
      await refused('precondition_failed', () => late.close());
      await late.abort();
      assert.is(decoded(await readAll(store, 'a/new')), 'one');
      assert.is(decoded(await readAll(store, 'a/late')), 'meanwhile');
    },
  },
  {
    name: 'a write can depend on the state that it replaces',
    run: async ({ store, peer }) => {
      const { etag: first } = await writeIf(store, 'a', 'one', { ifNoneMatch: true, contentType: 'text/plain' });
      const { etag: second } = await writeIf(await peer(), 'a', 'two', { ifMatch: first, contentType: 'text/csv' });
      assert.is.not(second, first);
      const info = (await store.head('a'))!;
      assert.equal([info.etag, info.size, info.contentType], [second, 3, 'text/csv']);
      await refused('precondition_failed', () => writeIf(store, 'a', 'old', { ifMatch: first }));
      await refused('precondition_failed', () => writeIf(store, 'b', 'none', { ifMatch: first }));
      assert.is(decoded(await readAll(store, 'a')), 'two');
      assert.equal(
        (await store.list('')).objects.map((one) => one.key),
        ['a'],
      );
      // several parts on S3
      const [bytes, other] = [new Uint8Array(6_000_000), new Uint8Array(6_000_001)];
      const large = await writeIf(store, 'a', bytes, { ifMatch: second });
      await refused('precondition_failed', () => writeIf(store, 'a', other, { ifMatch: second }));
      await refused('precondition_failed', () => writeIf(store, 'a', other, { ifNoneMatch: true }));
      assert.equal([(await store.head('a'))?.etag, (await store.head('a'))?.size], [large.etag, 6_000_000]);
    },
  },
  {
    name: 'of many writes that may replace one state, one does',
    run: async ({ store, peer }) => {
      const stores = [store, await peer(), await peer()];
      // S3's etag depends on the content, so the same bytes again would be the same state
      const race = async (round: number, condition: WriteOptions) => {
        const sinks = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => stores[i % 3]!.write('k', condition)));
        for (const [i, sink] of sinks.entries()) await sink.write(new TextEncoder().encode(`${round}: writer ${i}`));
        const ends = await Promise.allSettled(sinks.map((sink) => sink.close()));
        await Promise.all(sinks.map((sink) => sink.abort()));
        const won = ends.flatMap((end, i) => (end.status === 'fulfilled' ? [i] : []));
        for (const end of ends) if (end.status === 'rejected') assert.is(end.reason.code, 'precondition_failed');
        assert.is(won.length, 1);
        assert.is(decoded(await readAll(store, 'k')), `${round}: writer ${won[0]}`);
        return (await store.head('k'))!.etag;
      };
      let etag = await race(0, { ifNoneMatch: true });
      for (let round = 1; round <= 3; round++) etag = await race(round, { ifMatch: etag });
    },
  },
];

/** Writes an object under a condition. */
async function writeIf(
  store: ArtifactStore,
  key: string,
  content: string | Uint8Array,
  options: WriteOptions,
): Promise<{ etag: string }> {
  const sink = await store.write(key, options);
  try {
    await sink.write(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    return await sink.close();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

const lists: Array<ContractCase<ArtifactSubject>> = [
  {
    name: 'a list has the keys under a prefix in code point order, over pages',
    run: async ({ store }) => {
      const keys = [
        'a/b',
        'a-b',
        'a.b',
        'a/b.c',
        'a/bb/c',
        'a/b-',
        'a0',
        'a/\uffee',
        'a/😀',
        'a/é',
        'b/a',
        'A',
        'ab/c',
      ];
      for (const key of keys) await put(store, key, 'x');
      const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const list = (prefix: string, limit: number) =>
        allPages(async (cursor) => {
          const page = await store.list(prefix, cursor, limit);
          assert.ok(page.objects.length <= limit);
          return { items: page.objects.map((one) => one.key), next: page.next };
        });
      for (const limit of [1, 2, 5, 100]) {
        assert.equal(await list('', limit), sorted);
        for (const prefix of ['a', 'a/', 'a/b', 'a/bb/', 'ab/c', 'a/bb/c/', 'z', '/', '../']) {
          assert.equal(
            await list(prefix, limit),
            sorted.filter((key) => key.startsWith(prefix)),
            `${prefix} by ${limit}`,
          );
        }
      }
      await refused('invalid_cursor', () => store.list('', 'no cursor'));
    },
  },
  {
    name: 'the newest is the last one by time, over more than a page, at any depth under the prefix',
    run: async ({ store, advance, putMany, putFolder }) => {
      assert.is(await store.newest('in/'), null);
      await putFolder('in/empty/');
      assert.is(await store.newest('in/'), null, 'a folder is no object');
      await putMany(Array.from({ length: 1100 }, (_, i) => `in/old-${String(i).padStart(4, '0')}`));
      await advance(2);
      await put(store, 'in/old-1050', 'newer');
      await advance(2);
      await put(store, 'elsewhere', 'x');
      await put(store, 'in', 'x').catch(() => undefined);
      await putFolder('in/zz/');
      assert.is((await store.newest('in/'))?.key, 'in/old-1050');
      await advance(2);
      await put(store, 'in/a/b/deep', 'x', 'text/csv');
      const newest = await store.newest('in/');
      assert.equal(newest, await store.head('in/a/b/deep'));
      assert.is((await store.newest('in/old-10'))?.key, 'in/old-1050', 'a prefix is no folder');
    },
  },
  {
    name: 'a removed object is gone, and it alone',
    run: async ({ store, peer }) => {
      for (const key of ['a/b/c', 'a/b/cd', 'a/b.c/d', 'a/e']) await put(store, key, key, 'text/csv');
      assert.ok(await store.remove('a/b/c'));
      assert.is(await (await peer()).head('a/b/c'), null);
      await refused('not_found', () => store.read('a/b/c'));
      await store.remove('a/b');
      await store.remove('a/nothing');
      await store.remove('../a/e');
      const { objects } = await store.list('a/');
      assert.equal(
        objects.map((one) => one.key),
        ['a/b.c/d', 'a/b/cd', 'a/e'],
      );
      assert.is((await store.newest('a/b/'))?.key, 'a/b/cd');
      for (const key of ['a/b/cd', 'a/b.c/d', 'a/e']) await store.remove(key);
      assert.equal((await store.list('')).objects, []);
      await put(store, 'a/b/c', 'again');
      assert.is(decoded(await readAll(store, 'a/b/c')), 'again');
      assert.is(
        (await store.head('a/b/c'))?.contentType === 'text/csv',
        false,
        'the type of the object before is gone',
      );
    },
  },
  {
    name: 'objects that are removed and written in one folder at once do not disturb each other',
    run: async ({ store, peer }) => {
      const other = await peer();
      for (let round = 0; round < 5; round++) {
        await put(store, 'a/b/old', 'x');
        const names = ['n1', 'n2', 'n3'];
        await Promise.all([store.remove('a/b/old'), ...names.map((name) => put(other, `a/b/${name}`, name))]);
        for (const name of names) assert.is(decoded(await readAll(store, `a/b/${name}`)), name);
        await Promise.all(names.map((name) => store.remove(`a/b/${name}`)));
      }
    },
  },
  {
    name: 'of objects of one time the one with the greatest key is the newest',
    run: async ({ store, putMany }) => {
      await putMany(['in/b', 'in/\uffee', 'in/😀', 'in/a/z']);
      assert.is((await store.newest('in/'))?.key, 'in/😀');
    },
  },
  {
    name: 'the newest is chosen among the keys that are wanted',
    run: async ({ store, advance }) => {
      for (const key of ['in/a.csv', 'in/b.csv', 'in/b.csv.part']) {
        await put(store, key, 'x');
        await advance(2);
      }
      const seen: string[] = [];
      const isWanted = (key: string) => {
        seen.push(key);
        return key.endsWith('.csv');
      };
      assert.is((await store.newest('in/', isWanted))?.key, 'in/b.csv');
      assert.equal(seen, ['in/a.csv', 'in/b.csv', 'in/b.csv.part'], 'every key is asked about once, in order');
      assert.is(await store.newest('in/', () => false), null);
    },
  },
  {
    name: 'a store that works passes its check',
    run: async ({ store }) => store.check(),
  },
];

export const artifactStoreCases: ReadonlyArray<ContractCase<ArtifactSubject>> = [...objects, ...lists, ...addressCases];
