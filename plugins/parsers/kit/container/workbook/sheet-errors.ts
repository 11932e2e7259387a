/**
 * Counts cells of a sheet that have an error such as `#N/A` or a formula that was never calculated, and doubtful cells.
 */
import { WARNING_EXAMPLES_MAX } from '../../../../../core/notices/notices.ts';
import type { SheetCell } from './sheet-rows.ts';

const EXAMPLE_CHARS = 40;

export class SheetErrors {
  count = 0;
  #examples: string[] = [];
  readonly #sheet: string;

  constructor(sheet: string) {
    this.#sheet = sheet;
  }

  clear(): void {
    this.count = 0;
    this.#examples = [];
  }

  /** Forgets what was added since the count was this. */
  back(count: number): void {
    this.count = count;
    this.#examples.length = Math.min(this.#examples.length, count);
  }

  add({ plain }: Pick<SheetCell, 'plain'>, row: number, field: number): void {
    this.count++;
    if (this.#examples.length >= WARNING_EXAMPLES_MAX) return;
    const shown = plain.length > EXAMPLE_CHARS ? `${plain.slice(0, EXAMPLE_CHARS)}…` : plain;
    this.#examples.push(`${columnLetters(field)}${row} ${JSON.stringify(shown)}`);
  }

  /** `"Stock" D2 "#N/A"; E2 "#REF!"`. */
  get examples(): string {
    return `${JSON.stringify(this.#sheet)} ${this.#examples.join('; ')}`;
  }
}

/** 0 is A, 26 is AA. */
function columnLetters(field: number): string {
  let letters = '';
  for (let rest = field + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}
