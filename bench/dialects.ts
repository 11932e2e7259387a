/**
 * `npm run bench -- dialects`: one table in the forms that vendors send, each in its own run, beside a plain feed of the same rows.
 * The figure that counts is CPU time relative to the plain feed's in the same round, which holds on a busy machine too.
 */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import { workbook } from '../plugins/parsers/kit/container/testing/archives.ts';
import { HERE, measureProcess, relayCommand, step } from './measure.ts';
import { median, type ToolRun } from './results.ts';

const ROWS = 200_000;
/** The feed with the rows, 17 MB of them. */
const SOURCE = '1x17';
const GOAL = 2;
const GOAL_WORKBOOK = 4;
const ROUNDS_WARM = 1;
const RUN_ID = 'bench';

interface BenchDialect {
  file?: string;
  /** The table as the vendor sends it, header first. */
  write(table: readonly string[][]): Uint8Array | string;
  parser?: object;
  vendor?: object;
  /** Other keys of the tenant. */
  tenant?: object;
  skuMap?: (table: readonly string[][]) => string;
  goal?: number;
}

const csv = (table: readonly string[][], delimiter = ',') =>
  Papa.unparse(table as string[][], { delimiter, newline: '\n' });
const COLUMNS = {
  ...{
    sku: 'SKU',
    quantity_available: 'Qty',
    lead_time_days: 'LeadDays',
    cost: 'Cost',
    map_price: 'MAP',
    msrp: 'MSRP',
  },
  ...{ condition: 'Condition', brand: 'Brand', title: 'Title', updated_at: 'Updated' },
};
const OUTPUT = { format: 'csv', columns: ['sku', 'quantity_available', 'price', 'vendor_id', 'updated_at'] };
const PRICING = {
  ...{ base_margin_pct: '0.20', min_price: '25.00', shipping_handling_flat: '9.99', map_policy: { enforce: true } },
  rounding: { mode: 'nearest', increment: '0.01' },
};
/** Cells that make a row invalid, used in turn. */
const BAD: ReadonlyArray<[column: string, cell: string]> = [
  ['Qty', 'N/A'],
  ['Cost', '12.x5'],
  ['Qty', '-3'],
];

/** The rows with some cells changed; `changed` gets the row's number from 0. */
function withCells(
  table: readonly string[][],
  changed: (cells: string[], row: number, at: Header) => string[],
): string[][] {
  const [header = [], ...rows] = table;
  const at: Header = (name) => header.indexOf(name);
  return [header, ...rows.map((cells, row) => changed([...cells], row, at))];
}
type Header = (name: string) => number;

const DIALECTS: Record<string, BenchDialect> = {
  plain: { write: (table) => csv(table) },
  'windows-1252': { write: (table) => iconv.encode(csv(table), 'windows-1252'), parser: { encoding: 'windows-1252' } },
  quoted: { write: (table) => Papa.unparse(table as string[][], { quotes: true, newline: '\n' }) },
  layout: {
    write: (table) => csv(germanTable(table), ';'),
    parser: {
      delimiter: ';',
      column_map: { ...COLUMNS, quantity_available: undefined, condition: undefined },
      options: {
        numbers: { decimal: ',', thousands: '.' },
        columns: {
          quantity_available: { sum: 'Lager *', words: { 'auf Anfrage': 0 } },
          condition: { from: 'Zustand', words: { Neu: 'new', Gebraucht: 'used', Generalüberholt: 'refurb' } },
        },
      },
    },
    vendor: { sku_map: { type: 'file', local_path: 'map.csv' } },
    skuMap: (table) =>
      [
        'vendor_sku,sku',
        ...table.slice(1).flatMap(([sku], i) => (sku && i % 10 === 0 ? [`${sku},M-${sku}`] : [])),
      ].join('\n'),
  },
  workbook: { file: 'feed.xlsx', write: workbookOf, goal: GOAL_WORKBOOK },
  'workbook with shared texts': { file: 'feed.xlsx', write: sharedWorkbookOf, goal: GOAL_WORKBOOK },
  gzip: { file: 'feed.csv.gz', write: (table) => gzipSync(csv(table)) },
  auto: { write: (table) => csv(table), parser: { encoding: 'auto', delimiter: 'auto' } },
  'bad rows': {
    write: (table) =>
      csv(
        withCells(table, (cells, row, at) => {
          const [column, cell] = BAD[row % BAD.length] ?? ['', ''];
          if (row % 10 < 3) cells[at(column)] = cell;
          return cells;
        }),
      ),
  },
  rules: {
    write: (table) => csv(table),
    tenant: {
      validators: [
        { use: 'required_fields', with: { columns: ['brand', 'title'] } },
        { use: 'number_range', with: { column: 'msrp', min: '0.01' } },
      ],
      pricing: {
        ...PRICING,
        rules: [
          { use: 'margin' },
          { use: 'min_price' },
          { use: 'map_floor' },
          { use: 'msrp_cap', with: { share: '0.95' } },
        ],
      },
    },
  },
  jsonl: { write: (table) => csv(table), tenant: { output: { ...OUTPUT, format: 'jsonl' } } },
};

/** A table with decimal commas, words for numbers, and stock in two columns. */
function germanTable(table: readonly string[][]): string[][] {
  const words: Record<string, string> = { new: 'Neu', used: 'Gebraucht', refurb: 'Generalüberholt' };
  const changed = withCells(table, (cells, row, at) => {
    for (const name of ['Cost', 'MAP', 'MSRP']) cells[at(name)] = (cells[at(name)] ?? '').replace('.', ',');
    const condition = cells[at('Condition')] ?? '';
    cells[at('Condition')] = words[condition.toLowerCase()] ?? condition;
    cells.push(row % 3 === 0 ? 'auf Anfrage' : String(row % 40));
    return cells;
  });
  const [header = [], ...rows] = changed;
  const names: Record<string, string> = { Qty: 'Lager Nord', Condition: 'Zustand' };
  return [[...header.map((name) => names[name] ?? name), 'Lager Süd'], ...rows];
}

const NUMBER = /^(0|[1-9]\d{0,9})(\.\d+)?$/;
const escaped = (cell: string) => cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A workbook whose numbers are stored as numbers. */
function workbookOf(table: readonly string[][]): Uint8Array {
  const xml = (cell: string) =>
    NUMBER.test(cell)
      ? `<c><v>${cell}</v></c>`
      : `<c t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  const rows = table.map((cells) => `<row>${cells.map(xml).join('')}</row>`);
  return workbook({ sheets: [{ name: 'Stock', rows: rows.join('') }] });
}

/** A workbook as spreadsheet programs write it: addresses, styles, times as numbers, and each text once. */
function sharedWorkbookOf(table: readonly string[][]): Uint8Array {
  const strings = new Map<string, number>();
  const cellOf = (cell: string, address: string): string => {
    if (cell === '') return `<c r="${address}" s="0"/>`;
    if (NUMBER.test(cell)) return `<c r="${address}" s="${cell.includes('.') ? 1 : 0}"><v>${Number(cell)}</v></c>`;
    const time = /^\d{4}-\d\d-\d\dT/.test(cell) ? Date.parse(cell) : Number.NaN;
    if (!Number.isNaN(time)) return `<c r="${address}" s="2"><v>${time / 86_400_000 + 25_569}</v></c>`;
    const index = strings.get(cell) ?? strings.size;
    strings.set(cell, index);
    return `<c r="${address}" t="s"><v>${index}</v></c>`;
  };
  const rows = table.map((cells, i) => {
    const inside = cells.map((cell, column) => cellOf(cell, `${String.fromCharCode(65 + column)}${i + 1}`));
    return `<row r="${i + 1}" spans="1:${cells.length}">${inside.join('')}</row>`;
  });
  const shared = [...strings.keys()].map((text) => `<si><t>${escaped(text)}</t></si>`);
  return workbook({
    sheets: [{ name: 'Stock', rows: rows.join('') }],
    strings: shared.join(''),
    formats: { ids: [0, 2, 22] },
  });
}

/** The rows, from the feed that `gen.mjs` makes. */
function sourceTable(): string[][] {
  const feeds = path.join(HERE, 'data', SOURCE);
  if (!fs.existsSync(path.join(feeds, 'config.json'))) step('make the feed', 'node', ['peers/gen.mjs', SOURCE, feeds]);
  const text = fs.readFileSync(path.join(feeds, 'v01.csv'), 'utf8').trimEnd();
  const { data } = Papa.parse<string[]>(text, { delimiter: ',' });
  return data.slice(0, ROWS + 1);
}

/** The folder of each dialect's tenant, made if missing. */
function tenants(names: readonly string[]): Map<string, string> {
  const root = path.join(HERE, 'data', 'dialects');
  const folders = new Map(names.map((name) => [name, path.join(root, name.replaceAll(' ', '-'))]));
  const missing = [...folders].filter(([, folder]) => !fs.existsSync(path.join(folder, 'tenant.json')));
  const table = missing.length > 0 ? sourceTable() : [];
  for (const [name, folder] of missing) makeTenant(DIALECTS[name] as BenchDialect, folder, table);
  return folders;
}

function makeTenant(dialect: BenchDialect, folder: string, table: readonly string[][]): void {
  const { file = 'feed.csv', write, parser, vendor, tenant, skuMap } = dialect;
  fs.mkdirSync(path.join(folder, 'inbound/v'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'inbound/v', file), write(table));
  if (skuMap !== undefined) fs.writeFileSync(path.join(folder, 'map.csv'), skuMap(table));
  const config = {
    ...{ schema_version: 1, tenant_id: 'bench', timezone: 'UTC', default_currency: 'USD' },
    vendors: [
      {
        ...{ vendor_id: 'v', inbound: { type: 'local' }, ...vendor },
        parser: { format: 'csv', column_map: COLUMNS, ...parser },
      },
    ],
    ...{ pricing: PRICING, merge: { strategy: 'best_offer' }, output: OUTPUT },
    error_policy: { max_invalid_rows: 1_000_000_000, max_invalid_row_pct: 1 },
    ...tenant,
  };
  fs.writeFileSync(path.join(folder, 'tenant.json'), `${JSON.stringify(config, null, 1)}\n`);
}

/** Measures all dialects in turn. Returns the lines to print, and the figures. */
export function benchDialects(root: string, rounds: number): { lines: string[]; runs: Record<string, ToolRun[]> } {
  const folders = tenants(Object.keys(DIALECTS));
  const out = path.join(HERE, 'out', 'dialects');
  const runs: Record<string, ToolRun[]> = {};
  const rows: Record<string, string> = {};
  for (let round = 1 - ROUNDS_WARM; round <= rounds; round++) {
    for (const [name, folder] of folders) {
      fs.rmSync(out, { recursive: true, force: true });
      const run = measureProcess(name, round, commandOf(root, folder, out));
      const { total_rows, record_count } = countsOf(out);
      rows[name] = `${total_rows} rows, ${record_count} merged`;
      if (round < 1) continue;
      runs[name] ??= [];
      runs[name].push(run);
    }
  }
  return { lines: Object.keys(runs).map((name) => lineOf(name, runs, rows[name] ?? '')), runs };
}

function commandOf(root: string, folder: string, out: string): string[] {
  const [config, input] = [path.join(folder, 'tenant.json'), path.join(folder, 'inbound')];
  return relayCommand(root, { config, input, out, runId: RUN_ID });
}

function countsOf(out: string): { total_rows: number; record_count: number } {
  const summary = path.join(out, RUN_ID, 'tenants/bench/reports/run_summary.json');
  return JSON.parse(fs.readFileSync(summary, 'utf8'));
}

function lineOf(name: string, all: Record<string, ToolRun[]>, rows: string): string {
  const { [name]: runs = [], plain = [] } = all;
  const ratios = runs.map(({ cpu }, i) => cpu / (plain[i]?.cpu ?? Number.NaN));
  const goal = DIALECTS[name]?.goal ?? GOAL;
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const verdict = median(ratios) <= goal ? 'within' : 'MISSES';
  const cpu = median(runs.map((one) => one.cpu)).toFixed(2);
  const peak = median(runs.map((one) => one.peak)).toFixed(0);
  return `${name.padEnd(13)} CPU ${cpu} s, ${median(ratios).toFixed(2)} times the plain feed (${spread}), ${verdict} ${goal}; ${peak} MB; ${rows}`;
}
