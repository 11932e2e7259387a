/** Compares any two feeds that are sorted by SKU, in one pass. */
import { RelayError } from '../../../errors.ts';
import type { MoneyDecimals } from '../../../money/currencies.ts';
import type { ByteSink, ByteSource, EngineLimits } from '../../../ports/engine.ts';
import { NONE, unitsAt } from '../tables/cells.ts';
import { LineBuffer } from '../tables/line-buffer.ts';
import { SortedRows } from '../tables/sorted-rows.ts';
import { Differ, type DiffReport } from './differ.ts';

export interface ComparedFeed {
  /** For messages. */
  name: string;
  format: 'csv' | 'jsonl';
  source: ByteSource;
}

export interface DiffFeedsOptions {
  before: ComparedFeed;
  after: ComparedFeed;
  moneyDecimals: MoneyDecimals;
  limits: Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'>;
  /**
   * For a rollback: lists SKUs that the newer feed lacks in the delta with quantity 0, so that a shop takes them off
   * sale.
   */
  zeroesRemoved?: boolean;
  /** Takes the delta; null if nobody wants it. */
  delta: ByteSink | null;
  /** Sees the current rows of each SKU; null for the feed that lacks it. */
  watch?: (before: SortedRows | null, after: SortedRows | null) => void;
  /** See `DifferOptions`. */
  uncounted?: ReadonlySet<string> | undefined;
  signal?: AbortSignal | undefined;
}

export interface FeedsDiff extends DiffReport {
  rows: { before: number; after: number };
}

/** Throws `invalid_input` for a feed that is not sorted by SKU, each once. */
export async function diffFeeds(options: DiffFeedsOptions): Promise<FeedsDiff> {
  const { limits, moneyDecimals, delta, zeroesRemoved = false, watch = () => {}, signal, uncounted } = options;
  const open = ({ source, name, format }: ComparedFeed) => SortedRows.open(source, { name, format, limits });
  const before = await open(options.before);
  const after = await open(options.after);
  const columns = after.columns.length === 0 ? before.columns : after.columns;
  const older = before.columns.length === 0 ? null : before.columns;
  const differ = new Differ({ columns, before: older, moneyDecimals, uncounted });
  const join = new FeedJoin({ before, after, differ, moneyDecimals, zeroesRemoved, watch });
  try {
    while (!join.run()) {
      if (signal?.aborted === true) throw new RelayError('CANCELLED', 'the comparison was cancelled');
      await before.refill();
      await after.refill();
      const lines = differ.delta.take();
      await delta?.write(lines);
    }
    await delta?.write(differ.delta.take());
  } finally {
    await before.close();
    await after.close();
  }
  return { rows: { before: before.rows, after: after.rows }, ...differ.report() };
}

interface JoinParts {
  before: SortedRows;
  after: SortedRows;
  differ: Differ;
  moneyDecimals: MoneyDecimals;
  zeroesRemoved: boolean;
  watch: NonNullable<DiffFeedsOptions['watch']>;
}

class FeedJoin {
  readonly #before: SortedRows;
  readonly #after: SortedRows;
  readonly #differ: Differ;
  readonly #decimals: MoneyDecimals;
  readonly #zeroesRemoved: boolean;
  readonly #watch: JoinParts['watch'];
  readonly #line = new LineBuffer();

  constructor(parts: JoinParts) {
    this.#before = parts.before;
    this.#after = parts.after;
    this.#differ = parts.differ;
    this.#decimals = parts.moneyDecimals;
    this.#zeroesRemoved = parts.zeroesRemoved;
    this.#watch = parts.watch;
  }

  /** False if one of the feeds must be refilled first; true at the end. */
  run(): boolean {
    const before = this.#before;
    const after = this.#after;
    for (;;) {
      if (!(before.isReady || before.isEnded) || !(after.isReady || after.isEnded)) return false;
      if (before.isEnded && after.isEnded) return true;
      const order = this.#order();
      this.#watch(order <= 0 ? before : null, order >= 0 ? after : null);
      if (order < 0) this.#remove();
      else if (order > 0) this.#write('added', null);
      else this.#compare();
      if (order <= 0) before.advance();
      if (order >= 0) after.advance();
    }
  }

  /** Negative if the older feed's SKU comes first, positive if the newer one's does. */
  #order(): number {
    const { sku, skuStart, skuEnd } = this.#after;
    if (this.#before.isEnded) return 1;
    if (this.#after.isEnded) return -1;
    return this.#before.compare(sku.subarray(skuStart, skuEnd), skuEnd - skuStart);
  }

  #remove(): void {
    this.#line.used = 0;
    this.#differ.rowOf(this.#before, this.#line, this.#zeroesRemoved);
    this.#differ.write(this.#zeroesRemoved ? 'zeroed' : 'removed', this.#row(), this.#before);
  }

  #write(change: 'added' | 'changed', before: SortedRows | null): void {
    this.#fill();
    this.#differ.write(change, this.#row(), before);
  }

  #compare(): void {
    const before = this.#before;
    const after = this.#after;
    const previous = unitsAt(before, before.indexOf('price'), this.#decimals);
    const price = unitsAt(after, after.indexOf('price'), this.#decimals);
    if (previous !== NONE && price !== NONE) this.#differ.priceMoved(previous, price, () => this.#sku());
    this.#fill();
    if (this.#differ.differs(before, this.#line.bytes, 0, this.#line.used)) this.#write('changed', before);
    else this.#differ.counts.unchanged++;
  }

  /** Writes the newer feed's row as CSV. */
  #fill(): void {
    this.#line.used = 0;
    for (let i = 0; i < this.#after.columns.length; i++) {
      if (i > 0) this.#line.byte(0x2c);
      this.#after.writeCell(this.#line, i);
    }
  }

  #row(): { bytes: Uint8Array; from: number; to: number } {
    return { bytes: this.#line.bytes, from: 0, to: this.#line.used };
  }

  #sku(): string {
    return this.#after.text(this.#after.indexOf('sku'));
  }
}
