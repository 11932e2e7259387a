/**
 * The report that a validator's `check` gets. Each row has its own, and most are never used, so its functions are made
 * only when they are read.
 */
import type { CanonicalColumn, ExtraColumn } from '../../../canonical.ts';
import type { RowProblem } from '../../../issue.ts';
import { refuseUnknownMembers } from '../../../known-members.ts';
import type { RowReport } from '../../../plugin.ts';
import { expectListed, expectTexts, type IssueCodes } from '../../../plugin-call.ts';
import { didYouMean } from '../../../text/suggest.ts';
import type { HookCall } from './hook-call.ts';

/** Where the report's problems are collected. */
export interface RowIssues {
  /** The canonical columns, then the extra ones. */
  readonly columns: ReadonlyArray<CanonicalColumn | ExtraColumn>;
  /** The text of a column's cell, by position. */
  valueOf(position: number): string | null;
  countWarning(code: string): void;
}

export class CheckReport implements RowReport {
  readonly #call: HookCall;
  readonly #codes: IssueCodes;
  readonly #issues: RowIssues;
  readonly #problems: RowProblem[];

  constructor(call: HookCall, codes: IssueCodes, issues: RowIssues, problems: RowProblem[]) {
    this.#call = call;
    this.#codes = codes;
    this.#issues = issues;
    this.#problems = problems;
  }

  get error(): RowReport['error'] {
    return (code, column, reason) => {
      if (!this.#call.allows(`report.error("${code}")`)) return;
      this.#call.take(() => {
        const position = column === null ? -1 : this.#issues.columns.indexOf(column);
        expectTexts({ code, reason });
        expectListed(code, this.#codes, 'reports');
        if (column !== null && position < 0) throw new Error(noColumn(code, column, this.#issues.columns));
        const value = position < 0 ? null : this.#issues.valueOf(position);
        this.#problems.push({ error_code: code, column, value, reason });
      });
    };
  }

  get warning(): RowReport['warning'] {
    return (code) => {
      if (!this.#call.allows(`report.warning("${code}")`)) return;
      this.#call.take(() => {
        expectTexts({ code });
        expectListed(code, this.#codes, 'reports');
        this.#issues.countWarning(code);
      });
    };
  }
}

refuseUnknownMembers('a report', CheckReport);

function noColumn(code: string, column: unknown, columns: readonly string[]): string {
  const near = didYouMean(String(column), columns);
  return `it reports "${code}" for the column ${JSON.stringify(column)}, which is neither canonical nor in extra_columns${near}`;
}
