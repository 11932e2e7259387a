/** Feeds whose SKUs have another form from some row on, and amounts that are 0 in every row: a warning with examples. Their ordinary likes have none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { someCents as cents, madeFeed as feed, saidOf, someNumber as some } from '../support/warned-feeds.ts';

const sku = (i: number): string => `AB-${10_000 + i}`;

test('SKUs that have another form from some row on', async () => {
  const said = async (form: (i: number) => string, kernelFromBytes?: number) => {
    const text = feed('sku,quantity_available,cost', 120, (i) => `${form(i)},${1 + some(i, 50)},${cents(i)}`);
    const { warnings, examples } = await saidOf(text, kernelFromBytes === undefined ? {} : { kernelFromBytes });
    return { warnings: warnings.filter((one) => !one.startsWith('skus_shorter:')), examples: examples.slice(-2) };
  };
  const number = (i: number) => 1000 + i * 3;
  const mixed = (i: number) => 100 + some(i, 9_800);
  const then = (first: (i: number) => string, other: (i: number) => string) => (i: number) =>
    i < 60 ? first(i) : other(i);
  for (const [first, other] of [
    [(i: number) => `00${number(i)}`, (i: number) => `${number(i)}`],
    [(i: number) => String(mixed(i)).padStart(5, '0'), (i: number) => `${mixed(i)}`],
    [(i: number) => `AB-${number(i)}`, (i: number) => `AB${number(i)}`],
    [(i: number) => `AB-${mixed(i)}-X`, (i: number) => `AB ${mixed(i)} X`],
    [(i: number) => `AB${number(i)}`, (i: number) => `ab${number(i)}`],
    [(i: number) => `${number(i)}.10`, (i: number) => `${number(i)}10`],
  ] as const)
    for (const [one, two] of [
      [first, other],
      [other, first],
    ] as const)
      for (const kernelFromBytes of [undefined, 0]) {
        const { warnings, examples } = await said(then(one, two), kernelFromBytes);
        const what = `${one(59)} and ${two(60)}: ${warnings.join()}`;
        assert.equal(warnings, [`skus_change_form:v:line 62: "${one(59)}" and then "${two(60)}"`], what);
        assert.equal(examples, [`61 sku ${one(59)}`, `62 sku ${two(60)}`]);
      }
  const letters = (i: number) => 'ABCDEFGHIJ'[(i / 6) | 0] ?? 'K';
  const others: Record<string, (i: number) => string> = {
    'two kinds, sorted': then(
      (i) => `AB-${2000 + i}`,
      (i) => `AB${1000 + i}`,
    ),
    'other letters': then(
      (i) => `AB-${number(i)}`,
      (i) => `XY${number(i)}`,
    ),
    'kinds that take turns': (i) => (i % 3 === 0 ? `AB-${number(i)}` : `AB${number(i)}`),
    'digits of one length': (i) => String(99_950 + i).padStart(6, '0'),
    'numbers that grow': (i) => String(9_950 + i),
    'digits, sorted as text': then(
      (i) => `0${40_000 + i * 31}`,
      (i) => `${50_000 + i * 17}`,
    ),
    'barcodes, and short numbers': then(
      (i) => `0${36_000_291_450 + i * 7}`,
      (i) => String(mixed(i)),
    ),
    'a few at the end': (i) => (i < 115 ? `AB-${number(i)}` : `AB${number(i)}`),
    'sorted by letters': (i) => `${letters(i)}-${number(i)}`,
    words: then(
      (i) => `lamp-${i}`,
      (i) => `Lampshade ${i}`,
    ),
  };
  for (const [what, form] of Object.entries(others)) assert.equal((await said(form)).warnings, [], what);
});

test('a MAP or a list price that is 0 in every row', async () => {
  const header = 'sku,quantity_available,cost,map_price,msrp';
  const rows = (cells: (i: number) => string) => feed(header, 30, (i) => `${sku(i)},5,${cents(i)},${cells(i)}`);
  const { warnings, examples } = await saidOf(rows(() => '0.00,0'));
  assert.equal(warnings, ['amounts_all_zero:v:map_price', 'amounts_all_zero:v:msrp']);
  assert.equal(examples, ['2 map_price 0.00', '2 msrp 0']);
  assert.equal((await saidOf(rows((i) => (i === 29 ? '0.01,500' : '0.00,0')))).warnings, []);
  assert.equal((await saidOf(rows(() => ','))).warnings, []);
});

test.run();
