/** Questions of `relay suggest` that need several columns, or the lines above the table. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { suggested } from '../../testing/suggested.ts';

const test = suite('relay suggest: columns together');

interface Case {
  name: string;
  header: string;
  row: (i: number) => string;
  args?: string[];
  /** Each question's code, and what its message contains. */
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
    name: 'two warehouses under one merged cell',
    header: 'SKU;Title;Stock;;Cost\n;;Berlin;Hamburg;',
    row: (i) => `W${i}0;Teil ${i};${i};100;${i}.50`,
    asks: [['several_quantities', /sum: \["Stock Berlin", "Hamburg"\]/]],
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

test('a footer with the number of rows raises a question, and the block filters it', async () => {
  const body = Array.from({ length: 20 }, (_, i) => `A${i}0;Teil ${i};${i};${i},50\n`).join('');
  const header = 'Artikel;Name;Bestand;EK\n';
  const right = await suggested(`${header}${body}Summe: 20 Artikel;;;\n`);
  assert.equal(
    right.questions.map(({ code }) => code),
    ['footer_count'],
  );
  assert.match(right.questions[0]!.message, 'footer: "Summe: {rows} Artikel"');
  assert.equal(
    (right.config.parser.options!.rows as { drop: string[] }[]).map(({ drop }) => drop),
    [['Summe: * Artikel']],
  );
  for (const end of ['Summe: 21 Artikel;;;', 'Summe: 20 Artikel, 20 Seiten;;;', 'Summe;;;', '']) {
    assert.equal((await suggested(`${header}${body}${end}\n`)).questions, [], end);
  }
});

test('a few amounts with a foreign currency sign are refused and do not change the given currency', async () => {
  const body = (signed: (i: number) => boolean): string =>
    Array.from({ length: 20 }, (_, i) => `A${i}0,x${i},${i},${signed(i) ? '$' : ''}${i}.50\n`).join('');
  const few = await suggested(`sku,title,qty,cost\n${body((i) => i === 7)}`, ['--currency', 'EUR']);
  assert.equal(
    few.problems.map(({ code, count }) => [code, count]),
    [
      ['other_currency', 1],
      ['invalid_decimal', 1],
    ],
  );
  assert.is(few.default_currency, null);
  assert.is(few.config.parser.options, undefined);
  const all = await suggested(`sku,title,qty,cost\n${body(() => true)}`, ['--currency', 'EUR']);
  assert.equal([all.default_currency, all.read.invalid_rows], ['USD', 20]);
  const untold = await suggested(`sku,title,qty,cost\n${body((i) => i === 7)}`);
  assert.is(untold.default_currency, 'USD');
});

test('a column with one currency in all rows gives the currency of the amounts, or raises a question', async () => {
  const body = (code: string, header: string): string =>
    `sku,title,qty,cost,${header}\n${Array.from({ length: 9 }, (_, i) => `A${i}0,x${i},${i},${i}.50,${code}\n`).join('')}`;
  for (const header of ['Währung', 'Price Currency', 'extra']) {
    const untold = await suggested(body('EUR', header));
    assert.equal([untold.default_currency, untold.questions], ['EUR', []]);
    assert.ok(untold.problems.some(({ code }) => code === 'currency_named'));
    const told = await suggested(body('EUR', header), ['--currency', 'USD']);
    assert.equal(told.problems.map(({ code }) => code).sort(), ['currencies_unread', 'currency_column']);
    assert.is(told.questions.length, 1);
    assert.equal((await suggested(body('EUR', header), ['--currency', 'EUR'])).problems, []);
  }
  const words = await suggested(body('ALL', 'extra'), ['--currency', 'USD']);
  assert.equal([words.default_currency, words.problems], [null, []]);
});

test('each value that a run would refuse is listed once', async () => {
  const words = ['low stock', 'plenty', 'soon', 'low stock'];
  const body = Array.from({ length: 20 }, (_, i) => `A${i}0,x${i},${words[i] ?? i},${i}.50\n`).join('');
  const { problems } = await suggested(`sku,title,qty,cost\n${body}`);
  const { message, count } = problems.find(({ code }) => code === 'invalid_int')!;
  assert.is(count, 4);
  for (const word of ['low stock', 'plenty', 'soon']) assert.is(message.split(JSON.stringify(word)).length, 2, message);
});

test('PACKS is a quantity, not the size of a pack; a tax rate is not a quantity', async () => {
  const body = Array.from({ length: 20 }, (_, i) => `A${i}0|${i % 7}|${i % 2 === 0 ? 6 : 12}|${i}.80|19\n`).join('');
  const { columns, config, questions } = await suggested(`ITEM|PACKS|PACK_SIZE|COST|VAT\n${body}`);
  assert.equal(
    questions.map(({ code, message }) => [code, /^"(?:PACK_SIZE|VAT)"/.exec(message)?.[0]]),
    [
      ['pack_size', '"PACK_SIZE"'],
      ['tax_rates', '"VAT"'],
      ['factors_together', undefined],
    ],
  );
  const quantity = columns.find(({ column }) => column === 'quantity_available')!;
  assert.not.ok([quantity.chosen, ...quantity.rivals].some((one) => one?.source === 'VAT'));
  assert.is(config.parser.column_map!.cost, 'COST');
});

test('tax and pack size of the same amounts are proposed together', async () => {
  const body = Array.from(
    { length: 20 },
    (_, i) => `A${i}0,${i},${i}.80,${i % 2 === 0 ? 6 : 12},${i % 3 === 0 ? 7 : 19}\n`,
  ).join('');
  const proposed = async (header: string) =>
    (await suggested(`${header}\n${body}`)).questions.map(({ message }) => message);
  const gross = await proposed('SKU,Qty,Cost incl. VAT,Pack size,Weight');
  assert.match(
    gross.at(-1)!,
    /columns: \{ quantity_available: \{ multiply_by: "Pack size" \}, cost: \{ divide_by: \[1\.19, "Pack size"\] \} \}$/,
  );
  assert.match(
    (await proposed('SKU,Qty,Cost incl. 7% VAT,Pack size,Weight')).at(-1)!,
    /divide_by: \[1\.07, "Pack size"\]/,
  );
  const rates = '{ column: "MwSt %", words: { "7": 1.07, "19": 1.19 } }';
  const rated = await proposed('SKU,Qty,Cost brutto,Pack size,MwSt %');
  assert.ok(rated.at(-1)!.endsWith(`cost: { divide_by: ["Pack size", ${rates}] } }`), rated.at(-1));
  assert.ok(
    rated
      .at(-2)!
      .endsWith(
        `has rates of tax, such as 7, 19, and is not read: are amounts with tax? For net amounts declare columns: { cost: { divide_by: ${rates} } }`,
      ),
    rated.at(-2),
  );
});

test('an amount that may be in thousands raises a question', async () => {
  const body = (doubtful: string) =>
    Array.from({ length: 9 }, (_, i) => `A${i}0,${i},${i === 4 ? doubtful : `${i}.50`}\n`).join('');
  const { questions } = await suggested(`sku,qty,cost\n${body('1.299')}`);
  assert.equal(
    questions.map(({ code, column }) => [code, column]),
    [['decimals_may_be_thousands', 'cost']],
  );
  assert.match(questions[0]!.message, /^line 6 "1\.299": are these thousands\?/);
});

test.run();
