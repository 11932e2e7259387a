/** Published feeds as CSV: without a byte order mark, converted from JSON lines, hashed, for chunks of any size. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { tableChunks } from '../../core/pipeline/publish/tables/table-chunks.ts';
import { linesIn, TableWindow } from '../../core/pipeline/publish/tables/table-window.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';

const test = suite('chunks of tables');
const CHUNKS = [1, 2, 3, 4, 7, 1000];

async function readAll(text: string | Uint8Array, format: 'csv' | 'jsonl', chunkBytes: number) {
  const given = typeof text === 'string' ? toBytes(text) : text;
  const hashed: Uint8Array[] = [];
  const hasher = {
    update: (bytes: Uint8Array) => {
      hashed.push(bytes.slice());
    },
    digest: () => '',
  };
  const parts: Uint8Array[] = [];
  const chunks = tableChunks(memorySource('table', given, chunkBytes), { name: 'the table', format, hasher });
  for await (const chunk of chunks) parts.push(chunk.slice());
  assert.equal(new Uint8Array(Buffer.concat(hashed)), new Uint8Array(given));
  return Buffer.concat(parts).toString();
}

test('a byte order mark at the beginning is left out, and nothing else', async () => {
  const mark = '\u{feff}';
  const texts = [
    ...['', 'a', 'ab', 'abc', 'sku,n\nA,1\n', `${mark}`, `${mark}a`, `${mark}sku\nA\n`],
    ...[`${mark}${mark}a`, `a${mark}b`, 'ëx', '\u{fec0}y'],
  ];
  for (const text of texts) {
    const expected = text.startsWith(mark) ? text.slice(1) : text;
    for (const chunkBytes of CHUNKS) assert.is(await readAll(text, 'csv', chunkBytes), expected);
  }
  for (const cut of [[0xef], [0xef, 0xbb], [0xef, 0xbb, 0x41], [0xef, 0x41, 0xbf], [0x41, 0xbb, 0xbf]])
    assert.is(await readAll(Uint8Array.from(cut), 'csv', 1), Buffer.from(cut).toString());
});

test('JSON lines become rows with the columns of the first line', async () => {
  const cases: Array<[lines: string, csv: string]> = [
    ['', ''],
    ['\n \n', ''],
    ['{"sku":"A","n":1}\n', 'sku,n\nA,1\n'],
    ['{"sku":"A","n":1}', 'sku,n\nA,1\n'],
    ['\n{"sku":"A"}\n\n{"sku":"B"}\n', 'sku\nA\nB\n'],
    ['{"sku":"A","n":null}\n{"n":0,"sku":"B","more":3}\n{"sku":"C"}\n', 'sku,n\nA,""\nB,0\nC,""\n'],
    ['{"sku":"é,1","t":"a\\"b"}\n{"sku":"ü","t":"x\\ny"}', 'sku,t\n"é,1","a""b"\nü,"x\ny"\n'],
    ['{"sku":"A","t":"\\r"}\n{"sku":"","t":false}', 'sku,t\nA,"\r"\n"",false\n'],
    ['{"sku":"A"}\r\n{"sku":"B"}\r\n', 'sku\nA\nB\n'],
  ];
  for (const [lines, csv] of cases)
    for (const chunkBytes of CHUNKS) assert.is(await readAll(lines, 'jsonl', chunkBytes), csv);
});

test('a line that is no JSON object is named', async () => {
  const cases: Array<[lines: string, line: number]> = [
    ['[1]\n', 1],
    ['{"sku":"A"}\nnull\n', 2],
    ['{"sku":"A"}\n\n"text"\n{"sku":"B"}\n', 3],
    ['{"sku":"A"}\n{"sku":', 2],
    ['\n\n7', 3],
  ];
  for (const [lines, line] of cases) {
    for (const chunkBytes of CHUNKS) {
      const error = await readAll(lines, 'jsonl', chunkBytes).catch((reason: unknown) => reason);
      assert.instance(error, RelayError);
      assert.is((error as RelayError).code, 'invalid_input');
      assert.is((error as RelayError).message, `the table cannot be used: line ${line} is no JSON object`);
    }
  }
});

test('lines are counted by LF, CR LF and CR', () => {
  const cases: Array<[text: string, lines: number]> = [
    ...([
      ['', 0],
      ['a', 0],
      ['a\n', 1],
      ['a\r\n', 1],
      ['a\rb', 1],
      ['\r\r\n\n', 3],
      ['\n\rb', 2],
    ] as Array<[string, number]>),
  ];
  for (const [text, lines] of cases) {
    const bytes = toBytes(`\n${text}\n`);
    assert.is(linesIn(bytes, 1, bytes.length - 1), lines, JSON.stringify(text));
  }
});

test('a window has what was not read, and some of the bytes to come', async () => {
  const text = Array.from({ length: 90_000 }, (_, i) => i % 251);
  for (const [chunkBytes, collectBytes, read] of [
    [1, 3, 2],
    [100, 33, 33],
    [40_000, 70_000, 1000],
    [9, 50_000, 49_999],
  ] as const) {
    const whole = Uint8Array.from(text.slice(0, collectBytes < 100 ? 200 : text.length));
    const window = new TableWindow(
      memorySource('table', whole, chunkBytes).open() as AsyncGenerator<Uint8Array>,
      collectBytes,
    );
    const seen: number[] = [];
    let steps = 0;
    while (!window.final || window.at < window.end) {
      const left = window.end - window.at;
      await window.fill();
      assert.is(window.at, 0);
      assert.ok(window.final || window.end === left + collectBytes);
      const upTo = window.final ? window.end : Math.min(read, window.end);
      for (; window.at < upTo; window.at++) seen.push(window.bytes[window.at]!);
      assert.ok(steps++ < 1000, 'the window does not end');
    }
    assert.equal(Uint8Array.from(seen), whole);
  }
});

test('a window moves into a room that has space for it and 16 bytes more, until it outgrows that', async () => {
  for (const [size, moves] of [
    [15 + 10, false],
    [16 + 10, true],
    [100, true],
  ] as const) {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => i + 1);
    const window = new TableWindow(memorySource('table', bytes, 10).open() as AsyncGenerator<Uint8Array>, 10);
    await window.fill();
    const room = new Uint8Array(size);
    assert.is(window.moveTo(room), moves);
    assert.is(window.bytes === room, moves);
    assert.equal(window.bytes.slice(0, window.end), bytes.slice(0, 10));
    window.at = 4;
    await window.fill();
    assert.equal(window.bytes.slice(0, window.end), bytes.slice(4, 20));
    assert.is(window.bytes === room, size === 100);
    await window.close();
    await window.fill();
    assert.ok(window.final);
  }
});

test.run();
