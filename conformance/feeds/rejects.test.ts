/** `reports/rejects/<vendor>.csv`: refused rows as they came, in the feed's own dialect and encoding. */
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayError } from '../../core/errors.ts';
import { workbook } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { type HarnessResult, runCase } from '../../plugins/testing/harness.ts';
import { PLAIN_TENANT } from '../../plugins/testing/plain-tenant.ts';

const TAIL = '_error_code,_column,_value,_reason,_row_number';

interface Setup {
  parser?: object;
  vendor?: object;
  more?: object;
  name?: string;
  limits?: object;
  afterWrite?: () => Promise<void>;
}

function run(
  feed: string | Uint8Array,
  { parser = {}, vendor = {}, more = {}, name = 'feed.csv', limits = {}, afterWrite }: Setup = {},
) {
  const bytes = typeof feed === 'string' ? new TextEncoder().encode(feed) : feed;
  return runCase({
    config: {
      ...PLAIN_TENANT,
      default_currency: 'USD',
      vendors: [{ vendor_id: 'v', inbound: { type: 'local' }, parser: { format: 'csv', ...parser }, ...vendor }],
      output: { columns: ['sku', 'quantity_available', 'price'] },
      publish: {},
      ...more,
    },
    files: { v: { name, bytes } },
    limits,
    ...(afterWrite === undefined ? {} : { afterWrite }),
  });
}

const rejectsOf = ({ artifacts }: HarnessResult): string | undefined => artifacts.text('reports/rejects/v.csv');
/** The lines without the reasons, whose wording may improve. */
const bare = (text: string | undefined): string[] =>
  (text ?? '').split('\n').map((line) => line.replace(/,("(?:[^"]|"")*"|[^,]*),(\d+)$/, ',…,$2'));

test('rows with each kind of problem are written, as they came if well formed', async () => {
  const feed =
    'sku,quantity_available,cost,title\nA,x,1,"Wheel, 17"""\nB,1,1,5" pipe\nC,1,-2,5" pipe\nD,1\n,1,2\nE,1,2,3,4\nF,1,2,"a"b\nG,1,1,ok\n';
  const result = await run(feed);
  assert.equal(bare(rejectsOf(result)), [
    `sku,quantity_available,cost,title,${TAIL}`,
    'A,x,1,"Wheel, 17""",invalid_int,quantity_available,x,…,2',
    'C,1,-2,5" pipe,negative_value,cost,-2,…,4',
    ',1,2,,missing_value,sku,,…,6',
    'E,1,2,3,4,too_many_fields,,4,…,7',
    'F,1,2,"a""b",malformed_quote,title,"a""b",…,8',
    '',
  ]);
  assert.is(
    result.artifacts.text('reports/rejects/v.rows.csv'),
    'row_number,line,next_line\n2,2,3\n4,4,5\n6,6,7\n7,7,8\n8,8,9\n',
  );
});

test('the report is written only with publish or guardrails, and only if rows were refused', async () => {
  const feed = 'sku,quantity_available\nA,x\n';
  assert.is(rejectsOf(await run(feed, { more: { publish: undefined } })), undefined);
  assert.ok(rejectsOf(await run(feed, { more: { publish: undefined, guardrails: { min_skus: 0 } } })));
  assert.is(rejectsOf(await run('sku,quantity_available\nA,1\n')), undefined);
});

test('a feed in windows-1252 keeps its dialect; characters that the encoding lacks become question marks', async () => {
  const feed = iconv.encode('Lager;Köln\nNr;Bestand;Name\n1;x;Größe\n2;1;ok\n', 'windows-1252');
  const parser = {
    ...{ delimiter: ';', encoding: 'windows-1252', options: { skip_lines: 1 } },
    column_map: { sku: 'Nr', quantity_available: 'Bestand', title: 'Name' },
  };
  const { artifacts } = await run(feed, { parser });
  const text = iconv.decode(Buffer.from(artifacts.files.get('reports/rejects/v.csv')!), 'windows-1252');
  assert.match(text, /^Nr;Bestand;Name;_error_code;_column;_value;_reason;_row_number\n1;x;Größe;invalid_int;/);
  assert.is(artifacts.text('reports/rejects/v.rows.csv'), 'row_number,line,next_line\n2,3,4\n');
});

test('UTF-16 keeps its byte order mark and Shift_JIS its characters; gzip is unpacked', async () => {
  const text = 'sku\tquantity_available\ttitle\nA\tx\t車輪\n';
  for (const encoding of ['utf-16le', 'shift_jis']) {
    const plain = iconv.encode(text, encoding, { addBOM: encoding === 'utf-16le' });
    const feed = new Uint8Array(gzipSync(plain));
    const { artifacts } = await run(feed, { parser: { delimiter: '\t', encoding }, name: 'feed.csv.gz' });
    const bytes = Buffer.from(artifacts.files.get('reports/rejects/v.csv')!);
    if (encoding === 'utf-16le') assert.equal([...bytes.subarray(0, 2)], [0xff, 0xfe]);
    assert.match(iconv.decode(bytes, encoding), /\nA\tx\t車輪\tinvalid_int\tquantity_available\tx\t/);
  }
});

test('feeds with escapes, without quotes and without a header keep their form', async () => {
  const escaped = await run('sku,quantity_available,title\n"A",x,"say \\"hi\\", now"\n', {
    parser: { options: { escape: '\\' } },
  });
  assert.match(rejectsOf(escaped) ?? '', /\nA,x,"say \\"hi\\", now",invalid_int,/);
  const parser = {
    ...{ delimiter: '|', options: { header: false, quote: null } },
    column_map: { sku: '#0', quantity_available: '#1', title: '#2' },
  };
  const bare = await run('A|1|17" wheel\nB|x|17" rim\n', { parser });
  assert.match(
    rejectsOf(bare) ?? '',
    /^#0\|#1\|#2\|_error_code\|.*\nB\|x\|17" rim\|invalid_int\|quantity_available\|x\|.*\|2\n$/,
  );
});

test('a broken row has both of its lines; the last row reaches to the end', async () => {
  const result = await run('sku,quantity_available,title\r\nA,1,two\nparts\r\nB,x,\r\n');
  assert.is(result.artifacts.text('reports/rejects/v.rows.csv'), 'row_number,line,next_line\n2,2,4\n3,4,0\n');
});

test('a run that fails on its rows has the report, with as many rows as errors.json lists', async () => {
  const rows = Array.from({ length: 50 }, (_, i) => `S${i},x\n`).join('');
  const failed = await run(`sku,quantity_available\n${rows}`, {
    more: { error_policy: {} },
    limits: { errorsMax: 7 },
  });
  assert.is(failed.outcome.error_code, 'validation_errors');
  assert.is((rejectsOf(failed) ?? '').split('\n').length, 1 + 7 + 1);
});

test('a run that a guardrail stops has the report and the index, one that will be tried again has neither', async () => {
  const feed = 'sku,quantity_available,cost\nA,x,1\nB,1,1\n';
  const index = 'reports/row_index.json';
  const stopped = await run(feed, { more: { guardrails: { min_skus: 9 } } });
  assert.is(stopped.outcome.error_code, 'GUARDRAIL_TRIPPED');
  assert.equal([stopped.artifacts.files.has(index), rejectsOf(stopped)?.split('\n').length], [true, 3]);
  const failed = await run(feed, { more: { error_policy: {} } });
  assert.equal([failed.artifacts.files.has(index), rejectsOf(failed)?.split('\n').length], [false, 3]);
  let stages = 0;
  for (let failing = 1; ; failing++) {
    let writes = 0;
    const afterWrite = async () => {
      if (++writes === failing) throw new RelayError('store_busy', 'try again', { recovery: 'retry' });
    };
    const { outcome, artifacts } = await run(feed, { afterWrite });
    if (outcome.error_code === null) break;
    assert.is((outcome.error as RelayError).code, 'store_busy');
    if (outcome.failed_stage !== 'MERGE_PRICE' && outcome.failed_stage !== 'NORMALIZE') continue;
    stages++;
    assert.equal([artifacts.files.has(index), artifacts.files.has('reports/rejects/v.csv')], [false, false]);
  }
  assert.ok(stages > 2, String(stages));
});

test('small windows and chunks give the same report', async () => {
  const lines = Array.from({ length: 300 }, (_, i) => `S${i},${i % 7 === 0 ? 'x' : i},"t ""${i}"""\n`).join('');
  const feed = `sku,quantity_available,title\n${lines}`;
  const whole = await run(feed);
  const parts = await run(feed, { limits: { windowBytes: 64, sortBytes: 3000 } });
  assert.is(rejectsOf(parts), rejectsOf(whole));
  assert.is((rejectsOf(whole) ?? '').split('\n').length, 1 + 43 + 1);
});

/** A row with a misplaced quote cannot be kept, so the feed is read again for all its refused rows. */
test('rows kept during reading equal those of a second reading', async () => {
  for (const eol of ['\n', '\r\n']) {
    const rows = Array.from({ length: 5000 }, (_, i) => {
      const title = i % 3 === 0 ? `"two${eol}lines, ""${i}"""` : `t${i}`;
      const isRefused = i % 211 === 0 || (i > 2040 && i < 2060);
      return `S${i},${isRefused ? 'many' : 1},1,${title}${i % 50 === 0 ? eol : ''}${i % 70 === 0 ? `${eol},,,` : ''}${eol}`;
    });
    const feed = `sku,quantity_available,cost,title${eol}${rows.join('')}`;
    const kept = await run(feed);
    const again = await run(`${feed}F,1,2,"a"b${eol}`);
    for (const path of ['reports/rejects/v.csv', 'reports/rejects/v.rows.csv']) {
      const [ours = '', theirs = ''] = [kept, again].map(({ artifacts }) => artifacts.text(path));
      assert.is(theirs.slice(0, ours.length), ours, path);
      assert.is(theirs.slice(ours.length).trim().split('\n').length, 1, `${path}: one row more`);
      assert.ok(ours.split('\n').length > 40, path);
    }
  }
});

test('each vendor has its report, and each of its files; what is no feed has none', async () => {
  const file = (name: string, text: string) => ({ name, bytes: Uint8Array.from(text, (c) => c.charCodeAt(0)) });
  const vendor = (vendor_id: string, more: object = {}) => ({
    ...{ vendor_id, inbound: { type: 'local' }, parser: { format: 'csv' }, ...more },
  });
  const header = 'sku,quantity_available\n';
  const files = { parser: { format: 'csv', options: { files: { match: '*.csv' } } } };
  const out = (trouble: string) => ({ on_trouble: { [trouble]: 'leave_out' } });
  const { artifacts, outcome } = await runCase({
    config: {
      ...{ ...PLAIN_TENANT, default_currency: 'USD', publish: {} },
      output: { columns: ['sku', 'quantity_available', 'price'] },
      vendors: [
        vendor('gone', out('missing')),
        vendor('broken', out('unreadable')),
        vendor('fine'),
        vendor('one'),
        vendor('two', files),
      ],
    },
    files: {
      broken: file('feed.csv', `${header}A,x\nB,\xff\n`),
      fine: file('feed.csv', `${header}A,1\n`),
      one: file('feed.csv', `${header}A,1\nB,y\n`),
      two: [file('east.csv', `${header}C,z\n`), file('west.csv', `${header}A,1\n\nD,w\nE,v\n`)],
    },
    // errors.json is read in such pieces
    chunkBytes: 7,
  });
  assert.is(outcome.error_code, null);
  const reports = [...artifacts.files.keys()].filter((path) => path.startsWith('reports/rejects/')).sort();
  assert.equal(
    reports.map((path) => {
      const text = artifacts.text(path);
      const lines = path.endsWith('.rows.csv') ? (text ?? '').split('\n') : bare(text);
      return [path.slice('reports/rejects/'.length), lines.slice(1, -1)];
    }),
    [
      ['broken.csv', ['A,x,invalid_int,quantity_available,x,…,2']],
      ['broken.rows.csv', ['2,2,0']],
      ['one.csv', ['B,y,invalid_int,quantity_available,y,…,3']],
      ['one.rows.csv', ['3,3,0']],
      ['two.east.csv.csv', ['C,z,invalid_int,quantity_available,z,…,2']],
      ['two.east.csv.rows.csv', ['2,2,0']],
      ['two.west.csv.csv', ['D,w,invalid_int,quantity_available,w,…,3', 'E,v,invalid_int,quantity_available,v,…,4']],
      ['two.west.csv.rows.csv', ['3,4,5', '4,5,0']],
    ],
  );
});

test('rows of a workbook are written as CSV, without places', async () => {
  const row = (cells: string[]) => `<row>${cells.map((cell) => `<c t="str"><v>${cell}</v></c>`).join('')}</row>`;
  const rows = [
    ['sku', 'quantity_available', 'title'],
    ['A', 'x', 'two, three'],
    ['B', '1', 'x'],
    ['', '1', 'it is 5" long'],
  ]
    .map(row)
    .join('');
  const result = await run(workbook({ sheets: [{ name: 'Stock', rows }] }), { name: 'feed.xlsx' });
  assert.equal(bare(rejectsOf(result)), [
    `sku,quantity_available,title,${TAIL}`,
    'A,x,"two, three",invalid_int,quantity_available,x,…,2',
    ',1,"it is 5"" long",missing_value,sku,,…,4',
    '',
  ]);
  assert.is(result.artifacts.text('reports/rejects/v.rows.csv'), undefined);
});

/** A malformed quote makes the report read the feed again. */
test('a feed is read again with its blank lines, its header of several rows, what is above it, and its end', async () => {
  const skipped = { skip_lines: 1, preamble: [{ name: 'date', after: 'valid from' }] };
  const cases: [options: object, feed: string, header: string, rows: string, places: string][] = [
    [{}, '\n\nsku,quantity_available,title\nF,1,"a"b\n', 'sku,quantity_available,title', 'F,1,"a""b"', '2,4,0\n'],
    [
      { header_rows: 2 },
      'sku,quantity,title\n\n,available,\nF,1,"a"b\nG,1,c\n',
      'sku,quantity available,title',
      'F,1,"a""b"',
      '2,4,5\n',
    ],
    [
      skipped,
      'valid from: 2026-01-01\nsku,quantity_available,title\nF,1,"a"b\n',
      'sku,quantity_available,title',
      'F,1,"a""b"',
      '2,3,0\n',
    ],
  ];
  for (const [options, feed, header, row, places] of cases) {
    const column_map = { sku: 'sku', quantity_available: header.split(',')[1], title: 'title' };
    const result = await run(feed, { parser: { options, column_map }, limits: { windowBytes: 8 } });
    const [first, second] = bare(rejectsOf(result));
    assert.is(first, `${header},${TAIL}`);
    assert.is(second, `${row},malformed_quote,title,"a""b",…,2`);
    assert.is(result.artifacts.text('reports/rejects/v.rows.csv'), `row_number,line,next_line\n${places}`);
  }
  const broken = await run('sku,quantity_available,title\r\nB,x,\r\nA,1,two\nparts\r\n');
  assert.is(broken.artifacts.text('reports/rejects/v.rows.csv'), 'row_number,line,next_line\n2,2,3\n3,3,0\n');
});

test.run();
