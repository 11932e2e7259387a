/** Checks a layout that a parser made: an unknown key or a value of the wrong type would be ignored in silence. */
import { CANONICAL_COLUMNS, EXTRA_NAME, isCanonicalColumn } from './canonical.ts';
import type { Layout } from './layout.ts';
import { answerName, type UncheckedObject } from './plugin-call.ts';
import { didYouMean } from './text/suggest.ts';

type ValueTest = (value: unknown) => boolean;

const isText: ValueTest = (value) => typeof value === 'string';
const isFlag: ValueTest = (value) => typeof value === 'boolean';
const isCount: ValueTest = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSign: ValueTest = (value) => isText(value) && /^[\0-\x7f]$/.test(value as string);
const isObject: ValueTest = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isFunction: ValueTest = (value) => typeof value === 'function';

/** What each key must be; a key that need not be there may be `undefined`. */
const KEYS: Record<keyof Layout, { form: string; needed?: true; test: ValueTest }> = {
  delimiter: { form: 'a text of 1 or more characters', needed: true, test: (value) => isText(value) && value !== '' },
  quote: { form: 'one ASCII character or null', needed: true, test: (value) => value === null || isSign(value) },
  escape: { form: 'one ASCII character or null', test: (value) => value === null || isSign(value) },
  skipLines: { form: 'a whole number', needed: true, test: isCount },
  preamble: { form: 'a list of values', test: (value) => Array.isArray(value) && value.every(isObject) },
  skipLastRows: { form: 'a whole number', test: isCount },
  footer: { form: 'a list of { cells }', test: (value) => Array.isArray(value) && value.every(isObject) },
  header: { form: 'true or false', needed: true, test: isFlag },
  headerRows: { form: 'a whole number above 0', test: (value) => isCount(value) && value !== 0 },
  rowFields: { form: 'a whole number or "first_row"', test: (value) => isCount(value) || value === 'first_row' },
  columns: { form: 'an object, canonical column to source', needed: true, test: isObject },
  extras: { form: 'an object, extra column to source', test: isObject },
  plainNumbers: { form: 'true or false', test: isFlag },
  unwrap: { form: 'true or false', test: isFlag },
  unescapeFormulas: { form: 'true or false', test: isFlag },
  filters: { form: 'a list', test: Array.isArray },
  sideFiles: { form: 'a list', test: Array.isArray },
  sumRows: { form: 'true or false', test: isFlag },
  timeZone: { form: 'an IANA zone or null', needed: true, test: (value) => value === null || isText(value) },
  repair: { form: '{ width, mend }', test: (value) => isObject(value) && isFunction((value as UncheckedObject).mend) },
  row: { form: 'a function', test: isFunction },
};

/** Null if nothing is wrong. Columns that sources name are looked for in the feed, not here. */
export function layoutProblem(layout: unknown): string | null {
  if (!isObject(layout)) return `layout must be an object, not ${answerName(layout)}`;
  const given = layout as UncheckedObject;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(KEYS, key)) return `layout.${key} is not a key of a layout${didYouMean(key, Object.keys(KEYS))}`;
  }
  for (const [key, { form, needed, test }] of Object.entries(KEYS)) {
    const value = given[key];
    if (value === undefined && needed) return `layout.${key} is missing; it must be ${form}`;
    if (value !== undefined && !test(value)) return `layout.${key} must be ${form}, not ${answerName(value)}`;
  }
  for (const [column, source] of Object.entries(given.columns as UncheckedObject)) {
    const problem = columnProblem(column) ?? sourceProblem(source);
    if (problem !== null) return `layout.columns.${column} ${problem}`;
  }
  for (const [column, source] of Object.entries((given.extras ?? {}) as UncheckedObject)) {
    const isName = EXTRA_NAME.test(column) && !isCanonicalColumn(column);
    const problem = isName ? sourceProblem(source) : 'is not the name of an extra column';
    if (problem !== null) return `layout.extras.${column} ${problem}`;
  }
  return null;
}

/** The keys of each form of a source; the first one tells the form. */
const SOURCE_KEYS = [
  ['index'],
  ['header', 'match', 'expected'],
  ['origin', 'expected', 'form', 'factors', 'add'],
] as const;

function columnProblem(column: string): string | null {
  if (isCanonicalColumn(column) && column !== 'vendor_id') return null;
  return `is not a column of a feed${didYouMean(column, CANONICAL_COLUMNS)}`;
}

function sourceProblem(source: unknown): string | null {
  if (source === undefined) return null;
  const known = isObject(source)
    ? SOURCE_KEYS.find(([first]) => Object.hasOwn(source as UncheckedObject, first))
    : undefined;
  if (known === undefined) return 'must be { header, match, expected }, { index } or { origin, expected }';
  const given = source as UncheckedObject;
  const extra = Object.keys(given).find((key) => !(known as readonly string[]).includes(key));
  if (extra !== undefined) return `has no key "${extra}"${didYouMean(extra, known)}`;
  if ('index' in given) return isCount(given.index) ? null : 'needs an index that is a whole number';
  if ('origin' in given) return isObject(given.origin) ? null : 'needs an origin that is an object';
  if (!isText(given.header)) return 'needs a header that is a text';
  return given.match === 'exact' || given.match === 'loose' ? null : 'needs match: "exact" or "loose"';
}
