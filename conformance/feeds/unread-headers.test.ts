/** Columns that nothing reads, though their header says that they change what a cost, a price or a quantity means. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { someCents as cents, madeFeed as feed, saidOf, someNumber as some } from '../support/warned-feeds.ts';

const HEADER = 'sku,title,quantity_available,cost';
const row = (i: number, quantity = 1 + some(i, 50)) => `AB-${1000 + i},Lamp ${i},${quantity},${cents(i)}`;
const said = async (name: string, ...cells: string[]) =>
  (await saidOf(feed(`${HEADER},${name}`, cells.length, (i) => `${row(i)},${cells[i]}`))).warnings;

test('units of several pieces get a warning; single pieces and measures do not', async () => {
  for (const [name, cell] of [
    ['uom', 'CS'],
    ['UOM', 'C'],
    ['Unit of Measure', 'Box 12'],
    ['unit', '10er Pack'],
    ['Einheit', 'Karton'],
    ['price_per', '100'],
    ['Price Per', 'dozen'],
    ['pricing unit', 'per 100 pcs'],
  ] as const)
    assert.equal(await said(name, 'EA', cell), [`price_units_unread:v:1:${name}`], `${name} ${cell}`);
  for (const cells of [
    ['EA', 'pcs'],
    ['m', 'kg'],
    ['500 g', 'Stück'],
    ['pair', 'set'],
    ['c', '100'],
    ['1', ''],
  ])
    assert.equal(await said('uom', ...cells), [], cells.join());
  assert.equal(await said('packed by', 'CS'), []);
});

test('packs get a warning, unless they are of one piece, a measure or what goods are shipped in', async () => {
  for (const [name, cell] of [
    ['pack_size', '12'],
    ['VPE', '10,00'],
    ['Units per pack', '1x6'],
    ['pack qty', '4 pcs'],
    ['qty_per_uom', '24'],
    ['multipack_quantity', '6'],
  ] as const)
    assert.equal(await said(name, '1', name === 'VPE' ? `"${cell}"` : cell), [`packs_unread:v:1:${name}`], name);
  assert.equal(await said('pack_size', '1', '1.0', '', '2.5', '330 ml', '250g'), []);
  assert.equal(await said('case_qty', '6'), []);
  assert.equal(await said('units per carton', '24'), []);
  const read = { parser: { options: { columns: { cost: { divide_by: { column: 'pack_size' } } } } } };
  assert.equal(
    (
      await saidOf(
        feed(`${HEADER},pack_size`, 3, (i) => `${row(i)},12`),
        read,
      )
    ).warnings,
    [],
  );
});

test('charges on top of the cost get a warning; 0, codes, and amounts that have them do not', async () => {
  for (const [name, cell] of [
    ['surcharge', '1.50'],
    ['Core Deposit', '$40.00'],
    ['eco_fee', 'EUR 0.12'],
    ['Legierungszuschlag', '7%'],
    ['Pfand', '0.25 EUR'],
    ['freight', '+12'],
    ['fuel_surcharge_pct', '3.5'],
  ] as const)
    assert.equal(await said(name, '0.00', cell), [`charges_unread:v:1:${name}`], name);
  assert.equal(await said('surcharge', '0', '0.00', '', 'on request', 'A12', '-'), []);
  for (const name of ['freight class', 'price incl surcharge', 'free freight', 'fee type', 'coffee', 'charger'])
    assert.equal(await said(name, '12'), [], name);
  const read = { parser: { options: { columns: { cost: { sum: ['cost', 'surcharge'] } } } } };
  const text = feed(`${HEADER},surcharge`, 3, (i) => `${row(i)},1.50`);
  assert.equal((await saidOf(text, read)).warnings, []);
});

test('amounts with tax get a warning; net ones and columns of amounts do not', async () => {
  for (const [name, yes, no] of [
    ['vat_included', 'yes', 'no'],
    ['tax included', 'TRUE', 'FALSE'],
    ['inkl. MwSt', 'Ja', 'Nein'],
    ['prices include tax', '1', '0'],
    ['price_type', 'gross', 'net'],
    ['MwSt enthalten', 'ja', 'nein'],
    ['tax_mode', 'inclusive', 'exclusive'],
    ['net_or_gross', 'gross', 'net'],
    ['Preisart', 'brutto', 'netto'],
    ['tax', 'incl. VAT', 'excl. VAT'],
  ] as const)
    assert.equal(await said(name, no, yes, yes), [`taxes_unread:v:2:${name}`], name);
  assert.equal(await said('vat_included', 'no', 'N', '0', ''), []);
  assert.equal(await said('gross price', '12.50', '1', '13.00'), []);
  assert.equal(await said('vat', '19', '7', '19 %'), []);
  assert.equal(await said('price_type', 'list', 'net'), []);
});

test('rows in stock that do not hold on the day of the run get a warning', async () => {
  for (const [name, cell] of [
    ['price_valid_until', '2019-12-31'],
    ['Valid To', '31.12.2019'],
    ['expires', '12/31/2019'],
    ['gültig bis', '31.12.2019'],
    ['offer_ends', '2019-12-31'],
    ['best_before', '2019-12-31'],
    ['valid_from', '2049-01-01'],
    ['price_from_date', '2049-01-01'],
    ['effective date', 'Jan 5, 2049'],
    ['available_from', '20490101'],
    ['Release Date', '2049-01-01T00:00:00Z'],
  ] as const)
    assert.equal(
      await said(name, '', cell.includes(',') ? `"${cell}"` : cell),
      [`dates_unread:v:1:${name}`],
      `${name} ${cell}`,
    );
  for (const cells of [
    ['9999-12-31', '1900-01-01'],
    ['soon', ''],
    ['2049-06-30', '0000-00-00'],
  ])
    assert.equal(await said('price_valid_until', ...cells), [], cells.join());
  assert.equal(await said('available_from', '2019-01-01', 'now'), []);
  assert.equal(await said('created', '2019-01-01', '2049-01-01'), []);
  const soldOut = feed(`${HEADER},available_from`, 3, (i) => `${row(i, 0)},2049-01-01`);
  assert.equal((await saidOf(soldOut)).warnings, []);
});

test('discounts get a warning; those that a list price of the row has come off already do not', async () => {
  for (const [name, cell] of [
    ['discount', '10'],
    ['Discount %', '12.5 %'],
    ['rebate_amount', '$2.00'],
    ['Rabatt', '15'],
    ['dealer_discount_pct', '-0.15'],
    ['remise', '5%'],
    ['Händlerrabatt in %', '30'],
    ['割引率', '10'],
  ] as const)
    assert.equal(await said(name, '0', cell), [`discounts_unread:v:1:${name}`], name);
  assert.equal(await said('discount', '0', '', '0.00', '-', 'none'), []);
  for (const name of ['discount group', 'Rabattgruppe', 'discount code', 'discounted', 'quantity discount level'])
    assert.equal(await said(name, '12'), [], name);
  const net = (list: number, off: number) => (list * (100 - off)) / 100;
  const of = async (header: string, cells: (list: number, off: number) => string) => {
    const text = feed(`sku,quantity_available,cost,${header}`, 9, (i) => {
      const [list, off] = [40 + 2 * i, 10 + 5 * (i % 3)];
      return `AB-${100 + i},${1 + i},${net(list, off).toFixed(2)},${cells(list, off)}`;
    });
    return (await saidOf(text)).warnings;
  };
  assert.equal(await of('discount,list_price', (list, off) => `${off}%,${list}.00`), []);
  assert.equal(await of('Listenpreis,Rabatt', (list, off) => `${list},0.${off}`), []);
  assert.equal(await of('msrp,discount', (list, off) => `${list}.00,${off}`), []);
  assert.equal(await of('msrp,rebate', (list, off) => `${list}.00,${(list - net(list, off)).toFixed(2)}`), []);
  assert.equal(await of('msrp,discount', (list, off) => `${2 * list}.00,${off}`), ['discounts_unread:v:9:discount']);
});

test('amounts for a weight or length get a warning; unit prices beside a cost do not', async () => {
  for (const cell of ['kg', 'per kg', '100 g', 'm', 'lb'])
    assert.equal(await said('price_unit', 'EA', cell), ['price_units_unread:v:1:price_unit'], cell);
  for (const name of ['cost_per_kg', 'Preis pro kg', '€/m', 'price per 100 g']) {
    const same = (cell: (i: number) => string) => feed(`${HEADER},${name}`, 9, (i) => `${row(i)},${cell(i)}`);
    assert.equal((await saidOf(same(cents))).warnings, [`price_units_unread:v:9:${name}`], name);
    assert.equal((await saidOf(same((i) => `${cents(i + 50)}`))).warnings, [], name);
  }
});

test('goods that are still to come get a warning; that they may be ordered then does not', async () => {
  for (const [name, cell] of [
    ['preorder', 'yes'],
    ['is_preorder', '1'],
    ['Pre-order', 'TRUE'],
    ['backorder', 'Y'],
    ['on_backorder', 'true'],
    ['availability', 'preorder'],
    ['stock state', 'Backordered'],
    ['status', 'Coming soon'],
    ['Vorbestellung', 'ja'],
  ] as const)
    assert.equal(await said(name, 'no', cell, 'no'), [`states_unread:v:1:${name}`], name);
  for (const name of ['backorders_allowed', 'allow_backorder', 'backorderable', 'preorder_margin'])
    assert.equal(await said(name, 'yes', 'no'), [], name);
  assert.equal(await said('backorder', '0', '1', '0', '12'), []);
  for (const name of ['ship_date', 'Expected Ship Date', 'ships_from', 'Versanddatum', 'earliest delivery date'])
    assert.equal(await said(name, '', '2049-06-30'), [`dates_unread:v:1:${name}`], name);
  for (const name of ['restock_date', 'ETA', 'next restock', 'last_ship_date', 'shipping weight'])
    assert.equal(await said(name, '', '2049-06-30'), [], name);
});

test('more names of the same kinds: charges, ends, pence, tax, factors, deletions', async () => {
  for (const [code, name, no, cell] of [
    ['charges_unread', 'core_value', '0', '25.00'],
    ['charges_unread', 'duty_rate', '0', '7.5%'],
    ['charges_unread', 'recycling_contribution', '', '0.30'],
    ['charges_unread', 'VOC_Abgabe', '0', '1.20'],
    ['dates_unread', 'deleted_at', '', '2020-10-01T00:00:00Z'],
    ['currencies_unread', 'price_currency', 'USD', 'GBX'],
    ['taxes_unread', 'price_note', 'net', 'incl. 20% VAT'],
    ['price_units_unread', 'cost_basis', '1', '1000'],
    ['discounts_unread', 'multiplier', '1.00', '0.40'],
    ['states_unread', 'action', 'U', 'D'],
    ['states_unread', 'Update Type', 'update', 'delete'],
    ['states_unread', 'available', 'TRUE', 'FALSE'],
    ['states_unread', 'online_sale_allowed', 'yes', 'no'],
  ] as const)
    assert.equal(await said(name, no, cell, no), [`${code}:v:1:${name}`], name);
  for (const [name, cell] of [
    ['core', '8'],
    ['created_at', '2020-10-01'],
    ['multiplier', '1'],
    ['grade', 'D'],
    ['available', '900'],
  ] as const)
    assert.equal(await said(name, cell, cell), [], name);
});

test('goods that are sold only several at once get a warning', async () => {
  for (const [name, cell] of [
    ['order_multiple', '6'],
    ['Order Multiples Of', '12 pcs'],
    ['qty_increment', '5.00'],
    ['multiple', '10'],
    ['Bestellschritte', '4'],
    ['minimum_order_quantity', '2'],
    ['MOQ', '3'],
  ] as const)
    assert.equal(await said(name, '1', cell, '', '1.5'), [`order_minimums_unread:v:1:${name}`], name);
  for (const name of ['order value', 'step', 'min_stock']) assert.equal(await said(name, '6'), [], name);
});

test('the examples are the cells, and the kernel’s rows are looked at too', async () => {
  const text = feed(`${HEADER},pack_size`, 3000, (i) => `${row(i)},${i === 2500 ? 12 : 1}`);
  for (const kernelFromBytes of [0, Number.MAX_SAFE_INTEGER]) {
    const { warnings, examples } = await saidOf(text, { kernelFromBytes });
    assert.equal(warnings, ['packs_unread:v:1:pack_size']);
    assert.equal(examples, ['2502 pack_size 12']);
  }
});

test('rows in stock of goods that are not new get a warning; grades of material and new goods do not', async () => {
  for (const [name, cell] of [
    ['conditions', 'Used'],
    ['item_condition', 'used_good'],
    ['Item Condition', 'REFURBISHED'],
    ['grade', 'Grade B'],
    ['Zustand', 'B-Ware'],
    ['État', "D'occasion"],
    ['product condition', 'open box'],
    ['状態', '中古'],
  ] as const)
    assert.equal(await said(name, 'new', cell), [`conditions_unread:v:1:${name}`], `${name} ${cell}`);
  for (const cells of [
    ['new', 'New', 'Neu', ''],
    ['A', 'B', '8.8'],
    ['used to clean filters and pumps in boxes of five pieces', 'unused'],
  ])
    assert.equal(await said('grade', ...cells), [], cells.join());
  assert.equal(await said('use', 'used'), []);
  // a canonical column, which is read
  assert.equal(await said('condition', 'used'), []);
  const gone = feed('sku,title,quantity_available,cost,grade', 2, (i) => `AB-${i},Lamp ${i},${i},${cents(i)},used`);
  assert.equal((await saidOf(gone)).warnings, ['conditions_unread:v:1:grade']);
});

test('flags of goods that are not for sale get a warning', async () => {
  for (const name of ['restricted', 'is_sample', 'Demo', 'not_for_sale', 'do not sell', 'sales blocked'])
    assert.equal(await said(name, 'N', 'Y'), [`states_unread:v:1:${name}`], name);
  assert.equal(await said('sample size', 'N', 'Y'), []);
});

test.run();
