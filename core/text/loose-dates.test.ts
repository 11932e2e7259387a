import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { looseDate } from './loose-dates.ts';

const daysOf = (text: string) => {
  const found = looseDate(text);
  return found === null ? null : [found.from, found.to].map((at) => new Date(at * 1000).toISOString().slice(0, 10));
};

test('dates in several forms', () => {
  for (const text of [
    '2026-01-31',
    '2026/01/31 23:00',
    '20260131',
    '31.1.2026',
    '31/01/2026',
    '01/31/2026',
    '31-Jan-2026',
    'January 31, 2026',
  ])
    assert.equal(daysOf(text), ['2026-01-31', '2026-01-31'], text);
});

test('a day and a month that may be swapped are both', () => {
  assert.equal(daysOf('02/01/2026'), ['2026-01-02', '2026-02-01']);
  assert.equal(daysOf('02.01.2026'), ['2026-01-02', '2026-01-02']);
});

test('other texts and dates that stand for none', () => {
  for (const text of ['', '1900-01-01', '0000-00-00', '2026-13-01', '2026-01', '45000', 'soon', '123456789', '1.2.26'])
    assert.is(looseDate(text), null, text);
});

test('the first and the last second of a day, in each form', () => {
  const day = Date.UTC(2026, 1, 3) / 1000;
  for (const text of [
    ...[
      '2026-02-03',
      '2026.02.03',
      '2026/02/03T10:00',
      ' 20260203 ',
      '3.2.2026',
      '03.02.2026, 10:00',
      '3 Feb 2026',
      '03-february-2026',
      'Feb 3 2026',
    ],
    ...['feb. 3, 2026', '3. Feb 2026'],
  ])
    assert.equal(looseDate(text), { from: day, to: day + 86_399 }, text);
  assert.equal(looseDate('2/3/2026'), { from: day, to: Date.UTC(2026, 2, 2) / 1000 + 86_399 });
  assert.equal(daysOf('13-2-2026'), ['2026-02-13', '2026-02-13']);
  assert.equal([daysOf('1.1.2000'), daysOf('31.12.1999')], [['2000-01-01', '2000-01-01'], null]);
  for (const text of [
    '2026-02/03',
    '2026-0203',
    '2026-00-01',
    '2026-01-00',
    '2026-01-32',
    '3.2/2026',
    '32.1.2026',
    '0.1.2026',
    '1.0.2026',
    '13/13/2026',
    '2026-02-03x',
    '3.2.2026x',
    '3 Feb 26',
    '3 Foo 2026',
    '123.1.2026',
    '3..2.2026',
  ])
    assert.is(looseDate(text), null, text);
});

test.run();
