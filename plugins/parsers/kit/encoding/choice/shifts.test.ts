import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hasShift } from './shifts.ts';

test('escape sequences of ISO-2022 and HZ are told from texts that look like them', () => {
  const has = (text: string) => hasShift(Buffer.from(text, 'latin1'));
  for (const text of ['a\x1b$B', '\x1b(J', 'x\x1b(Iy', 'a ~{VPND~} b', '~{ ~{VP~}']) assert.ok(has(text), text);
  for (const text of ['', '\x1b(B', '\x1b', 'a ~{~} b', '~{V~}', '~{VP~', '~{VP ~}', '~~VP~}'])
    assert.not.ok(has(text), text);
});

test.run();
