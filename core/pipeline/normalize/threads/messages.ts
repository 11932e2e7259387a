/**
 * The messages between a run and its threads. A thread normalizes whole vendors. It opens only the files of feeds; what
 * it writes goes into files that the run has open, or as bytes to the run.
 */
import type { SentError } from '../../../errors.ts';
import type { EngineLimits, SinkFile } from '../../../ports/engine.ts';
import type { IssueRecord } from '../../issues.ts';
import type { EntryLayout } from '../../sort/entry.ts';
import type { ChunkMark } from '../../sort/sorted-run.ts';
import type { RowLinesState } from '../row-lines.ts';
import type { VendorResult } from '../vendor.ts';

/** What all vendors of a run share. */
export interface ThreadSetting {
  runId: string;
  rawConfig: unknown;
  /** The run's clock, seconds. */
  now: number;
  /** The limits of each thread. */
  limits: EngineLimits;
  entryLayout: EntryLayout;
  /** Whether the SKUs of refused rows are needed. */
  collectsRefused: boolean;
  /** The bytes that offers of all threads may take, and the bytes that they take now. */
  offersBytes: number;
  offersUsed: BigInt64Array;
}

/** A source that the run can open. */
export interface SentSource {
  id: number;
  name: string;
  size: number | null;
  /** Null if the thread must ask the run for its bytes. */
  file: string | null;
}

export interface VendorOrder {
  /** In id order. */
  position: number;
  vendorId: string;
  /** `file` as in `NamedFeed`. */
  feeds: Array<{ file: string | null; source: SentSource }>;
  sideFiles: Array<[name: string, source: SentSource]>;
}

/** A sorted run: its chunks, or the file that the run made for the thread. */
export interface SentRun {
  bytes: number;
  chunks: Uint8Array[];
  file: number | null;
  marks: readonly ChunkMark[];
}

export interface SentResult extends Omit<VendorResult, 'runs' | 'lines'> {
  runs: SentRun[];
  lines: RowLinesState | null;
}

export interface VendorDone {
  position: number;
  log: IssueRecord;
  /** Sorted runs of the SKUs of refused rows. */
  refused: SentRun[];
  result: SentResult | null;
  /** Instead of a result. */
  error: SentError | null;
}

/** Calls from a thread to the run; each gets an answer. Numbers name sources, streams, sinks and scratch files. */
export interface Calls {
  open(source: number): number;
  /** Null at the end. */
  next(stream: number): Uint8Array | null;
  stop(stream: number): void;
  /**
   * Opens the files for the thread's vendor: the sinks of `VendorOutput`. If `file` is given, the thread writes to it
   * itself.
   */
  createOutput(): [sink: number, rows: number, file: SinkFile | null];
  /** The bytes are in shared memory, which the thread reuses once it has the answer. */
  write(sink: number, bytes: Uint8Array): void;
  close(sink: number): void;
  abort(sink: number): void;
  /** If a file is given, the thread uses it itself, as with `createOutput`. */
  createScratch(): [file: number, own: SinkFile | null];
  spill(file: number, bytes: Uint8Array): void;
  read(file: number, position: number, into: Uint8Array): number;
  remove(file: number): void;
}

export type CallName = keyof Calls;
/** Calls that are about scratch files. */
export type FileCallName = 'createScratch' | 'spill' | 'read' | 'remove';

export type ToThread =
  | { type: 'start'; setting: ThreadSetting }
  | { type: 'vendor'; order: VendorOrder }
  | { type: 'answer'; call: number; value: unknown; error: SentError | null };

export type FromThread =
  | { type: 'call'; call: number; method: CallName; args: unknown[] }
  | { type: 'rows'; rows: number }
  | { type: 'done'; done: VendorDone };
