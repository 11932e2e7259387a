/** Lists of objects, compared with a sorted list of all keys; which one is newest; and what is left of a removed one. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKeys } from '../../object-key.ts';
import { inFolder } from '../../testing/folder.ts';
import { EmbeddedArtifactStore } from './artifacts.ts';
import { type FileCalls, POOLED } from './file-calls.ts';
import { Signatures } from './signatures.ts';

interface Opened {
  store: EmbeddedArtifactStore;
  root: string;
  put(key: string, time?: number): Promise<void>;
}

const withStore = (use: (opened: Opened) => Promise<void>, inPlace = true) =>
  inFolder(async (root) => {
    let now = 1_000_000;
    const clock = { wall: () => now };
    const signatures = new Signatures(new Uint8Array(32));
    const store = new EmbeddedArtifactStore({ root, clock, createId: randomUUID, signatures, baseUrl: '', inPlace });
    await store.open();
    const put = async (key: string, time = now) => {
      now = time;
      const sink = await store.write(key);
      await sink.write(new TextEncoder().encode(key));
      await sink.close();
    };
    await use({ store, root, put });
  });

/** With other calls on the pool. */
async function withCalls(calls: Partial<FileCalls>, use: () => Promise<void>): Promise<void> {
  const before = { ...POOLED };
  Object.assign(POOLED, calls);
  try {
    await use();
  } finally {
    Object.assign(POOLED, before);
  }
}

const NAMES = ['a', 'a.b', 'ab', '.c', 'ü', '\u{1f600}'];

test('every prefix and every page gives the keys in order', () =>
  withStore(async ({ store, put }) => {
    const pairs = NAMES.flatMap((first) => NAMES.map((second) => `${first}/${second}`));
    const keys = pairs.flatMap((pair, i) => (i % 4 === 3 ? [] : [[pair, `${pair}/a`, `${pair}/a.b`][i % 4] as string]));
    keys.push('a.c', 'abc', 'ä', '.d');
    for (const key of keys) await put(key);
    const all = keys.sort(compareKeys);
    for (const prefix of ['', 'a', 'a/', 'a.', 'ab', 'ü/', 'ü/a', 'a/b/', '.c', 'zz', '/', 'a//', '../', './a']) {
      const expected = all.filter((key) => key.startsWith(prefix));
      for (const limit of [undefined, 3, 7]) {
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof store.list>> = await store.list(prefix, cursor, limit);
          assert.ok(page.objects.length <= (limit ?? 1000));
          found.push(...page.objects.map(({ key }) => key));
          cursor = page.next;
        } while (cursor !== null);
        assert.equal(found, expected, `${prefix} by ${limit}`);
      }
    }
  }));

test('more keys than are looked at together are listed once each', () =>
  withStore(async ({ store, root }) => {
    const keys = Array.from({ length: 130 }, (_, i) => `k${String(i).padStart(3, '0')}`);
    for (const key of keys) fs.writeFileSync(path.join(root, 'objects', key), '');
    const { objects, next } = await store.list('');
    assert.equal([objects.map(({ key }) => key), next], [keys, null]);
  }));

test('a list pauses after every 64 objects where others wait, and leaves out one that is removed meanwhile', async () => {
  for (const inPlace of [false, true])
    await withStore(async ({ store, root }) => {
      const keys = Array.from({ length: 130 }, (_, i) => `k${String(i).padStart(3, '0')}`);
      for (const key of keys) fs.writeFileSync(path.join(root, 'objects', key), '');
      const left: number[] = [];
      const pause = async () => {
        left.push(fs.readdirSync(path.join(root, 'objects')).length);
        fs.rmSync(path.join(root, 'objects', keys.pop() as string));
      };
      await withCalls({ pause }, async () => {
        const { objects } = await store.list('');
        assert.equal([objects.map(({ key }) => key), left], [keys, inPlace ? [] : [130, 129]]);
      });
    }, inPlace);
});

test('the newest object is the last written one; of those written at one time, the last by its key', () =>
  withStore(async ({ store, put }) => {
    assert.is(await store.newest('in/'), null);
    for (const [key, time] of [
      ['in/b', 3000],
      ['in/a', 3000],
      ['in/c', 2000],
      ['other', 9000],
    ] as const)
      await put(key, time);
    assert.is((await store.newest('in/'))?.key, 'in/b');
    assert.is((await store.newest('in/', (key) => key !== 'in/b'))?.key, 'in/a');
    assert.is(await store.newest('in/', () => false), null);
    await put('in/c', 3001);
    assert.is((await store.newest('in/'))?.key, 'in/c');
  }));

for (const inPlace of [true, false]) {
  test(`a removed object takes its empty folders with it, and no others (in place: ${inPlace})`, () =>
    withStore(async ({ store, root, put }) => {
      const isThere = (key: string) => fs.existsSync(path.join(root, 'objects', key));
      for (const key of ['a/b/c/1', 'a/b/2', 'd/3', '4']) await put(key);
      for (const key of ['a/b', 'a', 'none', 'a/none', '4/none', '', '../x'])
        assert.is(await store.remove(key), false, key);
      assert.is(await store.remove('a/b/c/1'), true);
      assert.equal([isThere('a/b/c'), isThere('a/b/2')], [false, true]);
      for (const key of ['a/b/2', 'd/3', '4']) assert.is(await store.remove(key), true);
      assert.equal([isThere('a'), isThere('d'), isThere('')], [false, false, true]);
      await put('a/b/2');
      assert.is((await store.head('a/b/2'))?.size, 5);
      await store.check();
    }, inPlace));
}

/** Writes three bytes; returns the code of the failure, if any. */
async function write(store: EmbeddedArtifactStore, key: string, condition: object = {}): Promise<string | null> {
  const sink = await store.write(key, condition);
  await sink.write(new Uint8Array(3));
  return sink.close().then(
    () => null,
    (error) => error.code,
  );
}

const failing = (code: string) => async () => {
  throw Object.assign(new Error(code), { code });
};

test('a new object without links of files, and one that another process makes at the same moment', () =>
  withStore(async ({ store, root }) => {
    for (const [code, expected] of [
      ...['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].map((one) => [one, null] as const),
      ['EEXIST', 'precondition_failed'],
      ['EIO', 'io_error'],
    ] as const)
      await withCalls({ link: failing(code) }, async () => {
        assert.is(await write(store, code, { ifNoneMatch: true }), expected, code);
        assert.is(await write(store, code, { ifNoneMatch: true }), expected ?? 'precondition_failed', code);
        assert.is((await store.find(code))?.size, expected === null ? 3 : undefined, code);
      });
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }, false));

test('a folder that is removed while a file moves into it is made again, a few times', () =>
  withStore(async ({ store, root }) => {
    const { rename } = POOLED;
    for (const [failures, code, expected] of [
      [4, 'ENOENT', null],
      [5, 'ENOENT', 'not_found'],
      [1, 'EIO', 'io_error'],
      [1, 'EISDIR', 'invalid_key'],
    ] as const) {
      let left: number = failures;
      const moving = async (from: string, to: string) => {
        if (left-- <= 0) return rename(from, to);
        fs.rmdirSync(path.dirname(to));
        return failing(code)();
      };
      const key = `f${failures}${code}/x`;
      await withCalls({ rename: moving }, async () => assert.is(await write(store, key), expected, key));
      assert.is((await store.find(key))?.size, expected === null ? 3 : undefined, key);
    }
    await withCalls({ makeFolder: failing('EIO') }, async () => assert.is(await write(store, 'g/x'), 'io_error'));
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }, false));

test('the folders that get a name are synced: those that are new, and the one of the file', () =>
  withStore(async ({ store, root }) => {
    const { open } = POOLED;
    for (const [key, folders] of [
      ['a/b/c', ['', 'a', 'a/b']],
      ['a/b/d', ['a/b']],
      ['a/e/f', ['a', 'a/e']],
      ['g', ['']],
    ] as const) {
      const synced: string[] = [];
      const noted = (file: string, flags: string) => {
        if (flags === 'r') synced.push(path.relative(path.join(root, 'objects'), file));
        return open(file, flags);
      };
      await withCalls({ open: noted }, async () => assert.is(await write(store, key), null));
      assert.equal(synced.sort(), folders, key);
    }
  }, false));

test('a sink that was closed or aborted stays so, and takes nothing more', () =>
  withStore(async ({ store, root }) => {
    const [closed, aborted] = [await store.write('a'), await store.write('b')];
    await closed.close();
    await aborted.abort();
    // its descriptor may be that of another file now
    const other = await store.write('c');
    for (const sink of [closed, aborted]) {
      await sink.abort();
      for (const call of [() => sink.write(new Uint8Array(1)), () => sink.close()]) {
        let error: unknown = null;
        try {
          await call();
        } catch (thrown) {
          error = thrown;
        }
        assert.match(String(error), 'was closed');
      }
    }
    await other.write(new Uint8Array(2));
    await other.close();
    const { objects } = await store.list('');
    assert.equal([objects.map(({ size }) => size), fs.readdirSync(path.join(root, 'partial'))], [[0, 2], []]);
  }));

test('a write whose condition does not hold, and one where a folder or a file is in the way', () =>
  withStore(async ({ store, root, put }) => {
    await put('a/1');
    const { etag } = (await store.head('a/1')) as { etag: string };
    for (const [key, condition, code] of [
      ['a/1', { ifNoneMatch: true }, 'precondition_failed'],
      ['a/1', { ifMatch: `${etag}x` }, 'precondition_failed'],
      ['b', { ifMatch: etag }, 'precondition_failed'],
      ['a', {}, 'invalid_key'],
      ['a', { ifNoneMatch: true }, 'invalid_key'],
      ['a', { ifMatch: etag }, 'invalid_key'],
      ['a/1/2', {}, 'invalid_key'],
      ['a/1', { ifMatch: etag }, null],
      ['a/1', { ifMatch: etag }, 'precondition_failed'],
      ['c', { ifNoneMatch: true }, null],
      ['c', { ifNoneMatch: false }, null],
    ] as const)
      assert.is(await write(store, key, condition), code, JSON.stringify([key, condition]));
    assert.equal(fs.readdirSync(path.join(root, 'partial')), []);
  }));

test('partial files go when their writer is gone or has been silent for a day', () =>
  withStore(async ({ store, root, put }) => {
    const day = 24 * 3600_000;
    await put('k', 10 * day);
    const names = (): string[] => fs.readdirSync(path.join(root, 'partial')).sort();
    for (const [name, time] of [
      ['w1-new', 9 * day],
      ['w1-old', 9 * day - 1000],
      ['w2-old', 1],
    ] as const) {
      const file = path.join(root, 'partial', name);
      fs.writeFileSync(file, '');
      fs.utimesSync(file, time / 1000, time / 1000);
    }
    await store.tidy();
    assert.equal(names(), ['w1-new']);
    fs.writeFileSync(path.join(root, 'partial', 'w2-new'), '');
    await store.removePartial('w2-');
    assert.equal(names(), ['w1-new']);
    // others remove the same files at the same moment
    const { readdir, stat } = fsp;
    fs.writeFileSync(path.join(root, 'partial', 'w3-old'), '');
    fs.utimesSync(path.join(root, 'partial', 'w3-old'), 1, 1);
    try {
      Object.assign(fsp, {
        readdir: async () => ['w3-gone', 'w3-old'],
        stat: async (file: string) => {
          const found = await stat(file);
          fs.rmSync(file);
          return found;
        },
      });
      await store.tidy();
      await store.removePartial('w3-');
    } finally {
      Object.assign(fsp, { readdir, stat });
    }
    assert.equal(names(), ['w1-new']);
  }));

test.run();
