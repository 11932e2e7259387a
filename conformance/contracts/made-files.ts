/** What files made of publications need from every `ArtifactStore`: they appear as a whole and once, or not at all. */
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { type FileRecipe, makeFile } from '../../api/questions/files.ts';
import type { Publication } from '../../core/pipeline/publications.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { Registry } from '../../core/registry.ts';
import { withCalls } from '../../stores/with-calls.ts';
import { type ArtifactSubject, decoded, pattern, put, readAll } from './artifact-subject.ts';
import { type ContractCase, refused } from './support.ts';

const FOLDER = 'run-2/tenants/shop/outputs/';
const KEY = `${FOLDER}made/2/delta.csv`;
const registry = new Registry([]);

const make = (artifacts: ArtifactStore, recipe: FileRecipe) => makeFile(recipe, { artifacts, registry });

async function publication(store: ArtifactStore, sequence: number, feed: string): Promise<Publication> {
  const run_id = `run-${sequence}`;
  const key = `${run_id}/tenants/shop/outputs/merged_inventory.csv`;
  await put(store, key, feed);
  const etag = (await store.head(key))?.etag ?? '';
  return {
    ...{ sequence, run_id, key, etag, sha256: '', format: 'csv', rows: 1, config_version: 1, reason: null },
    published_at: '2026-11-01T06:00:00.000Z',
  };
}

async function deltaOf(store: ArtifactStore): Promise<FileRecipe> {
  const before = await publication(store, 1, 'sku,price\nA,1.00\nB,2.00\n');
  const after = await publication(store, 2, 'sku,price\nB,3.00\nC,4.00\n');
  return { make: 'delta', key: KEY, before, after, currency: 'EUR' };
}

const gzipOf = async (store: ArtifactStore, key: string): Promise<FileRecipe> => ({
  ...{ make: 'gzip', key: `${FOLDER}made/gzip/x.gz` },
  from: { key, etag: (await store.head(key))?.etag ?? '' },
});

/** Keys below `made/`. */
const made = async (store: ArtifactStore) => (await store.list(`${FOLDER}made/`)).objects.map(({ key }) => key);

export const madeFileCases: ReadonlyArray<ContractCase<ArtifactSubject>> = [
  {
    name: 'a delta is made whole, and left alone when it is there',
    run: async ({ store, peer }) => {
      const recipe = await deltaOf(store);
      await make(store, recipe);
      const rows = [
        '_change,sku,price,_previous_price,_previous_quantity',
        'zeroed,A,1.00,1.00,',
        'changed,B,3.00,2.00,',
        'added,C,4.00,,',
      ];
      assert.is(decoded(await readAll(store, KEY)), `${rows.join('\n')}\n`);
      const first = await store.head(KEY);
      await make(await peer(), recipe);
      assert.equal((await store.head(KEY))?.etag, first?.etag);
      assert.equal(await made(store), [KEY]);
    },
  },
  {
    name: 'of two processes that make a file at the same moment one is first, and the other leaves it alone',
    run: async ({ store, peer }) => {
      await put(store, `${FOLDER}a`, 'aaaa');
      await put(store, `${FOLDER}b`, 'bbbb');
      let go = () => {};
      const held = new Promise<void>((resolve) => {
        go = resolve;
      });
      let isReading = () => {};
      const reading = new Promise<void>((resolve) => {
        isReading = resolve;
      });
      const late = withCalls(store, {
        read: async (...args: Parameters<ArtifactStore['read']>) => {
          isReading();
          await held;
          return store.read(...args);
        },
      });
      const second = make(late, await gzipOf(store, `${FOLDER}a`));
      await reading;
      const recipe = await gzipOf(store, `${FOLDER}b`);
      await make(await peer(), recipe);
      go();
      await second;
      assert.is(gunzipSync(await readAll(store, `${FOLDER}made/gzip/x.gz`)).toString(), 'bbbb');
    },
  },
  {
    name: 'if what a file is made of is gone, or another, nothing is left',
    run: async ({ store }) => {
      const recipe = await deltaOf(store);
      await put(store, 'run-1/tenants/shop/outputs/merged_inventory.csv', 'sku,price\nZ,9.00\n');
      await refused('precondition_failed', () => make(store, recipe));
      assert.equal(await made(store), []);
      await store.remove('run-1/tenants/shop/outputs/merged_inventory.csv');
      await refused('not_found', () => make(store, recipe));
      assert.equal(await made(store), []);
    },
  },
  {
    name: 'an object of several megabytes is the same after gzip',
    run: async ({ store }) => {
      const bytes = pattern(7 << 20);
      await put(store, `${FOLDER}large`, bytes);
      await make(store, await gzipOf(store, `${FOLDER}large`));
      const back = gunzipSync(await readAll(store, `${FOLDER}made/gzip/x.gz`));
      assert.ok(back.equals(bytes));
    },
  },
];
