import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../text.ts';
import { hasControl, IS_ODD, shownSku, skuDoubt, skuKinds, trimSkuText } from './sku-signs.ts';

const doubt = (sku: string) => {
  const bytes = toBytes(sku);
  return (skuKinds(bytes, 0, bytes.length) & IS_ODD) === 0 ? null : skuDoubt(bytes, 0, bytes.length);
};

test('SKUs that are probably not what they look like are recognized', () => {
  const cases: Array<[string, string | null]> = [
    ['5.01E+12', 'sku_looks_like_number'],
    ['1,23E+11', 'sku_looks_like_number'],
    ['1E+05', 'sku_looks_like_number'],
    ['-1.5e-07', 'sku_looks_like_number'],
    ['5.0123456789E12', 'sku_looks_like_number'],
    ['4711.0', 'sku_looks_like_number'],
    ['1E5', null],
    ['12E', null],
    ['2.0', null],
    ['E.5', null],
    ['ABC-1.5', null],
    ['A\u200bB', 'sku_hidden_signs'],
    ['A\u00adB', 'sku_hidden_signs'],
    ['A\u00a0B', 'sku_hidden_signs'],
    ['A\u3164B', 'sku_hidden_signs'],
    ['A\u{e0041}B', 'sku_hidden_signs'],
    ['A B', null],
    ['e\u0301-1', 'sku_not_normalized'],
    ['é-1', null],
    ['\u212b1', 'sku_not_normalized'],
    ['\u0410BC', 'sku_look_alikes'],
    ['AB\u039f', 'sku_look_alikes'],
    ['\u0410\u0411\u0412-1', null],
    ['AB\u20131', 'sku_look_alikes'],
    ['AB\u22121', 'sku_look_alikes'],
    ['\uff21B', 'sku_look_alikes'],
    ['ポンプ-1', null],
    ['Größe', null],
  ];
  for (const [sku, code] of cases) assert.is(doubt(sku), code, shownSku(sku));
});

test('control characters in a SKU are found', () => {
  for (const sku of ['A\0', '\tA', 'A\nB', 'A\x7f', 'A\u0085B', '\u009fA'])
    assert.ok(hasControl(toBytes(sku), 0, toBytes(sku).length), JSON.stringify(sku));
  for (const sku of ['A', 'A\u00a0', 'é', '日']) assert.not(hasControl(toBytes(sku), 0, toBytes(sku).length), sku);
});

test('format characters and white space at the ends of a SKU are trimmed', () => {
  for (const text of ['\u200bA\u200eB', ' \u200b A\u200eB\u00ad \ufeff', 'A\u200eB\u202c\u{e0001}'])
    assert.is(trimSkuText(text), 'A\u200eB');
  assert.is(trimSkuText('\u200b\u2060 '), '');
});

test('examples spell out invisible characters and are short', () => {
  assert.is(shownSku('A\u200bB'), 'A\\u{200B}B');
  assert.is(shownSku('\u0410BC'), '\\u{0410}BC');
  assert.is(shownSku('e\u0301'), 'e\\u{0301}');
  assert.is(shownSku('x'.repeat(100)).length, 61);
});

test.run();
