/**
 * Writes the files of `output.exports`: the published feed, or its delta, in the formats of output plugins. Each is a pass over what
 * the run has just written, so the merge pays nothing for them and a row in a shop is exactly the row of the feed.
 */
import type { CanonicalColumn, ExtraColumn } from '../../canonical.ts';
import { pluginFailed } from '../../errors.ts';
import type { FeedFormat, OutputChange, OutputRow } from '../../plugin.ts';
import { answerName, hookFailure } from '../../plugin-call.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { PATHS, writing } from '../artifacts.ts';
import type { NamedExport } from '../bind.ts';
import type { RunContext } from '../run-context.ts';
import { integerAt } from './cells.ts';
import { CHANGES } from './differ.ts';
import { SortedRows } from './sorted-rows.ts';

/** Characters that are gathered before they are written. */
const CHUNK_CHARS = 32 * 1024;

/** Without a delta (a run over some vendors has none), the exports of deltas are not written. */
export async function writeExports(
  context: RunContext,
  exports: readonly NamedExport[],
  { hasDelta }: { hasDelta: boolean },
): Promise<void> {
  const { artifacts, config } = context.request;
  for (const one of exports) {
    if (one.content === 'delta' && !hasDelta) continue;
    const path = one.content === 'delta' ? PATHS.delta : PATHS.merged(config.output.format);
    const format = one.content === 'delta' ? 'csv' : config.output.format;
    const rows = await SortedRows.open(artifacts.source(path), { name: path, format, limits: context.limits });
    try {
      await writing(artifacts, PATHS.export(one.name, one.format.extension), (sink) =>
        writeExport(one, rows, sink, (count) => context.tick({ type: 'exported', name: one.name, rows: count })),
      );
    } finally {
      await rows.close();
    }
  }
}

/** `rows`: a feed, or a delta with the column `_change`. */
export function writeExport(
  one: NamedExport,
  rows: SortedRows,
  sink: ByteSink,
  onProgress: (rows: number) => void = () => {},
): Promise<void> {
  return new Export(one, rows, onProgress).writeTo(sink);
}

class Export {
  readonly #named: NamedExport;
  readonly #rows: SortedRows;
  readonly #onProgress: (rows: number) => void;
  readonly #encoder = new TextEncoder();

  constructor(named: NamedExport, rows: SortedRows, onProgress: (rows: number) => void) {
    this.#named = named;
    this.#rows = rows;
    this.#onProgress = onProgress;
  }

  async writeTo(sink: ByteSink): Promise<void> {
    const { format } = this.#named;
    const rows = this.#rows;
    const row = new RowView(rows);
    let text = format.head === undefined ? '' : this.#textOf('head', () => format.head?.());
    while (!rows.isEnded) {
      while (rows.isReady && text.length < CHUNK_CHARS) {
        text += this.#rowText(format, row);
        rows.advance();
      }
      await sink.write(this.#encoder.encode(text));
      this.#onProgress(rows.rows);
      text = '';
      await rows.refill();
    }
    if (format.foot !== undefined) text += this.#textOf('foot', () => format.foot?.());
    await sink.write(this.#encoder.encode(text));
  }

  /** Once per row: no closure unless it fails. */
  #rowText(format: FeedFormat, row: OutputRow): string {
    let answer: unknown;
    try {
      answer = format.row(row);
    } catch (error) {
      throw pluginFailed(this.#what('row', row.sku), error);
    }
    if (typeof answer === 'string') return answer;
    throw pluginFailed(this.#what('row', row.sku), `it returned ${answerName(answer)}; it must return a text, at once`);
  }

  #textOf(hook: 'head' | 'foot', call: () => unknown): string {
    let answer: unknown;
    try {
      answer = call();
    } catch (error) {
      throw pluginFailed(this.#what(hook), error);
    }
    if (typeof answer === 'string') return answer;
    throw pluginFailed(this.#what(hook), `it returned ${answerName(answer)}; it must return a text, at once`);
  }

  #what(hook: string, sku?: string): string {
    const place = sku === undefined ? '' : `SKU "${sku.slice(0, 100)}"`;
    return hookFailure(`${hook}()`, { kind: 'output', id: this.#named.id }, place);
  }
}

/** The current row; one object for all rows. */
class RowView implements OutputRow {
  readonly #rows: SortedRows;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #change: number;
  readonly #quantity: number;

  constructor(rows: SortedRows) {
    this.#rows = rows;
    this.#columns = new Map(rows.columns.map((column, i) => [column, i]));
    this.#change = rows.indexOf('_change');
    this.#quantity = rows.indexOf('quantity_available');
  }

  get change(): OutputChange | null {
    const word = this.#rows.text(this.#change);
    return CHANGES.find((change) => change === word) ?? null;
  }

  get sku(): string {
    return this.#rows.text(this.#columns.get('sku') ?? -1);
  }

  get quantity(): number {
    return this.change === 'removed' ? 0 : Math.max(0, integerAt(this.#rows, this.#quantity));
  }

  text(column: CanonicalColumn | ExtraColumn): string | null {
    if (column === 'quantity_available' && this.change === 'removed') return '0';
    const text = this.#rows.text(this.#columns.get(column) ?? -1);
    return text === '' ? null : text;
  }
}
