/** Feeds that are read without an error but are wrong: each kind gets a warning with examples; similar normal feeds get none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  someCents as cents,
  madeFeed as feed,
  saidOf,
  someNumber as some,
  type WarnedFeedOptions,
} from '../support/warned-feeds.ts';

const BARE = {
  column_map: { sku: '#0', title: '#1', quantity_available: '#2', cost: '#3' },
  options: { header: false },
};
/** A feed of rows of one form, then of another. */
const joined = (count: number, first: (i: number) => string, then: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => `${i < count / 2 ? first(i) : then(i)}\n`).join('');
const sku = (i: number): string => `AB-${10_000 + i}`;
const title = (i: number): string => `Lamp ${['red', 'short', 'wide'][i % 3]} ${i}`;

test('columns that swap places at some row get a warning', async () => {
  const usual = (i: number) => `${sku(i)},${title(i)},${some(i, 120)},${cents(i)}`;
  const swaps: Array<[string, (i: number) => string]> = [
    ['quantity_available,cost', (i) => `${sku(i)},${title(i)},${5 + some(i, 300)}.00,${1 + some(i, 120)}`],
    ['sku,title', (i) => `${title(i)},${sku(i)},${some(i, 120)},${cents(i)}`],
  ];
  for (const [columns, other] of swaps) {
    const { warnings, examples } = await saidOf(joined(200, usual, other), { parser: BARE });
    assert.is(warnings.length, 1, warnings.join('\n'));
    assert.ok(warnings[0]?.startsWith(`columns_change_places:v:${columns}:line 101: `), warnings[0]);
    const [column = ''] = columns.split(',');
    const cells = [usual(0), other(100)].map((row) => row.split(',')[column === 'sku' ? 0 : 2]);
    assert.equal(examples, [`1 ${column} ${cells[0]}`, `101 ${column} ${cells[1]}`]);
  }
  // in a longer feed only some rows are examined
  const [warning = ''] = (await saidOf(joined(3000, usual, swaps[0]![1]), { parser: BARE })).warnings;
  const line = Number(/line (\d+)/.exec(warning)?.[1]);
  assert.ok(line > 1500 && line < 1560, warning);
});

test('three columns that change places, and costs that look like quantities, get a warning', async () => {
  const parser = { ...BARE, column_map: { sku: '#0', title: '#1', brand: '#2', quantity_available: '#3', cost: '#4' } };
  const rest = (i: number) => `${some(i, 90)},${cents(i)}`;
  const three = joined(
    80,
    (i) => `${sku(i)},${title(i)},Sony,${rest(i)}`,
    (i) => `${title(i)},Sony,${sku(i)},${rest(i)}`,
  );
  assert.match(
    (await saidOf(three, { parser })).warnings[0] ?? '',
    /^columns_change_places:v:sku,brand,title:line 41: /,
  );
  const whole = joined(
    80,
    (i) => `${sku(i)},${title(i)},${1 + some(i, 100)},${200 + some(i, 9000)}`,
    (i) => `${sku(i)},${title(i)},${200 + some(i, 9000)},${1 + some(i, 100)}`,
  );
  assert.match(
    (await saidOf(whole, { parser: BARE })).warnings[0] ?? '',
    /^columns_change_places:v:quantity_available,cost:line 41: /,
  );
});

test('sorted and grouped feeds get no warning of swapped columns', async () => {
  const ordinary = [
    // sorted by price, and only cheap ones have decimals
    joined(
      200,
      (i) => `${sku(i)},${title(i)},${some(i, 50)},${(0.5 + i / 10).toFixed(2)}`,
      (i) => `${sku(i)},${title(i)},${some(i, 50)},${i * 10}`,
    ),
    // sorted by SKU, digits first
    joined(
      200,
      (i) => `${4_000_000 + i * 13},${title(i)},${some(i, 50)},${cents(i)}`,
      (i) => `${sku(i)},${title(i)},${some(i, 50)},${cents(i)}`,
    ),
    // sorted by stock
    joined(
      200,
      (i) => `${sku(i)},${title(i)},${900 - i},${cents(i)}`,
      (i) => `${sku(i)},${title(i)},0,${cents(i)}`,
    ),
  ];
  for (const text of ordinary) assert.equal((await saidOf(text, { parser: BARE })).warnings, []);
});

test('amounts that become cents at some row, or are cents in all rows, get a warning', async () => {
  const header = 'sku,title,quantity_available,cost';
  const row = (i: number, cost: string | number) => `${sku(i)},${title(i)},${some(i, 50)},${cost}`;
  const later = feed(header, 100, (i) => row(i, i < 60 ? cents(i) : 150 + some(i, 29_000)));
  assert.match(
    (await saidOf(later)).warnings[0] ?? '',
    /^amounts_change_form:v:cost:line 62: cost "[\d.]+" and then "\d+"$/,
  );
  const all = feed(header, 100, (i) => row(i, 150 + some(i, 29_000)));
  const { warnings, examples } = await saidOf(all);
  assert.match(warnings.join(), /^amounts_whole:v:cost:from \d+ to \d+$/);
  assert.equal(examples, ['2 cost 150']);
  const declared = { options: { columns: { cost: { divide_by: 100 } } } };
  const ordinary: Array<[string, WarnedFeedOptions]> = [
    [all, { currency: 'HUF' }],
    [all, { currency: 'CZK' }],
    [all, { parser: declared }],
    // no warning: whole prices that end in 9, small ones, one with decimals, a list price beside them
    [feed(header, 100, (i) => row(i, 159 + 10 * some(i, 400))), {}],
    [feed(header, 100, (i) => row(i, 3 + some(i, 29_000))), {}],
    [feed(header, 100, (i) => row(i, i === 50 ? '150.50' : 150 + some(i, 29_000))), {}],
    [feed(`${header},msrp`, 100, (i) => `${row(i, 150 + some(i, 29_000))},${(150 + some(i, 29_000)) * 2}.50`), {}],
  ];
  for (const [text, options] of ordinary) assert.equal((await saidOf(text, options)).warnings, []);
});

test('thousands that may be decimals get a warning', async () => {
  const parser = { delimiter: ';', options: { numbers: { decimal: ',', thousands: '.' } } };
  const amounts = (other: string) =>
    feed('sku;quantity_available;cost', 20, (i) => `${sku(i)};1;${i % 4 === 3 ? other : `${i + 1},50`}`);
  const { warnings, examples } = await saidOf(amounts('1.234'), { parser });
  assert.equal(warnings, ['thousands_may_be_decimals:v:cost:5:line 5 "1.234"; line 9 "1.234"; line 13 "1.234"']);
  assert.equal(examples, ['5 cost 1.234', '9 cost 1.234']);
  for (const other of ['234', '1.234,50', '1.234.567'])
    assert.equal((await saidOf(amounts(other), { parser })).warnings, []);
  assert.equal((await saidOf(amounts('1.234').replace('1.234', '1234'), { parser })).warnings, []);
});

test('unread stock columns get a warning', async () => {
  const said = async (headers: string, row: (i: number) => string, map: object = {}) =>
    (
      await saidOf(
        feed(`sku,cost,${headers}`, 10, (i) => `${sku(i)},9.50,${row(i)}`),
        { parser: { column_map: map } },
      )
    ).warnings;
  const stock = { quantity_available: 'stock' };
  assert.equal(await said('stock,reserved', (i) => `5,${i % 2}`, stock), ['stock_unread:v:5:reserved']);
  assert.equal(await said('quantity_available,Qty allocated', () => '5,5'), ['stock_unread:v:10:Qty allocated']);
  assert.equal(await said('stock,Reservierter Bestand', () => '5,2 Stk', stock), [
    'stock_unread:v:10:Reservierter Bestand',
  ]);
  assert.equal(await said('on_hand,available', (i) => `5,${i}`, { quantity_available: 'on_hand' }), [
    'stock_unread:v:5:available',
  ]);
  assert.equal(await said('stock,On order', () => '5,5', stock), ['stock_unread:v:10:On order']);
  assert.equal(await said('On order,x', () => '5,5', { quantity_available: 'On order' }), [
    'header_names_basis:v:quantity_available:On order',
  ]);
  for (const [headers, row, map] of [
    ['stock,reserved', '5,0', stock],
    ['stock,reserved', '5,no', stock],
    ['stock,reserved', '0,5', stock],
    ['Available,reserved', '5,2', { quantity_available: 'Available' }],
    ['stock,On order', '5,20', stock],
    ['on_hand,available', '5,5', { quantity_available: 'on_hand' }],
    ['stock,reserve price', '5,2', stock],
  ] as const)
    assert.equal(await said(headers, () => row, map), [], headers);
});

test('unread columns of lower prices get a warning', async () => {
  const said = async (headers: string, row: string, map: object) =>
    (
      await saidOf(
        feed(`sku,quantity_available,${headers}`, 4, (i) => `${sku(i)},5,${row}`),
        { parser: { column_map: map } },
      )
    ).warnings;
  const price = { price: 'price' };
  assert.equal(await said('price,sale_price', '20.50,15.00', price), ['sale_prices_unread:v:4:sale_price']);
  assert.equal(await said('price,Special Price', '20.50,$15', price), ['sale_prices_unread:v:4:Special Price']);
  assert.equal(await said('EK,Aktionspreis', '20.50,"15,99 €"', { cost: 'EK' }), [
    'sale_prices_unread:v:4:Aktionspreis',
  ]);
  for (const [headers, row] of [
    ['price,sale_price', '20.50,'],
    ['price,sale_price', '20.50,0'],
    ['price,sale_price', '20.50,20.50'],
    ['price,sale_price', '20.50,yes'],
    ['price,sales price', '20.50,10.00'],
    ['price,dealer price', '20.50,10.00'],
  ] as const)
    assert.equal(await said(headers, row, price), [], `${headers} ${row}`);
});

test('headers that look the same get a warning', async () => {
  const said = async (header: string, map: object = {}) =>
    (await saidOf(`${header}\n${'A1,A2,5,9.50,8.50\n'}`, { parser: { column_map: map } })).warnings;
  assert.equal(await said('SKU,sku,quantity_available,cost,x'), [
    'header_twins:v:sku:"sku" (#1) was taken, not "SKU" (#0)',
  ]);
  assert.equal(await said('sku,x,quantity_available,cost,co\u200bst'), [
    'header_twins:v:cost:"cost" (#3) was taken, not "co\\u200bst" (#4)',
  ]);
  assert.equal(await said('sku,x,quantity_available,unit cost,Unit\u00a0Cost', { cost: 'unit cost' }), [
    'header_twins:v:cost:"unit cost" (#3) was taken, not "Unit\\u00a0Cost" (#4)',
  ]);
  // no warning if both are read, or if the column was chosen by position
  assert.equal(await said('sku,x,quantity_available,cost,Cost', { cost: 'cost', price: 'Cost' }), []);
  assert.equal(await said('sku,x,quantity_available,cost,Cost', { cost: '#4' }), []);
});

test('digit SKUs that lost zeros at either end get a warning', async () => {
  const said = async (name: (i: number) => string) =>
    (await saidOf(feed('sku,quantity_available,cost', 60, (i) => `${name(i)},5,${cents(i)}`))).warnings;
  const checked = (body: string): string => {
    const sum = [...body].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
    return `${body}${(10 - (sum % 10)) % 10}`;
  };
  const barcode = (i: number, upcs: string) =>
    checked(i % 6 === 5 ? `${upcs}${(10_000 + i * 7) % 100_000}` : `4006381${10_000 + i * 7}`);
  assert.equal(await said((i) => barcode(i, '36000')), [
    'skus_shorter:v:10:line 7 "36000100358"; line 13 "36000100778"; line 19 "36000101195"',
  ]);
  assert.equal(await said((i) => `${400_638_130 + i}00000000`), [
    'skus_rounded:v:60:line 2 "40063813000000000"; line 3 "40063813100000000"; line 4 "40063813200000000"',
  ]);
  const fixed = (i: number) => String(i % 10 === 4 ? 50_000 + i : ((i % 9) + 1) * 1_000_000 + i * 17);
  assert.match((await said(fixed))[0] ?? '', /^skus_shorter:v:6:line 6 "50004"; /);
  for (const [what, name] of Object.entries({
    'barcodes of 13 and of 12 digits': (i: number) => barcode(i, '736000'),
    'numbers that are counted up': (i: number) => String(99_980 + i),
    'small numbers': (i: number) => String(1 + i * 37),
    'two lengths': (i: number) => String(i % 2 === 0 ? 100_000 + i * 9000 : 10_000 + i),
    'zeros are there': (i: number) => (i === 7 ? '0000077' : fixed(i)),
    'letters are there': (i: number) => (i === 7 ? 'A-77' : fixed(i)),
  }))
    assert.equal(await said(name), [], what);
});

test('a feed without any stock gets a warning', async () => {
  const stock = (cell: (i: number) => string) =>
    feed('sku,quantity_available,cost', 30, (i) => `${sku(i)},${cell(i)},9.50`);
  const { warnings, examples } = await saidOf(stock(() => '0'));
  assert.equal([warnings, examples], [['quantities_all_zero:v'], ['2 quantity_available 0']]);
  assert.equal((await saidOf(stock((i) => (i === 29 ? '1' : '0')))).warnings, []);
  assert.equal(
    (
      await saidOf(
        stock(() => '')
          .replaceAll(',,', ',0,')
          .slice(0, 200),
      )
    ).warnings.includes('quantities_all_zero:v'),
    false,
  );
});

test('with the kernel the same rows are examined', async () => {
  const options = { kernelFromBytes: 0 };
  const usual = (i: number) => `${sku(i)},${title(i)},${some(i, 120)},${cents(i)}`;
  const other = (i: number) => `${title(i)},${sku(i)},${some(i, 120)},${cents(i)}`;
  const swapped = (await saidOf(joined(4000, usual, other), { parser: BARE, ...options })).warnings;
  const line = Number(/^columns_change_places:v:sku,title:line (\d+): /.exec(swapped.join())?.[1]);
  assert.ok(line > 2000 && line <= 2128, swapped.join());
  assert.equal((await saidOf(joined(4000, usual, other), { parser: BARE })).warnings, swapped);
  assert.equal((await saidOf(joined(4000, usual, usual), { parser: BARE, ...options })).warnings, []);
  const rows = (row: (i: number) => string) => saidOf(feed('sku,quantity_available,cost', 4000, row), options);
  assert.match(
    (await rows((i) => `${sku(i)},5,${150 + some(i, 29_000)}`)).warnings.join(),
    /^amounts_whole:v:cost:from /,
  );
  const { warnings, examples } = await rows((i) => `${400_638_130 + i}00000000,0,${cents(i)}`);
  assert.equal(warnings, [
    'quantities_all_zero:v',
    'skus_rounded:v:314:line 2 "40063813000000000"; line 3 "40063813100000000"; line 4 "40063813200000000"',
  ]);
  assert.is(examples[0], '2 quantity_available 0');
});

test('a report line that was read as a row gets a warning', async () => {
  const { warnings } = await saidOf('sku,quantity_available,cost\nA-1,5,9.50\nPage 1 of 4,1,9.50\n');
  assert.equal(warnings, ['sku_is_report_line:v:1:line 3 "Page 1 of 4"']);
});

test.run();
