/** Files that are finished in the same turn: what is synced before what, how often, and what one failure does to the others. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { type FileCalls, IN_PLACE } from './file-calls.ts';
import { SharedSyncs } from './shared-syncs.ts';

/** Notes what happens to files and folders; those in `broken` cannot be synced. */
async function withSyncs(
  broken: readonly string[],
  use: (tools: {
    syncs: SharedSyncs;
    finish(name: string, ...folders: string[]): Promise<void>;
    seen: string[];
  }) => Promise<void>,
): Promise<void> {
  await inFolder(async (root) => {
    const seen: string[] = [];
    const calls: FileCalls = {
      ...IN_PLACE,
      open: (name, flags) => {
        const folder = path.basename(name);
        seen.push(`sync ${folder}`);
        if (broken.includes(folder)) throw new Error(`${folder} is broken`);
        return IN_PLACE.open(name, flags);
      },
    };
    const syncs = new SharedSyncs(calls);
    const finish = (name: string, ...folders: string[]) => {
      for (const folder of folders) fs.mkdirSync(path.join(root, folder), { recursive: true });
      const fd = broken.includes(name) ? -1 : fs.openSync(path.join(root, name), 'w');
      const sync = () => {
        seen.push(`sync ${name}`);
        fs.fsyncSync(fd);
      };
      return syncs.finish({ fd, sync }, async () => {
        if (fd !== -1) fs.closeSync(fd);
        seen.push(`name ${name}`);
        if (broken.includes(`name ${name}`)) throw new Error(`${name} has no name`);
        return folders.map((folder) => path.join(root, folder));
      });
    };
    await use({ syncs, finish, seen });
  });
}

const messageOf = (done: Promise<void>) =>
  done.then(
    () => 'finished',
    (error) => error.message,
  );

test('a single file is synced, then renamed, then its folders are synced', () =>
  withSyncs([], async ({ finish, seen }) => {
    await finish('a', 'x', 'y');
    assert.equal(seen, ['sync a', 'name a', 'sync x', 'sync y']);
  }));

test('files of one turn are all renamed before the first folder is synced, and each folder is synced once', () =>
  withSyncs([], async ({ finish, seen }) => {
    const late = async () => {
      // a few steps later in the same turn
      for (let i = 0; i < 20; i++) await null;
      await finish('b', 'x', 'y');
    };
    await Promise.all([finish('a', 'x'), late()]);
    assert.equal(seen, ['name a', 'name b', 'sync x', 'sync y']);
    seen.length = 0;
    await finish('c', 'x');
    assert.equal(seen, ['sync c', 'name c', 'sync x']);
  }));

test('a file that cannot be synced is not renamed, and fails no other file', () =>
  withSyncs(['a', 'name b'], async ({ finish, seen }) => {
    const ended = await Promise.all([finish('a', 'x'), finish('b', 'y'), finish('c', 'z')].map(messageOf));
    assert.match(ended[0]!, /fd/);
    assert.equal(ended.slice(1), ['b has no name', 'finished']);
    assert.equal(seen, ['name b', 'name c', 'sync z']);
  }));

test('a folder that cannot be synced fails the writes that wait for it', () =>
  withSyncs(['x'], async ({ finish }) => {
    const ended = await Promise.all([finish('a', 'x'), finish('b', 'x')].map(messageOf));
    assert.equal(ended, ['x is broken', 'x is broken']);
    assert.is(await messageOf(finish('c', 'y')), 'finished');
  }));

test.run();
