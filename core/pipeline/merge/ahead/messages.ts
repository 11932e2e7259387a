/** What a run and the thread that merges ahead of it say to each other. Calls are those of threads that normalize vendors. */
import type { SentError } from '../../../errors.ts';
import type { ToThread } from '../../normalize/threads/messages.ts';
import type { PageStartsState } from '../../sort/page-starts.ts';
import type { MergeResult } from '../merge-report.ts';
import type { MergeOrder } from '../ranges/messages.ts';

/** SKUs that follow those of the part before: whole records of `settled-log.ts`. */
export interface SettledPart {
  records: Uint8Array;
  /** The slot of shared memory that has them, to be given back; null if they have memory of their own. */
  slot: number | null;
  /** The pages that began since the part before. */
  pages: PageStartsState;
}

/** After the last part. */
export interface SettledEnd {
  pages: PageStartsState;
  result: MergeResult | null;
  /** Instead of a result. */
  error: SentError | null;
}

export type ToAheadThread =
  | { type: 'settle'; order: MergeOrder }
  | { type: 'free'; slot: number }
  | (ToThread & { type: 'answer' });

/** Beside calls. */
export type FromAheadThread = { type: 'part'; part: SettledPart } | { type: 'end'; end: SettledEnd };
