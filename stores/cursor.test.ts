/** Cursors round-trip; anything else is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../core/errors.ts';
import { decodeCursor, encodeCursor, pageSize } from './cursor.ts';

const SHAPE = [0, ''] as const;

test('a cursor round-trips; no cursor means the first page', () => {
  assert.equal(decodeCursor(encodeCursor([1793512800000, 'run_ü']), SHAPE), [1793512800000, 'run_ü']);
  for (const none of [null, undefined]) assert.is(decodeCursor(none, SHAPE), null);
});

test('a cursor that no list gave out is refused', () => {
  const texts = [
    '',
    '[]',
    '[1]',
    '["a",1]',
    '[1,"a",2]',
    '[null,"a"]',
    '[1e999,"a"]',
    '{"0":1,"1":"a"}',
    '[1,"a"',
    '[1,""]',
    '[1,"\\ud800"]',
  ];
  for (const text of [...texts.map((one) => Buffer.from(one).toString('base64url')), '%%%']) {
    assert.throws(
      () => decodeCursor(text, SHAPE),
      (error: RelayError) => error.code === 'invalid_cursor',
      text,
    );
  }
});

test('a part may be as long as the longest key in bytes, and half a character is refused wherever it is', () => {
  const tried = (text: string) => {
    try {
      return decodeCursor(encodeCursor([text]), [''] as const)?.[0] === text;
    } catch {
      return false;
    }
  };
  for (const [text, isGood] of [
    ['x'.repeat(1024), true],
    ['x'.repeat(1025), false],
    ['é'.repeat(512), true],
    [`x${'é'.repeat(512)}`, false],
    ['a\ud800b', false],
    ['a\ud83d\ude00b', true],
  ] as const)
    assert.is(tried(text), isGood, text.slice(0, 9));
  for (const [cursor, shape] of [
    ['["1"]', [0]],
    ['[1]', ['']],
    ['[]', ['']],
    ['null', ['']],
    ['"x"', ['']],
  ] as const)
    assert.throws(() => decodeCursor(Buffer.from(cursor).toString('base64url'), shape), /cursor/);
  assert.equal(decodeCursor(encodeCursor([]), []), []);
});

test('a page has from 1 to 1000 items', () => {
  const sizes = [undefined, -1, 0, 0.9, 1, 1.9, 2, 999, 1000, 1001].map((limit) => pageSize(limit, 50));
  assert.equal(sizes, [50, 1, 1, 1, 1, 1, 2, 999, 1000, 1000]);
  assert.is(pageSize(undefined, 5000), 1000);
});

test.run();
