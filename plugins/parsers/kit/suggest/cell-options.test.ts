/** Options and findings for the cells of columns: currencies, styles, words, units, timestamps, and what is left out. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findForms } from './cell-forms.ts';
import type { FeedColumn } from './header-words.ts';

const test = suite('options of columns');

/** What is found in columns: the codes with their columns, the currency, and the columns that are left out. */
function found(
  cells: Partial<Record<FeedColumn, readonly string[]>>,
  currency: string | null = null,
  headers: Partial<Record<FeedColumn, string>> = {},
) {
  const entries = <T>(all: Partial<Record<FeedColumn, T>>) => new Map(Object.entries(all) as [FeedColumn, T][]);
  const forms = findForms(entries(cells), currency, entries(headers));
  return {
    ...forms,
    codes: forms.findings.map(({ code, column }) => `${code} ${column}`),
    out: [...forms.withheld.keys()],
  };
}

test('a few amounts in another currency do not decide; half of them do, and counts of stock do not matter', () => {
  const few = found({ cost: ['$5', '7', '8'] }, 'EUR');
  assert.equal([few.codes, few.currency, few.options], [['other_currency null'], null, {}]);
  for (const [cells, currency] of [
    [{ cost: ['$5', '7'] }, 'EUR'],
    [{ cost: ['$5', '7'], quantity_available: ['1', '2', '3'] }, 'EUR'],
    [{ cost: ['$5', '7', '8'] }, 'USD'],
    [{ cost: ['$5', '7', '8'] }, null],
  ] as const) {
    const { codes, currency: own, options } = found(cells, currency);
    assert.equal([codes, own, options.numbers], [['currency_signs null'], 'USD', { currency: true }]);
  }
  assert.equal(found({ quantity_available: ['$5', '$7'] }, 'EUR').currency, null);
});

test('headers of amounts name a currency, if no sign does', () => {
  const cost = { cost: ['5', '7'] };
  for (const [currency, headers, codes, own] of [
    ['EUR', { cost: 'Cost USD' }, ['currency_named null'], 'USD'],
    [null, { cost: 'Cost USD' }, ['currency_named null'], 'USD'],
    ['USD', { cost: 'Cost USD' }, [], null],
    ['EUR', { cost: 'Cost USD', price: 'Price GBP' }, ['currency_named null'], null],
    ['USD', { cost: 'Cost USD', price: 'Price GBP' }, ['currency_named null'], null],
    ['EUR', { cost: 'Cost', quantity_available: 'Qty USD' }, [], null],
  ] as const) {
    const { codes: own2, currency: named } = found(cost, currency, headers);
    assert.equal([own2, named], [codes, own], JSON.stringify([currency, headers]));
  }
  assert.is(found({ cost: ['€5', '€7'] }, 'EUR', { cost: 'Cost USD' }).currency, 'EUR');
});

test('columns that agree have one style, others one each', () => {
  const styles = (cells: Parameters<typeof found>[0]) => {
    const { options, codes } = found(cells);
    return [options.numbers, options.columns, codes];
  };
  assert.equal(styles({ cost: ['1,50'], price: ['2.345,50'] }), [
    { decimal: ',', thousands: '.' },
    undefined,
    ['decimal_comma cost', 'decimal_comma price'],
  ]);
  assert.equal(styles({ cost: ['1,50'], price: ['2,345.50'] }), [
    undefined,
    { cost: { numbers: { decimal: ',' } }, price: { numbers: { thousands: ',' } } },
    ['decimal_comma cost'],
  ]);
  assert.equal(styles({ cost: ['1.234'], price: ['1.50'] })[2], ['ambiguous_numbers cost']);
  assert.equal(styles({ cost: ['1,234', '1,234.50'] }), [{ thousands: ',' }, undefined, []]);
  assert.equal(styles({ cost: ['1,50', '1.50', '2,50'] })[2], ['mixed_numbers cost']);
  assert.equal(styles({ title: ['1,50'] }), [undefined, undefined, []]);
});

test('words, units and least numbers are found where they mean something', () => {
  const columns = (cells: Parameters<typeof found>[0]) => {
    const { options, codes, out } = found(cells);
    return [options.columns, codes, out];
  };
  assert.equal(columns({ quantity_available: ['5 Stk', '7 stk', '9 pcs', '10+'] }), [
    { quantity_available: { numbers: { units: ['Stk', 'pcs'], at_least: true } } },
    ['units quantity_available', 'at_least quantity_available'],
    [],
  ]);
  assert.equal(columns({ cost: ['5', '10+', '> 5'] }), [undefined, [], ['cost']]);
  assert.equal(columns({ cost: ['5', '10+'] }), [undefined, [], []], 'half of the cells is not most of them');
  assert.equal(columns({ lead_time_days: ['3 days', '2 Tage', '4', 'n/a'] })[0], {
    lead_time_days: { words: { '2 Tage': 2, '3 days': 3, 'n/a': null } },
  });
  assert.equal(columns({ lead_time_days: ['5 Stk', '7 Stk', '2'] })[2], ['lead_time_days']);
  assert.equal(columns({ quantity_available: ['Call', 'CALL', 'none', '4'] })[0], {
    quantity_available: { words: { Call: 0, none: 0 } },
  });
  assert.equal(columns({ quantity_available: ['yes', 'x', 'y z'] }), [
    undefined,
    ['quantity_unknown quantity_available'],
    [],
  ]);
  const others = columns({ cost: ['5', '7', 'low'], lead_time_days: ['2', '3', 'available'] });
  assert.equal(others, [undefined, [], []], 'only a stock can be one of which there is some');
  assert.equal(columns({ condition: ['new', 'NEW', 'neu', 'B-Ware'] }), [
    { condition: { words: { neu: 'new' } } },
    ['words condition'],
    [],
  ]);
  assert.equal(columns({ condition: ['A', 'B', 'new'] })[2], ['condition']);
});

test('at most fifty words are listed', () => {
  const words = (
    'call|n/a|na|none|nil|null|no|n|tbd|poa|sold out|soldout|out of stock|out_of_stock|outofstock|oos|not available|unavailable|' +
    'discontinued|backorder|back order|backordered|on order|on request|special order|no stock|zero|auf anfrage|anfrage|' +
    'ausverkauft|nicht lieferbar|nicht auf lager|vergriffen|kein bestand|auslaufartikel|bestellt|nein|sur demande|epuise|' +
    'rupture|rupture de stock|indisponible|non disponible|en rupture|non|agotado|sin stock|no disponible|sin existencias|' +
    'consultar|esaurito|su richiesta'
  ).split('|');
  assert.is(words.length, 52);
  const { options } = found({ quantity_available: [...words, 'CALL'] });
  assert.is(Object.keys(options.columns?.quantity_available?.words ?? {}).length, 50);
});

test('timestamps need a form, unless they are canonical', () => {
  for (const [cells, formats, codes, out] of [
    [['2026-10-30'], undefined, [], []],
    [['2026-10-30', '13.11.2026'], ['D.M.YYYY'], ['time_format updated_at'], []],
    [['11/12/2026'], undefined, ['ambiguous_times updated_at'], ['updated_at']],
    [['soon', '2026-10-30'], undefined, [], []],
    [['soon', 'later', '2026-10-30'], undefined, [], ['updated_at']],
  ] as const) {
    const { options, codes: own, out: left } = found({ updated_at: cells });
    assert.equal([options.time_formats, own, left], [formats, codes, out], cells.join());
  }
});

test('cells are read without spaces and wrapping; columns of empty cells say nothing', () => {
  const { options, codes } = found({ cost: [' ="5" ', '', ' 7 '], sku: ['="007"'], title: ['', ' '] });
  assert.equal([options, codes], [{ unwrap: true }, ['wrapped_cells sku', 'wrapped_cells cost']]);
  assert.equal(found({ cost: ['', ' '] }, 'EUR').options, {});
});

test.run();
