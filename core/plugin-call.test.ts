/** Answers of plugins, and the names in messages about them. */
// biome-ignore-all lint/suspicious/noThenProperty: what awaits would take for a promise is what is tested
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from './errors.ts';
import type { Manifest } from './plugin.ts';
import {
  answerName,
  callHook,
  checkOptions,
  expectListed,
  expectNothing,
  expectTexts,
  filesOf,
  hookFailure,
  isStrayPromise,
  sideFilesOf,
  strayFailure,
  unlistedCode,
} from './plugin-call.ts';

const RULE = { kind: 'pricing', id: 'own' } as const;

test('answers are named by what they are', () => {
  assert.equal(
    [
      null,
      undefined,
      Number.NaN,
      [],
      {},
      7,
      'a',
      true,
      () => 1,
      Promise.resolve(),
      { then: () => {} },
      { then: 1 },
    ].map(answerName),
    [
      'null',
      'undefined',
      'NaN',
      'a list',
      'an object',
      'a number',
      'a string',
      'a boolean',
      'a function',
      'a promise',
      'a promise',
      'an object',
    ],
  );
  assert.equal([null, 7, {}, { then: 1 }].map(isStrayPromise), [false, false, false, false]);
  // nobody waits for it: its rejection ends nothing
  assert.ok(isStrayPromise(Promise.reject(new Error('x'))));
  assert.equal(
    [hookFailure('price()', RULE), hookFailure('price()', RULE, 'row 3')],
    ['price() of the pricing rule "own" failed', 'price() of the pricing rule "own" failed on row 3'],
  );
});

test('a hook that must answer at once fails if it throws, promises or answers wrongly', () => {
  assert.is(
    callHook(
      'x',
      () => 5,
      () => null,
    ),
    5,
  );
  const failure = (call: () => unknown, problem: string | null = null) => {
    try {
      callHook('price() of x', call, () => problem);
      return null;
    } catch (error) {
      return error instanceof RelayError ? `${error.code}: ${error.message}` : 'other';
    }
  };
  const throwing = () => {
    throw new Error('why');
  };
  assert.is(failure(throwing), 'plugin_failed: price() of x: why');
  assert.match(failure(() => Promise.resolve(5)) ?? '', 'it returned a promise');
  assert.is(
    failure(() => 5, 'too high'),
    'plugin_failed: price() of x: too high',
  );
});

test('what a hook returns, reports and lists is checked', () => {
  expectNothing(undefined);
  for (const answer of [null, 0, Promise.resolve()])
    assert.throws(() => expectNothing(answer), /it must return nothing/);
  expectTexts({ code: 'a', reason: 'b' });
  for (const reason of ['', 7, undefined]) assert.throws(() => expectTexts({ code: 'a', reason }), /as reason/);
  const codes = { odd_price: 'it is odd' };
  expectListed('odd_price', codes, 'reports');
  assert.throws(
    () => expectListed('od_price', codes, 'reports'),
    /reports "od_price".*did you mean "odd_price".*there are: odd_price/,
  );
  assert.match(unlistedCode('toString', {}, 'reports') ?? '', 'there are none');
  assert.is(unlistedCode('odd_price', codes, 'reports'), null);
});

test('code that nobody waited for is told from what started it', () => {
  const failure = (origin: 'promise' | 'callback') =>
    strayFailure({ reason: new Error('why'), origin } as never, [RULE, { kind: 'merge', id: 'b' }]);
  assert.equal([failure('promise').code, failure('callback').code], ['plugin_failed', 'plugin_failed']);
  assert.match(
    failure('promise').message,
    /^a promise that the pricing rule "own" or the merge strategy "b" started.*: why$/,
  );
  assert.match(failure('callback').message, /^a callback that/);
});

test('side files, files and problems of options are as their manifest gives them', () => {
  const manifest = (more: object) => ({ kind: 'parser', id: 'own', ...more }) as unknown as Manifest;
  const file = { name: 'a', location: { type: 's3' }, path: 'a' };
  assert.equal(sideFilesOf(manifest({}), {}), []);
  assert.equal(sideFilesOf(manifest({ sideFiles: () => [file] }), {}), [file]);
  for (const files of [[file, {}], [{ ...file, name: 7 }], [{ ...file, location: null }], [null], 'x'])
    assert.throws(
      () => sideFilesOf(manifest({ sideFiles: () => files }), {}),
      /sideFiles\(\) of the parser "own" failed/,
    );
  assert.is(filesOf(manifest({}), {}), null);
  assert.is(filesOf(manifest({ files: () => null }), {}), null);
  const selection = { match: '*', withinMinutes: null };
  assert.is(filesOf(manifest({ files: () => selection }), {}), selection);
  for (const files of [{ match: '*' }, { match: 7, withinMinutes: 1 }, {}, 'x'])
    assert.throws(() => filesOf(manifest({ files: () => files }), {}), /files\(\) of the parser "own" failed/);
  const check = (more: object) =>
    checkOptions(manifest(more), {}, {}, 'at').map(({ path, code }) => `${path}: ${code}`);
  assert.equal(check({}), []);
  const found = [{ path: 'at.x', code: 'required', message: 'm' }];
  assert.equal(check({ check: () => found }), ['at.x: required']);
  assert.equal(check({ check: () => found, sideFiles: () => 'x' }), ['at.x: required']);
  for (const more of [
    { sideFiles: () => 'x' },
    { files: () => 'x' },
    { check: () => 'x' },
    { check: () => [{ path: 'a' }] },
    { check: () => [null] },
  ])
    assert.equal(check(more), ['at: plugin_failed'], Object.keys(more).join());
});

test.run();
