import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { concatBytes } from '../../../../../core/bytes/concat.ts';
import { toBytes, toText } from '../../../../../core/bytes/text.ts';
import { decodeToUtf8 } from './decode.ts';
import { withoutEndMark } from './end-mark.ts';

/** Chunks of the text that all share one buffer, as those of a stream may. */
async function* cut(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = toBytes(text);
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return toText(concatBytes(parts));
}

test('end marks and padding are removed at the end only, however the text is cut', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', ';', '\x1a', '\x1a', '\n', '\r', '\0'), maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 6 }), async (input, size) => {
      assert.is(await textOf(withoutEndMark(cut(input, size))), input.replace(/\0*\x1a[\x1a\r\n\0]*$|\0+$/, ''));
    }),
  );
});

test('the end mark is found in any encoding', async () => {
  const utf16 = Buffer.from('a\n\x1a\n', 'utf16le');
  assert.is(await textOf(decodeToUtf8(cut(utf16.toString('latin1'), 3), 'utf-16le')), 'a\n');
  assert.is(await textOf(decodeToUtf8(cut('é\x1a', 3), 'utf-8')), 'é');
});

test('the bytes held back are bounded: a longer run is text', async () => {
  const run = '\x1a'.repeat(3 << 20);
  const text = await textOf(withoutEndMark(cut(`a\n${run}`, 1 << 16)));
  assert.ok(text.length > 1 << 20);
  assert.is(await textOf(withoutEndMark(cut(`a\n${'\x1a'.repeat(5000)}`, 1 << 10))), 'a\n');
});

test.run();
