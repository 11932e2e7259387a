/** What each kind of unread column looks for: headers that say it and headers that nearly do, then cells on both sides of their limits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { CANONICAL_COLUMNS, COLUMN } from '../../../../canonical.ts';
import type { ResolvedColumns } from '../../columns/columns.ts';
import { batchOfRows } from '../testing/batch-of-rows.ts';
import { collectedRows } from '../testing/collected-rows.ts';
import { UnreadCharges } from './unread-charges.ts';
import type { ReadValues, UnreadColumn, UnreadColumnKind } from './unread-columns.ts';
import { UnreadConditions } from './unread-conditions.ts';
import { UnreadCurrencies } from './unread-currencies.ts';
import { UnreadDates } from './unread-dates.ts';
import { UnreadDiscounts } from './unread-discounts.ts';
import { UnreadMinimums } from './unread-minimums.ts';
import { UnreadPacks } from './unread-packs.ts';
import { UnreadPriceUnits } from './unread-price-units.ts';
import { UnreadPrices } from './unread-prices.ts';
import { UnreadSigns } from './unread-signs.ts';
import { UnreadStates } from './unread-states.ts';
import { UnreadStock } from './unread-stock.ts';
import { UnreadTaxes } from './unread-taxes.ts';

type Kind = UnreadColumnKind<UnreadColumn>;

const VALUES: ReadValues = { quantity: 5, cost: 10e6, price: 0, msrp: 0 };
const words = (text: string): string[] => text.split('|');
const fill = (cell: string, count: number): string[] => Array.from({ length: count }, () => cell);

/** The cells that are warned of; null if the column is not meant. */
function found(kind: object, name: string, cells: readonly string[], values: Partial<ReadValues> = {}) {
  const { open, look, startRow, isMeant } = bound(kind as Kind);
  const column = open({ field: 0, name, count: 0, examples: [] });
  const said = cells.flatMap((cell) => {
    startRow({ ...VALUES, ...values });
    const bytes = toBytes(`9${cell}9`);
    const text = look(column, bytes, 1, bytes.length - 1);
    if (text === null) return [];
    column.count++;
    return [text];
  });
  return isMeant(column) ? said : null;
}

function bound(kind: Kind) {
  return {
    open: (column: UnreadColumn) => kind.open(column),
    look: (column: UnreadColumn, bytes: Uint8Array, from: number, to: number) => kind.look(column, bytes, from, to),
    startRow: (values: ReadValues) => kind.startRow?.(values),
    isMeant: (column: UnreadColumn) => kind.isMeant(column),
  };
}

/** Headers of a list that the kind knows by their names alone. */
const meant = (kind: object, headers: string) => words(headers).filter((name) => found(kind, name, []) !== null);
const isAll = (kind: object, headers: string) => assert.is(meant(kind, headers).join('|'), headers);
const isNone = (kind: object, headers: string) => assert.is(meant(kind, headers).join('|'), '');
/** Cells of a list that the kind warns of under a header. */
const warned = (kind: object, name: string, cells: string, values: Partial<ReadValues> = {}) =>
  (found(kind, name, words(cells), values) ?? ['not meant']).join('|');

test('charges', () => {
  const charges = new UnreadCharges();
  isAll(
    charges,
    'charge|charges|surcharge|extra charge|upcharge|deposit|deposits|fee|fees|eco fee|levy|freight|hazmat cost|core value|excise|excise duty|duty|import duty|duties|customs duty|recycling|recycling contribution|env contribution|voc abgabe|Umweltabgabe|abgabe|Zuschlag|Frachtzuschlag|fee amount|fee per unit|duty pct|fuel surcharge eur',
  );
  isNone(charges, 'feex|coffee|charger|fees incl|no fee|fee type|free freight|payment fee|fee with vat|class freight');
  const cells = '1|1 0|+1|$1|$ 1|USD 1|USD1|+ 1|1%|1$|1EUR|1,5|1.234,50|9|10';
  assert.is(warned(charges, 'fee', cells), cells);
  assert.is(warned(charges, 'fee', '0|0.00|-|A1|1A|+++1|1++0|x 1|1 x|US 1|1%%|-1|'), '');
  assert.is(warned(charges, 'fee', `${'1'.repeat(24)}|${'1'.repeat(25)}`), '1'.repeat(24));
  assert.is(found(charges, 'note', ['1']), null);
});

test('conditions', () => {
  const conditions = new UnreadConditions();
  isAll(
    conditions,
    'condition|conditions|cond|Item Condition|product_condition|goods condition|article cond|stock condition|offer condition|condition type|condition code|condition name|condition id|condition description|grade|Grading|quality|item grade|Zustand|Artikelzustand|Warenzustand|artikel zustand|état|condizione|condizioni|stato|estado|condición|staat|conditie|kondition|stan|skick|tilstand|状態|商品の状態',
  );
  isNone(
    conditions,
    'conditionx|xcondition|air condition|condition of sale|conditioner|gradex|quality item|note|condition types',
  );
  const cells =
    'used|Used - Good|LIKE NEW|refurbished_a|B-Ware|Überholt|2. Wahl|occasion|d’occasion|usado|usato|中古|for parts or not working';
  assert.is(warned(conditions, 'condition', cells), cells.replace('d’occasion|', ''));
  assert.is(warned(conditions, 'condition', 'new|neu||used x|x used|usedx|A|grade a'), '');
  assert.is(found(conditions, 'note', ['used']), null);
});

test('currencies', () => {
  const said = (name: string, ...cells: string[]) => found(new UnreadCurrencies('USD'), name, cells);
  assert.equal(said('currency', 'USD', 'EUR', '$', '€', 'GBX', 'GBp'), ['EUR', '€', 'GBX', 'GBp']);
  assert.equal(said('currency', 'xGBX', 'GBXx', 'text', 'longer'), []);
  // without the name: the own currency, or nothing but codes
  assert.equal(said('note', 'EUR', 'EUR'), ['EUR', 'EUR']);
  assert.is(said('note', 'EUR', 'text'), null);
  assert.equal(said('note', 'EUR', 'text', 'USD'), ['EUR']);
  assert.is(said('note', 'text'), null);
  assert.is(said('note'), null);
  // a code that is also a word proves nothing, unless the name or a row says currency
  assert.is(said('size', 'ALL', 'ALL'), null);
  assert.equal(said('size', 'ALL', 'USD'), ['ALL']);
  assert.equal(said('currency', 'ALL'), ['ALL']);
  // more kinds of cells than are remembered
  const many = Array.from({ length: 1100 }, (_, i) => String(1000 + i));
  assert.equal(said('currency', ...many, 'EUR', 'USD', 'EUR'), ['EUR', 'EUR']);
  // cells of other lengths and with the same bytes are apart
  assert.equal(said('currency', '\0EUR', 'EUR', '\0\0', '\0', '€'), ['EUR', '€']);
});

test('dates', () => {
  const now = Date.UTC(2026, 5, 15) / 1000;
  const dates = new UnreadDates(now);
  const ends =
    'ends|ends at|expiry|expiry date|expires|expires on|expiration|discontinue|discontinued at|discontinuation|valid until|price valid until|good thru|valid end|valid end date|best before|best by|MHD|Mindesthaltbarkeit|Mindesthaltbarkeitsdatum|deleted on|end of life|gültig bis|gueltig bis|verfügbar bis|verfuegbar bis|fin validité|fin de validité|valido hasta|valida fino a|valido fino al|valable jusqu au|geldig tot|offer ends date';
  const begins =
    'effective|effective date|valid from|price effective from|valid start|valid start date|sellable from|sell able on|from date|preorder date|pre order date|launch date|on sale date|gültig ab|verfügbar ab|valable à partir de|disponible desde|valido da|valida dal|geldig vanaf|valid from date';
  const ships =
    'ship|ships|ship date|shipping date|shipment date|shipped on|dispatch date|expected ship date|next delivery date|ready from|Versand|Versanddatum|Versandtermin|versendbar ab|Lieferdatum|frühester Liefertermin|fruheste lieferdatum|date envoi|date d envoi|fecha envio|fecha de envio|data spedizione|data di spedizione|verzenddatum|出荷日';
  for (const headers of [ends, begins, ships]) isAll(dates, headers);
  isNone(
    dates,
    'x mhd|mhd x|mhdx|xmhd|ends x|x effective|effective x|valid from date date|x ship|ship x|shipx|x versand|versand x|x出荷日|出荷日x|restock date|eta|delivery|date|updated',
  );
  assert.is(warned(dates, 'valid until', '2026-06-13|2026-06-14|2026-06-15|2020-01-01|soon|'), '2026-06-13|2020-01-01');
  assert.is(warned(dates, 'valid from', '2026-06-15|2026-06-16|2026-06-17|2027-01-01|soon|'), '2026-06-17|2027-01-01');
  assert.is(warned(dates, 'ship date', '2026-06-17|2026-06-22|2026-06-23|2027-01-01'), '2026-06-23|2027-01-01');
  const long = '2020-01-01T00:00:00.000000000+00:00';
  assert.is(warned(dates, 'mhd', `${long}|${long}0`), long);
  assert.is(found(dates, 'note', ['2020-01-01', '2027-01-01']), null);
});

test('discounts', () => {
  const said = (name: string, cells: string, values: Partial<ReadValues> = {}) =>
    warned(new UnreadDiscounts(), name, cells, values);
  isAll(
    new UnreadDiscounts(),
    'discount|discounts|dealer discount|our discount|ourdiscount|trade discount pct|discount off each|rebate|rebates|allowance|markdown|Rabatt|Rabatte|Handelsrabatt|Skonto|remise|remises|ristourne|descuento|descuentos|rebaja|sconto|sconti|ribasso|korting|割引|値引|値引き|割引率|multiplier|dealer multiplier|multi|net factor|Preisfaktor|list|list price|MSRP|catalog price|catalogue|price|prix|unit price|old price',
  );
  isNone(
    new UnreadDiscounts(),
    'x discount|discount x|xdiscount|discountx|x割引|割引x|x multi|xmulti|multi x|multix|x net factor|net factor x|factor|x preisfaktor|preisfaktor x|xprix|prixx|prix x|x prix|listing|catalogs',
  );
  assert.is(
    said('discount', '15|15 %|15%|-0.15|–5|+5|$2.00|$ 2|USD 2|2 EUR|$-2|10.00|1,5|999999999'),
    '15|15 %|15%|-0.15|–5|+5|$2.00|$ 2|USD 2|2 EUR|$-2|10.00|1,5|999999999',
  );
  assert.is(said('discount', '0|0.00|-|1000000000|1.1234567|A1|1A|x 1|1 x|1.|.5|1%%|--1.1|'), '--1.1');
  assert.is(said('discount', `USD 100000000.123456 EUR|USD -100000000.123456 EUR`), 'USD 100000000.123456 EUR');
  // without a cost it says nothing
  assert.is(said('discount', '15', { cost: 0 }), '');
  assert.is(said('discount', '15', { cost: 1 }), '15');
  // a factor of 1 or more is none
  assert.is(said('multiplier', '0.55|1|1.00|1.2|0.99'), '0.55|0.99');
  // lists are no discounts
  assert.is(said('list price', '15'), '');
});

test('discounts that the cost has already', () => {
  /** The list price is read as the price, the cost is what is left of it. */
  const said = (name: string, cells: readonly string[], values: Partial<ReadValues>) =>
    found(new UnreadDiscounts(), name, cells, values);
  const off = (net: number, cell: string, name = 'discount', read: 'price' | 'msrp' = 'price') =>
    said(name, [cell], { cost: Math.round(net * 1e6), [read]: 20e6 });
  for (const [net, cell, name] of [
    [17, '3'],
    [17, '15'],
    [17, '0.15'],
    [17, '15 %'],
    [11, '0.55', 'multiplier'],
    [17.01, '3'],
    [16.99, '3'],
  ] as const)
    for (const read of ['price', 'msrp'] as const) assert.is(off(net, cell, name, read), null, `${net} ${cell}`);
  for (const [net, cell, name] of [
    [17.02, '3'],
    [16.98, '3'],
    [9, '0.55', 'multiplier'],
    [23, '3'],
  ] as const)
    assert.equal(off(net, cell, name), [cell], `${net} ${cell}`);
  // half of the rows must fit, and more than half for silence
  const discounts = new UnreadDiscounts();
  const column = discounts.open({ field: 0, name: 'discount', count: 0, examples: [] });
  const row = (net: number) => {
    discounts.startRow({ quantity: 1, cost: net * 1e6, price: 20e6, msrp: 0 });
    if (discounts.look(column, toBytes('15'), 0, 2) !== null) column.count++;
  };
  row(17);
  row(12);
  assert.is(discounts.isMeant(column), true);
  row(17);
  assert.is(discounts.isMeant(column), false);
});

test('discounts beside a list price that nothing reads, in any order', () => {
  const said = (cells: ReadonlyArray<readonly [name: string, cell: string]>, cost: number) => {
    const discounts = new UnreadDiscounts();
    const columns = cells.map(([name], field) => discounts.open({ field, name, count: 0, examples: [] }));
    discounts.startRow({ quantity: 1, cost, price: 0, msrp: 0 });
    for (const [i, [, cell]] of cells.entries())
      if (discounts.look(columns[i]!, toBytes(cell), 0, cell.length) !== null) columns[i]!.count++;
    return columns.filter((column) => column.count > 0 && discounts.isMeant(column)).length;
  };
  const [list, discount] = [['list price', '20'] as const, ['discount', '15'] as const];
  assert.is(said([list, discount], 17e6), 0);
  assert.is(said([discount, list], 17e6), 0);
  assert.is(said([discount, list], 16e6), 1);
  // eight list prices of a row are compared
  const others = Array.from({ length: 7 }, (): readonly [string, string] => ['list price', '90']);
  assert.is(said([...others, list, discount], 17e6), 0);
  assert.is(said([...others, others[0]!, list, discount], 17e6), 1);
});

test('least orders', () => {
  const minimums = new UnreadMinimums();
  isAll(
    minimums,
    'MOQ|mbm|Mindestbestellmenge|Mindestbestellmengen|Mindestabnahme|min qty|min unit|min units|min order qty|minimum ordering quantity|min sales qty|min sale units|min bestellqty|min bestell menge|minimum order|order min|min sale qty|qte min|quantité minimale|commande minimum|pedido minimo|cantidad minima|minimale afname|最小注文数|最小注文数量|最低注文数|最小ロット|moq unit|moq units|moq pcs|order step|order multiple|ordering multiples|order qty multiple|order in multiples|order increment|sale multiple|sales multiples|sell multiple|selling multiples|purchase multiple|purchasing multiple|pack multiple of|multiple|multiples|multiple of|multiple qty|sold in sets|increment|increments of|Bestellschritt|Bestellschritte|Mengenschritt|Vielfaches|multiple vente|multiple de vente|multiple d achat|multiplo venta|multiplo di vendita|bestelveelvoud',
  );
  isNone(
    minimums,
    'x moq|moq x|moqx|xmoq|x multiple|multiple x|multiplex|quantite minimal pcs|minimum|min price|order',
  );
  assert.is(warned(minimums, 'moq', '2|12 pcs|12pcs|2.0|2,00|999999999|10x'), '2|12 pcs|12pcs|2.0|2,00|999999999|10x');
  assert.is(warned(minimums, 'moq', '1|0|1.0|2.5|2.05|1.000.000|1000000000|x2|-2||1 x 12'), '');
  assert.is(warned(minimums, 'moq', `2${' '.repeat(18)}x|2${' '.repeat(19)}x`), `2${' '.repeat(18)}x`);
  assert.is(found(minimums, 'note', ['12']), null);
});

test('packs', () => {
  const packs = new UnreadPacks();
  isAll(
    packs,
    'pack size|VPE|uom qty|uom conversion|unit per uom|units per uom|unit je ME|multipack|multipack qty|set size|bundle qty',
  );
  isNone(
    packs,
    'x uom qty|uom qty x|uom|x multipack|multipack x|case size|cases per pack|carton qty|cartons per pack|inner pack|price unit|qty',
  );
  // words that only look like those of shipping
  isAll(packs, 'pack size boxx|xbox pack size');
  assert.is(
    warned(packs, 'pack size', '2|12|12.00|12 pcs|1x12|1 x 12|1 x12|1x 12|999999'),
    '2|12|12.00|12 pcs|1x12|1 x 12|1 x12|1x 12|999999',
  );
  assert.is(warned(packs, 'pack size', '1|0|2.5|330 ml|330ml|5 kg|1 X 1000000|1000000|x2|2x12|10.5'), '2x12');
  assert.is(warned(packs, 'pack size', '5 lx|5 pcs l|5 L|5 l'), '5 lx|5 pcs l');
  assert.is(warned(packs, 'pack size', `2${'x'.repeat(19)}|2${'x'.repeat(20)}`), `2${'x'.repeat(19)}`);
  assert.is(found(packs, 'note', ['12']), null);
});

test('units of prices', () => {
  const units = new UnreadPriceUnits();
  isAll(
    units,
    'price unit|price per|cost per|price is per|per|cost basis|price qty|pricing per qty|price divisor|UOM|u/m|unit|sale uom|sales unit|selling unit|sell unit|unit of measure|unit of sale|units of sale|Einheit|unité|unité de vente|unidad|unidad de medida|eenheid',
  );
  isNone(units, 'x per|per x|perx|x uom|uom x|xuom|uomx|megeneinheit|cost_per_kg|pack');
  const several =
    'C|M|hundred|per hundred|pro Dutzend|dz|doz|cs|cases|case.|box|boxes|bx|ct|ctn|pk|pkt|packet|plt|pl|box of 12|box12|box 12|box/12|box-12|ct1|pack a 6|pack zu 6|pack x6|box of 12 pcs|box 12ea|10pk|10 pack|10er pack|10-er-pack|10 er box|per 00|per 100|pro 100 Stk|per 100ea';
  assert.is(warned(units, 'uom', several), several);
  assert.is(warned(units, 'uom', 'EA|pcs|c|m|cx|xc|kg|set|pair|per 5|100|xbox|boxx|csa0pcs|box of|10erpackx|'), '');
  // under a name that says so, numbers and measures count
  assert.is(
    warned(units, 'price per', '100|2|1.000|1,000|10 pcs|per 100 m|kg|100 g|m|c|C|box'),
    '100|2|1.000|1,000|10 pcs|per 100 m|kg|100 g|m|C|box',
  );
  assert.is(warned(units, 'price per', '1|1.0|1.00|1,00|0|EA|piece|'), '');
  assert.is(warned(units, 'price per', `${'1'.repeat(30)}|${'1'.repeat(31)}`), '1'.repeat(30));
  assert.is(found(units, 'note', ['box']), null);
});

test('prices for a weight that are the cost itself', () => {
  const said = (cells: readonly string[], values: Partial<ReadValues> = {}) =>
    found(new UnreadPriceUnits(), 'cost_per_kg', cells, { cost: 12_500_000, ...values });
  assert.equal(said(fill('12.5', 5)), fill('12.5', 5));
  assert.is(said(fill('12.5', 4)), null);
  assert.equal(said([...fill('12,50', 5), ...fill('3', 4)]), fill('12,50', 5));
  assert.is(said([...fill('12.5', 5), ...fill('3', 5)]), null);
  assert.equal(said([...fill('EUR 12.50', 5), '$12.5 / kg', '€€€€€12.5/kg net']), [
    ...fill('EUR 12.50', 5),
    '$12.5 / kg',
    '€€€€€12.5/kg net',
  ]);
  for (const cell of ['€€€€€€12.5', '12.5/kg net.x', '1 12.5', '12.5 1', '12.5000000', 'on request'])
    assert.is(said(fill(cell, 6)), null, cell);
  assert.equal(said(fill('12.500000', 5)), fill('12.500000', 5));
  assert.is(said(fill('0', 6), { cost: 0 }), null);
  assert.is(said(fill('-', 6), { cost: -1 }), null);
  assert.equal(said(fill('0.000001', 5), { cost: 1 }), fill('0.000001', 5));
});

test('lower prices that hold for a while', () => {
  const prices = new UnreadPrices();
  isAll(prices, 'sale_price|Aktionspreis');
  isNone(prices, 'price|sale|note');
  const said = (cells: string, values: Partial<ReadValues> = {}) => warned(prices, 'sale price', cells, values);
  assert.is(said('9.99|9,99|9|EUR 9|9 EUR|$9.5|9.9999|0.01'), '9.99|9,99|9|EUR 9|9 EUR|$9.5|9.9999|0.01');
  assert.is(said('10|10.00|10,000|9.999|0|0.00||x|12.50|1 0|1a9|9.9.9.9'), '');
  assert.is(said("1 234,50|1'234.50|1.234,50|1234.5", { cost: 1_234_500_001 }), "1 234,50|1'234.50|1.234,50|1234.5");
  assert.is(said("1 234,50|1'234.50|1.234,50|1234.5", { cost: 1_234_500_000 }), '');
  // the higher of cost and price
  assert.is(said('12', { cost: 10e6, price: 13e6 }), '12');
  assert.is(said('12', { cost: 13e6, price: 10e6 }), '12');
  assert.is(said('12', { cost: 12e6, price: 12e6 }), '');
  assert.is(said('€€€€€€9|EUR 9/pcs.|EUR 9/pieces'), 'EUR 9/pcs.');
  assert.is(said(`9${' '.repeat(22)}9|9${' '.repeat(23)}9`, { cost: 100e6 }), `9${' '.repeat(22)}9`);
});

test('states', () => {
  const said = (name: string, ...cells: string[]) => found(new UnreadStates(), name, cells);
  assert.equal(said('status', 'active', 'discontinued', 'Discontinued'), ['discontinued', 'Discontinued']);
  assert.equal(said('discontinued', 'y', 'n', '', 'y'), ['y', 'y']);
  // a column of more than twenty words, or of numbers of stock, or of long texts holds no states
  const names = Array.from({ length: 20 }, (_, i) => `word ${i}`);
  assert.equal(said('status', ...names.slice(1), 'blocked', 'blocked'), ['blocked', 'blocked']);
  assert.is(said('status', ...names, 'blocked'), null);
  assert.equal(said('in stock', '0', '1'), ['0']);
  assert.is(said('in stock', '0', '7'), null);
  assert.equal(said('status', 'é'.repeat(30), 'blocked'), ['blocked']);
  assert.is(said('status', `${'é'.repeat(30)}x`, 'blocked'), null);
});

/** With the header under which the quantity is read. */
function stockBeside(header: string): UnreadStock {
  const stock = new UnreadStock();
  const index = new Int32Array(CANONICAL_COLUMNS.length).fill(-1);
  index[COLUMN.quantity_available] = 0;
  stock.startFile({ index, cells: [], names: [header] } as unknown as ResolvedColumns);
  return stock;
}

test('stock that is less than was read', () => {
  const said = (name: string, cells: string, quantity = 5, header = 'on hand') =>
    warned(stockBeside(header), name, cells, { quantity });
  assert.is(said('available', '4|0|4.0|4,00|4 pcs|-1|5|6|4.5|x4||1.000.000'), '4|0|4.0|4,00|4 pcs');
  assert.is(said('reserved', '1|0|9|1.0|0.0|x|2 pcs'), '1|9|1.0|2 pcs');
  for (const name of ['available', 'reserved']) {
    assert.is(said(name, '1', 0), '');
    assert.is(said(name, '0|1', 1), name === 'available' ? '0' : '1');
    assert.is(said(name, `1${' '.repeat(18)}x|1${' '.repeat(19)}x`), `1${' '.repeat(18)}x`);
    // a quantity that is what can be sold
    assert.is(said(name, '1', 5, 'available'), 'not meant');
    assert.is(said(name, '1', 5, 'quantity_available'), '1');
  }
  assert.is(said('note', '1'), 'not meant');
});

test('stock that is only on order', () => {
  const said = (cells: readonly string[], header = 'on hand') => found(stockBeside(header), 'on order', cells);
  assert.equal(said(fill('5', 5)), fill('5', 5));
  assert.equal(said(fill('5', 5), 'available'), fill('5', 5));
  assert.is(said(fill('5', 4)), null);
  assert.equal(said([...fill('5', 5), ...fill('4', 4)]), fill('5', 5));
  assert.is(said([...fill('5', 5), ...fill('6', 5)]), null);
  // long cells are rows too
  assert.is(said([...fill('5', 5), ...fill('x'.repeat(21), 5)]), null);
  assert.is(found(stockBeside('on hand'), 'on order', fill('0', 6), { quantity: 0 }), null);
});

test('of goods that are out of stock, states, conditions, minimums, stock and dates say nothing', () => {
  const cells: Record<string, string> = {
    ...{ currency: 'EUR', fee: '1', 'price per': '100', condition: 'used', 'lifecycle status': 'discontinued' },
    ...{ 'available from': '2030-01-01', moq: '10' },
  };
  const names = ['sku', ...Object.keys(cells)];
  const columns = {
    index: Int32Array.of(0),
    ...{ cells: [], filters: [], rules: [], joins: [], names },
  } as unknown as ResolvedColumns;
  const said = (quantity: number, files = 1) => {
    const { rows } = collectedRows(null);
    const signs = new UnreadSigns({ currency: 'USD', now: 1_767_225_600 }, rows);
    const { window, batch } = batchOfRows([['S', ...Object.values(cells)]]);
    assert.is(signs.wantsRows, false);
    for (let file = 0; file < files; file++) {
      signs.startFile(columns);
      assert.is(signs.wantsRows, true);
      signs.look(window, batch, 0, { ...VALUES, quantity });
    }
    return signs.warnings('v').map((text) => text.replace(/^(.*?):v:/, '$1 '));
  };
  const always = ['currencies_unread 1:currency', 'price_units_unread 1:price per', 'charges_unread 1:fee'];
  assert.equal(said(0), always);
  assert.equal(said(-1), always);
  const all = said(1);
  for (const one of always) assert.ok(all.includes(one), one);
  assert.equal(
    all.filter((one) => !always.includes(one)),
    [
      'states_unread 1:lifecycle status',
      'conditions_unread 1:condition',
      'order_minimums_unread 1:moq',
      'dates_unread 1:available from',
    ],
  );
  assert.ok(said(1, 2).includes('conditions_unread 2:condition'));
});

test('taxes', () => {
  const said = (name: string, ...cells: string[]) => found(new UnreadTaxes(), name, cells);
  isAll(
    new UnreadTaxes(),
    'vat included|include vat|includes the tax|price has gst|mwst enthalten|price type|preisart|net gross|net or gross|netto oder brutto|tax type|vat status|price tax mode|gross price|vat|tax rate',
  );
  isNone(new UnreadTaxes(), 'has vatx|vat enthaltenx|x preisart|preisart x|xpreisart|preisartx|type|price|note');
  assert.equal(said('vat included', 'yes', 'y', 'Y', 'incl.', 'x', 'no', 'n', '0', '-'), [
    'yes',
    'y',
    'Y',
    'incl.',
    'x',
  ]);
  assert.is(said('vat included', 'xy', 'y'), null);
  assert.is(said('vat included', 'yx', 'y'), null);
  assert.is(said('vat included', '-n', 'y'), null);
  assert.is(said('vat included', 'n-', 'y'), null);
  assert.is(said('gross price', '12.50', 'y'), null);
  assert.is(said('vat included', 'y'.repeat(25)), null);
  const kinds = ['gross', 'incl', 'incl.', 'inclusive', 'incl. VAT', 'incl. 20 % VAT', 'incl 7% vat', 'gross 19.5'];
  assert.equal(said('price type', ...kinds), kinds);
  assert.equal(said('price type', 'net', 'xincl', 'inclx', 'incl. 100 % VAT', 'gross 19.55', '20 gross 20', ''), []);
  assert.equal(said('vat', 'yes', 'incl', '20 %'), ['incl']);
  assert.equal(said('vat', `incl. vat${' '.repeat(15)}`, `incl. vat${' '.repeat(16)}`), [`incl. vat${' '.repeat(15)}`]);
});

test.run();
