/** Gathers the entries of `errors.json` as text to be written, up to a limit, and counts all of them. */
import type { RowEntry, RowProblem, VendorEntry } from '../issue.ts';
import { EXAMPLES_MAX, type NoticeExample, NoticeExamples, type ShownExample } from '../notices/notices.ts';
import type { EngineLimits } from '../ports/engine.ts';

/** The warning of a run that has invalid rows and succeeds. */
export const INVALID_ROWS = 'invalid_rows_within_threshold';

/** An entry of `errors.json` that is not written yet. */
interface PendingEntry {
  code: string;
  text: string;
  /** The row's place, if it is one of the first: they become the examples of `INVALID_ROWS`. */
  example: NoticeExample | null;
}

/** What a log collected about the rows of a vendor, as plain data: a thread sends it to the log of the run. */
export interface IssueRecord {
  entries: PendingEntry[];
  counts: Array<[code: string, count: number]>;
  warnings: string[];
  examples: ShownExample[];
  rowWarnings: Array<[key: string, count: number]>;
}

export class IssueLog {
  /** The number of entries by code, with those past the limit. */
  readonly counts = new Map<string, number>();
  /** Warnings of the run, `code:detail`, in order. */
  readonly warnings: string[] = [];
  invalidRows = 0;
  /** What the warnings are about. */
  readonly examples = new NoticeExamples();
  /** The names of feeds that are one file, by vendor. */
  readonly #fileNames = new Map<string, string>();

  readonly #limits: Pick<EngineLimits, 'errorsMax' | 'errorValueCharsMax' | 'errorsCharsMax'>;
  #entries = 0;
  #chars = 0;
  #dropped = 0;
  #pending: PendingEntry[] = [];
  /** How many entries `take` has returned. */
  #taken = 0;
  readonly #rowWarnings = new Map<string, number>();

  constructor(limits: Pick<EngineLimits, 'errorsMax' | 'errorValueCharsMax' | 'errorsCharsMax'>) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  /** True if another entry would still be written. If not, callers only count it and need not build it. */
  get hasRoom(): boolean {
    return this.#entries < this.#limits.errorsMax && this.#chars < this.#limits.errorsCharsMax;
  }

  addRow(entry: RowEntry): void {
    const room = this.hasRoom;
    this.countRow(entry.error_code);
    if (!room) return;
    const cut = (value: string) => this.#cut(value);
    const first = cutProblem(entry, cut);
    const example = this.examples.of(INVALID_ROWS, null).length < EXAMPLES_MAX ? this.#exampleOf(entry) : null;
    if (example !== null) this.examples.add(INVALID_ROWS, null, example);
    // keys in the order of the contract
    const written = {
      error_code: first.error_code,
      vendor_id: entry.vendor_id,
      ...(entry.file === undefined ? {} : { file: entry.file }),
      row_number: entry.row_number,
      line: entry.line,
      column: first.column,
      value: first.value,
      reason: first.reason,
      row_data: this.#cutRow(entry.row_data),
      problems: entry.problems.map((problem) => cutProblem(problem, cut)),
    };
    this.#write({ code: entry.error_code, text: JSON.stringify(written), example });
  }

  /** Counts an invalid row without writing an entry. */
  countRow(code: string): void {
    this.invalidRows++;
    this.#count(code);
    if (!this.hasRoom) this.#dropped++;
  }

  addVendor(entry: VendorEntry): void {
    this.#count(entry.error_code);
    if (this.hasRoom) this.#write({ code: entry.error_code, text: JSON.stringify(entry), example: null });
    else this.#dropped++;
  }

  warn(warning: string): void {
    if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }

  nameFile(vendorId: string, name: string): void {
    this.#fileNames.set(vendorId, name);
  }

  /**
   * Adds an example for a warning; the first two of each code and vendor are kept. A null vendor means the run as a
   * whole.
   */
  example(code: string, vendorId: string | null, example: NoticeExample): void {
    this.examples.add(code, vendorId, this.#withFile(example, vendorId));
  }

  #withFile(example: NoticeExample, vendorId: string | null): NoticeExample {
    const file = this.#fileNames.get(example.vendor_id ?? vendorId ?? '');
    return file === undefined ? example : { file, ...example };
  }

  /** Counts a warning about a row; `summarize` turns the counts into `code:vendor:count`. */
  countWarning(code: string, vendorId: string, times = 1): void {
    const key = `${code}:${vendorId}`;
    this.#rowWarnings.set(key, (this.#rowWarnings.get(key) ?? 0) + times);
  }

  /** All warnings: those of the run, then those about rows with their counts. */
  summarize(): string[] {
    return [...this.warnings, ...[...this.#rowWarnings].map(([key, count]) => `${key}:${count}`)];
  }

  /** The text since the last call: entries of a JSON array, each with its comma before it. */
  take(): string {
    const text = this.#pending.map((entry, i) => `${this.#taken + i === 0 ? '[\n' : ',\n'}${entry.text}`).join('');
    this.#taken += this.#pending.length;
    this.#pending = [];
    return text;
  }

  /**
   * Everything the log has about rows. For a thread's own log only: nothing was taken from it, and it has no vendor
   * entries.
   */
  record(): IssueRecord {
    return {
      entries: this.#pending,
      counts: [...this.counts],
      warnings: this.warnings,
      examples: this.examples.all().filter(({ code }) => code !== INVALID_ROWS),
      rowWarnings: [...this.#rowWarnings],
    };
  }

  /** Adds what another log recorded, as if it had been reported here; returns how many of its entries are written. */
  absorb({ entries, counts, warnings, examples, rowWarnings }: IssueRecord): number {
    const rest = new Map(counts);
    const before = this.#entries;
    for (const { code, text, example } of entries) {
      const room = this.hasRoom;
      this.countRow(code);
      rest.set(code, (rest.get(code) ?? 0) - 1);
      if (!room) continue;
      if (example !== null) this.examples.add(INVALID_ROWS, null, example);
      this.#write({ code, text, example });
    }
    const written = this.#entries - before;
    // entries past the other log's limit are past this one's too
    for (const [code, count] of rest) for (let i = 0; i < count; i++) this.countRow(code);
    for (const warning of warnings) this.warn(warning);
    for (const example of examples) this.examples.addShown(example);
    for (const [key, count] of rowWarnings) this.#rowWarnings.set(key, (this.#rowWarnings.get(key) ?? 0) + count);
    return written;
  }

  /** The text that closes the array. */
  close(): string {
    const rest = this.take();
    if (this.#dropped === 0) return `${rest}\n]\n`;
    const truncated = {
      error_code: 'ERRORS_TRUNCATED',
      error_message: `${this.#dropped} more entries are not listed; error_counts counts them all`,
      not_listed: this.#dropped,
      error_counts: Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    return `${rest}${this.#entries === 0 ? '' : ','}\n${JSON.stringify(truncated)}\n]\n`;
  }

  #exampleOf({ vendor_id, file, line, column, value, error_code }: RowEntry): NoticeExample {
    const example = {
      vendor_id,
      ...(file === undefined ? {} : { file }),
      line,
      ...(column === null ? {} : { column }),
      ...(value === null ? {} : { cell: value }),
      note: error_code,
    };
    return this.#withFile(example, null);
  }

  #count(code: string): void {
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  #write(entry: PendingEntry): void {
    this.#pending.push(entry);
    this.#chars += entry.text.length;
    this.#entries++;
  }

  /** The row itself if no cell is cut: most are not, and a copy of each costs as much as the rest of its entry. */
  #cutRow(row: RowEntry['row_data']): RowEntry['row_data'] {
    const isCut = Object.values(row).some((value) => value.length > this.#limits.errorValueCharsMax);
    return isCut ? Object.fromEntries(Object.entries(row).map(([name, value]) => [name, this.#cut(value)])) : row;
  }

  #cut(value: string): string {
    const max = this.#limits.errorValueCharsMax;
    return value.length <= max ? value : `${value.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
}

function cutProblem(problem: RowProblem, cut: (value: string) => string): RowProblem {
  const { error_code, column, value, reason } = problem;
  return {
    error_code,
    column: column === null ? null : cut(column),
    value: value === null ? null : cut(value),
    // a plugin's reason may have any length
    reason: cut(reason),
  };
}
