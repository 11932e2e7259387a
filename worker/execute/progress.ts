/** What a run record says about a run: its progress while it runs, counts and warnings after its end. */
import type { RunEvent, RunSummary } from '../../core/pipeline/run.ts';
import type { RunCounts, RunProgress } from '../../core/ports/service/runs.ts';

/** Run records are read many at a time, so they hold few warnings; `run_summary.json` has all. */
const WARNINGS_MAX = 50;
const WARNING_CHARS_MAX = 500;

/** Adds up the events of one attempt. */
export class ProgressCounter {
  readonly #vendors: number;
  readonly #rows = new Map<string, number>();
  #vendorsRead = 0;
  #invalid = 0;
  #merged = 0;

  constructor(vendors: number) {
    this.#vendors = vendors;
  }

  add(event: RunEvent): void {
    if (event.type === 'merged') this.#merged = event.rows;
    if (event.type === 'rows' || event.type === 'normalized') this.#rows.set(event.vendor_id, event.rows);
    if (event.type !== 'normalized') return;
    this.#vendorsRead++;
    this.#invalid += event.invalid;
  }

  get progress(): RunProgress {
    const rows = [...this.#rows.values()].reduce((sum, count) => sum + count, 0);
    const vendors = { vendors: this.#vendors, vendorsRead: this.#vendorsRead };
    return { ...vendors, rows, invalid: this.#invalid, merged: this.#merged };
  }
}

export function runCounts({ total_rows, invalid_rows, record_count }: RunSummary): RunCounts {
  return { rows: total_rows, invalid: invalid_rows, merged: record_count };
}

/** The first warnings, cut to a length; the last one says how many more there are. */
export function boundedWarnings(warnings: readonly string[]): string[] {
  const first = warnings.slice(0, warnings.length > WARNINGS_MAX ? WARNINGS_MAX - 1 : WARNINGS_MAX).map(shortWarning);
  return first.length === warnings.length ? first : [...first, `more_warnings:${warnings.length - first.length}`];
}

function shortWarning(warning: string): string {
  if (warning.length <= WARNING_CHARS_MAX) return warning;
  return `${warning.slice(0, WARNING_CHARS_MAX).replace(/\p{Surrogate}$/u, '')}…`;
}
