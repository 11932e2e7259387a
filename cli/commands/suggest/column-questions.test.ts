/** Questions of `relay suggest` about columns together, and about lines above the table. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder, relay, writeFileIn } from '../../testing/sandbox.ts';
import type { SuggestReport } from './report.ts';

const test = suite('relay suggest: columns together');

interface Case {
  name: string;
  header: string;
  row: (i: number) => string;
  args?: string[];
  /** Each question's code, and what its message has. */
  asks: [string, RegExp][];
}

const CASES: Case[] = [
  {
    name: 'two warehouses',
    header: 'Artikelnummer;Bezeichnung;Bestand Berlin;Bestand Hamburg;EK netto',
    row: (i) => `W${i}0;Teil ${i};${i};100;${i},50`,
    asks: [['several_quantities', /sum: "Bestand \*"/]],
  },
  {
    name: 'two warehouses, and a column of that word which is no stock',
    header: 'sku;Stock North;South Stock;Stock note;Cost',
    row: (i) => `W${i}0;${i * 3};${i * 2};text of it;${i}.50`,
    asks: [['several_quantities', /sum: \["Stock North", "South Stock"\]/]],
  },
  {
    name: 'stock on order is no stock',
    header: 'sku;Qty;Qty On Order;Cost',
    row: (i) => `W${i}0;${i * 3};${i * 2};${i}.50`,
    asks: [],
  },
  {
    name: 'one amount with decimals among cents',
    header: 'SKU;Title;Qty;Cost',
    row: (i) => `B${i}0;Item ${i};${i * 3};${i === 9 ? '12.50' : 16709 + i * 977}`,
    asks: [['whole_amounts', /"12\.50".*divide_by: 100/]],
  },
  {
    name: 'a pack size beside a price',
    header: 'ITEM;QTY;PACK_SIZE;PRICE',
    row: (i) => `A${i}0;${i * 3};${i % 2 === 0 ? 6 : 12};${i}.80`,
    asks: [
      ['pack_size', /[{,] price: \{ divide_by: "PACK_SIZE" \}/],
      ['cost_or_price', /column_map: \{ cost: "PRICE" \}/],
    ],
  },
  {
    name: 'two currencies',
    header: 'sku;title;qty;Cost;Currency',
    row: (i) => `T${i}0;x${i};5;${i}.50;${i % 3 === 0 ? 'USD' : 'EUR'}`,
    asks: [['currency_column', /rows: \[\{ column: "Currency", keep: \["EUR"\] \}\]/]],
  },
  {
    name: 'one currency',
    header: 'sku;title;qty;Cost;Currency',
    row: (i) => `T${i}0;x${i};5;${i}.50;EUR`,
    asks: [],
  },
  {
    name: 'a price unit',
    header: 'sku;title;qty;Net price;Price unit',
    row: (i) => `U${i}0;x${i};5;${i}.50;${i % 2 === 0 ? 1 : 100}`,
    asks: [['pack_prices', /^"Price unit" (?!.*multiply_by).*columns: \{ cost: \{ divide_by: "Price unit" \} \}$/]],
  },
  {
    name: 'a price that may be the cost',
    header: 'sku;title;qty;Preis',
    row: (i) => `U${i}0;x${i};5;${i}.50`,
    asks: [['cost_or_price', /no margin/]],
  },
  { name: 'a selling price', header: 'sku;qty;VK', row: (i) => `U${i}0;5;${i}.50`, asks: [] },
  { name: 'the canonical price', header: 'sku;qty;price', row: (i) => `U${i}0;5;${i}.50`, asks: [] },
  {
    name: 'tax and packs above the table',
    header:
      'Preisliste Firma Groß 10/2026\nAlle Preise brutto inkl. 19 % MwSt., je 100 Stück\n\nArtikelnummer;Bezeichnung;Bestand;EK',
    row: (i) => `P${i}00;Teil ${i};${i * 3};${i},50`,
    asks: [
      ['gross_amounts', /cost: \{ divide_by: 1\.19 \}/],
      ['pack_prices', /cost: \{ divide_by: 100 \}/],
    ],
  },
];

for (const { name, header, row, args, asks } of CASES) {
  test(name, async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${row(i + 1)}\n`);
    const { questions, config, read } = await suggested(`${header}\n${rows.join('')}`, args);
    assert.equal(
      questions.map(({ code }) => code),
      asks.map(([code]) => code),
    );
    for (const [i, [code, message]] of asks.entries()) assert.match(questions[i]!.message, message, code);
    assert.equal([read.total_rows, read.invalid_rows], [20, 0]);
    assert.not.equal(config.parser.column_map!.price, 'Price unit');
  });
}

async function suggested(text: string, args: readonly string[] = []): Promise<SuggestReport> {
  let report: SuggestReport | null = null;
  await inFolder(async (folder) => {
    const file = writeFileIn(folder, 'feed.csv', text);
    const { code, stdout, stderr } = await relay(['suggest', file, '--json', ...args]);
    assert.is(code, 0, stderr);
    report = JSON.parse(stdout);
  });
  return report!;
}

test.run();
