import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../bytes/text.ts';
import { SkuList } from './sku-list.ts';
import { SpillBudget, SpillPool } from './sorted-run.ts';
import { countingScratch } from './testing/rows.ts';

/** Which of the asked SKUs, in ascending order, the list has. */
async function found(list: SkuList, asked: readonly string[], budgetBytes: number): Promise<string[]> {
  const reader = await list.open(budgetBytes);
  const has: string[] = [];
  for (const sku of asked) {
    const bytes = toBytes(`..${sku}.`);
    let answer = reader.has(bytes, 2, bytes.length - 1);
    for (; answer === null; answer = reader.has(bytes, 2, bytes.length - 1)) await reader.refill();
    if (answer) has.push(sku);
  }
  return has;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const SKUS = ['B', 'A', 'AB', 'A', '\u{1f600}', '\uffee', 'é', 'LONG-SKU-0002', 'LONG-SKU-0001', 'LONG-SKU-000'];
const OTHERS = ['', 'A0', 'AA', 'ABC', 'C', 'LONG-SKU-00', 'LONG-SKU-00011', 'LONG-SKU-0003', '\u{1f601}'];

test('a list has the SKUs that were added, in any order and in several parts', async () => {
  for (const every of [1, 3, 100]) {
    for (const budget of [1, 1 << 20]) {
      const list = new SkuList(new SpillPool(countingScratch(100), new SpillBudget(budget - 1)));
      await list.spill();
      for (const [i, sku] of SKUS.entries()) {
        list.add(toBytes(`-${sku}`), 1, toBytes(sku).length + 1);
        if (i % every === 0) await list.spill();
      }
      const asked = [...new Set([...SKUS, ...OTHERS])].sort(byBytes);
      const due = [...new Set(SKUS)].sort(byBytes);
      assert.equal(await found(list, asked, budget), due, `${every} ${budget}`);
      assert.is(list.runs.length, every === 1 ? SKUS.length : every === 3 ? 4 : 2);
    }
  }
});

test('an empty list has nothing, and writes nothing', async () => {
  const list = new SkuList(new SpillPool(countingScratch(100), new SpillBudget(0)));
  assert.equal(await found(list, ['', 'A'], 100), []);
  assert.equal([list.runs, list.isFull], [[], false]);
});

test('it is full once it has more than a mebibyte, and takes more', async () => {
  const scratch = countingScratch(100_000);
  const list = new SkuList(new SpillPool(scratch, new SpillBudget(0)));
  const sku = (i: number) => String(i).padStart(4, '0').repeat(256);
  for (let i = 0; i < 1024; i++) list.add(toBytes(sku(i)), 0, 1024);
  assert.not.ok(list.isFull);
  list.add(toBytes('X'), 0, 1);
  assert.ok(list.isFull);
  await list.spill();
  assert.not.ok(list.isFull);
  assert.is(scratch.files, 1);
  list.add(toBytes('Y'), 0, 1);
  assert.equal(await found(list, [sku(0), `${sku(0)}0`, sku(1023), 'W', 'X', 'Y', 'Z'], 100), [
    sku(0),
    sku(1023),
    'X',
    'Y',
  ]);
});

test.run();
