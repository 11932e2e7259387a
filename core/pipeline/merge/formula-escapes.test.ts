import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../bytes/text.ts';
import { FormulaEscapes } from './formula-escapes.ts';

const example = () => ({ code: 'formulas_escaped', warnedVendor: null, vendorId: 'a', rowNumber: 2, sku: 'x' });

const test = suite('formula escapes');

for (const [cell, written] of [
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-', "'-"],
  ['@x', "'@x"],
  ['"=a,b"', '"\'=a,b"'],
  ['a=1', 'a=1'],
  ["'=1", "'=1"],
  ['', ''],
  ['""', '""'],
] as const) {
  test(`the cell ${cell}`, () => {
    const escapes = new FormulaEscapes();
    const bytes = new Uint8Array(20);
    bytes.set(toBytes(`9,${cell}`));
    const end = escapes.escapeCell(bytes, 2, 2 + cell.length, example);
    assert.is(toText(bytes, 2, end), written);
    assert.is(toText(bytes, 0, 2), '9,');
    assert.equal(escapes.warnings(), cell === written ? [] : ['formulas_escaped:1']);
    if (cell.startsWith('"')) return;
    // a JSON string whose last quote is not written yet
    bytes.set(toBytes(`"${cell}`));
    assert.is(toText(bytes, 1, escapes.escapeCell(bytes, 0, 1 + cell.length, example)), written);
  });
}

test('all escaped cells are counted, and three shown', () => {
  const escapes = new FormulaEscapes();
  for (let i = 0; i < 5; i++) escapes.escapeCell(toBytes('=x '), 0, 2, example);
  assert.equal(escapes.warnings(), ['formulas_escaped:5']);
  assert.is(escapes.examples.length, 3);
});

test.run();
