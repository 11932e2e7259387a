/** The wording of warnings. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NoticeExamples, newWarnings, noticesOf } from './notices.ts';
import { WARNING_WORDS, type WarningWords } from './words.ts';

const test = suite('notices');

const WORDS: ReadonlyArray<[string, WarningWords]> = Object.entries(WARNING_WORDS);

test('every entry is complete, and `seen` names only parts of the form', () => {
  for (const [code, { form, seen, means, do: toDo }] of WORDS) {
    for (const text of [means, toDo]) assert.match(text, /^[^a-z].*\.$/, code);
    assert.match(seen, /[^.]$/, code);
    for (const [, name] of seen.matchAll(/\{(\w+)/g)) {
      assert.ok(form === '' ? name === 'number' : form.split(':').includes(name!), `${code}: ${name}`);
    }
  }
});

test('each form is parsed back into vendor, number and the rest with its colons', () => {
  for (const [code, { form }] of WORDS) {
    const values: Record<string, string> = { vendor: 'acme', number: '1234' };
    const names = form === '' ? [] : form.split(':');
    const detail = names.map((name, i) => values[name] ?? (i === names.length - 1 ? 'X:b' : name)).join(':');
    const [notice] = noticesOf([detail === '' ? code : `${code}:${detail}`], { invalidRows: 1234 });
    assert.is(notice!.code, code);
    assert.is(notice!.vendor_id, names.includes('vendor') ? 'acme' : undefined, code);
    assert.is(notice!.count, names.includes('number') || form === '' ? 1234 : 1, code);
    // examples in code may contain these characters
    assert.not.match(notice!.what.replace(/`[^`]*`/g, ''), /[{}?]/, code);
    if (!/vendor$|number$|^$/.test(form)) assert.match(notice!.what, 'X:b', code);
    if (/number/.test(form) || form === '') assert.match(notice!.what, '1,234', code);
  }
});

test('a warning is new unless an earlier one of its form counts at least as many, whatever the examples', () => {
  const before = ['price_below_cost:2:A at 1.00', 'zero_costs:a:3', 'skus_held:4', 'expectation_not_met:x'];
  for (const [after, isNew] of [
    ['price_below_cost:2:B at 2.00', false],
    ['price_below_cost:1:B at 2.00', false],
    ['price_below_cost:3:A at 1.00', true],
    ['zero_costs:a:3', false],
    ['zero_costs:b:3', true],
    ['skus_held:5', true],
    ['expectation_not_met:y', true],
    ['expectation_not_met:x', false],
    ['map_of_losing_vendor:1:A', true],
  ] as const)
    assert.equal(newWarnings(before, [after]), isNew ? [after] : [], after);
});

test('one is written in the singular, and warnings of one code and vendor share a notice', () => {
  const [one, many, columns, other] = noticesOf([
    'short_rows:a:1',
    'short_rows:b:2',
    'mapped_column_missing:a:brand',
    'mapped_column_missing:a:title',
    'mapped_column_missing:a:msrp',
    'mapped_column_missing:b:msrp',
  ]);
  assert.is(one!.what, '1 row has fewer cells than the header names.');
  assert.is(many!.what, '2 rows have fewer cells than the header names.');
  assert.equal([columns!.vendor_id, columns!.count, other!.vendor_id, other!.count], ['a', 3, 'b', 1]);
  assert.match(columns!.what, /brand.*; .*title.*; and 1 more: `warnings` has all 3\.$/);
  assert.not.match(columns!.what, 'msrp');
});

test('a notice of more than two warnings says how many there are and where', () => {
  const warnings = ['a', 'b', 'c', 'd'].map((name) => `expectation_not_met:${name}`);
  const [notice] = noticesOf([...warnings, 'x:a'], { all: '`run_summary.json`' });
  assert.is(notice?.count, 4);
  assert.match(notice?.what ?? '', /: a; .*: b; and 2 more: `reports\/expectations\.json` has all 4\.$/);
  assert.not.match(noticesOf(warnings.slice(2))[0]?.what ?? '', 'more');
  const columns = ['x', 'y', 'z'].map((name) => `mapped_column_missing:a:${name}`);
  assert.match(
    noticesOf(columns, { all: '`run_summary.json`' })[0]?.what ?? '',
    'and 1 more: `run_summary.json` has all 3.',
  );
});

test('the first two examples are shown, shortened and with control characters spelled out', () => {
  const examples = new NoticeExamples();
  examples.add('short_rows', 'a', { cell: `x\x1b${'y'.repeat(100)}`, column: 'sku', line: 4, file: 'f\u202e.csv' });
  examples.add('short_rows', 'a', { row_number: 9, note: 'beside' });
  examples.add('short_rows', 'a', { line: 10 });
  examples.add('short_rows', 'b', { line: 11 });
  const [notice, other] = noticesOf(['short_rows:a:3', 'short_rows:b:1'], { examples });
  const cell = `x\\u001b${'y'.repeat(58)}…`;
  assert.equal(notice!.examples, [
    { file: 'f\\u202e.csv', line: 4, column: 'sku', cell },
    { row_number: 9, note: 'beside' },
  ]);
  assert.is(
    notice!.what,
    `3 rows have fewer cells than the header names: line 4 of f\\u202e.csv, sku "${cell}"; row 9 (beside)`,
  );
  assert.equal(other!.examples, [{ line: 11 }]);
  const whole = new NoticeExamples();
  whole.add('short_rows', 'a', { file: 'a.csv' });
  const [unplaced] = noticesOf(['short_rows:a:1'], { examples: whole });
  assert.is(unplaced!.what, '1 row has fewer cells than the header names: a.csv');
});

test('a notice without examples shows those of the warning, bounded and spelled out', () => {
  const [notice] = noticesOf([`sku_hidden_signs:a:1:line 4 "\x1b${'x'.repeat(900)}"`]);
  assert.equal(notice!.examples, []);
  assert.match(notice!.what, 'line 4 "\\u001bxxx');
  assert.ok(notice!.what.length < 700);
});

test('codes of plugins count rows or feeds or have a detail; the manifest says what they mean', () => {
  const meanings = new Map([['odd_price', 'a price that is odd']]);
  const [rows, feed, detail] = noticesOf(['odd_price:a:3', 'odd_feed:a', 'odd_feed:b:seen: this'], { meanings });
  assert.equal([rows!.vendor_id, rows!.count, rows!.means], ['a', 3, 'A price that is odd.']);
  assert.match(rows!.what, '3 rows');
  assert.equal([feed!.vendor_id, feed!.count], ['a', 1]);
  assert.match(detail!.what, /: seen: this$/);
});

test('a code such as "constructor", a property of every object, counts as a plugin’s', () => {
  assert.equal(
    noticesOf(['constructor:a', '__proto__:b']).map(({ code, vendor_id }) => [code, vendor_id]),
    [
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ],
  );
});

test.run();
