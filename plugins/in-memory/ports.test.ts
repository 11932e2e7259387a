/** The ports in memory keep what the engine expects of real ones: chunks, lent bytes, files, and what is missing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import type { VendorConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import { SKU_MAP } from '../../core/pipeline/fetch/named-files.ts';
import type { ByteSource } from '../../core/ports/engine.ts';
import { createHasher, MemoryArtifacts, MemoryScratch, memoryInputs, memorySource } from './ports.ts';
import { baselineOf, decisionsOf } from './published.ts';
import { strayErrors } from './stray-errors.ts';

const test = suite('ports in memory');

async function chunksOf(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const chunk of chunks) texts.push(Buffer.from(chunk).toString());
  return texts;
}
const textOf = async (source: ByteSource) => (await chunksOf(source.open())).join('');
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return error instanceof RelayError ? error.code : String(error);
  }
  return 'nothing was thrown';
};

test('a source gives copies in chunks of its size; what it lends is spoilt with the next chunk', async () => {
  const bytes = Buffer.from('abcdefg');
  const source = memorySource('a.csv', bytes, 3);
  assert.equal([source.name, source.size], ['a.csv', 7]);
  assert.equal(await chunksOf(source.open()), ['abc', 'def', 'g']);
  assert.equal(await chunksOf(source.open()), ['abc', 'def', 'g'], 'it can be opened again');
  assert.equal(await chunksOf(memorySource('a', bytes).open()), ['abcdefg']);
  assert.equal(await chunksOf(memorySource('a', new Uint8Array(0)).open()), []);
  const kept: Uint8Array[] = [];
  const seen: string[] = [];
  for await (const chunk of source.lend?.() ?? []) {
    kept.push(chunk);
    seen.push(Buffer.from(chunk).toString());
  }
  assert.equal(seen, ['abc', 'def', 'g']);
  assert.ok(kept.every((chunk) => chunk.every((byte) => byte === 0xff)));
  assert.is(bytes.toString(), 'abcdefg');
});

test('an artifact is there once its sink is closed; sinks that are left open are counted', async () => {
  let writes = 0;
  const artifacts = new MemoryArtifacts(2, () => void writes++);
  const [one, other] = [artifacts.create('reports/a.txt'), artifacts.create('b.txt')];
  assert.is(artifacts.open, 2);
  const bytes = toBytes('ab');
  await one.write(bytes);
  bytes.fill(0);
  await one.write(toBytes('c'));
  assert.is(artifacts.text('reports/a.txt'), undefined);
  await one.close();
  await other.write(toBytes('x'));
  await other.abort();
  assert.equal([artifacts.open, writes, artifacts.text('reports/a.txt')], [0, 3, 'abc']);
  assert.is(artifacts.text('b.txt'), undefined);
  const source = artifacts.source('reports/a.txt');
  assert.equal([source.name, await chunksOf(source.open())], ['a.txt', ['ab', 'c']]);
  assert.is(await codeOf(() => artifacts.source('b.txt')), 'not_found');
  const marked = new MemoryArtifacts();
  await marked.create('c').write(toBytes('x'));
  marked.files.set('d', toBytes('\ufeffx'));
  assert.is(marked.text('d'), '\ufeffx', 'a byte order mark is content');
});

test('scratch files grow, are read at any place, and are counted until they are removed', async () => {
  const scratch = new MemoryScratch();
  const file = scratch.create();
  scratch.create();
  for (const part of ['ab', 'cdefgh', 'i']) await file.write(toBytes(part));
  const read = (at: number, length: number) => {
    const into = new Uint8Array(length);
    const count = file.read(at, into) as number;
    return [count, Buffer.from(into).toString().replaceAll('\0', '.')];
  };
  assert.equal(
    [read(0, 9), read(1, 3), read(7, 5), read(9, 2)],
    [
      [9, 'abcdefghi'],
      [3, 'bcd'],
      [2, 'hi...'],
      [0, '..'],
    ],
  );
  assert.equal([scratch.created, scratch.live], [2, 2]);
  await file.remove();
  assert.equal([scratch.created, scratch.live], [2, 1]);
});

test('inputs are found by vendor, side files by key or path, and what is missing is named', async () => {
  const file = { name: 'a.csv', bytes: toBytes('abc') };
  const later = { name: 'b.csv', bytes: toBytes('d'), modified: '2026-02-01T00:00:00.000Z' };
  const sides = { 'in/p.csv': toBytes('price'), top: toBytes('t') };
  const inputs = memoryInputs({ one: file, two: [file, later] }, { one: toBytes('map') }, 2, sides);
  const vendor = (vendor_id: string) => ({ vendor_id }) as VendorConfig;
  const found = async (id: string) => {
    const all = await inputs.find(vendor(id), null, {} as never);
    return all.map(({ source, size, last_modified, s3_key, etag }) => [source.name, size, last_modified, s3_key, etag]);
  };
  const first = '2026-01-01T00:00:00.000Z';
  assert.equal(await found('one'), [['a.csv', 3, first, null, null]]);
  assert.equal(await found('two'), [
    ['a.csv', 3, first, null, null],
    ['b.csv', 1, later.modified, null, null],
  ]);
  assert.equal(await found('none'), []);
  assert.is(inputs.expectedPrefix(vendor('one')), 'one/');
  const side = (id: string, name: string, where: object) => inputs.sideFile(vendor(id), name, where as never);
  const price = await side('one', 'prices', { s3_key: 'in/p.csv' });
  assert.equal([price.source.name, await chunksOf(price.source.open())], ['p.csv', ['pr', 'ic', 'e']]);
  assert.is((await side('two', 'prices', { local_path: 'top' })).source.name, 'top');
  assert.is(await textOf((await side('one', SKU_MAP, { local_path: 'maps/m.csv' })).source), 'map');
  assert.is(await codeOf(() => side('two', SKU_MAP, { local_path: 'm' })), 'invalid_input');
  assert.is(await codeOf(() => side('one', 'prices', {})), 'invalid_input');
  const hasher = createHasher();
  hasher.update(toBytes('ab'));
  hasher.update(toBytes('c'));
  assert.is(hasher.digest(), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a baseline is what a run published: feed, state and the copies of its inputs', async () => {
  const manifest = {
    ...{ run_id: 'r', tenant_id: 't' },
    vendors: {
      v: {
        ...{ run_copy_key: null, sha256: null },
        files: ['a.csv', 'gone.csv'].map((name) => ({
          ...{
            run_copy_key: `${runPrefix('r', 't')}inbound/v/${name}`,
            sha256: 'x',
            s3_key: null,
            etag: null,
            size: 1,
          },
          last_modified: '2026-01-01T00:00:00.000Z',
        })),
      },
    },
  };
  const summary = { artifact_hashes: { [PATHS.publishState]: 'hash' }, vendor_record_counts: { v: 1 } };
  const files: Record<string, string> = { [PATHS.merged('csv')]: 'sku\nA\n' };
  const baseline = () =>
    baselineOf({ runId: 'r', read: (path) => (files[path] === undefined ? undefined : toBytes(files[path])) });
  const bare = baseline();
  assert.equal([bare?.run_id, bare?.format, bare?.state, bare?.stateSha256], [null, 'csv', null, null], 'a feed alone');
  assert.equal([bare?.vendorRows, bare?.vendorFigures, await bare?.files('v')], [null, null, []]);
  files[PATHS.publishState] = 'state';
  assert.is(baseline()?.run_id, 'r');
  files[PATHS.summary] = JSON.stringify(summary);
  files[PATHS.manifest] = JSON.stringify(manifest);
  const full = baseline();
  assert.equal([full?.stateSha256, full?.vendorRows, full?.key], ['hash', { v: 1 }, `r/${PATHS.merged('csv')}`]);
  files['inbound/v/a.csv'] = 'x';
  const copies = (await full?.files('v')) ?? [];
  assert.equal(await Promise.all(copies.map(async ({ source }) => [source.name, await textOf(source)])), [
    ['a.csv', 'x'],
  ]);
  assert.is(full?.state == null ? '' : await textOf(full.state), 'state');
  delete files[PATHS.publishState];
  assert.is(baseline()?.run_id, 'r', 'a summary is enough');
  files[PATHS.merged('jsonl')] = '{}\n';
  assert.is(baseline()?.format, 'csv');
  delete files[PATHS.merged('csv')];
  assert.is(baseline()?.format, 'jsonl');
  delete files[PATHS.merged('jsonl')];
  assert.is(baseline(), null);
  for (const given of ['sku,decision\n', toBytes('sku,decision\n')])
    assert.is(await textOf(decisionsOf(given).source), 'sku,decision\n');
});

test('an error is blamed on the plugins whose files are in its stack, the nearest first', () => {
  const folders: Record<string, string | null> = { built: null, a: 'file:///p/a', b: 'file:///p/b', c: '' };
  const plugins = Object.keys(folders).map((id) => ({ kind: 'validator', id }));
  const { suspects } = strayErrors(({ id }) => folders[id] ?? null);
  const blamed = (reason: unknown) => suspects(reason, plugins).map(({ id }) => id);
  const thrown = (stack: string) => Object.assign(new Error('x'), { stack });
  assert.equal(blamed(thrown('at f (file:///p/a/index.js:1:1)')), ['a']);
  assert.equal(blamed(thrown('at f (file:///p/a/x.js)\nat g (file:///p/b/b.ts)')), ['b']);
  for (const end of ['a.js', 'a.mjs', 'a.ts', 'a/x.js'])
    assert.equal(blamed(thrown(`at g (file:///p/b/x.js)\nat f (file:///p/a/${end}:1:1)`)), ['a'], end);
  assert.equal(blamed(thrown('at f (file:///p/ab/x.js)')), ['a', 'b', 'c'], 'any that is not built in');
  assert.equal(blamed('text'), ['a', 'b', 'c']);
  assert.equal(suspects(thrown(''), [{ kind: 'parser', id: 'built' }]), []);
});

test.run();
