/** Small files that a run keeps in memory: how many, how long, and what becomes of larger ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HeldFiles, HoldingSink } from './held-files.ts';
import { SmallCopies } from './small-copies.ts';

const KIB = 1024;
const file = (length: number) => ({ bytes: new Uint8Array(length), sha256: null });

test('held files are due when they are more than half a megabyte, or the first has waited for a moment', () => {
  let now = 5000;
  const held = new HeldFiles(() => now);
  assert.is(held.isDue, false);
  now = 9000;
  const first = file(512 * KIB);
  held.put('a', first);
  assert.is(held.isDue, false);
  now += 50;
  held.put('b', file(1));
  assert.is(held.isDue, true);
  held.put('b', file(0));
  assert.is(held.isDue, false);
  now += 49;
  assert.is(held.isDue, false);
  now += 1;
  assert.is(held.isDue, true);
  held.delete('a', file(512 * KIB));
  held.delete('a', undefined);
  held.delete('none', first);
  assert.is(held.get('a'), first.bytes);
  held.delete('a', first);
  assert.equal([held.get('a'), held.get('b')?.length], [null, 0]);
  assert.equal(
    held.list().map(([path]) => path),
    ['b'],
  );
  const last = file(7);
  held.put('b', last);
  held.delete('b', last);
  assert.equal([held.isDue, held.list()], [false, []]);
  held.put('c', file(512 * KIB));
  assert.is(held.isDue, false);
});

test('a file goes into a sink once it is larger than 64 KiB, in the order of its bytes', async () => {
  for (const [sizes, isSmall] of [
    [[], true],
    [[64 * KIB], true],
    [[1, 64 * KIB - 1], true],
    [[1, 64 * KIB], false],
    [[64 * KIB + 1], false],
    [[3, 5, 64 * KIB, 7], false],
  ] as const) {
    const calls: string[] = [];
    const written: number[] = [];
    const sink = {
      write: (bytes: Uint8Array) => void written.push(...bytes),
      abort: async () => void calls.push('abort'),
      close: async () => ({ etag: 'e' }),
    };
    const holding = new HoldingSink(async () => {
      calls.push('open');
      return sink;
    });
    const all: number[] = [];
    for (const [i, size] of sizes.entries()) {
      const buffer = new Uint8Array(size).fill(i + 1);
      all.push(...buffer);
      await holding.write(buffer);
      buffer.fill(0);
    }
    const end = holding.end();
    assert.is('bytes' in end ? sink : end.sink, sink);
    assert.is('bytes' in end, isSmall);
    assert.ok(Buffer.from(all).equals('bytes' in end ? end.bytes : Uint8Array.from(written)));
    assert.equal(calls, isSmall ? [] : ['open']);
    await holding.abort();
    assert.equal(calls, isSmall ? [] : ['open', 'abort']);
  }
});

test('copies are kept until together they have 256 KiB', () => {
  const copies = new SmallCopies();
  const keep = (path: string, ...sizes: number[]) => {
    const copy = copies.begin(path);
    for (const size of sizes) {
      const buffer = new Uint8Array(size).fill(size);
      copy.add(buffer);
      buffer.fill(0);
    }
    copy.keep();
    return copies.get(path);
  };
  assert.is(copies.get('none'), undefined);
  assert.equal(keep('empty'), new Uint8Array(0));
  assert.equal(keep('a', 2, 1), Uint8Array.of(2, 2, 1));
  (copies.get('a') as Uint8Array).fill(9);
  assert.equal(copies.get('a'), Uint8Array.of(2, 2, 1));
  assert.is(keep('large', 256 * KIB - 2), undefined);
  assert.is(keep('large', 256 * KIB, 1), undefined);
  const [one, other] = [copies.begin('one'), copies.begin('other')];
  for (const copy of [one, other]) copy.add(new Uint8Array(200 * KIB));
  one.keep();
  other.keep();
  assert.equal([copies.get('one')?.length, copies.get('other')], [200 * KIB, undefined]);
  assert.is(keep('rest', 56 * KIB - 3)?.length, 56 * KIB - 3);
  assert.is(keep('more', 1), undefined);
});

test.run();
