/** The small helpers of texts: how deep JSON is nested, counts, content types, folded brands. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foldedBrand } from './brand.ts';
import { compareText } from './compare.ts';
import { contentTypeOf } from './content-types.ts';
import { counted, grouped } from './counted.ts';
import { jsonDepth } from './json-depth.ts';

/** The nesting of a value, by walking it. */
function nesting(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(nesting));
}

test('the depth of JSON text is that of its value, whatever its texts have in them', () => {
  for (const value of [
    ...[null, 7, 'text', [], {}, [[]], [{}], { a: [] }, [[], [[]], []], { a: { b: { c: 1 } }, d: [1] }],
    ...['[[[', '{"', '\\', '\\"[', 'a\\\\[', ']}'].flatMap((text) => [
      text,
      [text],
      { [text]: [text, []] },
      [text, [[text]]],
    ]),
  ]) {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)])
      assert.is(jsonDepth(text), nesting(value), text);
  }
  // closed brackets do not add up
  assert.is(jsonDepth('[[],[],{},{}]'), 2);
  assert.is(jsonDepth('['.repeat(1000)), 1000);
});

test('texts are in the order of their code units', () => {
  const ordered = ['', 'A', 'AB', 'B', 'a', 'é', '\ud83d\ude00', '\uffff'];
  for (const [i, a] of ordered.entries())
    assert.equal(
      ordered.map((b) => compareText(a, b)),
      ordered.map((_, j) => Math.sign(i - j)),
    );
});

test('counts have groups of three digits, and nouns their plural', () => {
  for (const [count, text] of [
    [0, '0 rows'],
    [1, '1 row'],
    [2, '2 rows'],
    [999, '999 rows'],
    [1000, '1,000 rows'],
    [1234567, '1,234,567 rows'],
    [100000, '100,000 rows'],
  ] as const)
    assert.is(counted(count, 'row'), text);
  assert.equal([1234.5678, 0.12345, 12345.25, -1234].map(grouped), ['1,234.5678', '0.12345', '12,345.25', '-1,234']);
});

test('content types go by the ending of a name', () => {
  assert.is(contentTypeOf('outputs/feed.csv'), 'text/csv; charset=utf-8');
  assert.is(contentTypeOf('a.csv.json'), 'application/json');
  assert.is(contentTypeOf('rows.jsonl'), 'application/x-ndjson');
  assert.is(contentTypeOf('x.tsv'), 'text/tab-separated-values; charset=utf-8');
  assert.is(contentTypeOf('x.bin'), 'application/octet-stream');
  for (const name of ['x.txt', 'x', 'csvx', 'x.CSV', '']) assert.is(contentTypeOf(name), null, name);
});

test('brands are compared without case and spaces around them', () => {
  assert.is(foldedBrand('  Acme Inc '), 'acme inc');
  assert.is(foldedBrand('ACME'), 'acme');
});

test.run();
