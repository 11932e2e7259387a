import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseYaml, YamlError } from './yaml-text.ts';

const DEPTH_MAX = 4;

async function messageOf(text: string): Promise<string> {
  try {
    return `read as ${JSON.stringify(await parseYaml(text, DEPTH_MAX))}`;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return error.message;
  }
}

const test = suite('yaml-text');

test('YAML is read as the JSON it stands for', async () => {
  assert.equal(await parseYaml('a: 1\nb: [x, "y"]\nc:\n  - {d: true}\n', DEPTH_MAX), {
    a: 1,
    b: ['x', 'y'],
    c: [{ d: true }],
  });
  assert.is(await parseYaml('', DEPTH_MAX), null);
  assert.is(await parseYaml('# nothing\n', DEPTH_MAX), null);
  assert.equal(Object.keys((await parseYaml('__proto__: 1\n', DEPTH_MAX)) as object), ['__proto__']);
});

for (const [name, deepest, tooDeep] of [
  ['lists of one line', '[[[[1]]]]', '[[[[[1]]]]]'],
  ['maps of one line', '{a: {a: {a: {a: 1}}}}', '{a: {a: {a: {a: {a: 1}}}}}'],
  ['lists', '- - - - 1', '- - - - - 1'],
  ['maps', 'a:\n b:\n  c:\n   d: 1', 'a:\n b:\n  c:\n   d:\n    e: 1'],
  ['maps in lists', '- a:\n  - b: 1', '- a:\n  - b:\n    - 1'],
] as const) {
  test(`depth: ${name}`, async () => {
    assert.match(await messageOf(deepest), /^read as /);
    assert.match(await messageOf(tooDeep), /^it is nested deeper than 4 levels .*\(line \d+, column \d+\)$/);
  });
}

test('a hundred thousand open brackets, dashes or keys are refused', async () => {
  for (const text of ['[', '{', '- ', '? ', '[{a: '])
    assert.match(await messageOf(text.repeat(100_000)), /nested deeper/);
});

for (const [name, text, message] of [
  ['a key twice', 'a: 1\nb: 2\na: 3\n', 'map keys must be unique: "a" (line 3, column 1)'],
  [
    'a key twice, in forms that JSON does not tell apart',
    '1: x\n"1": y\n',
    'map keys must be unique: "1" (line 2, column 1)',
  ],
  ['no key twice', '{: 1, : 2}', 'map keys must be unique: "" (line 1, column 7)'],
  ['an alias', 'a: &x [1]\nb: *x\n', 'aliases are not allowed in configs; write the value out (line 2, column 4)'],
  [
    'an alias as a key',
    'a: &x 1\n*x : 2\n',
    'aliases are not allowed in configs; write the value out (line 2, column 1)',
  ],
  ['a list as a key', '? [a]\n: 1\n', 'a key must be a text; write the value out (line 1, column 3)'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'it holds more than one document (line 2, column 1)'],
] as const) {
  test(name, async () => assert.is(await messageOf(text), message));
}

test('an anchor without an alias is accepted', async () => {
  assert.equal(await parseYaml('a: &x [1]\n', DEPTH_MAX), { a: [1] });
});

test.run();
