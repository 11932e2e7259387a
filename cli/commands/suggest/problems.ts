/** Lists oddities of a file, and what a run would refuse. */
import { REQUIRED_COLUMNS } from '../../../core/canonical.ts';
import { DUPLICATES_DIFFER } from '../../../core/pipeline/merge/watch/duplicate-rows.ts';
import { MAY_BE_THOUSANDS } from '../../../core/pipeline/normalize/doubts/decimal-forms.ts';
import { counted } from '../../../core/text/counted.ts';
import { orderedAmounts } from '../../../plugins/parsers/kit/suggest/score-columns.ts';
import { askBasis, askTogether } from './basis.ts';
import { askColumns } from './column-questions.ts';
import type { EntryParts } from './entry.ts';
import { countedFooter, filtersOf, sourceName } from './row-filters.ts';
import type { Trial } from './trial.ts';

export interface Problem {
  code: string;
  message: string;
  column: string | null;
  count: number | null;
  /** True if only the user can decide it. Then the config block mentions it, too. */
  declare: boolean;
  /** True for a question: it says what the file does not tell, and what to declare for each answer. */
  question: boolean;
}

const VALUE_CHARS = 40;
const SHEETS_SHOWN_MAX = 10;
const TABLES_SHOWN_MAX = 5;
const ASKED = { declare: true, question: true } as const;
/** Findings that the user must decide. */
const TO_DECLARE = new Set(['currency_named', 'currency_signs']);
const QUESTIONS = new Set([
  'ambiguous_numbers',
  'ambiguous_times',
  'cents_with_decimals',
  'quantity_unknown',
  'whole_amounts',
]);

export function suggestionProblems(parts: EntryParts, trial: Trial, hasOwnParser: boolean): Problem[] {
  const findings = hasOwnParser
    ? []
    : [
        ...layoutProblems(parts),
        ...missing(parts),
        ...unnamedAmounts(parts),
        ...cellProblems(parts),
        ...basis(parts),
        ...columnQuestions(parts),
        ...footerCount(parts, trial),
      ];
  return [
    ...otherSheets(parts),
    ...readings(parts, hasOwnParser),
    ...findings,
    ...mojibake(parts),
    ...trialProblems(trial, { hasOwnParser, isListed: findings.some(({ code }) => code === 'column_not_found') }),
  ];
}

/** The sheets of a workbook that are not read. */
function otherSheets({ sample: { chosenSheet } }: EntryParts): Problem[] {
  if (chosenSheet === null) return [];
  const shown = chosenSheet.others.slice(0, SHEETS_SHOWN_MAX).map((name) => JSON.stringify(name));
  const others = `${shown.join(', ')}${chosenSheet.others.length > shown.length ? ', …' : ''}`;
  const message = `read the sheet ${JSON.stringify(chosenSheet.name)} and not ${others}; --sheet NAME reads another`;
  return [problem('other_sheets', message, { count: chosenSheet.others.length })];
}

function readings({ sample, table }: EntryParts, hasOwnParser: boolean): Problem[] {
  const problems: Problem[] = [];
  const [reading] = sample.readings;
  if (reading !== undefined) {
    const names = sample.readings.map(({ encoding }) => encoding).join(' or ');
    const message = `the encoding could be ${names}: keep the one that reads line ${reading.line} right`;
    problems.push(problem('ambiguous_encoding', message, ASKED));
  }
  const { opinion } = sample;
  if (opinion?.agrees === false) {
    const message = `${opinion.detector} detects ${opinion.encoding}, not ${sample.encoding.encoding}: check the letters outside ASCII`;
    problems.push(problem('encoding_second_opinion', message));
  }
  if (table.dialect.ambiguous.length > 0 && !hasOwnParser) {
    const marks = table.dialect.ambiguous.map((one) => JSON.stringify(one)).join(' or ');
    const message = `the delimiter could be ${marks}: declare the right one, or try it with --delimiter`;
    problems.push(problem('ambiguous_delimiter', message, ASKED));
  }
  return problems;
}

function layoutProblems(parts: EntryParts): Problem[] {
  const { table, sample } = parts;
  const problems: Problem[] = [];
  const { dialect, raggedRows, repairableRows } = table;
  if (table.rows.length === 0) {
    const elsewhere = sample.isSheet ? '; --sheet NAME reads another sheet' : '';
    problems.push(problem('no_rows', `there are no rows to look at${elsewhere}`));
  } else if (table.header === null)
    problems.push(problem('no_header', 'there is no header: columns are named by position'));
  if (dialect.skipLines > 0) {
    const lines = counted(dialect.skipLines, 'line');
    // with a header, later files with fewer columns are refused
    const question = table.header === null ? { ...ASKED } : {};
    const also = table.header === null ? ': does each file have as many? Otherwise rows are lost' : '';
    const message = `${lines} above the table, left out${also}`;
    problems.push(problem('lines_above', message, { count: dialect.skipLines, ...question }));
  }
  problems.push(...endProblems(parts));
  if (raggedRows > 0) {
    const message = `rows that do not have ${dialect.width} fields like the others`;
    problems.push(problem('ragged_rows', message, { count: raggedRows }));
  }
  if (repairableRows > 0) {
    const message =
      'rows with a misplaced quote or separator; the option repair repairs them if the other rows leave only one reading';
    problems.push(problem('repairable_rows', message, { count: repairableRows }));
  }
  return problems;
}

/** What ends or interrupts the table: a footer, a repeated header, other tables. */
function endProblems({ table, choices }: EntryParts): Problem[] {
  const problems: Problem[] = [];
  const { footerRows, otherTables, headersAgain, underlines, dialect } = table;
  const { untold } = filtersOf(table, choices);
  const told = footerRows.length - untold.length;
  if (headersAgain.length > 0) {
    const message = 'the header is repeated, as in joined files: filtered out by its cells';
    problems.push(problem('repeated_header', message, { count: headersAgain.length }));
  }
  if (underlines.length > 0) {
    const message = 'a line of dashes underlines the header: filtered out by its cells';
    problems.push(problem('header_underlined', message, { count: underlines.length }));
  }
  const looks = (count: number): string => (count === 1 ? 'a last row looks' : `${count} last rows look`);
  const shown = (rows: readonly (readonly string[])[]): string => quotedShort((rows[0] ?? []).join(dialect.delimiter));
  if (told > 0) {
    const rows = table.footerCells.filter((cells) => !untold.includes(cells));
    const message = `${looks(told)} like a footer, filtered out by its cells: ${shown(rows)}`;
    problems.push(problem('footer', message, { count: told }));
  }
  if (untold.length > 0) {
    const message = `${looks(untold.length)} like a footer, but cannot be told from other rows: ${shown(untold)}; does every file end this way? Then declare skip_last_rows: ${footerRows.length}`;
    problems.push(problem('footer_untold', message, { count: untold.length, ...ASKED }));
  }
  if (otherTables.length > 0) {
    const lines = otherTables.map(({ firstLine, lastLine }) => `${firstLine} to ${lastLine}`);
    const where = `${lines.slice(0, TABLES_SHOWN_MAX).join(', ')}${lines.length > TABLES_SHOWN_MAX ? ', …' : ''}`;
    const message = `more tables below: lines ${where}; a run reads them as rows of the first: can the vendor send them separately? Otherwise declare rows to filter them out`;
    problems.push(problem('other_tables', message, { count: otherTables.length, ...ASKED }));
  }
  return problems;
}

/**
 * Asks about a footer with the number of rows, which can reveal a file that was cut off. It is a question, because
 * files without that footer would fail.
 */
function footerCount({ table, sample }: EntryParts, { totalRows }: Trial): Problem[] {
  const footer = sample.isWhole ? countedFooter(table, totalRows) : null;
  if (footer === null) return [];
  const message = `the last row says ${totalRows}, which is the number of rows: does every file end this way? Then declare footer: ${JSON.stringify(footer)}, and a file that was cut off fails the run`;
  return [problem('footer_count', message, ASKED)];
}

/** Without a header, columns of amounts may be cost, price and msrp in this order, but nothing proves it. */
function unnamedAmounts({ table, choices }: EntryParts): Problem[] {
  if (table.header !== null) return [];
  const used = new Set(choices.flatMap(({ chosen }) => (chosen === null ? [] : [chosen.index])));
  const order = orderedAmounts(table.rows, used);
  if (order.length === 0) return [];
  const shown = order.map((index) => `"#${index}"`).join(' <= ');
  const message = `amounts ${shown} in every row: they may be cost, price and msrp in this order; map those that you know`;
  return [problem('unnamed_amounts', message, ASKED)];
}

/**
 * Headers that say what amounts or quantities include: tax, packs, a hundred pieces. Only the user knows what to do.
 */
function basis({ table, choices }: EntryParts): Problem[] {
  const amounts = (['cost', 'price'] as const).filter((one) =>
    choices.some(({ column, chosen }) => column === one && chosen !== null),
  );
  const asked = (table.header ?? []).flatMap((name, index) => {
    const cells = table.rows.map((row) => row[index] ?? '');
    const column = choices.find(({ chosen }) => chosen?.index === index)?.column ?? null;
    const source = sourceName(table.header, index);
    return askBasis({ name, cells, column, amounts }).map((question) => ({ question, column, source }));
  });
  const together = askTogether(
    asked.map(({ question }) => question),
    amounts,
  );
  const problems = asked.map(({ question: { code, message }, column, source }) =>
    problem(code, `${JSON.stringify(source)} ${message}`, { column, ...ASKED }),
  );
  return together === null ? problems : [...problems, problem(together.code, together.message, { ...ASKED })];
}

function columnQuestions(parts: EntryParts): Problem[] {
  return askColumns(parts).map(({ code, message, column }) => problem(code, message, { column, ...ASKED }));
}

function missing({ choices }: EntryParts): Problem[] {
  return choices.flatMap(({ column, chosen }) => {
    if (chosen !== null || !REQUIRED_COLUMNS.includes(column)) return [];
    const message = 'no column is convincing, but a run needs one: fill it in';
    return [problem('column_not_found', message, { column, declare: true })];
  });
}

function cellProblems({ forms }: EntryParts): Problem[] {
  const found = forms.findings.map(({ code, message, column, count }) =>
    problem(code, message, { column, count, ...(QUESTIONS.has(code) ? ASKED : { declare: TO_DECLARE.has(code) }) }),
  );
  const said = new Set(forms.findings.map(({ message }) => message));
  for (const [column, why] of forms.withheld) {
    if (!said.has(why)) found.push(problem('column_withheld', `is left out: ${why}`, { column }));
  }
  return found;
}

function mojibake({ table: { mojibake: found } }: EntryParts): Problem[] {
  if (found.count === 0) return [];
  const message = `cells look like UTF-8 that was read as another encoding before, such as ${quotedShort(found.example)}`;
  return [problem('mojibake', message, { count: found.count })];
}

/** `isListed`: a required column that was not found is a problem already. */
function trialProblems(
  trial: Trial,
  { hasOwnParser, isListed }: { hasOwnParser: boolean; isListed: boolean },
): Problem[] {
  // an unmapped required column is already listed
  const problems: Problem[] = trial.configProblems
    .filter(({ code, path }) => !(code === 'required' && path.includes('column_map')))
    .map(({ path, code, message }) => problem(code, `${path}: ${message}`));
  if (trial.failure !== null && !(isListed && trial.failure.code === 'missing_required_columns'))
    problems.push(problem(trial.failure.code, trial.failure.message));
  const said = new Set<string>();
  for (const { error_code, column, value, line, reason, others } of trial.examples) {
    const cell = value === null ? '' : ` ${quotedShort(value)}`;
    const count = said.has(error_code) ? null : (trial.errorCounts[error_code] ?? null);
    said.add(error_code);
    const also = others.length === 0 ? '' : `; also ${others.map(quotedShort).join(', ')}`;
    problems.push(problem(error_code, `refused: line ${line}${cell}: ${reason}${also}`, { column, count }));
  }
  const differing = trial.warnings.find((warning) => warning.startsWith(`${DUPLICATES_DIFFER}:`));
  if (trial.duplicateSkus > 0 && !hasOwnParser) {
    const [, , , ...examples] = differing?.split(':') ?? [];
    const message =
      differing === undefined
        ? 'rows with the SKU of another row: duplicate_sku decides what they mean'
        : `rows with the SKU of another row, and other values (${examples.join(':')}): are they parts of one stock, or is one of them old? Declare duplicate_sku: sum_quantity, first or last; best if each is an offer of its own`;
    const asked = differing === undefined ? {} : ASKED;
    problems.push(problem('duplicate_sku', message, { column: 'sku', count: trial.duplicateSkus, ...asked }));
  }
  // with the parser `csv` only a footer is skipped, which is already listed
  const warnings = trial.warnings.filter(
    (warning) => hasOwnParser || (warning !== differing && !warning.startsWith('rows_skipped:')),
  );
  for (const warning of warnings) problems.push(doubtfulThousands(warning) ?? runWarning(warning));
  return problems;
}

function runWarning(warning: string): Problem {
  return problem(warning.replace(/:.*$/s, ''), `a run will warn: ${warning}`);
}

/** The question of a run's warning about `1.299` among other amounts; null for another warning. */
function doubtfulThousands(warning: string): Problem | null {
  const [code, , column = '', count = '', ...examples] = warning.split(':');
  if (code !== MAY_BE_THOUSANDS) return null;
  const message = `${examples.join(':')}: are these thousands? They are read as numbers with three decimals; if that is right declare columns: { ${column}: { numbers: { decimals: 3 } } }, and if not numbers: { decimal, thousands }`;
  return problem('decimals_may_be_thousands', message, { column, count: Number(count), ...ASKED });
}

function problem(code: string, message: string, more: Partial<Problem> = {}): Problem {
  return { code, message, column: null, count: null, declare: false, question: false, ...more };
}

function quotedShort(text: string): string {
  return JSON.stringify(text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…` : text);
}
