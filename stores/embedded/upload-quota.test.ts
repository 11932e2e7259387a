/** Uploads through signed addresses: the quota of stored bytes, and a disk that fills up meanwhile. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { inFolder } from '../testing/folder.ts';
import { type EmbeddedOptions, type EmbeddedStores, openEmbeddedStores } from './index.ts';

type Put = (key: string, body: BodyInit, length?: number) => Promise<{ status: number; code: string | null }>;

function withUploads(
  options: Partial<EmbeddedOptions>,
  use: (stores: EmbeddedStores, put: Put, root: string) => Promise<void>,
): () => Promise<void> {
  return () =>
    inFolder(async (root) => {
      const clock = { wall: () => Date.now() };
      const stores = await openEmbeddedStores({
        ...{ root, clock, createId: randomUUID, signingSecret: new Uint8Array(32) },
        ...{ baseUrl: 'http://relay.test', ...options },
      });
      const put: Put = async (key, body, length) => {
        const { url } = await stores.artifacts.signPut(key, { expiresInSeconds: 60, owner: 'shop' });
        const headers = length === undefined ? {} : { 'content-length': String(length) };
        const request = new Request(url, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit);
        const answer = await stores.signedObjects.fetch(request);
        const text = await answer.text();
        return { status: answer.status, code: text === '' ? null : JSON.parse(text).error };
      };
      try {
        await use(stores, put, root);
        assert.equal(fs.readdirSync(path.join(root, 'partial')), [], 'nothing half-written is left');
      } finally {
        stores.close();
      }
    });
}

const REFUSED = { status: 413, code: 'QUOTA_STORED_BYTES' };
const STORED = { status: 200, code: null };

test(
  'a hundred simultaneous uploads together never exceed the quota',
  withUploads({ storedBytesMax: 1000 }, async (stores, put) => {
    const puts = await Promise.all(Array.from({ length: 100 }, (_, i) => put(`tenants/shop/${i}`, 'x'.repeat(90))));
    assert.is(puts.filter(({ status }) => status === 200).length, 11);
    assert.equal(
      puts.find(({ status }) => status !== 200),
      REFUSED,
    );
    const { objects } = await stores.artifacts.list('tenants/shop/');
    assert.is(objects.length, 11);
    assert.is((await stores.usage.storedBytes('shop')).bytes, 990);
  }),
);

test(
  'an upload up to the quota is accepted, one byte more is not, and a smaller file makes room',
  withUploads({ storedBytesMax: 100 }, async (stores, put) => {
    assert.equal(await put('a', 'x'.repeat(60)), STORED);
    assert.equal(await put('b', 'x'.repeat(41)), REFUSED);
    assert.equal(await put('b', 'x'.repeat(40)), STORED);
    assert.equal(await put('c', 'x'), REFUSED);
    assert.equal(await put('a', 'x'.repeat(60)), STORED);
    assert.equal(await put('a', 'x'.repeat(10)), STORED);
    assert.is((await stores.usage.storedBytes('shop')).bytes, 50);
    assert.equal(await put('c', 'x'.repeat(50)), STORED);
    assert.is(await stores.artifacts.head('d'), null);
  }),
);

test(
  'of many new files at once no more come than may; one that is there is replaced, and one that is removed makes room',
  withUploads({ filesMax: 5 }, async (stores, put) => {
    const full = { status: 413, code: 'QUOTA_FILES' };
    const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => put(`tenants/shop/${i}`, '')));
    assert.is(puts.filter(({ status }) => status === 200).length, 5);
    assert.equal(
      puts.find(({ status }) => status !== 200),
      full,
    );
    const { objects } = await stores.artifacts.list('tenants/shop/');
    assert.is(objects.length, 5);
    assert.equal(await put(objects[0]!.key, 'other'), STORED);
    assert.equal(await stores.usage.storedBytes('shop'), { bytes: 5, files: 5, countedAt: null });
    assert.equal(await put('one/more', ''), full);
    await stores.usage.addFiles('shop', -1);
    assert.equal(await put('one/more', ''), STORED);
    assert.equal(await put('two/more', ''), full);
  }),
);

test(
  'an upload that exceeds the bytes does not count as a file',
  withUploads({ filesMax: 5, storedBytesMax: 10 }, async (stores, put) => {
    assert.equal(await put('a', 'x'.repeat(10)), STORED);
    assert.equal(await put('b', 'x'), REFUSED);
    assert.equal(await stores.usage.storedBytes('shop'), { bytes: 10, files: 1, countedAt: null });
  }),
);

test(
  'a body without a length is cut off once it is too long; an announced length is refused unread',
  withUploads({ storedBytesMax: 1000 }, async (_stores, put) => {
    let sent = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        sent += 500;
        controller.enqueue(new Uint8Array(500));
      },
    });
    assert.equal(await put('a', endless), REFUSED);
    assert.ok(sent < 10_000, `${sent}`);
    assert.equal(await put('b', 'x', 5000), REFUSED);
  }),
);

test(
  'an upload that arrives no longer counts as waiting',
  withUploads({ storedBytesMax: 1000 }, async (stores, put) => {
    const note = { tenantId: 'shop', key: 'a', openedAt: 1, expiresAt: 9e15, etagBefore: null, sizeBefore: 0 };
    await stores.usage.openUpload(note, 1);
    assert.equal(await put('a', 'x'), STORED);
    assert.equal(await stores.usage.listUploads('shop'), []);
    assert.is((await stores.usage.storedBytes('shop')).bytes, 1);
  }),
);

test(
  'an address given out by a release without quotas still works',
  withUploads({ storedBytesMax: 1 }, async (stores) => {
    const { url } = await stores.artifacts.signPut('a', { expiresInSeconds: 60 });
    const answer = await stores.signedObjects.fetch(new Request(url, { method: 'PUT', body: 'xxx' }));
    assert.is(answer.status, 200);
  }),
);

const asked: number[] = [];
let free = 100_000_000;
const requireRoom = async (bytes: number) => {
  asked.push(bytes);
  if (free - bytes < 1_000_000) throw new RelayError('disk_nearly_full', 'full', { recovery: 'retry' });
};

test(
  'an upload is refused unread if the disk would become nearly full, and cut off if it becomes so meanwhile',
  withUploads({ requireRoom }, async (stores, put) => {
    const refusedWith = (code: string, call: Promise<unknown>) =>
      call.then(
        () => assert.unreachable(),
        (error) => assert.is(error.code, code),
      );
    await refusedWith('disk_nearly_full', put('a', 'x', 99_500_000));
    assert.equal(asked, [99_500_000]);
    assert.equal(await put('a', 'x'), STORED);
    const chunk = new Uint8Array(1 << 20);
    let chunks = 0;
    const long = new ReadableStream({
      pull: (controller) => {
        chunks++;
        // other processes fill the disk at the same time
        if (chunks === 20) free = 0;
        if (chunks === 60) controller.close();
        else controller.enqueue(chunk);
      },
    });
    await refusedWith('disk_nearly_full', put('a', long));
    assert.ok(chunks < 40, `${chunks}`);
    assert.is((await stores.artifacts.head('a'))?.size, 1, 'what was there stays');
  }),
);

test.run();
