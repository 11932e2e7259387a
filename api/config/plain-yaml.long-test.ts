/** Pieces of a config with random changes: what is read without the library is what the library reads. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPlainYaml } from './plain-yaml.ts';
import { parseByLibrary } from './yaml-text.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LINES = ['fixtures/sample/tenant.yaml', 'docs/examples/minimal.yaml', 'docs/examples/expect.yaml'].flatMap(
  (file) => fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n'),
);
const PIECES = [
  ...[
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\n- ',
    '\n    ',
    '\r\n',
    '\t',
    ': ',
    ':',
    '#',
    ' #',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    ',',
  ],
  ...[
    'null',
    'true',
    '1',
    '1.5',
    '-1',
    '0x1',
    '.5',
    '1e3',
    '+1',
    '5.',
    '-0',
    '1_0',
    '17in',
    '2024-01-01',
    '1:30',
    '.inf',
    '~',
  ],
  ...[
    'a',
    'b: c',
    '- x',
    '- - a',
    '|',
    '>',
    '&a',
    '*a',
    '!!str ',
    '? ',
    '---\n',
    '...',
    '%',
    '@',
    '-',
    '_',
    '/',
    '=',
    '\\',
    '\\n',
  ],
  ...[
    'é',
    '品',
    '\u00a0',
    '😀',
    '""',
    "''",
    '{}',
    '[]',
    '<<: ',
    '"k": 1',
    'k: 1',
    'a b: 1',
    'a : 1',
    '78: 1',
    '{ "k": 1, a b: 2 }',
  ],
];
const part = fc.tuple(fc.nat(LINES.length - 1), fc.integer({ min: 1, max: 10 })).map(([at, count]) => {
  const lines = LINES.slice(at, at + count);
  const spaces = /^ */.exec(lines[0] ?? '')?.[0] ?? '';
  return lines.map((line) => (line.startsWith(spaces) ? line.slice(spaces.length) : line)).join('\n');
});
const invented = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 })
  .map((pieces) => `k: ${pieces.join('')}`);
const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('', ...PIECES));
const changed = fc.tuple(fc.oneof(part, invented), fc.array(change, { maxLength: 3 })).map(([text, changes]) =>
  changes.reduce((now, [place, removed, piece]) => {
    const at = place % (now.length + 1);
    return now.slice(0, at) + piece + now.slice(at + removed);
  }, text),
);

test('what is read without the library is what the library reads', async () => {
  let plain = 0;
  await fc.assert(
    fc.asyncProperty(changed, async (text) => {
      const read = readPlainYaml(text, 5);
      if (read === null) return;
      plain++;
      assert.is(JSON.stringify(read.value), JSON.stringify(await parseByLibrary(text, 5)));
    }),
    { numRuns: 20_000 },
  );
  assert.ok(plain > 1000, `${plain} were plain`);
});

test.run();
