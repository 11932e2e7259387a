/**
 * `reports/rejects/<vendor>.csv`: a vendor's refused rows as they arrived, with what is wrong with each, to be
 * corrected and given back as a patch. It is made at the end of a run from `errors.json` and the rows that were kept
 * while the feeds were read. If rows could not be kept, the feed is read again. `<vendor>.rows.csv` says where each row
 * is in the feed. See decision 0028.
 */
// biome-ignore-all lint/style/noNonNullAssertion: the batch's counts bound records and fields
import { textLines } from '../../bytes/lines.ts';
import { toBytes, toText } from '../../bytes/text.ts';
import { RelayError } from '../../errors.ts';
import type { RowEntry, VendorEntry } from '../../issue.ts';
import type { ByteSink, ByteSource } from '../../ports/engine.ts';
import { isFeedError } from '../../run-codes.ts';
import { PLAIN, RecordBatch, WELL_FORMED } from '../../scan/batch.ts';
import { cellText } from '../../scan/cells.ts';
import { dialectOf } from '../../scan/dialect.ts';
import { Scanner } from '../../scan/scanner.ts';
import { scanWhole } from '../../scan/whole-text.ts';
import { PATHS, writing } from '../artifacts.ts';
import { REJECT_COLUMNS } from '../fetch/patch.ts';
import { type RowText, rowTextOf } from '../fetch/row-text.ts';
import type { FetchedVendor, NamedFeed } from '../fetch/vendor-fetch.ts';
import type { RefusedTexts } from '../normalize/checks/refused-texts.ts';
import { extraSources } from '../normalize/columns/extra-columns.ts';
import { FeedStart } from '../normalize/feed/feed-start.ts';
import { applyPreamble, PreambleBytes } from '../normalize/feed/preamble.ts';
import { feedBatches } from '../normalize/feed/row-feed.ts';
import { BrokenRows } from '../normalize/rows/broken-rows.ts';
import { Refusals } from '../normalize/rows/refusals.ts';
import type { RunContext } from '../run-context.ts';

export const REJECT_ROW_COLUMNS = ['row_number', 'line', 'next_line'] as const;

/** What is kept of an entry of `errors.json`. */
type RejectedRow = Pick<RowEntry, 'error_code' | 'row_number' | 'line' | 'column' | 'value' | 'reason'>;

/** For vendors as they were fetched: a file that was finally not used may be corrected too. */
export async function writeRejects(
  context: RunContext,
  fetched: readonly FetchedVendor[],
  kept: ReadonlyMap<NamedFeed, RefusedTexts>,
): Promise<void> {
  if (!context.errors.exists) return;
  const refused = await refusedRows(context.request.artifacts.source(PATHS.errors));
  for (const vendor of fetched) {
    const { feeds } = vendor;
    if (feeds === null || feeds instanceof RelayError) continue;
    for (const feed of feeds) {
      const rows = refused.get(fileKey(vendor.vendor.vendor_id, feed.file));
      if (rows !== undefined) await new VendorRejects(context, vendor, feed).write(rows, kept.get(feed) ?? null);
    }
  }
}

function fileKey(vendorId: string, file: string | null | undefined): string {
  return `${vendorId}/${file ?? ''}`;
}

/**
 * The entries of rows, by vendor and file. Entries after one about the whole vendor belong to the file read in its
 * place.
 */
async function refusedRows(source: ByteSource): Promise<Map<string, RejectedRow[]>> {
  const found = new Map<string, RejectedRow[]>();
  const ended = new Set<string>();
  for await (const lines of textLines(source.open())) {
    for (const line of lines) {
      if (!line.startsWith('{')) continue;
      const entry = JSON.parse(line.replace(/,$/, '')) as RowEntry | VendorEntry;
      if (!('row_number' in entry)) ended.add(entry.vendor_id);
      else if (!ended.has(entry.vendor_id)) {
        const { error_code, row_number, line: at, column, value, reason } = entry;
        const place = fileKey(entry.vendor_id, entry.file);
        const rows = found.get(place) ?? [];
        found.set(place, rows);
        rows.push({ error_code, row_number, line: at, column, value, reason });
      }
    }
  }
  return found;
}

class VendorRejects {
  readonly #context: RunContext;
  readonly #vendor: FetchedVendor;
  readonly #named: NamedFeed;
  readonly #text: RowText;
  #encode: (text: string) => Uint8Array = toBytes;
  #pending = '';
  #places = `${REJECT_ROW_COLUMNS.join(',')}\n`;

  constructor(context: RunContext, vendor: FetchedVendor, named: NamedFeed) {
    this.#context = context;
    this.#vendor = vendor;
    this.#named = named;
    // rows that are no text of a file, such as those of a workbook, are written as CSV
    this.#text = rowTextOf(named.feed.text === undefined ? null : named.feed.layout);
  }

  async write(rows: readonly RejectedRow[], kept: RefusedTexts | null): Promise<void> {
    const { artifacts } = this.#context.request;
    const { vendor_id } = this.#vendor.vendor;
    const { file, feed } = this.#named;
    const name = file === null ? vendor_id : `${vendor_id}.${file}`;
    if (feed.text !== undefined) {
      this.#encode = await feed.text.encoder();
      // spreadsheets recognize these encodings only by their mark
      if (/utf-(16|32)/.test(feed.encoding)) this.#pending = '\ufeff';
    }
    await writing(artifacts, PATHS.rejects(name), (sink) =>
      kept === null ? this.#writeRows(sink, rows) : this.#writeKept(sink, rows, kept),
    );
    if (feed.text === undefined) return;
    await writing(artifacts, PATHS.rejectRows(name), async (sink) => sink.write(toBytes(this.#places)));
  }

  async #writeRows(sink: ByteSink, rows: readonly RejectedRow[]): Promise<void> {
    let next = 0;
    /** The row whose end is not known yet. */
    let open: RejectedRow | null = null;
    for await (const { window, batch, first, start } of this.#records()) {
      if (start !== null) this.#pending += `${this.#text.line([...start, ...REJECT_COLUMNS])}`;
      for (let record = first; record < batch.count; record++) {
        const line = batch.line[record]!;
        if (open !== null) this.#note(open, line);
        open = null;
        const row = rows[next];
        if (row === undefined) break;
        if (row.line !== line) continue;
        next++;
        open = row;
        this.#add(window, batch, record, row);
      }
      await this.#flush(sink);
    }
    if (open !== null) this.#note(open, 0);
    await this.#flush(sink);
  }

  /** Like `#writeRows`, for rows whose texts were kept. There are as many as `errors.json` lists, or more. */
  async #writeKept(
    sink: ByteSink,
    rows: readonly RejectedRow[],
    { header, width, rows: texts }: RefusedTexts,
  ): Promise<void> {
    this.#width = width;
    this.#pending += this.#text.line([...header, ...REJECT_COLUMNS]);
    const { recordBytesMax, recordCellsMax } = this.#context.limits;
    const scanner = new Scanner(dialectOf(this.#named.feed.layout), recordBytesMax, recordCellsMax);
    const batch = new RecordBatch(2);
    for (const [i, row] of rows.entries()) {
      const { bytes, line, nextLine } = texts[i]!;
      const window = scanWhole(scanner, bytes, batch);
      if (line !== row.line || batch.count !== 1)
        throw new Error('assertion failed: a refused row that was kept is one record');
      this.#add(window, batch, 0, row);
      this.#note(row, nextLine);
    }
    await this.#flush(sink);
  }

  #note({ row_number, line }: RejectedRow, nextLine: number): void {
    this.#places += `${row_number},${line},${nextLine}\n`;
  }

  #add(window: Uint8Array, batch: RecordBatch, record: number, row: RejectedRow): void {
    const cells: string[] = [];
    const isRaw = this.#named.feed.text !== undefined && batch.fault[record] === WELL_FORMED && this.#text.keepsRaw;
    for (let field = batch.firstField[record]!; field < batch.firstField[record + 1]!; field++) {
      cells.push(isRaw ? this.#rawCell(window, batch, field) : this.#text.cell(cellText(window, batch, field)));
    }
    while (cells.length < this.#width) cells.push('');
    const { error_code, column, value, reason, row_number } = row;
    const added = [error_code, column ?? '', value ?? '', reason, String(row_number)];
    this.#pending += this.#text.joined([...cells, ...added.map((cell) => this.#text.cell(cell))]);
  }

  /** As the feed has it, quotes included. */
  #rawCell(window: Uint8Array, batch: RecordBatch, field: number): string {
    const text = toText(window, batch.fieldStart[field]!, batch.fieldEnd[field]!);
    return batch.fieldStyle[field] === PLAIN ? text : this.#text.quoted(text);
  }

  async #flush(sink: ByteSink): Promise<void> {
    const bytes = this.#encode(this.#pending);
    this.#pending = '';
    await sink.write(bytes);
  }

  #width = 0;

  /** The records of the feed, read as the run read them; `start` has the names of the columns, once. */
  async *#records(): AsyncGenerator<{ window: Uint8Array; batch: RecordBatch; first: number; start: string[] | null }> {
    const { limits, request } = this.#context;
    const { vendor } = this.#vendor;
    const { feed } = this.#named;
    const { skipLines, header } = feed.layout;
    const dialect = dialectOf(feed.layout);
    const newScanner = () => new Scanner(dialect, limits.recordBytesMax, limits.recordCellsMax);
    const scanner = newScanner();
    const skipped = new PreambleBytes();
    const { batches } = await feedBatches(feed, {
      ...{ windowBytes: limits.windowBytes, skipLines, headerFirst: header },
      onSkipped: (bytes) => skipped.add(bytes),
      ...{ scanner, refusals: new Refusals() },
    });
    let started: FeedStart | null = null;
    let broken: BrokenRows | null = null;
    let isOpen = false;
    try {
      for await (const { window, batch } of batches) {
        if (started === null) {
          const { layout } = applyPreamble(feed.layout, skipped.lines(), newScanner());
          const extras = extraSources(request.config.extra_columns, vendor.parser.column_map, layout);
          started = new FeedStart(layout, {
            ...{ vendorId: vendor.vendor_id, extras, recordBytesMax: limits.recordBytesMax },
          });
        }
        let first = 0;
        let start: string[] | null = null;
        if (!isOpen) {
          const found = feed.fields === undefined ? started.read(window, batch) : started.withHeader(feed.fields);
          if (found === null) continue;
          isOpen = true;
          scanner.width = found.columns.width;
          // without a header, the first row says how many columns there are
          this.#width = found.columns.width || fieldCount(batch, found.next);
          broken = BrokenRows.of({ width: found.columns.width, lineEnd: found.lineEnd }, limits.recordBytesMax);
          first = found.next;
          start = found.header.length > 0 ? [...found.header] : positions(this.#width);
        }
        yield { ...(broken === null ? { window, batch, first } : broken.pass(window, batch, first)), start };
      }
      const rest = broken?.end() ?? null;
      if (rest !== null) yield { ...rest, start: null };
    } catch (error) {
      // the rows before the fault are in errors.json
      if (!isFeedError(error)) throw error;
    }
  }
}

function fieldCount({ firstField }: RecordBatch, record: number): number {
  return firstField[record + 1]! - firstField[record]!;
}

function positions(width: number): string[] {
  return Array.from({ length: width }, (_, i) => `#${i}`);
}
