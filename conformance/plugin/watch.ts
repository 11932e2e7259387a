/** What is written down of a plugin while it runs: what it does wrong, and what it was asked. */
import type { CanonicalColumn } from '../../core/canonical.ts';
import { ISSUE_CODE_FORM } from '../../core/manifest.ts';
import type { Money } from '../../core/money/money.ts';
import type { Layout, Offer } from '../../core/plugin.ts';
import { snapshot } from './snapshot.ts';

/** What a plugin can do wrong where only a watch sees it. */
export type Offence = 'answers' | 'mutation' | 'views' | 'issues' | 'codes';

export class Watch {
  readonly offences: Array<{ kind: Offence; text: string }> = [];
  /** Calls of a pricing rule, and offers that a strategy was asked about with its answer, as they were. */
  readonly priced: Array<{ offer: Offer; price: Money | null; answer: Money | null }> = [];
  readonly groups: Array<{ offers: Offer[]; answer: readonly Offer[] }> = [];
  /** Kept, so that what the code holds on to stays in memory as it does in a run. */
  readonly instances: unknown[] = [];
  /** Codes that the manifest declares. */
  codes: readonly string[] = [];
  /** Columns that the manifest says it reads of an offer. */
  reads: readonly CanonicalColumn[] = [];
  /** What the code was last made with, beside its options. */
  context: object | null = null;
  /** Makes another instance of the code, with the options and the context of the last one. */
  fresh: () => unknown = () => undefined;
  /** The layout that a parser settled on, of the last feed. */
  layout: Layout | null = null;
  /** Bytes that a parser took in ahead of what it gave out, at the most. */
  lookaheadBytes = 0;
  /** Whether calls are kept; a long feed would fill the memory. */
  readonly keepsCalls: boolean;
  readonly #untouched: Array<() => boolean> = [];

  constructor(keepsCalls = true) {
    this.keepsCalls = keepsCalls;
  }

  /** From now to the end, `values` must stay as they are. */
  lend(...values: unknown[]): void {
    const before = snapshot(values);
    this.#untouched.push(() => snapshot(values) === before);
  }

  /** To be called when the run is over. */
  settle(): void {
    if (!this.#untouched.every((same) => same())) this.blame('mutation', 'it changes its options, or the config');
  }

  blame(kind: Offence, text: string): void {
    if (this.offences.length < 20 && !this.offences.some((one) => one.kind === kind && one.text === text)) {
      this.offences.push({ kind, text });
    }
  }
}

/** The code, which must be one of the manifest's. */
export function declared(code: string, watch: Watch): string {
  if (typeof code !== 'string' || !ISSUE_CODE_FORM.test(code)) {
    watch.blame(
      'issues',
      `an issue has the code ${JSON.stringify(code)}, which does not match ${ISSUE_CODE_FORM.source}`,
    );
  } else if (!watch.codes.includes(code))
    watch.blame('codes', `it raises "${code}", which its manifest does not declare`);
  return code;
}

/** For messages: what came in place of what should have. */
export function typeName(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return value === null ? 'null' : typeof value === 'number' ? String(value) : typeof value;
}
