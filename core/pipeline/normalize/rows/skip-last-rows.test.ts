import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import { recordCells } from '../../../scan/cells.ts';
import { scanFeed } from '../../../scan/feed.ts';
import { Scanner } from '../../../scan/scanner.ts';
import { dropBlankRows } from './blank.ts';
import { SkipLastRows } from './skip-last-rows.ts';

async function* chunksOf(text: string): AsyncIterable<Uint8Array> {
  yield toBytes(text);
}

/** The lines that pass when a feed comes in batches of this size, and how many are left out. */
async function passed(lines: readonly string[], rows: number, batchRecords: number): Promise<[string[], number]> {
  const held = new SkipLastRows(rows);
  const out: string[] = [];
  const scanner = new Scanner({ delimiter: toBytes(';'), quote: 34, escape: -1 }, 1 << 16);
  const options = { windowBytes: 1 << 16, skipLines: 0, headerFirst: false, batchRecords };
  for await (const { window, batch } of scanFeed(chunksOf(`${lines.join('\n')}\n`), scanner, options)) {
    dropBlankRows(window, batch);
    for (const rowsPassed of held.pass(window, batch, 0)) {
      for (let record = rowsPassed.first; record < rowsPassed.batch.count; record++) {
        const cells = recordCells(rowsPassed.window, rowsPassed.batch, record);
        if (cells.length > 1) out.push(cells.join(';'));
      }
    }
  }
  return [out, held.count];
}

test('the last rows are skipped for any batch size; rows of empty cells do not count', async () => {
  const line = fc.constantFrom('a;1', ';', ' ; ', '', 'b;2');
  const input = fc.array(line, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(input, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }), async (lines, rows, n) => {
      const records = lines.filter((text) => /\w/.test(text));
      const from = Math.max(0, records.length - rows);
      assert.equal(await passed(lines, rows, n), [records.slice(0, from), records.length - from]);
    }),
  );
});

test('any number of empty records may follow the last row', async () => {
  const feed = ['a;1', 'Sum;1', ...Array.from({ length: 20_000 }, () => ';')];
  assert.equal(await passed(feed, 1, 2048), [['a;1'], 1]);
});

test.run();
