import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPlainCode, mayBeWord, skuWord } from './sku-words.ts';

test('SKUs that are not an article, such as error values and words of a footer, are recognized', () => {
  const cases: Record<string, string[]> = {
    sku_no_value: [
      '#N/A',
      '#REF!',
      '#NV',
      '########',
      'NULL',
      'N/A',
      'na',
      'None',
      'NaN',
      'TRUE',
      'false',
      '-',
      '--',
      '---+-----',
      '+---+---+',
      '======',
      '____',
      '?',
      'undefined',
      'TBD',
      '#DIV/0!',
      '"',
      'dto.',
      'Ditto',
      'idem',
      '0',
      '[object Object]',
    ],
    sku_escaped: ['="007"', '=A1', "'007", "'-5", "'=x", "'AB-1", "'S 7"],
    sku_is_report_line: [
      'EOF',
      '(24 rows)',
      'ERROR 1205 (HY000): Lock',
      '<br />',
      'Page 1 of 4',
      'page 12',
      'Seite 2/7',
      'Seite 3 von 10',
      'Printed on 2026-05-05 by admin',
      'Gedruckt am 5.5.2026',
      '*** End of report ***',
      'END OF FILE',
    ],
    sku_is_total: [
      'Total',
      'TOTAL:',
      'Total: 2 items',
      'Summe',
      'Grand total',
      'Subtotal',
      'Gesamt',
      'Somme',
      'Totals',
    ],
    '': [
      'A1',
      '007',
      '0A',
      'DI-1',
      'DTO-7',
      'ID',
      'TOTAL-100',
      'Totally',
      'SUM-1',
      'NA-7',
      'N1',
      'n',
      "'tis",
      "'",
      '=',
      '#12',
      '-5',
      '.5',
      'T',
      'TO',
      'None-1',
      'GR-5',
      '?x',
      'SU',
      'Tr',
    ],
  };
  for (const [code, skus] of Object.entries(cases)) {
    for (const sku of skus) {
      const bytes = new TextEncoder().encode(sku);
      assert.is((mayBeWord(bytes, 0, bytes.length) ? skuWord(sku) : null) ?? '', code, sku);
    }
  }
});

test('a code with a digit and without a space is not a word', () => {
  const isPlain = (sku: string) => isPlainCode(new TextEncoder().encode(sku), 0, new TextEncoder().encode(sku).length);
  for (const sku of ['NO-4711', 'pa1', 'SO-12-B']) assert.ok(isPlain(sku), sku);
  for (const sku of ['Page 1', 'Total:2', 'Seite 2/7', '4711', 'n/a', 'NONE', "'5"]) assert.not.ok(isPlain(sku), sku);
});

test.run();
