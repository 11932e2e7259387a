/** What the cells of amounts say of cents: by the header, by their size, and by the currency. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findForms } from './cell-forms.ts';

/** The codes about a column of costs, and what it is divided by. */
function costs(cells: readonly string[], header: string, currency: string | null = 'EUR'): Array<string | number> {
  const { findings, options } = findForms(new Map([['cost', cells]]), currency, new Map([['cost', header]]));
  const divided = options.columns?.cost?.numbers?.divide_by;
  return [
    ...findings.filter(({ column }) => column === 'cost').map(({ code }) => code),
    ...(divided === undefined ? [] : [divided]),
  ];
}

test('a header that says cents divides whole amounts, and asks about amounts with decimals', () => {
  assert.equal(costs(['1250', '99'], 'cost_cents'), ['amounts_in_cents', 100]);
  assert.equal(costs(['12.50', '99'], 'cost_cents'), ['cents_with_decimals']);
});

test('whole amounts are asked about from a middle of 500 on, if nearly all are whole', () => {
  assert.equal(costs(['500', '500', '20'], 'cost'), ['whole_amounts']);
  assert.equal(costs(['499', '499', '9000'], 'cost'), []);
  const many = Array.from({ length: 10 }, () => '1500');
  assert.equal(costs([...many.slice(1), '12.50'], 'cost'), ['whole_amounts']);
  assert.equal(costs([...many.slice(2), '12.50', '13.50'], 'cost'), []);
});

test('a currency without decimals has whole amounts', () => {
  assert.equal(costs(['1500', '2500'], 'cost', 'JPY'), []);
  assert.equal(costs(['1500', '2500'], 'cost', null), ['whole_amounts']);
});

test.run();
