/**
 * Where the kernel and its caller find what they share: words of state, small tables, and their sizes. Plain numbers, which
 * both compilers read: `tsc` for the product and AssemblyScript for the kernel.
 *
 * The first 64 KiB of the memory have fixed places. Behind them are the large areas, whose addresses are words of state.
 */

// ---- fixed places, in bytes
/** 32-bit words: see `S_…`. */
export const STATE = 64;
export const STATE_WORDS = 144;
/** 64-bit floats: see `N_…`. */
export const NUMBERS = 640;
/** By column of the published feed: the address of its cell in the row that was compared last, a word each; the last word is of the byte after the row's end. */
export const FEED_CELLS = 768;
/** By column: the field that is read, or -1. */
export const COLUMN_FIELDS = 1024;
/** By column: address of the first byte of the trimmed cell and of the byte after its last, and its style. */
export const CELL_START = 2048;
export const CELL_END = 3072;
export const CELL_STYLE = 4096;
/** The columns of the texts that an entry carries. */
export const TEXT_COLUMNS = 4352;
/** By column: start and end of a text cell in the line that was just written. */
export const LINE_CELL_START = 5376;
export const LINE_CELL_END = 6400;
/** Tables by byte, from `bytes/sku-signs.ts`, `bytes/sku-words.ts` and `bytes/text-signs.ts`. */
export const TABLE_SKU_KINDS = 7424;
export const TABLE_SKU_STARTS = 7680;
export const TABLE_TEXT_KINDS = 8704;
export const VENDOR_ID = 8960;
/** What the current row's SKU is mapped to. */
export const MAPPED_SKU = 10240;
export const MAPPED_SKU_MAX = 4096;
/** What each column of the merged file is, a word each: see `OUT_TEXTS`. */
export const OUT_COLUMNS = 14336;
/** The bytes of a SKU that the sort looks at first, and for each of them which bytes occur there, a byte each. */
export const SORT_KEY_BYTES = 12;
export const SORT_BYTES_SEEN = 16384;
/** Bits of a digit of the sort, and the room for what bytes weigh and for the counters of a digit. */
export const SORT_DIGIT_BITS = 9;
export const SORT_ROOM_BYTES = 8 * 256 * SORT_KEY_BYTES + (4 << SORT_DIGIT_BITS);
/** The length of each condition, and from the fourth byte on its word. */
export const CONDITION_WORDS = 28672;
export const CONDITION_BYTES = 16;
/** How many titles of the samples have each number of characters, a word each; the last word counts all longer ones. */
export const TITLE_LENGTHS = 29696;
export const TITLE_LENGTHS_MAX = 256;
/** Rows that the caller looks at again: a record and its flags, a word each. */
export const NOTES = 32768;
/** For each run of the merge: addresses of its entry and of the end of its window, its owner and its place in the merge, a word each. */
export const CURSORS = 49152;
export const CURSOR_BYTES = 16;
/** A heap of their numbers, the lowest entry first. */
export const HEAP = 57344;
/** The large areas begin here. */
export const AREAS = 65536;

/** More columns, a longer vendor id or a larger batch, and the kernel is not asked. */
export const COLUMNS_MAX = 250;
export const VENDOR_ID_MAX = 200;
export const RECORDS_MAX = 2048;
/** More runs, more columns of the merged file or longer ids of all vendors together, and the merge is TypeScript's. */
export const CURSORS_MAX = 512;
export const OUT_COLUMNS_MAX = 500;
export const VENDORS_BYTES = 65536;
/** Longer endings of all vendors together, and the comparison is TypeScript's. */
export const ENDINGS_BYTES = 4 * VENDORS_BYTES;
/** Each column is a bit. With more columns, TypeScript compares the rows that are not the same. */
export const FEED_COLUMNS_MAX = 31;
/** Entries that a call gathers at most, and the bytes of one. */
export const GATHERED_MAX = 1024;
export const GATHERED_BYTES_MAX = 16384;
/** Bytes that a copy may write past its end. */
export const WRITE_PAST = 16;
/** From here on a column of the merged file is one of the texts that an entry carries; below, it is a place in `CANONICAL_COLUMNS`. */
export const OUT_TEXTS = 1000;
/**
 * For each record of the batch, a value for each column from `C_QUANTITY` on; -1 is empty, NaN no time. In the place of the brand are
 * bits for the columns whose numbers have three decimals that cannot be thousands.
 */
export const VALUES_PER_RECORD = 10;
/** Bytes that may be read past the end of the window. */
export const READ_PAST = 64;

// ---- words of state
// addresses of the window and of the arrays of a `RecordBatch`
export const S_WINDOW = 0;
export const S_FIELD_START = 1;
export const S_FIELD_END = 2;
export const S_FIELD_STYLE = 3;
export const S_FIRST_FIELD = 4;
export const S_LINE = 5;
export const S_FAULT = 6;
export const S_FAULT_FIELD = 7;
export const S_LINE_END = 8;
export const S_FIELDS_MAX = 9;
// scan: given
export const S_DELIMITER = 10;
/** -1 for none. */
export const S_QUOTE = 11;
export const S_RECORD_BYTES_MAX = 12;
export const S_RECORD_CELLS_MAX = 13;
export const S_SCAN_END = 14;
export const S_SCAN_MOST = 15;
// scan: given and given back
export const S_SCAN_AT = 16;
export const S_SCAN_LINE = 17;
export const S_BATCH_COUNT = 18;
export const S_BATCH_FIELDS = 19;
// addresses of the arrays of a `Segment`
export const S_ARENA = 20;
export const S_ARENA_BYTES = 21;
/** For each row its place and its key: see `Segment`. */
export const S_INDEX = 22;
/** What bytes weigh, and the counters of a digit: see `assembly/sort.ts`. */
export const S_SORT_ROOM = 23;
/** How many rows have the number of the row before them, and how many bytes of their SKUs it has. */
export const S_SORT_SAME = 24;
export const S_SORT_DEPTH = 25;
export const S_ROWS_MAX = 26;
// rows: given once a file
export const S_COLUMNS = 30;
export const S_WIDTH = 31;
export const S_SKU_BYTES_MAX = 32;
/** The quote of which a pair means one in a `QUOTED_DOUBLED` field. */
export const S_BATCH_QUOTE = 33;
export const S_FILE_NUMBER = 34;
export const S_MONEY_DECIMALS = 35;
export const S_VENDOR_ID_LENGTH = 36;
export const S_NUMBERS_OFFSET = 37;
export const S_SKU_OFFSET = 38;
export const S_TEXTS = 39;
export const S_HAS_MSRP = 40;
export const S_HAS_TIME = 41;
/** 1 if a time that names no zone is not in UTC. */
export const S_HAS_ZONE = 42;
/** So many rows without a quantity are shown by the caller. */
export const S_EMPTY_EXAMPLES = 43;
/** So many examples of the rows that filters leave out, and of the first rows that have no mapped SKU. */
export const S_EXAMPLES = 45;
/** A longer cell of an extra column is the caller's. */
export const S_EXTRA_BYTES_MAX = 44;
/** 1 if cells without quotes are numbers that a sheet stores. */
export const S_STORES_NUMBERS = 46;
/** By column, a bit: its values are prepared, in the area `S_VALUES`. */
export const S_PREPARED = 47;
export const S_VALUES = 48;
// rows: given
export const S_FROM = 50;
export const S_TO = 51;
/** Line less row number of the last row; with `S_ANY_SHIFT` it may change. */
export const S_SHIFT = 52;
export const S_ANY_SHIFT = 53;
/** 1 if the caller is asked: `keepsRow`, `mapSku`, `acceptRow`. */
export const S_HAS_FILTERS = 55;
export const S_HAS_SKU_MAP = 56;
export const S_HAS_CHECKS = 57;
/** The longest SKU that the SKU map gives. */
export const S_MAPPED_BYTES_MAX = 58;
/** 1 if currencies are looked at in the rows that are samples. */
export const S_NOTES_SAMPLES = 54;
// rows: given and given back
export const S_USED = 60;
export const S_ROWS = 61;
export const S_RECORDS = 62;
export const S_VALID_ROWS = 63;
export const S_EMPTY_QUANTITIES = 64;
export const S_TOTAL_ROWS = 65;
export const S_MAPPED_ROWS = 90;
export const S_SKIPPED_ROWS = 91;
/** The characters of the longest title of the samples, and of how many titles of that length the caller was told. */
export const S_TITLE_LONGEST = 123;
export const S_TITLES_TOLD = 124;
// rows: given back
export const S_SKU_KINDS = 66;
export const S_NOTES = 67;
/** By column, a bit: a number had no three decimals, or had three that cannot be thousands. */
export const S_OTHER_FORMS = 68;
export const S_CLEAR_FORMS = 69;
// sort and emit
export const S_ORDER = 75;
export const S_LINES = 76;
export const S_LINES_USED = 77;
export const S_LINES_MAX = 78;
export const S_SOURCES = 79;
/** In sources, of three words each. */
export const S_SOURCES_USED = 80;
export const S_SOURCES_MAX = 81;
export const S_ENTRIES = 82;
export const S_ENTRIES_USED = 83;
/** -1 to copy none. */
export const S_ENTRIES_MAX = 84;
export const S_NEXT = 85;
/** The lines' length from which on the next line is sampled. */
export const S_NEXT_SAMPLE = 86;
/** Nothing: it keeps the compiler from dropping reads. */
export const S_TOUCHED = 88;

// ---- gather: areas, counts
/** Windows of the runs. */
export const S_MERGE = 99;
export const S_RUNS = 100;
/** A group of more entries is the caller's. */
export const S_GROUP_MAX = 101;
/** The address of each entry, and its owner, with `FIRST_OF_GROUP`, a word each. */
export const S_GATHERED = 102;
export const S_GATHERED_COUNT = 103;
export const FIRST_OF_GROUP = 0x40000000;
// ---- output
export const S_OUT = 104;
export const S_OUT_COLUMNS = 105;
export const S_OUT_DECIMALS = 106;
/** The vendors' ids: for each the address of its first byte, and of the byte after its last, a word each, and then the bytes. */
export const S_VENDORS = 107;
// ---- compare: areas for parts of the published feed and of its state, and what of them is next
export const S_FEED = 108;
export const S_FEED_AT = 109;
export const S_FEED_END = 110;
export const S_STATES = 111;
export const S_STATES_AT = 112;
export const S_STATES_END = 113;
/**
 * What follows a SKU in its line of the state: for each the address of its first byte, and of the byte after its last, a word each. A
 * place for each vendor, for SKUs that only this one has; the place behind them is for several vendors. Then come the bytes.
 */
export const S_ENDINGS = 114;
/** What the comparison of the last row came to: `COMPARED_…`. */
export const S_COMPARED = 119;
/** A bit for each column whose cell changed in the row. */
export const S_CHANGED_COLUMNS = 120;
/** The bytes of its line in the state. */
export const S_LINE_BYTES = 121;
/** Rows that were passed as the same, and how many of them have stock. */
export const S_SAME_ROWS = 115;
export const S_SAME_IN_STOCK = 116;
/** 1 if one of them has quotes. */
export const S_SAME_QUOTED = 122;
/** The SKU of the last row that was passed, in the state. */
export const S_SAME_SKU_START = 117;
export const S_SAME_SKU_END = 118;

// ---- settle: the area, and what is given
/** Where `SETTLE_…` are. */
export const S_SETTLING = 125;
/** How many of `SETTLE_STEPS` and `SETTLE_ORDER` there are. */
export const S_STEP_NUMBERS = 126;
export const S_ORDER_NUMBERS = 127;
/** 1 if the winner's MAP is a floor of its price. */
export const S_ENFORCES_MAP = 128;
/** Before so many offers are passed, no page of rows begins. */
export const S_PAGE_OFFERS = 129;
/** Rows go to this address, until one is at `S_OUT_ENOUGH` or behind it. */
export const S_OUT_AT = 130;
export const S_OUT_ENOUGH = 131;
/** Findings of which the kernel may count more: bits of `FOUND_…`. */
export const S_COUNTED_FINDINGS = 132;
// settle: given back
export const S_SETTLED_ROWS = 133;

// ---- what a comparison comes to
/** Nothing is known of the row. */
export const COMPARED_OTHER = 0;
/** The window over one of the tables ended before that. */
export const COMPARED_SHORT = 1;
/** The same row was published, with the same vendors. It is passed. */
export const COMPARED_SAME = 2;
/** The SKU was published with the same vendors, and other cells. Nothing is passed. */
export const COMPARED_CHANGED = 3;
/** Neither table has the SKU. */
export const COMPARED_NEW = 4;

/** The run's clock, seconds. */
export const N_NOW = 0;
// ---- the current row, for `acceptRow`
export const N_QUANTITY = 1;
export const N_LEAD_TIME = 2;
export const N_COST = 3;
export const N_MAP_PRICE = 4;
export const N_PRICE = 5;
export const N_MSRP = 6;
export const N_UPDATED_AT = 7;
/** What the merged file shows for rows without a time, and without a lead time (-1 for none). */
export const N_OUT_NOW = 8;
export const N_OUT_LEAD_TIME = 9;
/** The quantity of the row that is written, and its price in units of the file's decimals. */
export const N_OUT_QUANTITY = 10;
export const N_OUT_PRICE = 11;
/** The published price (in the same units) and quantity of a row that changed; -1 without such a column. */
export const N_PUBLISHED_PRICE = 12;
export const N_PUBLISHED_QUANTITY = 13;
export const NUMBERS_COUNT = 14;
export const S_ROW_CONDITION = 92;
export const S_ROW_LINE = 93;
export const S_ROW_NUMBER = 98;
/** Addresses of the SKU, and 1 if it is mapped. */
export const S_ROW_SKU_START = 94;
export const S_ROW_SKU_END = 95;
export const S_ROW_IS_MAPPED = 96;
export const S_ROW_SKU_KINDS = 97;

// ---- answers of `mapSku`
export const NOT_MAPPED = -1;
export const LONG_SKU = -2;

// ---- flags of a note
/** The SKU is odd, or may be a word. */
export const NOTE_SKU = 1;
export const NOTE_DATE = 2;
/** The row is a sample. */
export const NOTE_SAMPLE = 4;
/** No title of the samples before was longer. */
export const NOTE_TITLE = 8;

// ---- values that hardly any vendor means: see `normalize/odd-values.ts`
/** From here on, a quantity of nines alone is odd. */
export const QUANTITY_NINES = 99999;
/** Quantities from here on are odd: barcodes and dates, too. */
export const QUANTITY_MAX = 9999999;
/** Days: two years. */
export const LEAD_TIME_MAX = 730;
/** 2000-01-01, in seconds. */
export const TIME_MIN = 946684800;
/** Two days, in seconds: clocks and zones differ. */
export const TIME_AHEAD = 172800;
export const ODD_QUANTITY = 1;
export const ODD_LEAD_TIME = 2;
export const ODD_TIME = 4;
export const ODD_COST = 8;
export const ODD_SAME = 16;
/** Only of columns that the kernel does not read. */
export const ODD_TWO_TIMES = 32;
/** A note has the record, and what is odd above it. Batches have fewer records. */
export const NOTE_ODD_SHIFT = 16;

// ---- columns, by their place in `CANONICAL_COLUMNS`
export const C_SKU = 0;
export const C_VENDOR_SKU = 1;
export const C_VENDOR_ID = 2;
export const C_QUANTITY = 3;
export const C_LEAD_TIME = 4;
export const C_COST = 5;
export const C_MAP_PRICE = 6;
export const C_PRICE = 7;
export const C_MSRP = 8;
export const C_CONDITION = 9;
export const C_BRAND = 10;
export const C_TITLE = 11;
export const C_UPDATED_AT = 12;
/** Extra columns follow. */
export const C_EXTRA = 13;

// ---- what the product's own modules say too; `kernel.test.ts` compares them
export const STYLE_PLAIN = 0;
export const STYLE_QUOTED = 1;
export const STYLE_QUOTED_DOUBLED = 2;
export const FAULT_NONE = 0;
export const FAULT_FILTERED_OUT = 3;
export const END_LF = 1;
export const END_CR = 2;
export const END_CRLF = 3;
export const KIND_ODD = 1;
export const KIND_NUMBER_SIGN = 2;
export const KIND_SMALL = 8;
export const KIND_SPACE = 16;
export const KINDS_DOUBTFUL = 7;
export const WORD_START_ANY = 1;
export const WORD_BYTES_MAX = 60;
export const TEXT_CONTROL = 1;
export const DITTO_BYTES_MAX = 6;
export const NO_VALUE_BYTES_MAX = 40;
/** `#VALEUR!` */
export const NO_VALUE_MARK_BYTES_MAX = 8;
export const TEXT_BYTES_MAX = 1000;
export const SAMPLED_ROWS = 10000;
export const SAMPLED_MASK = 7;
/** Bytes of a row's line and entry apart from its texts. */
export const ROW_FIXED_BYTES = 1024;
export const ENTRY_CONDITION_BITS = 7;
export const ENTRY_SKU_APART = 8;
export const ENTRY_FILE_SHIFT = 4;
