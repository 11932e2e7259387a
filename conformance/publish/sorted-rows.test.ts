/** Rows that are skipped because they are as expected, and rows that are loaded: the same rows, lines and faults for any chunks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../../core/bytes/text.ts';
import { FOUND, MISSING, NEEDS_REFILL, SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { memorySource } from '../../plugins/in-memory/ports.ts';

const ROWS = ['A,1,x\n', 'B,2,"two\nlines"\n', '"C,1",3,\n', '\nD,4,"a ""b"""\n', 'E,5,y\n'];
const HEADER = 'sku,n,title\n';

function open(text: string, { chunkBytes = 1000, expects = true } = {}): Promise<SortedRows> {
  const limits = { ...DEFAULT_LIMITS, windowBytes: 8 };
  return SortedRows.open(memorySource('table', toBytes(text), chunkBytes), { name: 'the table', expects, limits });
}

/** The bytes in the middle of a larger buffer. */
function inMemory(text: string): Uint8Array {
  const bytes = toBytes(text);
  const memory = new Uint8Array(bytes.length + 20).fill(0x78);
  memory.set(bytes, 11);
  return memory.subarray(11, 11 + bytes.length);
}

/** Skips the next row if it has these bytes, else loads it. Returns its SKU, or null at the end. */
async function next(rows: SortedRows, expected: string, seen: Set<string>): Promise<string | null> {
  const bytes = inMemory(expected);
  const sku = toBytes(expected.startsWith('"C') ? 'C,1' : expected.slice(0, 1));
  for (;;) {
    const found = rows.startsWith(bytes, 0, bytes.length);
    if (found === FOUND) {
      seen.add('passed');
      rows.pass(bytes.length, sku, sku.length);
      return toText(sku);
    }
    if (found === MISSING && rows.load()) {
      seen.add('loaded');
      const text = rows.text(0);
      rows.advance();
      return text;
    }
    if (found === NEEDS_REFILL) seen.add('refilled');
    if (rows.isEnded) return null;
    await rows.refill();
  }
}

test('each row is skipped or loaded, for any chunks', async () => {
  const seen = new Set<string>();
  for (const chunkBytes of [1, 3, 7, 1000]) {
    for (let wrong = 0; wrong < 1 << ROWS.length; wrong++) {
      const rows = await open(HEADER + ROWS.join(''), { chunkBytes });
      const skus: Array<string | null> = [];
      for (const [i, row] of [...ROWS, 'F,6,\n'].entries())
        skus.push(await next(rows, row.trim() + ((wrong >> i) & 1 ? '!\n' : '\n'), seen));
      assert.equal(skus, ['A', 'B', 'C,1', 'D', 'E', null], `chunks of ${chunkBytes}, wrong ${wrong}`);
      assert.is(rows.rows, ROWS.length);
    }
  }
  assert.equal([...seen].sort(), ['loaded', 'passed', 'refilled']);
});

test('a skipped row counts for the order and the line numbers of later rows', async () => {
  const problems: Array<[string, string]> = [
    ['A,9,\n', 'it is not sorted by SKU, each once: "A" on line 5'],
    ['B,9,\n', 'it is not sorted by SKU, each once: "B" on line 5'],
    ['C\n', 'line 5 does not have its 3 columns'],
    ['C,1,"x\n', 'line 5 does not have its 3 columns'],
  ];
  for (const [last, problem] of problems) {
    for (const expects of [true, false]) {
      const rows = await open(`${HEADER}${ROWS[0]}${ROWS[1]}${last}`, { expects });
      const seen = new Set<string>();
      const rest = async () => {
        for (const row of [ROWS[0]!, ROWS[1]!, 'X,\n']) await next(rows, row, seen);
      };
      const error = await rest().then(
        () => null,
        (reason: Error) => reason.message,
      );
      assert.is(error, `the table cannot be used: ${problem}`, `${JSON.stringify(last)}, ${expects}`);
    }
  }
});

test('the beginning of the last row does not count as that row', async () => {
  const rows = await open(`${HEADER}A,1,x`, { chunkBytes: 4 });
  const seen = new Set<string>();
  assert.is(await next(rows, 'A,1,x\n', seen), 'A');
  assert.equal([...seen], ['loaded']);
  await rows.refill();
  assert.is(rows.load(), false);
  await rows.refill();
  assert.ok(rows.isEnded);
});

test.run();
