/** Where SKUs begin to have another form: each limit on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { collectedRows } from '../testing/collected-rows.ts';
import { SkuFormsChange } from './sku-forms-change.ts';

function said(skus: readonly string[], file: string | null = null): string[] {
  const change = new SkuFormsChange();
  for (const [i, cell] of skus.entries()) change.look({ file, line: i + 2, cell });
  const { rows, shown } = collectedRows();
  return [...change.warnings('v', rows), ...shown];
}

const times = (count: number, sku: (i: number) => string) => Array.from({ length: count }, (_, i) => sku(i));
/** In no order. */
const mixed = (i: number) => 1000 + ((i * 37) % 101) * 3;

test('leading zeros that end or begin are doubted', () => {
  const padded = times(12, (i) => `00${mixed(i)}`);
  const plain = times(12, (i) => String(mixed(i + 50)));
  const found = said([...padded, ...plain]);
  assert.match(found[0]!, /^skus_change_form:v:line 14: "00\d{4}" and then "\d{4}"$/);
  assert.equal(
    found.slice(1).map((text) => text.split(' ').slice(0, 3).join(' ')),
    ['skus_change_form 13 sku', 'skus_change_form 14 sku'],
  );
  assert.match(said([...plain, ...padded])[0]!, /^skus_change_form:v:line 14: "\d{4}" and then "00\d{4}"$/);
  assert.match(said([...padded, ...plain], 'a.csv')[0]!, /^skus_change_form:v:a\.csv line 14: /);
  assert.match(said([...padded, ...plain], 'a.csv')[1]!, /^skus_change_form a\.csv:13 /);
  const half = (count: number) => times(12, (i) => (i % 2 === 1 && i > 12 - 2 * count ? '00' : '21') + mixed(i));
  assert.is(said([...half(6), ...plain]).length, 3);
  // of the plain ones only half are shorter
  const long = times(6, (i) => `37${mixed(i)}`);
  assert.is(said([...padded, ...plain, ...long, ...long]).length, 3);
  assert.is(said([...padded, ...times(12, (i) => String(100 + 7 * ((i * 5) % 12)))]).length, 3, 'a digit shorter');
  for (const [skus, why] of [
    [[...padded.slice(1), ...plain], 'eleven before'],
    [[...padded, ...plain.slice(1)], 'eleven after'],
    [[...half(5), ...plain], 'fewer than half have zeros'],
    [[...padded, ...plain, ...long, ...long, '371002'], 'fewer than half are shorter'],
    [[...padded, ...plain, 'A'], 'one has a letter'],
    [[...padded, ...plain, '1234567'], 'one is longer'],
    [['00123', ...padded, ...plain], 'the first is shorter'],
    [[...padded, '00123', ...plain], 'one before is shorter'],
    [[...padded, ...plain, '7'], 'one is of another kind'],
    [[...padded, ...times(12, (i) => String(10 + ((i * 5) % 12)))], 'numbers of another kind'],
    [plain, 'no zeros'],
    [[], 'no SKUs'],
  ] as const) {
    assert.equal(said(skus), [], why);
  }
});

test('separators or case that change are doubted, if all else stays', () => {
  const before = times(12, (i) => `AB-${mixed(i)}`);
  const changed: Array<[string, (i: number) => string]> = [
    ['no hyphen', (i) => `AB${mixed(i)}`],
    ['a space', (i) => `AB ${mixed(i)}`],
    ['small', (i) => `ab-${mixed(i)}`],
    ['small, no hyphen', (i) => `ab${mixed(i)}`],
    ['a slash', (i) => `AB/${mixed(i)}`],
    ['both cases', (i) => `Ab-${mixed(i)}`],
    ['half of the letters are new', (i) => `${i % 2 === 0 ? 'AB' : 'XYZ'}${mixed(i)}`],
  ];
  for (const [why, sku] of changed) {
    const after = times(12, (i) => sku(i + 20));
    const found = said([...before, ...after]);
    assert.is(found[0], `skus_change_form:v:line 14: "${before[11]}" and then "${after[0]}"`, why);
    assert.is(
      said([...after, ...before])[0],
      `skus_change_form:v:line 14: "${after[11]}" and then "${before[0]}"`,
      why,
    );
  }
  const plain = times(12, (i) => `AB${mixed(i + 20)}`);
  for (const [skus, why] of [
    [[...before.slice(1), ...plain], 'eleven before'],
    [[...before, ...plain.slice(1)], 'eleven after'],
    [[...before, ...plain, 'AB-5000', 'AB5000'], 'it changes again'],
    [[...before, ...plain, 'AB1000C'], 'one of another shape'],
    [[...before, ...times(12, (i) => `${i % 12 < 5 ? 'AB' : 'XY'}${mixed(i)}`)], 'other letters'],
    [times(24, (i) => `AB-${mixed(i)}`), 'no change'],
  ] as const) {
    assert.equal(said(skus), [], why);
  }
  // separators are the same in any order
  const two = times(12, (i) => (i % 2 === 0 ? `A-${mixed(i)}/1` : `A/${mixed(i)}-1`));
  assert.is(said([...two, ...times(12, (i) => `A-${mixed(i)}-1`)]).length, 3);
  // letters are those at the beginning, in any case; digits in between have one shape of any length
  const parts = times(12, (i) => `A-B-${i + 3}-X${mixed(i)}`);
  assert.is(said([...parts, ...times(12, (i) => `ab${i * 1000}y${mixed(i)}`)]).length, 3);
});

test('two kinds of SKUs in a sorted feed are doubted only if the numbers go on', () => {
  const steps = (from: number, step: number, of: (number: number) => string) => times(12, (i) => of(from + step * i));
  const [hyphen, plain] = [(number: number) => `AB-${number}`, (number: number) => `AB${number}`];
  const up = (start: number, step: number) => said([...steps(1000, step, hyphen), ...steps(start, step, plain)]);
  // the last one before is 1000 + 11 steps
  assert.is(up(1011 + 10, 1).length, 3);
  assert.is(up(1011 + 11, 1).length, 0);
  assert.is(up(1033 + 30, 3).length, 3);
  assert.is(up(1033 + 31, 3).length, 0);
  const same = times(12, () => 'AB-1000');
  assert.is(said([...same, ...steps(1010, 1, plain)]).length, 3);
  assert.is(said([...same, ...steps(1011, 1, plain)]).length, 0);
  const down = (start: number) => said([...steps(start, -1, plain), ...steps(1900, -1, hyphen)]);
  assert.is(said([...steps(1911, -1, plain), ...times(12, () => 'AB-1900')]).length, 3);
  assert.is(down(1921).length, 3);
  assert.is(down(1922).length, 0);
  // not sorted: one number is out of its place
  const unsorted = [...steps(1000, 1, hyphen).slice(1), 'AB-1000'];
  assert.is(said([...unsorted, ...steps(5000, 1, plain)]).length, 3);
  // a few large steps do not make the middle one larger
  const jumps = times(12, (i) => `AB-${1000 + i + (i > 5 ? 500 : 0) + (i > 8 ? 500 : 0)}`);
  assert.is(said([...jumps, ...steps(2011 + 10, 1, plain)]).length, 3);
  assert.is(said([...jumps, ...steps(2011 + 11, 1, plain)]).length, 0);
});

test('long SKUs are not looked at, and only the first ones of a long feed', () => {
  const before = times(12, (i) => `AB-${mixed(i)}`);
  const after = times(12, (i) => `AB${mixed(i)}`);
  assert.is(said([...before, ...after, 'x'.repeat(61)]).length, 3);
  assert.is(said([...before, ...after, 'x'.repeat(60)]).length, 0);
  const many = times(2036, (i) => `AB-${mixed(i)}`);
  assert.is(said([...many, ...after, 'x']).length, 3);
  assert.is(said([...many.slice(1), ...after, 'x']).length, 0);
});

test.run();
