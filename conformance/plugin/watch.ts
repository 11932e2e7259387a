/** Records what a plugin does wrong while it runs, and how it was called. */
import type { CanonicalColumn } from '../../core/canonical.ts';
import { ISSUE_CODE_FORM } from '../../core/manifest.ts';
import type { Money } from '../../core/money/money.ts';
import type { Layout, Offer } from '../../core/plugin.ts';
import { snapshot } from './snapshot.ts';

/** Mistakes that only a watch can see. */
export type Offence = 'answers' | 'mutation' | 'views' | 'issues' | 'codes';

export const WRITES_BYTES = 'it writes into the bytes of the feed';

export class Watch {
  readonly offences: Array<{ kind: Offence; text: string }> = [];
  /** Copies of the calls of a pricing rule, and of the offers that a merge strategy received, each with the answer. */
  readonly priced: Array<{ offer: Offer; price: Money | null; floor: Money | null; answer: Money | null }> = [];
  readonly groups: Array<{ offers: Offer[]; answer: readonly Offer[] }> = [];
  /** Keeps the instances alive, so that what they hold stays in memory, as in a run. */
  readonly instances: unknown[] = [];
  /** Codes that the manifest declares. */
  codes: readonly string[] = [];
  /** The declared codes, and others that it raises: the run goes on so that other checks see the rest. */
  readonly raised: Record<string, string> = {};
  /** Columns of an offer that the manifest declares it reads. */
  reads: readonly CanonicalColumn[] = [];
  /** The context, beside its options, of the last instance. */
  context: object | null = null;
  /** Makes another instance of the code, with the options and the context of the last one. */
  fresh: () => unknown = () => undefined;
  /** The layout that a parser chose for the last feed. */
  layout: Layout | null = null;
  /** The most bytes that a parser has read ahead of its output. */
  lookaheadBytes = 0;
  /** Called when a parser has got the last bytes of a feed, and still holds what it gathers. */
  atFeedEnd: () => Promise<void> = async () => {};
  /** False for long feeds, whose calls would not fit in memory. */
  readonly keepsCalls: boolean;
  readonly #untouched: Array<() => boolean> = [];
  readonly #chunks: Array<() => boolean> = [];

  constructor(keepsCalls = true) {
    this.keepsCalls = keepsCalls;
  }

  /** From now until `settle`, `values` must not change. */
  lend(...values: unknown[]): void {
    const before = snapshot(values);
    this.#untouched.push(() => snapshot(values) === before);
  }

  /** From now until `settle`, a chunk of a feed must stay the same. */
  lendBytes(isSame: () => boolean): void {
    this.#chunks.push(isSame);
  }

  /** Call it when the run is over. */
  settle(): void {
    if (!this.#untouched.every((same) => same())) this.blame('mutation', 'it changes its options, or the config');
    if (!this.#chunks.every((isSame) => isSame())) this.blame('mutation', WRITES_BYTES);
  }

  blame(kind: Offence, text: string): void {
    if (this.offences.length < 20 && !this.offences.some((one) => one.kind === kind && one.text === text)) {
      this.offences.push({ kind, text });
    }
  }
}

/** The code; reports it unless the manifest declares it. */
export function declared(code: string, watch: Watch): string {
  if (typeof code !== 'string' || !ISSUE_CODE_FORM.test(code)) {
    watch.blame(
      'issues',
      `an issue has the code ${JSON.stringify(code)}, which does not match ${ISSUE_CODE_FORM.source}`,
    );
  } else if (!watch.codes.includes(code))
    watch.blame('codes', `it raises "${code}", which its manifest does not declare`);
  if (typeof code === 'string') watch.raised[code] ??= 'not declared';
  return code;
}

/** Names the type of a wrong answer, for messages. */
export function typeName(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return value === null ? 'null' : typeof value === 'number' ? String(value) : typeof value;
}
