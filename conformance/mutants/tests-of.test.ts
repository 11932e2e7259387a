import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { testsOf } from './tests-of.ts';

const test = suite('tests of a source file');

test('the nearest first, and none that cannot notice a change', () => {
  const graph = new Map([
    ['core/a.ts', []],
    ['core/b.ts', ['core/a.ts']],
    ['core/a.test.ts', ['core/a.ts']],
    ['core/z.test.ts', ['core/a.ts']],
    ['core/b.test.ts', ['core/b.ts']],
    ['core/deep/d.test.ts', ['core/b.ts']],
    ['conformance/e.test.ts', ['core/b.ts']],
    ['conformance/growth/f.test.ts', ['core/a.ts']],
    ['cli/g.test.ts', ['core/a.ts']],
    ['core/other.test.ts', ['core/other.ts']],
  ]);
  assert.equal(testsOf('core/a.ts', graph).flat(), [
    'core/a.test.ts',
    'core/z.test.ts',
    'core/b.test.ts',
    'core/deep/d.test.ts',
    'conformance/e.test.ts',
  ]);
  assert.equal(testsOf('core/a.ts', graph)[0], ['core/a.test.ts']);
});

test.run();
