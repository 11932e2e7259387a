/** What the headers of a request ask of an object. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isKnown, streamOf, wantedRange } from './http-objects.ts';

test('an object is known if any of the tags is its own', () => {
  for (const tags of ['"a"', 'W/"a"', '*', '"b", "a"', '"b",W/"a"', ' "a" ']) assert.ok(isKnown(tags, 'a'), tags);
  for (const tags of [null, '', 'a', '"b"', '"a', '"A"', 'w/"a"', '"a b"'])
    assert.not.ok(isKnown(tags, 'a'), String(tags));
});

test('a single range is read; anything else asks for the whole object', () => {
  const range = (value: string, more: Record<string, string> = {}) => {
    const wanted = wantedRange(new Headers({ range: value, ...more }), { etag: 'a', size: 100 });
    return wanted === null ? null : `${wanted.first}-${wanted.last}`;
  };
  const cases: Array<[string, string | null]> = [
    ['bytes=0-9', '0-9'],
    ['bytes=5-5', '5-5'],
    ['bytes=90-', '90-99'],
    ['bytes=0-', '0-99'],
    ['bytes=-10', '90-99'],
    ['bytes=-100', '0-99'],
    ['bytes=-500', '0-99'],
    ['bytes=10-500', '10-500'],
    ['bytes=100-', '100-100'],
    ['bytes=99-', '99-99'],
    ['bytes=500-', '500-500'],
    ['bytes=9-8', null],
    ['bytes=-', null],
    ['bytes=0-1,5-6', null],
    ['bytes= 0-1', null],
    ['xbytes=0-1', null],
    ['bytes=0-1x', null],
    ['rows=0-1', null],
  ];
  for (const [value, expected] of cases) assert.is(range(value), expected, value);
  assert.is(range('bytes=0-9', { 'if-range': '"a"' }), '0-9');
  for (const tag of ['"b"', 'a', 'W/"a"']) assert.is(range('bytes=0-9', { 'if-range': tag }), null, tag);
  assert.is(wantedRange(new Headers(), { etag: 'a', size: 100 }), null);
});

test('a stream hands on the chunks of a body, and ends it if nobody reads on', async () => {
  let ended = 0;
  async function* body() {
    try {
      for (const byte of [1, 2, 3]) yield new Uint8Array([byte]);
    } finally {
      ended++;
    }
  }
  const read: number[] = [];
  for await (const chunk of streamOf(body()) as unknown as AsyncIterable<Uint8Array>) read.push(...chunk);
  assert.equal([read, ended], [[1, 2, 3], 1]);
  const reader = streamOf(body()).getReader();
  await reader.read();
  await reader.cancel();
  assert.is(ended, 2);
  const endless: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: new Uint8Array(1) }) }),
  };
  await streamOf(endless).cancel();
});

test.run();
