/**
 * Writes the files of `output.exports`: the published feed, or its delta, in the formats of output plugins. Each is a
 * pass over the file that the run has just written. So the merge pays nothing for them, and a shop's row is exactly the
 * feed's row.
 */
import { CANONICAL_COLUMNS, type CanonicalColumn, type ExtraColumn } from '../../canonical.ts';
import { pluginFailed } from '../../errors.ts';
import { refuseUnknownMembers } from '../../known-members.ts';
import type { FeedFormat, OutputChange, OutputRow } from '../../plugin.ts';
import { answerName, hookFailure } from '../../plugin-call.ts';
import type { ByteSink } from '../../ports/engine.ts';
import { didYouMean } from '../../text/suggest.ts';
import { PATHS, writing } from '../artifacts.ts';
import type { NamedExport } from '../bind.ts';
import { CHANGES } from '../publish/diff/differ.ts';
import { integerAt } from '../publish/tables/cells.ts';
import { SortedRows } from '../publish/tables/sorted-rows.ts';
import type { RunContext } from '../run-context.ts';

/** Characters that are gathered before they are written. */
const CHUNK_CHARS = 32 * 1024;

/** Skips exports of the delta if there is none, as in a run over some vendors. */
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
    const row = new ExportedRow(rows, this.#named.extraColumns);
    let text = this.#textOf('head');
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
    text += this.#textOf('foot');
    await sink.write(this.#encoder.encode(text));
  }

  /** Called once per row; makes a closure only if it fails. */
  #rowText(format: FeedFormat, current: ExportedRow): string {
    const row = new ExportedRowView(current);
    let answer: unknown;
    try {
      answer = format.row(row);
    } catch (error) {
      throw pluginFailed(this.#what('row', row.sku), error);
    } finally {
      current.view = null;
    }
    if (typeof answer === 'string') return answer;
    throw pluginFailed(
      this.#what('row', current.sku),
      `it returned ${answerName(answer)}; it must return a text, at once`,
    );
  }

  /** Empty if the format has no such hook. */
  #textOf(hook: 'head' | 'foot'): string {
    const { format } = this.#named;
    if (format[hook] === undefined) return '';
    let answer: unknown;
    try {
      answer = format[hook]();
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

/** The current row, and the view of it that a plugin gets; one object serves all rows. */
class ExportedRow {
  view: ExportedRowView | null = null;
  readonly #rows: SortedRows;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #known: ReadonlySet<string>;
  readonly #change: number;
  readonly #sku: number;
  readonly #quantity: number;

  constructor(rows: SortedRows, extraColumns: readonly ExtraColumn[]) {
    this.#rows = rows;
    this.#columns = new Map(rows.columns.map((column, i) => [column, i]));
    this.#known = new Set([...CANONICAL_COLUMNS, ...extraColumns]);
    this.#change = rows.indexOf('_change');
    this.#sku = rows.indexOf('sku');
    this.#quantity = rows.indexOf('quantity_available');
  }

  get change(): OutputChange | null {
    const word = this.#rows.text(this.#change);
    return CHANGES.find((change) => change === word) ?? null;
  }

  get sku(): string {
    return this.#rows.text(this.#sku);
  }

  get quantity(): number {
    return this.change === 'removed' ? 0 : Math.max(0, integerAt(this.#rows, this.#quantity));
  }

  /** Throws for a column that no feed of the tenant can have. */
  text(column: string): string | null {
    if (column === 'quantity_available' && this.change === 'removed') return '0';
    const text = this.#rows.text(this.#columns.get(column) ?? -1);
    if (text === '' && !this.#known.has(column)) throw new Error(noColumn(column, this.#known));
    return text === '' ? null : text;
  }
}

function noColumn(column: unknown, known: Iterable<string>): string {
  const name = String(column);
  return `row.text(${JSON.stringify(name)}): no such column, neither canonical nor in extra_columns${didYouMean(name, known)}`;
}

/** What a plugin gets for one call. Used after its call it throws: it would show another row. */
class ExportedRowView implements OutputRow {
  readonly #current: ExportedRow;

  constructor(current: ExportedRow) {
    this.#current = current;
    current.view = this;
  }

  get #row(): ExportedRow {
    if (this.#current.view === this) return this.#current;
    throw new Error('the row is good during the call that gets it: copy what is needed later');
  }

  get change(): OutputChange | null {
    return this.#row.change;
  }

  get sku(): string {
    return this.#row.sku;
  }

  get quantity(): number {
    return this.#row.quantity;
  }

  text(column: CanonicalColumn | ExtraColumn): string | null {
    return this.#row.text(column);
  }
}

refuseUnknownMembers('a row of a feed', ExportedRowView);
