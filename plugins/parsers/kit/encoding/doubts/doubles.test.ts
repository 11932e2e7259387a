/** The fast pass over a chunk finds what a check of every byte finds. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findDoubles, TextSamples } from './doubles.ts';

/** Bytes of text that was encoded twice, and others. */
const BYTES = [
  ...[0x41, 0x2c, 0x0a, 0xc3, 0x82, 0x83, 0xc2, 0xa0, 0xa9, 0xe2, 0x80, 0x9a, 0xef, 0xbf, 0xbd, 0x90, 0xb1],
  ...[0xc5, 0xc6, 0xcb, 0x92, 0x93, 0x86, 0xb8],
];

function isDouble(chunk: Uint8Array, i: number): boolean {
  const [first, lead, at, next, last] = [
    chunk[i - 2],
    chunk[i - 1],
    chunk[i],
    chunk[i + 1] ?? Number.NaN,
    chunk[i + 2],
  ];
  if (first !== 0xc3) return false;
  if (at === 0xc2) {
    if (lead === 0x82 || lead === 0x83 || next < 0xa0) return true;
    return (lead === 0x90 || lead === 0x8e) && next > 0xb0 && next !== 0xbb;
  }
  if (at !== 0xe2) {
    const letter = new TextDecoder().decode(chunk.subarray(i, i + 2));
    return lead === 0x83 && /^[ŒœŠšŸŽžƒˆ˜]/.test(letter);
  }
  if (next === 0x82 && last === 0xac) return lead === 0xa2 || lead === 0x83 || lead === 0x90;
  const isSign = next === 0x80 && [0x9a, 0x9e, 0xa0, 0xa1, 0xb0, 0xb9].includes(last ?? 0);
  return isSign && (lead === 0x83 || lead === 0x90 || lead === 0x8e);
}

test('the first occurrence in random bytes is found, from every offset of the chunk', () => {
  let state = 7;
  const random = (n: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * n);
  };
  const found = [0, 0];
  for (let round = 0; round < 4000; round++) {
    const buffer = new Uint8Array(200);
    const from = random(5);
    const chunk = buffer.subarray(from, from + random(120));
    for (let i = 0; i < chunk.length; i++) chunk[i] = random(4) > 0 ? 0x61 : (BYTES[random(BYTES.length)] as number);
    // runs of such bytes, as in real text
    for (let i = random(60); i + 4 < chunk.length && random(3) > 0; i += random(40) + 1) {
      const sequence = [
        [0xc3, 0x83, 0xc2, 0xa9],
        [0xc3, 0xa2, 0xe2, 0x82, 0xac],
        [0xef, 0xbf, 0xbd],
        [0xc3, 0x90, 0xc2, 0xb0],
        [0xc3, 0x83, 0xc5, 0xb8],
      ][random(5)];
      chunk.set((sequence as number[]).slice(0, chunk.length - i), i);
    }
    const [doubles, lost] = [new TextSamples(), new TextSamples()];
    findDoubles(chunk, doubles, lost);
    const hasDouble = chunk.some((_, i) => isDouble(chunk, i));
    const hasLost = chunk.some((byte, i) => byte === 0xef && chunk[i + 1] === 0xbf && chunk[i + 2] === 0xbd);
    assert.is(doubles.found, hasDouble, `round ${round}`);
    assert.is(lost.found, hasLost, `round ${round}`);
    if (hasDouble) found[0]!++;
    if (hasLost) found[1]!++;
  }
  assert.ok(
    found.every((count) => count > 100),
    `found ${found}`,
  );
});

test('each letter of Western Europe that was encoded twice is found, but for one that becomes a dash or a quote; words are not', () => {
  const hasDouble = (text: string) => {
    const doubles = new TextSamples();
    findDoubles(new TextEncoder().encode(text), doubles, new TextSamples());
    return doubles.found;
  };
  // `TextDecoder` of some releases of Node reads windows-1252 as ISO 8859-1
  const signs = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
  const windows = (byte: number) => (byte >= 0x80 && byte < 0xa0 ? signs[byte - 0x80] : String.fromCharCode(byte));
  for (const letter of 'äöüßÄÜàâçéèêëîïôûùÿñØøåæÉÈÀÇŒœŠ') {
    const twice = [...new TextEncoder().encode(letter)].map(windows).join('');
    assert.is(hasDouble(`sku,Stra${twice}e`), !'ŒœŠ'.includes(letter), `${letter} as ${twice}`);
  }
  for (const word of ['São', 'MÃE', 'Łódź', 'Škoda', 'œuvre', 'LÃ', 'Žižkov', 'PÃŁ', 'cœur'])
    assert.not.ok(hasDouble(word), word);
});

test.run();
