/** Mapping columns: canonical headers always, no column twice, and nothing unless it is convincing. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FEED_COLUMNS } from '../../../../core/canonical.ts';
import { countOf } from '../../../../core/testing/share.ts';
import { headerFits } from './header-words.ts';
import { orderedAmounts, scoreColumns } from './score-columns.ts';

const test = suite('suggest: columns');

/** Canonical column to the chosen column. */
function mapped(header: readonly string[] | null, rows: readonly (readonly string[])[]): Record<string, string> {
  const found = scoreColumns(header, rows).flatMap(({ column, chosen }) =>
    chosen === null ? [] : [[column, header?.[chosen.index] ?? `#${chosen.index}`]],
  );
  return Object.fromEntries(found);
}

const ROWS = [
  ['AB-1001', 'Brass lamp, small', '4', '10.50', '19.99', 'Acme', 'new', '2026-10-30'],
  ['AB-1002', 'Oak shelf', '0', '8.00', '12.00', 'Acme', 'used', '2026-10-30'],
  ['AB-1003', 'Table for six', '12', '99.00', '149.00', 'Bolt', 'new', '2026-10-31'],
  ['AB-1004', 'Chair', '3', '19.00', '49.00', 'Bolt', 'new', '2026-10-31'],
];

const LANGUAGES: Record<string, string[]> = {
  english: [
    'Part No',
    'Item Description',
    'Qty On Hand',
    'Net price',
    'MSRP',
    'Manufacturer',
    'Condition',
    'Last updated',
  ],
  german: ['Artikelnummer', 'Bezeichnung', 'Bestand', 'EK', 'UVP', 'Marke', 'Zustand', 'Geändert am'],
  french: [
    'Référence',
    'Désignation',
    'Quantité disponible',
    "Prix d'achat HT",
    'Prix public',
    'Marque',
    'État',
    'Mise à jour',
  ],
  spanish: [
    'Código artículo',
    'Descripción',
    'Existencias',
    'Precio de compra',
    'PVP recomendado',
    'Marca',
    'Estado',
    'Actualizado',
  ],
  italian: [
    'Codice articolo',
    'Descrizione',
    'Giacenza',
    'Prezzo di acquisto',
    'Prezzo di listino',
    'Marca',
    'Condizione',
    'Aggiornato il',
  ],
  dutch: ['Artikelcode', 'Omschrijving', 'Voorraad', 'Inkoopprijs', 'Adviesprijs', 'Merk', 'Conditie', 'Bijgewerkt op'],
};
const MEANT = ['sku', 'title', 'quantity_available', 'cost', 'msrp', 'brand', 'condition', 'updated_at'];

test('a header that names something similar to a stock or an amount is not mapped, with the reason', () => {
  const rows = ROWS.map((row) => [row[0]!, row[2]!, row[3]!, row[7]!]);
  const others: Record<string, string[]> = {
    quantity_available: [
      ...[
        'Qty On Order',
        'Case Qty',
        'Qty per Box',
        'Units Sold',
        'Max Order Quantity',
        'Safety Stock',
        'Reorder Qty',
        'Stock Value',
        'Weeks of Stock',
      ],
      ...['Bestand reserviert', 'Quantité commandée', 'Cantidad mínima', 'Quantità minima', 'Aantal per doos'],
    ],
    cost: ['Shipping Cost', 'Core Cost', 'Old Cost', 'Case Cost', 'Total Cost', 'Coste envío', 'Cost 10-99'],
    price: [
      'Old Price',
      'Price 100+',
      'Price per 100',
      'Preis / 1000 Stk',
      'Price Margin',
      'Prix ancien',
      'Prijs per doos',
      'Preis alt',
    ],
    updated_at: ['Effective Date', 'Date Created', 'Arrival Date', 'Date de livraison'],
  };
  for (const [column, headers] of Object.entries(others)) {
    for (const header of headers) {
      const named = ['SKU', 'x', 'y', 'z'];
      named[column === 'quantity_available' ? 1 : column === 'updated_at' ? 3 : 2] = header;
      assert.is(mapped(named, rows)[column], undefined, `${header} as ${column}`);
    }
  }
  const [, , quantity] = scoreColumns(['SKU', 'Qty On Order', 'Cost', 'x'], rows);
  assert.match(quantity!.rivals[0]!.reasons[0]!, 'header like "qty", but "on order" in it');
  const leads = ROWS.map((row, i) => [row[0]!, row[2]!, String(i + 1)]);
  assert.is(mapped(['SKU', 'Qty', 'Lead Time (weeks)'], leads).lead_time_days, undefined);
  assert.is(mapped(['SKU', 'Qty', 'Lead Time (days)'], leads).lead_time_days, 'Lead Time (days)');
});

test('Japanese headers are names too, with full-width signs and half-width kana', () => {
  for (const [header, column] of [
    ['商品コード', 'sku'],
    ['ＳＫＵコード', 'sku'],
    ['品番', 'sku'],
    ['メーカー型番', 'vendor_sku'],
    ['在庫数', 'quantity_available'],
    ['在庫数（個）', 'quantity_available'],
    ['リードタイム', 'lead_time_days'],
    ['ﾘｰﾄﾞﾀｲﾑ', 'lead_time_days'],
    ['納期（日）', 'lead_time_days'],
    ['仕入単価', 'cost'],
    ['価格', 'price'],
    ['価格（税込）', 'price'],
    ['希望小売価格', 'msrp'],
    ['ブランド', 'brand'],
    ['商品名', 'title'],
    ['更新日時', 'updated_at'],
  ] as const) {
    const fits = Object.entries(headerFits(header)).sort(([, a], [, b]) => b.score - a.score);
    assert.is(fits[0]?.[0], column, header);
    assert.ok((fits[0]?.[1].score ?? 0) >= 0.5, header);
  }
  for (const header of ['発注数', '送料', '重量', '備考'])
    assert.ok(
      Object.values(headerFits(header)).every(({ score }) => score === 0),
      header,
    );
});

test('only amounts in the tenant’s currency are mapped', () => {
  const amounts = ROWS.map((row) => [row[0]!, row[2]!, row[3]!, row[4]!]);
  const chosen = (header: string[], currency: string | null) =>
    scoreColumns(header, amounts, currency)
      .filter((choice) => choice.chosen !== null && ['cost', 'price'].includes(choice.column))
      .map((choice) => `${choice.column} ${header[choice.chosen!.index]}`);
  assert.equal(chosen(['SKU', 'Qty', 'Price GBP', 'Price EUR'], 'EUR'), ['price Price EUR']);
  assert.equal(chosen(['SKU', 'Qty', 'Cost USD', 'cost_gbp'], 'EUR'), []);
  assert.equal(chosen(['SKU', 'Qty', 'Cost USD', 'x'], null), ['cost Cost USD']);
});

test('the first of several price breaks is the price, and an amount above the price is not the cost', () => {
  const amounts = ROWS.map((row) => [row[0]!, row[2]!, row[3]!, row[4]!]);
  assert.is(mapped(['SKU', 'Qty', 'Price 10-99', 'Price 1-9'], amounts).price, 'Price 1-9');
  const { cost, price } = mapped(['SKU', 'Qty', 'Price excl. VAT', 'Price incl. VAT'], amounts);
  assert.equal([cost, price], [undefined, 'Price excl. VAT']);
});

for (const [language, header] of Object.entries(LANGUAGES)) {
  test(`headers in ${language}`, () => {
    const found = mapped(header, ROWS);
    assert.equal(
      MEANT.map((column) => found[column]),
      header,
    );
  });
}

test('the vendor’s own codes are mapped beside the sku', () => {
  const rows = ROWS.map(([sku, , qty], i) => [sku!, `X${i}`, qty!, `9.${i}0`]);
  assert.equal(mapped(['SKU', 'MPN', 'Stock', 'Your price'], rows), {
    sku: 'SKU',
    vendor_sku: 'MPN',
    quantity_available: 'Stock',
    cost: 'Your price',
  });
  assert.equal(mapped(['MPN', 'x', 'Stock', 'Your price'], rows).sku, 'MPN', 'the only code is the sku');
});

test('cells that contradict a header outweigh it', () => {
  const rows = ROWS.map(([sku], i) => [sku!, ['yes', 'no'][i % 2]!, String(i)]);
  const found = mapped(['sku', 'Price', 'Stock'], rows);
  assert.is(found.price, undefined);
});

test('without a header the cells decide; two equally good columns leave the question open', () => {
  const found = mapped(null, ROWS);
  assert.is(found.sku, '#0');
  assert.is(found.quantity_available, '#2');
  assert.is(found.updated_at, '#7');
  assert.is(found.cost, undefined, 'amounts have no names');
  const twice = ROWS.map((row) => [row[0]!, row[2]!, row[2]!]);
  const choices = scoreColumns(null, twice);
  const quantity = choices.find(({ column }) => column === 'quantity_available')!;
  assert.is(quantity.chosen, null);
  assert.equal(
    quantity.rivals.map(({ index }) => index),
    [1, 2],
  );
});

test('unnamed amounts are told apart by their order, if every row agrees', () => {
  assert.equal(orderedAmounts(ROWS, new Set()), [3, 4]);
  assert.equal(orderedAmounts(ROWS, new Set([3])), []);
  const other = [...ROWS, ['X', 'x', '1', '9.50', '1.20', 'Acme', 'new', '']];
  assert.equal(orderedAmounts(other, new Set()), []);
});

test('names that say nothing are not mapped, even if the cells fit', () => {
  const found = mapped(
    ['foo', 'bar'],
    [
      ['A-1', '4'],
      ['A-2', '0'],
    ],
  );
  assert.equal(found, {});
});

test('an amount that exceeds its upper bound is reported, and lowers the score', () => {
  const choices = scoreColumns(
    ['sku', 'Net price', 'MSRP'],
    [
      ['A-1', '20.00', '10.00'],
      ['A-2', '30.00', '10.50'],
    ],
  );
  const cost = choices.find(({ column }) => column === 'cost')!.chosen!;
  assert.ok(cost.reasons.includes('above msrp in 100 % of rows'));
  assert.ok(cost.score < 0.9);
});

const cell = fc.oneof(fc.stringMatching(/^[A-Za-z0-9 .,€$+-]{0,12}$/), fc.nat(500).map(String), fc.constant(''));
const columns = fc.shuffledSubarray([...FEED_COLUMNS], { minLength: 1 });

test('property: canonical headers are always mapped, whatever is below and beside them', () => {
  const strangers = fc.array(fc.string({ maxLength: 12 }), { maxLength: 4 });
  fc.assert(
    fc.property(columns, strangers, fc.infiniteStream(cell), fc.nat(12), (own, others, cells, count) => {
      const header = [...others.filter((name) => !isCanonical(name)), ...own];
      const rows = Array.from({ length: count }, () => header.map(() => cells.next().value));
      const found = mapped(header, rows);
      for (const column of own) assert.is(found[column], column);
    }),
    { numRuns: countOf(200) },
  );
});

test('property: no column is mapped twice, and scores are between 0 and 1', () => {
  const known = Object.values(LANGUAGES).flat();
  const name = fc.oneof(fc.constantFrom(...known), fc.constantFrom(...FEED_COLUMNS), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 20 }), fc.infiniteStream(cell), fc.nat(8), (header, cells, count) => {
      const rows = Array.from({ length: count }, () => header.map(() => cells.next().value));
      for (const names of [header, null]) {
        const choices = scoreColumns(names, rows);
        const chosen = choices.flatMap((choice) => (choice.chosen === null ? [] : [choice.chosen]));
        assert.is(new Set(chosen.map(({ index }) => index)).size, chosen.length);
        for (const { score } of [...chosen, ...choices.flatMap(({ rivals }) => rivals)])
          assert.ok(score >= 0 && score <= 1, String(score));
        assert.equal(scoreColumns(names, rows), choices, 'the same again');
      }
    }),
    { numRuns: countOf(200) },
  );
});

function isCanonical(name: string): boolean {
  return (FEED_COLUMNS as readonly string[]).includes(name.trim().toLowerCase());
}

test.run();
