/** Watches a validator: the rows it receives and the issues it reports. */
import { CANONICAL_COLUMNS } from '../../core/canonical.ts';
import { configTexts } from '../../core/config/raw.ts';
import type { FeedReport, Row, RowReport, Validator } from '../../core/plugin.ts';
import { view } from './views.ts';
import { declared, typeName, type Watch } from './watch.ts';

export function watchedValidator(validator: Validator, watch: Watch): Validator {
  const result: Validator = {};
  if (validator.check !== undefined) result.check = (row, report) => watchCheck(validator, row, report, watch);
  if (validator.finish !== undefined) result.finish = (report) => watchFinish(validator, report, watch);
  return result;
}

function watchCheck(validator: Validator, row: Row, report: RowReport, watch: Watch): void {
  const lentRow = view(row, `row ${row.rowNumber}`, watch);
  const lentReport = view(watchedRowReport(report, watch), 'a report', watch);
  const answer: unknown = validator.check!(lentRow.value, lentReport.value);
  expectNothing('check', answer, watch);
  lentRow.end();
  lentReport.end();
}

function watchFinish(validator: Validator, report: FeedReport, watch: Watch): void {
  const lent = view(watchedFeedReport(report, watch), 'a report', watch);
  const answer: unknown = validator.finish!(lent.value);
  expectNothing('finish', answer, watch);
  lent.end();
}

function watchedRowReport(report: RowReport, watch: Watch): RowReport {
  return {
    error: (code, column, reason) => {
      const isKnown = column === null || columnsOf(watch).includes(column);
      if (!isKnown) {
        watch.blame(
          'issues',
          `an issue has the column ${JSON.stringify(column)}, which is neither canonical nor in extra_columns`,
        );
      }
      // a real run would end here; going on lets the other checks see the rest
      report.error(`${declared(code, watch)}`, isKnown ? column : null, expectReason(reason, watch));
    },
    warning: (code) => report.warning(declared(code, watch)),
  };
}

function columnsOf({ context }: Watch): readonly string[] {
  return [...CANONICAL_COLUMNS, ...configTexts(context, 'config', 'extra_columns')];
}

function watchedFeedReport({ vendorId, validRows, invalidRows, ...report }: FeedReport, watch: Watch): FeedReport {
  return {
    vendorId,
    validRows,
    invalidRows,
    error: (code, reason) => {
      report.error(`${declared(code, watch)}`, expectReason(reason, watch));
    },
    warning: (code) => report.warning(declared(code, watch)),
  };
}

function expectReason(reason: unknown, watch: Watch): string {
  if (typeof reason === 'string' && reason !== '') return reason;
  watch.blame('issues', 'an issue has no reason');
  return 'no reason';
}

function expectNothing(name: string, answer: unknown, watch: Watch): void {
  if (answer === undefined) return;
  watch.blame('answers', `${name} gives ${typeName(answer)}; it must give nothing, at once`);
}
