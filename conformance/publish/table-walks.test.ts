/** Random walks through random tables: at each step, `SortedRows` says of its rows what a plain list of the rows says. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../core/bytes/text.ts';
import { RelayError } from '../../core/errors.ts';
import { LineBuffer } from '../../core/pipeline/publish/tables/line-buffer.ts';
import { FOUND, MISSING, NEEDS_REFILL, SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';
import { Random } from '../oracle/generate/random.ts';

const WALKS = 150;
/** More than any walk takes. */
const STEPS_MAX = 2000;

interface Row {
  cells: string[];
  sku: Uint8Array;
  /** With its line end. */
  bytes: Uint8Array;
  line: number;
}

interface Table {
  columns: string[];
  rows: Row[];
  text: string;
  lineEnd: string;
  isCut: boolean;
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const written = (cell: string) => (/[",\r\n]/.test(cell) ? quoted(cell) : cell);

function skuOf(random: Random): string {
  const name = Array.from({ length: random.int(1, 3) }, () => random.pick([...'AB"",é-1'])).join('');
  return random.chance(0.05) ? name + 'L"'.repeat(random.int(100, 400)) : name;
}

function tableOf(random: Random): Table {
  const others = random.pick([[], ['quantity_available'], ['price', 'title'], ['title', 'vendor_sku', 'n']]);
  const columns = random.shuffle(['sku', ...others]);
  const cells = [
    '',
    '',
    'x',
    '12',
    'a,b',
    'q"q',
    ...(columns.includes('title') ? ['two\nlines', 'a\r\nb', 'a\rb'] : []),
  ];
  const lineEnd = random.chance(0.2) ? '\r\n' : '\n';
  const skus = [...new Set(Array.from({ length: random.int(0, 14) }, () => skuOf(random)))];
  skus.sort((a, b) => Buffer.compare(bytesOf(a), bytesOf(b)));
  let line = 2;
  const isCut = random.chance(0.15);
  const rows = skus.map((sku, i) => {
    const row = columns.map((column) => (column === 'sku' ? sku : random.pick(cells)));
    const text = row.map((cell) => (random.chance(0.1) ? quoted(cell) : written(cell))).join(',');
    const bytes = bytesOf(text + (isCut && i === skus.length - 1 ? '' : lineEnd));
    const made = { cells: row, sku: bytesOf(sku), bytes, line };
    line += (text.match(/\r\n|\r|\n/g) ?? []).length + 1;
    return made;
  });
  const text = columns.join(',') + lineEnd + rows.map(({ bytes }) => toText(bytes)).join('');
  return { columns, rows, text, lineEnd, isCut: isCut && rows.length > 0 };
}

/** The bytes in the middle of a larger array. */
function inside(bytes: Uint8Array, random: Random): { memory: Uint8Array; from: number; to: number } {
  const from = random.int(0, 9);
  const memory = new Uint8Array(from + bytes.length + random.int(0, 5)).fill(0x78);
  memory.set(bytes, from);
  return { memory, from, to: from + bytes.length };
}

class Walk {
  readonly seen = new Set<string>();
  readonly #random: Random;
  readonly #table: Table;
  readonly #rows: SortedRows;
  readonly #expects: boolean;
  readonly #room: Uint8Array;
  /** The next row, or the current one. */
  #at = 0;
  #steps = 0;

  constructor(random: Random, { table, rows, expects }: { table: Table; rows: SortedRows; expects: boolean }) {
    this.#random = random;
    this.#table = table;
    this.#rows = rows;
    this.#expects = expects;
    this.#room = new Uint8Array(random.pick([300, 40_000])).subarray(8);
  }

  get isDone(): boolean {
    return this.#at === this.#table.rows.length;
  }

  async step(): Promise<void> {
    this.#count();
    const ways = ['look', 'seek', 'compare', 'compare', 'pass'] as const;
    const way = this.#random.pick(ways);
    if (way === 'look') await this.#look();
    else if (way === 'seek') await this.#seek();
    else if (way === 'compare') await this.#compareNext();
    else this.#passInRoom();
    if (this.#random.chance(0.1)) this.#rows.moveTo(this.#room);
  }

  /** Nothing comes after the last row. */
  async end(): Promise<void> {
    for (const rows = this.#rows; !rows.load() && !rows.isEnded; ) await this.#refill();
    assert.equal([this.#rows.isReady, this.#rows.isEnded], [false, true]);
  }

  #count(): void {
    assert.ok(this.#steps++ < STEPS_MAX, 'the walk does not end');
  }

  #refill(): Promise<void> {
    this.#count();
    return this.#rows.refill();
  }

  /** The current row, read cell by cell. */
  async #look(): Promise<void> {
    const [rows, table, row] = [this.#rows, this.#table, this.#table.rows[this.#at]];
    while (!rows.load() && !rows.isEnded) await this.#refill();
    assert.is(rows.isReady, row !== undefined);
    assert.is(rows.isEnded, row === undefined);
    if (row === undefined) return;
    assert.equal(
      table.columns.map((column) => rows.text(rows.indexOf(column))),
      row.cells,
    );
    assert.is(rows.text(-1), '');
    assert.is(rows.line, row.line);
    assert.is(rows.rows, this.#at + 1);
    assert.equal(rows.sku.slice(rows.skuStart, rows.skuEnd), row.sku);
    const out = new LineBuffer();
    for (const i of table.columns.keys()) rows.writeCell(out, i);
    assert.is(toText(out.take()), row.cells.map(written).join(''));
    const body = row.bytes.subarray(0, row.bytes.length - (this.#isCutHere ? 0 : table.lineEnd.length));
    assert.is(rows.rowBytes, body.length);
    const { memory, from, to } = inside(body, this.#random);
    assert.ok(rows.equals(memory, from, to));
    assert.not(rows.equals(memory, from, to - 1) || rows.equals(memory, from + 1, to));
    memory[this.#random.int(from, to - 1)]! ^= 1;
    assert.not(rows.equals(memory, from, to));
    for (const other of [...this.#table.rows.slice(0, this.#at + 2), { sku: row.sku.subarray(0, -1) }])
      assert.is(Math.sign(rows.compare(other.sku, other.sku.length)), Math.sign(Buffer.compare(row.sku, other.sku)));
    if (this.#random.chance(0.3)) return;
    rows.advance();
    this.#at++;
    this.seen.add('looked');
  }

  async #seek(): Promise<void> {
    const rows = this.#rows;
    const some = this.#table.rows[Math.min(this.#at + this.#random.int(0, 3), this.#table.rows.length - 1)];
    const sku = some === undefined || this.#random.chance(0.3) ? bytesOf(skuOf(this.#random)) : some.sku;
    let found = rows.seek(sku, sku.length);
    for (; found === NEEDS_REFILL; found = rows.seek(sku, sku.length)) await this.#refill();
    const next = this.#table.rows.findIndex((row, i) => i >= this.#at && Buffer.compare(row.sku, sku) >= 0);
    this.#at = next < 0 ? this.#table.rows.length : next;
    const isThere = next >= 0 && Buffer.compare(this.#table.rows[next]!.sku, sku) === 0;
    assert.is(found, isThere ? FOUND : MISSING);
    assert.is(rows.isEnded, next < 0);
    this.seen.add(isThere ? 'sought' : 'not found');
  }

  /** The next row, compared as bytes with what it is, or with something else. */
  async #compareNext(): Promise<void> {
    const rows = this.#rows;
    const row = this.#table.rows[this.#at];
    const isRight = row !== undefined && !this.#isCutHere && this.#random.chance(0.8);
    const bytes = new Uint8Array(row?.bytes ?? bytesOf('Z\n'));
    if (!isRight) bytes[this.#random.int(0, bytes.length - 1)]! ^= 2;
    const { memory, from, to } = inside(bytes, this.#random);
    let found = rows.startsWith(memory, from, to);
    for (; found === NEEDS_REFILL; found = rows.startsWith(memory, from, to)) {
      await this.#refill();
      this.seen.add('refilled');
    }
    if (!isRight) return assert.is(found, MISSING);
    if (found === MISSING) {
      this.seen.add('unknown');
      // rows that are scanned already are compared by their cells
      assert.not(this.#expects && !rows.isReady);
      return;
    }
    rows.pass(bytes.length, row.sku, row.sku.length);
    this.#at++;
    assert.is(rows.rows, this.#at + (rows.isReady ? 1 : 0));
    this.seen.add('passed');
  }

  /** Passes several rows in a room that it does not read itself, as the kernel does. */
  #passInRoom(): void {
    const place = this.#rows.unscannedIn(this.#room);
    if (place === null) return;
    assert.is(this.#rows.unscannedIn(new Uint8Array(this.#room)), null);
    let [at, passed] = [place.at, 0];
    for (const { bytes } of this.#table.rows.slice(this.#at)) {
      if (at + bytes.length > place.end || this.#random.chance(0.3)) break;
      assert.equal(this.#room.slice(at, at + bytes.length), bytes);
      at += bytes.length;
      passed++;
    }
    if (passed === 0) return;
    this.#at += passed;
    const { sku } = this.#table.rows[this.#at - 1]!;
    const { memory, from, to } = inside(sku, this.#random);
    this.#rows.passTo(at, { rows: passed, quoted: true }, { bytes: memory, from, to });
    memory.fill(0xff);
    assert.is(this.#rows.rows, this.#at);
    this.seen.add('passed in a room');
  }

  get #isCutHere(): boolean {
    return this.#table.isCut && this.#at === this.#table.rows.length - 1;
  }
}

test('property: rows that are looked at, sought and passed are those of the table', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < WALKS; seed++) {
    const random = new Random(seed);
    const table = tableOf(random);
    const expects = random.chance(0.7);
    const limits = { ...DEFAULT_LIMITS, windowBytes: random.pick([1, 8, 100, 4000]) };
    const source = memorySource('table', toBytes(table.text), random.pick([1, 3, 50, 9000]));
    const rows = await SortedRows.open(source, { name: 'the table', expects, limits });
    const walk = new Walk(random, { table, rows, expects });
    try {
      assert.equal(rows.columns, table.columns);
      while (!walk.isDone) await walk.step();
      await walk.end();
      assert.is(rows.rows, table.rows.length);
      assert.is(rows.seek(toBytes('A'), 1), MISSING);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    for (const one of walk.seen) seen.add(one);
  }
  const all = ['looked', 'not found', 'passed', 'passed in a room', 'refilled', 'sought', 'unknown'];
  assert.equal([...seen].sort(), all);
});

test('tables that cannot be used are closed, and the message says what is wrong', async () => {
  const cases: Array<[string, string]> = [
    ['name,n\nA,1\n', 'it has no column sku'],
    ['sku,n\nA,1\nB\n', 'line 3 does not have its 2 columns'],
    ['sku,n\nA,1\nB,1,1\n', 'line 3 does not have its 2 columns'],
    ['sku,n\nA,"1\n', 'line 2 does not have its 2 columns'],
    ['sku\nB\nA\n', 'it is not sorted by SKU, each once: "A" on line 3'],
    ['sku\nA\nA\n', 'it is not sorted by SKU, each once: "A" on line 3'],
    ['sku\nAB\nA\n', 'it is not sorted by SKU, each once: "A" on line 3'],
    [
      `n,sku\n,"${'B""'.repeat(300)}"\n,${'A'.repeat(300)}\n`,
      `it is not sorted by SKU, each once: "${'A'.repeat(100)}" on line 3`,
    ],
  ];
  for (const [text, problem] of cases) {
    for (const chunkBytes of [2, 5000]) {
      let closed = 0;
      const source = memorySource('table', toBytes(text), chunkBytes);
      const open = async function* () {
        try {
          yield* source.open();
        } finally {
          closed++;
        }
      };
      const read = async () => {
        const options = { name: 'the table', limits: { ...DEFAULT_LIMITS, windowBytes: chunkBytes } };
        const rows = await SortedRows.open({ name: 'table', size: null, open }, options);
        try {
          for (let i = 0; i < STEPS_MAX && !rows.isEnded; i++) {
            if (rows.isReady) rows.advance();
            else await rows.refill();
          }
        } finally {
          await rows.close();
        }
      };
      const error = await read().catch((reason: unknown) => reason);
      assert.instance(error, RelayError);
      assert.is((error as RelayError).message, `the table cannot be used: ${problem}`);
      assert.is((error as RelayError).code, 'invalid_input');
      assert.is(closed, 1, text);
    }
  }
});

test('records up to the limit are read, and longer ones are refused', async () => {
  for (const length of [39, 40, 41, 42]) {
    for (const expects of [true, false]) {
      const row = `A,${'x'.repeat(length - 2)}\n`;
      const limits = { windowBytes: 8, recordBytesMax: 40 };
      const source = memorySource('table', toBytes(`sku,n\n${row}B,2\n`), 7);
      const opened = SortedRows.open(source, { name: 'the table', expects, limits });
      const said = await opened.then(
        (rows) => rows.text(0),
        (error: RelayError) => error.code,
      );
      assert.is(said, length > 40 ? 'invalid_input' : 'A', `${length}`);
    }
  }
});

test.run();
