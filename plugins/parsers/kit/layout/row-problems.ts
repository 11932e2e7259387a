/** Checks the row filters of a table beyond their schema: what is tested, by what, and the code of a refusal. */

import { readInteger, readMoneySlowly } from '../../../../core/bytes/numbers.ts';
import { toBytes } from '../../../../core/bytes/text.ts';
import { readDatetime } from '../../../../core/bytes/time/datetime.ts';
import { type CanonicalColumn, COLUMN_KINDS, CONDITIONS } from '../../../../core/canonical.ts';
import { isGlob } from '../../../../core/text/glob.ts';
import { didYouMean } from '../../../../core/text/suggest.ts';
import type { Finder } from './finder.ts';
import type { TableRowFilter, TableRowTest } from './row-options.ts';

const ACTIONS = ['keep', 'drop', 'refuse'] as const;
/** The code of a refusal that gives none. */
const ROW_REFUSED = 'row_refused';

/** `codes` are those that the parser lists. */
export function rowProblems(found: Finder, row: TableRowFilter, path: string, codes: readonly string[]): void {
  const actions = ACTIONS.filter((action) => row[action] !== undefined);
  found.check(path, actions.length === 1 ? null : 'needs one of keep, drop and refuse');
  for (const action of actions) testProblems(found, row, row[action] ?? [], { path, key: action });
  if (row.where !== undefined) testProblems(found, row.where, row.where.is, { path: `${path}.where`, key: 'is' });
  const refuses = row.refuse !== undefined;
  for (const key of ['code', 'reason'] as const)
    found.check(`${path}.${key}`, row[key] !== undefined && !refuses ? 'is only for refuse' : null);
  const { code = ROW_REFUSED } = row;
  const known = [ROW_REFUSED, ...codes];
  const isKnown = !refuses || known.includes(code);
  found.check(
    `${path}.code`,
    isKnown
      ? null
      : `"${code}" is none of the codes that the parser lists${didYouMean(code, known)}: ${known.join(', ')}`,
  );
}

function testProblems(
  found: Finder,
  { column, value, exactly }: Pick<TableRowFilter, 'column' | 'value' | 'exactly'>,
  tested: TableRowTest,
  { path, key }: { path: string; key: string },
): void {
  const both = (column === undefined) === (value === undefined);
  found.check(path, both ? 'needs either column or value' : null);
  const kind = value === undefined ? 'text' : COLUMN_KINDS[value];
  if (!Array.isArray(tested)) {
    const given = Object.entries(tested).filter(([, limit]) => limit !== undefined);
    const isComparable = value !== undefined && ['integer', 'money', 'datetime'].includes(kind);
    const what = value ?? 'a cell of the feed';
    const message = `${what} has no order: name a column of numbers or timestamps in value`;
    found.check(`${path}.${key}`, isComparable ? rangeProblem(given.map(([name]) => name)) : message);
    if (isComparable && value !== undefined)
      for (const [name, limit] of given) found.check(`${path}.${key}.${name}`, wordProblem(value, String(limit)));
    return;
  }
  if (value === undefined || kind === 'text') return;
  const empties = value === 'quantity_available' && tested.includes('');
  found.check(`${path}.${key}`, empties ? 'an empty quantity is 0: list "0"' : null);
  for (const [i, word] of tested.entries()) {
    if (word === '') continue;
    const isPattern = !exactly && isGlob(word);
    const message = `"${word}" is a pattern, and ${value} is not a text${kind === 'condition' ? '' : ': give a range'}`;
    found.check(`${path}.${key}[${i}]`, isPattern ? message : wordProblem(value, word));
  }
}

function rangeProblem(names: readonly string[]): string | null {
  if (names.length === 0) return 'needs below, above, at_least or at_most';
  if (names.includes('below') && names.includes('at_most')) return 'has two upper limits';
  return names.includes('above') && names.includes('at_least') ? 'has two lower limits' : null;
}

/** A value to compare with must be a valid value of the column. */
function wordProblem(column: CanonicalColumn, word: string): string | null {
  const text = word.trim();
  const bytes = toBytes(text);
  switch (COLUMN_KINDS[column]) {
    case 'integer':
      return readInteger(bytes, 0, bytes.length) >= 0 ? null : `"${word}" is not a whole number of 0 or more`;
    case 'money':
      return text !== '' && readMoneySlowly(text).micros >= 0 ? null : `"${word}" is not an amount of 0 or more`;
    case 'condition':
      return (CONDITIONS as readonly string[]).includes(text.toLowerCase())
        ? null
        : `"${word}" is none of ${CONDITIONS.join(', ')}`;
    default:
      return Number.isNaN(readDatetime(bytes, 0, bytes.length, null)) ? `"${word}" is not a timestamp` : null;
  }
}
