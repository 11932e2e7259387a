/** The kernel and the scanner read the same records from any bytes, in any chunks. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes, toText } from '../bytes/text.ts';
import {
  END_CR,
  END_CRLF,
  END_LF,
  FAULT_FILTERED_OUT,
  FAULT_NONE,
  STYLE_PLAIN,
  STYLE_QUOTED,
  STYLE_QUOTED_DOUBLED,
} from '../kernel/assembly/places.ts';
import { Kernels } from '../kernel/kernels.ts';
import {
  CR_END,
  CRLF_END,
  FILTERED_OUT,
  LF_END,
  PLAIN,
  QUOTED,
  QUOTED_DOUBLED,
  RecordBatch,
  WELL_FORMED,
} from './batch.ts';
import { scanFeed } from './feed.ts';
import { Scanner } from './scanner.ts';

const SIZES = {
  windowBytes: 4096,
  arenaBytes: 64,
  rowsMax: 8,
  linesBytes: 8,
  entriesBytes: 8,
  sourceWords: 8,
  mergeBytes: 8,
};
const kernels = new Kernels({ fromBytes: 0, ...SIZES });

interface Setting {
  chunk: number;
  window: number;
  quote: number;
  delimiter: string;
  recordBytes: number;
  recordCells: number;
  records: number;
  width: number;
}

const SETTING: Setting = {
  chunk: 1 << 20,
  window: 1,
  quote: 34,
  delimiter: ',',
  recordBytes: 1 << 20,
  recordCells: 1 << 20,
  records: 2048,
  width: 0,
};

/** Everything in a batch, with its cells as texts. */
function described(window: Uint8Array, batch: RecordBatch): unknown[] {
  const records: unknown[] = [];
  for (let record = 0; record < batch.count; record++) {
    const cells: unknown[] = [];
    for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++) {
      const [start, end] = [batch.fieldStart[field]!, batch.fieldEnd[field]!];
      cells.push([start, toText(window, start, end), batch.fieldStyle[field]]);
    }
    const { line, fault, faultField, lineEnd } = batch;
    records.push([cells, line[record], fault[record], faultField[record], lineEnd[record]]);
  }
  return records;
}

async function scanned(bytes: Uint8Array, setting: Setting, own?: Kernels): Promise<unknown[]> {
  const { quote, delimiter, recordBytes, recordCells, width, chunk } = setting;
  const scanner = new Scanner({ delimiter: toBytes(delimiter), quote, escape: -1 }, recordBytes, recordCells);
  scanner.width = width;
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunk) yield bytes.slice(i, i + chunk);
  }
  const batches: unknown[] = [];
  const options = { windowBytes: setting.window, skipLines: 0, batchRecords: setting.records, kernels: own };
  for await (const { window, batch } of scanFeed(chunks(), scanner, options)) batches.push(described(window, batch));
  return [batches, scanner.line];
}

async function assertSame(bytes: Uint8Array, setting: Setting): Promise<void> {
  assert.equal(await scanned(bytes, setting, kernels), await scanned(bytes, setting));
}

/** Pieces that mean something to a scanner, and long ones that cross blocks of 64 bytes. */
const PIECES = ['"', '""', ',', '\n', '\r\n', '\r', 'a', ' ', 'é', '"a,b"', '"a""b"', '"a\nb"', ',"', '",', '"\n'];
const LONG = [...PIECES, 'x'.repeat(30), 'y'.repeat(61), 'a,b,c,d\n', '1,"two, three",4\n', '"q","r","s"\r\n'];
const text = fc.array(fc.constantFrom(...LONG), { maxLength: 60 }).map((parts) => toBytes(parts.join('')));
const anyBytes = fc.uint8Array({ maxLength: 300 });
const setting: fc.Arbitrary<Setting> = fc.record({
  chunk: fc.oneof(fc.constantFrom(1, 2, 3, 63, 64, 65, 127, 1 << 20), fc.integer({ min: 1, max: 200 })),
  window: fc.constantFrom(1, 64, 300, 1 << 16),
  quote: fc.constantFrom(34, 34, 34, 39, -1),
  delimiter: fc.constantFrom(',', ',', '\t', ';'),
  recordBytes: fc.constantFrom(1 << 20, 1 << 20, 70, 20),
  recordCells: fc.constantFrom(1 << 20, 1 << 20, 3),
  records: fc.constantFrom(2048, 1, 5),
  width: fc.constantFrom(0, 3),
});

test('property: both read texts of quotes, delimiters and line ends alike', async () => {
  await fc.assert(fc.asyncProperty(text, setting, assertSame), { numRuns: 3000 });
});

test('property: both read any bytes alike', async () => {
  await fc.assert(fc.asyncProperty(anyBytes, setting, assertSame), { numRuns: 500 });
});

test('both read every byte alike at every place of a block', async () => {
  const row = 'ab,"c d",12,"e,f",g\r\n'.repeat(8);
  for (const byte of [34, 44, 10, 13, 0, 255]) {
    for (let at = 0; at < 70; at++) {
      const bytes = toBytes(row);
      bytes[at] = byte;
      await assertSame(bytes, SETTING);
    }
  }
});

test('bytes of an earlier feed behind the end of this one are ignored', async () => {
  await scanned(toBytes(',"\n'.repeat(400)), { ...SETTING, window: 4096 }, kernels);
  for (let length = 1; length < 140; length++) {
    await assertSame(toBytes('a,"b",c\n'.repeat(20).slice(0, length)), { ...SETTING, window: 4096 });
  }
});

test('the kernel reads ordinary records without the scanner', () => {
  const kernel = kernels.forFeed(0);
  assert.ok(kernel);
  const { scan } = kernel.loops;
  let calls = 0;
  const loops = {
    ...kernel.loops,
    scan: () => {
      calls++;
      scan();
    },
  };
  const bytes = toBytes('a,"b",c\r\n'.repeat(50));
  kernel.window.set(bytes);
  const scanner = new Scanner({ delimiter: toBytes(','), quote: 34, escape: -1 }, 1 << 20);
  scanner.useKernel({ ...kernel, loops });
  const cursor = { bytes: kernel.window, at: 0, end: bytes.length, final: true };
  const batch = new RecordBatch(2048, kernel.batch);
  scanner.scan(cursor, batch);
  assert.equal([batch.count, batch.fields, cursor.at, scanner.line, calls], [50, 150, bytes.length, 51, 1]);
});

test('places.ts has the numbers of batch.ts', () => {
  assert.equal([STYLE_PLAIN, STYLE_QUOTED, STYLE_QUOTED_DOUBLED], [PLAIN, QUOTED, QUOTED_DOUBLED]);
  assert.equal([FAULT_NONE, FAULT_FILTERED_OUT], [WELL_FORMED, FILTERED_OUT]);
  assert.equal([END_LF, END_CR, END_CRLF], [LF_END, CR_END, CRLF_END]);
});

test.run();
