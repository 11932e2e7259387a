/** Numbers that may be thousands: which columns are warned of, and what is shown. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../bytes/text.ts';
import { type CanonicalColumn, COLUMN, COLUMN_COUNT } from '../../../canonical.ts';
import { QUOTED } from '../../../scan/batch.ts';
import { CurrentRow } from '../current-row.ts';
import { DecimalForms, storedIn } from './decimal-forms.ts';
import { batchOfRows } from './testing/batch-of-rows.ts';
import { collectedRows } from './testing/collected-rows.ts';

interface Case {
  moneyDecimals?: 2 | 3;
  file?: string;
  stored?: (position: number) => boolean;
}

/** What is said of rows with these cells. */
function said(
  rowsOf: ReadonlyArray<Partial<Record<CanonicalColumn, string>>>,
  { moneyDecimals = 2, file, stored = () => false }: Case = {},
) {
  const { rows, shown } = collectedRows(file ?? null);
  const forms = new DecimalForms({ moneyDecimals, rows });
  const row = new CurrentRow(0, 100);
  for (const [i, cells] of rowsOf.entries()) {
    row.clearForms();
    row.line = i + 2;
    for (const [column, cell] of Object.entries(cells) as Array<[CanonicalColumn, string]>) {
      const position = COLUMN[column];
      row.source[position] = toBytes(cell);
      row.end[position] = cell.length;
      row.noteForm(row.source[position]!, 0, cell.length, position);
    }
    if (row.hasForms) forms.look(row, stored);
  }
  return { warnings: forms.warnings('v', row.otherForms), shown, forms };
}

const [DOUBTFUL, OTHER, CLEAR] = [{ cost: '1.299' }, { cost: '9.50' }, { cost: '0.125' }];

test('a column with numbers of another form, and none with three decimals beyond doubt', () => {
  assert.equal(said([DOUBTFUL, OTHER]).warnings, ['decimals_may_be_thousands:v:cost:1:line 2 "1.299"']);
  assert.equal(said([DOUBTFUL]).warnings, []);
  assert.equal(said([OTHER]).warnings, []);
  assert.equal(said([DOUBTFUL, OTHER, CLEAR]).warnings, []);
  assert.equal(said([CLEAR, OTHER, DOUBTFUL]).warnings, []);
  assert.equal(said([DOUBTFUL, OTHER, { price: '0.125' }]).warnings.length, 1);
  assert.equal(said([DOUBTFUL, { price: '9.50' }]).warnings, []);
});

test('three are shown', () => {
  const many = Array.from({ length: 5 }, (_, i) => ({ cost: `${i + 1}.299` }));
  const { warnings, shown } = said([...many, OTHER], { file: 'a.csv' });
  assert.equal(warnings, [
    'decimals_may_be_thousands:v:cost:5:a.csv line 2 "1.299"; a.csv line 3 "2.299"; a.csv line 4 "3.299"',
  ]);
  assert.equal(
    shown,
    [2, 3, 4].map((line) => `decimals_may_be_thousands a.csv:${line} cost "${line - 1}.299"`),
  );
});

test('amounts of currencies with three decimals are not doubted, and quantities are', () => {
  const rows = [
    { cost: '1.299', quantity_available: '1.000' },
    { cost: '9.50', quantity_available: '7' },
  ];
  assert.equal(said(rows, { moneyDecimals: 3 }).warnings, [
    'decimals_may_be_thousands:v:quantity_available:1:line 2 "1.000"',
  ]);
  assert.is(said(rows).warnings.length, 2);
});

test('cells that a workbook stores as numbers are not doubted, nor columns that the kernel found clear', () => {
  assert.equal(said([DOUBTFUL, OTHER], { stored: (position) => position === COLUMN.cost }).warnings, []);
  assert.equal(said([DOUBTFUL, OTHER], { stored: (position) => position === COLUMN.price }).warnings.length, 1);
  const { forms } = said([DOUBTFUL]);
  const others = new Uint8Array(COLUMN_COUNT).fill(1);
  assert.is(forms.warnings('v', others).length, 1);
  forms.noteClear(COLUMN.price);
  assert.is(forms.warnings('v', others).length, 1);
  forms.noteClear(COLUMN.cost);
  assert.equal(forms.warnings('v', others), []);
});

test('a plain cell of a record is stored as a number', () => {
  const { batch } = batchOfRows([['S', '1', '2']]);
  batch.fieldStyle[2] = QUOTED;
  const index = new Int32Array(COLUMN_COUNT).fill(-1);
  index[COLUMN.cost] = 1;
  index[COLUMN.price] = 2;
  index[COLUMN.msrp] = 3;
  const isStored = storedIn(batch, 0, index);
  const columns = ['cost', 'price', 'msrp', 'map_price'] as const;
  assert.equal(
    columns.map((column) => isStored(COLUMN[column])),
    [true, false, false, false],
  );
});

test.run();
