/** Reports name the worst or largest few of many SKUs: twenty for each guardrail, fifty in `diff.json`. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportOf, runShop } from './shop.ts';

const SKUS = Array.from({ length: 75 }, (_, i) => `S${10 + i}`);
const feed = (row: (i: number) => string) => SKUS.map((sku, i) => `${sku} ${row(i)}`).join(';');
const namesOf = (list: Array<{ sku: string }>) => list.map(({ sku }) => sku);
const last = (count: number) => SKUS.slice(-count).reverse();

test('guardrails.json has the worst twenty SKUs of each guard, and diff.json the fifty largest changes', async () => {
  const holds = { price_rise_pct: '0', max_held_pct: '0' };
  const guards = { max_in_stock_drop_pct: 0, max_median_price_change_pct: 0 };
  // S10 has 1 in stock, S84 has 75
  const first = await runShop({ a: feed((i) => `${i + 1} 100`), b: 'OTHER 1 1' }, null, { publish: {} });
  const none = await runShop({ b: 'OTHER 1 1' }, first, { publish: {}, guardrails: { max_sku_drop_pct: 0 } });
  assert.equal(namesOf(reportOf(none, 'guardrails').guards[0].worst), last(20));
  const now = { a: feed((i) => `0 ${101 + i}`), b: 'OTHER 1 1' };
  const moved = await runShop(now, first, { publish: { holds }, guardrails: guards });
  const { guards: judged } = reportOf(moved, 'guardrails');
  assert.equal(
    judged.map(({ guard, tripped, worst }: never) => [guard, tripped, namesOf(worst)]),
    [...Object.keys(guards), 'max_held_pct'].map((guard) => [guard, true, last(20)]),
  );
  const away = { a: 'S10 1 100', b: 'OTHER 1 1' };
  const fewer = await runShop(away, first, { publish: {}, guardrails: { max_vendor_row_drop_pct: 0 } });
  const [drop] = reportOf(fewer, 'guardrails').guards;
  assert.equal([drop.vendor_id, drop.published, drop.candidate, namesOf(drop.worst)], ['a', 75, 1, last(20)]);
  const { largest, price_changes } = reportOf(await runShop(now, first), 'diff');
  assert.equal(namesOf(largest), last(50));
  assert.equal(largest[0], { sku: 'S84', previous_price: '100.00', price: '175.00', change: '+0.75' });
  // a rise of 1 % is the last of its band, and so on
  assert.equal(
    price_changes.filter(({ count }: { count: number }) => count > 0).map((one: object) => Object.values(one).join()),
    ['0,0,1', '0,1,1', '1,5,4', '5,10,5', '10,20,10', '20,50,30', '50,100,25'],
  );
});

test.run();
