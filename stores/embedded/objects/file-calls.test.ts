/** Calls on the pool and on the calling thread do the same, for files on both sides of what is large. */
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../../testing/folder.ts';
import { type FileCalls, IN_PLACE, POOLED } from './file-calls.ts';

const LARGE = 128 * 1024;

async function codeOf(work: () => unknown): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'other';
  }
}

for (const [name, calls] of Object.entries<FileCalls>({ pooled: POOLED, 'in place': IN_PLACE })) {
  test(`${name}: bytes are written one after the other, and read from any place`, () =>
    inFolder(async (folder) => {
      const file = path.join(folder, 'f');
      const bytes = Uint8Array.from({ length: 2 * LARGE + 5 }, (_, i) => (i * 7) % 251);
      const handle = await calls.open(file, 'wx');
      const written: number[] = [];
      for (const [part, offset] of [
        [bytes.subarray(0, 3), 0],
        [bytes.subarray(0, LARGE), 3],
        [bytes.subarray(0, 2 * LARGE + 1), LARGE],
        [bytes, 2 * LARGE + 1],
      ] as const)
        written.push((await handle.write(part, offset)).bytesWritten);
      await handle.sync();
      await handle.close();
      assert.equal(written, [3, LARGE - 3, LARGE + 1, 4]);
      assert.ok(Buffer.from(bytes).equals(fs.readFileSync(file)));
      const reading = await calls.open(file, 'r');
      for (const [offset, length, position] of [
        [2, 3, 7],
        [0, LARGE, 1],
        [1, LARGE + 1, 2],
        [0, 9, bytes.length - 4],
      ] as const) {
        const into = new Uint8Array(offset + length);
        const { bytesRead } = await reading.read(into, offset, length, position);
        const expected = bytes.subarray(position, position + length);
        assert.is(bytesRead, expected.length);
        assert.ok(Buffer.from(expected).equals(into.subarray(offset, offset + bytesRead)));
        assert.is(
          into.subarray(0, offset).every((one) => one === 0),
          true,
        );
      }
      await reading.close();
      assert.equal(
        [await codeOf(() => calls.open(file, 'wx')), await codeOf(() => calls.open(`${file}x`, 'r'))],
        ['EEXIST', 'ENOENT'],
      );
    }));

  test(`${name}: names of files and folders`, () =>
    inFolder(async (folder) => {
      const at = (...names: string[]) => path.join(folder, ...names);
      assert.is(await calls.makeFolder(at('a', 'b')), at('a'));
      assert.is(await calls.makeFolder(at('a', 'b')), undefined);
      await calls.writeFile(at('a', 'one'), 'text');
      await calls.link(at('a', 'one'), at('a', 'two'));
      assert.is(await codeOf(() => calls.link(at('a', 'one'), at('a', 'two'))), 'EEXIST');
      await calls.rename(at('a', 'one'), at('a', 'three'));
      const entries = await calls.entries(at('a'));
      const named = entries.map((entry) => [entry.name, entry.isDirectory()]).sort();
      assert.equal(named, [
        ['b', true],
        ['three', false],
        ['two', false],
      ]);
      assert.is(fs.readFileSync(at('a', 'two'), 'utf8'), 'text');
      await calls.remove(at('a', 'two'));
      await calls.remove(at('a', 'two'));
      assert.is(fs.existsSync(at('a', 'two')), false);
      assert.is(await codeOf(() => calls.entries(at('none'))), 'ENOENT');
    }));
}

test('in place, only what is larger than 128 KiB goes to the pool', () =>
  inFolder(async (folder) => {
    const file = path.join(folder, 'f');
    fs.writeFileSync(file, new Uint8Array(LARGE + 1));
    const handle = await IN_PLACE.open(file, 'r+');
    const into = new Uint8Array(LARGE + 1);
    const isPooled = async (call: unknown) => {
      await call;
      return call instanceof Promise;
    };
    assert.is(await isPooled(handle.read(into, 0, LARGE, 0)), false);
    assert.is(await isPooled(handle.read(into, 0, LARGE + 1, 0)), true);
    assert.is(await isPooled(handle.write(into.subarray(0, LARGE), 0)), false);
    assert.is(await isPooled(handle.sync()), false);
    assert.is(await isPooled(handle.write(into.subarray(0, 1), 0)), false);
    assert.is(await isPooled(handle.sync()), true);
    assert.is(await isPooled(handle.write(into, 0)), true);
    await handle.close();
  }));

test.run();
