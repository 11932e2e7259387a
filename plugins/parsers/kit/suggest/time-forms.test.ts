/** Which forms read a column's timestamps, and which timestamps need none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTime, timeForms } from './time-forms.ts';

test('the form that reads nearly all cells is found; two if only the user can know; none for other texts', () => {
  for (const [cells, forms] of [
    [['13.11.2026', '5.1.2026'], ['D.M.YYYY']],
    [['11/13/2026', '1/5/2026'], ['M/D/YYYY']],
    // day and month could be swapped
    [
      ['11/12/2026', '1/5/2026'],
      ['M/D/YYYY', 'D/M/YYYY'],
    ],
    // both orders read these cells alike
    [
      ['11/11/2026', '5/5/2026'],
      ['M/D/YYYY', 'D/M/YYYY'],
    ],
    // only one order is possible
    [['2026/11/13', '2026/1/5'], ['YYYY/M/D']],
    [['11-Oct-2026'], ['D-MMM-YYYY']],
    [['Oct 11, 2026'], ['MMM D, YYYY']],
    // other ISO 8601 forms
    [['20261031'], ['YYYYMMDD']],
    [['20261031T100000Z'], ['YYYYMMDDTHHmmssZ']],
    [['2026-10-31T10:00:00z'], ['YYYY-M-DTH:mm:ssZ']],
    [['2026-10-31t10:00:00.5z'], ['YYYY-M-DTH:mm:ss.SSSZ']],
    [['2026-10-31T9:05:00'], ['YYYY-M-DTH:mm:ss']],
    [['2026-10-31 10:00:00 UTC', '2026-10-31 10:00:00 +02:00'], ['YYYY-M-D H:mm:ss Z']],
    [['soon', 'later'], []],
  ] as const) {
    assert.equal(
      timeForms(cells).filter((form) => form !== ''),
      forms,
      cells.join(),
    );
  }
  // one in twenty may be something else
  const cells = (odd: number) => [...Array(20 - odd).fill('13.11.2026'), ...Array(odd).fill('?')];
  assert.equal(timeForms([...cells(0), ...cells(1)]), ['D.M.YYYY']);
  assert.equal(
    timeForms(cells(1)).filter((form) => form !== ''),
    [],
  );
});

test('times in the canonical form need no declared form', () => {
  for (const text of ['2026-11-13', '2026-11-13T06:00:00Z']) assert.ok(isTime(text), text);
  for (const text of ['', '13.11.2026', 'soon']) assert.not.ok(isTime(text), text);
});

test.run();
