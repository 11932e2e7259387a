/** What the engine needs from its caller: bytes to read, places to write, space to spill to. */

import type { VendorConfig } from '../config/schema.ts';
import type { SideFileLocation } from '../layout.ts';

/**
 * Bytes that can be read from the start any number of times (detection reads a file twice). A chunk belongs to its reader,
 * who may keep it: the source never writes into it again. Readers do not write into chunks: other readers may have them too.
 */
export interface ByteSource {
  /** The file's name, without folders. */
  readonly name: string;
  /** Its length in bytes, if known before reading. */
  readonly size: number | null;
  /** Where it is on the disk of this machine, if it is a file there: a thread then opens it itself. */
  readonly file?: string;
  open(): AsyncIterable<Uint8Array>;
  /**
   * Like `open`, for a reader that is done with each chunk before it asks for the next: all chunks share one buffer.
   */
  lend?(): AsyncIterable<Uint8Array>;
}

/** A file on the disk of this machine that this process has open. */
export interface SinkFile {
  /** Its name once it is complete, for messages. */
  path: string;
  /** Its descriptor, which the threads of a process share. */
  fd: number;
}

/** Takes an artifact's bytes. The caller may reuse a buffer once `write` (or its promise) is done. */
export interface ByteSink {
  /**
   * The file to which the bytes go, if any: a thread may then write there itself, with no other writer at the same
   * time.
   */
  readonly file?: SinkFile;
  write(bytes: Uint8Array): void | Promise<void>;
  /** Makes the whole artifact visible, in one step. */
  close(): void | Promise<void>;
  /** Removes what was written. */
  abort(): void | Promise<void>;
}

/** The artifacts of one run, by path below its prefix, such as `outputs/merged_inventory.csv`. */
export interface RunArtifacts {
  create(path: string): ByteSink | Promise<ByteSink>;
  /** Reads back what was written under a path. */
  source(path: string): ByteSource;
  /** Called at the end of a stage: artifacts that were closed may have waited for each other until now, to appear together. */
  settle?(): Promise<void>;
}

/** A vendor file chosen for a run. */
export interface FoundInput {
  source: ByteSource;
  /** Its key; null outside an object store. */
  s3_key: string | null;
  etag: string | null;
  /** Bytes. */
  size: number;
  /** ISO 8601. */
  last_modified: string;
  /** Set if an earlier attempt of the run copied the file: `source` is that copy. */
  pinned?: { sha256: string };
}

/** Several files of a vendor that are read as one feed. */
export interface FileSelection {
  /** Matches file names without folders: `*` is any number of characters, `?` is one. Case does not matter. */
  match: string;
  /** The greatest age of a file in minutes, compared with the newest; null for no limit. */
  withinMinutes: number | null;
}

export interface FilesWanted extends FileSelection {
  /** More files than this are `invalid_input`. */
  filesMax: number;
}

/** A file that lies among a vendor's feeds but is not a feed, such as one still in transfer. */
export interface PassedOver {
  /** Its path below the vendor's folder. */
  name: string;
  reason: string;
}

/** Tells feeds from other files by name, and records the files that it passes over. */
export interface FeedFilter {
  /** `path`: below the vendor's folder, with `/`. */
  isFeed(path: string): boolean;
  /** Restores what an earlier attempt at the run passed over. */
  restore(passedOver: readonly PassedOver[]): void;
}

/** Finds the files that vendors have sent. */
export interface RunInputs {
  /**
   * The newest file of a vendor; or, if `wanted` is given, all matching files directly in its folder, in code point
   * order of their names. Empty if there are none. Only files for which `filter.isFeed` is true count.
   */
  find(vendor: VendorConfig, wanted: FilesWanted | null, filter: FeedFilter): Promise<FoundInput[]>;
  /** Where the vendor's file should be: a folder, ending in `/`, or a file that was named. */
  expectedPrefix(vendor: VendorConfig): string | null;
  /**
   * A file beside the feed that the vendor's config names: its SKU map (`sku_map`) or a side file of its parser. Throws
   * `invalid_input` if it is not there.
   */
  sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput>;
  /** Corrected rows for the vendor's file with this hash; null if there are none. Absent if no patches can exist. */
  patch?(vendor: VendorConfig, sha256: string): Promise<FoundPatch | null>;
}

/** Corrected rows of a file: a rejects report that somebody has edited. */
export interface FoundPatch {
  /** The run that refused the rows. */
  run_id: string;
  source: ByteSource;
  /** `reports/rejects/<vendor>.rows.csv` of that run: where the rows are in the file. */
  rows: ByteSource;
  s3_key: string | null;
  etag: string | null;
}

/** An error that nobody was there to catch: in a promise that was not returned, or in a callback such as a timer's. */
export interface StrayError {
  reason: unknown;
  origin: 'promise' | 'callback';
}

/** Listens for errors of code that a plugin started and did not wait for. */
export interface StrayErrors {
  /** Calls `report` for each, until the returned function is called. */
  watch(report: (stray: StrayError) => void): () => void;
  /** Resolves when all promises that have rejected so far are reported. */
  settle(): Promise<void>;
  /** The plugins that may have started the code; none if no plugin can have. */
  suspects<P extends { kind: string; id: string }>(reason: unknown, plugins: readonly P[]): P[];
}

/** Notices that the promise of a hook will never settle. */
export interface Stalls {
  /** Calls `giveUp` when a hook's promise will never settle, until the returned function is called. */
  watch(run: WaitingRun): () => void;
}

export interface WaitingRun {
  /**
   * A number that changes whenever the run waits for a hook, and whenever that hook reads; null while the run waits for
   * none.
   */
  readonly wait: number | null;
  giveUp(): void;
}

/** Notes which hook of a plugin a run is in, for whoever ends a run that makes no progress. */
export interface HookNotes {
  /** A number above 0 for a hook, such as `check() of the validator "even"`; null if nobody needs to know. */
  numberOf(hook: string, plugin: { kind: string; id: string }): number | null;
  /** Notes that the run enters the hook; 0 if it leaves the current one. Hot: it is called for every row. */
  enter(hook: number): void;
}

/** Computes a SHA-256. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

/** A file in the scratch space: written once from start to end, then read at any position. */
export interface ScratchFile {
  /** Where its bytes are, if that is a file: a thread then writes and reads there itself. */
  readonly file?: SinkFile;
  write(bytes: Uint8Array): void | Promise<void>;
  /** Fills `into` from `position`; returns the number of bytes read. */
  read(position: number, into: Uint8Array): number | Promise<number>;
  remove(): void | Promise<void>;
}

/** Space for what does not fit the memory budget. It is emptied when the run ends. */
export interface Scratch {
  create(): ScratchFile | Promise<ScratchFile>;
}

/** Time in milliseconds, for timings only: results depend on the run's own fixed time. */
export interface Clock {
  /** Since 1970. */
  wall(): number;
  /** Since an arbitrary moment; never goes back. */
  monotonic(): number;
}

/** Reads a small delimited side file (a SKU map, a price list) in parts; the first starts with the header. */
export type SideTableReader = (
  source: ByteSource,
  form: SideTableForm,
  limits: EngineLimits,
) => AsyncIterable<SideTableRows>;

/** A part of a side file. */
export interface SideTableRows {
  rows: string[][];
  /**
   * For a workbook: by row and cell, what the sheet stores as a number or date, or the error it has; null for a text.
   * `rows` has what the cells show, and nothing for errors. Null for other files.
   */
  stored: ReadonlyArray<ReadonlyArray<string | null>> | null;
  /** Cells with an error, such as `#N/A`. */
  errors: number;
}

export interface SideTableForm {
  delimiter: string;
  /** An encoding label that the parsers know, or `auto`. */
  encoding: string;
}

/** Limits of the engine. `DEFAULT_LIMITS` has their defaults. */
export interface EngineLimits {
  /** Bytes of one vendor file; more is `INPUT_TOO_LARGE`. */
  vendorFileBytesMax: number;
  /** Files read as one feed; more are `invalid_input`. */
  feedFilesMax: number;
  /** Files in a ZIP archive; more is `INPUT_TOO_LARGE`. */
  archiveEntriesMax: number;
  /** Unpacked size of a file as a multiple of its packed size; more is `INPUT_TOO_LARGE`. */
  archiveRatioMax: number;
  /** Archives nested around a table, a workbook not counted; more is `INPUT_TOO_LARGE`. */
  archiveDepthMax: number;
  /** Bytes of memory for the shared strings of a workbook; more is `INPUT_TOO_LARGE`. */
  sharedStringsBytes: number;
  /** Empty cells between others in a sheet, besides 50 for each cell with a value; more is `INPUT_TOO_LARGE`. */
  sheetEmptyCellsMax: number;
  /** Columns of a sheet; more is `INPUT_TOO_LARGE`. */
  sheetColumnsMax: number;
  /** Characters of a cell in a sheet; more is `INPUT_TOO_LARGE`. */
  cellCharsMax: number;
  /** Bytes of one record; a longer one is an invalid row, `record_too_long`. */
  recordBytesMax: number;
  /** Cells of one record; a row with more is invalid, `too_many_fields`. */
  recordCellsMax: number;
  /** Bytes of a SKU in UTF-8; a row with a longer one is invalid, `sku_too_long`. */
  skuBytesMax: number;
  /** Bytes of a cell of an extra column in UTF-8; a row with a longer one is invalid, `extra_cell_too_long`. */
  extraCellBytesMax: number;
  /** Bytes of a SKU map or side file when it is unpacked; more is `INPUT_TOO_LARGE`. */
  sideFileBytesMax: number;
  /** Rows of a SKU map or side file that are not blank; more is `INPUT_TOO_LARGE`. */
  sideFileRowsMax: number;
  /** Entries of `errors.json`; after them one last entry gives the number of the rest. */
  errorsMax: number;
  /** Characters of `errors.json` in total; after them it ends as after `errorsMax`. */
  errorsCharsMax: number;
  /** Characters of one value in `errors.json`; a longer one is cut and ends in `…`. */
  errorValueCharsMax: number;
  /** Bytes of memory for sorting one vendor's rows; more spills to scratch. */
  sortBytes: number;
  /** Bytes of memory for the offers of all vendors until the merge; more spills to scratch. */
  offersBytes: number;
  /** Bytes of memory for reading spilled sorted runs back. */
  mergeBytes: number;
  /** Bytes of a feed that are collected before they are scanned. */
  windowBytes: number;
  /** Bytes of a feed from which on the kernel reads what it can; smaller feeds do not repay its start. */
  kernelFromBytes: number;
  /** Offers for one SKU held at once; beyond them, those that can no longer win are dropped. */
  offersInHand: number;
  /** Offers for one SKU given to a strategy that sees all of them (`choose`); more is `invalid_input`. */
  offersPerSkuMax: number;
}

const MIB = 1 << 20;

export const DEFAULT_LIMITS: EngineLimits = {
  vendorFileBytesMax: 1_000_000_000,
  feedFilesMax: 100,
  archiveEntriesMax: 10_000,
  archiveRatioMax: 500,
  archiveDepthMax: 2,
  sharedStringsBytes: 96 * MIB,
  sheetColumnsMax: 16_384,
  sheetEmptyCellsMax: 10_000_000,
  cellCharsMax: 32_767,
  recordBytesMax: MIB,
  recordCellsMax: 16_384,
  skuBytesMax: 1_000,
  extraCellBytesMax: 65_536,
  sideFileBytesMax: 256 * MIB,
  sideFileRowsMax: 2_000_000,
  errorsMax: 10_000,
  errorsCharsMax: 64_000_000,
  errorValueCharsMax: 1_000,
  sortBytes: 160 * MIB,
  offersBytes: 64 * MIB,
  mergeBytes: 32 * MIB,
  windowBytes: 512 * 1024,
  kernelFromBytes: 256 * 1024,
  offersInHand: 1_024,
  offersPerSkuMax: 1_000_000,
};
