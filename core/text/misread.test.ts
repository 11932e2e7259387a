import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { misreadHint } from './misread.ts';

const HEADER = 'sku,quantity_available,cost,title';

test('bytes read as UTF-16, and UTF-16 read as bytes, show it', () => {
  const swapped = Buffer.from(`${HEADER},`, 'latin1').swap16();
  for (const bytes of [Buffer.from(`${HEADER}\n`), swapped]) {
    assert.match(misreadHint(bytes.toString('utf16le')) ?? '', 'may not be UTF-16; try parser.encoding "utf-8"');
  }
  // a feed with names in another script
  const rows = Array.from({ length: 9 }, (_, i) => `P-${i}|3|9.50|Ω-Brand|Rohr №${i} Größe ${i}\n`).join('');
  assert.match(misreadHint(Buffer.from(rows).toString('utf16le')) ?? '', 'may not be UTF-16');
  const wide = Buffer.from(HEADER, 'utf16le');
  assert.match(misreadHint(wide.toString('latin1')) ?? '', 'try parser.encoding "utf-16le"');
  assert.match(misreadHint(wide.swap16().toString('latin1')) ?? '', 'try parser.encoding "utf-16be"');
});

test('texts of any script that were read rightly do not', () => {
  for (const text of [
    HEADER,
    'Größe;Länge;Übergröße',
    '商品コード商品名在庫数仕入価格',
    '貨號,品名,庫存數量,進貨價格,建議售價',
    '상품코드,재고,가격,브랜드',
    'артикул;остаток;цена',
    '商品編號',
    'ひらがなだけのながいみだしでもおなじです',
    '商品编号商品名称库存数量供货价格建议零售价品牌条形码产地规格型号',
    'a\0b;c;d;e;f',
    '',
  ]) {
    assert.is(misreadHint(text), null, text);
  }
});

test('it takes eight characters, and a share of them', () => {
  const kind = (text: string) => /"(utf-[\w-]+)"/.exec(misreadHint(text) ?? '')?.[1] ?? null;
  const pair = '\u6162';
  assert.equal([kind(pair.repeat(7)), kind(pair.repeat(8))], [null, 'utf-8']);
  assert.equal([kind('a\0a\0a\0a'), kind('a\0a\0a\0a\0'), kind('\0a\0a\0a\0a')], [null, 'utf-16le', 'utf-16be']);
  // three of ten are NUL; of ten pairs nine are needed, and of twenty thirteen
  assert.equal([kind(`${'a'.repeat(7)}\0\0\0`), kind(`${'a'.repeat(8)}\0\0`)], ['utf-16le', null]);
  assert.equal([kind(`${pair.repeat(9)}é`), kind(`${pair.repeat(8)}éé`)], ['utf-8', null]);
  assert.equal([kind(pair.repeat(13) + 'é'.repeat(7)), kind(pair.repeat(12) + 'é'.repeat(8))], ['utf-8', null]);
  assert.equal([kind(pair.repeat(13) + 'é'.repeat(2)), kind(`${pair.repeat(14)}é`)], [null, 'utf-8']);
  for (const [unit, isPair] of [
    ['\u2020', true],
    ['\u7e7e', true],
    ['\u0d0a', true],
    ['\u0961', true],
    ['\u7f61', false],
    ['\u617f', false],
    ['\u1f61', false],
    ['\u0b61', false],
    ['\u3061', false],
    ['\u6130', true],
  ] as const)
    assert.is(kind(unit.repeat(20)), isPair ? 'utf-8' : null, unit);
});

test.run();
