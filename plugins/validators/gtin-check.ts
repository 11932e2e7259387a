/** `gtin_check`: the check digit of a GTIN in an extra column. */
import { z } from 'zod';
import { EXTRA_NAME, extraColumn } from '../../core/canonical.ts';
import { configTexts } from '../../core/config/raw.ts';
import { once } from '../../core/once.ts';
import type { Plugin } from '../../core/plugin.ts';
import { didYouMean } from '../../core/text/suggest.ts';

const DIGITS = /^[0-9]+$/;
/** The lengths of GTIN-8, UPC-A, EAN-13 and GTIN-14. */
const LENGTHS: readonly number[] = [8, 12, 13, 14];

const options = once(() =>
  z.strictObject({
    column: z
      .string()
      .regex(EXTRA_NAME, 'must be a column of extra_columns')
      .describe('The column that has the GTIN: one of `extra_columns`. An empty cell passes.'),
  }),
);

export const gtinCheck: Plugin<'validator', { column: string }> = {
  manifest: {
    kind: 'validator',
    id: 'gtin_check',
    version: '1.0.0',
    contract: 1,
    summary: 'a GTIN must have 8, 12, 13 or 14 digits, the last of which is its check digit',
    get options() {
      return options();
    },
    example: { column: 'gtin' },
    codes: { invalid_gtin: 'a GTIN has another number of digits than 8, 12, 13 or 14, or a wrong check digit' },
    check: ({ column }, config, path) => {
      const extras = configTexts(config, 'extra_columns');
      if (extras.includes(column)) return [];
      const message = `"${column}" is not one of extra_columns${didYouMean(column, extras)}`;
      return [{ path: `${path}.column`, code: 'unknown_column', message }];
    },
  },
  load:
    async () =>
    ({ column }) => ({
      check: (row, report) => {
        const gtin = row.extra(column);
        const wrong = gtin === null ? null : problemOf(gtin);
        if (wrong !== null) report.error('invalid_gtin', extraColumn(column), wrong);
      },
    }),
};

/** What is wrong with a GTIN; null if nothing is. */
export function problemOf(gtin: string): string | null {
  if (!DIGITS.test(gtin)) return 'has characters other than digits';
  if (!LENGTHS.includes(gtin.length)) return `has ${gtin.length} digits, not 8, 12, 13 or 14`;
  const due = checkDigit(gtin.slice(0, -1));
  return gtin.endsWith(due) ? null : `its check digit should be ${due}`;
}

/**
 * GS1's check digit: from the right, digits count three times and once in turn; the check digit completes the sum to a
 * multiple of ten.
 */
function checkDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  }
  return String((10 - (sum % 10)) % 10);
}
