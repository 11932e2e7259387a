import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { timeFormProblem, timeReader } from './datetime-form.ts';

test('timestamps of a declared form are rewritten in the canonical form', () => {
  const pairs: Array<[form: string, text: string, plain: string | null]> = [
    ['MM/DD/YYYY', '07/04/2026', '2026-07-04'],
    ['MM/DD/YYYY', '7/4/2026', null],
    ['M/D/YYYY', '7/4/2026', '2026-07-04'],
    ['M/D/YYYY', '17/14/2026', '2026-17-14'],
    ['D.M.YYYY H:mm', '4.7.2026 9:05', '2026-07-04T09:05:00'],
    ['DD MMM YYYY', '04 JUL 2026', '2026-07-04'],
    ['YYYYMMDDHHmmss', '20260704090530', '2026-07-04T09:05:30'],
    ['MM/DD/YYYY hh:mm A', '07/04/2026 12:00 a.m.', '2026-07-04T00:00:00'],
    ['MM/DD/YYYY hh:mm A', '07/04/2026 12:00 PM', '2026-07-04T12:00:00'],
    ['MM/DD/YYYY hh:mm A', '07/04/2026 13:00 PM', null],
    ['YYYY/MM/DD HH:mm Z', '2026/07/04 09:05 +0200', '2026-07-04T09:05:00+0200'],
    ['YYYY-MM-DDTHH:mm:ss.SSSZ', '2026-10-31T10:00:00.123Z', '2026-10-31T10:00:00Z'],
    ['YYYY-MM-DDTHH:mm:ssZ', '2026-10-31t10:00:00z', '2026-10-31T10:00:00Z'],
    ['YYYY-MM-DD HH:mm:ss Z', '2026-10-31 10:00:00 UTC', '2026-10-31T10:00:00Z'],
    ['YYYY-MM-DD HH:mm:ss Z', '2026-10-31 10:00:00 CET', null],
    ['YYYYMMDDTHHmmss,SSS', '20261031T100000,5', '2026-10-31T10:00:00'],
    ['D.M.YYYY HH:mm:ss.SSS', '31.10.2026 10:00:59.999999', '2026-10-31T10:00:59'],
    ['D.M.YYYY HH:mm:ss.SSS', '31.10.2026 10:00:59', null],
    ['YYYY.MM.DD', '2026x07x04', null],
    ['MM/DD/YYYY', 'x07/04/2026', null],
  ];
  for (const [form, text, plain] of pairs) {
    assert.is(timeFormProblem(form), null, form);
    assert.is(timeReader(form)(text), plain, `${form}: ${text}`);
  }
});

test('a form that cannot be read is refused', () => {
  const bad = ['', 'YYYY-MM', 'MM/DD/YY', 'MM/M/DD/YYYY', 'YYYY-MM-DD mm:ss', 'YYYY-MM-DD hh:mm', 'YYYY-MM-DD HH:mm A'];
  bad.push('YYYY-MM-DD HH:ss', 'YYYY-MM-DDZ', 'YYYY-MM-DD (HH:mm)', 'dd.mm.yyyy', 'YYYY-MM-DD HH h:mm A');
  bad.push('YYYY-MM-DD HH:mm:SSS', 'YYYY-MM-DD HH:mm:ss.S', 'YYYY-MM-DD HH:mm:ss.SSSSSS');
  for (const form of bad) assert.type(timeFormProblem(form), 'string', form);
});

test('MM where minutes are meant is named in the problem', () => {
  assert.is(timeFormProblem('DD.MM.YYYY HH:MM'), 'names the month twice: minutes are mm');
  assert.is(timeFormProblem('DD.D.MM.YYYY'), 'names the day twice');
});

test.run();
