/** The figures of guardrails and reports, compared with slow and obvious ways to get them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Money } from '../../core/money/money.ts';
import { RatioMedian } from '../../core/pipeline/publish/figures/ratio-median.ts';
import { compareRatios, type Ratio, ratioText, Share, shareText } from '../../core/pipeline/publish/figures/share.ts';
import { WorstList } from '../../core/pipeline/publish/figures/worst-list.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { Random } from '../oracle/generate/random.ts';

const test = suite('figures');

test('a share is exceeded by the next greater part, however many digits either has', () => {
  const cases: Array<[share: string, part: number, whole: number, isExceeded: boolean]> = [
    ['0.2', 2, 10, false],
    ['0.2', 3, 10, true],
    ['0.2', 1, 10, false],
    ['0', 0, 10, false],
    ['0', 1, 10, true],
    ['0.5', 0, 0, false],
    ['0.5', 1, 0, true],
    ['3', 30, 10, false],
    ['3', 31, 10, true],
    // beyond safe integers
    ['0.333333333333333', 333_333_333_333_333, 1e15, false],
    ['0.333333333333333', 333_333_333_333_334, 1e15, true],
    ['0.33333333333333333333', 333_333_333_333_333, 1e15, false],
    ['0.33333333333333333333', 333_333_333_333_334, 1e15, true],
    ['0.00000000000000000001', 1, 1e15, true],
    ['0.0000000000000001', 1, 9_007_199_254_740_991, true],
    ['0.0000000000000001', 1, 1e15, true],
    ['0.000000000000001', 1, 1e15, false],
    ['9007199254740993', 9_007_199_254_740_991, 1, false],
    ['9007199254740990', 9_007_199_254_740_991, 1, true],
    ['9007199254740991', 9_007_199_254_740_991, 1, false],
    ['90071992547409930', 1, 0, true],
  ];
  for (const [share, part, whole, isExceeded] of cases) {
    const one = new Share(Money.of(share));
    assert.is(one.isExceeded(part, whole), isExceeded, `${part} of ${whole} and ${share}`);
    assert.is(one.toString(), share);
  }
  const random = new Random(1);
  for (let i = 0; i < 300; i++) {
    const scale = random.int(0, 18);
    const units = BigInt(random.digits(random.int(1, 17)));
    const whole = random.int(0, 10 ** random.int(0, 15));
    const near = Number((BigInt(whole) * units) / 10n ** BigInt(scale)) + random.int(-1, 1);
    const part = Math.max(0, Math.min(near, Number.MAX_SAFE_INTEGER));
    const expected = BigInt(part) * 10n ** BigInt(scale) > BigInt(whole) * units;
    assert.is(new Share(Money.ofUnits(units, scale)).isExceeded(part, whole), expected, `${i}`);
  }
});

test('shares have four decimals, rounded half up, without zeros at the end', () => {
  const cases: Array<readonly [part: number, whole: number, text: string]> = [
    ...([
      [0, 3, '0'],
      [1, 3, '0.3333'],
      [2, 3, '0.6667'],
      [1, 2, '0.5'],
      [10, 1, '10'],
      [100, 1, '100'],
    ] as const),
    ...([
      [1, 20_000, '0.0001'],
      [1, 20_001, '0'],
      [3, 20_000, '0.0002'],
      [1, 10_000, '0.0001'],
      [5, 4, '1.25'],
    ] as const),
    ...([
      [99_995, 100_000, '1'],
      [99_994, 100_000, '0.9999'],
      [1, 0, 'infinite'],
      [120, 1, '120'],
    ] as const),
  ];
  for (const [part, whole, text] of cases) {
    assert.is(shareText(part, whole), text);
    assert.is(ratioText({ numerator: BigInt(part), denominator: BigInt(whole) }), text);
  }
});

test('quotients are in order; all with a denominator of 0 are the same, and more than any other', () => {
  const ratio = (numerator: number, denominator: number): Ratio => ({
    numerator: BigInt(numerator),
    denominator: BigInt(denominator),
  });
  const sorted = [ratio(0, 5), ratio(1, 3), ratio(33_334, 100_000), ratio(2, 1), ratio(1, 0)];
  for (const [i, a] of sorted.entries())
    for (const [j, b] of sorted.entries()) assert.is(compareRatios(a, b), Math.sign(i - j), `${i} and ${j}`);
  assert.is(compareRatios(ratio(1, 0), ratio(2, 0)), 0);
  assert.is(compareRatios(ratio(1, 2), ratio(2, 4)), 0);
});

test('the list keeps the greatest weights, the earliest among equal ones', () => {
  const random = new Random(2);
  for (const max of [1, 2, 5]) {
    const list = new WorstList<string>(max);
    const all: Array<{ weight: number; value: string }> = [];
    for (let i = 0; i < 40; i++) {
      const one = { weight: random.int(-2, 6), value: `${i}` };
      const kept = [...all, one].sort((a, b) => b.weight - a.weight).slice(0, max);
      assert.is(list.takes(one.weight), kept.includes(one));
      list.add(one.weight, one.value);
      all.push(one);
      assert.equal(
        list.values,
        kept.map(({ value }) => value),
      );
    }
  }
  assert.not(new WorstList(0).takes(1));
});

/** By sorting all of them. */
function plainMedian(pairs: ReadonlyArray<[number, number]>): string | null {
  const ratios = pairs
    .map(
      ([part, whole]): Ratio =>
        part === 0 ? { numerator: 0n, denominator: 1n } : { numerator: BigInt(part), denominator: BigInt(whole) },
    )
    .sort(compareRatios);
  const middle = ratios.length >> 1;
  const [lower, upper] = [ratios[middle - 1], ratios[middle]];
  if (upper === undefined) return null;
  if (ratios.length % 2 === 1 || lower?.denominator === 0n || upper.denominator === 0n) return shown(upper);
  const [a, b] = [lower!, upper];
  return shown({
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: 2n * a.denominator * b.denominator,
  });
}

function shown({ numerator, denominator }: Ratio): string {
  if (denominator === 0n) return 'infinite';
  let [a, b] = [numerator, denominator];
  while (b > 0n) [a, b] = [b, a % b];
  return `${numerator / a}/${denominator / a}`;
}

test('property: the median is exact, also of quotients with the same float and of those in scratch', async () => {
  const random = new Random(3);
  const big = 9_007_199_254_740_000;
  const makers: Array<() => [number, number]> = [
    () => [random.int(0, 3), random.int(1, 4)],
    () => [random.int(0, 1), random.int(0, 2)],
    () => [random.int(1, 1000), random.int(1, 1000)],
    // of the same float
    () => [big - random.int(0, 2), big + random.int(0, 900)],
    () => [random.int(0, 1) * random.int(1, 1e12), random.int(1, 9)],
  ];
  const scratch = new MemoryScratch();
  for (let i = 0; i < 24; i++) {
    const median = new RatioMedian(scratch);
    const pairs: Array<[number, number]> = [];
    const count = i < 3 ? i : random.int(1, 12);
    const make = makers[i % makers.length]!;
    for (let k = 0; k < count; k++) {
      const one = make();
      pairs.push(one);
      median.add(...one);
      if (random.chance(0.2)) await median.flush();
    }
    const zeros = random.int(0, 2);
    median.addZeros(zeros);
    for (let k = 0; k < zeros; k++) pairs.push([0, 1]);
    assert.is(median.count, pairs.length);
    const found = await median.median();
    assert.is(found === null ? null : shown(found), plainMedian(pairs), JSON.stringify(pairs));
    await median.dispose();
    await median.dispose();
  }
  assert.is(scratch.live, 0);
});

test('quotients in scratch are read in parts', async () => {
  const scratch = new MemoryScratch();
  const median = new RatioMedian(scratch);
  const count = 17_001;
  for (let i = 1; i <= count; i++) median.add(i, 1000);
  await median.flush();
  assert.equal(shown((await median.median()) as Ratio), shown({ numerator: BigInt(count + 1), denominator: 2000n }));
  await median.dispose();
  assert.equal([scratch.created, scratch.live], [1, 0]);
});

test('65,536 quotients fit into memory', async () => {
  const median = new RatioMedian(new MemoryScratch());
  for (let i = 1; i <= 65_536; i++) {
    assert.not(median.isFull);
    median.add(i, 1);
  }
  assert.ok(median.isFull);
  await median.flush();
  assert.not(median.isFull);
  assert.is(median.count, 65_536);
});

test.run();
