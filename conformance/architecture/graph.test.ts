/** The rules about imports find violations: each is tried on a small graph that breaks it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cycles, type ImportGraph, wrongWay } from './graph.ts';
import { importsIn } from './sources.ts';

const ROOMS = [
  'core/scan',
  'core/scan/cells.ts',
  'core',
  'plugins/merge/best',
  ['plugins/pricing', 'plugins/merge'],
  'plugins/testing',
  'cli',
];

/** A graph from lines such as `a.ts: b.ts c.ts`: a.ts imports the other two. */
function graphOf(...lines: string[]): ImportGraph {
  return new Map(
    lines.map((line) => {
      const [file = '', targets = ''] = line.split(': ');
      return [file, targets.split(' ').filter((target) => target !== '')] as const;
    }),
  );
}

test('every form of import counts, even of types; comments do not', () => {
  const code = [
    "import { a } from './a.ts';",
    "import type { B } from './b.ts';",
    "export type * from './c.ts';",
    "export {\n  d,\n  type E,\n} from './d.ts';",
    "import './e.ts';",
    "let f: import('./f.ts').F;",
    "const g = await import('./g.ts');",
    "// import { h } from './h.ts';",
    "/* import './i.ts'; */",
  ];
  assert.equal(
    importsIn(code.join('\n')),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`),
  );
});

const CYCLES: Array<[name: string, lines: string[], groups: string[][]]> = [
  ['none', ['a.ts: b.ts c.ts', 'b.ts: c.ts', 'c.ts: '], []],
  ['two files, one way by a type', ['a.ts: b.ts', 'b.ts: a.ts'], [['a.ts', 'b.ts']]],
  ['a file and itself', ['a.ts: a.ts'], [['a.ts']]],
  [
    'three, entered from outside',
    ['x.ts: b.ts', 'a.ts: b.ts', 'b.ts: c.ts', 'c.ts: a.ts y.ts', 'y.ts: '],
    [['a.ts', 'b.ts', 'c.ts']],
  ],
  ['a test and its helper', ['a.test.ts: testing/h.ts', 'testing/h.ts: a.test.ts'], [['a.test.ts', 'testing/h.ts']]],
  [
    'two apart',
    ['a.ts: b.ts', 'b.ts: a.ts c.ts', 'c.ts: d.ts', 'd.ts: c.ts'],
    [
      ['c.ts', 'd.ts'],
      ['a.ts', 'b.ts'],
    ],
  ],
];

for (const [name, lines, groups] of CYCLES) {
  test(`cycles: ${name}`, () => assert.equal(cycles(graphOf(...lines)), groups));
}

const WAYS: Array<[name: string, line: string, isWrong: boolean]> = [
  ['its own room', 'core/scan/a.ts: core/scan/b.ts', false],
  ['a room above', 'core/a.ts: core/scan/b.ts', false],
  ['a folder above', 'cli/a.ts: core/scan/b.ts', false],
  ['a folder below', 'core/a.ts: cli/b.ts', true],
  ['a room below', 'core/scan/a.ts: core/b.ts', true],
  ['a file with a room of its own below', 'core/scan/a.ts: core/scan/cells.ts', true],
  ['a peer', 'plugins/pricing/a.ts: plugins/merge/b.ts', true],
  ['a room inside a peer', 'plugins/pricing/a.ts: plugins/merge/best/b.ts', true],
  ['a room inside its own', 'plugins/merge/a.ts: plugins/merge/best/b.ts', false],
  ['no room', 'core/a.ts: lib/b.ts', true],
  ['from no room', 'lib/a.ts: core/b.ts', true],
  ['a name that begins like a room', 'core/scan-more/a.ts: core/b.ts', false],
  ['a test to a room below', 'core/scan/a.test.ts: core/b.ts', true],
  ['a test to a helper of its folder', 'plugins/merge/a.test.ts: plugins/testing/b.ts', false],
  ['a test to a helper of a folder below', 'core/a.test.ts: plugins/testing/b.ts', true],
  ['a helper to a folder below', 'plugins/testing/a.ts: cli/b.ts', true],
  ['product code to a helper', 'plugins/merge/a.ts: plugins/testing/b.ts', true],
];

for (const [name, line, isWrong] of WAYS) {
  test(`imports ${isWrong ? 'may not' : 'may'} lead to ${name}`, () => {
    assert.equal(wrongWay(graphOf(line), ROOMS), isWrong ? [line.replace(': ', ' > ')] : []);
  });
}

test.run();
