/** UTF-16 and UTF-32, with a byte order mark and without one, and what is declared. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayError } from '../../../../../core/errors.ts';
import { cut } from '../testing/chunks.ts';
import { chooseEncoding } from './choice.ts';

/** The encoding with how it was chosen, or the code of the refusal. */
const chosen = (bytes: Uint8Array, declared = 'auto', size = 1000): Promise<string> =>
  chooseEncoding(() => cut(bytes, size), { declared }).then(
    ({ encoding, bom, reason }) => `${encoding} by ${bom ? 'its mark' : reason}`,
    (error: RelayError) => error.code,
  );

function utf16(text: string, isBig: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
}

function utf32(text: string, isBig: boolean): Uint8Array {
  const signs = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  const out = Buffer.alloc(4 * signs.length);
  for (const [i, sign] of signs.entries()) isBig ? out.writeUInt32BE(sign, 4 * i) : out.writeUInt32LE(sign, 4 * i);
  return out;
}

test('without a mark, zeros at one side of most characters tell UTF-16 and UTF-32', async () => {
  const latin = 'sku;qty\nA1;5\n';
  for (const isBig of [false, true]) {
    const [two, four] = isBig
      ? ['utf-16be by detected', 'utf-32be by detected']
      : ['utf-16le by detected', 'utf-32le by detected'];
    const cases: [bytes: Uint8Array, found: string][] = [
      [utf16(latin, isBig), two],
      [utf16('ab', isBig), two],
      [utf16('a', isBig), 'utf-8 by valid utf-8'],
      [utf16('日本;1\n'.repeat(9), isBig), two],
      [utf16('Товар;5\nЛампа;7\n', isBig), two],
      [utf32(latin, isBig), four],
      [utf32('a', isBig), four],
      [utf32('日本;1\n', isBig), four],
      [utf32(latin, isBig).subarray(0, -1), 'utf-8 by valid utf-8'],
      [utf32(latin, isBig).subarray(0, -2), 'utf-8 by valid utf-8'],
    ];
    for (const [bytes, found] of cases) assert.is(await chosen(bytes), found, `${found}: ${bytes.join()}`);
    const isWide = async (text: string) => (await chosen(utf16(text, isBig))) === two;
    const some = (sign: string, count: number, other = '日') => sign.repeat(count) + other.repeat(40 - count);
    // three quarters are enough; with line ends, three twentieths
    assert.equal([await isWide(some('a', 29)), await isWide(some('a', 30))], [false, true]);
    assert.equal([await isWide(some('\n', 5)), await isWide(some('\n', 6))], [false, true]);
    // half of the line feeds may be halves of other characters
    const halves = (count: number) => '\n'.repeat(6) + some('ऊ', count).slice(0, 34);
    assert.equal([await isWide(halves(6)), await isWide(halves(7))], [true, false]);
    // one zero in twenty may be at the other side
    assert.equal([await isWide(`${'a'.repeat(19)}Ā`), await isWide(`${'a'.repeat(20)}Ā`)], [false, true]);
  }
  for (const count of [0, 1, 2, 3, 8]) {
    assert.is(await chosen(Buffer.concat([Buffer.from('a'.repeat(38)), Buffer.alloc(count)])), 'utf-8 by valid utf-8');
  }
  assert.equal(
    [await chosen(new Uint8Array(0)), await chosen(new Uint8Array(8))],
    Array(2).fill('utf-8 by valid utf-8'),
  );
});

test('a mark counts before what is declared, and after a declared UTF-16 two zeros are a character', async () => {
  const marks = [
    [0xff, 0xfe, 0, 0, 65, 0],
    [0xfe, 0xff, 0, 65],
    [0xef, 0xbb, 0xbf, 65],
    [0, 0, 0xfe, 0xff],
    [65, 66],
    [0xff, 0xfe],
  ];
  const cases: [declared: string, found: string][] = [
    ['utf-16', 'utf-16le* utf-16be* utf-8* utf-32be* utf-16le utf-16le*'],
    ['utf-16le', 'utf-16le* utf-16be* utf-8* utf-32be* utf-16le utf-16le*'],
    ['UTF-16BE', 'utf-16le* utf-16be* utf-8* utf-32be* utf-16be utf-16le*'],
    ['utf-32', 'utf-32le* utf-16be* utf-8* utf-32be* utf-32le utf-16le*'],
    ['utf-8', 'utf-32le* utf-16be* utf-8* utf-32be* utf-8 utf-16le*'],
    ['windows-1252', 'utf-32le* utf-16be* utf-8* utf-32be* windows-1252 utf-16le*'],
    [' AUTO ', 'utf-32le* utf-16be* utf-8* utf-32be* utf-8 utf-16le*'],
  ];
  for (const [declared, found] of cases) {
    for (const size of [1, 3, 100]) {
      const all: string[] = [];
      for (const mark of marks) {
        const [encoding, , ...how] = (await chosen(Uint8Array.from(mark), declared, size)).split(' ');
        all.push(encoding + (how.join(' ') === 'its mark' ? '*' : ''));
      }
      assert.is(all.join(' '), found, declared);
    }
  }
});

test.run();
