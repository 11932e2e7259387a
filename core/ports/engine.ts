/** What the engine needs from the outside: bytes to read, places to write, space to spill to. All of it is handed in. */

import type { VendorConfig } from '../config/schema.ts';
import type { SideFileLocation } from '../layout.ts';
import type { FileSelection } from '../plugin.ts';

/**
 * Bytes that can be read from the start any number of times; detection reads a file twice. A chunk is only good until the
 * next one is asked for.
 */
export interface ByteSource {
  /** The file's own name, without folders. */
  readonly name: string;
  /** Bytes in all, when that is known before reading. */
  readonly size: number | null;
  open(): AsyncIterable<Uint8Array>;
}

/** Where an artifact's bytes go. A buffer handed to `write` may be reused once the call (or its promise) is done. */
export interface ByteSink {
  write(bytes: Uint8Array): void | Promise<void>;
  /** Makes the artifact appear, whole. */
  close(): void | Promise<void>;
  /** Leaves nothing behind. */
  abort(): void | Promise<void>;
}

/** The artifacts of one run, by path below its prefix, e.g. `outputs/merged_inventory.csv`. */
export interface RunArtifacts {
  create(path: string): ByteSink | Promise<ByteSink>;
  /** Reads back what was written under a path. */
  source(path: string): ByteSource;
}

/** A vendor file that was chosen for a run. */
export interface FoundInput {
  source: ByteSource;
  /** Where it was found; null outside an object store. */
  s3_key: string | null;
  etag: string | null;
  /** Bytes. */
  size: number;
  /** ISO 8601. */
  last_modified: string;
  /** Set when an earlier attempt at the run copied the file already: `source` is that copy, and this its SHA-256. */
  pinned?: { sha256: string };
}

export interface FilesWanted extends FileSelection {
  /** More of them are `invalid_input`. */
  filesMax: number;
}

/** Finds what vendors have sent. */
export interface RunInputs {
  /**
   * The newest file of a vendor; or, of those that lie in its folder itself, all that are wanted, in code point order of
   * their names. None where there are none.
   */
  find(vendor: VendorConfig, wanted: FilesWanted | null): Promise<FoundInput[]>;
  /** Where the vendor's file is looked for. */
  expectedPrefix(vendor: VendorConfig): string | null;
  /**
   * A file beside the vendor's feed that its config names: its SKU map (`sku_map`), or a side file of its parser by that
   * name. Throws `invalid_input` when it is not there.
   */
  sideFile(vendor: VendorConfig, name: string, location: SideFileLocation): Promise<FoundInput>;
}

/** A SHA-256 in the making. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal. */
  digest(): string;
}

/** A file in the spill space: written once from start to end, then read at any position. */
export interface ScratchFile {
  write(bytes: Uint8Array): void | Promise<void>;
  /** Fills `into` from `position`; returns how many bytes there were. */
  read(position: number, into: Uint8Array): number | Promise<number>;
  remove(): void | Promise<void>;
}

/** Space for what does not fit the memory budget. Everything in it is gone when the run ends. */
export interface Scratch {
  create(): ScratchFile | Promise<ScratchFile>;
}

/** Time for timings alone, in milliseconds: results depend only on the run's own fixed time. */
export interface Clock {
  /** Since 1970. */
  wall(): number;
  /** Since any moment; never goes back. */
  monotonic(): number;
}

/** Reads a small delimited side file (a SKU map, a price list). */
export type SideTableReader = (source: ByteSource, form: SideTableForm) => Promise<SideTableRows>;

export interface SideTableRows {
  /** The header first. */
  rows: string[][];
  /** Of a workbook: by row and cell whether the sheet has it as a number; null for other files. */
  numbers: boolean[][] | null;
}

export interface SideTableForm {
  delimiter: string;
  /** A label that the parsers know, or `auto`. */
  encoding: string;
}

/** Limits of the engine. Every one has a default, in `DEFAULT_LIMITS`. */
export interface EngineLimits {
  /** Bytes of one vendor file; more is `INPUT_TOO_LARGE`. */
  vendorFileBytesMax: number;
  /** Files that are read as one feed; more are `invalid_input`. */
  feedFilesMax: number;
  /** Files in a ZIP archive; more is `INPUT_TOO_LARGE`. */
  archiveEntriesMax: number;
  /** How many times its packed size a file may unfold to; more is `INPUT_TOO_LARGE`. */
  archiveRatioMax: number;
  /** Archives around a table, a workbook not counted; more is `INPUT_TOO_LARGE`. */
  archiveDepthMax: number;
  /** Bytes of memory for the shared texts of a workbook; more is `INPUT_TOO_LARGE`. */
  sharedStringsBytes: number;
  /** Columns of a sheet; more is `INPUT_TOO_LARGE`. */
  sheetColumnsMax: number;
  /** Characters of a sheet's cell; more is `INPUT_TOO_LARGE`. */
  cellCharsMax: number;
  /** Bytes of one record; a longer one is an invalid row, `record_too_long`. */
  recordBytesMax: number;
  /** Entries of `errors.json`; past them one last entry says how many more. */
  errorsMax: number;
  /** Characters of `errors.json` in all; past them it is cut off like past `errorsMax`. */
  errorsCharsMax: number;
  /** Characters of one value in `errors.json`; the rest is cut and marked with `…`. */
  errorValueCharsMax: number;
  /** Bytes of memory for a vendor's rows while they are sorted; more is spilled. */
  sortBytes: number;
  /** Bytes of memory for the offers of all vendors until the merge; more is spilled. */
  offersBytes: number;
  /** Bytes of memory for reading spilled runs back. */
  mergeBytes: number;
  /** Bytes that are gathered before a feed's records are looked for. */
  windowBytes: number;
  /** Offers for one SKU that are held at once; past them those that cannot win any more are dropped. */
  offersInHand: number;
  /** The same for a strategy that must see all offers (`choose`): more is `invalid_input`. */
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
  cellCharsMax: 32_767,
  recordBytesMax: MIB,
  errorsMax: 10_000,
  errorsCharsMax: 64_000_000,
  errorValueCharsMax: 1_000,
  sortBytes: 160 * MIB,
  offersBytes: 64 * MIB,
  mergeBytes: 32 * MIB,
  windowBytes: 512 * 1024,
  offersInHand: 1_024,
  offersPerSkuMax: 1_000_000,
};
