import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commandTestsOf, isCompiledOnly, longTestsOf, quickFirst, testsOf } from './tests-of.ts';

const test = suite('the tests of a source file are those that import it');

const GRAPH = new Map([
  ['core/a.ts', []],
  ['core/b.ts', ['core/a.ts']],
  ['core/a.test.ts', ['core/a.ts']],
  ['core/z.test.ts', ['core/a.ts']],
  ['core/b.test.ts', ['core/b.ts']],
  ['core/deep/d.test.ts', ['core/b.ts']],
  ['conformance/e.test.ts', ['core/b.ts']],
  ['conformance/e.long-test.ts', ['conformance/e.test.ts']],
  ['conformance/growth/f.test.ts', ['core/a.ts']],
  ['conformance/growth/f.long-test.ts', ['core/a.ts']],
  ['cli/g.test.ts', ['core/a.ts']],
  ['core/other.test.ts', ['core/other.ts']],
  ['stores/aws/queue.ts', []],
]);

test('the nearest tests come first; tests that cannot notice a change are left out', () => {
  assert.equal(testsOf('core/a.ts', GRAPH), [
    { test: 'core/a.test.ts', rank: 0, steps: 1 },
    { test: 'core/z.test.ts', rank: 1, steps: 1 },
    { test: 'core/b.test.ts', rank: 1, steps: 2 },
    { test: 'core/deep/d.test.ts', rank: 2, steps: 2 },
    { test: 'conformance/e.test.ts', rank: 3, steps: 2 },
  ]);
  assert.equal(commandTestsOf('core/a.ts', GRAPH), [{ test: 'cli/g.test.ts', rank: 3, steps: 1 }]);
  assert.equal(longTestsOf('core/a.ts', GRAPH), [{ test: 'conformance/e.long-test.ts', rank: 3, steps: 3 }]);
  assert.equal(testsOf('stores/aws/queue.ts', GRAPH)[0], { test: 'AWS RunStore', rank: 4, steps: 1 });
});

test('after the tests of the folder, quick ones come before near ones', () => {
  const ms = (name: string) => (name === 'core/deep/d.test.ts' ? 9000 : 500);
  assert.equal(quickFirst(testsOf('core/a.ts', GRAPH), ms), [
    'core/a.test.ts',
    'core/z.test.ts',
    'core/b.test.ts',
    'conformance/e.test.ts',
    'core/deep/d.test.ts',
  ]);
});

test('sources that are only compiled to WebAssembly have no mutants', () => {
  const graph = new Map([
    ['core/kernel/kernel.ts', ['core/kernel/assembly/places.ts']],
    ['core/kernel/assembly/cells.ts', ['core/kernel/assembly/places.ts']],
    ['core/kernel/assembly/kernel.ts', ['core/kernel/assembly/cells.ts']],
  ]);
  assert.ok(isCompiledOnly('core/kernel/assembly/cells.ts', graph));
  assert.not.ok(isCompiledOnly('core/kernel/assembly/places.ts', graph));
  assert.not.ok(isCompiledOnly('core/kernel/kernel.ts', graph));
});

test.run();
