/** Columns that say the same in all rows, times of years ago, and a MAP above the list price. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  someCents as cents,
  madeFeed as feed,
  saidOf,
  someNumber as some,
  type WarnedFeedOptions,
} from '../support/warned-feeds.ts';

const HEADER = 'sku,title,quantity_available,cost';
const row = (i: number, { title = `Lamp ${i}`, cost = cents(i) } = {}) =>
  `AB-${1000 + i},${title},${1 + some(i, 50)},${cost}`;
/** On both ways through: by the kernel, and by the rows' own code. */
const said = async (text: string, options: WarnedFeedOptions = {}) => {
  const [one, other] = [
    await saidOf(text, { ...options, kernelFromBytes: 0 }),
    await saidOf(text, { ...options, kernelFromBytes: Number.MAX_SAFE_INTEGER }),
  ];
  assert.equal(one, other);
  return one;
};

test('one cost or title in nearly all rows gets a warning', async () => {
  const costs = await said(feed(HEADER, 60, (i) => row(i, { cost: i === 30 ? '7.00' : '10.00' })));
  assert.equal(costs, { warnings: ['amounts_all_alike:v:cost:10.00'], examples: ['2 cost 10.00'] });
  const titles = await said(feed(HEADER, 60, (i) => row(i, { title: i === 0 ? 'Desk' : 'Lamp' })));
  assert.equal(titles, { warnings: ['titles_all_alike:v:Lamp'], examples: ['4 title Lamp'] });
  const ordinary = [
    // sizes and colours of one article, a few rows of another price, titles without a majority
    feed(HEADER, 40, (i) => row(i, { cost: '10.00', title: 'Lamp' })),
    feed(HEADER, 60, (i) => row(i, { cost: i % 10 === 0 ? '12.00' : '10.00' })),
    feed(HEADER, 60, (i) => row(i, { title: ['Lamp', 'Desk'][i % 2] as string })),
    feed(HEADER, 60, (i) => row(i, { title: '' })),
  ];
  for (const text of ordinary) assert.equal((await said(text)).warnings, []);
});

test('times of years ago get a warning, if most rows have them', async () => {
  const times = (count: number, time: (i: number) => string) =>
    said(feed(`${HEADER},updated_at`, count, (i) => `${row(i)},${time(i)}`));
  assert.equal(await times(60, () => '2019-03-01T00:00:00Z'), {
    warnings: ['updated_at_old:v:60:60'],
    examples: ['2 updated_at 2019-03-01T00:00:00Z'],
  });
  assert.equal((await times(60, (i) => (i % 2 === 0 ? '2019-03-01' : '2025-12-01'))).warnings, [
    'updated_at_old:v:30:60',
  ]);
  assert.equal((await times(5, () => '2019-03-01')).warnings, ['updated_at_old:v:5:5']);
  assert.equal((await times(60, (i) => (i % 3 === 0 ? '2019-03-01' : '2025-12-01'))).warnings, []);
  assert.equal((await times(5, (i) => (i > 0 ? '2019-03-01' : '2025-12-01'))).warnings, []);
  assert.equal((await times(4, () => '2019-03-01')).warnings, []);
});

test('a MAP above the list price in most rows gets a warning', async () => {
  const limits = (map: (i: number) => string, msrp: (i: number) => string) =>
    said(feed(`${HEADER},map_price,msrp`, 40, (i) => `${row(i)},${map(i)},${msrp(i)}`));
  const [high, low] = [(i: number) => `${500 + i}.00`, (i: number) => `${450 + i}.00`];
  assert.equal(await limits(high, low), { warnings: ['map_above_msrp:v:40:40'], examples: ['2 map_price 500.00'] });
  assert.equal((await limits(low, high)).warnings, []);
  assert.equal(
    (
      await limits(
        (i) => (i % 2 === 0 ? high(i) : low(i)),
        (i) => `${480 + i}.00`,
      )
    ).warnings,
    [],
  );
  assert.equal((await limits(high, high)).warnings, []);
  assert.equal((await limits(high, () => '')).warnings, []);
});

test.run();
