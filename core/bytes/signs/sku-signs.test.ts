import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../text.ts';
import {
  HAS_SMALL,
  hasControl,
  IS_ODD,
  scriptOf,
  shownSku,
  skuDoubt,
  skuKinds,
  trimSkuEnd,
  trimSkuStart,
  trimSkuText,
} from './sku-signs.ts';

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

test('numbers of spreadsheets, hidden signs and look-alikes are told from codes that resemble them', () => {
  const cases: Array<[string, string | null]> = [
    ['4,711', 'sku_looks_like_number'],
    ['1,234,567', 'sku_looks_like_number'],
    ['12,34', null],
    ['1234,567', null],
    ['1,2345', null],
    ['471.0', null],
    ['4711.00', null],
    ['4711.01', null],
    ['x4711.0', null],
    ['5E+12', 'sku_looks_like_number'],
    ['5e-7', 'sku_looks_like_number'],
    ['+5.5E12', 'sku_looks_like_number'],
    ['5,5e12', 'sku_looks_like_number'],
    ['5.5E', null],
    ['.5E+12', null],
    ['5.E+12', null],
    ['5E+12X', null],
    ['A  B', 'sku_double_spaces'],
    ['A B  C', 'sku_double_spaces'],
    ['A B C', null],
    ['A\u2003B', 'sku_hidden_signs'],
    ['A\u034fB', 'sku_hidden_signs'],
    ['\u0391BC', 'sku_look_alikes'],
    ['AB\u0533', 'sku_look_alikes'],
    ['AB\u2014', 'sku_look_alikes'],
    ['\uff01', 'sku_look_alikes'],
    ['\uff5e', 'sku_look_alikes'],
    ['\uff5f', null],
    ['A&amp;B', null],
    [`${'x'.repeat(998)}  `, 'sku_double_spaces'],
    [`${'x'.repeat(999)}  `, null],
  ];
  for (const [sku, code] of cases) assert.is(doubt(sku), code, shownSku(sku));
});

test('the kinds of bytes say who must look at a SKU', () => {
  const kinds = (sku: string) => {
    const bytes = toBytes(`~${sku}~`);
    const found = skuKinds(bytes, 1, bytes.length - 1);
    return [(found & HAS_SMALL) !== 0, (found & IS_ODD) !== 0];
  };
  const cases: Array<[string, isSmall: boolean, isOdd: boolean]> = [
    ['ABC-1/2_3', false, false],
    ['abc', true, false],
    ['az', true, false],
    ['AZ@[`{', false, false],
    ['A B', false, false],
    ['a B', true, false],
    ['A  B', true, true],
    [' A', false, false],
    ['A ', false, false],
    ['1.5', false, true],
    ['9E', false, true],
    ['A1.5', false, false],
    [':1.5', false, false],
    ['aE.5', true, false],
    ['A%20', false, true],
    ['A&B', false, true],
    ['A\\B', false, true],
    ['A.5&', false, true],
    ['é', true, true],
    ['A\x7f', true, true],
    ['A\x1f', true, true],
    ['A!B', false, false],
    ['', false, false],
  ];
  for (const [sku, isSmall, isOdd] of cases) assert.equal(kinds(sku), [isSmall, isOdd], sku);
});

test('letters of other scripts are disguised if all of them look like Latin ones', () => {
  const cases: Array<[string, 'disguised' | 'other' | null]> = [
    ['\u0410\u0412\u0421-1', 'disguised'],
    ['\u0391\u039f', 'disguised'],
    ['\u0410\u0411\u0412', 'other'],
    ['\u0410', 'disguised'],
    ['A-1', null],
    ['', null],
    ['4711', null],
    ['日本', null],
    ['\u0410日', 'other'],
  ];
  for (const [sku, script] of cases) assert.is(scriptOf(sku), script, sku);
});

test('examples spell out letters of other scripts where they are mixed or disguised, and end between characters', () => {
  assert.is(shownSku('\u0410\u0412'), '\u0410\u0412');
  assert.is(shownSku('\u0410\u0412', true), '\\u{0410}\\u{0412}');
  assert.is(shownSku('A\u0410\u0410'), 'A\\u{0410}\\u{0410}');
  // asked again, as after a search that ended inside a text
  assert.is(shownSku('A\u0410'), 'A\\u{0410}');
  assert.is(shownSku('A B\u00a0\u2013-\uff21\u{e0041}'), 'A B\\u{00A0}\\u{2013}-\\u{FF21}\\u{E0041}');
  assert.is(shownSku('x'.repeat(60)), 'x'.repeat(60));
  assert.is(shownSku(`${'x'.repeat(59)}\u{1f600}`), `${'x'.repeat(59)}…`);
  assert.is(shownSku(`${'x'.repeat(58)}\u{1f600}y`), `${'x'.repeat(58)}\u{1f600}…`);
});

test('SKUs are trimmed alike as bytes and as texts, within their place', () => {
  const space = '[\\p{Cf}\\p{White_Space}]';
  const all = new RegExp(`^${space}+|${space}+$`, 'gu');
  for (const text of [
    'A',
    ' A',
    'A ',
    '\u200bA',
    'A\u200b',
    '\u00adA\u00ad',
    'é',
    '\u2003é\u2003',
    ' ',
    '',
    '\u200b',
    'A B',
    '\u{e0001}日\u{e0001}',
    '\x1fA\x1f',
    '~',
    '!~',
    '\x7f',
    ' \u200b ',
  ]) {
    assert.is(trimSkuText(text), text.replace(all, ''), JSON.stringify(text));
    const bytes = toBytes(`\u200b${text}\u200b`);
    const start = trimSkuStart(bytes, 3, bytes.length - 3);
    const end = trimSkuEnd(bytes, start, bytes.length - 3);
    assert.is(new TextDecoder().decode(bytes.subarray(start, end)), text.replace(all, ''), JSON.stringify(text));
  }
});

test('control characters are found within their place', () => {
  const has = (text: string) => {
    const bytes = toBytes(`\x01${text}\x01`);
    return hasControl(bytes, 1, bytes.length - 1);
  };
  for (const text of ['\x1f', '\x7f', 'a\u0080', '\u009f', 'a\x00b']) assert.ok(has(text), JSON.stringify(text));
  for (const text of ['', ' ', '\x7e', '\u00a0', '\u00c2', 'Â', 'é\u0100'])
    assert.not.ok(has(text), JSON.stringify(text));
  const cut = toBytes('\u0085');
  assert.not.ok(hasControl(cut, 0, 1));
});

test.run();
