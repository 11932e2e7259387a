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

test('months are read by their English names, hours of either half of the day, and offsets as they are', () => {
  const months = ['Jan', 'FEB', 'mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  for (const [i, month] of months.entries())
    assert.is(timeReader('D-MMM-YYYY')(`5-${month}-2026`), `2026-${String(i + 1).padStart(2, '0')}-05`);
  const hour = (form: string, text: string) =>
    timeReader(`YYYY-MM-DD ${form}`)(`2026-07-04 ${text}`)?.slice(11) ?? null;
  for (const [form, text, plain] of [
    ['h A', '12 am', '00:00:00'],
    ['h A', '1 AM', '01:00:00'],
    ['h A', '11 a.m.', '11:00:00'],
    ['h A', '12 PM', '12:00:00'],
    ['h A', '1 p.m.', '13:00:00'],
    ['h A', '11 Pm', '23:00:00'],
    ['h A', '0 am', null],
    ['h A', '13 am', null],
    ['hh A', '1 am', null],
    ['hh:mm:ss A', '09:05:07 PM', '21:05:07'],
    ['HH', '09', '09:00:00'],
    ['H', '9', '09:00:00'],
    ['H', '19', '19:00:00'],
    ['HH', '9', null],
    ['HH:mm Z', '09:05 GMT', '09:05:00Z'],
    ['HH:mm Z', '09:05 UTC', '09:05:00Z'],
    ['HH:mmZ', '09:05z', '09:05:00Z'],
    ['HH:mmZ', '09:05+02', '09:05:00+02'],
    ['HH:mmZ', '09:05-02:30', '09:05:00-02:30'],
    ['HH:mmZ', '09:05+2', null],
    ['HH:mmZ', '09:05', null],
    ['HH:mm:ss.SSS', '09:05:07.123456789', '09:05:07'],
    ['HH:mm:ss.SSS', '09:05:07.1234567890', null],
    ['HH:mm', '09:05:00', null],
  ] as const)
    assert.is(hour(form, text), plain, `${form}: ${text}`);
});

test('a good form has no problem', () => {
  const forms = [
    'YYYY-MM-DD',
    'M/D/YYYY',
    'DD MMM YYYY',
    'YYYY-MM-DD HH',
    'YYYY-MM-DD h A',
    'YYYY-MM-DD HH:mm:ss.SSS Z',
  ];
  for (const form of forms) assert.is(timeFormProblem(form), null, form);
  const bad = [
    'MM-DD',
    'YYYY-DD',
    'YYYY-MM-DD A',
    'YYYY-MM-DD h',
    'YYYY-MM-DD mm',
    'YYYY-MM-DD HH:mm:mm',
    'YYYY-MM-DD SSS',
  ];
  for (const form of [...bad, 'YYYY-MM-DD HH H', 'YYYY-MM-DD x', 'YYYY YYYY-MM-DD'])
    assert.type(timeFormProblem(form), 'string', form);
});

test.run();
