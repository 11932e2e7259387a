/** `relay suggest`: what it finds in a file. Its block passes `relay check`, and a run reads the file as suggested. */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { workbook } from '../../../plugins/parsers/kit/container/testing/archives.ts';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';
import type { SuggestReport } from './report.ts';

const test = suite('relay suggest');

const TENANT = `tenant_id: shop
timezone: UTC
default_currency: CURRENCY
pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} }
merge: { strategy: best_offer }
output: { columns: [sku, quantity_available, price] }
error_policy: { max_invalid_rows: 1000, max_invalid_row_pct: 1 }
vendors:
`;

interface Sample {
  name: string;
  content: string | Uint8Array;
  args?: string[];
  /** Canonical column to the feed's column. */
  map: Record<string, string>;
  options: Record<string, unknown>;
  /** Codes of its notes and questions, in any order. */
  says: string[];
  /** SKU and quantity of each valid row, sorted by SKU. */
  rows: string[];
  refused?: number;
  currency?: string;
}

const GERMAN = `Lagerliste
Stand 30.10.2026

Artikelnummer;Bezeichnung;Bestand;EK netto;UVP;Lieferzeit;Zustand;Geändert
0001;Lampe Messing;50+;1.234,50 €;1.999,00 €;3 Tage;Neu;30.10.2026
0002;Regal Eiche, groß;auf Anfrage;20,00 €;39,90 €;5 Tage;Gebraucht;30.10.2026
0003;Tisch;7;99,95 €;149,00 €;3 Tage;Neu;31.10.2026
0004;Stuhl;viele;19,95 €;49,00 €;3 Tage;Neu;31.10.2026
0005;Bank;9;5,00 €;9,00 €;3 Tage;Neu;31.10.2026
Summe;;66;;;;;
`;

const SAMPLES: Sample[] = [
  {
    name: 'plain.csv',
    content: 'sku,quantity_available,cost\nB-2,3,4.50\nA-1,0,7\nA-1,2,7\n',
    map: { sku: 'sku', quantity_available: 'quantity_available', cost: 'cost' },
    options: {},
    says: ['duplicate_sku'],
    rows: ['A-1,0', 'A-1,2', 'B-2,3'],
  },
  {
    name: 'lager.txt',
    content: iconv.encode(GERMAN.replaceAll('\n', '\r\n'), 'windows-1252'),
    map: {
      ...{ sku: 'Artikelnummer', quantity_available: 'Bestand', lead_time_days: 'Lieferzeit', cost: 'EK netto' },
      ...{ msrp: 'UVP', condition: 'Zustand', title: 'Bezeichnung', updated_at: 'Geändert' },
    },
    options: {
      skip_lines: 3,
      rows: [{ column: 'Artikelnummer', drop: ['Summe'] }],
      numbers: { decimal: ',', thousands: '.', currency: true },
      time_formats: ['D.M.YYYY'],
      columns: {
        quantity_available: { numbers: { at_least: true }, words: { 'auf Anfrage': 0 } },
        lead_time_days: { words: { '3 Tage': 3, '5 Tage': 5 } },
        condition: { words: { Gebraucht: 'used', Neu: 'new' } },
      },
    },
    says: [
      ...['lines_above', 'footer', 'currency_signs', 'decimal_comma', 'decimal_comma', 'at_least', 'words', 'words'],
      ...['words', 'time_format', 'invalid_int'],
    ],
    rows: ['0001,50', '0002,0', '0003,7', '0005,9'],
    refused: 1,
    currency: 'EUR',
  },
  {
    name: 'no-header.psv',
    content: 'AB-100|Brass lamp|4|10.50\nAB-101|Oak shelf|0|8.00\nAB-102|Table|12|99.00\nAB-103|Chair|12|19.00\n',
    map: { sku: '#0', quantity_available: '#2', title: '#1' },
    options: { header: false, row_fields: 'first_row' },
    says: ['no_header', 'no_cost_or_price_column'],
    rows: ['AB-100,4', 'AB-101,0', 'AB-102,12', 'AB-103,12'],
  },
  {
    name: 'amounts.csv',
    content: 'AB-100,Brass lamp,4,19.99,10.50\nAB-101,Oak shelf,0,12.00,8.00\nAB-102,Table,12,149.00,99.00\n',
    map: { sku: '#0', quantity_available: '#2', title: '#1' },
    options: { header: false, row_fields: 'first_row' },
    says: ['no_header', 'no_cost_or_price_column', 'unnamed_amounts'],
    rows: ['AB-100,4', 'AB-101,0', 'AB-102,12'],
  },
  {
    name: 'us.csv',
    content: `SKU,Part No,Qty On Hand,Net price,MSRP,Condition,Updated,Net price
="007",X-1,CALL,"$1,234.50",$1500,New,10/31/2026,
="008",X-2,50+,$20.00,$30.00,Refurbished,10/30/2026,
="009",X-3,in stock,$99.00,$149.00,New,10/30/2026,
="010",X-4,7,$5.00,$49.00,New,10/30/2026,
`,
    map: {
      ...{ sku: 'SKU', vendor_sku: 'Part No', quantity_available: 'Qty On Hand', cost: '#3', msrp: 'MSRP' },
      ...{ condition: 'Condition', updated_at: 'Updated' },
    },
    options: {
      unwrap: true,
      numbers: { thousands: ',', currency: true },
      time_formats: ['M/D/YYYY'],
      columns: {
        quantity_available: { numbers: { at_least: true }, words: { CALL: 0 } },
        condition: { words: { Refurbished: 'refurb' } },
      },
    },
    says: [
      ...['wrapped_cells', 'currency_signs', 'at_least', 'words', 'quantity_unknown', 'words', 'time_format'],
      'invalid_int',
    ],
    rows: ['007,0', '008,50', '010,7'],
    refused: 1,
    currency: 'USD',
  },
  {
    name: 'stueck.csv',
    content: 'Artikel-Nr.;Bestand;EK\nA1;1.200 Stk;4,50\nA2;3 stk;5,25\nA3;7;2,00\nA4;1 St.;2,50\n',
    map: { sku: 'Artikel-Nr.', quantity_available: 'Bestand', cost: 'EK' },
    options: {
      numbers: { decimal: ',', thousands: '.' },
      columns: { quantity_available: { numbers: { units: ['St.', 'Stk'] } } },
    },
    says: ['decimal_comma', 'decimal_comma', 'units'],
    rows: ['A1,1200', 'A2,3', 'A3,7', 'A4,1'],
  },
  {
    name: 'named.csv',
    content: 'sku,qty,Cost GBP\nA1,4,1.50\nA2,5,2.50\n',
    map: { sku: 'sku', quantity_available: 'qty', cost: 'Cost GBP' },
    options: {},
    says: ['currency_named'],
    rows: ['A1,4', 'A2,5'],
    currency: 'GBP',
  },
  {
    name: 'packed.csv.gz',
    content: gzipSync('Item\tStock\tPrice\nA1\t4\t9.99\nA2\t5\t8.99\n'),
    map: { sku: 'Item', quantity_available: 'Stock', price: 'Price' },
    options: {},
    says: ['cost_or_price'],
    rows: ['A1,4', 'A2,5'],
  },
  {
    name: 'two-tables.csv',
    content: 'sku,qty,cost\nA1,4,1.50\nA2,5,2.50\n\nwarehouse,city,code,manager\nW1,Berlin,10,Ann\nW2,Bonn,20,Bea\n',
    map: { sku: 'sku', quantity_available: 'qty', cost: 'cost' },
    options: {},
    says: ['other_tables', 'too_many_fields', 'invalid_int', 'invalid_decimal'],
    rows: ['A1,4', 'A2,5'],
    refused: 3,
  },
];

for (const sample of SAMPLES) {
  test(`${sample.name}: the block passes the check, and a run reads the file as suggested`, async () => {
    await inFolder(async (folder) => {
      const file = writeFileIn(folder, sample.name, sample.content);
      const report = await suggested(file, sample.args);
      const { format, column_map, options = {} } = report.config.parser;
      assert.is(format, 'csv');
      assert.equal(column_map, sample.map);
      assert.equal(options, sample.options);
      assert.equal(report.problems.map(({ code }) => code).sort(), [...sample.says].sort());
      assert.is(report.default_currency, sample.currency ?? null);
      const run = await pasted(folder, file, report);
      assert.equal(run.rows, sample.rows);
      assert.is(run.refused, sample.refused ?? 0);
      assert.is(report.read.invalid_rows, run.refused);
      assert.equal(
        report.rows.map(({ cells }) => `${cells.sku},${cells.quantity_available}`).sort(),
        run.rows.slice(0, 5),
      );
    });
  });
}

test('a known format is named and read by its own parser; csv can be forced', async () => {
  const cases = path.resolve('fixtures/cases');
  const clean = fs.readdirSync(cases).filter((name) => name.endsWith('-clean'));
  assert.ok(clean.length >= 7);
  await inFolder(async (folder) => {
    for (const name of clean) {
      const feed = path.join(cases, name, 'inbound/feed');
      const file = path.join(feed, fs.readdirSync(feed)[0]!);
      const report = await suggested(file);
      assert.is(report.config.parser.format, name.replace(/-clean$/, ''));
      assert.is(report.read.invalid_rows, 0, name);
      assert.is.not(report.rows.length, 0, name);
      const run = await pasted(folder, file, report);
      assert.is(run.rows.length, report.read.total_rows, name);
      assert.is((await suggested(file, ['--format', 'csv'])).config.parser.format, 'csv');
    }
  });
});

test('nothing is invented: a column that is not found is a line to fill in', async () => {
  await inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', 'name,amount\nx,1\ny,2\n');
    const report = await suggested(file);
    assert.equal(report.config.parser.column_map, { title: 'name' });
    assert.match(report.config_text, /# sku: ""/);
    assert.match(report.config_text, /# quantity_available: "".*"amount"/);
    assert.equal(
      report.problems.map(({ code, column }) => `${code} ${column}`),
      ['column_not_found sku', 'column_not_found quantity_available'],
    );
    assert.equal(report.rows, []);
  });
});

test('two equally good readings are both shown, with the option that decides', async () => {
  await inFolder(async (folder) => {
    const two = await suggested(writeFileIn(folder, 'both.csv', 'a;b|c\nd;e|f\ng;h|i\n'));
    assert.equal(two.dialect.readings, [
      { delimiter: ';', fields: 2 },
      { delimiter: '|', fields: 2 },
    ]);
    assert.ok(two.problems.some(({ code, declare }) => code === 'ambiguous_delimiter' && declare));
    const told = await suggested(writeFileIn(folder, 'both.csv', 'a;b|c\nd;e|f\ng;h|i\n'), ['--delimiter', '|']);
    assert.equal([told.dialect.readings, told.config.parser.delimiter], [[], '|']);
    const bytes = Buffer.from('sku,qty,title\nA,1,Ba\xaen\nB,2,Lo\xe8k\n', 'latin1');
    const { encoding, problems, config_text } = await suggested(writeFileIn(folder, 'bytes.csv', bytes));
    assert.equal(encoding.readings.map((one) => one.encoding).sort(), ['iso-8859-2', 'windows-1250']);
    assert.equal([...new Set(encoding.readings.map(({ line }) => line))], [2]);
    assert.is(new Set(encoding.readings.map(({ text }) => text)).size > 1, true);
    assert.ok(problems.some(({ code, declare }) => code === 'ambiguous_encoding' && declare));
    assert.match(config_text, /the encoding could be (\S+) or /);
    const dates = await suggested(
      writeFileIn(folder, 'dates.csv', 'sku,qty,updated_at\nA,1,01/02/2026\nB,2,03/04/2026\n'),
    );
    assert.is(dates.config.parser.column_map!.updated_at, undefined);
    assert.ok(dates.problems.some(({ code, declare }) => code === 'ambiguous_times' && declare));
    const same = await suggested(
      writeFileIn(folder, 'same.csv', 'sku,qty,updated\nA1,1,11/11/2026\nA2,2,11/11/2026\n'),
    );
    assert.ok(
      same.problems.some(({ code, message }) => code === 'ambiguous_times' && /M\/D\/YYYY or D\/M/.test(message)),
    );
    assert.match(dates.config_text, /M\/D\/YYYY or D\/M\/YYYY/);
    assert.is(dates.read.invalid_rows, 0, 'the column of that name is not read');
    const numbers = await suggested(writeFileIn(folder, 'numbers.csv', 'sku,qty,price\nA,1,"1,234"\nB,2,"5,678"\n'));
    assert.ok(numbers.problems.some(({ code }) => code === 'ambiguous_numbers'));
    assert.is(numbers.config.parser.options?.numbers, undefined);
    const weights = await suggested(writeFileIn(folder, 'three.csv', 'sku,qty,price\nA,1,19.999\nB,2,5.678\n'));
    assert.ok(weights.problems.some(({ code }) => code === 'ambiguous_numbers'));
    assert.is(weights.config.parser.options?.numbers, undefined, 'three decimals prove no decimal comma');
  });
});

test('mojibake, ragged rows and refused cells are reported with their counts', async () => {
  await inFolder(async (folder) => {
    const rows = Array.from({ length: 20 }, (_, i) => `A${i},Stühle ${i},${i},${i}.50`.replaceAll('ü', 'Ã¼'));
    const file = writeFileIn(folder, 'feed.csv', `sku,title,qty,cost\n${rows.join('\n')}\nB1,x,1\nB2,x,-4,2.50\n`);
    const { problems } = await suggested(file);
    const counts = Object.fromEntries(problems.map(({ code, count }) => [code, count]));
    assert.is(counts.mojibake, 20);
    assert.is(counts.negative_value, 1);
    assert.ok('ragged_rows' in counts || 'short_rows' in counts);
  });
});

test('if the first sheet of a workbook is empty, the other sheets are named', async () => {
  await inFolder(async (folder) => {
    const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;
    const row = (n: number, texts: string[]) =>
      `<row r="${n}">${texts.map((t, i) => cell(`${'ABC'[i]}${n}`, t)).join('')}</row>`;
    const rows = [
      ['sku', 'qty', 'cost'],
      ['A-1', '3', '4.50'],
      ['A-2', '5', '6.50'],
    ];
    const sheets = [
      { name: 'Cover', rows: '' },
      { name: 'Stock', rows: rows.map((texts, i) => row(i + 1, texts)).join('') },
    ];
    const file = writeFileIn(folder, 'stock.xlsx', workbook({ sheets }));
    const [first] = (await suggested(file, ['--sheet', 'Cover'])).problems;
    assert.equal(
      [first!.code, first!.message],
      ['no_rows', 'there are no rows to look at; --sheet NAME reads another sheet'],
    );
    assert.is((await suggested(file, ['--sheet', 'Stock'])).read.total_rows, 2);
    const chosen = await suggested(file);
    assert.is(chosen.read.total_rows, 2);
    assert.match(JSON.stringify(chosen), '"sheet":"Stock"');
  });
});

test('wrong use exits with 2, an unreadable file with 3', async () => {
  await inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', 'sku,qty\nA,1\n');
    const wrong = [
      [],
      [file, file],
      [file, '--delimiter', ''],
      [file, '--encoding', 'utf-9'],
      [file, '--vendor', 'a b'],
    ];
    for (const args of [...wrong, [file, '--currency', 'XXQ'], [file, '--format', 'csw'], [file, '--nope']])
      assert.is((await relay(['suggest', ...args])).code, 2, args.join(' '));
    const unread = [path.join(folder, 'nowhere.csv'), folder, writeFileIn(folder, 'a.json', '{"a": 1}\n')];
    for (const one of [...unread, writeFileIn(folder, 'bad.xlsx', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]))]) {
      const { code, stderr } = await relay(['suggest', one]);
      assert.is(code, 3, one);
      assert.not.match(stderr, /internal_error|\n\s+at /);
    }
  });
});

test('columns of a large file are judged by its beginning and end, and all of it is read', async () => {
  await inFolder(async (folder) => {
    const rows = Array.from(
      { length: 12_000 },
      (_, i) => `SKU-${i},Title of ${i} ${'x'.repeat(130)},${i % 50},${i % 90}.50`,
    );
    rows[10_000] = 'SKU-10000,Title,many,1.00';
    const file = writeFileIn(folder, 'large.csv', `sku,name,stock,cost\n${rows.join('\n')}\nTotal,,294000,\n`);
    const report = await suggested(file);
    assert.is(report.sample.whole, false);
    assert.is(report.read.total_rows, 12_000);
    assert.equal(report.read.error_counts, { invalid_int: 1 });
    assert.equal(report.config.parser.options?.rows, [{ column: 'sku', drop: ['Total'] }]);
    assert.equal(await suggested(file), report, 'the same again');
  });
});

test('the page lists exactly the codes of the command', () => {
  const names = ['problems.ts', 'basis.ts', 'column-questions.ts', 'currency-columns.ts'];
  const sources = names.map((name) => `cli/commands/suggest/${name}`);
  sources.push('plugins/parsers/kit/suggest/cell-forms.ts');
  const text = sources.map((file) => fs.readFileSync(file, 'utf8')).join('');
  const codes = [...text.matchAll(/(?:(?:problem|question|#report)\(\s*|code: )'(\w+)'/g)].map(([, code]) => code!);
  const section = fs.readFileSync('docs/CLI.md', 'utf8').split('## relay suggest')[1]!.split('\n## ')[0]!;
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!));
  assert.equal([...new Set(codes)].sort(), listed.sort());
});

async function suggested(file: string, args: readonly string[] = []): Promise<SuggestReport> {
  const { code, stdout, stderr } = await relay(['suggest', file, '--json', ...args]);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout);
}

/** Puts the block into a tenant config, checks it, and runs it on the file. */
async function pasted(folder: string, file: string, report: SuggestReport) {
  const text = (await relay(['suggest', file])).stdout;
  assert.ok(text.endsWith(report.config_text), 'the text has the same block');
  const config = writeFileIn(
    folder,
    'tenant.yaml',
    TENANT.replace('CURRENCY', report.default_currency ?? 'USD') + report.config_text,
  );
  assert.equal(parse(fs.readFileSync(config, 'utf8')).vendors, [report.config]);
  const checked = await relay(['check', config]);
  assert.is(checked.code, 0, checked.stdout);
  const out = path.join(folder, 'out');
  const id = report.config.vendor_id;
  const args = ['--config', config, '--vendor', `${id}=${file}`, '--out', out, '--run-id', 'r1', '--json'];
  const ran = await relay(['run', ...args]);
  const { summary, artifacts } = JSON.parse(ran.stdout);
  const lines = fs.readFileSync(artifacts[`normalized_${id}`], 'utf8').trimEnd().split('\n').slice(1);
  const rows = lines.map((line) => line.split(',')).map(([sku, , , quantity]) => `${sku},${quantity}`);
  return { rows, refused: summary.invalid_rows as number };
}

test.run();
