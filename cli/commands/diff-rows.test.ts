/** `relay diff --only`, `--min-change`, `--limit`: which rows are listed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';

const HEAD = 'sku,vendor_id,quantity_available,price\n';
const BEFORE = `${HEAD}EMPTY,a,5,10.00\nFIVE,a,5,10.00\nFREE,a,5,0.00\nGONE,a,2,7.00\nLESS,a,5,10.00\nSAME,a,5,10.00\nWIN,a,0,10.00\n`;
const AFTER = `${HEAD}EMPTY,a,0,10.00\nFIVE,a,5,10.50\nFREE,a,5,0.01\nLESS,a,4,10.49\nNEW,b,3,1.00\nSAME,a,5,10.00\nWIN,b,1,9.50\n`;

async function listed(...options: string[]) {
  return inFolder(async (folder) => {
    const feeds = [writeFileIn(folder, 'a.csv', BEFORE), writeFileIn(folder, 'b.csv', AFTER)];
    const { code, stdout } = await relay(['diff', ...feeds, ...options, '--json']);
    assert.is(code, 0, stdout);
    const text = await relay(['diff', ...feeds, ...options]);
    return { json: JSON.parse(stdout).listed, text: text.stdout };
  });
}

const skus = ({ json }: { json: { first: Array<{ sku: string }> } }) => json.first.map(({ sku }) => sku).join(' ');

test('each word of --only lists its rows', async () => {
  for (const [only, wanted] of [
    ['price', 'FIVE FREE LESS WIN'],
    ['stock', 'EMPTY LESS WIN'],
    ['sold_out', 'EMPTY GONE'],
    ['restocked', 'NEW WIN'],
    ['winner', 'WIN'],
    ['added', 'NEW'],
    ['removed', 'GONE'],
    ['added,removed', 'GONE NEW'],
  ] as const)
    assert.is(skus(await listed('--only', only)), wanted, only);
});

test('a price that moves by exactly the share is listed, by a little less it is not; from 0 any move is', async () => {
  for (const share of ['5%', '5 %', '0.05'])
    assert.is(skus(await listed('--min-change', share)), 'FIVE FREE WIN', share);
  assert.is(skus(await listed('--min-change', '5.01%')), 'FREE');
  assert.is(skus(await listed('--min-change', '5%', '--only', 'price,removed')), 'FIVE FREE GONE WIN');
});

test('a limit lists the first rows and says how many there are', async () => {
  const { json, text } = await listed('--limit', '2');
  assert.equal([json.count, json.first.length], [7, 2]);
  assert.equal(json.first[1], {
    ...{ sku: 'FIVE', changes: ['price'], price_change: '+0.05' },
    before: { price: '10.00', quantity_available: '5', vendor_id: 'a' },
    after: { price: '10.50', quantity_available: '5', vendor_id: 'a' },
  });
  assert.match(text, 'Rows: 7\n  EMPTY quantity 5 to 0\n  FIVE price 10.00 to 10.50 (+0.05)\n  … 5 more: --limit\n');
  const all = (await listed('--limit', '100')).text;
  assert.match(all, '  GONE removed at 7.00, quantity 2, from a\n');
  assert.match(all, '  NEW added at 1.00, quantity 3, from b\n');
  assert.match(all, '  WIN price 10.00 to 9.50 (-0.05), quantity 0 to 1, winner a to b\n');
  assert.is((await listed('--only', 'winner', '--min-change', '50%')).json.count, 1);
});

test('no rows are listed without these options; a wrong value says what the option takes', async () => {
  assert.equal((await listed()).json, undefined);
  for (const [option, value, words] of [
    [
      '--only',
      'prices',
      '--only takes price, stock, sold_out, restocked, winner, added, removed, with commas between, not "prices"',
    ],
    ['--min-change', 'five', '--min-change takes a share such as 5% or 0.05, not "five"'],
    ['--min-change', '-5%', '--min-change takes a share such as 5% or 0.05, not "-5%"'],
    ['--limit', '0', '--limit takes a whole number from 1 to 100,000, not "0"'],
  ] as const) {
    const { code, stderr } = await relay(['diff', 'a', 'b', `${option}=${value}`]);
    assert.is(code, 2);
    assert.match(stderr, words);
  }
});

test.run();
