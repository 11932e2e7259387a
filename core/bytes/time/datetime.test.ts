/** The reader of timestamps against a plain model: good ones, and those that differ from them in one sign. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../text.ts';
import { readDatetime } from './datetime.ts';

const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** By the runtime's calendar; NaN for what is no timestamp. `naive` is what is added without a zone. */
function plainTime(text: string, naive: number): number {
  const match = FORM.exec(text);
  if (match === null) return Number.NaN;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', zone] = match;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) return Number.NaN;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '') ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  const offset = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60);
  const seconds = date.getTime() / 1000 + (zone === undefined ? naive : -offset);
  const [first, last] = [Date.parse('0001-01-01T00:00:00Z') / 1000, Date.parse('9999-12-31T23:59:59Z') / 1000];
  return seconds >= first && seconds <= last ? seconds : Number.NaN;
}

const GOOD = [
  ...['2026-07-04', '2024-02-29', '2000-02-29', '1900-02-28', '2023-02-28', '0001-01-01', '9999-12-31', '0004-03-01'],
  ...[
    '2026-07-04 09:05',
    '2026-07-04T23:59',
    '2026-07-04T23:59:59',
    '2026-07-04 00:00:00.5',
    '2026-07-04T10:00:00,123456789',
  ],
  ...[
    '2026-07-04T09:05Z',
    '2026-07-04T09:05:30Z',
    '2026-07-04T09:05:30.25Z',
    '2026-07-04T09:05+02',
    '2026-07-04T09:05-0230',
  ],
  ...[
    '2026-07-04T09:05:30+02:30',
    '2026-07-04T09:05:30.125-0330',
    '2026-07-04T09:05:30-23:59',
    '2026-04-30T19:09:09+00',
  ],
  ...[
    '0001-01-01T01:00:00+01:00',
    '9999-12-31T23:59:59-00:00',
    '9999-12-31T22:59:59-01:00',
    '2026-01-31',
    '2026-12-31',
  ],
];

/** A text with one sign replaced, put in or taken out. */
function* spoilt(text: string): Generator<string> {
  for (let at = 0; at <= text.length; at++) {
    yield text.slice(0, at);
    yield text.slice(0, at) + text.slice(at + 1);
    for (const sign of '/012369: -+TZtz.,;') {
      yield text.slice(0, at) + sign + text.slice(at + 1);
      yield text.slice(0, at) + sign + text.slice(at);
    }
  }
}

function assertReads(text: string): void {
  const bytes = toBytes(`0${text}0`);
  const clock = (wall: number) => wall + 7;
  assert.is(String(readDatetime(bytes, 1, bytes.length - 1, null)), String(plainTime(text, 0)), text);
  assert.is(String(readDatetime(bytes, 1, bytes.length - 1, clock)), String(plainTime(text, 7)), text);
}

test('timestamps, and texts that are nearly one, are read as by the calendar', () => {
  for (const text of GOOD) {
    assert.ok(!Number.isNaN(plainTime(text, 0)), text);
    for (const other of [text, ...spoilt(text)]) assertReads(other);
  }
});

test('each day and month of a common year, a leap year and centuries exists, or does not', () => {
  for (const year of ['1900', '2000', '2023', '2024', '2100'])
    for (let month = 0; month <= 13; month++)
      for (const day of ['00', '01', '28', '29', '30', '31', '32'])
        assertReads(`${year}-${String(month).padStart(2, '0')}-${day}`);
});

test.run();
