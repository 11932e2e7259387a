/** What is read without the library is what the library reads, and what it does not read is left to the library. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPlainYaml } from './plain-yaml.ts';
import { parseByLibrary } from './yaml-text.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DEPTH_MAX = 5;

const test = suite('plain-yaml');

for (const file of ['fixtures/sample/tenant.yaml', 'docs/examples/minimal.yaml']) {
  test(`${file} needs no library`, async () => {
    const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
    const plain = readPlainYaml(text, 20);
    assert.is.not(plain, null);
    assert.is(JSON.stringify(plain?.value), JSON.stringify(await parseByLibrary(text, 20)));
    assert.equal(readPlainYaml(text.replaceAll('\n', '\r\n'), 20), plain);
  });
}

const PLAIN: ReadonlyArray<readonly [name: string, text: string]> = [
  ['maps and lists', 'a:\n  b: 1\n  c:\n  - x\n  - y: 1\n    z:\n    - 2\n  -\n  d:\ne: f\n'],
  ['lists below their key', 'a:\n- b: 1\n  c: 2\n- d\n-   e: 1\n    f: 2\nb: 3\n'],
  ['comments', '# one\na: 1 # two\n  # three\nb: # four\n  c: x#y\n# five\n  d: "#" # six\n'],
  ['brackets', 'a: [x, "y, z", [1, 2, ], {b: 1, "c d": \'e\' }, []]\nb: {} # none\nc: { d: [ ] }\n'],
  ['keys', '"a b": 1\n\'c\': 2\nd e: 3\n品番/x: 4\n"": 5\n_: 6\n"78": 7\n"12": 8\n'],
  ['quotes', 'a: "x \\"y\\" \\\\ \\/ \\n \\t z"\nb: \'it\'\'s\'\nc: ""\nd: \'"\'\n'],
  ['words', 'a: null\nb: Null\nc: TRUE\nd: false\ne: nullx\nf: yes\ng: [null, true]\n'],
  ['numbers', 'a: 1\nb: -12\nc: 007\nd: 1.50\ne: .5\nf: 5.\ng: +3\nh: 9007199254740993\ni: -0\n'],
  ['texts that are no numbers', 'a: 2024-05-01\nb: 17in\nc: 12:30\nd: v1.2\ne: a, b [c] {d}\nf: it\'s "so"\n'],
];
for (const [name, text] of PLAIN) {
  test(name, async () => {
    const plain = readPlainYaml(text, DEPTH_MAX);
    assert.is.not(plain, null);
    assert.is(JSON.stringify(plain?.value), JSON.stringify(await parseByLibrary(text, DEPTH_MAX)));
  });
}

const LIBRARY: ReadonlyArray<readonly [name: string, texts: string[]]> = [
  [
    'other forms',
    ['- a', 'a', '{a: 1}', '', '---\na: 1', 'a: 1\n...', '? a\n: b', 'a: |\n  x', 'a: >\n  x', 'a: !!str 1'],
  ],
  ['anchors and aliases', ['a: &x 1', 'a: *x', '<<: {a: 1}', 'a: [&x 1]']],
  ['values of several lines', ['a: b\n  c', 'a: "b\n  c"', 'a: [b,\n  c]', 'a:\n  b', '- - a']],
  ['numbers in other forms', ['a: 0x1f', 'a: 0o7', 'a: 1e3', 'a: .inf', 'a: -.nan', 'a: +x', 'a: 1.2.3', '1: a']],
  [
    'indentation that does not fit',
    ['a:\n  b: 1\n c: 2', ' a: 1', 'a: 1\n  b: 2', 'a:\n    b: 1\n  c: 2', 'a:\n- b\n - c'],
  ],
  [
    'errors',
    ['a: 1\na: 2', 'a: [b', 'a: b]c: d', 'a: "b', 'a: "b" c', 'a: {b}', 'a: [b: c]', 'a: b: c', 'a: @b', 'a: `b`'],
  ],
  ['other signs', ['a:\tb', 'a: b\u00a0', '\ufeffa: 1', 'a: \u{1f600}', 'a: b\rc: d', 'a: "\\u00e4"', 'a: \u2028']],
  ['names of objects', ['__proto__: 1', 'toString: 1', 'a: {constructor: 1}', 'null: 1', 'true: 1']],
  ['deep nesting', ['a: [[[[[1]]]]]', 'a:\n b:\n  c:\n   d:\n    e:\n     f: 1']],
];
for (const [name, texts] of LIBRARY) {
  test(`the library's: ${name}`, () => {
    for (const text of texts) assert.is(readPlainYaml(text, DEPTH_MAX), null, text);
  });
}

test.run();
