import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FormPart, placesOf } from './forms.ts';

const CASES: Array<[FormPart[], string, string[] | null]> = [
  [['TOTAL'], 'Total', []],
  [['TOTAL'], 'Totals', null],
  [['Total: ', null], 'total:   1 200 ', ['1 200']],
  [['Total: ', null], 'total:', null],
  [['Total:', null], 'Total:', ['']],
  [[null, ' records'], '12 records', ['12']],
  [[null, ' records'], '12 records exported', null],
  [[null, ' records'], 'records records', ['records']],
  [['Rows ', null, ' of ', null], 'rows 5 of 7 of 9', ['5', '7 of 9']],
  [['Rows ', null, ', sum ', null, ' EUR'], 'Rows 5, sum 7 EUR', ['5', '7']],
  [['Rows ', null, ', sum ', null, ' EUR'], 'Rows 5, sum 7', null],
  [[null], '', ['']],
  [[], '', []],
  [[], 'x', null],
  [[' * ', null], '* 4', ['4']],
  [['Total: ', null, '  EUR'], '  total:  5 \t 6   EUR ', ['5 6']],
  [['A  \t B'], 'a b', []],
  [['A ', null], 'A', null],
];

test('the texts in the places of a form are found', () => {
  for (const [parts, text, places] of CASES)
    assert.equal(placesOf(parts, text), places, `${parts.join('{}')} | ${text}`);
});

test.run();
