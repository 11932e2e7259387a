/** Entries of `errors.json`, records of rows, rows that are caught, and inputs, as the files of a run have them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../../canonical.ts';
import { RelayError } from '../../errors.ts';
import type { InputManifest } from '../../pipeline/fetch/input-manifest.ts';
import type { PageIndex, RowIndex } from '../../pipeline/row-index.ts';
import { runFilesOf } from '../testing/files.ts';
import { CaughtRows, sourceAt } from './caught-rows.ts';
import { parsedEntry, readErrorLines, rowOfEntry } from './error-lines.ts';
import { explainedInputs } from './inputs.ts';
import { Findings, isMissing, readBytes, readJsonFile, runSource } from './reading.ts';
import { linesByFile, readSources } from './row-sources.ts';
import { findRows } from './vendor-rows.ts';

/** Entries of `rows.bin`: row number, line and file. */
function sourcesOf(rows: ReadonlyArray<readonly number[]>): Uint8Array {
  return new Uint8Array(Uint32Array.from(rows.flat()).buffer);
}

test('an entry of errors.json is of a row if its row number comes where the run writes it', () => {
  const of = (text: string) => rowOfEntry(toBytes(text));
  assert.equal(of('{"error_code":"x","vendor_id":"a","row_number":12,"line":3},'), { vendorId: 'a', rowNumber: 12 });
  assert.equal(of('{"error_code":"x","vendor_id":"a","file":"f \\"1\\".csv","row_number":7}'), {
    vendorId: 'a',
    rowNumber: 7,
  });
  const long = 'n'.repeat(8000);
  assert.equal(of(`{"error_code":"x","vendor_id":"a","file":"${long}","row_number":7}`), {
    vendorId: 'a',
    rowNumber: 7,
  });
  assert.is(of(`{"error_code":"x","vendor_id":"a","file":"${long.repeat(2)}","row_number":7}`), null);
  for (const other of [
    '{"error_code":"x","vendor_id":"a","error_message":"m","row_number":7}',
    '{"error_code":"x","row_number":7}',
    ' {"error_code":"x","vendor_id":"a","row_number":7}',
    '{"error_code":"x","vendor_id":"a","row_number":null}',
  ])
    assert.is(of(other), null, other);
});

test('lines of errors.json are read one by one, without the brackets; a damaged one is no entry', async () => {
  const lines: unknown[] = [];
  const read = (files: Record<string, string>) =>
    readErrorLines(runFilesOf(files), (line) => lines.push(parsedEntry(line)));
  assert.ok(await read({ 'reports/errors.json': '[\n{"a":1},\n{"b":"x,"}\n]\n' }));
  assert.equal(lines.splice(0), [{ a: 1 }, { b: 'x,' }]);
  assert.ok(await read({ 'reports/errors.json': '[\n]\n' }));
  assert.ok(await read({ 'reports/errors.json': '[\n{"a":1\n]' }));
  assert.equal(lines, [undefined]);
  assert.not.ok(await read({}));
  const failing = {
    open: () =>
      (async function* () {
        yield await Promise.reject(new TypeError('bug'));
      })(),
  };
  assert.instance(await readErrorLines(failing, () => {}).catch((error) => error), TypeError);
  assert.equal([new RelayError('not_found', ''), new RelayError('timeout', ''), new TypeError()].map(isMissing), [
    true,
    false,
    false,
  ]);
});

test('files that are missing are null, others are read in part or as JSON; a damaged one is a finding, once', async () => {
  const snapshot = 'reports/config_snapshot.json';
  const files = runFilesOf({ 'a/b.json': '{"x":[1]}', 'bad.json': '{', [snapshot]: '{"plugins":[{"kind":"parser"}]}' });
  const findings = new Findings();
  assert.equal(await readJsonFile(files, 'a/b.json', findings), { x: [1] });
  assert.equal([await readJsonFile(files, 'none', findings), findings.list], [null, []]);
  for (let times = 0; times < 2; times++) assert.is(await readJsonFile(files, 'bad.json', findings), null);
  assert.equal(
    findings.list.map(({ code, path }) => [code, path]),
    [['damaged_artifact', 'bad.json']],
  );
  assert.is(await readJsonFile(files, snapshot, findings), null);
  assert.equal(findings.list.pop(), {
    code: 'damaged_artifact',
    path: snapshot,
    message: `${snapshot} is damaged: plugins.0.id is not what a run writes`,
  });
  for (const [code, path, message] of [
    ['row_differs', 'bad.json', 'bad.json is not JSON'],
    ['damaged_artifact', 'other', 'bad.json is not JSON'],
    ['damaged_artifact', 'bad.json', 'else'],
  ] as const)
    findings.add(code, path, message);
  assert.is(findings.list.length, 4);
  assert.equal(await readBytes(files, 'a/b.json', { first: 2, last: 3 }), toBytes('x"'));
  assert.not.ok(isMissing(new Error('not_found')));
  const source = runSource(files, 'a/b.json', 7);
  assert.equal([source.name, source.size], ['b.json', 7]);
});

test('the rows of the SKU are caught with their records, from writes of whole lines', () => {
  const caught = new CaughtRows('A,1');
  const [lines, sources] = [caught.lines(), caught.sources()];
  lines.write(toBytes(''));
  lines.write(toBytes('sku,"ti\ntle"\nA,x\n"A,1",one\n"A,1",""\n'));
  sources.write(
    sourcesOf([
      [1, 1, 0],
      [2, 3, 1],
      [3, 9, 0],
    ]),
  );
  lines.write(toBytes('"A,1","two\nlines"\n"A,11",x\nA,1\n"A,1",last\n'));
  sources.write(
    sourcesOf([
      [4, 12, 2],
      [5, 1, 0],
      [6, 1, 0],
      [7, 14, 0],
    ]),
  );
  assert.equal(caught.rows, [
    { text: '"A,1",one', source: { rowNumber: 2, line: 3, file: 1 } },
    { text: '"A,1",""', source: { rowNumber: 3, line: 9, file: 0 } },
    { text: '"A,1","two\nlines"', source: { rowNumber: 4, line: 12, file: 2 } },
    { text: '"A,1",last', source: { rowNumber: 7, line: 14, file: 0 } },
  ]);
});

test('records are by entry of rows.bin, low byte first; there is none past its end', () => {
  const bytes = sourcesOf([
    [1, 2, 3],
    [0x01020304, 0xfffffffe, 0x80000001],
  ]);
  assert.equal(sourceAt(bytes, 1), { rowNumber: 0x01020304, line: 0xfffffffe, file: 0x80000001 });
  assert.equal(sourceAt(bytes.subarray(12), 0), sourceAt(bytes, 1));
  assert.equal([sourceAt(bytes, 2), sourceAt(bytes.subarray(0, 23), 1)], [null, null]);
});

/** Two vendors; pages begin at A, M and Z. */
const PAGES: PageIndex = {
  ...{ vendors: ['a', 'b'], rows: [6, 4] },
  starts: [
    ['A', [0, 0]],
    ['M', [2, 1]],
    ['Z', [5, 1]],
  ],
};
const ENTRIES = [
  ...[
    [100, 0],
    [101, 0],
    [200, 0],
  ],
  ...[
    [102, 0],
    [103, 0],
    [104, 0],
  ],
  ...[
    [105, 0],
    [201, 0],
    [202, 0],
    [203, 0],
  ],
].map(([line]) => [line! - 90, line!, 0]);

test('records of rows are read with the page of the SKU', async () => {
  const rowsBin = Buffer.from(sourcesOf(ENTRIES)).toString('latin1');
  const reads: string[] = [];
  const files = {
    open: async function* (path: string, range = { first: 0, last: 0 }) {
      reads.push(`${path} ${range.first} ${range.last}`);
      yield Uint8Array.from(Buffer.from(rowsBin, 'latin1')).slice(range.first, range.last + 1);
    },
  };
  const linesOf = async (sku: string, wanted: Record<string, [first: number, count: number]>, pages = PAGES) => {
    const ranges = new Map(Object.entries(wanted).map(([id, [first, count]]) => [id, { first, count }]));
    const found = await readSources(files, { pages, sku }, ranges);
    return found === null
      ? null
      : Object.fromEntries([...found].map(([id, all]) => [id, all.map((one) => one?.line ?? null)]));
  };
  assert.equal(await linesOf('B', { a: [0, 2], b: [0, 1] }), { a: [100, 101], b: [200] });
  assert.equal(reads.splice(0), ['reports/rows.bin 0 35']);
  assert.equal(await linesOf('M', { a: [3, 2] }), { a: [103, 104] });
  assert.equal(reads.splice(0), ['reports/rows.bin 36 71']);
  assert.equal(await linesOf('ZZ', { b: [1, 3], a: [5, 1] }), { b: [201, 202, 203], a: [105] });
  assert.equal(await linesOf('A', { a: [1, 1] }), { a: [101] });
  // rows that the page does not have
  assert.equal(await linesOf('M', { a: [1, 2], b: [1, 1], c: [0, 1] }), { a: [null, null], b: [null], c: [null] });
  assert.equal(await linesOf('M', { a: [4, 2] }), { a: [null, null] });
  assert.is(await linesOf('0', { a: [0, 1] }), null);
  assert.is(await linesOf('A', { a: [0, 1] }, { vendors: [], rows: [], starts: [] }), null);
  assert.is(
    await readSources(runFilesOf({}), { pages: PAGES, sku: 'A' }, new Map([['a', { first: 0, count: 1 }]])),
    null,
  );
  // a page of more than a mebibyte is not read whole
  reads.length = 0;
  const large = { ...PAGES, starts: [['A', [0, 0]]] as PageIndex['starts'], rows: [100_000, 4] };
  assert.equal(await linesOf('B', { a: [1, 2] }, large), { a: [101, 200] });
  assert.equal(reads, ['reports/rows.bin 12 35']);
});

test('lines are by file; one row without a record means that all is read', () => {
  const source = (line: number, file: number) => ({ rowNumber: 1, line, file });
  assert.equal(
    [...(linesByFile([source(5, 1), source(3, 0), source(9, 1)]) ?? [])],
    [
      [1, [5, 9]],
      [0, [3]],
    ],
  );
  assert.is(linesByFile([source(5, 1), null]), null);
  assert.equal(linesByFile([])?.size, 0);
});

test('the valid rows of a SKU are found vendor by vendor, with their records', async () => {
  const header = CANONICAL_COLUMNS.join(',');
  const files = runFilesOf({
    'normalized/a/normalized.csv': `${header}\nA,x\nB,y\nB,z\n`,
    'normalized/b/normalized.csv': `${header}\nA,x\n`,
  });
  const vendor = { samples: [], refused: [] };
  const index = { vendors: { a: vendor, b: vendor, d: vendor }, pages: PAGES } as unknown as RowIndex;
  const found = async (wantedIndex: RowIndex | null) => {
    const findings = new Findings();
    const rows = await findRows({ files, sku: 'B', index: wantedIndex, extras: [], findings }, ['a', 'b', 'c', 'd']);
    const shown = [...rows].map(([id, one]) => [id, one.found.rows.map(({ text }) => text), one.sources]);
    return [shown, findings.list.map(({ path }) => path)];
  };
  const rows = [
    ['a', ['B,y', 'B,z'], [null, null]],
    ['b', [], []],
  ];
  assert.equal(await found(index), [rows, ['normalized/d/normalized.csv', 'reports/rows.bin']]);
  assert.equal(await found(null), [rows, ['normalized/c/normalized.csv', 'normalized/d/normalized.csv']]);
});

test('each file that was read is an input; side files are named once', () => {
  const file = (name: string) => ({
    name,
    run_copy_key: `r/tenants/t/inbound/a/${name}`,
    sha256: name,
    size: 5,
    last_modified: 'm',
  });
  const none = { sha256: null, size: null, last_modified: null, run_copy_key: null };
  const vendors = {
    a: {
      status: 'found',
      ...none,
      files: [file('1.csv'), file('2.csv')],
      side_files: [file('map.csv')],
      patches: [{}],
    },
    b: { status: 'missing', ...none, files: [] },
    c: { status: 'missing', ...none, files: [file('x')], carried_over: { files: [file('old.csv')] }, patches: [] },
    d: { status: 'found', ...file('d.csv') },
  };
  const manifest = { vendors } as unknown as InputManifest;
  const index = { vendors: { a: {}, d: {} } } as unknown as RowIndex;
  const shown = (one: RowIndex | null) =>
    explainedInputs(manifest, one).map(({ vendor_id, file: name, carried_over, patched, used, side_files, sha256 }) => [
      ...[
        vendor_id,
        name,
        sha256,
        carried_over,
        patched,
        used,
        side_files.map((side) => Object.values(side).join(' ')).join(),
      ],
    ]);
  assert.equal(shown(index), [
    ['a', '1.csv', '1.csv', false, true, true, 'map.csv map.csv map.csv'],
    ['a', '2.csv', '2.csv', false, true, true, ''],
    ['b', null, null, false, false, false, ''],
    ['c', 'old.csv', 'old.csv', true, false, false, ''],
    ['d', 'd.csv', 'd.csv', false, false, true, ''],
  ]);
  assert.equal(
    shown(null).map((one) => one[5]),
    [null, null, null, null, null],
  );
});

test.run();
