/** Rows of the merged feed, beside a plain way of writing them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvLine, toText } from '../../bytes/text.ts';
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../../canonical.ts';
import { Money } from '../../money/money.ts';
import { OutputBuffer, type OutputFormat, timeText, type Units, unitsText } from './output.ts';
import { ALL_COLUMNS, fill, newGroup, type PlainOffer } from './testing/offers.ts';

const VENDORS = ['acme', 'bolt'];
const NOW = 1_700_000_000;
const FORMAT: OutputFormat = {
  ...{
    format: 'csv',
    columns: CANONICAL_COLUMNS,
    moneyDecimals: 2,
    now: NOW,
    leadTimeFallbackDays: null,
    escapeFormulas: false,
  },
};

const OFFERS: PlainOffer[] = [
  {
    vendor: 0,
    quantity: 7,
    cost: 1_234_567,
    map: 0,
    msrp: 5_000_000,
    leadTime: 3,
    condition: 'new',
    updatedAt: 0,
    texts: { brand: 'Oak', title: '"a ""b"", c"', vendor_sku: 'V-1' },
  },
  { vendor: 1, quantity: 0, price: 5, texts: { title: '"=x, y"', brand: '-1' } },
  {
    vendor: 1,
    quantity: 2 ** 40,
    cost: 999_995_000,
    leadTime: 0,
    condition: 'refurb',
    updatedAt: 1_600_000_000,
    texts: { title: `"${'say ""é"" '.repeat(30)}"` },
  },
];

/** The cells of a row; null for one that is empty. */
function cellsOf(sku: string, offer: PlainOffer, price: Units, format: OutputFormat): Array<string | null> {
  const amount = (micros: number | undefined) =>
    micros === undefined
      ? null
      : unitsText(Money.ofUnits(BigInt(micros), 6).toUnits(format.moneyDecimals), format.moneyDecimals);
  const text = (column: string) => {
    const cell = offer.texts?.[column] ?? '';
    return cell === '' ? null : cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  };
  const days = offer.leadTime ?? format.leadTimeFallbackDays;
  const cells: Record<string, string | null> = {
    ...{ sku, vendor_id: VENDORS[offer.vendor]!, quantity_available: String(offer.quantity) },
    lead_time_days: days === null ? null : String(days),
    ...{ cost: amount(offer.cost), map_price: amount(offer.map), msrp: amount(offer.msrp) },
    ...{ price: unitsText(price, format.moneyDecimals), condition: offer.condition ?? null },
    updated_at: timeText(offer.updatedAt ?? format.now),
  };
  return format.columns.map((column) => (column in cells ? cells[column]! : text(column)));
}

function dueRow(sku: string, offer: PlainOffer, price: Units, format: OutputFormat): string {
  const isNumber = (column: string) => column === 'quantity_available' || column === 'lead_time_days';
  const escaped = cellsOf(sku, offer, price, format).map((cell, i) => {
    const isText = ['sku', 'title', 'brand', 'vendor_sku'].includes(format.columns[i]!);
    return format.escapeFormulas && isText && cell !== null && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  });
  if (format.format === 'csv') return csvLine(escaped.map((cell) => cell ?? ''));
  const pairs = format.columns.map((column, i) => {
    const cell = escaped[i] ?? null;
    return `${JSON.stringify(column)}:${cell !== null && isNumber(column) ? cell : JSON.stringify(cell)}`;
  });
  return `{${pairs.join(',')}}\n`;
}

const SKUS = ['A', '-1', 'a,"b"', 'é'.repeat(400), "'=", '@x'];
const PRICES: Units[] = [0, 5, 1234, 12_345_678, 10n ** 20n];

test('rows are written as their cells are, in both formats', () => {
  const some: CanonicalColumn[][] = [
    [...CANONICAL_COLUMNS],
    ['price'],
    ['title', 'sku', 'quantity_available', 'updated_at', 'brand'],
  ];
  for (const columns of some) {
    for (const format of ['csv', 'jsonl'] as const) {
      for (const [moneyDecimals, leadTimeFallbackDays, escapeFormulas] of [
        [2, null, false],
        [3, 14, true],
        [2, 0, true],
      ] as const) {
        const own: OutputFormat = { ...FORMAT, format, columns, moneyDecimals, leadTimeFallbackDays, escapeFormulas };
        const group = newGroup(VENDORS, ALL_COLUMNS);
        const output = new OutputBuffer(group, own);
        let due = format === 'csv' ? csvLine(columns) : '';
        let rows = 0;
        for (const sku of SKUS) {
          fill(group, sku, OFFERS);
          for (const [i, offer] of OFFERS.entries()) {
            const price = PRICES[rows % PRICES.length]!;
            output.writeRow(i, price);
            due += dueRow(sku, offer, price, own);
            rows++;
          }
        }
        assert.is(output.rows, rows);
        assert.is(toText(output.take()), due, `${format} ${columns.length} ${moneyDecimals}`);
        assert.equal([output.used, output.rows], [0, rows]);
        const more = new OutputBuffer(group, own, { isFirst: false });
        more.writeRow(0, 5);
        assert.is(toText(more.take()), dueRow(SKUS.at(-1)!, OFFERS[0]!, 5, own), 'no header');
        const counted = output.formulas.warnings();
        assert.is(counted.length, escapeFormulas && columns.length > 1 ? 1 : 0);
      }
    }
  }
});

test('the buffer grows for a text that is much longer as JSON', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  const output = new OutputBuffer(group, { ...FORMAT, format: 'jsonl', columns: ['sku', 'title'] });
  const title = '\u0001'.repeat(150_000);
  fill(group, 'A', [{ vendor: 0, texts: { title } }]);
  for (let row = 0; row < 2; row++) output.writeRow(0, 1);
  const lines = toText(output.take()).split('\n');
  assert.is(lines.length, 3);
  for (const line of lines.slice(0, 2)) assert.ok(line === JSON.stringify({ sku: 'A', title }));
});

test('the buffer grows for any row, and says when it should be written', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  const output = new OutputBuffer(group, { ...FORMAT, columns: ['sku', 'title'] });
  const title = 'x'.repeat(100_000);
  fill(group, 'A', [{ vendor: 0, texts: { title } }]);
  assert.not.ok(output.isFull);
  let taken = 0;
  output.onTake = () => taken++;
  output.writeRow(0, 1);
  assert.not.ok(output.isFull);
  output.writeRow(0, 1);
  assert.ok(output.isFull);
  assert.is(toText(output.take()), `sku,title\n${`A,${title}\n`.repeat(2)}`);
  assert.equal([taken, output.isFull], [1, false]);
  output.writeRow(0, 1);
  const start = output.used;
  output.writeRow(0, 1);
  output.takeBack(start);
  const made = new TextEncoder().encode('...B,made\n');
  output.appendRow(made, 3, made.length);
  assert.is(output.rows, 4);
  assert.is(toText(output.take()), `A,${title}\nB,made\n`);
  const room = new Uint8Array(300_000).fill(0x79);
  output.appendRow(room, 0, room.length);
  assert.is(output.take().length, 300_000);
});

test('an escaped cell is an example with its column', () => {
  const group = newGroup(VENDORS, ALL_COLUMNS);
  const output = new OutputBuffer(group, { ...FORMAT, columns: ['sku', 'brand', 'title'], escapeFormulas: true });
  fill(group, '-1', [{ vendor: 1, row: 9, texts: { title: '"=x, y"', brand: 'Oak' } }]);
  output.writeRow(0, 1);
  const example = { code: 'formulas_escaped', warnedVendor: null, vendorId: 'bolt', rowNumber: 9, sku: '-1' };
  assert.equal(output.formulas.examples, [
    { ...example, note: 'sku' },
    { ...example, note: 'title' },
  ]);
  assert.equal(output.formulas.warnings(), ['formulas_escaped:2']);
});

test('units are written with their decimals', () => {
  const cases: Array<[units: Units, decimals: number, text: string]> = [
    [0, 2, '0.00'],
    [5, 2, '0.05'],
    [99, 2, '0.99'],
    [100, 2, '1.00'],
    [5, 3, '0.005'],
    [12_345, 3, '12.345'],
    [10n ** 20n, 2, '1000000000000000000.00'],
  ];
  for (const [units, decimals, text] of cases) assert.is(unitsText(units, decimals), text);
  assert.equal([timeText(0), timeText(NOW)], ['1970-01-01T00:00:00Z', '2023-11-14T22:13:20Z']);
});

test.run();
