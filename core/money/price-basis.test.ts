/** Headers that say what amounts and quantities are for: each rule with headers that match it, and similar ones that do not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerWords } from '../text/header-words.ts';
import {
  grossWords,
  isMeasure,
  piecesPriced,
  saysCents,
  saysForMeasure,
  saysOtherTimes,
  saysPackSize,
  saysPacksCounted,
  saysPriceUnit,
  saysTaxRate,
  withoutCents,
} from './price-basis.ts';

test('headers become lower-case words without accents, split at capitals, signs and `#`', () => {
  assert.equal(headerWords('UnitCost_Cents'), ['unit', 'cost', 'cents']);
  assert.equal(headerWords('Größe (Stück)'), ['grosse', 'stuck']);
  assert.equal(headerWords('Art#'), ['art', 'no']);
  assert.equal(headerWords('Preis inkl. MwSt'), ['preis', 'inkl', 'mwst']);
  assert.equal(headerWords(' - '), []);
});

const YES: Array<[(header: string) => unknown, string[]]> = [
  [
    saysCents,
    ['unit_cost_cents', 'Preis (ct)', 'price in pence', 'Cost minor units', 'minor unit', 'Rappen', 'price cts'],
  ],
  [
    grossWords,
    ['Price incl. VAT', 'Brutto', 'Bruttopreis', 'prix TTC', 'Preis inkl. 19 % MwSt', 'price with tax', 'VAT included'],
  ],
  [
    saysPackSize,
    ['VPE', 'Pack size', 'units per carton', 'pack', 'Stück pro Packung', 'qty per box', 'Colisage', 'Price unit'],
  ],
  [saysPriceUnit, ['Price unit', 'Preiseinheit', 'price basis']],
  [saysTaxRate, ['VAT', 'tax rate', 'MwSt', 'MwSt-Satz', 'taux TVA']],
  [piecesPriced, ['Price per 100', 'Preis / 1000 Stk', '€/100', 'prix par 10']],
];
const NO: Array<[(header: string) => unknown, string[]]> = [
  [saysCents, ['cost', 'price per ct', 'per cent', 'Preis pro ct', 'ct', 'EUR/ct', 'center', 'minority']],
  [grossWords, ['Price', 'Gross weight', 'Brutto kg', 'gross margin', 'VAT', 'Price excl. VAT', 'grossist']],
  [saysPackSize, ['Price per 100', 'pack weight', 'package', 'lot size kg', 'quantity', 'packet', 'my pack']],
  [saysPriceUnit, ['unit price', 'Pack size', 'unit']],
  [saysTaxRate, ['Price incl. VAT', 'VAT number', 'tax class', 'net']],
];

for (const [rule, headers] of YES) {
  test(`${rule.name} matches its headers`, () => {
    for (const header of headers) assert.ok(rule(header), header);
  });
}

for (const [rule, headers] of NO) {
  test(`${rule.name} does not match similar headers`, () => {
    for (const header of headers) assert.not.ok(rule(header), header);
  });
}

test('the words for cents and the number of pieces are found', () => {
  assert.equal(withoutCents(['unit', 'cost', 'cents']), ['unit', 'cost']);
  assert.equal(withoutCents(['cost', 'minor', 'units']), ['cost']);
  assert.equal(withoutCents(['price', 'units']), ['price', 'units']);
  assert.is(grossWords('Price incl. VAT (EUR)'), 'incl vat');
  assert.equal(['Price per 100', '€/1000', 'Price per 1', 'per 1234567', 'Price'].map(piecesPriced), [
    100,
    1000,
    null,
    null,
    null,
  ]);
});

test('amounts for a measure, and measures alone, are told from amounts for a piece', () => {
  for (const header of [
    ...[
      'cost_per_kg',
      'Preis pro 100 g',
      '€/m',
      'price / m²',
      'per lb',
      'Preis je Liter',
      'prix par mètre',
      'cost per sq ft',
      'PricePerKg',
    ],
    ...['EUR/100g', 'por litro', 'price per ct', 'per ft', 'cost-per-gallon', 'USD / oz'],
  ])
    assert.ok(saysForMeasure(header), header);
  for (const header of [
    'cost',
    'per kgx',
    'price per piece',
    'superkg',
    'kg',
    'per',
    'paper m',
    '/x',
    'price m',
    'per_item',
    'EUR/Stk',
  ])
    assert.not.ok(saysForMeasure(header), header);
  for (const cell of ['kg', 'KG', '100 g', '100g', 'per kg', '/ m', 'pro 100 g', 'm²', 'sq ft', 'l.', 'pounds'])
    assert.ok(isMeasure(cell), cell);
  for (const cell of ['', 'pcs', 'kg x', 'x kg', 'per', 'kgg', 'pro', 'Stk', '100'])
    assert.not.ok(isMeasure(cell), cell);
});

test('lead times in other units than days, and quantities of packs, are found', () => {
  for (const header of [
    'Lead time (wks)',
    'leadTimeWeeks',
    'Lieferzeit Wochen',
    'hours',
    'Std',
    'délai semaines',
    'lead_time_h',
    'meses',
    'min',
  ])
    assert.ok(saysOtherTimes(header), header);
  for (const header of [
    'Lead time',
    'lead_time_days',
    'Lieferzeit in Tagen',
    'weeks or days',
    'hourly',
    'Lead time (d)',
    'minimum',
    '5 Werktage / Woche',
  ])
    assert.not.ok(saysOtherTimes(header), header);
  for (const header of [
    'Stock (cartons)',
    'Qty in boxes',
    'qty [dz]',
    'Bestand/VE',
    'cartons',
    'Menge (Paletten)',
    'number of pallets ',
    'in colis',
  ])
    assert.ok(saysPacksCounted(header), header);
  for (const header of [
    'Stock',
    'cartons in stock',
    'my boxes',
    'unboxes',
    'stock (pcs)',
    'qty (box size)',
    'packs of 5',
    '',
  ])
    assert.not.ok(saysPacksCounted(header), header);
});

test('the pieces of a price are digits, or a dozen', () => {
  const headers = [
    'Price / dozen',
    'price per dz',
    'Preis pro Dutzend',
    'per douzaine',
    'dozen',
    'per dozens',
    'Price per 12',
    'per10',
    'je 50',
    'à 100',
    'super 100',
    'Preis / 10',
  ];
  assert.equal(headers.map(piecesPriced), [12, 12, 12, 12, null, null, 12, null, 50, null, null, 10]);
  assert.equal(['Price per 01', 'per 999999', 'per 5'].map(piecesPriced), [null, 999999, null]);
});

test.run();
