/**
 * Applies corrected rows to a feed. A patch is a rejects report (`reports/rejects/<vendor>.csv`) in which somebody
 * corrected cells. It replaces just these rows, in exactly the file that they were refused from. The corrected copy is
 * read in place of that file. A row whose cells nobody has changed stays as it came. See decision 0029.
 */
import { toText } from '../../bytes/text.ts';
import { trimText } from '../../bytes/trim.ts';
import { RelayError } from '../../errors.ts';
import type { PreparedFeed } from '../../plugin.ts';
import type { ByteSource, EngineLimits, FoundPatch } from '../../ports/engine.ts';
import { WELL_FORMED } from '../../scan/batch.ts';
import { recordCells } from '../../scan/cells.ts';
import { dialectOf } from '../../scan/dialect.ts';
import { scanFeed } from '../../scan/feed.ts';
import { Scanner } from '../../scan/scanner.ts';
import { LineEditor, type Replacement } from './line-editor.ts';

/** The columns that a rejects report has after the feed's own. */
export const REJECT_COLUMNS = ['_error_code', '_column', '_value', '_reason', '_row_number'] as const;

export interface PatchOptions {
  feed: PreparedFeed;
  patch: FoundPatch;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
}

export interface AppliedPatch {
  rows: number;
  /** The corrected feed, as UTF-8 with a byte order mark. */
  open(): AsyncGenerator<Uint8Array>;
}

/** Throws `invalid_input` if the patch does not belong to this feed. */
export async function applyPatch(options: PatchOptions): Promise<AppliedPatch> {
  const { feed, patch, limits } = options;
  if (feed.text === undefined)
    throw unusable(
      patch,
      'the feed is a workbook, or its parser makes rows with its own code: correct the file itself',
    );
  const { rows, width } = await replacements(options);
  const newEditor = () => new LineEditor(rows, { layout: feed.layout, width, recordBytesMax: limits.recordBytesMax });
  return { rows: rows.length, open: () => patched(feed, newEditor()) };
}

/** `width`: the columns of the feed; -1 if the patch is empty. */
async function replacements({
  feed,
  patch,
  limits,
}: PatchOptions): Promise<{ rows: readonly Replacement[]; width: number }> {
  const places = await placesOf(patch.rows);
  const found = new Map<number, Replacement>();
  const scanner = new Scanner(dialectOf(feed.layout), limits.recordBytesMax);
  // biome-ignore lint/style/noNonNullAssertion: the batch's counts bound its records
  const chunks = feed.text!.decode(patch.source);
  let width = -1;
  for await (const { window, batch } of scanFeed(chunks, scanner, { windowBytes: limits.windowBytes, skipLines: 0 })) {
    for (let record = 0; record < batch.count; record++) {
      const cells = recordCells(window, batch, record);
      const line = batch.line[record];
      if (cells.every((cell) => trimText(cell) === '')) continue;
      if (batch.fault[record] !== WELL_FORMED) throw unusable(patch, `line ${line} has a quote in the wrong place`);
      const last = cells.splice(-REJECT_COLUMNS.length).map(trimText);
      if (width < 0) {
        width = cells.length;
        if (REJECT_COLUMNS.every((column, i) => last[i] === column)) continue;
        throw unusable(patch, `its header does not end with ${REJECT_COLUMNS.join(', ')}, in the feed's own delimiter`);
      }
      const number = Number(last.at(-1));
      const place = places.get(number);
      if (place === undefined)
        throw unusable(patch, `line ${line}: "${last.at(-1)}" is not the number of a row that the run refused`);
      if (found.has(number)) throw unusable(patch, `line ${line}: row ${number} is there twice`);
      found.set(number, { ...place, cells });
    }
  }
  return { rows: [...found.values()].sort((a, b) => a.from - b.from), width };
}

async function placesOf(source: ByteSource): Promise<Map<number, { from: number; to: number }>> {
  const places = new Map<number, { from: number; to: number }>();
  let rest = '';
  for await (const chunk of source.open()) {
    const lines = (rest + toText(chunk, 0, chunk.length)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [row = 0, from = 0, to = 0] = line.split(',').map(Number);
      if (row > 0) places.set(row, { from, to });
    }
  }
  return places;
}

async function* patched(feed: PreparedFeed, editor: LineEditor): AsyncGenerator<Uint8Array> {
  // the mark makes readers take it for UTF-8, whatever encoding the config declares
  yield Uint8Array.of(0xef, 0xbb, 0xbf);
  for await (const chunk of feed.open()) yield editor.take(chunk as Uint8Array);
  yield editor.end();
}

function unusable({ run_id }: FoundPatch, why: string): RelayError {
  return new RelayError('invalid_input', `the patch of rows that run ${run_id} refused cannot be used: ${why}`);
}
