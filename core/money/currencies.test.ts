/** Codes, signs and names of currencies. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CURRENCIES, isWholeCurrency, moneyDecimals } from './currencies.ts';
import { currenciesOf, currencyMarks, isCurrencyMark } from './currency-signs.ts';
import { currenciesNamed, isAlsoWord, saysCurrency } from './currency-words.ts';
import { percentText } from './percent-text.ts';

test('codes have the decimals of ISO 4217, of which amounts use two or three', () => {
  assert.equal(['BHD', 'KWD', 'TND', 'USD', 'JPY', 'XXQ'].map(moneyDecimals), [3, 3, 3, 2, 2, 2]);
  assert.equal(['JPY', 'KRW', 'CLP', 'USD', 'KWD', ''].map(isWholeCurrency), [true, true, true, false, false, false]);
  assert.ok(CURRENCIES.size > 170 && [...CURRENCIES].every((code) => /^[A-Z]{3}$/.test(code)));
  for (const code of ['AED', 'CAD', 'CDF', 'GIP', 'KZT', 'NZD', 'SVC', 'XAG', 'ZWL', 'EUR'])
    assert.ok(CURRENCIES.has(code), code);
});

test('the marks of a currency are its code and the signs that may mean it', () => {
  assert.equal(currencyMarks('EUR'), ['eur', '€']);
  assert.equal(currencyMarks('CAD'), ['cad', '$', '＄', 'c$', 'ca$']);
  assert.equal(currencyMarks('SEK'), ['sek', 'kr', 'kr.']);
  assert.equal(currencyMarks('XXQ'), ['xxq']);
  for (const mark of ['EUR', 'eur', '€', '$', 'us$', 'KR', 'kr.', 'zł', 'ZŁ', '₿', '円', 'R'])
    assert.ok(isCurrencyMark(mark), mark);
  for (const mark of ['', 'x', 'EURO', '€€', '5', 'XXQ', '€ ']) assert.not.ok(isCurrencyMark(mark), mark);
});

test('a cell that is only a code or a sign names currencies', () => {
  const cases: Array<[string, string[] | null]> = [
    ['EUR', ['EUR']],
    ['eur', ['EUR']],
    ['€', ['EUR']],
    ['¥', ['JPY', 'CNY']],
    ['₿', []],
    ['US$', null],
    ['kr', null],
    ['R', null],
    ['x$', null],
    ['5€', []],
    ['€5', null],
    ['', null],
  ];
  for (const [cell, currencies] of cases) assert.equal(currenciesOf(cell), currencies, cell);
});

test('headers of currencies are known in several languages', () => {
  for (const header of [
    ...[
      'Currency',
      'currency_code',
      'PriceCurrency',
      'Währung',
      'Preiswährung',
      'Waehrung',
      'Devise',
      'divisa',
      'moneda',
      'moeda',
      'Valuta',
      'valuuta',
    ],
    ...[
      'waluta',
      'pénznem',
      'para birimi',
      'νόμισμα',
      'валюта',
      '通貨',
      '货币',
      '통화',
      'CURR',
      'cur',
      'WAERS',
      'KONWA',
      'ISO curr cd',
      '币种',
    ],
  ])
    assert.ok(saysCurrency(header), header);
  for (const header of ['Price', 'current', 'curriculum', 'cursor', 'Wahl', 'Preis', 'money', 'valve', ''])
    assert.not.ok(saysCurrency(header), header);
  assert.equal(['ALL', 'top', 'Try', 'EUR', 'usd'].map(isAlsoWord), [true, true, true, false, false]);
});

test('headers of amounts may name one currency', () => {
  const cases: Array<[string, string[] | null]> = [
    ['Cost EUR', ['EUR']],
    ['price_gbp', ['GBP']],
    ['Preis (€)', ['EUR']],
    ['costUsd', ['USD']],
    ['Preis in Euro', ['EUR']],
    ['EUR €', ['EUR']],
    ['Price ¥', ['JPY', 'CNY']],
    ['EUR USD', null],
    ['¥ JPY', null],
    ['Price ALL', null],
    ['Price ₿', null],
    ['lira', null],
    ['Zloty', ['PLN']],
    ['Price', null],
    ['', null],
  ];
  for (const [header, currencies] of cases) assert.equal(currenciesNamed(header), currencies, header);
});

test('shares are shown as per cent', () => {
  assert.equal(['0.125', '1', '0', '-0.5', 'x'].map(percentText), ['12.5 %', '100 %', '0 %', '-50 %', 'x %']);
});

test.run();
