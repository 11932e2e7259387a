import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../core/bytes/text.ts';
import { fileLines } from './vendor-file.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = toBytes(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function lines(text: string, size: number, max = 1000): Promise<string[]> {
  const found: string[] = [];
  let due = 1;
  for await (const one of fileLines(pieces(text, size), 'f', max)) {
    assert.is(one.line, due++);
    found.push(one.text);
  }
  return found;
}

test('lines do not depend on how the bytes are cut', async () => {
  const text = fc.array(fc.constantFrom('a', 'ü€', '\n', '\r', '\r\n', '', ' '), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (parts, size) => {
      const whole = parts.join('');
      const due = whole.split(/\r\n|\r|\n/);
      if (due.at(-1) === '') due.pop();
      assert.equal(await lines(whole, size), due);
    }),
  );
});

test('an endless line is refused', async () => {
  let message = '';
  await lines(`ok\n${'x'.repeat(50)}`, 7, 20).catch((error: Error) => {
    message = error.message;
  });
  assert.is(message, 'f: line 2 is longer than 20 characters (LIMIT_RECORD_BYTES)');
});

test.run();
