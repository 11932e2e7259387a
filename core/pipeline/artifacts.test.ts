import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toText } from '../bytes/text.ts';
import { RelayError } from '../errors.ts';
import { ErrorsFile, PATHS, runPrefix, writeJson, writing } from './artifacts.ts';
import { HashedArtifacts } from './hashed-artifacts.ts';

const test = suite('artifacts');

/** Notes what is done with its sinks. */
class Watched {
  readonly done: string[] = [];
  failsAt = '';

  create(path: string) {
    this.done.push(`create ${path}`);
    const act = async (what: string) => {
      this.done.push(what);
      if (what.startsWith(this.failsAt) && this.failsAt !== '') throw new RelayError('store_unavailable', what);
    };
    return {
      write: (bytes: Uint8Array) => act(`write ${toText(bytes)}`),
      close: () => act(`close ${path}`),
      abort: () => act(`abort ${path}`),
    };
  }

  source(path: string) {
    this.done.push(`source ${path}`);
    return { name: path, size: null, async *open() {} };
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: RelayError) => error.code,
  );

test('an artifact is closed once it is whole, else aborted', async () => {
  const good = new Watched();
  assert.is(
    await writing(good, 'a', async (sink) => {
      await sink.write(new Uint8Array([0x78]));
      return 7;
    }),
    7,
  );
  assert.equal(good.done, ['create a', 'write x', 'close a']);
  for (const failsAt of ['write', 'close']) {
    const bad = Object.assign(new Watched(), { failsAt });
    assert.is(await codeOf(writeJson(bad, 'a', { b: [1] })), 'store_unavailable');
    assert.is(bad.done.at(-1), 'abort a');
  }
  const json = new Watched();
  await writeJson(json, 'a', { b: 1 });
  assert.equal(json.done, ['create a', 'write {\n  "b": 1\n}\n', 'close a']);
  assert.is(runPrefix('r', 't'), 'r/tenants/t/');
});

test('errors.json appears only if something is written to it', async () => {
  const none = new Watched();
  const empty = new ErrorsFile(none);
  await empty.write('');
  await empty.close();
  await empty.write('late');
  await empty.abort();
  assert.equal([none.done, empty.exists], [[], false]);
  const some = new Watched();
  const file = new ErrorsFile(some);
  for (const text of ['[', '', ']']) await file.write(text);
  assert.ok(file.exists);
  await file.close();
  await file.close();
  await file.write('late');
  assert.ok(file.exists);
  assert.equal(some.done, [`create ${PATHS.errors}`, 'write [', 'write ]', `close ${PATHS.errors}`]);
  const other = new Watched();
  const aborted = new ErrorsFile(other);
  await aborted.write('[');
  await aborted.abort();
  await aborted.abort();
  assert.equal([aborted.exists, other.done.slice(2)], [false, [`abort ${PATHS.errors}`]]);
});

test('hashes are those of results that were closed, by path', async () => {
  const inner = new Watched();
  const hashed = new HashedArtifacts(inner, () => {
    const parts: string[] = [];
    return { update: (bytes) => void parts.push(toText(bytes)), digest: () => `hash of ${parts.join()}` };
  });
  const write = async (path: string, end: 'close' | 'abort' = 'close') => {
    const sink = await hashed.create(path);
    await sink.write(new TextEncoder().encode(path));
    await sink.write(new TextEncoder().encode('!'));
    await sink[end]();
  };
  const left = [
    'inbound/a/f',
    'carried_over/a/f',
    'side_files/a/n/f',
    'patched/a/1/f',
    'patches/a/1.csv',
    PATHS.rows,
    PATHS.rowIndex,
  ];
  for (const path of ['z', 'reports/inbound/x', 'a', ...left]) await write(path);
  await write('b', 'abort');
  assert.equal(
    Object.entries(hashed.hashes()),
    ['a', 'reports/inbound/x', 'z'].map((path) => [path, `hash of ${path},!`]),
  );
  assert.equal(inner.done.slice(0, 4), ['create z', 'write z', 'write !', 'close z']);
  assert.is(inner.done.at(-1), 'abort b');
  assert.is(hashed.source('q').name, 'q');
  await hashed.settle();
  let settled = 0;
  await new HashedArtifacts(
    Object.assign(new Watched(), { settle: async () => void settled++ }),
    () => assert.unreachable() as never,
  ).settle();
  assert.is(settled, 1);
});

test.run();
