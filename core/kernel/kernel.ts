/**
 * An instance of the kernel: hot loops of a run as WebAssembly SIMD, over one memory that the TypeScript code reads and writes
 * too, through typed arrays. See `docs/ARCHITECTURE.md`.
 *
 * The memory has its full size from the start and never grows, so no view of it is ever detached. That costs nothing: pages
 * that nobody touches are not there. What does not fit goes into ordinary arrays, and TypeScript works on it alone.
 */
import {
  AREAS,
  ENDINGS_BYTES,
  FEED_CELLS,
  FEED_COLUMNS_MAX,
  GATHERED_MAX,
  NOT_MAPPED,
  NUMBERS,
  NUMBERS_COUNT,
  READ_PAST,
  RECORDS_MAX,
  S_ARENA,
  S_ARENA_BYTES,
  S_ENDINGS,
  S_ENTRIES,
  S_FAULT,
  S_FAULT_FIELD,
  S_FEED,
  S_FIELD_END,
  S_FIELD_START,
  S_FIELD_STYLE,
  S_FIELDS_MAX,
  S_FIRST_FIELD,
  S_GATHERED,
  S_INDEX,
  S_LINE,
  S_LINE_END,
  S_LINES,
  S_MERGE,
  S_OUT,
  S_ROWS_MAX,
  S_SETTLING,
  S_SORT_ROOM,
  S_SOURCES,
  S_STATES,
  S_VALUES,
  S_VENDORS,
  S_WINDOW,
  SORT_ROOM_BYTES,
  STATE,
  STATE_WORDS,
  VALUES_PER_RECORD,
  VENDORS_BYTES,
  WRITE_PAST,
} from './assembly/places.ts';
import { SETTLE_BYTES } from './assembly/settle-places.ts';

/** Fields of a batch: wider tables are not the kernel's. */
const FIELDS_MAX = 1 << 18;
/** What a buffer for the merged file has. */
export const OUTPUT_BYTES = 256 * 1024;
/** What a window over the published feed, or over its state, has. */
const TABLE_BYTES = 256 * 1024;
const PAGE_BYTES = 65536;
/** Addresses stay positive as signed numbers. */
const MEMORY_MAX = 2 ** 31 - PAGE_BYTES;

/** The kernel's loops. Their arguments are in the words of state. */
export interface KernelLoops {
  /** Finds fields: see `assembly/scan.ts`. */
  scan(): void;
  /** Takes records as rows: see `assembly/rows.ts`. */
  rows(): void;
  /** Sorts the rows of the segment: see `assembly/sort.ts`. */
  sort(): void;
  /** Copies sorted rows, or only their entries: see `assembly/emit.ts`. */
  emit(): void;
  gatherEntries(to: number, most: number): number;
  /** Lists entries of runs in order: see `assembly/gather.ts`. */
  gather(): void;
  /** Writes a row of the merged file: see `assembly/output.ts`. Addresses are places in `Kernel.bytes`. */
  writeRow(to: number, entry: number, vendor: number): number;
  /** Settles listed groups from a place in the list on, and returns the next place: see `assembly/settle.ts`. */
  settle(from: number): number;
  /** The same, compared with what was published: see `assembly/compare.ts`. */
  writeCompared(to: number, entry: number, vendor: number, ending: number): number;
}

/** The arrays of a `RecordBatch`. */
export interface BatchArrays {
  readonly firstField: Int32Array;
  readonly line: Int32Array;
  readonly fault: Uint8Array;
  readonly faultField: Int32Array;
  readonly lineEnd: Uint8Array;
  readonly fieldStart: Int32Array;
  readonly fieldEnd: Int32Array;
  readonly fieldStyle: Uint8Array;
}

/** The arrays of a `Segment`. */
export interface SegmentArrays {
  readonly arena: Uint8Array;
  readonly words: Uint32Array;
  readonly numbers: Float64Array;
  readonly index: Uint32Array;
}

/** Where sorted rows are gathered. */
export interface EmitArrays {
  readonly lines: Uint8Array;
  readonly sources: Uint32Array;
  readonly entries: Uint8Array;
}

/** What the merge works in. */
export interface MergeArrays {
  readonly windows: Uint8Array;
  readonly output: Uint8Array;
  /** Three words for each entry: see `S_GATHERED`. */
  readonly gathered: Uint32Array;
  readonly vendors: Uint8Array;
  /** See `SETTLE_…`. */
  readonly settling: Float64Array;
}

/** What is compared with the merged file: windows over two tables, and ends of lines of the second. */
export interface PublishedArrays {
  readonly feed: Uint8Array;
  readonly states: Uint8Array;
  readonly endings: Uint8Array;
  /** Addresses: see `FEED_CELLS`. */
  readonly cells: Int32Array;
}

/** What the kernel asks in the middle of a row: see `assembly/caller.ts`. Addresses are places in `Kernel.bytes`. */
export interface KernelCaller {
  utcOf(wall: number): number;
  mapSku(from: number, to: number): number;
  keepsRow(record: number): boolean;
  acceptRow(record: number): boolean;
}

export interface KernelSizes {
  /** Bytes of a feed that are in memory at once. */
  windowBytes: number;
  /** Bytes and rows of a segment. */
  arenaBytes: number;
  rowsMax: number;
  /** Bytes of lines and of entries, and 32-bit words of sources, that are gathered at once. */
  linesBytes: number;
  entriesBytes: number;
  sourceWords: number;
  /** Bytes of the windows of all runs of the merge. */
  mergeBytes: number;
}

export class Kernel {
  /** Answers the kernel; set for each file. */
  caller: KernelCaller | null = null;
  readonly loops: KernelLoops;
  /** Words of state: `S_…` of `places.ts`. */
  readonly state: Int32Array;
  /** `N_…` of `places.ts`. */
  readonly numbers: Float64Array;
  /** The whole memory. */
  readonly bytes: Uint8Array;
  readonly window: Uint8Array;
  readonly batch: BatchArrays;
  /** Prepared values of the batch: see `S_VALUES`. */
  readonly values: Float64Array;
  readonly segment: SegmentArrays;
  readonly emit: EmitArrays;
  readonly merge: MergeArrays;
  readonly published: PublishedArrays;

  /** Throws `RangeError` if there is no memory of that size. */
  constructor(module: WebAssembly.Module, sizes: KernelSizes) {
    const plan = planOf(sizes);
    if (plan.end > MEMORY_MAX) throw new RangeError('the memory of a kernel is limited to 2 GiB');
    const memory = new WebAssembly.Memory({ initial: Math.ceil(plan.end / PAGE_BYTES) });
    const { buffer } = memory;
    const answers: KernelCaller = {
      utcOf: (wall) => this.caller?.utcOf(wall) ?? wall,
      mapSku: (from, to) => this.caller?.mapSku(from, to) ?? NOT_MAPPED,
      keepsRow: (record) => this.caller?.keepsRow(record) ?? true,
      acceptRow: (record) => this.caller?.acceptRow(record) ?? true,
    };
    const imports = { env: { memory }, caller: { ...answers } };
    const { exports } = new WebAssembly.Instance(module, imports);
    this.loops = exports as unknown as KernelLoops;
    this.state = new Int32Array(buffer, STATE, STATE_WORDS);
    this.numbers = new Float64Array(buffer, NUMBERS, NUMBERS_COUNT);
    this.bytes = new Uint8Array(buffer);
    for (const [word, { at }] of plan.areas) this.state[word] = at;
    this.state[S_FIELDS_MAX] = FIELDS_MAX;
    this.state[S_ARENA_BYTES] = sizes.arenaBytes;
    this.state[S_ROWS_MAX] = sizes.rowsMax;
    const area = (word: number) => plan.areas.get(word) ?? { at: 0, bytes: 0 };
    const bytes = (word: number, count = area(word).bytes) => new Uint8Array(buffer, area(word).at, count);
    const words = (word: number) => new Uint32Array(buffer, area(word).at, area(word).bytes >> 2);
    const integers = (word: number) => new Int32Array(buffer, area(word).at, area(word).bytes >> 2);
    this.window = bytes(S_WINDOW, sizes.windowBytes);
    this.batch = {
      firstField: integers(S_FIRST_FIELD),
      line: integers(S_LINE),
      fault: bytes(S_FAULT),
      faultField: integers(S_FAULT_FIELD),
      lineEnd: bytes(S_LINE_END),
      fieldStart: integers(S_FIELD_START),
      fieldEnd: integers(S_FIELD_END),
      fieldStyle: bytes(S_FIELD_STYLE),
    };
    this.values = new Float64Array(buffer, area(S_VALUES).at, area(S_VALUES).bytes >> 3);
    this.segment = {
      arena: bytes(S_ARENA),
      words: words(S_ARENA),
      numbers: new Float64Array(buffer, area(S_ARENA).at, area(S_ARENA).bytes >> 3),
      index: words(S_INDEX),
    };
    this.emit = {
      lines: bytes(S_LINES, sizes.linesBytes),
      sources: words(S_SOURCES),
      entries: bytes(S_ENTRIES, sizes.entriesBytes),
    };
    this.merge = {
      windows: bytes(S_MERGE),
      output: bytes(S_OUT, OUTPUT_BYTES),
      gathered: words(S_GATHERED),
      vendors: bytes(S_VENDORS),
      settling: new Float64Array(buffer, area(S_SETTLING).at, SETTLE_BYTES >> 3),
    };
    this.published = {
      feed: bytes(S_FEED, TABLE_BYTES),
      states: bytes(S_STATES, TABLE_BYTES),
      endings: bytes(S_ENDINGS),
      cells: new Int32Array(buffer, FEED_CELLS, FEED_COLUMNS_MAX + 1),
    };
  }
}

interface MemoryPlan {
  /** By the word of state that has the address. */
  areas: Map<number, { at: number; bytes: number }>;
  end: number;
}

function planOf(sizes: KernelSizes): MemoryPlan {
  const areas: MemoryPlan['areas'] = new Map();
  let end = AREAS;
  const add = (word: number, bytes: number) => {
    areas.set(word, { at: end, bytes });
    // an area begins on a cache line
    end = Math.ceil((end + bytes) / 64) * 64;
  };
  add(S_WINDOW, sizes.windowBytes + READ_PAST);
  add(S_FIRST_FIELD, 4 * (RECORDS_MAX + 1));
  for (const word of [S_LINE, S_FAULT_FIELD]) add(word, 4 * RECORDS_MAX);
  for (const word of [S_FAULT, S_LINE_END]) add(word, RECORDS_MAX);
  for (const word of [S_FIELD_START, S_FIELD_END]) add(word, 4 * FIELDS_MAX);
  add(S_FIELD_STYLE, FIELDS_MAX);
  add(S_VALUES, 8 * VALUES_PER_RECORD * RECORDS_MAX);
  add(S_ARENA, sizes.arenaBytes);
  add(S_INDEX, 16 * sizes.rowsMax);
  add(S_SORT_ROOM, SORT_ROOM_BYTES);
  // copies write up to 15 bytes past their end
  add(S_LINES, sizes.linesBytes + WRITE_PAST);
  add(S_SOURCES, 4 * sizes.sourceWords);
  add(S_ENTRIES, sizes.entriesBytes + WRITE_PAST);
  add(S_MERGE, sizes.mergeBytes);
  add(S_OUT, OUTPUT_BYTES + WRITE_PAST);
  add(S_GATHERED, 12 * GATHERED_MAX);
  add(S_VENDORS, VENDORS_BYTES);
  add(S_SETTLING, SETTLE_BYTES);
  for (const word of [S_FEED, S_STATES]) add(word, TABLE_BYTES + READ_PAST);
  add(S_ENDINGS, ENDINGS_BYTES);
  // reads may go past the last area, too
  return { areas, end: end + READ_PAST };
}
