/** Rows and refusals of a parser's own code: what is right passes, and what is wrong is named. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  feedRowPlace,
  feedRowProblem,
  hasHalfCharacter,
  refusalProblem,
  rowPlace,
  writtenBeforeFirst,
} from './feed-row.ts';

const FIELDS = ['sku', 'stock'];
class Cells {
  readonly sku = 'A';
}

test('rows of cells pass', () => {
  for (const cells of [[], ['a', 1, 0.5, -3, true, false, null, undefined, ''], [2 ** 53 - 1], ['😀']]) {
    assert.is(feedRowProblem({ cells }, null), null, String(cells));
    assert.is(feedRowProblem({ cells }, FIELDS), null, String(cells));
  }
  for (const cells of [{}, { sku: 'A' }, { stock: 3, sku: null }, Object.assign(Object.create(null), { sku: 'A' })])
    assert.is(feedRowProblem({ cells }, FIELDS), null);
  for (const line of [undefined, 1, 2 ** 31 - 1]) assert.is(feedRowProblem({ cells: [], line }, null), null);
  const refuse = { code: 'odd', column: 'sku', reason: 'it is odd' };
  assert.is(feedRowProblem({ cells: [], refuse }, null), null);
});

test('what is no row is named by its fault', () => {
  const sparse: unknown[] = ['a'];
  Object.assign(sparse, { '-1': 'b' });
  const cases: Array<[row: unknown, fields: string[] | null, words: RegExp]> = [
    [null, null, /it gave null/],
    ['a,b', null, /it gave a string/],
    [['a'], null, /it gave a list/],
    [undefined, null, /it gave undefined/],
    [{}, null, /undefined as cells/],
    [{ cells: 'a' }, null, /a string as cells/],
    [{ cells: null }, null, /null as cells/],
    [{ cells: [], lines: 1 }, null, /no key "lines".*"line"/],
    ...[0, -1, 1.5, 2 ** 31, '3', null, {}, true].map(
      (line) => [{ cells: [], line }, null, / as line; it must/] as [unknown, null, RegExp],
    ),
    [{ cells: [], line: '3' }, null, /the text "3" as line/],
    [{ cells: [], line: 0 }, null, /has 0 as line/],
    [{ cells: [], line: {} }, null, /an object as line/],
    [{ cells: [], refuse: null }, null, /null as refuse/],
    [{ cells: [], refuse: 'no' }, null, /a string as refuse/],
    [{ cells: [], refuse: {} }, null, /undefined as code/],
    [{ cells: { sku: 'A' } }, null, /declares no fields/],
    [{ cells: { skuu: 'A' } }, FIELDS, /"skuu", which is none of fields.*"sku"/],
    [{ cells: new Cells() }, FIELDS, /a Cells as cells/],
    [{ cells: new Map() }, FIELDS, /a Map as cells/],
    [{ cells: Object.create({ sku: 'A' }) }, FIELDS, /an object with a prototype/],
    [{ cells: sparse }, null, /written at -1/],
    [{ cells: ['a', 2 ** 53] }, null, /cell #1 is 9007199254740992;.*lost digits/],
    [{ cells: { sku: 2 ** 53 } }, FIELDS, /cell "sku" is 9007199254740992/],
    [{ cells: ['\ud83d'] }, null, /cell #0 has half a character/],
    [{ cells: { sku: 'a\ude00' } }, FIELDS, /cell "sku" has half a character/],
    [{ cells: [Number.NaN] }, null, /cell #0 is NaN/],
    [{ cells: [Number.POSITIVE_INFINITY] }, null, /cell #0 is Infinity/],
    [{ cells: { sku: {} } }, FIELDS, /cell "sku" is an object/],
    [{ cells: [['a']] }, null, /cell #0 is a list/],
    [{ cells: [Promise.resolve()] }, null, /cell #0 is a promise/],
    [{ cells: [1n] }, null, /cell #0 is a bigint/],
  ];
  for (const [row, fields, words] of cases) assert.match(feedRowProblem(row, fields) ?? '', words);
});

test('a refusal has a code, a reason, and a canonical column or none', () => {
  const refusal = { code: 'odd', column: null, reason: 'it is odd' };
  for (const column of [null, 'sku', 'updated_at']) assert.is(refusalProblem({ ...refusal, column }), null);
  const cases: Array<[object, RegExp]> = [
    [{ ...refusal, colum: 1 }, /no key "colum".*"column"/],
    [{ ...refusal, code: '' }, /a string as code/],
    [{ ...refusal, code: 7 }, /a number as code/],
    [{ ...refusal, reason: null }, /null as reason/],
    [{ ...refusal, reason: '' }, /as reason/],
    [{ ...refusal, column: 'skuu' }, /"skuu", which is not canonical.*"sku"/],
    [{ ...refusal, column: undefined }, /column undefined/],
    [{ ...refusal, column: 3 }, /column 3/],
  ];
  for (const [one, words] of cases) assert.match(refusalProblem(one) ?? '', words);
});

test('places of rows count the header, and name the line', () => {
  assert.is(rowPlace({}, 3, false), 'row 3');
  assert.is(rowPlace({}, 3, true), 'row 4');
  assert.is(rowPlace({ line: 9 }, 3, false), 'row 3 (line 9)');
  assert.is(feedRowPlace({ line: 9 }, 3, true), 'row 4 (line 9): ');
  for (const row of [null, 'a', 7, undefined]) assert.is(feedRowPlace(row, 3, true), '');
  assert.is(writtenBeforeFirst(['a']), null);
  assert.equal(['a', '😀', '\ud83d', '\ude00', '\ude00\ud83d'].map(hasHalfCharacter), [false, false, true, true, true]);
});

test.run();
