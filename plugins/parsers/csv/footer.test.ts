/** A declared footer: it must be present and agree with the rows. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../core/bytes/text.ts';
import { checkConfig } from '../../../core/config/check.ts';
import { countOf } from '../../../core/testing/share.ts';
import { runCase, testRegistry } from '../../testing/harness.ts';
import { csvOptionsConfig } from '../../testing/plain-tenant.ts';

async function run(feed: string, options: object, { delimiter = ';', chunkBytes = 1 << 16 } = {}) {
  const files = { v: { name: 'feed.csv', bytes: toBytes(feed) } };
  const { normalized, errors, outcome } = await runCase({
    config: csvOptionsConfig(options, delimiter),
    files,
    chunkBytes,
  });
  const [entry] = errors.filter((one) => !('line' in one));
  return {
    skus: (normalized('v') ?? '')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0])
      .join(' '),
    fault: entry?.error_code ?? '',
    message: outcome.error_message ?? '',
    code: outcome.error_code,
    warnings: outcome.summary.warnings,
  };
}

const HEAD = 'sku;quantity_available;cost\n';
const ROWS = 'A;4;1,25\nB;7;10,50\nC;0;\n';
const NUMBERS = { numbers: { decimal: ',', thousands: '.' } };

/** A footer, its form, and the code of the fault. */
const FOOTERS: Array<[string, unknown, string]> = [
  ['TOTAL;3', 'TOTAL;{rows}', ''],
  ['total ;3;;', 'TOTAL;{rows}', ''],
  ['TOTAL;4', 'TOTAL;{rows}', 'footer_mismatch'],
  ['TOTAL;', 'TOTAL;{rows}', 'footer_missing'],
  ['TOTAL;3;x', 'TOTAL;{rows}', 'footer_missing'],
  ['TOTAL;3;x', 'TOTAL;{rows};{any}', ''],
  ['"TOTAL";"3"', ['TOTAL;{rows}'], ''],
  ['3 records', '{rows} records', ''],
  ['-- 3   RECORDS --', '-- {rows} records --', ''],
  ['3 records', ['{rows} record'], 'footer_missing'],
  ['Sum of quantity: 11', 'Sum of quantity: {sum:quantity_available}', ''],
  ['Sum of quantity: 12', 'Sum of quantity: {sum:quantity_available}', 'footer_mismatch'],
  ['Total;11;11,75', 'Total;{sum:quantity_available};{sum:cost}', ''],
  ['Total;11;11,7500', 'Total;{sum:quantity_available};{sum:cost}', ''],
  ['Total;11;11,8', 'Total;{sum:quantity_available};{sum:cost}', ''],
  ['Total;11;11,74', 'Total;{sum:quantity_available};{sum:cost}', 'footer_mismatch'],
  ['Total;11;11,70', 'Total;{sum:quantity_available};{sum:cost}', 'footer_mismatch'],
  ['Rows 3, pieces 11', 'Rows {rows}, pieces {sum:quantity_available}', ''],
  ['Rows 3, pieces 11', [['Rows {rows}, pieces {sum:quantity_available}']], ''],
  ['TOTAL;3\nend of list;;', ['TOTAL;{rows}', 'End of list'], ''],
  ['TOTAL;3\nprinted 2026-11-01', ['TOTAL;{rows}', '{any}'], ''],
  ['TOTAL;3', ['TOTAL;{rows}', 'End of list'], 'footer_missing'],
  ['TOTAL;3\n\n;;\n', 'TOTAL;{rows}', ''],
  ['TOTAL;"3', 'TOTAL;{rows}', 'footer_missing'],
  ['TOTAL;0003', 'TOTAL;{rows}', ''],
  ['TOTAL;3,0', 'TOTAL;{rows}', ''],
  ['TOTAL;-3', 'TOTAL;{rows}', 'footer_mismatch'],
  ['TOTAL;three', 'TOTAL;{rows}', 'footer_missing'],
  ['', 'TOTAL;{rows}', 'footer_missing'],
  ['D;1;1\nTOTAL;3', 'TOTAL;{rows}', 'footer_mismatch'],
  ['TOTAL;3\nD;1;1', 'TOTAL;{rows}', 'footer_missing'],
  // the same content twice in one file
  [`TOTAL;3\n${HEAD}${ROWS}TOTAL;3`, 'TOTAL;{rows}', 'footer_mismatch'],
];

test('the footer must be present, and its numbers must be those of the feed', async () => {
  for (const [text, footer, fault] of FOOTERS) {
    for (const chunkBytes of [3, 1 << 16]) {
      const seen = await run(`${HEAD}${ROWS}${text}`, { ...NUMBERS, footer }, { chunkBytes });
      assert.is(seen.fault, fault, `${text} | ${JSON.stringify(footer)}: ${seen.message}`);
      assert.is(seen.code, fault === '' ? null : 'invalid_input', text);
      if (fault === '') assert.is(seen.skus, 'A B C', text);
    }
  }
});

test('a footer is read as the cells above it are', async () => {
  const wrapped = 'TOTAL;="3"';
  for (const unwrap of [true, false]) {
    const seen = await run(`${HEAD}${ROWS}${wrapped}`, { ...NUMBERS, unwrap, footer: 'TOTAL;{rows}' });
    assert.is(seen.fault, unwrap ? '' : 'footer_missing', seen.message);
  }
});

test('the message has both numbers and the line', async () => {
  const seen = await run(`${HEAD}${ROWS}TOTAL;4`, { ...NUMBERS, footer: 'TOTAL;{rows}' });
  assert.match(seen.message, 'vendor v: footer_mismatch: the footer (line 5) says 4 rows, and the feed has 3;');
  const sum = await run(`${HEAD}${ROWS}TOTAL;11,74`, { ...NUMBERS, footer: 'TOTAL;{sum:cost}' });
  assert.match(sum.message, 'the footer (line 5) says that cost sums to 11.74, and its rows sum to 11.75;');
  const cut = await run(`${HEAD}A;4;1,25\nB;7`, { ...NUMBERS, footer: 'TOTAL;{rows}' });
  assert.match(
    cut.message,
    'footer_missing: the footer is missing: it should be "TOTAL | {rows}", and line 3 is "B | 7";',
  );
  const cents = { columns: { cost: { from: 'cost', numbers: { divide_by: 100 } } } };
  const odd = await run('sku;quantity_available;cost\nA;4;125\nEND;1,25', {
    ...NUMBERS,
    ...cents,
    footer: 'END;{sum:cost}',
  });
  assert.match(
    odd.message,
    'and line 3 is "END | 1,25"; its "1,25" is not a number for {sum:cost}, which must be written as the cells of cost are',
  );
  const empty = await run(HEAD, { ...NUMBERS, footer: 'TOTAL;{rows}' });
  assert.match(empty.message, 'and the feed ends before;');
});

test('filtered rows count in {rows}, but not in {kept_rows} or sums', async () => {
  const rows = [{ column: 'sku', drop: ['B'] }];
  for (const [footer, text] of [
    ['{rows} {any}', '3 x'],
    ['{kept_rows} {any}', '2 x'],
    ['sum {sum:quantity_available}', 'sum 4'],
  ] as const) {
    const seen = await run(`${HEAD}${ROWS}${text}`, { ...NUMBERS, footer, rows });
    assert.is(seen.fault, '', `${footer}: ${seen.message}`);
    assert.is(seen.skus, 'A C');
    assert.ok(seen.warnings.includes('rows_skipped:v:1'), 'the footer is no row that was skipped');
  }
  const values = [{ value: 'quantity_available', drop: { below: 5 } }];
  const seen = await run(`${HEAD}${ROWS}1/7`, {
    ...NUMBERS,
    footer: '{kept_rows}/{sum:quantity_available}',
    rows: values,
  });
  assert.is(seen.fault, '', seen.message);
  const kept = await run(`${HEAD}${ROWS}3`, { ...NUMBERS, footer: '{kept_rows}', rows });
  assert.match(kept.message, 'says 3 rows, and the table keeps 2');
});

test('a sum over invalid rows is not checked, and a warning says so', async () => {
  const footer = '{rows} {sum:quantity_available} {sum:cost}';
  const feed = `${HEAD}${ROWS}D;x;1\nE;1;1;1\nF;1;1`;
  const seen = await run(`${feed}\n6 99 99`, { ...NUMBERS, footer });
  assert.is(seen.fault, '', seen.message);
  assert.ok(seen.warnings.includes('footer_sum_unchecked:v:quantity_available:2'));
  assert.ok(seen.warnings.includes('footer_sum_unchecked:v:cost:1'));
  assert.is((await run(`${feed}\n7 99 99`, { ...NUMBERS, footer })).fault, 'footer_mismatch');
});

test('a footer works without a header, with rows of several kinds, and without rows', async () => {
  const options = {
    header: false,
    quote: null,
    rows: [{ column: '#0', keep: ['D'] }],
    columns: { sku: { from: '#1' }, quantity_available: { from: '#2' } },
    footer: 'T|{kept_rows}',
  };
  const at = { delimiter: '|' };
  assert.is((await run('H|x\nD|A|1\nD|B|2\nT|2\n', options, at)).skus, 'A B');
  assert.is((await run('H|x\nD|A|1\nD|B|2\nT|3\n', options, at)).fault, 'footer_mismatch');
  assert.is((await run('H|x\nD|A|1\nD|B|2\n', options, at)).fault, 'footer_missing');
  const all = { ...options, footer: 'T|{rows}' };
  assert.is((await run('H|x\nD|A|1\nD|B|2\nT|3\n', all, at)).fault, '', 'rows of other kinds count too');
  for (const chunkBytes of [1, 100]) {
    const none = await run('H|x\nT|0\n', options, { ...at, chunkBytes });
    assert.is(none.code, 'no_rows_parsed', none.message);
    assert.is((await run('H|x\nT|1\n', options, { ...at, chunkBytes })).fault, 'footer_mismatch');
    assert.is((await run('H|x\n', options, { ...at, chunkBytes })).fault, 'footer_missing');
  }
});

test('repair does not change a footer', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `S-${i};${i};${i},50`).join('\n');
  const seen = await run(`${HEAD}${rows}\nTOTAL;30`, { ...NUMBERS, footer: 'TOTAL;{rows}', repair: true });
  assert.is(seen.fault, '', seen.message);
});

test('property: for any number of rows, every cut of the file is noticed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 400 }), async (count, cut) => {
      const rows = Array.from({ length: count }, (_, i) => `S-${i};${i};1\n`).join('');
      const feed = `${HEAD}${rows}TOTAL;${count}\n`;
      const at = Math.min(feed.length, HEAD.length + cut);
      const { fault } = await run(feed.slice(0, at), { footer: 'TOTAL;{rows}' }, { chunkBytes: 7 });
      // without its last line end, the footer is still whole
      const isWhole = at >= feed.length - 1;
      assert.is(fault === '', isWhole, JSON.stringify(feed.slice(0, at)));
    }),
    { numRuns: countOf(60) },
  );
});

const PROBLEMS: Array<[object, string]> = [
  [
    { footer: 'TOTAL;{row}' },
    'footer: has {row}, which is none of {rows}, {kept_rows}, {any} and {sum:COLUMN} (did you mean "rows"?)',
  ],
  [{ footer: ['{sum:cots}'] }, 'footer[0]: sums "cots", which is not a canonical column (did you mean "cost"?)'],
  [{ footer: ['{sum:title}'] }, 'footer[0]: sums title, which is not a number'],
  [{ footer: ['{any}', ['{any}', '']] }, 'footer: needs a text, {rows} or a sum; otherwise it matches any last row'],
  [{ footer: '{rows}{any}' }, 'footer: has {rows} and {any} with no text between them'],
  [{ footer: 'TOTAL', skip_last_rows: 1 }, 'footer: describes the last rows: leave out skip_last_rows'],
  [{ footer: { cells: [] } }, 'footer: must be a text, or a list of texts and of lists of texts'],
];

test('impossible footers are refused', () => {
  for (const [options, problem] of PROBLEMS) {
    const checked = checkConfig(csvOptionsConfig(options), testRegistry());
    const found = checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
    assert.equal(found, [`vendors[0].parser.options.${problem}`]);
  }
});

test.run();
