/** Checks `expect` of a config across its fields: columns that no row has, tests that cannot pass, names used twice. */
import { COLUMN_KINDS, isCanonicalColumn } from '../canonical.ts';
import { Money } from '../money/money.ts';
import type { ConfigProblem } from '../plugin.ts';
import { suggestionsFrom } from '../text/suggest.ts';
import { EXPECTATIONS_MAX } from './expect.ts';
import { configAt, configList } from './raw.ts';

const TESTS = ['min', 'max', 'min_column', 'max_column', 'in', 'not_empty'] as const;
const OTHER_COLUMNS = ['min_column', 'max_column'] as const;

/** The columns that are written. */
interface Written {
  names: ReadonlySet<string>;
  hint(column: string): string;
}

/** `raw` may have any shape; the schema reports values of the wrong type. */
export function expectProblems(raw: unknown): ConfigProblem[] {
  const names = configList(raw, 'output', 'columns').filter((column) => typeof column === 'string');
  const written: Written = { names: new Set(names), hint: suggestionsFrom(names) };
  const problems: ConfigProblem[] = [];
  const firsts = new Map<unknown, number>();
  for (const [i, one] of configList(raw, 'expect').slice(0, EXPECTATIONS_MAX).entries()) {
    const path = `expect[${i}]`;
    if (typeof one !== 'object' || one === null || Array.isArray(one)) continue;
    const name = configAt(one, 'name');
    const first = firsts.get(name);
    if (first === undefined) firsts.set(name, i);
    else if (typeof name === 'string') {
      const message = `"${name}" is already the name of expect[${first}]`;
      problems.push({ path: `${path}.name`, code: 'duplicate_name', message });
    }
    problems.push(...formProblems(one, path));
    for (const [n, condition] of configList(one, 'where').entries()) {
      problems.push(...cellProblems(condition, `${path}.where[${n}]`, written));
      if (!hasTest(condition)) problems.push(noTest(`${path}.where[${n}]`));
    }
    problems.push(...cellProblems(one, path, written));
  }
  return problems;
}

/** An expectation either counts rows or tests their cells, not both. */
function formProblems(one: object, path: string): ConfigProblem[] {
  const rows = configAt(one, 'rows');
  const column = configAt(one, 'column');
  const invalid = (field: string, message: string) => [{ path: field, code: 'invalid_value', message }];
  if (rows !== undefined && column !== undefined)
    return invalid(path, 'has both `rows` and `column`: it counts rows, or it tests their cells');
  if (rows === undefined && column === undefined)
    return [{ path, code: 'required', message: 'needs `rows`, to count rows, or `column`, to test their cells' }];
  if (column !== undefined) return hasTest(one) ? [] : [noTest(path)];
  const beside = TESTS.find((test) => configAt(one, test) !== undefined);
  if (beside !== undefined)
    return invalid(`${path}.${beside}`, 'tests cells, and needs `column`; limits of a number of rows are in `rows`');
  if (typeof rows !== 'object' || rows === null) return [];
  const [min, max] = [configAt(rows, 'min'), configAt(rows, 'max')];
  if (min === undefined && max === undefined)
    return [{ path: `${path}.rows`, code: 'required', message: 'needs `min` or `max`' }];
  return typeof min === 'number' && typeof max === 'number' && min > max
    ? invalid(`${path}.rows`, `no number of rows is at least ${min} and at most ${max}`)
    : [];
}

function hasTest(one: unknown): boolean {
  return typeof one !== 'object' || one === null || TESTS.some((test) => configAt(one, test) !== undefined);
}

function noTest(path: string): ConfigProblem {
  return {
    path,
    code: 'required',
    message: 'needs one of `min`, `max`, `min_column`, `max_column`, `in`, `not_empty`',
  };
}

function cellProblems(one: unknown, path: string, written: Written): ConfigProblem[] {
  const column = configAt(one, 'column');
  if (typeof column !== 'string' || column === '') return [];
  const problems: ConfigProblem[] = [];
  problems.push(...unwrittenColumn(column, `${path}.column`, written));
  const number = (test: 'min' | 'max') => {
    const given = configAt(one, test);
    // an object of a config may have a `toString` that is no function
    return typeof given === 'number' || typeof given === 'string' ? Money.parse(String(given)) : null;
  };
  if (!isCanonicalColumn(column) || isNumberColumn(column)) {
    const [min, max] = [number('min'), number('max')];
    if (min !== null && max !== null && min.compare(max) > 0) {
      const message = `no number is at least ${min} and at most ${max}`;
      problems.push({ path, code: 'invalid_value', message });
    }
  } else {
    for (const test of ['min', 'max', ...OTHER_COLUMNS] as const) {
      if (configAt(one, test) === undefined) continue;
      const message = `compares numbers, and the cells of "${column}" are texts; use \`in\` or \`not_empty\``;
      problems.push({ path: `${path}.${test}`, code: 'invalid_value', message });
    }
  }
  for (const test of OTHER_COLUMNS) {
    const other = configAt(one, test);
    if (typeof other !== 'string' || other === '') continue;
    problems.push(...unwrittenColumn(other, `${path}.${test}`, written));
    if (!isCanonicalColumn(other) || isNumberColumn(other)) continue;
    const message = `compares numbers, and the cells of "${other}" are texts`;
    problems.push({ path: `${path}.${test}`, code: 'invalid_value', message });
  }
  if (isNumberColumn(column)) {
    for (const [n, value] of configList(one, 'in').entries()) {
      if (typeof value !== 'string' || Money.parse(value) !== null) continue;
      const message = `"${value}" is no number, as all cells of "${column}" are`;
      problems.push({ path: `${path}.in[${n}]`, code: 'invalid_value', message });
    }
  }
  return problems;
}

function unwrittenColumn(column: string, path: string, written: Written): ConfigProblem[] {
  if (written.names.has(column)) return [];
  const message = `"${column}" is not written: it is not in output.columns${written.hint(column)}`;
  return [{ path, code: 'column_not_written', message }];
}

/** True for columns whose cells are numbers or money. */
export function isNumberColumn(column: string): boolean {
  return isCanonicalColumn(column) && ['integer', 'money'].includes(COLUMN_KINDS[column]);
}
