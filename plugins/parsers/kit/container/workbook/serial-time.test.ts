/** Serial numbers written from their digits are those of `numberText`, or left to it. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../../../../core/bytes/text.ts';
import { numberText } from './cell-text.ts';
import { NumberFormat } from './number-format.ts';
import { serialSeconds, writeSerial } from './serial-time.ts';

const FORMAT = new NumberFormat('yyyy-mm-dd hh:mm');
const HALF_SECOND = 0.5 / 86_400;

/** Null for what is left to `numberText`. */
function written(stored: string, date1904: boolean): string | null {
  const bytes = toBytes(`<${stored}>`);
  const seconds = serialSeconds(bytes, 1, bytes.length - 1);
  const out = new Uint8Array(30);
  return seconds < 0 ? null : toText(out, 2, writeSerial(out, 2, seconds, date1904));
}

test('serial numbers are days and times as numberText writes them', () => {
  const taken = ['61', '46327', '46327.25', '46327.9999999', '2957001', '0046327.5', '46176.09513888889', '100.00000'];
  for (const stored of taken)
    for (const date1904 of [false, true])
      assert.is(written(stored, date1904), numberText(stored, FORMAT, date1904), `${stored} ${date1904}`);
  const left = ['', '60', '2957002', '00046327', '46327.2x', '46327,5', '-5', '4E4', ' 46327', '46327 '];
  for (const stored of [...left, String(46327 + HALF_SECOND)]) assert.is(written(stored, false), null, stored);
});

test('property: of random serial numbers, all but those near half a second are written so', () => {
  const day = fc.oneof(fc.integer({ min: 61, max: 60_000 }), fc.integer({ min: 61, max: 2_957_001 }));
  const part = fc.oneof(
    fc.integer({ min: 0, max: 86_400 }).map((seconds) => seconds / 86_400),
    fc.integer({ min: 0, max: 172_800 }).map((halves) => halves / 172_800),
    fc.double({ min: 0, max: 0.999999, noNaN: true }),
  );
  let taken = 0;
  const property = fc.property(day, part, fc.boolean(), (days, fraction, date1904) => {
    const stored = String(days + fraction);
    const text = written(stored, date1904);
    if (text === null) return;
    taken++;
    assert.is(text, numberText(stored, FORMAT, date1904), stored);
  });
  fc.assert(property, { numRuns: 300 });
  assert.ok(taken > 180, `${taken} taken`);
});

test.run();
