/** Headers that say what amounts and quantities are for: each rule with headers that match it, and similar ones that do not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { headerWords } from '../text/header-words.ts';
import {
  grossWords,
  piecesPriced,
  saysCents,
  saysPackSize,
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

test.run();
