/** The oracle against examples worked by hand: whole runs, merging, pricing, policies. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { column, LOOSE, NOW, problems, run } from './support.ts';
import type { Column } from './types.ts';
import { byCodePoint } from './write.ts';

const HEADER =
  'sku,vendor_sku,vendor_id,quantity_available,lead_time_days,cost,map_price,price,msrp,condition,brand,title,updated_at\n';

test('a run writes every byte of both files', () => {
  const feed =
    'sku,quantity_available,cost,msrp,condition,title,updated_at\nB,3,10,12.345,NEW,"a, ""b""",2026-10-31\nA,,.5,7.,,x,\n';
  const result = run({ acme: feed }, { columns: ['price', 'sku', 'title', 'lead_time_days', 'updated_at'] });
  assert.is(result.status, 'SUCCEEDED');
  assert.is(
    result.normalized.acme,
    `${HEADER}A,,acme,0,,0.50,,,7.00,,,x,${NOW}\nB,,acme,3,,10.00,,,12.34,new,,"a, ""b""",2026-10-31T00:00:00Z\n`,
  );
  // (0.5 + 5) x 1.2 = 6.6; (10 + 5) x 1.2 = 18; lead time falls back to 7.
  assert.is(
    result.merged,
    `price,sku,title,lead_time_days,updated_at\n6.60,A,x,7,${NOW}\n18.00,B,"a, ""b""",7,2026-10-31T00:00:00Z\n`,
  );
  assert.is(result.total_rows, 2);
  assert.equal(result.errors, []);
});

test('rows sort by code point, not by UTF-16 unit', () => {
  assert.ok(byCodePoint('\uffee', '\u{10000}') < 0);
  assert.ok(byCodePoint('ab', 'a') > 0);
  const result = run({ acme: 'sku,quantity_available,cost\n\u{1f600},1,1\n\uffee,1,1\nz,1,1\nZ,1,1\n' });
  assert.equal(column(result.merged, 'sku'), ['Z', 'z', '\uffee', '\u{1f600}']);
});

test('the default order: in stock first, then the lowest cost, an unknown cost last', () => {
  const result = run({
    a: 'sku,quantity_available,cost,price\nX,0,1,\nY,1,,9\nW,5,2,\n',
    b: 'sku,quantity_available,cost,price\nX,1,50,\nY,1,70,\nW,5,1.99,\n',
  });
  assert.is(result.merged, 'sku,vendor_id,quantity_available,price\nW,b,5,8.39\nX,b,1,66.00\nY,b,1,90.00\n');
});

test('each criterion can decide', () => {
  const head = 'sku,quantity_available,lead_time_days,cost,updated_at\n';
  // Lead time falls back to 7: 6 < 7 < 8. `now` does not count as a timestamp.
  const feeds = {
    a: `${head}S,0,8,3,2026-10-31T00:00:00+02:00\n`,
    b: `${head}S,9,,2,\n`,
    c: `${head}S,4,6,4,2026-10-30 23:00:00\n`,
  };
  const winner = (...sort_by: string[]) => column(run(feeds, { sort_by }).merged, 'vendor_id')[0];
  assert.is(winner('highest_quantity'), 'b');
  assert.is(winner('lowest_lead_time'), 'c');
  assert.is(winner('newest'), 'c');
  assert.is(winner('lowest_landed_cost'), 'b');
  assert.is(winner('in_stock_desc', 'lowest_lead_time'), 'c');
  assert.is(winner('vendor_priority:c,a'), 'c');
  assert.is(winner('vendor_priority:a'), 'a');
  assert.is(winner(), 'b');
});

test('ties end with the vendor id in code point order, then the row', () => {
  const feed = 'sku,quantity_available,cost,title\nS,1,1,first\nS,1,1,second\n';
  const result = run({ b: feed, a: feed, Z: feed }, { columns: ['sku', 'vendor_id', 'title'] });
  assert.is(result.merged, 'sku,vendor_id,title\nS,Z,first\n');
});

test('duplicate_sku decides which rows are offers', () => {
  const feed = 'sku,quantity_available,cost\nS,0,5\nS,3,20\nS,4,10\nS,2,30\n';
  const outcome = (duplicate_sku: 'best' | 'first' | 'last' | 'sum_quantity') => {
    const result = run({ a: feed }, { vendors: { a: { duplicate_sku } } });
    assert.is(result.normalized.a!.split('\n').length, 6);
    return result.merged!.split('\n')[1];
  };
  assert.is(outcome('best'), 'S,a,4,18.00');
  assert.is(outcome('first'), 'S,a,0,12.00');
  assert.is(outcome('last'), 'S,a,2,42.00');
  assert.is(outcome('sum_quantity'), 'S,a,9,18.00');
});

test('duplicate_sku error refuses the later rows, after the SKU map', () => {
  const result = run(
    { a: 'sku,quantity_available,cost\nS,1,5\nold,3,20\nT,1,1\n' },
    {
      vendors: { a: { duplicate_sku: 'error', sku_map: { type: 'file' } } },
      skuMaps: { a: 'vendor_sku,sku\nold,S\n' },
      policy: LOOSE,
    },
  );
  assert.equal(problems(result), ['3/3; duplicate_sku sku old']);
  assert.equal(column(result.normalized.a, 'sku'), ['S', 'T']);
});

test('SKU map: the last entry wins; only on mapped rows the own SKU fills an empty vendor_sku', () => {
  const result = run(
    { a: 'sku,vendor_sku,quantity_available\n 007 ,,1\n8,mine,1\n9,,1\n' },
    {
      vendors: { a: { sku_map: { type: 'file' } } },
      skuMaps: { a: '\ufeffvendor_sku,sku\r\n007,X\r\n8,"Y"\r\n007,Z\r\n' },
    },
  );
  assert.equal(column(result.normalized.a, 'sku'), ['9', 'Y', 'Z']);
  assert.equal(column(result.normalized.a, 'vendor_sku'), ['', 'mine', '007']);
  assert.equal(result.warnings, ['sku_map_duplicate:a:007']);
});

test('without cost or price the next offer is tried; a SKU without any price is counted', () => {
  const head = 'sku,quantity_available,cost,price\n';
  const result = run({ a: `${head}S,9,,\nT,9,,\n`, b: `${head}S,0,,4.005\n` });
  assert.is(result.merged, 'sku,vendor_id,quantity_available,price\nS,b,0,4.01\n');
  assert.equal(result.unpriced, { count: 1, skus: ['T'] });
});

test('rounding: nearest is half up, up and down go to the increment', () => {
  const prices = (mode: 'nearest' | 'up' | 'down', increment: string) => {
    const feed = 'sku,quantity_available,price\na,1,10.125\nb,1,10.1249\nc,1,10.25\nd,1,0\n';
    return column(run({ v: feed }, { pricing: { rounding: { mode, increment } } }).merged, 'price');
  };
  assert.equal(prices('nearest', '0.25'), ['10.25', '10.00', '10.25', '0.00']);
  assert.equal(prices('up', '0.25'), ['10.25', '10.25', '10.25', '0.00']);
  assert.equal(prices('down', '0.25'), ['10.00', '10.00', '10.25', '0.00']);
  assert.equal(prices('nearest', '0.01'), ['10.13', '10.12', '10.25', '0.00']);
  assert.equal(prices('nearest', '5'), ['10.00', '10.00', '10.00', '0.00']);
  assert.equal(prices('up', '0.99'), ['10.89', '10.89', '10.89', '0.00']);
});

test('rounding with an offset: prices have that ending and are not below zero', () => {
  const prices = (mode: 'nearest' | 'up' | 'down', increment: string, offset: string) => {
    const feed = 'sku,quantity_available,price\na,1,10.49\nb,1,10.4899\nc,1,9.99\nd,1,0\n';
    const rules = [{ use: 'round', with: { offset } }];
    return column(run({ v: feed }, { pricing: { rounding: { mode, increment }, rules } }).merged, 'price');
  };
  assert.equal(prices('nearest', '1', '-0.01'), ['10.99', '9.99', '9.99', '0.99']);
  assert.equal(prices('nearest', '1', '0.99'), ['10.99', '9.99', '9.99', '0.99']);
  assert.equal(prices('up', '1', '-0.01'), ['10.99', '10.99', '9.99', '0.99']);
  assert.equal(prices('down', '1', '-0.01'), ['9.99', '9.99', '9.99', '0.99']);
  assert.equal(prices('up', '10', '-0.05'), ['19.95', '19.95', '19.95', '9.95']);
  assert.equal(prices('nearest', '0.5', '0'), ['10.50', '10.50', '10.00', '0.00']);
});

test('nothing is rounded before the increment', () => {
  const price = (cost: string, base_margin_pct: string, shipping_handling_flat: string) => {
    const pricing = { base_margin_pct, shipping_handling_flat, rounding: { mode: 'up' as const } };
    return column(run({ v: `sku,quantity_available,cost\nS,1,${cost}\n` }, { pricing }).merged, 'price')[0];
  };
  assert.is(price('1.004', '0', '0'), '1.01');
  // 0.01 x 1.00001 = 0.0100001: past six decimals, and still more than a cent.
  assert.is(price('0.01', '0.00001', '0'), '0.02');
  // (0.333333 + 2.495) x 1.333 = 3.770167889
  assert.is(price('0.333333', '0.333', '2.495'), '3.78');
});

test('the minimum holds before and after rounding, as the next higher cent', () => {
  const feed = 'sku,quantity_available,cost\nS,1,1\n';
  const price = (min_price: string, mode: 'down' | 'nearest', increment: string) =>
    column(run({ v: feed }, { pricing: { min_price, rounding: { mode, increment } } }).merged, 'price')[0];
  // The margin price is 7.20.
  assert.is(price('9.991', 'nearest', '0.01'), '10.00');
  assert.is(price('9.99', 'down', '5'), '9.99');
  assert.is(price('9.99', 'nearest', '5'), '10.00');
  assert.is(price('7.199999', 'down', '0.01'), '7.20');
});

test('the MAP floor comes last, is not rounded to the increment and may be switched off', () => {
  const feed = 'sku,quantity_available,cost,map_price\nS,1,1,9.990001\nT,1,1,7.2\nU,1,1,\n';
  const prices = (enforce: boolean) =>
    column(run({ v: feed }, { pricing: { map_policy: { enforce }, rounding: { increment: 1 } } }).merged, 'price');
  assert.equal(prices(true), ['10.00', '7.20', '7.00']);
  assert.equal(prices(false), ['7.00', '7.00', '7.00']);
});

test('pricing.rules replace the chain; the floors still apply', () => {
  const feed = 'sku,quantity_available,cost,map_price\nS,1,1.001,\nT,1,1,20\n';
  const prices = (...ids: string[]) => {
    const rules = ids.map((use) => ({ use }));
    return column(
      run({ v: feed }, { pricing: { rules, min_price: '7.25', rounding: { mode: 'up', increment: 5 } } }).merged,
      'price',
    );
  };
  assert.equal(prices('margin'), ['7.25', '20.00']);
  assert.equal(prices('margin', 'round'), ['10.00', '20.00']);
  assert.equal(prices('margin', 'map_floor', 'round'), ['10.00', '20.00']);
});

test('money is written with two decimals, half to even', () => {
  const feed = 'sku,quantity_available,msrp\na,1,2.675\nb,1,2.665\nc,1,2.665001\nd,1,999999999.994999\ne,1,-0\n';
  assert.equal(column(run({ v: feed }).normalized.v, 'msrp'), ['2.68', '2.66', '2.67', '999999999.99', '0.00']);
});

test('a missing required vendor fails the run, or warns; an optional one only warns', () => {
  const feed = 'sku,quantity_available,cost\nS,1,1\n';
  const vendors = { b: { required: false, inbound: { type: 's3' as const, s3_prefix: 'in/b/' } } };
  const failed = run({ a: null, b: null, c: feed }, { vendors });
  assert.is(failed.error_code, 'REQUIRED_VENDOR_MISSING');
  assert.equal(
    failed.errors.map((e) => e.error_code),
    ['REQUIRED_VENDOR_MISSING', 'OPTIONAL_VENDOR_MISSING'],
  );
  assert.is(failed.merged, undefined);
  const warned = run(
    { a: null, b: null, c: feed },
    { vendors, policy: { missing_required_vendor_policy: 'warn_only' } },
  );
  assert.is(warned.status, 'SUCCEEDED');
  assert.equal(warned.warnings, ['required_vendor_missing:a', 'optional_vendor_missing:b']);
  assert.equal(
    warned.errors.map((e) => 'expected_prefix' in e && e.expected_prefix),
    [null, 'in/b/'],
  );
  assert.is(warned.normalized.a, HEADER);
});

test('missing required columns fail the run, or leave the vendor out', () => {
  const feeds = { a: 'SKU ,qty\nS,1\n', b: 'sku,quantity_available,cost\nT,1,1\n' };
  assert.is(run(feeds).error_code, 'missing_required_columns');
  const result = run(feeds, { policy: { fail_on_missing_required_columns: false } });
  assert.is(result.status, 'SUCCEEDED');
  assert.equal(
    result.errors.map((e) => e.error_code),
    ['missing_required_columns'],
  );
  assert.is(result.total_rows, 1);
});

test('a run fails with no_rows_parsed only if files were found and none has a data row', () => {
  assert.is(run({ a: 'sku,quantity_available\n\n', b: 'sku,quantity_available' }).error_code, 'no_rows_parsed');
  assert.is(run({ a: 'sku,quantity_available\n', b: 'sku,quantity_available\nS,1\n' }).status, 'SUCCEEDED');
  assert.is(run({ a: null }, { vendors: { a: { required: false } } }).status, 'SUCCEEDED');
});

test('both thresholds apply to all vendors together', () => {
  const head = 'sku,quantity_available\n';
  const feeds = { a: `${head}S,x\nS,1\n`, b: `${head}S,1\nS,1\nS,1\nS,1\nS,1\nS,y\nS,1\nS,1\n` };
  const outcome = (max_invalid_rows: number, max_invalid_row_pct: number | string) =>
    run(feeds, { policy: { max_invalid_rows, max_invalid_row_pct } });
  assert.is(outcome(2, 0.2).status, 'SUCCEEDED');
  assert.equal(outcome(2, '0.2').warnings, ['invalid_rows_within_threshold']);
  assert.is(outcome(1, 1).error_code, 'validation_errors');
  assert.is(outcome(2, '0.19999').error_code, 'validation_errors');
  assert.is(outcome(0, 0).errors.length, 2);
  assert.is(run(feeds).error_code, 'validation_errors');
});

test('past 10,000 entries a last one says how many more', () => {
  const rows = (n: number) => `sku,quantity_available\n${'S,x\n'.repeat(n)}`;
  assert.is(run({ a: rows(10_000) }).errors.length, 10_000);
  const { errors, invalid_rows } = run({ a: rows(10_003) });
  assert.is(errors.length, 10_001);
  assert.is(invalid_rows, 10_003);
  const last = errors[10_000]!;
  assert.is(last.error_code, 'ERRORS_TRUNCATED');
  assert.is('remaining' in last && last.remaining, 3);
});

test('output columns come in any order, quoted only where needed', () => {
  const feed = 'sku,quantity_available,cost,title,brand\n"S,1",1,1, 17" wheel ,"a\rb"\n';
  const columns: Column[] = ['brand', 'sku', 'title'];
  assert.is(run({ a: feed }, { columns }).merged, 'brand,sku,title\n"a\rb","S,1","17"" wheel"\n');
});

test.run();
