/** Cells with errors are counted, and the first are shown with their places. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WARNING_EXAMPLES_MAX } from '../../../../../core/notices/notices.ts';
import { SheetErrors } from './sheet-errors.ts';

test('an example has the letters of its column, its row, and no more than the start of a long cell', () => {
  const fields: [field: number, letters: string][] = [
    ...([
      [0, 'A'],
      [25, 'Z'],
      [26, 'AA'],
      [51, 'AZ'],
      [52, 'BA'],
      [701, 'ZZ'],
      [702, 'AAA'],
      [16_383, 'XFD'],
    ] as [number, string][]),
  ];
  for (const [field, letters] of fields) {
    const errors = new SheetErrors('S');
    errors.add({ plain: '#N/A' }, 7, field);
    assert.is(errors.examples, `"S" ${letters}7 "#N/A"`);
  }
  for (const [length, shown] of [
    [40, 'x'.repeat(40)],
    [41, `${'x'.repeat(40)}…`],
  ] as const) {
    const errors = new SheetErrors('a "b"');
    errors.add({ plain: 'x'.repeat(length) }, 1, 0);
    assert.is(errors.examples, `"a \\"b\\"" A1 "${shown}"`);
  }
});

test('all are counted, some are shown, and the last can be forgotten', () => {
  const errors = new SheetErrors('S');
  for (let row = 1; row <= WARNING_EXAMPLES_MAX + 2; row++) errors.add({ plain: 'e' }, row, 0);
  const shown = (count: number) => `"S" ${Array.from({ length: count }, (_, i) => `A${i + 1} "e"`).join('; ')}`;
  assert.equal([errors.count, errors.examples], [WARNING_EXAMPLES_MAX + 2, shown(WARNING_EXAMPLES_MAX)]);
  errors.back(WARNING_EXAMPLES_MAX + 1);
  assert.equal([errors.count, errors.examples], [WARNING_EXAMPLES_MAX + 1, shown(WARNING_EXAMPLES_MAX)]);
  errors.back(2);
  assert.equal([errors.count, errors.examples], [2, shown(2)]);
  errors.clear();
  assert.equal([errors.count, errors.examples], [0, '"S" ']);
});

test.run();
