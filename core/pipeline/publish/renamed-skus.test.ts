import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../bytes/text.ts';
import { RenamedSkus } from './renamed-skus.ts';

const test = suite('renamed SKUs');

function saidOf(gone: readonly string[], fresh: readonly string[]): string | null {
  const renamed = new RenamedSkus();
  for (const [list, add] of [
    [gone, renamed.gone],
    [fresh, renamed.fresh],
  ] as const) {
    for (const sku of list) {
      // in the middle of other bytes
      const bytes = toBytes(`9Z9${sku}8Y8`);
      add.call(renamed, bytes, 3, bytes.length - 3);
    }
  }
  return renamed.detail();
}

const NUMBERS = ['401', '502', '603', '704', '805', '906', '117', '228', '339', '440'];
const WORDS = ['pear', 'plum', 'kiwi', 'lime', 'date', 'figs', 'nuts', 'beet', 'corn', 'leek'];
const skus = (form: (number: string, word: string, i: number) => string, count = 3): string[] =>
  NUMBERS.slice(0, count).map((number, i) => form(number, WORDS[i]!, i));

/** The number of SKUs that are said to be renamed. */
function countOf(before: Parameters<typeof skus>[0], after: Parameters<typeof skus>[0], count = 3): number {
  return Number(saidOf(skus(before, count), skus(after, count))?.split(':')[0] ?? 0);
}

test('a part before or after the number or word is new or gone, or is another one in ten SKUs', () => {
  const cases: Array<
    [name: string, before: Parameters<typeof skus>[0], after: Parameters<typeof skus>[0], three: number, ten: number]
  > = [
    ['a prefix is gone', (n) => `ACM-${n}`, (n) => n, 3, 10],
    ['a prefix is new', (n) => n, (n) => `ACM-${n}`, 3, 10],
    ['a suffix is new', (n) => n, (n) => `${n}-x`, 3, 10],
    ['both are gone', (n) => `a${n}b`, (n) => n, 3, 10],
    ['a prefix is longer', (n) => `AC${n}`, (n) => `ACM-${n}`, 3, 10],
    ['a suffix is shorter', (n) => `${n}-eu-x`, (n) => `${n}-x`, 3, 10],
    ['another case', (n) => `acm${n}`, (n) => `ACM${n}`, 3, 10],
    ['zeros before', (n) => `000${n}`, (n) => n, 3, 10],
    ['zeros of several lengths', (n, _, i) => '0'.repeat(1 + (i % 3)) + n, (n) => n, 3, 10],
    ['more zeros', (n) => `0${n}`, (n) => `000${n}`, 3, 10],
    ['zeros and a suffix', (n) => `00${n}`, (n) => `${n}-x`, 3, 10],
    ['another prefix', (n) => `ABC${n}`, (n) => `XYZ${n}`, 0, 10],
    ['another suffix', (n) => `${n}-ab`, (n) => `${n}-xy`, 0, 10],
    ['a prefix is gone and a suffix is another', (n) => `A${n}-ab`, (n) => `${n}-xy`, 0, 10],
    ['another prefix for each', (n, word) => `${word}-${n}`, (n) => n, 0, 0],
    ['words', (_, word) => `X-${word}`, (_, word) => word, 3, 10],
    ['words with digits', (_, word) => `X-${word}1`, (_, word) => `${word}1`, 3, 10],
    ['words in another case', (_, word) => word, (_, word) => `x-${word.toUpperCase()}`, 3, 10],
    ['words of other letters', (_, word) => `é${word}`, (_, word) => `x-é${word}`, 3, 10],
    ['words of three letters', (_, word) => word.slice(0, 3), (_, word) => `x-${word.slice(0, 3)}`, 3, 10],
    ['words of two letters', (_, word) => word.slice(0, 2), (_, word) => `x-${word.slice(0, 2)}`, 0, 0],
    ['numbers of two digits', (n) => n.slice(0, 2), (n) => `-${n.slice(0, 2)}`, 0, 0],
    ['numbers of two digits in words', (n) => `ab${n.slice(0, 2)}`, (n) => `x-ab${n.slice(0, 2)}`, 3, 10],
    [
      'a number of three digits that begins with zeros',
      (n) => `00${n.slice(0, 2)}`,
      (n) => `x-00${n.slice(0, 2)}`,
      0,
      0,
    ],
    ['the longest number counts', (n, _, i) => `${100 + i}-1${n}`, (n) => `1${n}`, 0, 0],
    ['the last one of the same length counts', (n) => `999-${n}`, (n) => n, 3, 10],
    ['the first one does not', (n) => `${n}-999`, (n) => n, 0, 0],
    ['a number counts more than a longer word', (n, word) => `${word}${word}-${n}`, (n) => n, 0, 0],
    ['the same SKUs', (n) => n, (n) => n, 3, 10],
    ['other numbers', (n) => `A${n}`, (n) => `1${n}`, 0, 0],
  ];
  for (const [name, before, after, three, ten] of cases)
    assert.equal([countOf(before, after), countOf(before, after, 10)], [three, ten], name);
});

test('it is said of three SKUs and half of those that are gone; of other parts, of ten and nine tenths', () => {
  const [gone, fresh] = [skus((n) => `A-${n}`, 10), skus((n) => n, 10)];
  const others = (count: number) => Array.from({ length: count }, (_, i) => `gone-${5000 + i}`);
  const count = (more: number, renamed: number) =>
    Number(saidOf([...gone.slice(0, renamed), ...others(more)], fresh)?.split(':')[0] ?? 0);
  assert.equal([count(0, 2), count(0, 3), count(3, 3), count(4, 3), count(4, 4)], [0, 3, 3, 0, 4]);
  const [old, now] = [skus((n) => `AB-${n}`, 10), skus((n) => `XY-${n}`, 10)];
  const changed = (more: number, renamed = 10) =>
    Number(saidOf([...old.slice(0, renamed), ...others(more)], now)?.split(':')[0] ?? 0);
  assert.equal([changed(0), changed(1), changed(2), changed(0, 9)], [10, 10, 0, 0]);
});

test('the most frequent change is named, with two examples', () => {
  const gone = [...skus((n) => `A-${n}`, 4), ...['B-1117', 'B-1228', 'B-1339']];
  assert.is(saidOf(gone, [...skus((n) => n, 4), '1117', '1228', '1339']), '4:A-401 is now 401; A-502 is now 502');
  assert.is(
    saidOf(
      [`${'L'.repeat(50)}401`, 'A-502', 'A-603', 'A-704'],
      skus((n) => n, 4),
    ),
    '3:A-502 is now 502; A-603 is now 603',
  );
  assert.is(saidOf([], []), null);
  assert.is(saidOf(['A-401'], []), null);
});

test('a SKU is compared with four new ones of its number, and each change counts once', () => {
  const fresh = (place: number) =>
    skus((n) => n).flatMap((n, k) => Array.from({ length: 6 }, (_, i) => (i === place ? n : `${WORDS[k]}${i}-${n}`)));
  const gone = skus((n) => `A-${n}`);
  assert.ok(saidOf(gone, fresh(3))?.startsWith('3:'));
  assert.is(saidOf(gone, fresh(4)), null);
  assert.is(saidOf(gone, [...skus((n) => n), ...skus((n) => n)])?.slice(0, 2), '3:');
});

test('of very many SKUs those with the lowest hashes are compared, on both sides the same', () => {
  const many = (form: (i: number) => string, count: number) =>
    Array.from({ length: count }, (_, i) => form(10_000 + 7 * i));
  const said = (count: number, other: number) =>
    saidOf(
      many((i) => `A-${i}`, count),
      many((i) => `${i}`, other),
    );
  const countIn = (text: string | null) => Number(text?.split(':')[0] ?? 0);
  assert.is(countIn(said(799, 799)), 799);
  assert.is(countIn(said(800, 800)), 400);
  assert.is(countIn(said(800, 10_000)) > 10, true);
  assert.ok(countIn(said(10_000, 10_000)) >= 400 && countIn(said(10_000, 10_000)) < 800);
  // one core for all of them
  assert.is(
    saidOf(
      many((i) => `${'x'.repeat(i % 5)}-777-${i % 100}`, 900),
      many(() => '777', 900),
    ),
    null,
  );
});

test.run();
