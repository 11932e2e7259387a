/** What a run reads of an object store: the newest files, or those that an earlier attempt named in its manifest. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TenantConfig, VendorConfig } from '../../core/config/schema.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import type { ByteSource, FilesWanted, FoundInput, PassedOver } from '../../core/ports/engine.ts';
import type { ArtifactStore, ObjectInfo } from '../../core/ports/service/objects.ts';
import { ObjectInputs } from './object-inputs.ts';

const CONFIG = { tenant_id: 'shop' } as TenantConfig;
const VENDOR = { vendor_id: 'acme', inbound: { type: 's3', s3_prefix: 'in/acme/' } } as unknown as VendorConfig;
const WANTED: FilesWanted = { match: '*.csv', withinMinutes: 60, filesMax: 9 };

/** Objects by key, each with its key as its text and the number in the list as its time; lists have pages of two. */
function storeOf(keys: readonly string[]): ArtifactStore {
  const all = keys.map((key, i): ObjectInfo => {
    return { key, size: key.length, etag: `e${i}`, lastModified: i * 1000, contentType: null };
  });
  const under = (prefix: string) => all.filter(({ key }) => key.startsWith(prefix));
  return {
    head: async (key: string) => all.find((one) => one.key === key) ?? null,
    newest: async (prefix: string, isWanted: (key: string) => boolean) =>
      under(prefix).findLast(({ key }) => isWanted(key)) ?? null,
    list: async (prefix: string, cursor: string | null = null) => {
      const from = Number(cursor ?? 0);
      const objects = under(prefix).sort((a, b) => (a.key < b.key ? -1 : 1));
      return { objects: objects.slice(from, from + 2), next: from + 2 < objects.length ? String(from + 2) : null };
    },
    read: async (key: string, options: object) => ({
      body: [new TextEncoder().encode(`${key} ${JSON.stringify(options)}`)],
    }),
  } as unknown as ArtifactStore;
}

/** `vendor`: undefined for a manifest without it, null for no manifest. */
function inputs(keys: readonly string[], vendor: object | undefined | null): ObjectInputs {
  const manifest =
    vendor === null ? null : ({ vendors: vendor === undefined ? {} : { acme: vendor } } as unknown as InputManifest);
  return new ObjectInputs(storeOf(keys), CONFIG, manifest);
}

async function textOf(source: ByteSource): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of source.open()) parts.push(part);
  return Buffer.concat(parts).toString();
}

const factsOf = async ({ source, ...facts }: FoundInput) => [facts, source.name, await textOf(source)];

const codeOf = (done: Promise<unknown>) =>
  done.then(
    () => null,
    (error) => error.code,
  );

/** Notes what is restored; files that end in `.md` are no feeds. */
function filter() {
  const seen: unknown[] = [];
  const isFeed = (path: string) => {
    seen.push(path);
    return !path.endsWith('.md');
  };
  return { seen, isFeed, restore: (list: readonly PassedOver[]) => void seen.push(list) };
}

const FILES = ['in/acme/1.csv', 'in/acme/2.csv', 'in/acme/sub/3.csv', 'in/acme/4.md', 'in/bolt/5.csv'];

test('the newest feed below the prefix, or all matching ones directly in it', async () => {
  const one = filter();
  const [newest, ...more] = await inputs(FILES, null).find(VENDOR, null, one);
  assert.equal([more, one.seen], [[], ['4.md', 'sub/3.csv']]);
  const facts = { s3_key: 'in/acme/sub/3.csv', etag: 'e2', size: 17, last_modified: '1970-01-01T00:00:02.000Z' };
  assert.equal(await factsOf(newest!), [facts, '3.csv', 'in/acme/sub/3.csv {"ifMatch":"e2"}']);
  const all = filter();
  const found = await inputs(FILES, null).find(VENDOR, WANTED, all);
  assert.equal(
    [found.map((file) => file.s3_key), all.seen],
    [
      ['in/acme/1.csv', 'in/acme/2.csv'],
      ['1.csv', '2.csv', '4.md'],
    ],
  );
  for (const wanted of [null, WANTED]) assert.equal(await inputs([], null).find(VENDOR, wanted, filter()), []);
});

const COPY = { run_copy_key: 'r1/copy.csv', s3_key: 'in/acme/old.csv', etag: 'old', sha256: 'h' };
const NAMES = { size: 7, last_modified: '2026-11-01T06:00:00.000Z' };
const PASSED = [{ name: 'x.md', reason: 'no feed' }];

test('files that an earlier attempt has copied are read from its copies, and what it passed over is told again', async () => {
  const keys = [...FILES, 'r1/copy.csv'];
  const found = async (vendor: object) => {
    const one = filter();
    return [await inputs(keys, vendor).find(VENDOR, null, one), one.seen] as const;
  };
  const [[file], seen] = await found({ status: 'found', ...COPY, ...NAMES, passed_over: PASSED });
  const { run_copy_key: _, sha256, ...rest } = COPY;
  assert.equal(await factsOf(file!), [
    { ...rest, ...NAMES, pinned: { sha256 } },
    'copy.csv',
    'r1/copy.csv {"ifMatch":"e5"}',
  ]);
  assert.equal(seen, [PASSED]);
  const [[bare]] = await found({ status: 'found', ...COPY, size: null, last_modified: null });
  assert.equal([bare?.size, bare?.last_modified], [11, '1970-01-01T00:00:05.000Z']);
  assert.equal(await found({ status: 'missing', passed_over: PASSED }), [[], [PASSED]]);
  assert.equal(await found({ status: 'missing' }), [[], []]);
  // it was found, and not copied
  for (const half of [{ sha256: null }, { run_copy_key: null }]) {
    const [[again], looked] = await found({ status: 'found', ...COPY, ...NAMES, ...half, passed_over: PASSED });
    assert.equal([again?.s3_key, looked], ['in/acme/sub/3.csv', ['4.md', 'sub/3.csv']]);
  }
  assert.is(
    await codeOf(inputs([], { status: 'found', ...COPY, ...NAMES }).find(VENDOR, null, filter())),
    'invalid_input',
  );
});

test('a side file is the copy of an earlier attempt, or the object of its key', async () => {
  const keys = ['map.csv', 'r1/copy.csv'];
  const side = (vendor: object | undefined | null, location: object, name = 'map') =>
    inputs(keys, vendor).sideFile(VENDOR, name, location as never);
  const had = { side_files: [{ name: 'other' }, { name: 'map', ...COPY, ...NAMES }] };
  assert.is((await side(had, { s3_key: 'map.csv' })).source.name, 'copy.csv');
  assert.is((await side(had, { s3_key: 'map.csv' }, 'third')).source.name, 'map.csv');
  for (const vendor of [null, undefined, {}]) assert.is((await side(vendor, { s3_key: 'map.csv' })).s3_key, 'map.csv');
  const missing = await codeOf(side(null, { s3_key: 'none.csv' }));
  assert.ok(typeof missing === 'string');
  for (const location of [{}, { s3_key: '' }]) assert.is(await codeOf(side(null, location)), missing);
});

test('a patch is the newest one of the file, or the one that an earlier attempt had', async () => {
  const at = (run: string, name: string) => `tenants/shop/patches/acme/h/${run}/${name}`;
  const rowsKey = 'r1/tenants/shop/reports/rejects/acme.rows.csv';
  const patch = (keys: readonly string[], vendor: object | null = null) => inputs(keys, vendor).patch(VENDOR, 'h');
  const keys = [
    at('r2', '1.csv'),
    at('r1', '2.csv'),
    at('r1', '3.txt'),
    'tenants/shop/patches/acme/i/r1/4.csv',
    rowsKey,
  ];
  const found = await patch(keys);
  assert.equal(
    [found?.run_id, found?.s3_key, found?.etag, found?.source.name, found?.rows.name, found?.rows.size],
    ['r1', at('r1', '2.csv'), 'e1', '2.csv', 'acme.rows.csv', rowsKey.length],
  );
  assert.is(await codeOf(patch([at('r1', '1.csv')])), 'invalid_input');
  assert.is(await patch([]), null);
  assert.is(await patch([at('r1', '3.txt'), rowsKey]), null);
  // an attempt that copied the feed and may have looked for patches
  const copied = { status: 'found', ...COPY, ...NAMES };
  for (const [looked, expected] of [
    [{}, at('r1', '2.csv')],
    [{ encoding: null, reason: null }, at('r1', '2.csv')],
    [{ encoding: 'utf-8' }, null],
    [{ reason: 'why' }, null],
    [{ patches: [] }, null],
    [{ patches: [], run_copy_key: null }, at('r1', '2.csv')],
  ] as const)
    assert.is((await patch(keys, { ...copied, ...looked }))?.s3_key ?? null, expected, JSON.stringify(looked));
  const had = { of_sha256: 'h', run_id: 'r0', s3_key: 'p', etag: 'e', run_copy_key: 'r1/p.csv' };
  const patches = [{ ...had, of_sha256: 'g', run_copy_key: 'none' }, had];
  const again = await patch(['r1/p.csv', 'r1/p.rows.csv'], { ...copied, patches });
  assert.equal(
    [again?.run_id, again?.s3_key, again?.etag, again?.source.name, again?.rows.name],
    ['r0', 'p', 'e', 'p.csv', 'p.rows.csv'],
  );
  for (const there of ['r1/p.csv', 'r1/p.rows.csv'])
    assert.is(await codeOf(patch([there], { ...copied, patches })), 'invalid_input');
});

test.run();
