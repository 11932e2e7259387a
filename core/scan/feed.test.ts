/** Feeds with escapes, skipped lines, failures in their middle, and what is told of their bytes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../bytes/text.ts';
import { RelayError } from '../errors.ts';
import { CR_END, CRLF_END, LF_END, NO_END, PLAIN, QUOTED, QUOTED_DOUBLED, RecordBatch } from './batch.ts';
import { countLineEnds, delimiterAt, findLineEnd, skipLineEnd } from './bytes.ts';
import { cellText, recordCells } from './cells.ts';
import { dialectOf } from './dialect.ts';
import { type FeedOptions, scanFeed } from './feed.ts';
import { Scanner } from './scanner.ts';

interface Made extends Partial<FeedOptions> {
  chunk?: number;
  escape?: string | null;
  quote?: string | null;
  delimiter?: string;
  cellsMax?: number;
  error?: Error;
  width?: number;
}

async function* chunksOf(text: string, chunk: number, error?: Error) {
  const bytes = toBytes(text);
  for (let i = 0; i < bytes.length; i += chunk) yield bytes.slice(i, i + chunk);
  if (error !== undefined) throw error;
}

async function records(text: string, made: Made = {}) {
  const {
    chunk = 1 << 20,
    escape: escaping = null,
    quote = '"',
    delimiter = ',',
    cellsMax,
    error,
    width,
    ...options
  } = made;
  const dialect = dialectOf({
    delimiter,
    quote,
    escape: escaping,
    skipLines: 0,
    header: true,
    columns: {},
    timeZone: null,
  });
  const scanner = new Scanner(dialect, 1 << 20, cellsMax);
  const rows: string[][] = [];
  const ends: number[] = [];
  const failures: unknown[] = [];
  try {
    for await (const { window, batch, failure } of scanFeed(chunksOf(text, chunk, error), scanner, {
      windowBytes: 1,
      skipLines: 0,
      ...options,
    })) {
      for (let record = 0; record < batch.count; record++) {
        rows.push(recordCells(window, batch, record));
        ends.push(batch.lineEnd[record]!);
      }
      if (failure !== undefined) failures.push(failure);
      if (width !== undefined) scanner.width = width;
    }
  } catch (thrown) {
    failures.push(thrown);
  }
  return { rows, ends, failures, line: scanner.line };
}

const CHUNKS = [1, 2, 3, 5, 1 << 20];

test('escaped quotes, delimiters and escapes are literal, in quotes and without', async () => {
  const cases: Array<[string, string[][]]> = [
    ['a\\,b,c\n', [['a,b', 'c']]],
    ['a\\"b,\\"c\n', [['a"b', '"c']]],
    ['a\\\\,b\n', [['a\\', 'b']]],
    ['a\\b,c\\\n', [['a\\b', 'c\\']]],
    ['"a\\"b","c,\\\\"\n', [['a"b', 'c,\\']]],
    ['"a""b\\"c",d\n', [['a"b"c', 'd']]],
    ['"a\nb\\"",d\n', [['a\nb"', 'd']]],
    ['a""b,c""\n', [['a""b', 'c""']]],
    ['\\\\\\,x,y', [['\\,x', 'y']]],
    ['x,\\', [['x', '\\']]],
    ['\\,\n\\,', [[','], [',']]],
    [
      '"\\\\",b\n1,2\n',
      [
        ['\\', 'b'],
        ['1', '2'],
      ],
    ],
    ['a\\\nb\n', [['a\\'], ['b']]],
  ];
  for (const [text, rows] of cases)
    for (const chunk of CHUNKS)
      assert.equal((await records(text, { chunk, escape: '\\' })).rows, rows, `${text} ${chunk}`);
  // without an escape they mean nothing
  assert.equal((await records('a\\,b\n')).rows, [['a\\', 'b']]);
});

test('any cells are read back, however they were escaped or quoted', async () => {
  const cells = ['', 'a', '"', '\\', ',', 'a,b', '\\"', ',\\', '""', 'é\\é', '\\\\', 'x"y,z\\'];
  const bare = (cell: string) => cell.replace(/["\\,;]/g, (sign) => `\\${sign}`);
  const quoted = (cell: string) => `"${cell.replace(/["\\]/g, (sign) => `\\${sign}`)}"`;
  const doubled = (cell: string) => `"${cell.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
  const rows = cells.map((cell, i) => [cell, cells[(i + 5) % cells.length] as string, `${i}`]);
  const text = rows
    .map(([a = '', b = '', c = ''], i) => [[bare, quoted, doubled][i % 3]?.(a), doubled(b), c].join(','))
    .join('\r\n');
  for (const chunk of CHUNKS) assert.equal((await records(text, { chunk, escape: '\\' })).rows, rows, String(chunk));
});

test('without quotes, quotes mean nothing', async () => {
  assert.equal((await records('"a,b"\n""\n', { quote: null })).rows, [['"a', 'b"'], ['""']]);
  assert.equal((await records("'a,b',c\n", { quote: "'" })).rows, [['a,b', 'c']]);
});

test('the line end of each record is kept, and lines are counted', async () => {
  for (const chunk of CHUNKS) {
    const { ends, line } = await records('a\nb\r\nc\r"d\n"\r\n\re', { chunk });
    assert.equal([ends, line], [[LF_END, CRLF_END, CR_END, CRLF_END, NO_END], 8], String(chunk));
  }
});

test('lines above the header are skipped whole, and handed out', async () => {
  const text = 'one "x\r\ntwo\rthree\nsku,n\r\n1,2\r\n';
  const lines = ['one "x\r\n', 'two\r', 'three\n', 'sku,n\r\n', '1,2\r\n'];
  for (const chunk of [...CHUNKS, 8, 9]) {
    for (const skipLines of [0, 1, 2, 3, 4]) {
      let skipped = '';
      const { rows, line } = await records(text, {
        chunk,
        skipLines,
        onSkipped: (bytes) => (skipped += toText(bytes)),
      });
      const left = lines.slice(skipLines).map((one) => one.trim().split(','));
      if (skipLines > 0) assert.equal([rows, line], [left, 6], `${chunk} ${skipLines}`);
      assert.is(skipped, lines.slice(0, skipLines).join(''), `${chunk} ${skipLines}`);
    }
  }
  assert.equal((await records('a\r', { skipLines: 1 })).rows, []);
  assert.equal((await records('a\r', { skipLines: 2 })).rows, []);
});

test('the places of records, each chunk and the end of a feed are told', async () => {
  const text = `${Array.from({ length: 7 }, (_, i) => `r${i},"x\n"`).join('\n')}\n`;
  for (const chunk of [1, 4, 1 << 20]) {
    const blocks: Array<[number, number]> = [];
    let [bytes, size] = [0, 0];
    const { rows } = await records(text, {
      chunk,
      batchRecords: 2,
      onBlock: (start, line) => blocks.push([start, line]),
      onChunk: (one) => (bytes += one.length),
      onEnd: (length) => (size = length),
    });
    assert.equal([rows.length, bytes, size], [7, text.length, text.length]);
    assert.ok(blocks.length >= 3);
    for (const [start, line] of blocks) {
      assert.is(text.slice(0, start).split('\n').length, line, `${chunk}: ${start}`);
      assert.ok(
        start === text.length || text.slice(start).startsWith('r') || text.slice(start).includes('"'),
        String(start),
      );
    }
  }
});

test('a header is read alone until the width is known', async () => {
  const blocks: number[] = [];
  const { rows } = await records('a,b\n1,2\n3,4\n', {
    headerFirst: true,
    width: 2,
    onBlock: (start) => blocks.push(start),
  });
  assert.equal([rows.length, blocks[0]], [3, 4]);
});

test('records before an error in the feed are read; any other error ends at once', async () => {
  const wrong = new RelayError('DECODE_ERROR', 'odd byte');
  const { rows, failures } = await records('a,b\n1,2\n3,', { error: wrong, windowBytes: 1000 });
  assert.equal(
    [rows, failures],
    [
      [
        ['a', 'b'],
        ['1', '2'],
      ],
      [wrong, wrong],
    ],
  );
  const other = new Error('no disk');
  const ended = await records('a,b\n1,2\n3,', { error: other, windowBytes: 1000 });
  assert.equal([ended.rows, ended.failures], [[], [other]]);
});

test('a window grows with its longest record, and keeps what is not read', async () => {
  const long = 'x'.repeat(100_000);
  const rows = ['a,b', `1,${long}`, '2,y', `3,"${long}"`];
  for (const chunk of [999, 40_000, 1 << 20]) {
    for (const windowBytes of [1, 5000, 1 << 16]) {
      const found = await records(`${rows.join('\n')}\n`, { chunk, windowBytes });
      assert.equal(
        found.rows.map((cells) => cells.map((cell) => cell.length)),
        [
          [1, 1],
          [1, 100_000],
          [1, 1],
          [1, 100_000],
        ],
      );
    }
  }
});

test('cells past the limit are cut off', async () => {
  const { rows } = await records('a,b,c\n1,2,3,4\n5,6\n', { cellsMax: 3 });
  assert.equal(rows, [
    ['a', 'b', 'c'],
    ['1', '2', '3'],
    ['5', '6'],
  ]);
});

test('a batch finds fields, moves records, and grows', () => {
  const batch = new RecordBatch(4);
  for (let i = 0; i < 100; i++) batch.addField(i, i + 1, i % 3 === 0 ? QUOTED_DOUBLED : i % 3 === 1 ? QUOTED : PLAIN);
  assert.equal(
    [batch.fields, batch.fieldStart[99], batch.fieldEnd[99], batch.fieldStyle[99]],
    [100, 99, 100, QUOTED_DOUBLED],
  );
  batch.addRecord(0, 7);
  assert.equal(
    [batch.fieldAt(0, 0), batch.fieldAt(0, 99), batch.fieldAt(0, 100), batch.fieldAt(0, -1)],
    [0, 99, -1, -1],
  );
  assert.equal(
    [0, 1, 2].map((field) => batch.doubledIn(field)),
    [batch.quote, 0, 0],
  );
  batch.clear();
  assert.equal([batch.count, batch.fields], [0, 0]);
  const window = toBytes('abcd""e');
  for (const [record, [start, end]] of [
    [0, 1],
    [1, 3],
    [3, 7],
  ].entries()) {
    const first = batch.fields;
    batch.addField(start as number, end as number, record === 2 ? QUOTED_DOUBLED : PLAIN);
    batch.addField(0, 0, PLAIN);
    batch.addRecord(first, record + 1, LF_END);
  }
  batch.setFault(5, 1);
  assert.is(cellText(window, batch, 4), 'd"e');
  batch.moveRecord(2, 1);
  assert.equal(recordCells(window, batch, 1), ['d"e', '']);
  assert.equal([batch.line[1], batch.fault[1], batch.faultField[1], batch.lineEnd[1]], [3, 5, 1, LF_END]);
  batch.cutTo(2);
  assert.equal([batch.count, batch.fields], [2, 4]);
  batch.cutTo(0);
  assert.equal([batch.count, batch.fields], [0, 0]);
});

test('line ends and delimiters are found within their place', () => {
  const bytes = toBytes('a||b\r\nc\rd\n');
  const wide = toBytes('||');
  assert.equal(
    [
      delimiterAt(bytes, 1, 3, wide),
      delimiterAt(bytes, 1, 2, wide),
      delimiterAt(bytes, 2, 10, wide),
      delimiterAt(bytes, 0, 10, wide),
    ],
    [true, false, false, false],
  );
  assert.equal(
    [findLineEnd(bytes, 0, 11), findLineEnd(bytes, 5, 11), findLineEnd(bytes, 6, 11), findLineEnd(bytes, 0, 3)],
    [4, 5, 7, 3],
  );
  assert.equal(
    [skipLineEnd(bytes, 4, 11), skipLineEnd(bytes, 4, 5), skipLineEnd(bytes, 7, 11), skipLineEnd(bytes, 9, 11)],
    [6, 5, 8, 10],
  );
  assert.equal(
    [countLineEnds(bytes, 0, 11), countLineEnds(bytes, 0, 5), countLineEnds(bytes, 0, 6), countLineEnds(bytes, 6, 8)],
    [3, 0, 1, 1],
  );
});

test.run();
