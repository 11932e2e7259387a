/** Cursors round-trip; anything else is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../core/errors.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

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

test.run();
