import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ByteMap, seedOf } from './byte-map.ts';
import {
  EMPTY,
  INVALID,
  NEGATIVE,
  readInteger,
  readMoney,
  readMoneySlowly,
  SLOW,
  writeCents,
  writeInteger,
  writeMicros,
} from './numbers.ts';
import { toBytes, toText, writeCell } from './text.ts';
import { readDatetime, writeDatetime } from './time/datetime.ts';
import { isTimeZone, zoneClock } from './time/timezone.ts';
import { ZONES_WITH_RULES } from './time/zone-rules.ts';

const over = <T>(text: string, read: (bytes: Uint8Array, from: number, to: number) => T): T => {
  const bytes = toBytes(`#${text}#`);
  return read(bytes, 1, bytes.length - 1);
};
const written = (write: (out: Uint8Array) => number): string => {
  const out = new Uint8Array(64);
  return toText(out, 0, write(out));
};

test('integers are read, or refused by code', () => {
  const cases: Array<[string, number]> = [
    ['12', 12],
    ['+3', 3],
    ['12.0', 12],
    ['12.000', 12],
    ['007', 7],
    ['-0', 0],
    ['', EMPTY],
    ['-1', NEGATIVE],
    ['999999999999999', 999999999999999],
    ['0000000000000000000001', 1],
    ['1000000000000000', INVALID],
    ['-1000000000000000', NEGATIVE],
  ];
  for (const [text, value] of cases) assert.is(over(text, readInteger), value, text);
  for (const text of ['12.', '.0', '12.5', '1e3', '+', '-', '1 000', '1,000', '0x1', '١', '--1', '12.0.0']) {
    assert.is(over(text, readInteger), INVALID, text);
  }
});

test('money: the fast reader agrees with the exact one or hands over to it', () => {
  const digits = fc.string({ unit: fc.constantFrom('0', '1', '5', '9', '.', '-', '+', ',', 'e'), maxLength: 14 });
  fc.assert(
    fc.property(digits, (text) => {
      const fast = over(text, readMoney);
      if (text === '') assert.is(fast, EMPTY);
      else if (fast !== SLOW) assert.equal({ micros: fast, rounded: false }, readMoneySlowly(text), text);
    }),
    { numRuns: 5000 },
  );
});

test('money has the documented forms, limits and rounding', () => {
  const cases: Array<[string, number, boolean]> = [
    ['10', 10e6, false],
    ['.5', 500000, false],
    ['7.', 7e6, false],
    ['+1.25', 1250000, false],
    ['999999999.999999', 999999999999999, false],
    ['999999999.9999999', 1e15, true],
    ['0.0000005', 0, true],
    ['0.0000015', 2, true],
    ['1.23456750', 1234568, true],
    ['1.2345670', 1234567, false],
    ['-0.00', 0, false],
    ['1000000000', INVALID, false],
    ['-5', NEGATIVE, false],
    ['-0.0000001', NEGATIVE, false],
    ['-9999999999', NEGATIVE, false],
  ];
  for (const [text, micros, rounded] of cases) assert.equal(readMoneySlowly(text), { micros, rounded }, text);
  for (const text of ['.', '1,5', '$5', '5 €', '1e3', '1.2.3', 'CALL'])
    assert.is(readMoneySlowly(text).micros, INVALID, text);
});

test('numbers are written exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      assert.is(
        written((out) => writeInteger(out, 0, value)),
        String(value),
      );
      const cents = String(value).padStart(3, '0');
      assert.is(
        written((out) => writeCents(out, 0, value)),
        `${cents.slice(0, -2)}.${cents.slice(-2)}`,
      );
    }),
    { numRuns: 2000 },
  );
  for (const value of [0, 9, 10, 99, 100, 2147483647, 2147483648, 4294967296]) {
    assert.is(
      written((out) => writeInteger(out, 0, value)),
      String(value),
    );
  }
  assert.is(
    written((out) => writeMicros(out, 0, 12345000, 2)),
    '12.34',
  );
  assert.is(
    written((out) => writeMicros(out, 0, 12355000, 2)),
    '12.36',
  );
  assert.is(
    written((out) => writeMicros(out, 0, 12345001, 2)),
    '12.35',
  );
  assert.is(
    written((out) => writeMicros(out, 0, 999999999999999, 2)),
    '1000000000.00',
  );
});

test('timestamps are read and written by the calendar', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62135596800, max: 253402300799 }), (seconds) => {
      const iso = `${new Date(seconds * 1000).toISOString().replace(/^\+00|\.000Z$/g, '')}Z`;
      assert.is(
        written((out) => writeDatetime(out, 0, seconds)),
        iso,
      );
      assert.is(
        over(iso, (b, f, t) => readDatetime(b, f, t, null)),
        seconds,
      );
    }),
    { numRuns: 3000 },
  );
  const read = (text: string) => over(text, (b, f, t) => readDatetime(b, f, t, null));
  const at = (iso: string) => Date.parse(iso) / 1000;
  assert.is(read('2026-02-28'), at('2026-02-28T00:00:00Z'));
  assert.is(read('2024-02-29 23:59:59'), at('2024-02-29T23:59:59Z'));
  for (const offset of ['+02:00', '+0200', '+02'])
    assert.is(read(`2026-01-01T01:00:00${offset}`), at('2025-12-31T23:00:00Z'));
  assert.is(read('2026-01-01T01:00:00-05:30'), at('2026-01-01T06:30:00Z'));
  for (const fraction of ['.1', '.123', ',123456', `.${'9'.repeat(40)}`])
    for (const zone of ['', 'Z', '+00', '+0000'])
      assert.is(read(`2026-01-01 01:02:03${fraction}${zone}`), at('2026-01-01T01:02:03Z'));
  for (const zone of ['Z', '-00:00', '']) assert.is(read(`2026-01-01T01:02${zone}`), at('2026-01-01T01:02:00Z'));
  const bad = ['2026-02-29', '2026-13-01', '2026-00-10', '2026-01-32', '2026-1-1', '26-01-01', '2026-01-01T24:00:00'];
  bad.push(
    '2026-01-01T00:60:00',
    '2026-01-01T00:00:60',
    '2026-01-01T00',
    '2026-01-01T00:00:',
    '2026-01-01T00:00:0',
    '2026-01-01T00:00:00.',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00.5',
    '2026-01-01T00:00:00.5.5',
    '20260101T000000Z',
    '2026-01-01t00:00:00z',
  );
  bad.push(
    '2026-01-01Z',
    '2026-01-01T00:00:00+2',
    '2026-01-01T00:00:00+24:00',
    '9999-12-31T23:59:59-01:00',
    '01/02/2026',
  );
  bad.push(
    '0001-01-01T00:00:00+01:00',
    '2026-01-01T00:00:00 +02:00',
    '2026/01/01',
    '0000-01-01',
    '2026-01-01  00:00:00',
  );
  for (const text of bad) assert.ok(Number.isNaN(read(text)), text);
});

test('naive timestamps are read in a zone, across its clock changes', () => {
  const berlin = zoneClock('Europe/Berlin');
  const read = (text: string) => over(text, (b, f, t) => new Date(readDatetime(b, f, t, berlin) * 1000).toISOString());
  assert.is(read('2026-01-15 12:00:00'), '2026-01-15T11:00:00.000Z');
  assert.is(read('2026-07-15 12:00:00'), '2026-07-15T10:00:00.000Z');
  assert.is(read('2026-07-15T12:00:00Z'), '2026-07-15T12:00:00.000Z');
  assert.is(read('2026-03-29 02:30:00'), '2026-03-29T01:30:00.000Z', 'skipped: as if the clock had not changed');
  assert.is(read('2026-10-25 02:30:00'), '2026-10-25T00:30:00.000Z', 'repeated: the first');
  assert.is(zoneClock('UTC'), null);
  assert.ok(isTimeZone('Asia/Kolkata'));
  assert.not(isTimeZone('Mars/Olympus'));
});

test('the table of zones agrees with Intl', () => {
  const DAY = 86400;
  // the hours of the clock changes there, from before the table's years until after them
  const days = Array.from({ length: 20 * 12 + 24 }, (_, i) => Date.UTC(2007, i, 1) / 1000);
  const changes = days.flatMap((first) =>
    [2, 9, 10].includes(new Date(first * 1000).getUTCMonth())
      ? Array.from({ length: 31 }, (_, i) => first + i * DAY).filter((day) => new Date(day * 1000).getUTCDay() === 0)
      : [],
  );
  const times = [...days, ...changes.flatMap((day) => [0.5, 1.5, 2.5, 3.5].map((hour) => day + hour * 3600))];
  for (const zone of ZONES_WITH_RULES) {
    assert.ok(isTimeZone(zone));
    // the table knows only the usual spelling, so another one is answered by Intl
    const [table, intl] = [zoneClock(zone)!, zoneClock(zone.toLowerCase())!];
    for (const wall of times) if (table(wall) !== intl(wall)) assert.is(table(wall), intl(wall), `${zone} ${wall}`);
  }
});

test('cells are quoted only if they must be', () => {
  const cell = (text: string, doubled = 0) => {
    const bytes = toBytes(text);
    return written((out) => writeCell(out, 0, bytes, 0, bytes.length, doubled));
  };
  assert.is(cell('plain; text'), 'plain; text');
  assert.is(cell('17" wheel'), '"17"" wheel"');
  assert.is(cell('17"" wheel', 34), '"17"" wheel"');
  assert.is(cell("it''s", 39), "it's");
  assert.is(cell(`it''s ""here""`, 39), `"it's """"here"""""`);
  assert.is(cell('a,b'), '"a,b"');
  assert.is(cell('a\nb'), '"a\nb"');
  assert.is(cell('a\rb'), '"a\rb"');
  assert.is(cell(' é '), ' é ');
});

test('the byte map behaves like a Map', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\x7f', 'é', '\uffff', '\u{1f600}'), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(key, key), { maxLength: 300 }), (entries) => {
      const map = new ByteMap();
      const expected = new Map<string, string>();
      for (const [k, v] of entries) {
        assert.is(map.set(toBytes(k), toBytes(v)), expected.has(k));
        expected.set(k, v);
      }
      assert.is(map.size, expected.size);
      for (const [k, v] of expected) {
        const entry = map.find(toBytes(k), 0, toBytes(k).length);
        assert.is(toText(map.bytes, map.valueStart(entry), map.valueEnd(entry)), v);
      }
      assert.is(map.find(toBytes('not there'), 0, 9), -1);
    }),
    { numRuns: 200 },
  );
});

test('the byte map takes slices, and knows the longest value', () => {
  for (const seed of [0, 1, -7, seedOf('run'), 0x7fffffff]) {
    const map = new ByteMap(seed);
    assert.equal([map.size, map.valueBytesMax, map.find(toBytes(''), 0, 0)], [0, 0, -1]);
    // more keys than slots at the start, each a slice of one text
    const text = toBytes('abcdefghijklmnopqrstuvwxyz');
    const slices = [...text].flatMap((_, from) =>
      [1, 2, 3, 9].map((width) => [from, Math.min(26, from + width)] as const),
    );
    const expected = new Map<string, string>();
    for (const [from, to] of slices) {
      const value = `${from}`.repeat(to - from);
      assert.is(map.setRange(text, from, to, toBytes(value)), expected.has(toText(text, from, to)));
      expected.set(toText(text, from, to), value);
    }
    assert.is(map.size, expected.size);
    for (const [key, value] of expected) {
      const around = toBytes(`x${key}x`);
      const entry = map.find(around, 1, around.length - 1);
      assert.is(toText(map.bytes, map.valueStart(entry), map.valueEnd(entry)), value);
    }
    assert.is(map.valueBytesMax, Math.max(...[...expected.values()].map((value) => value.length)));
    assert.is(map.find(text, 0, 10), -1);
    assert.ok(map.set(toBytes('a'), toBytes('y'.repeat(5000))));
    assert.is(map.valueBytesMax, 5000);
  }
  assert.ok(Number.isInteger(seedOf('a')) && seedOf('a') !== seedOf('b') && seedOf('ab') !== seedOf('a'));
});

test('zones without a table are read by the runtime, south of the equator and before year 1 too', () => {
  const read = (zone: string, text: string) =>
    over(text, (b, f, t) => new Date(readDatetime(b, f, t, zoneClock(zone)) * 1000).toISOString());
  for (const [zone, text, utc] of [
    ['Asia/Kolkata', '2026-01-15 12:00:00', '2026-01-15T06:30:00.000Z'],
    ['Australia/Sydney', '2026-10-04 02:30:00', '2026-10-03T16:30:00.000Z'],
    ['Australia/Sydney', '2026-04-05 02:30:00', '2026-04-04T15:30:00.000Z'],
    ['Australia/Sydney', '2026-01-15 00:00:00', '2026-01-14T13:00:00.000Z'],
    ['America/St_Johns', '2026-07-15 00:00:00', '2026-07-15T02:30:00.000Z'],
    ['Asia/Kolkata', '0001-01-01 12:00:00', '0001-01-01T06:06:32.000Z'],
    ['America/New_York', '2035-07-15 00:00:00', '2035-07-15T04:00:00.000Z'],
    ['America/New_York', '1995-01-15 00:00:00', '1995-01-15T05:00:00.000Z'],
  ] as const)
    assert.is(read(zone, text), utc, `${zone} ${text}`);
  for (const zone of ['UTC', 'utc', 'GMT', 'Etc/UTC', 'etc/gmt']) {
    assert.is(zoneClock(zone), null, zone);
    assert.ok(isTimeZone(zone), zone);
  }
  for (const zone of ['Asia/Calcutta', 'europe/berlin', 'US/Pacific', 'Europe/Berlin'])
    assert.ok(isTimeZone(zone), zone);
  for (const zone of ['', 'xUTC', 'UTCx', 'Etc/UTC/x', 'Berlin', 'x/utc']) assert.not.ok(isTimeZone(zone), zone);
});

test.run();
