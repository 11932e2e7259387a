/** The oracle against examples worked by hand: bytes to rows. */

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decode } from './decode.ts';
import { readInt, readMoney, readTimestamp, trim, writeTimestamp } from './fields.ts';
import { column, LOOSE, problems, run } from './support.ts';
import { detectDelimiter, readTable } from './table.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const table = (text: string, delimiter = ',') =>
  readTable(text, delimiter).records.map((r) => `${r.line}${r.malformed ? '!' : ''}:${r.fields.join('|')}`);

test('a BOM wins over the declared encoding and is removed, once', () => {
  assert.equal(decode(bytes(0xef, 0xbb, 0xbf, 0xc3, 0xa9), 'windows-1252'), { text: 'é', encoding: 'utf-8' });
  assert.equal(decode(bytes(0xff, 0xfe, 0x3d, 0xd8, 0x00, 0xde), 'utf-8'), { text: '\u{1f600}', encoding: 'utf-16le' });
  assert.equal(decode(bytes(0xfe, 0xff, 0x00, 0x41), 'auto'), { text: 'A', encoding: 'utf-16be' });
  assert.equal(decode(bytes(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), 'utf-8'), { text: '\ufeff', encoding: 'utf-8' });
});

test('declared encodings decode, whatever the case and the dashes', () => {
  assert.equal(decode(bytes(0x80, 0xe9), 'Windows_1252'), { text: '€é', encoding: 'windows-1252' });
  assert.equal(decode(bytes(0x81, 0xe9), 'ISO_8859_1'), { text: '\u0081é', encoding: 'iso-8859-1' });
  // The second byte of each is an ASCII delimiter or backslash.
  assert.equal(decode(bytes(0x83, 0x7c, 0x95, 0x5c), 'Shift-JIS'), { text: 'ポ表', encoding: 'shift_jis' });
});

test('bytes that do not decode are reported with offset and line', () => {
  const at = (offset: number, line: number, encoding: string) => ({ encoding, offset, line });
  assert.equal(decode(bytes(0x41, 0x0a, 0xc3, 0x28), 'utf-8'), at(2, 2, 'utf-8'));
  assert.equal(decode(bytes(0xef, 0xbb, 0xbf, 0x41, 0xff), 'utf-8'), at(4, 1, 'utf-8'));
  assert.equal(decode(bytes(0x41, 0xe2, 0x82), 'utf-8'), at(1, 1, 'utf-8'));
  assert.equal(decode(bytes(0xed, 0xa0, 0x80), 'utf-8'), at(0, 1, 'utf-8'));
  assert.equal(decode(bytes(0x0d, 0x0a, 0x0d, 0x81), 'cp1252'), at(3, 3, 'windows-1252'));
  assert.equal(decode(bytes(0x82, 0xa0, 0x82), 'shift_jis'), at(2, 1, 'shift_jis'));
  assert.equal(decode(bytes(0xff, 0xfe, 0x41, 0x00, 0x42), 'utf-8'), at(4, 1, 'utf-16le'));
  assert.equal(decode(bytes(0xfe, 0xff, 0xd8, 0x00, 0x00, 0x41), 'utf-8'), at(2, 1, 'utf-16be'));
  const result = run({ a: bytes(0x73, 0xff) });
  assert.is(result.error_code, 'DECODE_ERROR');
  assert.equal(result.failure, { vendor_id: 'a', encoding: 'utf-8', offset: 1, line: 1 });
});

test('records end with LF, CRLF or CR; blank lines are not records; lines are physical', () => {
  assert.equal(table('a,b\r\nc,d\re,f\n\n\r\n\rg,h'), ['1:a|b', '2:c|d', '3:e|f', '7:g|h']);
  assert.equal(table('\n\na,b\n'), ['3:a|b']);
  assert.equal(table('a,\n,\n"",""\nb,\n'), ['1:a|', '4:b|']);
  assert.is(readTable(',\na,\n\n,\n""\n  \n', ',').emptyRows, 3);
  assert.equal(table('"a\r\nb\n",c\nd,e\n'), ['1:a\r\nb\n|c', '4:d|e']);
  assert.equal(table('""\n'), []);
});

test('delimiters have 1 to 4 characters, leftmost first', () => {
  assert.equal(table('a||b|c||"d||e"', '||'), ['1:a|b|c|d||e']);
  assert.equal(
    readTable('a|||b', '||').records.map((r) => r.fields),
    [['a', '|b']],
  );
  assert.equal(table('a;b,c', ';'), ['1:a|b,c']);
  assert.is(detectDelimiter('\na;b;c,d\n'), ';');
  assert.is(detectDelimiter('a'), ',');
});

test('a quote is literal inside an unquoted field, and doubled inside a quoted one', () => {
  assert.equal(table('17" wheel,a"b", "c"\n'), ['1:17" wheel|a"b"| "c"']);
  assert.equal(table('"a""b","""",""\n'), ['1:a"b|"|']);
});

test('a misplaced quote damages only its own row', () => {
  assert.equal(table('a,"17" wheel",5\nb,c\n'), ['1!:a', '2:b|c']);
  assert.equal(table('a,"b" ,5\nb,c\n'), ['1!:a', '2:b|c']);
  assert.equal(table('a,"b,c\nd,"e",f\n'), ['1!:a', '2:d|e|f']);
  assert.equal(table('a,"b,c\nd,e\n'), ['1!:a', '2:d|e']);
  assert.equal(table('a,"b'), ['1!:a']);
});

test('a damaged row ends at the first line end after the opening quote of the bad field', () => {
  // The stray quote is on line 2, but line 2 is read as a row: there its quote is inside an unquoted field.
  assert.equal(table('a,"x\ny"z,b\nc,d\n'), ['1!:a', '2:y"z|b', '3:c|d']);
  // A good field over two lines stays in the row that a later field damages.
  assert.equal(table('"a\nb","c"d\ne,f\n'), ['1!:a\nb', '3:e|f']);
});

test('malformed rows are reported with only row and line', () => {
  const result = run({ a: 'sku,quantity_available\n\n"S,x\nT,1\nU,"1"2\n' }, { policy: LOOSE });
  assert.equal(problems(result), ['2/3; malformed_quote null null', '4/5; malformed_quote null null']);
  assert.equal(column(result.normalized.a, 'sku'), ['T']);
  assert.is(result.total_rows, 3);
});

test('headers match exactly; only mapped and required columns also match trimmed and in any case', () => {
  const result = run(
    { a: ' SKU ,Quantity_Available,COST,Title,title,"Brand, etc"\n1,2,3,4,5,6\n' },
    { vendors: { a: { parser: { column_map: { cost: ' cost ', brand: 'Brand, etc' } } } } },
  );
  assert.is(result.normalized.a!.split('\n')[1], '1,,a,2,,3.00,,,,,6,5,2026-11-01T06:00:00Z');
  assert.equal(result.warnings, [
    'header_matched_loosely:a:sku',
    'header_matched_loosely:a:quantity_available',
    'header_matched_loosely:a:cost',
  ]);
  const exact = run({ a: 'sku,SKU,quantity_available\nright,wrong,1\n' });
  assert.equal(column(exact.normalized.a, 'sku'), ['right']);
});

test('an index maps a column by position; an absent mapped column is a warning', () => {
  const column_map = { sku: '#2', quantity_available: '#0', cost: '#3', title: 'No' };
  const result = run({ a: 'sku,x,y\n5,b,S\n' }, { vendors: { a: { parser: { column_map } } } });
  assert.is(result.normalized.a!.split('\n')[1], 'S,,a,5,,,,,,,,,2026-11-01T06:00:00Z');
  assert.equal(result.warnings, ['mapped_column_missing:a:cost', 'mapped_column_missing:a:title']);
  const parser = { column_map: { sku: '#3' } };
  assert.is(
    run({ a: 'sku,quantity_available,x\n1,1,1\n' }, { vendors: { a: { parser } } }).error_code,
    'missing_required_columns',
  );
});

test('a mapped header that occurs twice is ambiguous', () => {
  const parser = { column_map: { cost: 'Net' } };
  const code = (header: string) => run({ a: `${header}\n1,1,1,1\n` }, { vendors: { a: { parser } } }).error_code;
  assert.is(code('sku,quantity_available,Net,Net'), 'ambiguous_column');
  assert.is(code('sku,quantity_available,NET,net'), 'ambiguous_column');
  assert.is(code('sku,quantity_available,Net,net'), undefined);
  assert.is(code('sku,sku,quantity_available,Net'), 'ambiguous_column');
  assert.is(code('sku,quantity_available,x,x'), undefined);
});

test('missing fields are empty, empty extra fields ignored, other extra fields an error', () => {
  const result = run({ a: 'sku,quantity_available,cost\nS\nT,1,2,,"",\u00a0\nU,x,1,,9\n' }, { policy: LOOSE });
  assert.equal(column(result.normalized.a, 'sku'), ['S', 'T']);
  assert.equal(problems(result), ['4/4; too_many_fields null null; invalid_int quantity_available x']);
});

test('every problem of a row is listed, in canonical order', () => {
  const result = run(
    { a: 'title,updated_at,condition,cost,quantity_available,sku\nx,2026-02-29,old,$5,-1, \n' },
    { policy: LOOSE },
  );
  const [entry] = result.errors;
  assert.is(entry?.error_code, 'missing_value');
  assert.equal(problems(result), [
    '2/2; missing_value sku null; negative_value quantity_available -1; invalid_decimal cost $5; ' +
      'invalid_condition condition old; invalid_datetime updated_at 2026-02-29',
  ]);
});

test('integers are read, or refused by code', () => {
  const read = (cell: string) => {
    const result = readInt(cell);
    return 'value' in result ? result.value : result.code;
  };
  assert.equal(['12', '+3', '12.0', '007', '-0', '-0.0'].map(read), [12n, 3n, 12n, 7n, 0n, 0n]);
  assert.equal(['-5', '-1.0'].map(read), ['negative_value', 'negative_value']);
  for (const cell of ['1.5', '1e3', '0x1', '1,000', '+', '--1', '１', 'x']) assert.is(read(cell), 'invalid_int');
});

test('money is read, or refused by code', () => {
  const read = (cell: string) => {
    const result = readMoney(cell);
    return 'value' in result ? `${result.value.amount.toFixed()}${result.value.rounded ? '~' : ''}` : result.code;
  };
  assert.equal(['10', '.5', '7.', '-0', '999999999.999999'].map(read), ['10', '0.5', '7', '0', '999999999.999999']);
  assert.equal(['1.2345665', '1.2345675', '0.0000005', '1.0000000', '0.00000051'].map(read), [
    '1.234566~',
    '1.234568~',
    '0~',
    '1',
    '0.000001~',
  ]);
  for (const cell of ['1000000000', '$5', '1,5', '1e5', '.', '-', '1 0', '1.2.3'])
    assert.is(read(cell), 'invalid_decimal');
  assert.is(read('-0.01'), 'negative_value');
});

test('timestamps are read, or refused by code', () => {
  const read = (cell: string) => {
    const result = readTimestamp(cell);
    return 'value' in result ? writeTimestamp(result.value) : result.code;
  };
  assert.is(read('2024-02-29'), '2024-02-29T00:00:00Z');
  assert.is(read('2026-10-31 10:00:00'), '2026-10-31T10:00:00Z');
  assert.is(read('2026-10-31T23:30:00-05:30'), '2026-11-01T05:00:00Z');
  assert.is(read('2027-01-01 00:00:00+02:00'), '2026-12-31T22:00:00Z');
  assert.is(read('2026-10-31T10:00'), '2026-10-31T10:00:00Z');
  assert.is(read('2026-10-31T10:00:00,999+02'), '2026-10-31T08:00:00Z');
  assert.is(read('1969-12-31T23:59:59Z'), '1969-12-31T23:59:59Z');
  assert.is(read('0001-01-02'), '0001-01-02T00:00:00Z');
  for (const cell of [
    '2023-02-29',
    '1900-02-29',
    '2026-13-01',
    '2026-1-2',
    '2026-10-31T24:00:00',
    '2026-10-31T10',
    '2026-10-31T10:00:00.Z',
    '2026-10-31Z',
  ]) {
    assert.is(read(cell), 'invalid_datetime');
  }
  for (let seconds = -62e9; seconds < 250e9; seconds += 123_456_789) {
    assert.is(writeTimestamp(seconds), new Date(seconds * 1000).toISOString().replace('.000', ''));
  }
});

test('fields are trimmed of Unicode white space', () => {
  assert.is(trim('\u00a0\u3000\u2028 a b\u0085\t'), 'a b');
  assert.is(trim('\ufeffa\u200b'), '\ufeffa\u200b');
  const result = run({ a: 'sku,quantity_available,condition\n\u00a0S\u2003,\u00a07 , NEW\u3000\n' });
  assert.is(result.normalized.a!.split('\n')[1], 'S,,a,7,,,,,,new,,,2026-11-01T06:00:00Z');
});

test('the vendor id comes from the config, whatever the feed says', () => {
  const result = run({ a: 'sku,quantity_available,vendor_id\nS,1,other\n' });
  assert.equal(column(result.normalized.a, 'vendor_id'), ['a']);
});

test('rounded money is counted in a warning', () => {
  const result = run({ a: 'sku,quantity_available,cost,msrp\nS,1,1.0000001,1.00000000\n' });
  assert.equal(result.warnings, ['money_rounded:a:1']);
});

test.run();
