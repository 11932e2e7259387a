/** A nearly full and a full disk: with faked numbers, and on a small file system where one can be mounted. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../stores/testing/folder.ts';
import { until, useWorkerIn, type WorkerHarness, withWorker } from '../../worker/testing/worker-harness.ts';
import { freeBytesOf, roomOn } from './free-space.ts';

const codeOf = (call: Promise<void>) =>
  call.then(
    () => 'room',
    (error) => error.code as string,
  );

test('there is room if the limit still holds after the write', async () => {
  let free = 1000;
  const room = roomOn('data', 1000, async () => free);
  assert.is(await codeOf(room()), 'room');
  assert.is(await codeOf(room(1)), 'disk_nearly_full');
  free = 999;
  assert.is(await codeOf(room()), 'disk_nearly_full');
  assert.is(await codeOf(roomOn('data', 0, async () => 0)(1e15)), 'room', '0 is no limit');
  const unknown = roomOn('data', 1000, () => Promise.reject(new Error('no such folder')));
  assert.is(await codeOf(unknown()), 'room', 'the store itself says what is wrong with its folder');
  assert.ok((await freeBytesOf('.')) > 0);
});

test(
  'on a nearly full disk no job is taken or counted as delivered; work resumes by itself',
  withWorker(async (harness) => {
    let free = 0;
    let looks = 0;
    const room = roomOn('data', 1000, async () => {
      looks++;
      return free;
    });
    await harness.start('r1');
    const work = harness.loopUntil(async () => (await harness.run('r1')).status === 'SUCCEEDED', {
      ...harness.deps(),
      requireRoom: () => room(),
    });
    for (let times = 1; times <= 5; times++) {
      await until(() => harness.wakes.size > 0 && looks >= times);
      assert.equal(await harness.messages(), [1, 0, 0]);
      if (times === 5) free = 5000;
      for (const wake of [...harness.wakes]) {
        harness.wakes.delete(wake);
        wake();
      }
    }
    await work;
    assert.is((await harness.run('r1')).attempt, 1);
    assert.ok(harness.events.includes('receive_failed'));
  }),
);

/** Calls `use` with a folder on its own small file system, if this user may mount one. */
async function onSmallDisk(bytes: number, use: (folder: string) => Promise<void>): Promise<boolean> {
  return await inFolder(async (root) => {
    const folder = path.join(root, 'small');
    fs.mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return false;
    }
    try {
      await use(folder);
      return true;
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });
}

/** Files below a folder that this process has open, except the database. */
function openFiles(folder: string): string[] {
  const links = fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [fs.readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return links.filter((file) => file.startsWith(`${folder}/`) && !file.includes('relay.db'));
}

const MEGABYTE = 1 << 20;

test('a run on a full disk goes back uncounted, leaves no temporary file, and succeeds once there is room', async () => {
  const ran = await onSmallDisk(8 * MEGABYTE, (folder) =>
    useWorkerIn(folder, async (harness: WorkerHarness) => {
      const rows = Array.from({ length: 30_000 }, (_, i) => `SKU-${i},5,10,${'x'.repeat(20)}`);
      await harness.putFeed('acme', `sku,quantity_available,cost,title\n${rows.join('\n')}\n`);
      const ballast = path.join(folder, 'ballast');
      fs.writeFileSync(ballast, Buffer.alloc((await freeBytesOf(folder)) - 2 * MEGABYTE));
      assert.is(await codeOf(roomOn(folder, 3 * MEGABYTE)()), 'disk_nearly_full');
      await harness.start('r1');
      await harness.handleNext();
      const back = await harness.run('r1');
      assert.equal([back.status, back.errorCode], ['QUEUED', null]);
      assert.equal(fs.readdirSync(path.join(folder, 'partial')), []);
      assert.is(harness.scratchLive, 0);
      assert.equal(openFiles(folder), [], 'no file stays open');
      assert.ok(harness.events.includes('run_will_be_retried'));
      assert.equal(await harness.messages(), [0, 1, 0]);
      fs.rmSync(ballast);
      harness.time += 60_000;
      const again = await harness.receive();
      assert.is(again?.receiveCount, 1, 'it is a new message');
      harness.time += 600_000;
      await harness.handleNext();
      assert.is((await harness.run('r1')).status, 'SUCCEEDED');
    }),
  );
  if (!ran) console.log('skipped: no file system can be mounted here');
});

test.run();
