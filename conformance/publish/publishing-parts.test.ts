/** Small parts of publishing beside plain models: lines of bytes, the copy of the candidate, decisions in step, states of candidates. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import type { OfferGroup } from '../../core/pipeline/merge/offer-group.ts';
import type { OutputBuffer } from '../../core/pipeline/merge/output.ts';
import { Misuses } from '../../core/pipeline/misuses.ts';
import { CandidateCopy } from '../../core/pipeline/publish/candidate-copy.ts';
import { DecidedSkus, namedSkus } from '../../core/pipeline/publish/holds/decided-skus.ts';
import { HeldBelowCost } from '../../core/pipeline/publish/holds/held-below-cost.ts';
import { writeCandidateState } from '../../core/pipeline/publish/state/candidate-state.ts';
import { LineBuffer } from '../../core/pipeline/publish/tables/line-buffer.ts';
import { FOUND, MISSING, NEEDS_REFILL, SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { MemoryScratch, memorySource } from '../../plugins/in-memory/ports.ts';
import { unhandled } from '../foreign-plugins/bad-plugin.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('parts of publishing');
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test('property: a buffer of lines has what was written, however much that is', () => {
  const random = new Random(1);
  const out = new LineBuffer();
  let plain = '';
  let taken = '';
  for (let i = 0; i < 4000; i++) {
    const long = random.chance(0.05);
    const text = random.pick(['', 'a', 'x,y', 'q"q', 'two\nlines', 'é😀']).repeat(long ? random.int(1, 400) : 1);
    const bytes = toBytes(text);
    const padded = toBytes(`<${text}>`);
    const number = random.int(0, 10 ** random.int(0, 9));
    const decimals = random.pick([2, 3] as const);
    const ways: Array<[() => void, string]> = [
      [() => out.raw(bytes), text],
      [() => out.raw(padded, 1, padded.length - 1), text],
      [() => out.text(text), text],
      [() => out.cell(padded, 1, padded.length - 1), /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text],
      [() => out.byte(0x2c), ','],
      [() => out.integer(number), `${number}`],
      [() => out.units(number, decimals), (number / 10 ** decimals).toFixed(decimals)],
      [() => out.micros(number * 10_000, decimals), (number / 100).toFixed(decimals)],
    ];
    const [write, expected] = random.pick(ways);
    write();
    plain += expected;
    if (!random.chance(0.001)) continue;
    taken += textOf(out.take());
    assert.is(taken, plain);
  }
  assert.is(taken + textOf(out.take()), plain);
  assert.is(out.used, 0);
  const exact = new LineBuffer();
  exact.raw(new Uint8Array(96 * 1024));
  assert.not(exact.isFull);
  exact.byte(1);
  assert.ok(exact.isFull);
  const sized = new LineBuffer();
  sized.ensure(16 * 1024);
  assert.is(sized.bytes.length, 16 * 1024);
  sized.ensure(16 * 1024 + 1);
  assert.is(sized.bytes.length, 32 * 1024);
  sized.ensure(100 * 1024);
  assert.is(sized.bytes.length, 100 * 1024);
});

test('property: the candidate is the output without what was skipped, in memory and in scratch', async () => {
  for (const large of [false, true]) {
    const random = new Random(large ? 2 : 3);
    const scratch = new MemoryScratch();
    const copy = new CandidateCopy(scratch);
    const output = { bytes: new Uint8Array(2_000_000), used: 0 };
    const candidate: number[] = [];
    const add = (isCopied: boolean) => {
      const count = large ? random.int(1, 50_000) : random.int(0, 20);
      for (let i = 0; i < count; i++) {
        const byte = random.int(0, 255);
        output.bytes[output.used++] = byte;
        if (isCopied) candidate.push(byte);
      }
    };
    for (let i = 0; i < 60; i++) {
      add(true);
      if (random.chance(0.5)) {
        copy.take(output as OutputBuffer);
        add(false);
        if (random.chance(0.3)) output.used -= Math.min(output.used, 3);
        copy.skip(output as OutputBuffer);
      }
      if (random.chance(0.3)) {
        copy.takeLast(output as OutputBuffer);
        output.used = 0;
        await copy.flush();
        assert.not(copy.isFull);
      }
    }
    copy.takeLast(output as OutputBuffer);
    const parts: Uint8Array[] = [];
    await copy.copyTo({ write: (bytes) => void parts.push(bytes.slice()), close: () => {}, abort: () => {} });
    // what is taken back of the rows that were skipped is not part of it either
    assert.equal(Buffer.concat(parts).length, candidate.length);
    assert.ok(Buffer.concat(parts).equals(Buffer.from(candidate)));
    assert.ok(parts.every(({ length }) => length <= 512 * 1024 + 1_500_000));
    assert.is(scratch.created, large ? 1 : 0);
    await copy.dispose();
    await copy.dispose();
    assert.is(scratch.live, 0);
  }
});

async function decidedOf(skus: string[], chunkBytes: number): Promise<DecidedSkus> {
  const text = `sku,decision\n${skus.map((sku) => `${sku},accept\n`).join('')}`;
  const limits = { ...DEFAULT_LIMITS, windowBytes: chunkBytes };
  return new DecidedSkus(
    await SortedRows.open(memorySource('table', toBytes(text), chunkBytes), { name: 'decisions', limits }),
  );
}

test('property: decisions on SKUs that are not asked for are counted, and five are named', async () => {
  const all = Array.from('ABCDEFGHIJKLMNOP');
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const decided = all.filter(() => random.chance(0.6));
    const asked = all.filter(() => random.chance(0.5));
    const skus = await decidedOf(decided, random.pick([1, 9, 1000]));
    const notHeld: string[] = [];
    for (const sku of asked) {
      const bytes = toBytes(sku);
      if (random.chance(0.3) && skus.isBehind(bytes, 1)) assert.not(decided.includes(sku));
      let found = skus.seek(bytes, 1);
      for (; found === NEEDS_REFILL; found = skus.seek(bytes, 1)) await skus.rows.refill();
      assert.is(found, decided.includes(sku) ? FOUND : MISSING);
      if (found === FOUND && random.chance(0.5)) {
        notHeld.push(sku);
        skus.noteNotHeld();
      }
    }
    while (!skus.end()) await skus.rows.refill();
    const unknown = decided.filter((sku) => !asked.includes(sku));
    assert.equal(skus.unknown, { count: unknown.length, first: unknown.slice(0, 5) }, `seed ${seed}`);
    assert.equal(skus.notHeld, { count: notHeld.length, first: notHeld.slice(0, 5) });
    assert.is(skus.isBehind(toBytes('Z'), 1), true);
  }
  const one = await decidedOf(['B'], 1000);
  assert.equal(
    [one.isBehind(toBytes('A'), 1), one.isBehind(toBytes('B'), 1), one.isBehind(toBytes('C'), 1)],
    [true, false, false],
  );
  assert.is(namedSkus({ count: 7, first: ['A', 'b"c'] }), '7:"A", "b\\"c"');
  assert.is((await decidedOf(['x'.repeat(150)], 1000)).unknown.count, 0);
});

test('held SKUs below cost: those in stock are counted, five are named, and the first are examples', () => {
  const group = {
    ...{ landed: [10_000_000], cost: [10_000_000], quantity: [1], vendor: [1], vendorIds: ['a', 'b'], rowNumber: [7] },
    ...{ sku: toBytes('S-1xx'), skuLength: 3 },
  };
  const held = new HeldBelowCost(group as unknown as OfferGroup, 2);
  assert.equal([held.look(0, 1000), held.look(0, 999), held.count], [false, true, 1]);
  group.quantity[0] = 0;
  assert.equal([held.look(0, 999), held.count], [true, 1]);
  group.quantity[0] = 1;
  group.landed[0] = -1;
  assert.equal([held.look(0, 0), held.count], [false, 1]);
  group.landed[0] = 12_000_000;
  for (let i = 0; i < 6; i++) held.look(0, 999);
  const named = ['S-1 at 9.99, cost 10.00 from b', ...new Array(4).fill('S-1 at 9.99, landed cost 12.00 from b')];
  assert.is(held.detail, `7:${named.join('; ')}`);
  assert.equal(
    held.examples.map(({ note, vendorId, rowNumber, sku }) => [note, vendorId, rowNumber, sku]),
    ['at 9.99, cost 10.00', 'at 9.99, landed cost 12.00'].map((note) => [note, 'b', 7, 'S-1']),
  );
});

test('the state of a candidate has the SKUs that the run offered, none of them held', async () => {
  const header = 'sku,vendors,state,runs,candidate_price,earlier_decision\n';
  const rows = [
    'A,a b,,,,',
    '"B,1",a,held,2,3.00,x',
    'C,,kept,1,,',
    'D,b,new,1,2.00,',
    'E,b,zeroed,3,,',
    'F,"c,d",,,,',
  ];
  const expected = ['A,a b,,,,', '"B,1",a,,,,', 'D,b,,,,', 'F,"c,d",,,,'];
  for (const chunkBytes of [3, 1000]) {
    let text = '';
    const sink = {
      write: (bytes: Uint8Array) => {
        text += textOf(bytes);
      },
      close: () => {},
      abort: () => {},
    };
    const limits = { ...DEFAULT_LIMITS, windowBytes: chunkBytes };
    const lines = (list: string[]) => list.map((row) => `${row}\n`).join('');
    await writeCandidateState(memorySource('state', toBytes(header + lines(rows)), chunkBytes), sink, limits);
    assert.is(text, header + lines(expected));
  }
});

test('the first misuse fails the run, and one after its end is a rejection that nobody handles', async () => {
  const misuses = new Misuses();
  misuses.check();
  const [first, second, late] = ['one', 'two', 'three'].map((text) => new Error(text) as never) as [
    never,
    never,
    never,
  ];
  misuses.note(first);
  misuses.note(second);
  assert.throws(() => misuses.check(), /one/);
  const seen = await unhandled(async () => {
    misuses.end();
    misuses.note(late);
  });
  assert.equal(seen, [late]);
  assert.throws(() => misuses.check(), /one/);
});

test.run();
