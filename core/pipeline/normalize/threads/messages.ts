/**
 * What a run and its threads say to each other. A thread normalizes whole vendors. It opens no
 * files but those of feeds: what it writes goes into files that the run has open, or as bytes to the run.
 */
import type { SentError } from '../../../errors.ts';
import type { EngineLimits, SinkFile } from '../../../ports/engine.ts';
import type { IssueRecord } from '../../issues.ts';
import type { EntryLayout } from '../../sort/entry.ts';
import type { RowLinesState } from '../row-lines.ts';
import type { VendorResult } from '../vendor.ts';

/** What all vendors of a run share. */
export interface ThreadSetting {
  runId: string;
  rawConfig: unknown;
  /** The run's clock, seconds. */
  now: number;
  /** Of each thread. */
  limits: EngineLimits;
  entryLayout: EntryLayout;
  /** Whether the SKUs of refused rows are asked for. */
  collectsRefused: boolean;
  /** Bytes that the offers of all threads may take, and those that they take now. */
  offersBytes: number;
  offersUsed: BigInt64Array;
}

/** Bytes that the run can open. */
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

/** What a thread asks the run to do, with an answer to each. Numbers name sources, streams, sinks and scratch files. */
export interface Calls {
  open(source: number): number;
  /** Null at the end. */
  next(stream: number): Uint8Array | null;
  stop(stream: number): void;
  /** Opens what the thread writes of its vendor: the sinks of `VendorOutput`. It writes to `file` itself, if there is one. */
  createOutput(): [sink: number, rows: number, file: SinkFile | null];
  /** Bytes that are written or read are in memory that the thread shares, and uses again once it has the answer. */
  write(sink: number, bytes: Uint8Array): void;
  close(sink: number): void;
  abort(sink: number): void;
  /** As with `createOutput`, the thread uses `file` itself. */
  createScratch(): [file: number, own: SinkFile | null];
  spill(file: number, bytes: Uint8Array): void;
  read(file: number, position: number, into: Uint8Array): number;
  remove(file: number): void;
}

export type CallName = keyof Calls;

export type ToThread =
  | { type: 'start'; setting: ThreadSetting }
  | { type: 'vendor'; order: VendorOrder }
  | { type: 'answer'; call: number; value: unknown; error: SentError | null };

export type FromThread =
  | { type: 'call'; call: number; method: CallName; args: unknown[] }
  | { type: 'rows'; rows: number }
  | { type: 'done'; done: VendorDone };
