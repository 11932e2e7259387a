/** Lists what is odd about a file, and what a run would refuse. */
import { REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import { counted } from '../../../core/text/counted.ts';
import { orderedAmounts } from '../../../plugins/parsers/kit/suggest/score-columns.ts';
import type { EntryParts } from './entry.ts';
import type { Trial } from './trial.ts';

export interface Problem {
  code: string;
  message: string;
  column: string | null;
  count: number | null;
  /** True if only the user can decide it: the config block says so too. */
  declare: boolean;
}

const VALUE_CHARS = 40;
/** Findings that the user must decide. */
const TO_DECLARE = new Set([
  'ambiguous_numbers',
  'ambiguous_times',
  'currency_named',
  'currency_signs',
  'quantity_unknown',
]);

export function suggestionProblems(parts: EntryParts, trial: Trial, hasOwnParser: boolean): Problem[] {
  const findings = hasOwnParser
    ? []
    : [...layoutProblems(parts), ...missing(parts), ...unnamedAmounts(parts), ...cellProblems(parts)];
  return [...readings(parts, hasOwnParser), ...findings, ...mojibake(parts), ...trialProblems(trial, hasOwnParser)];
}

function readings({ sample, table }: EntryParts, hasOwnParser: boolean): Problem[] {
  const problems: Problem[] = [];
  const [reading] = sample.readings;
  if (reading !== undefined) {
    const names = sample.readings.map(({ encoding }) => encoding).join(' or ');
    const message = `the encoding could be ${names}: keep the one that reads line ${reading.line} right`;
    problems.push(problem('ambiguous_encoding', message, { declare: true }));
  }
  const { opinion } = sample;
  if (opinion?.agrees === false) {
    const message = `${opinion.detector} takes the encoding for ${opinion.encoding}, not ${sample.encoding.encoding}: check the letters outside ASCII`;
    problems.push(problem('encoding_second_opinion', message));
  }
  if (table.dialect.ambiguous.length > 0 && !hasOwnParser) {
    const marks = table.dialect.ambiguous.map((one) => JSON.stringify(one)).join(' or ');
    const message = `the delimiter could be ${marks}: declare the right one, or try it with --delimiter`;
    problems.push(problem('ambiguous_delimiter', message, { declare: true }));
  }
  return problems;
}

function layoutProblems({ table, sample }: EntryParts): Problem[] {
  const problems: Problem[] = [];
  const { dialect, footerRows, otherTables, raggedRows, repairableRows, lastRows } = table;
  if (table.rows.length === 0) {
    const elsewhere = sample.isSheet ? '; --sheet NAME reads another sheet' : '';
    problems.push(problem('no_rows', `there are no rows to judge by${elsewhere}`));
  } else if (table.header === null)
    problems.push(problem('no_header', 'there is no header: columns are named by position'));
  if (dialect.skipLines > 0) {
    const lines = counted(dialect.skipLines, 'line');
    problems.push(problem('lines_above', `${lines} above the table, left out`, { count: dialect.skipLines }));
  }
  const [footer] = footerRows;
  if (footer !== undefined) {
    const what = footerRows.length === 1 ? 'the last row looks' : `the last ${footerRows.length} rows look`;
    const message = `${what} like a footer, left out: ${shortened(footer)}`;
    problems.push(problem('footer', message, { count: footerRows.length }));
  }
  if (otherTables.length > 0) {
    const lines = otherTables.map(({ firstLine, lastLine }) => `${firstLine} to ${lastLine}`).join(', ');
    const kept = lastRows > 0 ? 'left out' : 'read with the first';
    problems.push(problem('other_tables', `more tables below, ${kept}: lines ${lines}`, { count: otherTables.length }));
  }
  if (raggedRows > 0) {
    const message = `rows without the ${dialect.width} fields of the others`;
    problems.push(problem('ragged_rows', message, { count: raggedRows }));
  }
  if (repairableRows > 0) {
    const message =
      'rows with a quote or a separator out of place, put right where the other rows leave one reading: repair';
    problems.push(problem('repairable_rows', message, { count: repairableRows }));
  }
  return problems;
}

/** Without a header, columns of amounts in a fixed order may be cost, price and msrp, but nothing tells which is which. */
function unnamedAmounts({ table, choices }: EntryParts): Problem[] {
  if (table.header !== null) return [];
  const used = new Set(choices.flatMap(({ chosen }) => (chosen === null ? [] : [chosen.index])));
  const order = orderedAmounts(table.rows, used);
  if (order.length === 0) return [];
  const shown = order.map((index) => `"#${index}"`).join(' <= ');
  const message = `amounts ${shown} in every row: they may be cost, price and msrp in this order; map those that you know`;
  return [problem('unnamed_amounts', message, { declare: true })];
}

function missing({ choices }: EntryParts): Problem[] {
  return choices.flatMap(({ column, chosen }) => {
    if (chosen !== null || !REQUIRED_COLUMNS.includes(column)) return [];
    const message = 'no column is convincing; a run needs it: fill it in';
    return [problem('column_not_found', message, { column, declare: true })];
  });
}

function cellProblems({ forms }: EntryParts): Problem[] {
  const found = forms.findings.map(({ code, message, column, count }) =>
    problem(code, message, { column, count, declare: TO_DECLARE.has(code) }),
  );
  const said = new Set(forms.findings.map(({ message }) => message));
  for (const [column, why] of forms.withheld) {
    if (!said.has(why)) found.push(problem('column_withheld', `is left out: ${why}`, { column }));
  }
  return found;
}

function mojibake({ table: { mojibake: found } }: EntryParts): Problem[] {
  if (found.count === 0) return [];
  const message = `cells look as if UTF-8 had been read as another encoding before, such as ${shortened(found.example)}`;
  return [problem('mojibake', message, { count: found.count })];
}

function trialProblems(trial: Trial, hasOwnParser: boolean): Problem[] {
  // a required column that is not mapped is already listed
  const problems: Problem[] = trial.configProblems
    .filter(({ code, path }) => !(code === 'required' && path.includes('column_map')))
    .map(({ path, code, message }) => problem(code, `${path}: ${message}`));
  if (trial.failure !== null && (hasOwnParser || trial.failure.code !== 'missing_required_columns'))
    problems.push(problem(trial.failure.code, trial.failure.message));
  const said = new Set<string>();
  for (const { error_code, column, value, line, reason } of trial.examples) {
    const cell = value === null ? '' : ` ${shortened(value)}`;
    const count = said.has(error_code) ? null : (trial.errorCounts[error_code] ?? null);
    said.add(error_code);
    problems.push(problem(error_code, `refused: line ${line}${cell}: ${reason}`, { column, count }));
  }
  if (trial.duplicateSkus > 0 && !hasOwnParser) {
    const message = 'rows with the SKU of another row: duplicate_sku says what they mean';
    problems.push(problem('duplicate_sku', message, { column: 'sku', count: trial.duplicateSkus }));
  }
  // without a parser of its own only a footer is skipped, which is already listed
  const warnings = trial.warnings.filter((warning) => hasOwnParser || !warning.startsWith('rows_skipped:'));
  for (const warning of warnings) problems.push(problem(warning.replace(/:.*$/s, ''), `a run will warn: ${warning}`));
  return problems;
}

function problem(code: string, message: string, more: Partial<Problem> = {}): Problem {
  return { code, message, column: null, count: null, declare: false, ...more };
}

function shortened(text: string): string {
  return JSON.stringify(text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…` : text);
}
