/** Columns that change places, and amounts that become cents, from some row on: each condition on both sides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toBytes } from '../../../../bytes/text.ts';
import { type CanonicalColumn, COLUMN } from '../../../../canonical.ts';
import { collectedRows } from '../testing/collected-rows.ts';
import { ColumnShapes } from './column-shapes.ts';
import { shapeChanges } from './shape-changes.ts';

type Cells = Partial<Record<CanonicalColumn, string>>;

/** What is said of rows on lines from 2 on. */
function said(rowsOf: readonly Cells[], file: string | null = null): string[] {
  const shapes = new ColumnShapes();
  shapes.file = file;
  for (const [i, cells] of rowsOf.entries())
    shapes.look({
      line: i + 2,
      cells: (take) => {
        for (const [column, cell] of Object.entries(cells)) {
          const bytes = toBytes(`9${cell}9`);
          take(COLUMN[column as CanonicalColumn], bytes, 1, bytes.length - 1);
        }
      },
    });
  const { rows, shown } = collectedRows();
  return [...shapeChanges(shapes, rows, 'v'), ...shown];
}

/** `count` rows, whose cells are otherwise from a row on. */
const feed = (count: number, at: number, before: (i: number) => Cells, after: (i: number) => Cells): Cells[] =>
  Array.from({ length: count }, (_, i) => (i < at ? before(i) : after(i)));
const cost = (i: number): string => `${10 + (i % 7)}.${50 + (i % 9)}`;
const pieces = (i: number): string => String(1 + (i % 8));
const plain = (i: number): Cells => ({ sku: `AB-${100 + i}`, quantity_available: pieces(i), cost: cost(i) });
const swapped = (i: number): Cells => ({ sku: `AB-${100 + i}`, quantity_available: cost(i), cost: pieces(i) });

test('two columns that change places', () => {
  for (const [count, at] of [
    [30, 15],
    [24, 12],
    [90, 12],
    [90, 78],
    [60, 37],
  ] as const) {
    const place = `line ${at + 2}: quantity_available "1" and then "${cost(at)}"; cost "10.50" and then "${pieces(at)}"`;
    assert.equal(said(feed(count, at, plain, swapped)), [
      `columns_change_places:v:quantity_available,cost:${place}`,
      ...['2 quantity_available "1"', `${at + 2} quantity_available "${cost(at)}"`].map(
        (row) => `columns_change_places ${row}`,
      ),
      ...['2 cost "10.50"', `${at + 2} cost "${pieces(at)}"`].map((row) => `columns_change_places ${row}`),
    ]);
    // the other way round
    assert.match(said(feed(count, at, swapped, plain))[0]!, /^columns_change_places:v:quantity_available,cost:line /);
  }
  // twelve rows are needed on both sides
  for (const at of [0, 1, 10, 20, 29, 30]) assert.equal(said(feed(30, at, plain, swapped)), [], String(at));
  assert.match(said(feed(30, 15, plain, swapped), 'a.csv')[0]!, ':a.csv line 17: ');
  assert.match(said(feed(30, 15, plain, swapped), 'a.csv')[1]!, 'a.csv:2 quantity_available');
  assert.equal(said([]), []);
  assert.equal(said([plain(0)]), []);
});

test('three columns in a circle, and texts', () => {
  const text = (i: number) => ({ brand: 'Acme', title: `A long title with ${i} words and more`, cost: cost(i) });
  const moved = (i: number) => ({ brand: text(i).title, title: 'Acme', cost: cost(i) });
  assert.match(said(feed(40, 20, text, moved))[0]!, /^columns_change_places:v:brand,title:line 22: /);
  const circle = (i: number) => ({ brand: text(i).title, title: cost(i), cost: 'Acme' });
  assert.match(said(feed(40, 20, text, circle))[0]!, /^columns_change_places:v:cost,brand,title:line 22: /);
  // a third one that changes with them, and comes from nowhere
  const third = (i: number) => ({ ...moved(i), sku: i < 20 ? String(i) : 'AB-CD-EF' });
  assert.match(
    said(feed(40, 20, (i) => ({ ...text(i), sku: String(i) }), third))[0]!,
    /^columns_change_places:v:brand,title:/,
  );
});

test('a column that changes alone, or to a form that none had, proves nothing', () => {
  assert.equal(said(feed(40, 20, plain, (i) => ({ ...plain(i), quantity_available: cost(i) }))), []);
  assert.equal(said(feed(40, 20, plain, (i) => ({ ...plain(i), sku: 'Lamp', cost: 'x y z' }))), []);
  assert.equal(
    said(feed(40, 20, plain, (i) => ({ ...plain(i), quantity_available: cost(i), cost: 'on request' }))),
    [],
  );
  // empty cells on one side
  assert.equal(said(feed(40, 20, plain, (i) => ({ sku: `AB-${i}`, quantity_available: '', cost: '' }))), []);
  assert.equal(said(feed(40, 20, (i) => ({ sku: `AB-${i}` }), plain)), []);
  // back again, so that neither part is steady
  assert.equal(said(feed(60, 20, plain, (i) => (i < 40 ? swapped(i) : plain(i)))), []);
  // slowly
  const mixed = (i: number) => ((i * 37) % 60 < i ? swapped(i) : plain(i));
  assert.equal(said(feed(60, 0, plain, mixed)), []);
});

test('the row where more columns change is shown', () => {
  const shown = said(feed(600, 301, plain, swapped));
  // blocks of two rows: the change is inside of one
  assert.match(shown[0]!, /^columns_change_places:v:quantity_available,cost:line 30[34]: /);
  assert.match(said(feed(600, 300, plain, swapped))[0]!, ':line 302: ');
});

test('amounts that become cents', () => {
  const only =
    (cell: (i: number) => string) =>
    (i: number): Cells => ({ sku: `AB-${i}`, cost: cell(i) });
  const cents = only((i) => cost(i).replace('.', ''));
  const amounts = only(cost);
  assert.equal(said(feed(40, 20, amounts, cents)), [
    `amounts_change_form:v:cost:line 22: cost "10.50" and then "${cost(20).replace('.', '')}"`,
    'amounts_change_form 2 cost "10.50"',
    `amounts_change_form 22 cost "${cost(20).replace('.', '')}"`,
  ]);
  assert.match(
    said(feed(40, 20, cents, amounts))[0]!,
    /^amounts_change_form:v:cost:line 22: cost "1050" and then "16\.52"$/,
  );
  assert.match(said(feed(24, 12, amounts, cents))[0]!, 'line 14: ');
  for (const at of [11, 13]) assert.equal(said(feed(24, at, amounts, cents)), []);
  // less than sixteen times as much is no change of units
  const times = (factor: number) => only((i) => String(Math.round(Number(cost(i)) * factor)));
  assert.equal(said(feed(40, 20, amounts, times(12))), []);
  assert.is(said(feed(40, 20, amounts, times(20))).length, 3);
  // not all have decimals before, or some have after
  assert.equal(
    said(
      feed(
        40,
        20,
        only((i) => (i % 8 === 3 ? '12' : cost(i))),
        cents,
      ),
    ),
    [],
  );
  assert.equal(
    said(
      feed(
        40,
        20,
        amounts,
        only((i) => (i % 8 === 3 ? '1234.5' : cost(i).replace('.', ''))),
      ),
    ),
    [],
  );
  // quantities are no amounts
  const counted =
    (cell: (i: number) => string) =>
    (i: number): Cells => ({ sku: `AB-${i}`, quantity_available: cell(i) });
  assert.equal(
    said(
      feed(
        40,
        20,
        counted(cost),
        counted((i) => cost(i).replace('.', '')),
      ),
    ),
    [],
  );
  // each column of amounts is said
  const both = (i: number) => ({ ...cents(i), price: cost(i).replace('.', '') });
  const shown = said(feed(40, 20, (i) => ({ ...amounts(i), price: cost(i) }), both));
  assert.equal(
    shown.filter((text) => text.includes(':v:')).map((text) => text.split(':')[2]),
    ['cost', 'price'],
  );
});

test.run();
