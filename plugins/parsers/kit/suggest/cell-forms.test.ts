/** Whether amounts are in cents, judged by header, size and currency. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findForms } from './cell-forms.ts';

/** The codes for a column of costs, and its proposed divisor. */
function costs(cells: readonly string[], header: string, currency: string | null = 'EUR'): Array<string | number> {
  const { findings, options } = findForms(new Map([['cost', cells]]), currency, new Map([['cost', header]]));
  const divided = options.columns?.cost?.numbers?.divide_by;
  return [
    ...findings.filter(({ column }) => column === 'cost').map(({ code }) => code),
    ...(divided === undefined ? [] : [divided]),
  ];
}

test('a header that says cents makes whole amounts divided and amounts with decimals a question', () => {
  assert.equal(costs(['1250', '99'], 'cost_cents'), ['amounts_in_cents', 100]);
  assert.equal(costs(['12.50', '99'], 'cost_cents'), ['cents_with_decimals']);
});

test('nearly all whole amounts with a median of 500 or more raise a question', () => {
  assert.equal(costs(['500', '500', '20'], 'cost'), ['whole_amounts']);
  assert.equal(costs(['499', '499', '9000'], 'cost'), []);
  assert.equal(costs(['9000', '2', '600'], 'cost'), ['whole_amounts'], 'the amount in the middle by size');
  assert.equal(costs(['9000', '600', '1', '2', '3'], 'cost'), []);
  assert.equal(costs(['1500', '1500', 'ab', 'cd'], 'cost'), ['whole_amounts'], 'half of the cells');
  assert.equal(costs(['1500', '1500', 'ab', 'cd', 'ef'], 'cost'), []);
  const many = Array.from({ length: 10 }, () => '1500');
  assert.equal(costs([...many.slice(1), '12.50'], 'cost'), ['whole_amounts']);
  assert.equal(costs([...many.slice(2), '12.50', '13.50'], 'cost'), []);
});

test('whole amounts are normal in a currency without decimals', () => {
  assert.equal(costs(['1500', '2500'], 'cost', 'JPY'), []);
  assert.equal(costs(['1500', '2500'], 'cost', null), ['whole_amounts']);
});

test.run();
