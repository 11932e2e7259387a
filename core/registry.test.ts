/** Which plugins a registry takes, and what it says of others. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { RelayError } from './errors.ts';
import { pluginProblems } from './manifest.ts';
import { type AnyPlugin, Registry } from './registry.ts';

const MANIFEST = {
  kind: 'validator',
  id: 'own',
  version: '1.0.0',
  contract: 1,
  summary: 'one line',
  options: z.strictObject({ limit: z.int().optional() }),
  example: {},
};
const load = async () => () => ({});

function plugin(more: object = {}): AnyPlugin {
  return { manifest: { ...MANIFEST, ...more }, load } as unknown as AnyPlugin;
}

test('a manifest with all that it may have is good', () => {
  const hook = () => [];
  for (const more of [
    ...[{}, { id: 'a' }, { id: `a${'9'.repeat(62)}` }, { id: 'a-b_c' }, { codes: {} }, { codes: { odd: 'it is odd' } }],
    ...[{ check: hook }, { kind: 'parser', signs: {}, sideFiles: hook, files: () => null }, { example: { limit: 3 } }],
    ...[{ kind: 'pricing', reads: ['brand', 'title'] }, { kind: 'merge', reads: [] }, { kind: 'output' }],
    { codes: { [`a${'9'.repeat(62)}`]: 'x' } },
  ])
    assert.equal(pluginProblems(plugin(more)), [], Object.keys(more).join());
});

test('each fault of a manifest is one problem, with the plugin that has it', () => {
  const cases: Array<[more: object, ...words: RegExp[]]> = [
    [{ kind: 'validater' }, /kind must be one of .*"validator"/],
    [{ kind: undefined }, /kind must be/],
    ...['', 'A', '9a', '-a', 'a b', `a${'9'.repeat(63)}`, 7, null].map((id) => [{ id }, /id is/] as [object, RegExp]),
    [{ kind: 'merge', id: 'strategy' }, /config itself uses this id/],
    [{ id: 'strategy', contract: 2 }, /contract 2/],
    [{ contract: '1' }, /contract 1, this is/],
    [{ version: '' }, /version is missing/],
    [{ version: 1 }, /version is missing/],
    [{ summary: '' }, /one line/],
    [{ summary: 'two\nlines' }, /one line/],
    [{ summary: undefined }, /one line/],
    [{ sumary: 'x' }, /sumary is not a key.*"summary"/],
    [{ signs: {} }, /signs is for plugins of the kind parser,/],
    [{ sideFiles: () => [], files: () => null }, /sideFiles is for/, /files is for/],
    [{ reads: ['brand'] }, /kind pricing or merge/],
    [{ kind: 'pricing', reads: 'brand' }, /reads must be a list/],
    [{ kind: 'pricing', reads: ['brandd', 'sku', 'gtin'] }, /"brandd".*"brand"/, /"gtin"/],
    [{ codes: [] }, /codes must be an object/],
    [{ codes: null }, /codes must be an object/],
    [{ codes: { Odd: 'x', ok: '', fine: 'yes' } }, /code "Odd" must match/, /code "ok" must have a meaning/],
    [{ codes: { ok: 7 } }, /must have a meaning/],
    [{ check: 'x' }, /check must be a function/],
    [{ options: {} }, /options is an object; it must be a zod schema/],
    [{ options: undefined }, /options is undefined/],
    [{ example: undefined }, /example is missing/],
    [{ example: { limit: 'x' } }, /example does not load: example\.limit/],
    [{ example: { limit: 'x', odd: 1 } }, /example\.limit/, /example\.odd/],
    [{ check: () => 'x' }, /check\(\) of the validator "own" failed/],
    [{ check: () => Promise.resolve([]) }, /returned a promise/],
    // there is no config to judge
    [{ check: () => [{ path: 'a', code: 'required', message: 'x' }] }],
    [{ kind: 'parser', sideFiles: () => [{ name: 'a' }] }, /sideFiles\(\)/],
    [{ kind: 'parser', sideFiles: () => 7 }, /returned a number/],
    [{ kind: 'parser', files: () => ({ match: 7, withinMinutes: 1 }) }, /files\(\)/],
    [{ kind: 'parser', files: () => ({ match: 'a' }) }, /must return \{ match, withinMinutes \}/],
  ];
  for (const [more, ...words] of cases) {
    const problems = pluginProblems(plugin(more));
    const { kind, id } = { ...MANIFEST, ...more };
    assert.is(problems.length, words.length, `${JSON.stringify(more)}: ${problems}`);
    for (const [i, word] of words.entries()) {
      assert.match(problems[i] ?? '', word);
      assert.ok(problems[i]?.startsWith(`${kind}/${id}: `), problems[i]);
    }
  }
});

test('a plugin may be no object at all, and says itself what is wrong with its declaration', () => {
  for (const odd of [null, undefined, 7, {}, { manifest: null }, { manifest: 'x' }])
    assert.is(pluginProblems(odd).length, 1);
  assert.equal(pluginProblems({ manifest: MANIFEST }), ['validator/own: load must be a function that loads the code']);
  const declared = (problems: unknown) => pluginProblems({ manifest: { id: 'x' }, load, problems });
  assert.equal(
    declared(() => ['one', 'two']),
    ['undefined/x: one', 'undefined/x: two'],
  );
  assert.match(declared(() => 'one')[0] ?? '', 'must return a list');
  assert.match(
    declared(() => {
      throw new Error('why');
    })[0] ?? '',
    /problems\(\) failed: why$/,
  );
  assert.equal(pluginProblems({ manifest: MANIFEST, load, problems: () => [] }), []);
});

const thrown = (make: () => unknown): string => {
  try {
    make();
    return '';
  } catch (error) {
    return error instanceof RelayError ? `${error.code}: ${error.message}` : 'other';
  }
};

test('plugins are found by kind and id, and listed in order', () => {
  const registry = new Registry([
    plugin({ id: 'b' }),
    plugin({ id: 'a' }),
    plugin({ kind: 'parser', id: 'z', codes: { odd: 'it is odd' } }),
  ]);
  assert.equal(
    registry.list().map(({ kind, id }) => `${kind}/${id}`),
    ['parser/z', 'validator/a', 'validator/b'],
  );
  assert.equal(
    registry.list('validator').map(({ id }) => id),
    ['a', 'b'],
  );
  assert.is(registry.find('validator', 'a')?.manifest.id, 'a');
  assert.equal([registry.find('parser', 'a'), registry.find('validator', 'c')], [null, null]);
  assert.match(
    registry.unknown('validator', 'aa'),
    /no validator plugin is called "aa" \(did you mean "a"\?\); there are: a, b$/,
  );
  assert.equal([...registry.codeMeanings()], [['odd', 'it is odd']]);
  assert.is(registry.codeMeanings(), registry.codeMeanings());
});

test('two plugins of a kind and id are refused, with where they come from', () => {
  const known = Registry.ofChecked([plugin({ id: 'a' })]);
  assert.ok(known.isBuiltIn('validator', 'a') && !known.isBuiltIn('parser', 'a'));
  const more = new Registry([plugin({ id: 'b' })], known);
  assert.equal(
    more.list().map(({ id }) => id),
    ['a', 'b'],
  );
  assert.equal([more.isBuiltIn('validator', 'a'), more.isBuiltIn('validator', 'b')], [true, false]);
  assert.equal(
    known.list().map(({ id }) => id),
    ['a'],
  );
  assert.match(
    thrown(() => new Registry([plugin(), plugin()])),
    /^plugin_invalid: validator\/own: a plugin of this kind and id is already there/,
  );
  const [one, other] = [plugin(), plugin()];
  const origins = (first: string, second: string) =>
    thrown(() => new Registry([one, other], undefined, (asked) => (asked === one ? first : second)));
  assert.match(origins('x', 'y'), 'x and y both have');
  assert.match(origins('x', 'x'), 'x has two plugins');
  assert.match(
    thrown(() => new Registry([plugin({ id: 'a' })], known, () => 'x')),
    'Relay itself and x both',
  );
  // all problems are named, and the good ones among them do not matter
  const all = thrown(() => new Registry([plugin({ version: '' }), plugin({ id: 'c' }), plugin({ contract: 3 })]));
  assert.equal(all.split('\n').length, 2);
});

test.run();
