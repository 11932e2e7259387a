/**
 * Tests `expect` of the config on the merged feed while it is written, on the very bytes. If the feed fails, the run
 * ends before the feed is closed, so that the feed never appears.
 */
import type { Expectation } from '../../../config/expect.ts';
import { RelayError } from '../../../errors.ts';
import { EXAMPLES_MAX } from '../../../notices/notices.ts';
import type { ByteSink } from '../../../ports/engine.ts';
import { printableCell } from '../../../text/printable.ts';
import { PATHS, writeJson } from '../../artifacts.ts';
import type { OutputFormat } from '../../merge/output.ts';
import type { RunContext } from '../../run-context.ts';
import { CellTest, testWords } from './cell-test.ts';
import { WrittenRow } from './written-rows.ts';

/** The most SKUs of an expectation in the report, and in a message. */
const REPORTED_MAX = 20;
const WORDED_MAX = 3;
/** The most expectations that a message describes. */
const FAILURES_WORDED = 5;
const CELL_CHARS = 200;

interface UnmetExample {
  sku: string | null;
  value: string | null;
  /** The cells with which it was compared; only for tests with `min_column` or `max_column`. */
  compared_with?: string;
}

/** An entry of `expectations.json`. */
export interface ExpectationResult {
  name: string;
  severity: Expectation['severity'];
  met: boolean;
  /** In words. */
  expected: string;
  /** Rows that `where` selects. */
  rows: number;
  /** Rows among them that fail; null if the expectation counts rows. */
  failed_rows: number | null;
  /** The first rows that fail; if it counts rows, the first ones that it counted. */
  examples: UnmetExample[];
}

export class ExpectationCheck {
  readonly #context: RunContext;
  readonly #row: WrittenRow;
  readonly #trials: readonly ExpectationCount[];

  private constructor(context: RunContext, format: Pick<OutputFormat, 'columns' | 'format'>) {
    this.#context = context;
    this.#row = new WrittenRow(format.columns, format.format);
    this.#trials = context.request.config.expect.map((one) => new ExpectationCount(one, this.#row));
  }

  /** Null if nothing is expected, or if the run covers only some vendors: such a run is never published. */
  static of(context: RunContext, format: Pick<OutputFormat, 'columns' | 'format'>): ExpectationCheck | null {
    const { config } = context.request;
    if (config.expect.length === 0) return null;
    if (context.vendors.length === config.vendors.length) return new ExpectationCheck(context, format);
    context.log.warn('expectations_not_checked:the run is over some vendors');
    return null;
  }

  /** A sink that reads what is written to `sink`. */
  watching(sink: ByteSink): ByteSink {
    const look = () => {
      for (const trial of this.#trials) trial.look();
    };
    return {
      write: (bytes) => {
        this.#row.each(bytes, look);
        return sink.write(bytes);
      },
      close: () => sink.close(),
      abort: () => sink.abort(),
    };
  }

  /** Writes the report; returns an error if the feed must not be published. */
  async finish(): Promise<RelayError | null> {
    const results = this.#trials.map((trial) => trial.result());
    await writeJson(this.#context.request.artifacts, PATHS.expectations, { expectations: results });
    const unmet = results.filter(({ met }) => !met);
    for (const result of unmet) if (result.severity === 'warn') this.#warn(result);
    const failures = unmet.filter(({ severity }) => severity === 'error');
    if (failures.length === 0) return null;
    const words = failures.slice(0, FAILURES_WORDED).map(failureWords);
    if (failures.length > FAILURES_WORDED)
      words.push(`and ${failures.length - FAILURES_WORDED} more: ${PATHS.expectations} has all ${failures.length}`);
    return new RelayError('EXPECTATION_FAILED', `the feed was not published: ${words.join('; ')}`);
  }

  #warn(result: ExpectationResult): void {
    this.#context.log.warn(`expectation_not_met:${failureWords(result)}`);
    for (const { sku, value } of result.examples.slice(0, EXAMPLES_MAX)) {
      if (sku === null) continue;
      const note = value === null ? result.name : `${result.name}: "${value}"`;
      this.#context.log.example('expectation_not_met', null, { column: 'sku', cell: sku, note });
    }
  }
}

class ExpectationCount {
  readonly #expectation: Expectation;
  readonly #row: WrittenRow;
  readonly #where: readonly CellTest[];
  readonly #test: CellTest | null;
  readonly #sku: number;
  readonly #examples: ExpectationResult['examples'] = [];
  #rows = 0;
  #failed = 0;

  constructor(expectation: Expectation, row: WrittenRow) {
    const { column, where = [] } = expectation;
    this.#expectation = expectation;
    this.#row = row;
    this.#where = where.map((one) => new CellTest(one, row.columns));
    this.#test = column === undefined ? null : new CellTest({ ...expectation, column }, row.columns);
    this.#sku = row.columns.indexOf('sku');
  }

  /** Tests the current row. */
  look(): void {
    const row = this.#row;
    for (const condition of this.#where) if (!condition.isMet(row, false)) return;
    this.#rows++;
    const test = this.#test;
    if (test?.isMet(row, true) === true) return;
    this.#failed++;
    if (this.#examples.length >= REPORTED_MAX) return;
    const compared = test?.compared(row) ?? null;
    this.#examples.push({
      sku: this.#sku < 0 ? null : printableCell(row.text(this.#sku), CELL_CHARS),
      value: test === null ? null : printableCell(row.text(test.column), CELL_CHARS),
      ...(compared === null ? {} : { compared_with: printableCell(compared, CELL_CHARS) }),
    });
  }

  result(): ExpectationResult {
    const { name, severity, rows } = this.#expectation;
    const count = this.#rows;
    const met = rows === undefined ? this.#failed === 0 : count >= (rows.min ?? 0) && count <= (rows.max ?? count);
    return {
      name,
      severity,
      met,
      expected: expectationWords(this.#expectation),
      rows: count,
      failed_rows: rows === undefined ? this.#failed : null,
      examples: met ? [] : this.#examples,
    };
  }
}

/** `at least 500 rows where vendor_id "acme"`. */
function expectationWords(expectation: Expectation): string {
  const { rows, column, where = [] } = expectation;
  const said = rows === undefined ? testWords({ ...expectation, column: column ?? '' }) : rowsWords(rows);
  return where.length === 0 ? said : `${said} where ${where.map(testWords).join(', ')}`;
}

function rowsWords({ min, max }: { min?: number | undefined; max?: number | undefined }): string {
  if (min === max) return `exactly ${min} rows`;
  const bounds = [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  return `${bounds.join(' and ')} rows`;
}

function failureWords({ name, expected, rows, failed_rows, examples }: ExpectationResult): string {
  const shown = examples
    .slice(0, WORDED_MAX)
    .flatMap((example) => (example.sku === null ? [] : [exampleWords(example, example.sku)]));
  const isCount = failed_rows === null;
  const seen = isCount ? `the feed has ${rows}` : `${failed_rows} of ${rows} rows are not so`;
  // counted rows are not failures
  const those = shown.length === 0 ? '' : `${isCount ? ', among them ' : ': '}${shown.join(', ')}`;
  return `"${printableCell(name, CELL_CHARS)}" expects ${expected}, and ${seen}${those}`;
}

function exampleWords({ value, compared_with }: UnmetExample, sku: string): string {
  const beside = compared_with === undefined ? '' : ` (${compared_with})`;
  return value === null ? sku : `${sku} "${value}"${beside}`;
}
