/** Headers that say what their amounts are: those that get a warning, and similar ones that do not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Layout } from '../../../layout.ts';
import { resolveColumns } from './columns.ts';

function warnings(
  cost: string,
  currency: string,
  factor?: string,
  column: 'cost' | 'msrp' = 'cost',
  impliedDecimals?: number,
): string[] {
  const ref = (header: string) => ({ header, match: 'exact' as const, expected: true });
  const origin = { kind: 'first_found' as const, fields: [ref(cost)] };
  const factors = factor === undefined ? {} : { factors: [{ divides: true, by: { decimal: factor } }] };
  const form = impliedDecimals === undefined ? {} : { form: { numbers: { impliedDecimals } } };
  const layout: Layout = {
    ...{ delimiter: ',', quote: '"', header: true, skipLines: 0 },
    columns: {
      sku: ref('SKU'),
      quantity_available: ref('Qty'),
      [column]: { origin, expected: true, ...factors, ...form },
      ...(column === 'cost' ? {} : { cost: ref('Net') }),
    },
  } as unknown as Layout;
  const resolved = resolveColumns(layout, ['SKU', 'Qty', cost, 'Net'], 4, { vendorId: 'v', extras: [], currency });
  return resolved.warnings.map((warning) => warning.split(':')[0] ?? '');
}

test('a currency that is not the vendor’s gets a warning, however the header writes it', () => {
  for (const header of [
    'Cost EUR',
    'cost_eur',
    'CostEur',
    'Preis (€)',
    'EUR',
    'Einkaufspreis in Euro',
    '€/Stk',
    'Net EUR/EUR',
  ]) {
    assert.equal(warnings(header, 'USD'), ['header_names_currency'], header);
    assert.equal(warnings(header, 'EUR'), [], header);
  }
  assert.equal(warnings('Cost $', 'EUR'), ['header_names_currency']);
  assert.equal(warnings('Cost $', 'CAD'), [], 'a dollar is of many countries');
  assert.equal(warnings('Cost EUR', 'USD', '1.1'), ['header_names_currency'], 'a factor converts nothing');
});

test('words that are not currencies, and headers with several currencies, get no warning', () => {
  for (const header of [
    'Cost',
    'Top price',
    'All-in cost',
    'Try price',
    'Std cost',
    'Net price',
    'EUR/USD cost',
    'Preis',
    'Cost (per pen)',
  ])
    assert.equal(warnings(header, 'GBP'), [], header);
});

test('cents, several pieces and tax get a warning, unless a factor reads them', () => {
  for (const header of [
    'Cost in cents',
    'unit_cost_cents',
    'Preis per 100',
    'Price / 1000',
    'EK brutto',
    'Cost incl. VAT',
    'cost_per_kg',
    'Price/lb',
    'Preis pro 100 g',
  ]) {
    assert.equal(warnings(header, 'EUR'), ['header_names_basis'], header);
    assert.equal(warnings(header, 'EUR', '100'), [], header);
  }
  assert.equal(warnings('Cost in cents', 'EUR', undefined, 'cost', 2), [], 'numbers.divide_by reads cents');
  assert.equal(warnings('UVP brutto', 'EUR', undefined, 'msrp'), [], 'list prices are with tax');
  assert.equal(warnings('UVP in Cent', 'EUR', undefined, 'msrp'), ['header_names_basis']);
  assert.equal(warnings('Cost net of VAT', 'EUR'), []);
});

test('quantities in packs and lead times not in days get a warning, unless a factor reads them', () => {
  const said = (column: 'quantity_available' | 'lead_time_days', header: string, hasFactor = false) => {
    const ref = { header, match: 'exact' as const, expected: true };
    const origin = { kind: 'first_found' as const, fields: [ref] };
    const factors = hasFactor ? [{ divides: false, by: { decimal: '7' } }] : [];
    const sku = { header: 'SKU', match: 'exact' as const, expected: true };
    const quantity = { header: 'Qty', match: 'exact' as const, expected: true };
    const layout = {
      ...{ delimiter: ',', quote: '"', header: true, skipLines: 0 },
      columns: { sku, quantity_available: quantity, [column]: { origin, expected: true, factors } },
    } as unknown as Layout;
    const resolved = resolveColumns(layout, ['SKU', 'Qty', header], 3, { vendorId: 'v', extras: [], currency: 'EUR' });
    return resolved.warnings.filter((one) => one.startsWith('header_names_basis')).length === 1;
  };
  for (const header of [
    'Lead Time (wks)',
    'lead_time_hours',
    'Lieferzeit Wochen',
    'Délai (semaines)',
    'Lead time (h)',
  ]) {
    assert.ok(said('lead_time_days', header), header);
    assert.not.ok(said('lead_time_days', header, true), header);
  }
  for (const header of ['Lead time', 'Working days', 'Lieferzeit (Tage)', 'ETA', 'Days or weeks'])
    assert.not.ok(said('lead_time_days', header), header);
  for (const header of ['Stock (cartons)', 'Qty in boxes', 'Bestand (VE)', 'Stock/pallets', 'Packs', 'Qty per carton'])
    assert.ok(said('quantity_available', header), header);
  for (const header of ['Stock', 'Qty (pcs)', 'Bestand Packraum', 'Stock in case', 'On hand'])
    assert.not.ok(said('quantity_available', header), header);
});

test.run();
