/** Labels of encodings, and strict decoding to UTF-8 at any chunking. */
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../../../core/errors.ts';
import { ENCODING_NAMES, ENCODINGS, resolveEncoding } from './index.ts';
import { decode } from './testing/chunks.ts';

async function refused(bytes: number[], encoding: string): Promise<[unknown, unknown]> {
  const at: [unknown, unknown][] = [];
  for (const size of [1, 2, 3, 5, 64]) {
    try {
      await decode(Uint8Array.from(bytes), encoding, size);
      return [null, null];
    } catch (error) {
      assert.instance(error, RelayError);
      const { code, details } = error as RelayError;
      assert.is(code, 'DECODE_ERROR');
      at.push([details.byte_offset, details.line]);
    }
  }
  for (const one of at) assert.equal(one, at[0]);
  return at[0]!;
}

test('labels of encodings are recognized in any spelling', () => {
  const cases: [string, string | null][] = [
    ['UTF8', 'utf-8'],
    ['utf_8_sig', 'utf-8'],
    ['Latin 1', 'iso-8859-1'],
    ['CP-1252', 'windows-1252'],
    ['win1250', 'windows-1250'],
    ['Windows-31J', 'shift_jis'],
    ['cp949', 'euc-kr'],
    ['GB2312', 'gbk'],
    ['auto', null],
    ['utf-9', null],
  ];
  for (const [label, name] of cases) assert.is(resolveEncoding(label), name, label);
  for (const name of ENCODING_NAMES) assert.is(resolveEncoding(name), name);
  const labels = ENCODINGS.flatMap((e) => e.aliases.map((a) => [a, e.name]));
  for (const [alias, name] of labels) assert.is(resolveEncoding(alias!), name!, alias);
});

test('ill-formed UTF-8 is found where it starts, at any chunking', async () => {
  const a = 97;
  const cases: [number[], number, number][] = [
    [[a, 0x80], 1, 1],
    [[a, 10, 13, 10, 13, 0xc0, 0xaf], 5, 4],
    [[0xe0, 0x80, 0x80], 0, 1],
    [[a, 0xed, 0xa0, 0x80], 1, 1],
    [[0xf4, 0x90, 0x80, 0x80], 0, 1],
    [[0xf0, 0x8f, 0xbf, 0xbf], 0, 1],
    [[a, a, 10, 0xe2, 0x82], 3, 2],
    [[0xef, 0xbb, 0xbf, a, 0xff], 4, 1],
    [[...new Array(40).fill(a), 13, ...new Array(9).fill(a), 10, 0xc3, 0xa9, 0xf5], 53, 3],
  ];
  for (const [bytes, offset, line] of cases)
    assert.equal(await refused(bytes, 'utf-8'), [offset, line], bytes.join(' '));
});

test('the UTF-8 check agrees with TextDecoder on any bytes', async () => {
  const bytes = fc.array(
    fc.oneof(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 10, 13, 0x1a),
      fc.integer({ min: 0, max: 255 }),
    ),
    { maxLength: 24 },
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (list, size) => {
      const whole = Uint8Array.from(list);
      let expected: string | null = null;
      try {
        // a DOS end mark, the padding after it and NULs at the end are not text
        expected = new TextDecoder('utf-8', { fatal: true }).decode(whole).replace(/\0*\x1a[\x1a\0\r\n]*$|\0+$/, '');
      } catch {}
      const got = await decode(whole, 'utf-8', size).catch(() => null);
      assert.is(got, expected);
    }),
    { numRuns: 2000 },
  );
});

test('bytes that an encoding does not define are refused', async () => {
  const cases: [string, number[], number, number][] = [
    ['windows-1252', [97, 10, 0x81], 2, 2],
    ['us-ascii', [97, 98, 0xe9], 2, 1],
    ['utf-16le', [97, 0, 10, 0, 0x00, 0xd8, 97, 0], 4, 2],
    ['utf-16le', [97, 0, 0x0a, 0x0a, 0x00, 0xdc], 4, 1],
    ['utf-16le', [0xff, 0xfe, 97, 0, 98], 4, 1],
    ['utf-16', [0xfe, 0xff, 0, 97, 0xd8, 0], 4, 1],
    ['utf-32le', [97, 0, 0, 0, 0, 0, 0x11, 0], 4, 1],
    ['shift_jis', [97, 13, 0x82, 10], 2, 2],
    ['shift_jis', [0x82], 0, 1],
    ['gbk', [97, 0x81, 0x20], 1, 1],
    ['gb18030', [97, 0x81, 0x30, 0x81], 1, 1],
    ['euc-jp', [0x8f, 0xa2], 0, 1],
    ['big5', [10, 0xff], 1, 2],
    ['euc-kr', [0x81], 0, 1],
  ];
  for (const [encoding, bytes, offset, line] of cases)
    assert.equal(await refused(bytes, encoding), [offset, line], `${encoding} ${bytes}`);
});

test('a genuine U+FFFD is accepted, and only the first BOM removed', async () => {
  assert.is(await decode(Uint8Array.of(0xfd, 0xff, 97, 0), 'utf-16le'), '\ufffda');
  assert.is(await decode(Uint8Array.of(0x84, 0x31, 0xa4, 0x37), 'gb18030', 1), '\ufffd');
  assert.is(await decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 97), 'utf-8', 1), '\ufeffa');
  assert.is(await decode(Uint8Array.of(0xfe, 0xff, 0, 97), 'utf-16', 1), 'a');
  assert.is(await decode(Uint8Array.of(97, 0), 'utf-16'), 'a');
  assert.is(await decode(new Uint8Array(0), 'utf-8'), '');
});

test('property: streaming equals decoding at once, in every encoding', async () => {
  const samples: Record<string, string> = {
    shift_jis: 'タオル、青\r\n自転車ｶﾅ~\\',
    'euc-jp': 'タオル、青\n自転車',
    gbk: '红色毛巾€\n灯',
    gb18030: '红色毛巾\n灯😀é',
    big5: '紅色毛巾\n燈',
    'euc-kr': '빨간 수건\n조명',
  };
  for (const { name, family, iconvName } of ENCODINGS) {
    let bytes: Uint8Array;
    let text: string;
    if (family === 'single-byte') {
      const all = Buffer.from(Array.from({ length: 256 }, (_, b) => b));
      bytes = all
        .filter((b) => name !== 'macintosh' || (b !== 0xdb && b !== 0xf0))
        .filter((b) => iconv.decode(Buffer.from([b]), iconvName!) !== '\ufffd');
      text = iconv.decode(Buffer.from(bytes), iconvName!);
    } else {
      text = samples[name] ?? (name === 'us-ascii' ? 'plain\r\n' : 'aé€😀\n\u07ff\uffff');
      bytes =
        name === 'utf-8' || name === 'us-ascii'
          ? Buffer.from(text)
          : iconv.encode(text, name === 'utf-16' ? 'utf-16le' : name === 'utf-32' ? 'utf-32le' : name);
    }
    for (const size of [1, 2, 3, 1000]) assert.is(await decode(bytes, name, size), text, `${name} by ${size}`);
  }
});

test.run();
