/** When two configs count as the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSameConfig } from './same-config.ts';

test('the order of fields does not matter at any depth; everything else does', () => {
  const table: ReadonlyArray<[string, string, boolean]> = [
    ['{"a":1,"b":{"c":[{"d":1,"e":2}]}}', '{"b":{"c":[{"e":2,"d":1}]},"a":1.0}', true],
    ['{"2":1,"1":2,"__proto__":{"x":1}}', '{"__proto__":{"x":1},"1":2,"2":1}', true],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":2}}', false],
    ['{"__proto__":{"x":1}}', '{}', false],
    ['[1,2]', '[2,1]', false],
    ['{"a":null}', '{}', false],
    ['{"a":1}', '{"a":"1"}', false],
    ['{"a":[]}', '{"a":{}}', false],
    ['{"a":"é"}', '{"a":"e\\u0301"}', false],
    ['[]', '{}', false],
  ];
  for (const [one, other, same] of table) {
    assert.is(isSameConfig(JSON.parse(one), JSON.parse(other)), same, `${one} ${other}`);
    assert.is(isSameConfig(JSON.parse(other), JSON.parse(one)), same);
  }
});

/** As text, with the fields of each object in order. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_name, one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

test('values of every type are the same exactly if their texts are', () => {
  const plain = [
    null,
    0,
    1,
    '',
    '1',
    'a',
    true,
    false,
    [],
    {},
    [1],
    [1, 2],
    [[]],
    { '0': 1 },
    { a: 1 },
    { b: 1 },
    { a: 1, b: 2 },
  ];
  const values = [
    ...plain,
    ...plain.map((one) => [one]),
    ...plain.map((one) => ({ a: one })),
    { b: 2, a: 1 },
    { length: 0 },
  ];
  for (const one of values)
    for (const other of values)
      assert.is(isSameConfig(one, other), ordered(one) === ordered(other), `${ordered(one)} ${ordered(other)}`);
});

test.run();
