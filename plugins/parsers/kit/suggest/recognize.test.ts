import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Manifest } from '../../../../core/plugin.ts';
import { recognizeFormat } from './recognize.ts';

const manifest = (id: string, signs?: Manifest['signs']) => ({ id, summary: `format ${id}`, signs }) as Manifest;

test('a format without a header is recognized by the cells of half the rows', () => {
  const formats = [manifest('none'), manifest('lines', { cells: { '#1': ['DTL'], '#0': ['', 'A'] } })];
  const share = (good: number, bad: number) => {
    const rows = [
      ...Array(good).fill(['A ', ' DTL']),
      ...Array(bad).fill(['A', 'HDR']),
      ...Array(bad).fill(['B', 'DTL']),
    ];
    return recognizeFormat(formats, ['whatever'], rows)?.id ?? null;
  };
  assert.equal([share(2, 1), share(3, 2), share(0, 1), share(0, 0)], ['lines', null, null, null]);
  assert.is(recognizeFormat(formats, null, [['', 'DTL']])?.reason, 'has the cells of it in #1, #0');
  assert.is(recognizeFormat(formats, null, [['A']]), null, 'a row that ends before the cell');
});

test('if the header fits several formats, the one with the most marks is taken', () => {
  const few = manifest('few', { headers: ['SKU', 'Qty'] });
  const many = manifest('many', { headers: ['sku', 'qty', 'Price'], cells: { '#0': ['never'] } });
  const header = [' Sku', 'QTY ', 'price', 'title'];
  for (const formats of [
    [few, many],
    [many, few],
  ]) {
    assert.is(recognizeFormat(formats, header, [])?.id, 'many');
    assert.is(recognizeFormat(formats, header.slice(0, 2), [])?.id, 'few');
  }
  assert.is(recognizeFormat([few, manifest('equal', { headers: ['title', 'price'] })], header, [])?.id, 'few');
});

test.run();
