/** Names of folders: in key order, as they are now, and read once while nothing changes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareKeys } from '../../object-key.ts';
import { type FileCalls, IN_PLACE, POOLED } from './file-calls.ts';
import { FolderNames } from './folder-names.ts';

const HOUR_MS = 3_600_000;

/** A folder with so many files, one folder and a link; `readings` counts how often it was read. */
function folderOf(count: number, calls: FileCalls = POOLED) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-names-'));
  for (let i = 0; i < count; i++) fs.writeFileSync(path.join(folder, `f-${(i * 7919) % 100_003}`), '');
  fs.mkdirSync(path.join(folder, 'f'));
  fs.symlinkSync('f', path.join(folder, 'link'));
  const seen = { readings: 0 };
  const entries = (name: string) => {
    seen.readings++;
    return calls.entries(name);
  };
  const counted: FileCalls = { ...calls, entries };
  const { entriesInParts } = calls;
  if (entriesInParts !== undefined)
    counted.entriesInParts = (name) => {
      seen.readings++;
      return entriesInParts(name);
    };
  return { folder, seen, calls: counted, close: () => fs.rmSync(folder, { recursive: true }) };
}

/** Its time is that of long ago, as if nobody had changed it since. */
function age(folder: string, ms = HOUR_MS): void {
  const time = (Date.now() - ms) / 1000;
  fs.utimesSync(folder, time, time);
}

test('files and folders are in key order, however many there are', async () => {
  for (const [count, calls] of [
    [3, POOLED],
    [3, IN_PLACE],
    [3000, POOLED],
    [3000, IN_PLACE],
  ] as const) {
    const { folder, calls: counted, close } = folderOf(count, calls);
    const names = await new FolderNames(folder, counted).of('');
    assert.is(names.length, count + 1);
    assert.equal(names, [...names].sort(compareKeys));
    assert.ok(names.includes('f/') && !names.includes('link'));
    close();
  }
});

test('a large folder in which nothing changed is read once, and again after any change', async () => {
  const { folder, seen, calls, close } = folderOf(300);
  const names = new FolderNames(folder, calls);
  age(folder);
  const first = await names.of('');
  assert.is(await names.of(''), first);
  assert.is(seen.readings, 1);
  fs.writeFileSync(path.join(folder, 'new'), '');
  assert.ok((await names.of('')).includes('new'));
  fs.rmSync(path.join(folder, 'new'));
  assert.not.ok((await names.of('')).includes('new'));
  // a change of now may be followed by one with the same time
  assert.is(seen.readings, 3);
  await names.of('');
  assert.is(seen.readings, 4);
  close();
  assert.equal(await names.of(''), []);
});

test('small folders, and those that have just changed, are read each time', async () => {
  const sides: Array<[count: number, agedMs: number, readings: number]> = [
    [254, HOUR_MS, 2],
    [255, HOUR_MS, 1],
    [300, 2000, 2],
    [300, 60_000, 1],
    [300, -HOUR_MS, 2],
  ];
  for (const [count, agedMs, readings] of sides) {
    const { folder, seen, calls, close } = folderOf(count);
    const names = new FolderNames(folder, calls);
    age(folder, agedMs);
    await names.of('');
    await names.of('');
    assert.is(seen.readings, readings, `${count} names, ${agedMs} ms old`);
    close();
  }
});

test('of remembered folders, those that were not asked for longest are forgotten for others', async () => {
  const { folder, close } = folderOf(0);
  const entries = Array.from({ length: 400 }, (_, i) => ({
    name: String(i),
    isFile: () => true,
    isDirectory: () => false,
  }));
  const read: string[] = [];
  const calls = {
    ...IN_PLACE,
    entries: (name: string) => {
      read.push(path.basename(name));
      return entries as fs.Dirent[];
    },
  };
  const names = new FolderNames(folder, calls, Date.now, 1200);
  for (const name of ['a', 'b', 'c', 'd']) {
    fs.mkdirSync(path.join(folder, name));
    age(path.join(folder, name));
  }
  for (const [asked, expected] of [
    ['abcabc', 'abc'],
    ['adac', 'd'],
    ['bcb', 'b'],
  ] as const) {
    read.length = 0;
    for (const name of asked) assert.is((await names.of(name)).length, 400);
    assert.is(read.join(''), expected, asked);
  }
  // what is read again takes no more room than before
  for (let i = 1; i <= 4; i++) {
    fs.utimesSync(path.join(folder, 'b'), 1, i);
    await names.of('b');
  }
  read.length = 0;
  for (const name of 'cab') await names.of(name);
  assert.is(read.join(''), '');
  close();
});

test('a folder whose time is 2500 ms old may still change; one of 64 KiB is read in parts', async () => {
  const { folder, seen, calls, close } = folderOf(300);
  const time = Date.parse('2026-11-01T06:00:00Z');
  fs.utimesSync(folder, time / 1000, time / 1000);
  for (const [ms, readings] of [
    [2500, 2],
    [2501, 1],
  ] as const) {
    seen.readings = 0;
    const names = new FolderNames(folder, calls, () => time + ms);
    await names.of('');
    await names.of('');
    assert.is(seen.readings, readings);
  }
  const { statSync } = fs;
  const kinds: string[] = [];
  const { entries, entriesInParts } = POOLED;
  const noting = <Made>(kind: string, call: (name: string) => Made) => {
    return (name: string) => {
      kinds.push(kind);
      return call(name);
    };
  };
  const noted = { ...POOLED, entries: noting('whole', entries), entriesInParts: noting('parts', entriesInParts!) };
  try {
    for (const size of [65_535n, 65_536n]) {
      Object.assign(fs, { statSync: (name: string, options: object) => ({ ...statSync(name, options), size }) });
      assert.is((await new FolderNames(folder, noted).of('')).length, 301);
    }
  } finally {
    Object.assign(fs, { statSync });
  }
  assert.equal(kinds, ['whole', 'parts']);
  close();
});

test('many who ask at once share readings, and each sees what was there before it asked', async () => {
  const { folder, seen, calls, close } = folderOf(300);
  const names = new FolderNames(folder, calls);
  const early = [names.of(''), names.of('')];
  fs.writeFileSync(path.join(folder, 'new'), '');
  const late = Array.from({ length: 20 }, () => names.of(''));
  for (const one of await Promise.all(late)) assert.ok(one.includes('new'));
  await Promise.all(early);
  assert.is(seen.readings, 2);
  close();
});

test.run();
