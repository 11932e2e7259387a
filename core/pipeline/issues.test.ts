import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RowEntry } from '../issue.ts';
import { INVALID_ROWS, IssueLog } from './issues.ts';

const test = suite('the log of issues');
const LIMITS = { errorsMax: 3, errorValueCharsMax: 5, errorsCharsMax: 1e9 };

function entry(row_number: number, more: Partial<RowEntry> = {}): RowEntry {
  const problem = { error_code: 'missing_value', column: 'sku', value: 'v', reason: 'why' };
  return {
    ...problem,
    vendor_id: 'a',
    row_number,
    line: row_number + 10,
    row_data: { sku: 'x' },
    problems: [problem],
    ...more,
  };
}

const parsed = (text: string) => JSON.parse(text) as Array<Record<string, unknown>>;

test('entries are the elements of an array, in the order of the contract', () => {
  const log = new IssueLog(LIMITS);
  assert.ok(log.isEmpty);
  log.addRow(entry(1, { file: 'f.csv' }));
  assert.not(log.isEmpty);
  const first = log.take();
  assert.is(log.take(), '');
  log.addRow(entry(2));
  const second = log.take();
  log.addVendor({ error_code: 'no_file', error_message: 'none', vendor_id: 'b', expected_prefix: null });
  const text = first + second + log.close();
  assert.match(first, /^\[\n\{/);
  assert.match(second, /^,\n\{/);
  assert.match(text, /\}\n\]\n$/);
  const [one, two, three] = parsed(text);
  assert.equal(Object.keys(one!), [
    ...['error_code', 'vendor_id', 'file', 'row_number', 'line', 'column', 'value', 'reason', 'row_data', 'problems'],
  ]);
  assert.not('file' in two!);
  assert.equal([one?.row_number, one?.line, two?.row_number, three?.error_code], [1, 11, 2, 'no_file']);
  assert.equal(
    [...log.counts],
    [
      ['missing_value', 2],
      ['no_file', 1],
    ],
  );
  assert.is(log.invalidRows, 2);
});

test('the text is the same, however often it is taken', () => {
  for (let takes = 0; takes < 16; takes++) {
    const log = new IssueLog({ ...LIMITS, errorsMax: 4 });
    let text = '';
    for (let i = 0; i < 4; i++) {
      log.addRow(entry(i));
      if (takes & (1 << i)) text += log.take();
    }
    text += log.close();
    assert.equal(
      parsed(text).map(({ row_number }) => row_number),
      [0, 1, 2, 3],
      `${takes}`,
    );
  }
  // the room ends with the entry that fills it
  const one = new IssueLog(LIMITS);
  one.addRow(entry(1));
  const chars = one.take().length - '[\n'.length;
  for (const errorsCharsMax of [chars, chars + 1]) {
    const log = new IssueLog({ ...LIMITS, errorsCharsMax });
    log.addRow(entry(1));
    assert.is(log.hasRoom, errorsCharsMax > chars);
  }
});

test('long texts are cut, not between the halves of a character', () => {
  const log = new IssueLog(LIMITS);
  const long = { error_code: 'c', column: '123456', value: '1234😀', reason: 'abcdef' };
  log.addRow(
    entry(1, {
      ...long,
      row_data: { a: '12345', b: '123456', name_is_not_cut: '' },
      problems: [long, { ...long, column: null, value: null }],
    }),
  );
  const [one] = parsed(`${log.take()}]`);
  const cut = { error_code: 'c', column: '12345…', value: '1234…', reason: 'abcde…' };
  assert.equal([one?.column, one?.value, one?.reason], [cut.column, cut.value, cut.reason]);
  assert.equal(one?.row_data, { a: '12345', b: '12345…', name_is_not_cut: '' });
  assert.equal(one?.problems, [cut, { ...cut, column: null, value: null }]);
  log.addRow(entry(2, { value: '1😀😀😀', reason: '😀😀😀' }));
  const [, two] = parsed(`[{}${log.close()}`);
  assert.equal([two?.value, two?.reason], ['1😀😀…', '😀😀…']);
});

test('entries past the limits are counted', () => {
  for (const limits of [
    { ...LIMITS, errorsMax: 2 },
    { ...LIMITS, errorsMax: 9, errorsCharsMax: 300 },
  ]) {
    const log = new IssueLog(limits);
    log.addRow(entry(1));
    assert.ok(log.hasRoom);
    log.addRow(entry(2, { error_code: 'a_code' }));
    assert.not(log.hasRoom);
    log.addRow(entry(3));
    log.countRow('missing_value');
    log.addVendor({ error_code: 'no_file', error_message: 'none', vendor_id: 'b', expected_prefix: null });
    const all = parsed(log.take() + log.close());
    assert.equal(
      all.map(({ error_code }) => error_code),
      ['missing_value', 'a_code', 'ERRORS_TRUNCATED'],
    );
    const { not_listed, error_counts } = all[2]!;
    assert.equal(
      [not_listed, Object.entries(error_counts as object)],
      [
        3,
        [
          ['a_code', 1],
          ['missing_value', 3],
          ['no_file', 1],
        ],
      ],
    );
    assert.equal([log.invalidRows, log.isEmpty], [4, false]);
  }
  const none = new IssueLog({ ...LIMITS, errorsMax: 0 });
  none.addRow(entry(1));
  assert.is(parsed(`[${none.close()}`)[0]?.error_code, 'ERRORS_TRUNCATED');
});

test('warnings are said once, and those about rows with their numbers', () => {
  const log = new IssueLog(LIMITS);
  for (const warning of ['b:1', 'a', 'b:1']) log.warn(warning);
  log.countWarning('w', 'v');
  log.countWarning('w', 'v', 3);
  log.countWarning('w', 'u');
  assert.equal(log.summarize(), ['b:1', 'a', 'w:v:4', 'w:u:1']);
});

test('examples name the file of their vendor; the first two rows are those of the invalid rows', () => {
  const log = new IssueLog(LIMITS);
  log.nameFile('a', 'feed.csv');
  log.addRow(entry(1, { column: null, value: null }));
  log.addRow(entry(2, { vendor_id: 'b', file: 'b.csv' }));
  log.addRow(entry(3));
  assert.equal(log.examples.of(INVALID_ROWS, null), [
    { vendor_id: 'a', file: 'feed.csv', line: 11, note: 'missing_value' },
    { vendor_id: 'b', file: 'b.csv', line: 12, column: 'sku', cell: 'v', note: 'missing_value' },
  ]);
  log.example('code', 'a', { line: 1 });
  log.example('code', 'a', { line: 2, file: 'own.csv' });
  log.example('code', 'b', { line: 1 });
  log.example('code', null, { line: 1, vendor_id: 'a' });
  log.example('other', null, { line: 1 });
  assert.equal(log.examples.of('code', 'a'), [
    { file: 'feed.csv', line: 1 },
    { file: 'own.csv', line: 2 },
  ]);
  assert.equal(log.examples.of('code', 'b'), [{ line: 1 }]);
  assert.equal(log.examples.of('code', null), [{ vendor_id: 'a', file: 'feed.csv', line: 1 }]);
  assert.equal(log.examples.of('other', null), [{ line: 1 }]);
});

/** All that a log says. */
function saidBy(log: IssueLog): unknown {
  const { counts, invalidRows, isEmpty } = log;
  return {
    counts: [...counts],
    invalidRows,
    isEmpty,
    said: log.summarize(),
    examples: log.examples.all(),
    text: log.close(),
  };
}

test('what a log of a thread recorded counts as if it had been reported here', () => {
  const report = (log: IssueLog, rows: number, from: number) => {
    for (let i = 0; i < rows; i++) log.addRow(entry(from + i, i % 2 === 0 ? {} : { error_code: 'odd' }));
    log.warn('w');
    log.warn(`w:${from}`);
    log.example('code', 'a', { line: from });
    log.countWarning('rows', 'a', from);
    log.countRow('odd');
  };
  for (const [here, there] of [
    [0, 0],
    [0, 1],
    [0, 2],
    [2, 2],
    [1, 5],
    [5, 3],
    [3, 1],
  ] as const) {
    const [whole, main, thread] = [new IssueLog(LIMITS), new IssueLog(LIMITS), new IssueLog(LIMITS)];
    report(whole, here, 1);
    report(whole, there, 100);
    report(main, here, 1);
    report(thread, there, 100);
    const written = main.absorb(JSON.parse(JSON.stringify(thread.record())));
    assert.equal(saidBy(main), saidBy(whole), `${here} and ${there}`);
    assert.is(written, Math.min(there, Math.max(0, 3 - here)));
  }
});

test.run();
