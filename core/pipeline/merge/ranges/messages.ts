/** What a run and the threads that merge ranges of SKUs say to each other. Calls are those of threads that normalize vendors. */
import type { SentError } from '../../../errors.ts';
import type { EngineLimits, SinkFile } from '../../../ports/engine.ts';
import type { ToThread } from '../../normalize/threads/messages.ts';
import type { EntryLayout } from '../../sort/entry.ts';
import type { PageStartsState } from '../../sort/page-starts.ts';
import type { RangeResult } from '../merge-range.ts';
import type { MergeFacts } from '../merge-setting.ts';
import type { CutRuns } from './cut.ts';

/** A run: its chunks in shared memory, or the file that has it. */
export interface SharedRun {
  owner: number;
  bytes: number;
  chunks: readonly Uint8Array[];
  file: { id: number; own: SinkFile | null } | null;
}

export interface MergeOrder {
  rawConfig: unknown;
  facts: MergeFacts;
  layout: EntryLayout;
  /** With the share of `mergeBytes` that a thread has. */
  limits: EngineLimits;
  hasSmallSkus: boolean;
  runs: SharedRun[];
}

export interface RangesOrder extends MergeOrder {
  /** True if two SKUs can be twins. */
  hasTwins: boolean;
  cut: CutRuns;
  claims: Int32Array;
}

/** A range that a thread has merged, as far as it came. */
export interface MergedRange {
  range: number;
  /** The thread's scratch file has what was written, from this byte on. */
  file: number;
  at: number;
  /** Bytes of each write: rows of the feed, or if negative a part of the log of twins. */
  pieces: number[];
  result: RangeResult | null;
  pages: PageStartsState;
  /** Instead of a result. */
  error: SentError | null;
}

export type ToMergeThread = { type: 'merge'; order: RangesOrder } | (ToThread & { type: 'answer' });

/** Beside calls. */
export type FromMergeThread =
  /** Rows that the thread has written so far. */
  { type: 'progress'; rows: number } | { type: 'range'; merged: MergedRange };
