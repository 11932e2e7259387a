/** Receipts of whole runs: random ones against the oracle, all kinds of files, changed bytes, publishing, unpublished SKUs. */
import iconv from 'iconv-lite';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { explainSku } from '../../core/explain/explain.ts';
import type { FindingCode, Receipt } from '../../core/explain/receipt/receipt.ts';
import { receiptLines } from '../../core/explain/receipt/text.ts';
import type { Plugin } from '../../core/plugin.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { baselineOf, decisionsOf } from '../../plugins/in-memory/published.ts';
import { gzip, workbook, zip } from '../../plugins/parsers/kit/container/testing/archives.ts';
import { type HarnessCase, type HarnessResult, runCase, testEngine } from '../../plugins/testing/harness.ts';
import { compareReceipts, receiptFor } from './compare.ts';
import { MemoryRunFiles } from './memory-files.ts';
import { SHOP_CONFIG as CONFIG, SHOP_VENDOR as VENDOR } from './shop.ts';

/** A few seeds. `npm run explain -- 0 1000` compares any number. */
const SEEDS = [3, 6, 9, 12, 15, 17];

test('property: price, winner and outcome of every SKU agree with the oracle', async () => {
  let skus = 0;
  for (const seed of SEEDS) {
    const small = { windowBytes: 64, sortBytes: 3000 };
    skus += (await compareReceipts(seed, seed % 3 === 0 ? small : {}, 12))?.skus ?? 0;
  }
  assert.ok(skus > 30, `only ${skus} SKUs were compared`);
});

const bytes = (text: string) => new TextEncoder().encode(text);
const file = (text: string | Uint8Array, name = 'feed.csv') => ({
  name,
  bytes: typeof text === 'string' ? bytes(text) : text,
});

/** Windows so small that a feed of a few hundred rows has many blocks. */
const LIMITS = { windowBytes: 256 };

function run(
  files: HarnessCase['files'],
  config: object = {},
  more: Partial<HarnessCase> = {},
): Promise<HarnessResult> {
  return runCase({ config: { ...CONFIG, ...config }, files, chunkBytes: 100, limits: LIMITS, ...more });
}

function filesOf(result: HarnessResult): MemoryRunFiles {
  return new MemoryRunFiles(result.artifacts.files, 100);
}

async function receiptOf(result: HarnessResult, sku: string): Promise<Receipt> {
  assert.is(result.outcome.status, 'SUCCEEDED', result.outcome.error_message ?? '');
  return receiptFor(filesOf(result), sku, LIMITS);
}

/** Some rows have a line end in a cell, so that lines and row numbers differ. */
const ROWS = Array.from({ length: 400 }, (_, i) => `S${i},${i % 9},${i}.1234567,"row ${i}${i % 7 === 0 ? '\n' : ''}"`);
const FEED = `sku,quantity_available,cost,title\n${ROWS.join('\n')}\n`;

/** Row number and physical line of the record of `S<i>`. */
function placeOf(i: number): { row: number; line: number } {
  return { row: i + 2, line: i + 2 + Math.ceil(i / 7) };
}

test('the receipt has the row, its line and its raw cells, for any kind of file', async () => {
  const semicolons = FEED.replaceAll(',', ';').replaceAll('row', 'größe');
  const cells = (row: string) =>
    row
      .split(',')
      .map((cell) => `<c t="str"><v>${cell.replaceAll('"', '')}</v></c>`)
      .join('');
  const sheet = [FEED.split('\n')[0] as string, ...ROWS.map((row) => row.replaceAll('\n', ' '))]
    .map((row, i) => `<row r="${i + 1}">${cells(row)}</row>`)
    .join('');
  const cases: Array<[string, object, ReturnType<typeof file>, boolean]> = [
    ['plain', {}, file(FEED), true],
    ['byte order mark', {}, file(`\uFEFF${FEED}`), true],
    ['detected', { delimiter: 'auto', encoding: 'auto' }, file(semicolons), true],
    [
      'windows-1252',
      { delimiter: ';', encoding: 'windows-1252' },
      file(iconv.encode(semicolons, 'windows-1252')),
      true,
    ],
    ['utf-16', { encoding: 'utf-16le' }, file(iconv.encode(FEED, 'utf-16le')), true],
    ['gzip', {}, file(gzip(FEED), 'feed.csv.gz'), true],
    ['ZIP', {}, file(zip([{ name: 'a.csv', data: FEED }]), 'feed.zip'), true],
    ['workbook', {}, file(workbook({ sheets: [{ name: 'Stock', rows: sheet }] }), 'feed.xlsx'), false],
  ];
  for (const [name, parser, feed, hasLineEnds] of cases) {
    const result = await run({ a: feed }, { vendors: [{ ...VENDOR, parser: { format: 'csv', ...parser } }] });
    for (const i of [0, 1, 199, 399]) {
      const receipt = await receiptOf(result, `S${i}`);
      assert.equal(receipt.findings, [], `${name} S${i}`);
      assert.is(receipt.outcome, 'published', name);
      const [offer] = receipt.offers;
      const due = placeOf(i);
      assert.equal([offer?.row_number, offer?.line], [due.row, hasLineEnds ? due.line : due.row], `${name} S${i}`);
      const cost = offer?.cells.find(({ column }) => column === 'cost');
      assert.equal(cost?.raw, [`${i}.1234567`], name);
      assert.is(cost?.value, `${i}.123457`, `${name}: the exact amount that was read`);
      assert.is(receipt.price?.written, receipt.feed?.row.price, name);
    }
  }
});

test('only the blocks with the rows are read of a plain file', async () => {
  const result = await run({ a: file(FEED) });
  const files = filesOf(result);
  let read = 0;
  const counting = {
    open: async function* (path: string, range?: { first: number; last: number }) {
      for await (const chunk of files.open(path, range)) {
        if (path.startsWith('inbound/')) read += chunk.length;
        yield chunk;
      }
    },
  };
  const receipt = await explainSku({
    engine: testEngine([], LIMITS),
    files: counting,
    scratch: new MemoryScratch(),
    sku: 'S300',
  });
  assert.is(receipt.offers[0]?.line, placeOf(300).line);
  assert.ok(read < 2000, `${read} of ${FEED.length} bytes`);
  assert.ok(files.reads.length <= 9, files.reads.join(' '));
});

test('several files, a SKU map, a side file and duplicate rows are explained', async () => {
  const parser = {
    format: 'csv',
    options: {
      files: { match: 'part-*.csv' },
      side_files: [{ name: 'prices', type: 'file', local_path: 'prices.csv', key: 'Part' }],
      columns: { cost: { side_file: 'prices', from: 'Net' } },
    },
  };
  const part = (first: number) =>
    file(
      `sku,quantity_available\n${Array.from({ length: 60 }, (_, i) => `P${first + i},${i % 5}`).join('\n')}\nX,${first}\n`,
      `part-${first}.csv`,
    );
  const prices = `Part,Net\n${Array.from({ length: 200 }, (_, i) => `P${i},${i}.5`).join('\n')}\nX,7\n`;
  const results: Array<[string, string[], number]> = [
    ['best', ['lost', 'won'], 100],
    ['first', ['won', 'duplicate'], 0],
    ['last', ['duplicate', 'won'], 100],
    ['sum_quantity', ['duplicate', 'won'], 100],
  ];
  for (const [duplicate_sku, due, quantity] of results) {
    const result = await run(
      { a: [part(0), part(100)] },
      { vendors: [{ ...VENDOR, parser, duplicate_sku, sku_map: { type: 'file', local_path: 'map.csv' } }] },
      { sideFiles: { 'prices.csv': bytes(prices) }, skuMaps: { a: bytes('vendor_sku,sku\nP130,MINE\n') } },
    );
    const mine = await receiptOf(result, 'MINE');
    assert.equal(mine.findings, []);
    const [offer] = mine.offers;
    assert.equal([offer?.file, offer?.row_number, offer?.line], ['inbound/a/part-100.csv', 32, 32]);
    assert.equal(offer?.sku_map, { vendor_sku: 'P130', sku: 'MINE' });
    assert.is(offer?.cells.find(({ column }) => column === 'cost')?.value, '130.5');
    const twice = await receiptOf(result, 'X');
    assert.equal(twice.findings, [], duplicate_sku);
    const inOrder = [...twice.offers].sort((a, b) => ((a.file ?? '') < (b.file ?? '') ? -1 : 1));
    assert.equal(
      inOrder.map((one) => one.result),
      due,
      duplicate_sku,
    );
    assert.is(twice.feed?.row.quantity_available, String(quantity), duplicate_sku);
  }
});

test('each criterion that an offer can lose by is named with both values', async () => {
  const feeds = { a: 'A,5,10,3', b: 'A,0,9,1', c: 'A,7,10,3', d: 'A,5,12,2' };
  const vendors = Object.keys(feeds).map((vendor_id) => ({ ...VENDOR, vendor_id }));
  const files = Object.fromEntries(
    Object.entries(feeds).map(([id, row]) => [id, file(`sku,quantity_available,cost,lead_time_days\n${row}\n`)]),
  );
  const lost = async (sort_by: string[]) => {
    const merge = { strategy: 'best_offer', best_offer: { sort_by } };
    const { offers, findings } = await receiptOf(await run(files, { vendors, merge }), 'A');
    assert.equal(findings, []);
    return offers.map(({ vendor_id, lost_by }) => [vendor_id, lost_by?.criterion, lost_by?.own, lost_by?.winner]);
  };
  assert.equal(await lost([]), [
    ['a', undefined, undefined, undefined],
    ['c', 'vendor_id', 'c', 'a'],
    ['d', 'lowest_landed_cost', 'cost 12', 'cost 10'],
    ['b', 'in_stock_desc', 'out of stock', 'in stock (5)'],
  ]);
  assert.equal(
    (await lost(['vendor_priority:d', 'highest_quantity'])).map((one) => one[1]),
    [undefined, 'vendor_priority', 'vendor_priority', 'vendor_priority'],
  );
  assert.equal((await lost(['lowest_lead_time'])).at(-1), ['c', 'lowest_lead_time', '3 days', '1 days']);
});

/** The run's files with one of them changed. */
function changed(result: HarnessResult, path: string, change: ((text: string) => string) | null): MemoryRunFiles {
  const files = new Map(result.artifacts.files);
  const text = result.artifacts.text(path);
  assert.type(text, 'string', path);
  if (change === null) files.delete(path);
  else {
    const after = change(text as string);
    assert.is.not(after, text, `${path} is changed`);
    files.set(path, bytes(after));
  }
  return new MemoryRunFiles(files, 100);
}

test('only the feed of a vendor that cannot be read in part is read whole', async () => {
  const vendors = ['a', 'b'].map((vendor_id) => ({ ...VENDOR, vendor_id, required: false }));
  const result = await run({ a: file(FEED), b: file(FEED) }, { vendors });
  const files = changed(result, 'inbound/b/feed.csv', (text) => text.replace('sku,quantity_available', 'code,stock'));
  const { findings } = await receiptFor(files, 'S200', LIMITS);
  assert.ok(findings.some(({ code }) => code === 'replay_failed'));
  const read = files.bytes.get('inbound/a/feed.csv') ?? 0;
  assert.ok(read > 0 && read < FEED.length, `${read} of ${FEED.length} bytes`);
});

test('a changed byte and a missing file are detected', async () => {
  const result = await run({ a: file(FEED.replace('S200,2', 'S200,2').replace('S3,3,', 'S3,x,')) });
  const normalized = 'normalized/a/normalized.csv';
  const feed = 'outputs/merged_inventory.csv';
  const snapshot = 'reports/config_snapshot.json';
  const cases: Array<[string, string, ((text: string) => string) | null, ...FindingCode[]]> = [
    ['S200', feed, (text) => text.replace('S200,a,2,301.69', 'S200,a,2,301.68'), 'feed_differs'],
    ['S200', feed, (text) => text.replace('S200,a,2', 'S200,a,3'), 'feed_differs'],
    ['S200', feed, (text) => text.replace('S200,a', 'S200,b'), 'feed_differs'],
    ['S200', feed, (text) => text.replace(/S200,.*\n/, ''), 'feed_differs'],
    ['S200', feed, null, 'missing_artifact'],
    ['S200', normalized, (text) => text.replace('row 200', 'row 2o0'), 'row_differs'],
    ['S200', normalized, null, 'missing_artifact', 'feed_differs'],
    ['S200', 'reports/rows.bin', (text) => text.replaceAll('\u0001', '\u0003'), 'row_differs'],
    ['S200', 'reports/rows.bin', null, 'missing_artifact'],
    ['S200', 'inbound/a/feed.csv', (text) => text.replace('S200,2,200.', 'S200,2,209.'), 'row_differs', 'feed_differs'],
    ['S200', 'inbound/a/feed.csv', null, 'replay_failed'],
    ['S200', snapshot, (text) => text.replace('"0.5"', '"0.6"'), 'feed_differs'],
    ['S200', snapshot, (text) => text.replace('"1.0.0"', '"0.9.0"'), 'plugin_version'],
    ['S200', snapshot, (text) => text.replace('"csv"', '"csw"'), 'config_unusable'],
    ['S200', 'reports/row_index.json', (text) => text.replace('{', '['), 'damaged_artifact'],
    ['S3', 'reports/errors.json', (text) => text.replace('"row_number":5', '"row_number":6'), 'refused_row_differs'],
    ['S3', 'reports/errors.json', null, 'missing_artifact'],
  ];
  for (const [sku, path, change, ...codes] of cases) {
    const { findings, outcome } = await receiptFor(changed(result, path, change), sku, LIMITS);
    const found = findings.map(({ code }) => code);
    assert.equal(found, codes, `${path}: ${codes}, not ${JSON.stringify(findings)}`);
    const isGone = path === normalized && change === null;
    assert.is(outcome, sku === 'S3' ? 'rejected' : isGone ? 'not_offered' : 'published', path);
  }
  for (const sku of ['S200', 'S3']) assert.equal((await receiptOf(result, sku)).findings, []);
  for (const path of [snapshot, 'reports/input_manifest.json']) {
    const broken = await receiptFor(changed(result, path, null), 'S200').catch((error) => error);
    assert.equal([broken.code, broken.details.path], ['not_explainable', path]);
  }
});

test('a run of an earlier release, without rows.bin and index, is read whole', async () => {
  const { artifacts, ...rest } = await run({ a: file(FEED) });
  for (const path of ['reports/rows.bin', 'reports/row_index.json']) artifacts.files.delete(path);
  const receipt = await receiptOf({ artifacts, ...rest }, 'S350');
  assert.equal(receipt.findings, []);
  assert.equal([receipt.outcome, receipt.offers[0]?.line], ['published', placeOf(350).line]);
});

test('a parser that checks or skips the end of a feed reads the same rows from a part', async () => {
  const feed = `${FEED}Total,400\n`;
  const options = [{ skip_last_rows: 1 }, { footer: [['Total', '{rows}']] }];
  for (const one of options) {
    const result = await run({ a: file(feed) }, { vendors: [{ ...VENDOR, parser: { format: 'csv', options: one } }] });
    for (const sku of ['S0', 'S250', 'S399']) assert.equal((await receiptOf(result, sku)).findings, [], sku);
    assert.is((await receiptOf(result, 'Total')).outcome, 'not_offered');
  }
});

/** Leaves out everything that costs more than 5. */
const cheap: Plugin<'merge', object> = {
  manifest: {
    kind: 'merge',
    id: 'cheap',
    version: '1.0.0',
    contract: 1,
    summary: 'takes cheap offers',
    options: z.strictObject({}),
    example: {},
  },
  load: async () => () => ({
    leadTimeFallbackDays: null,
    choose: (offers) => offers.filter(({ costMicros }) => (costMicros ?? 0) <= 5_000_000),
  }),
};

test('a SKU that was not published has its reason', async () => {
  const vendors = [
    {
      ...VENDOR,
      sku_map: { type: 'file', local_path: 'm.csv' },
      parser: { format: 'csv', options: { rows: [{ column: 'state', drop: ['gone'] }] } },
    },
    { ...VENDOR, vendor_id: 'b', required: false },
  ];
  const feed =
    'sku,quantity_available,cost,state\nOWN,1,2,\nPLAIN,1,,\nBAD,x,1,\nOLD,1,1,gone\nDEAR,1,9,\nA-0100,1,1,\n';
  const result = await run(
    { a: file(feed) },
    { vendors, merge: { strategy: 'cheap' } },
    { skuMaps: { a: bytes('vendor_sku,sku\nOWN,MINE\n') }, plugins: [cheap] },
  );
  const ask = (sku: string) =>
    explainSku({ engine: testEngine([cheap], LIMITS), files: filesOf(result), scratch: new MemoryScratch(), sku });
  const cases: Array<[string, string, string | null]> = [
    ['MINE', 'published', null],
    ['PLAIN', 'unpriced', 'unpriced'],
    ['BAD', 'rejected', 'rejected'],
    ['OWN', 'not_offered', 'mapped_away'],
    ['OLD', 'not_offered', 'filtered'],
    ['DEAR', 'not_offered', 'left_out'],
    ['NOWHERE', 'not_offered', 'vendor_unavailable'],
  ];
  for (const [sku, outcome, reason] of cases) {
    const receipt = await ask(sku);
    assert.equal([receipt.outcome, receipt.absence?.reason ?? null], [outcome, reason], sku);
    assert.equal(receipt.findings, [], sku);
    assert.ok(receiptLines(receipt).length > 5);
  }
  assert.equal((await ask('OLD')).absence?.rows, [
    { vendor_id: 'a', file: 'inbound/a/feed.csv', row_number: 0, line: 5, cells: ['OLD', '1', '1', 'gone'] },
  ]);
  assert.equal((await ask('a100')).near_skus[0], 'A-0100');
  assert.equal(
    (await ask('DEAR')).offers.map((one) => one.result),
    ['left_out'],
  );
});

test('the receipt of a held, kept, zeroed or new SKU says what publishing did, and agrees with the feed', async () => {
  const publish = { holds: { price_rise_pct: '0.2', new_sku: 'hold' } };
  for (const format of ['csv', 'jsonl']) {
    const config = {
      publish,
      output: { ...CONFIG.output, format },
      vendors: [VENDOR, { ...VENDOR, vendor_id: 'b', required: false }],
    };
    const head = 'sku,quantity_available,cost\n';
    const first = await run(
      { a: file(`${head}UP,1,10\nSAME,1,10\nGONE,3,10\n`), b: file(`${head}AWAY,2,5\n`) },
      config,
    );
    const baseline = baselineOf({ runId: 'run-0', read: (path) => first.artifacts.files.get(path) });
    const result = await run({ a: file(`${head}UP,4,20\nSAME,1,10\nNEW,1,3\n`) }, config, {
      publishing: { baseline, decisions: null, force: null },
    });
    const cases: Array<[string, string, string | null, string | null]> = [
      ['UP', 'held', '16.50', '4'],
      ['SAME', 'published', '16.50', '1'],
      ['NEW', 'held', null, null],
      ['GONE', 'zeroed', '16.50', '0'],
      ['AWAY', 'kept', '9.00', '2'],
    ];
    for (const [sku, outcome, price, quantity] of cases) {
      const receipt = await receiptOf(result, sku);
      assert.equal(receipt.findings, [], `${format} ${sku}`);
      const row = receipt.feed?.row;
      assert.equal(
        [receipt.outcome, row?.price ?? null, row?.quantity_available ?? null],
        [outcome, price, quantity],
        `${format} ${sku}`,
      );
      assert.is(receipt.publishing?.baseline?.run_id, 'run-0');
    }
    const held = await receiptOf(result, 'UP');
    const wanted = { reason: 'price_rise', candidate_price: '31.50', runs: 1, below_cost: '20' };
    assert.equal(held.publishing?.hold, wanted);
    assert.equal([held.publishing?.previous_price, held.price?.written], ['16.50', '31.50']);
    const zeroes = { ...config, publish: { holds: { ...publish.holds, held_below_cost: 'zero' } } };
    const zeroed = await run({ a: file(`${head}UP,4,20\nSAME,1,10\n`) }, zeroes, {
      publishing: { baseline, decisions: null, force: null },
    });
    const atLoss = await receiptOf(zeroed, 'UP');
    assert.equal([atLoss.findings, atLoss.feed?.row.quantity_available], [[], '0']);
    assert.match(atLoss.summary, 'UP went out with its published price at 16.50, below its cost of 20, quantity 0: ');
    assert.equal((await receiptOf(result, 'GONE')).publishing?.vanished, {
      ...{ reason: 'removed', action: 'zero', vendors: ['a'], runs: 1 },
      ...{ keep_runs: 3, afterwards: 'zero' },
    });
    const texts = async (from: HarnessResult, sku: string) =>
      receiptLines(await receiptOf(from, sku)).map(({ text }) => text.trim());
    for (const [sku, ...wanted] of [
      [
        'GONE',
        'Not in this run (removed): a, which offered it before, was read in full and no longer lists it.',
        'The feed of run run-0 had it at 16.50, quantity 3.',
        'relay history GONE shows the run that offered it last.',
        'Its published row went out with quantity 0 (zero), and will until it is offered again.',
        'It comes back once a vendor lists it again.',
      ],
      [
        'AWAY',
        'Not in this run (unavailable): b, which offered it before, could not be read.',
        'The feed of run run-0 had it at 9.00, quantity 2.',
        'relay history AWAY shows the run that offered it last.',
        'Its published row went out as it was (keep), in run 1 of 3; zero follows.',
        'It comes back once the vendor can be read again and lists it.',
      ],
    ] as const) {
      const shown = await texts(result, sku);
      const at = shown.indexOf(wanted[0]);
      assert.equal(shown.slice(at, at + wanted.length), wanted);
    }
    const drops = {
      ...config,
      publish: { ...publish, vanished: { removed: 'drop', rejected: 'drop', unpriced: 'drop' } },
    };
    const badRows = { a: file(`${head}UP,x,20\nSAME,1,\n`), b: file(`${head}AWAY,2,5\n`) };
    const dropped = await run(badRows, drops, { publishing: { baseline, decisions: null, force: null } });
    assert.is(
      (await receiptOf(dropped, 'GONE')).summary,
      'GONE did not go out: no vendor lists it; the feed before had it at 16.50, quantity 3.',
    );
    assert.ok(
      (await texts(dropped, 'UP')).includes('It comes back once its row is corrected, in the feed or with a patch.'),
    );
    assert.ok((await texts(dropped, 'SAME')).includes('It comes back once an offer has a cost or a price.'));
    const none =
      'The feed that was published before did not have it either: relay history shows whether it ever was there.';
    assert.ok((await texts(dropped, 'NOWHERE')).includes(none));
    const decided = await run({ a: file(`${head}UP,4,20\nSAME,1,10\n`) }, config, {
      publishing: {
        baseline: baselineOf({ runId: 'run-1', read: (path) => result.artifacts.files.get(path) }),
        decisions: decisionsOf('sku,decision,price,run_id,expires_at,reason\nUP,accept,31.50,run-1,,\n'),
        force: null,
      },
    });
    const accepted = await receiptOf(decided, 'UP');
    assert.equal([accepted.outcome, accepted.feed?.row.price, accepted.findings.length], ['published', '31.50', 0]);
  }
});

test.run();
