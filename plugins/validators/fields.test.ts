/** What the built-in validators refuse: each column, the limits at both sides, and cells that are empty. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CANONICAL_COLUMNS, type CanonicalColumn } from '../../core/canonical.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { Money } from '../../core/money/money.ts';
import type { FeedReport, Plugin, Row, RowReport, Validator } from '../../core/plugin.ts';
import { allowedValues, notAbove, numberRange, requiredFields, rowCount, textLength } from './fields.ts';

const test = suite('validators of fields');

const ROW: Row = {
  ...{ rowNumber: 1, line: 2, sku: 'S-1', vendorSku: 'V-1', vendorId: 'acme', quantity: 4, leadTimeDays: 3 },
  ...{ cost: Money.of('10'), mapPrice: Money.of('12'), price: Money.of('13.5'), msrp: Money.of('20') },
  ...{ condition: 'new', brand: 'Nord', title: 'Größe 🛞', updatedAt: 0 },
  extra: () => null,
};
/** Every cell that may be empty is. */
const BARE: Row = {
  ...ROW,
  ...{ vendorSku: null, leadTimeDays: null, cost: null, mapPrice: null, price: null, msrp: null },
  ...{ condition: null, brand: null, title: null, updatedAt: null },
};

type ValidatorPlugin<Options> = Plugin<'validator', Options>;

async function validator<Options>(plugin: ValidatorPlugin<Options>, options: unknown): Promise<Validator> {
  const create = await plugin.load();
  const parsed = plugin.manifest.options.parse(options) as Options;
  return create(parsed, { config: {} as TenantConfig });
}

/** The codes and columns that it reports of a row. */
async function found<Options>(plugin: ValidatorPlugin<Options>, options: unknown, row: Row): Promise<string[]> {
  const reported: string[] = [];
  const report: RowReport = {
    error: (code, column) => void reported.push(`${code} ${column}`),
    warning: (code) => void reported.push(`warning ${code}`),
  };
  (await validator(plugin, options)).check?.(row, report);
  return reported;
}

test('required_fields refuses each empty cell of the named columns, and no other', async () => {
  const columns = [...CANONICAL_COLUMNS];
  assert.equal(await found(requiredFields, { columns }, ROW), []);
  const always = ['sku', 'vendor_id', 'quantity_available'];
  assert.equal(
    await found(requiredFields, { columns }, BARE),
    columns.filter((name) => !always.includes(name)).map((name) => `missing_value ${name}`),
  );
  assert.equal(await found(requiredFields, { columns: ['title'] }, { ...ROW, cost: null }), []);
});

const NUMBERS: [column: CanonicalColumn, value: string][] = [
  ['quantity_available', '4'],
  ['lead_time_days', '3'],
  ['cost', '10'],
  ['map_price', '12'],
  ['price', '13.5'],
  ['msrp', '20'],
];

test('number_range takes both of its ends, in every column of numbers; an empty cell passes', async () => {
  for (const [column, value] of NUMBERS) {
    const beside = (by: string) => Money.of(value).add(Money.of(by)).toString();
    const refused = [`out_of_range ${column}`];
    for (const [range, expected] of [
      [{ min: value }, []],
      [{ max: value }, []],
      [{ min: value, max: value }, []],
      [{ min: beside('0.01') }, refused],
      [{ max: beside('-0.01') }, refused],
      [{ min: beside('-0.01'), max: beside('0.01') }, []],
      [{ min: Number(beside('1')), max: Number(beside('2')) }, refused],
    ] as const) {
      assert.equal(await found(numberRange, { column, ...range }, ROW), expected, JSON.stringify([column, range]));
    }
    const empty = await found(numberRange, { column, min: '5', max: '1' }, BARE);
    assert.is(empty.length, column === 'quantity_available' ? 2 : 0, column);
  }
  const both = { column: 'cost', min: '11', max: '9' };
  assert.is((await found(numberRange, both, ROW)).length, 2, 'a range that nothing can meet is told from both sides');
  for (const value of ['1,5', 'x', '']) {
    assert.not.ok(numberRange.manifest.options.safeParse({ column: 'cost', min: value }).success, value);
  }
});

test('text_length counts characters, not their parts; both of its ends belong to it', async () => {
  for (const [options, length] of [
    [{ column: 'title', min: 7, max: 7 }, null],
    [{ column: 'title', min: 8 }, 'bad_length title'],
    [{ column: 'title', max: 6 }, 'bad_length title'],
    [{ column: 'title' }, null],
    [{ column: 'vendor_sku', min: 3, max: 3 }, null],
    [{ column: 'sku', max: 2 }, 'bad_length sku'],
    [{ column: 'brand', min: 5 }, 'bad_length brand'],
  ] as const) {
    assert.equal(await found(textLength, options, ROW), length === null ? [] : [length], JSON.stringify(options));
  }
  assert.equal(await found(textLength, { column: 'title', min: 1 }, BARE), [], 'an empty cell passes');
});

test('allowed_values tells capitals apart and lets empty cells pass', async () => {
  const refused = (column: string) => [`value_not_allowed ${column}`];
  for (const [column, values, expected] of [
    ['condition', ['new', 'used'], []],
    ['condition', ['used'], refused('condition')],
    ['brand', ['Nord', 'Süd'], []],
    ['brand', ['nord'], refused('brand')],
    ['sku', ['S-1'], []],
    ['vendor_sku', ['S-1'], refused('vendor_sku')],
  ] as const) {
    assert.equal(await found(allowedValues, { column, values }, ROW), expected, `${column} ${values}`);
  }
  assert.equal(await found(allowedValues, { column: 'brand', values: ['x'] }, BARE), []);
});

test('not_above compares two amounts of a row; equal ones and a missing one pass', async () => {
  const options = { column: 'cost', other: 'price' };
  for (const [cost, price, isRefused] of [
    ['13.5', '13.50', false],
    ['13.51', '13.5', true],
    ['9', '13.5', false],
    [null, '1', false],
    ['99', null, false],
  ] as const) {
    const amount = (text: string | null) => (text === null ? null : Money.of(text));
    const row = { ...ROW, cost: amount(cost), price: amount(price) };
    assert.equal(await found(notAbove, options, row), isRefused ? ['amount_above_other cost'] : [], `${cost} ${price}`);
  }
  assert.equal(await found(notAbove, { column: 'quantity_available', other: 'lead_time_days' }, ROW), [
    'amount_above_other quantity_available',
  ]);
});

test('row_count takes as many rows as its ends say', async () => {
  const reported = async (options: object, validRows: number) => {
    const codes: string[] = [];
    const report: FeedReport = {
      ...{ vendorId: 'acme', validRows, invalidRows: 9, warning: () => {} },
      error: (code) => void codes.push(code),
    };
    (await validator(rowCount, options)).finish?.(report);
    return codes.length;
  };
  for (const [options, rows, expected] of [
    [{}, 0, 1],
    [{}, 1, 0],
    [{ min: 3 }, 2, 1],
    [{ min: 3 }, 3, 0],
    [{ min: 3, max: 3 }, 3, 0],
    [{ min: 0, max: 3 }, 4, 1],
    [{ min: 0 }, 0, 0],
  ] as const) {
    assert.is(await reported(options, rows), expected, `${JSON.stringify(options)} ${rows}`);
  }
});

test('options name columns of the right kind', () => {
  const takes = (plugin: { manifest: Plugin<'validator'>['manifest'] }, options: object) =>
    plugin.manifest.options.safeParse(options).success;
  const numbers = NUMBERS.map(([column]) => column);
  const texts: CanonicalColumn[] = ['sku', 'vendor_sku', 'vendor_id', 'brand', 'title'];
  for (const column of CANONICAL_COLUMNS) {
    assert.is(takes(numberRange as Plugin<'validator'>, { column, min: 1 }), numbers.includes(column), column);
    assert.is(
      takes(notAbove as Plugin<'validator'>, { column: 'cost', other: column }),
      numbers.includes(column),
      column,
    );
    assert.is(takes(textLength as Plugin<'validator'>, { column }), texts.includes(column), column);
    const isListed = texts.includes(column) || column === 'condition';
    assert.is(takes(allowedValues as Plugin<'validator'>, { column, values: ['x'] }), isListed, column);
    assert.ok(takes(requiredFields as Plugin<'validator'>, { columns: [column] }), column);
  }
  for (const [plugin, options] of [
    [requiredFields, { columns: [] }],
    [allowedValues, { column: 'brand', values: [] }],
    [textLength, { column: 'title', max: 0 }],
    [textLength, { column: 'title', min: -1 }],
    [rowCount, { min: -1 }],
    [rowCount, { max: -1 }],
    [rowCount, { min: 1, most: 2 }],
  ] as const) {
    assert.not.ok(takes(plugin as Plugin<'validator'>, options), JSON.stringify(options));
  }
});

test.run();
