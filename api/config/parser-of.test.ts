/** The parser of a vendor's config, as far as it can be known. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testRegistry } from '../../plugins/testing/harness.ts';
import { parserOf } from './parser-of.ts';

test('a parser that exists, with options that it takes', () => {
  const found = (vendor: unknown) => parserOf(vendor, testRegistry())?.manifest.id ?? null;
  for (const [vendor, id] of [
    [{ parser: { format: 'csv' } }, 'csv'],
    [{ parser: { format: 'csv', options: { header: false } } }, 'csv'],
    [{ parser: { format: 'csv', options: { nothing: 1 } } }, null],
    [{ parser: { format: 'csv', options: 7 } }, null],
    [{ parser: { format: 'best_offer' } }, null],
    [{ parser: { format: 'cvs' } }, null],
    [{ parser: { format: ['csv'] } }, null],
    [{ parser: {} }, null],
    [{}, null],
    [null, null],
  ] as const)
    assert.is(found(vendor), id, JSON.stringify(vendor));
  assert.equal(typeof parserOf({ parser: { format: 'csv' } }, testRegistry())?.options, 'object');
});

test.run();
