/** File sinks: files appear whole, and an aborted one leaves nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { inFolder } from '../testing/sandbox.ts';
import { FileScratch, fileSink, readFrom, writeTo } from './files.ts';

const LARGE = new Uint8Array(700_000).map((_, i) => i % 251);
const SMALL = LARGE.subarray(3, 1000);

test('large and small writes keep their order, and the file appears when the sink is closed', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'a/b.csv');
    const sink = fileSink(file);
    for (const bytes of [SMALL, LARGE, SMALL, LARGE, LARGE]) await sink.write(bytes);
    assert.is(fs.existsSync(file), false);
    await sink.close();
    assert.equal(fs.readFileSync(file), Buffer.concat([SMALL, LARGE, SMALL, LARGE, LARGE]));
    assert.equal(fs.readdirSync(path.dirname(file)), ['b.csv']);
  }));

test('closing or aborting a sink waits for the pending write of the thread pool', () =>
  inFolder(async (folder) => {
    const kept = fileSink(path.join(folder, 'kept'));
    const dropped = fileSink(path.join(folder, 'dropped'));
    const writes = [kept.write(LARGE), dropped.write(LARGE)];
    await Promise.all([kept.close(), dropped.abort(), ...writes]);
    assert.equal(fs.readdirSync(folder), ['kept']);
    assert.equal(fs.readFileSync(path.join(folder, 'kept')), Buffer.from(LARGE));
  }));

test('a thread that is given the file of a sink writes at the sink’s place', () =>
  inFolder(async (folder) => {
    const sink = fileSink(path.join(folder, 'c'));
    await sink.write(SMALL);
    assert.ok(sink.file);
    writeTo(sink.file, LARGE);
    await sink.write(LARGE);
    await sink.close();
    assert.equal(fs.readFileSync(path.join(folder, 'c')), Buffer.concat([SMALL, LARGE, LARGE]));
  }));

test('a scratch file starts empty, is appended to, and is read at any position, also by other threads', () =>
  inFolder(async (folder) => {
    fs.writeFileSync(path.join(folder, 'spill-0'), 'what a killed attempt left');
    const file = await new FileScratch(folder).create();
    assert.ok(file.file);
    await file.write(SMALL);
    const [first, second] = [new Uint8Array(10), new Uint8Array(10)];
    assert.is(await file.read(4, first), 10);
    writeTo(file.file, LARGE);
    assert.is(readFrom(file.file, SMALL.length, second), 10);
    assert.equal([...first, ...second], [...SMALL.subarray(4, 14), ...LARGE.subarray(0, 10)]);
    assert.is(await file.read(SMALL.length + LARGE.length - 3, first), 3);
    await file.remove();
    assert.equal(fs.readdirSync(folder), []);
  }));

test('a failed write is a RelayError, in the thread pool and in place', async () => {
  if (!fs.existsSync('/dev/full')) return;
  const fd = fs.openSync('/dev/full', 'w');
  try {
    assert.throws(
      () => writeTo({ path: 'x.csv', fd }, SMALL),
      (error: unknown) =>
        error instanceof RelayError && error.code === 'disk_full' && /cannot write x\.csv/.test(error.message),
    );
  } finally {
    fs.closeSync(fd);
  }
});

test.run();
