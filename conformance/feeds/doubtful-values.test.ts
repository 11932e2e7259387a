/** Warnings about valid values that are probably not what the vendor meant. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

interface Feed {
  text: string;
  parser?: object;
  vendor?: object;
}

async function notesOf(feeds: Record<string, Feed>, config: object = {}) {
  const vendors = Object.entries(feeds).map(([vendor_id, { parser, vendor }]) => ({
    vendor_id,
    inbound: { type: 'local' },
    parser: { format: 'csv', ...parser },
    ...vendor,
  }));
  const files = Object.fromEntries(
    Object.entries(feeds).map(([id, { text }]) => [id, { name: `${id}.csv`, bytes: new TextEncoder().encode(text) }]),
  );
  const { outcome } = await runCase({
    config: { ...PLAIN_TENANT, default_currency: 'USD', output: { columns: ['sku', 'cost'] }, ...config, vendors },
    files,
  });
  assert.is(outcome.status, 'SUCCEEDED', outcome.error_message ?? '');
  return outcome.summary;
}

async function warningsOf(text: string, { parser, vendor, ...config }: Record<string, object | string> = {}) {
  const feed = { text, parser: parser as object, vendor: vendor as object };
  return (await notesOf({ a: feed }, config)).warnings;
}

/** A feed with these SKUs. */
const skus = (...names: string[]) => `sku,quantity_available,cost\n${names.map((name) => `${name},1,9\n`).join('')}`;
const costs = (...cells: string[]) =>
  `sku,quantity_available,cost\n${cells.map((c, i) => `S${i},1,"${c}"\n`).join('')}`;
const counts = (...cells: string[]) =>
  `sku,quantity_available,cost\n${cells.map((c, i) => `S${i},"${c}",9\n`).join('')}`;
/** A feed whose last column is the cost, without a final line end. */
const ends = (...cells: string[]) => `sku,quantity_available,cost\n${cells.map((c, i) => `S${i},1,${c}`).join('\n')}`;

const test = suite('doubtful values');

test('SKUs that differ only in case get a warning, within a vendor and between two', async () => {
  const { warnings, notices } = await notesOf({
    a: { text: skus('AB-1', 'C-2', 'É-1', 'x9', 'Mix', 'only', 'ONE') },
    b: { text: skus('ab-1', 'C-2', 'é-1', 'X9', 'mIX', 'MIX') },
  });
  assert.equal(warnings, [
    'skus_differ_in_case:5:MIX of b and Mix of a; AB-1 of a and ab-1 of b; MIX of b and mIX of b',
  ]);
  assert.equal(notices[0]?.examples, [
    { vendor_id: 'a', file: 'a.csv', line: 6, column: 'sku', cell: 'Mix', note: 'beside MIX of b' },
    { vendor_id: 'b', file: 'b.csv', line: 2, column: 'sku', cell: 'ab-1', note: 'beside AB-1 of a' },
  ]);
  assert.equal(await warningsOf(skus('AB-1', 'AB-2', 'ab-3', '12-1', '12-2')), []);
});

test('SKUs that differ only in leading zeros get a warning', async () => {
  assert.equal(await warningsOf(skus('7', '007', '8', '08', '70', '12', '012')), [
    'skus_differ_in_zeros:3:012 of a and 12 of a; 007 of a and 7 of a; 08 of a and 8 of a',
  ]);
  assert.equal(await warningsOf(skus('7', '70', '700', 'A7', 'A07')), []);
});

test('twins are found among very many SKUs', async () => {
  const names = Array.from({ length: 5000 }, (_, i) => `Sku-${i}`);
  assert.match((await warningsOf(skus(...names, 'sku-4711', 'SKU-12'))).join('\n'), /^skus_differ_in_case:2:/m);
});

test('SKUs that a spreadsheet made into dates get a warning if others are not dates', async () => {
  const others = ['AB-1', 'AB-2', 'AB-3', 'MAR1', '4711'];
  for (const date of [
    '1-Mar',
    'Mar-01',
    '02. Mrz',
    '2.Mrz',
    '1-mars',
    '2026-03-01',
    '01.03.2026',
    '3/1/2026',
    '1-Dez-26',
  ]) {
    assert.equal(await warningsOf(skus(...others, date)), [`sku_looks_like_date:a:1:line 7 "${date}"`], date);
  }
  const real = [
    ['1-MAR', '2-MAR', 'AB-1', 'AB-2'],
    ['Mar-01', 'Apr-02', 'Jun-03', 'AB-1'],
    ['1-Mar', '2-Red', '3-Oak', 'X1', 'X2', 'X3'],
    ['12.10.05', '12.34.56', '99.10.05', 'X1', 'X2', 'X3', 'X4'],
    ['2-set', '3-set', 'Oak-12', 'Dec-12', 'Pin-07', 'A', 'B', 'C', 'D'],
    ['32-Mar', '1-Mar', 'A', 'B', 'C', 'D'],
  ];
  for (const names of real) assert.equal(await warningsOf(skus(...names)), [], names.join(' '));
});

test('SKUs that are not an article, are wrapped, or have letters that look Latin get a warning', async () => {
  const warned = async (...names: string[]) => (await warningsOf(skus('A-1', 'B-2', ...names))).join();
  assert.is(await warned('#REF!', 'NULL'), 'sku_no_value:a:2:line 4 "#REF!"; line 5 "NULL"');
  assert.is(await warned('Total'), 'sku_is_total:a:1:line 4 "Total"');
  assert.is(await warned("'007E"), `sku_escaped:a:1:line 4 "'007E"`);
  assert.is(await warned('АВС-12'), 'sku_look_alikes:a:1:line 4 "\\u{0410}\\u{0412}\\u{0421}-12"');
  assert.is(await warned('АВС-12', 'ЖК-1'), '');
  for (const sku of ['A&amp;1', 'A&#38;1', 'A%201', '“A1”'])
    assert.is(await warned(sku), `sku_escaped:a:1:line 4 "${sku}"`);
  for (const sku of ['A&B', 'A & B', '50%2', 'R&D;']) assert.is(await warned(sku), '', sku);
  const wrapped = { parser: { options: { unwrap: true } } };
  assert.equal(await warningsOf(skus('A', '="007"'), wrapped), []);
});

test('used and refurbished goods that win over new ones get a warning', async () => {
  const feed = (...rows: string[]) => ({ text: `sku,quantity_available,cost,price,condition\n${rows.join('\n')}\n` });
  const a = feed('A,1,5,,used', 'B,1,5,,refurb', 'C,1,5,,', 'D,1,5,,new', 'E,1,5,,used', 'F,1,5,,used', 'G,1,5,,used');
  const b = feed('A,1,9,,new', 'B,1,,8,NEW', 'C,1,9,,new', 'D,1,9,,used', 'E,1,9,,used', 'F,1,,,new', 'H,1,9,,new');
  const { warnings, notices } = await notesOf({ a, b });
  assert.equal(warnings, [
    'used_beats_new:2:A at 5.00 from a, used, new from b at a cost of 9.00; B at 5.00 from a, refurb, new from b at a price of 8.00',
  ]);
  const place = { vendor_id: 'a', file: 'a.csv', column: 'sku' };
  assert.equal(notices[0]?.examples, [
    { ...place, line: 2, cell: 'A', note: 'at 5.00, used, new from b at a cost of 9.00' },
    { ...place, line: 3, cell: 'B', note: 'at 5.00, refurb, new from b at a price of 8.00' },
  ]);
  const both = feed('A,1,5,,used', 'A,1,9,,new');
  assert.match((await notesOf({ a: both })).warnings.join(), /used_beats_new:1:A at 5.00 from a, used, new from a/);
});

test('amounts that may be in thousands get a warning', async () => {
  const warned = (column: string, count: number, examples: string) => [
    `decimals_may_be_thousands:a:${column}:${count}:${examples}`,
  ];
  assert.equal(await warningsOf(costs('9.50', '1.299', '12.00')), warned('cost', 1, 'line 3 "1.299"'));
  assert.equal(await warningsOf(costs('950', '1.299', '2.450')), warned('cost', 2, 'line 3 "1.299"; line 4 "2.450"'));
  const silent = [
    ['0.125', '9.50', '1.299'],
    ['1299.500', '1.299', '9.5'],
    ['1.299', '2.450'],
    ['9.50', '0.129'],
    ['1.2999', '1.299', '5'],
  ];
  for (const cells of silent) assert.equal(await warningsOf(costs(...cells)), [], cells.join(' '));
  assert.equal(await warningsOf(costs('9.50', '1.299'), { default_currency: 'KWD' }), []);
  const comma = (numbers: object = {}) => ({ parser: { options: { numbers: { decimal: ',', ...numbers } } } });
  assert.equal(await warningsOf(costs('9,50', '1,299'), comma()), warned('cost', 1, 'line 3 "1,299"'));
  assert.equal(await warningsOf(costs('9,50', '1,299'), comma({ decimals: 3 })), []);
  assert.equal(await warningsOf(costs('950', '1299'), { parser: { options: { numbers: { divide_by: 1000 } } } }), []);
  assert.equal(
    await warningsOf(counts('5', '1,000', '20'), comma()),
    warned('quantity_available', 1, 'line 3 "1,000"'),
  );
  assert.equal(await warningsOf(counts('5', '1.000')), warned('quantity_available', 1, 'line 3 "1.000"'));
  assert.equal(await warningsOf(counts('0.000', '5', '1.000', '2')), []);
  assert.equal(await warningsOf(counts('12.000', '1.000')), []);
});

test('a file that may be cut inside its last cell gets a warning', async () => {
  const cut = (row: number) => [`last_cell_cut_off:a:${row}`];
  for (const last of ['119', '119.8', '119.'])
    assert.equal(await warningsOf(ends('9.50', '12.00', '7.25', last)), cut(5), last);
  const whole = ['119.85', 'x'];
  assert.equal(await warningsOf(ends('9.50', '12.00', '7.25', whole[0]!)), []);
  const silent = [
    ['9.5', '12.00', '7.25', '119'],
    ['9', '12', '7', '119'],
    ['9.50', '12.00', '119'],
    ['', '9.50', '12.00', '119'],
  ];
  for (const cells of silent) assert.equal(await warningsOf(ends(...cells)), [], cells.join(' '));
  assert.equal(await warningsOf(`${ends('9.50', '12.00', '7.25', '119')}\n`), []);
  const comma = {
    parser: { delimiter: ';', options: { numbers: { decimal: ',', thousands: '.', currency: true } } },
    default_currency: 'EUR',
  };
  const semicolons = (...cells: string[]) =>
    ends(...cells)
      .replace(/,(?=\d|c|q)/g, (m) => m)
      .replaceAll(/^(S\d|sku),(\w+),/gm, '$1;$2;');
  assert.equal(await warningsOf(semicolons('9,50', '1.012,00', '7,25', '119'), comma), cut(5));
  assert.equal(await warningsOf(semicolons('9,50 €', '1.012,00 €', '7,25 €', '119,8'), comma), cut(5));
  const dated = (...cells: string[]) => ends(...cells).replace('cost', 'updated_at');
  const days = ['2026-11-01 10:00:00', '2026-11-02 10:00:00', '2026-11-03 10:00:00'];
  assert.ok((await warningsOf(dated(...days, '2026-11-04 10:00'))).includes('last_cell_cut_off:a:5'));
  assert.not.ok((await warningsOf(dated(...days, '2026-11-04 10:00:01'))).some((one) => one.startsWith('last_cell')));
  const total = { parser: { options: { rows: [{ column: 'sku', drop: ['S3'] }] } } };
  assert.equal(await warningsOf(ends('9.50', '12.00', '7.25', '28'), total), ['rows_skipped:a:1']);
});

test('placeholder costs and prices of 0 get a warning', async () => {
  assert.equal(await warningsOf(costs('9999.99', '99999', '0.01', '9998', '1999.99')), ['placeholder_costs:a:3']);
  assert.is((await warningsOf(costs('0.001', '0.00001', '0.002', '0.011', '0.1')))[0], 'placeholder_costs:a:2');
  const priced = (price: string) => `sku,quantity_available,price\nA,1,${price}\nB,1,2\n`;
  assert.equal(await warningsOf(priced('0.00')), ['zero_prices:a:1', 'zero_price_wins:1:A at 0.00 from a']);
  const floored = { pricing: { ...PLAIN_TENANT.pricing, min_price: 1 } };
  assert.equal(await warningsOf(priced('0.00'), floored), ['zero_prices:a:1']);
  assert.equal(await warningsOf(costs('0.004', '2')), ['zero_price_wins:1:S0 at 0.00 from a']);
});

test('rows of one vendor that contradict each other about a SKU get a warning', async () => {
  const rows =
    'sku,quantity_available,cost,condition\nA,1,9,new\nB,1,5,\nA,4,9,new\nB,1,5,\nC,1,9,used\nC,1,4,refurb\nA,5,9,new\n';
  assert.equal(await warningsOf(rows), ['duplicate_rows_differ:a:1:A in rows 2 and 4']);
  for (const duplicate_sku of ['best', 'first', 'last', 'sum_quantity']) {
    assert.equal(await warningsOf(rows, { vendor: { duplicate_sku } }), [], duplicate_sku);
  }
  assert.equal(await warningsOf(rows, { parser: { options: { sum_rows: true } } }), []);
});

const rows = (header: string, ...lines: string[]) =>
  `sku,${header}\n${lines.map((line, i) => `S${i},${line}\n`).join('')}`;

test('quantities of only nines, or as long as a barcode or a date, get a warning', async () => {
  const text = rows('quantity_available,cost', '99999,9', '999999,9', '9999999,9', '4006381333931,9', '20261128,9');
  const { warnings, notices } = await notesOf({ a: { text } });
  assert.equal(warnings, ['quantity_unlikely:a:5']);
  assert.equal(notices[0]?.examples, [
    { file: 'a.csv', line: 2, column: 'quantity_available', cell: '99999' },
    { file: 'a.csv', line: 3, column: 'quantity_available', cell: '999999' },
  ]);
  const others = ['99998,9', '100000,9', '9999,9', '1000000,9', '9999998,9', '0,9'];
  assert.equal(await warningsOf(rows('quantity_available,cost', ...others)), []);
});

test('lead times of years, and timestamps far from today, get a warning', async () => {
  const header = 'quantity_available,cost,lead_time_days,updated_at';
  // the run's clock is at 2026-11-01T06:00:00Z
  const odd = [
    '1,9,731,2026-11-03T06:00:01Z',
    '1,9,9999,1970-01-01',
    '1,9,20261128,1999-12-31T23:59:59Z',
    '1,9,3,2062-01-01',
  ];
  assert.equal(await warningsOf(rows(header, ...odd)), ['lead_time_unlikely:a:3', 'updated_at_unlikely:a:4']);
  assert.equal(await warningsOf(rows(header, '1,9,730,2026-11-03T06:00:00Z', '1,9,,', '1,9,0,2000-01-01')), []);
});

test('costs above the list price get a warning with both amounts', async () => {
  const text = rows('quantity_available,cost,msrp', '1,9.01,9', '1,9,9', '1,8,', '1,8,0', '1,7,"1,2"', '1,19,"12.5"');
  const { warnings, notices } = await notesOf({ a: { text } });
  assert.ok(warnings.includes('cost_above_msrp:a:2'), warnings.join());
  assert.equal(notices.find(({ code }) => code === 'cost_above_msrp')?.examples, [
    { file: 'a.csv', line: 2, column: 'cost', cell: '9.01', note: 'MSRP 9' },
    { file: 'a.csv', line: 7, column: 'cost', cell: '19', note: 'MSRP 12.5' },
  ]);
});

test('quantities that equal an amount of their row, in most rows, get a warning', async () => {
  const same = ['12,12.00', '7,7', '30,30.000', '5,5', '8,8', '3,4', '0,0', '1,1'];
  const { warnings, notices } = await notesOf({ a: { text: rows('quantity_available,cost', ...same) } });
  const [warning] = warnings.filter((one) => one.startsWith('quantity_equals_amount'));
  assert.is(warning, 'quantity_equals_amount:a:5');
  assert.equal(notices.find(({ code }) => code === 'quantity_equals_amount')?.examples, [
    { file: 'a.csv', line: 2, column: 'quantity_available', cell: '12' },
    { file: 'a.csv', line: 3, column: 'quantity_available', cell: '7' },
  ]);
  const isSaid = async (lines: string[], header = 'quantity_available,cost') =>
    (await warningsOf(rows(header, ...lines))).some((one) => one.startsWith('quantity_equals_amount'));
  assert.ok(
    await isSaid(
      same.map((line) => line.replace(',', ',99,')),
      'quantity_available,cost,msrp',
    ),
    'MSRP',
  );
  // no warning: by chance, with one value, with none, with few rows
  assert.not.ok(await isSaid([...same, '1,9', '2,8', '3,7', '4,6', '5,4', '6,5']));
  assert.not.ok(await isSaid(Array.from({ length: 20 }, () => '1,1')));
  assert.not.ok(await isSaid(Array.from({ length: 20 }, () => '0,0')));
  assert.not.ok(await isSaid(same.slice(0, 4)));
});

test('times that two declared forms read differently get a warning', async () => {
  const parser = { options: { time_formats: ['MM/DD/YYYY', 'DD/MM/YYYY'] } };
  const text = `${['sku,quantity_available,cost,updated_at', 'A,1,9,03/04/2026', 'B,1,9,25/04/2026', 'C,1,9,05/05/2026', 'D,1,9,2026-03-04', 'E,1,9,01/02/2026'].join('\n')}\n`;
  const { warnings, notices } = await notesOf({ a: { text, parser } });
  assert.equal(warnings, ['times_ambiguous:a:2']);
  assert.equal(notices[0]?.examples, [
    { file: 'a.csv', line: 2, column: 'updated_at', cell: '03/04/2026' },
    { file: 'a.csv', line: 6, column: 'updated_at', cell: '01/02/2026' },
  ]);
  assert.equal(
    await warningsOf(text.replace('25/04', '04/25'), { parser: { options: { time_formats: ['MM/DD/YYYY'] } } }),
    [],
  );
});

test('prices of 0 without a cost, and placeholder prices, get a warning', async () => {
  const text = 'sku,quantity_available,price\nA,1,0\nB,1,0.00\nC,1,9999.99\nD,1,5\n';
  const { warnings, notices } = await notesOf({ a: { text } });
  assert.equal(
    warnings.filter((one) => /^(zero_prices|placeholder)/.test(one)),
    ['zero_prices:a:2', 'placeholder_costs:a:1'],
  );
  assert.is(notices.find(({ code }) => code === 'placeholder_costs')?.examples[0]?.note, 'price 9999.99');
});

test('odd values get a warning in columns with words, sums and factors too', async () => {
  const parser = {
    options: { columns: { quantity_available: { sum: ['a', 'b'] }, cost: { from: 'cents', divide_by: 100 } } },
  };
  const text = rows('a,b,cents,msrp', '99998,1,900,8', '1,1,900,10');
  assert.equal((await warningsOf(text, { parser })).sort(), ['cost_above_msrp:a:1', 'quantity_unlikely:a:1']);
});

test.run();
