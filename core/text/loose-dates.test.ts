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

test.run();
