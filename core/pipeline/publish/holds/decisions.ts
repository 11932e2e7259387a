/**
 * A tenant's decisions on held prices, as the service keeps them: `tenants/<id>/decisions.csv` has a row for each SKU,
 * sorted like `holds.csv`. Taking a decision joins that table with the holds of a run and rewrites it in one
 * conditional write: decisions have one order, and none is lost or half taken. Runs copy the table before they read it.
 * See decision 0020.
 */
import { compareBytes } from '../../../bytes/compare.ts';
import { csvLine, toBytes } from '../../../bytes/text.ts';
import { RelayError } from '../../../errors.ts';
import type { ByteSource, EngineLimits } from '../../../ports/engine.ts';
import { DECISION_COLUMNS } from '../../../ports/publishing.ts';
import type { ArtifactStore, ObjectSink } from '../../../ports/service/objects.ts';
import { nearestSku } from '../../../text/suggest.ts';
import { pinnedSource } from '../../publications.ts';
import { LineBuffer } from '../tables/line-buffer.ts';
import { SortedRows } from '../tables/sorted-rows.ts';
import { hasExpired } from './holds.ts';

export const DECISION_TABLE_COLUMNS = [...DECISION_COLUMNS, 'decided_at'] as const;

export function decisionsKey(tenantId: string): string {
  return `tenants/${tenantId}/decisions.csv`;
}

export interface NewDecision {
  runId: string;
  /** The run of the baseline; empty if there was none. */
  baselineRunId: string;
  /** `holds.csv` of the run, whose prices are decided on. */
  holdsKey: string;
  /** Null means every SKU that the run holds. */
  skus: readonly string[] | null;
  decision: 'accept' | 'reject';
  reason: string;
  /** ISO 8601. */
  expiresAt: string | null;
  decidedAt: string;
}

export interface DecisionLimits extends Pick<EngineLimits, 'recordBytesMax' | 'windowBytes'> {
  /** The most SKUs for which a tenant may have decisions. */
  decisionsMax: number;
}

export type DecisionResult =
  /** `count`: how many prices were decided on. */
  | { status: 'taken'; count: number }
  /**
   * The run does not hold these SKUs. `near`: for the first ones, a similar SKU that it holds, or null. Nothing was
   * decided.
   */
  | { status: 'unknown'; skus: string[]; near: Array<string | null> }
  /** The tenant would have too many decisions. Nothing was decided. */
  | { status: 'full' };

/** Few decisions are taken at the same time: each comes from a person or their program. */
const TRIES_MAX = 20;
/** The most SKUs from which a suggestion is chosen. */
const HELD_SHOWN = 1000;
/** The most unknown SKUs that get a suggestion. */
const SUGGESTED_MAX = 10;

/** Replaces earlier decisions on the same SKUs and drops those that have expired. */
export async function takeDecision(
  store: ArtifactStore,
  tenantId: string,
  decision: NewDecision,
  limits: DecisionLimits,
): Promise<DecisionResult> {
  const key = decisionsKey(tenantId);
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      return await replaceTable(store, key, decision, limits);
    } catch (error) {
      // somebody else decided at the same moment: try again
      if (!(error instanceof RelayError) || error.code !== 'precondition_failed') throw error;
    }
  }
  throw new RelayError('store_busy', 'others decided all the time', { recovery: 'retry' });
}

async function replaceTable(
  store: ArtifactStore,
  key: string,
  decision: NewDecision,
  limits: DecisionLimits,
): Promise<DecisionResult> {
  const etag = (await store.head(key))?.etag ?? null;
  const table = await SortedRows.open(etag === null ? EMPTY : pinnedSource(store, key, etag), {
    name: 'the table of decisions',
    limits,
  });
  const holds = await SortedRows.open(pinnedSource(store, decision.holdsKey, null), {
    name: decision.holdsKey,
    limits,
  });
  const condition = etag === null ? { ifNoneMatch: true as const } : { ifMatch: etag };
  const sink = await store.write(key, { contentType: 'text/csv; charset=utf-8', ...condition });
  try {
    const result = await new Taking(decision, limits, { table, holds, sink }).run();
    if (result.status === 'taken' && result.count > 0) await sink.close();
    else await sink.abort();
    return result;
  } catch (error) {
    await sink.abort();
    throw error;
  } finally {
    await table.close();
    await holds.close();
  }
}

const EMPTY: ByteSource = {
  name: 'no decisions',
  size: null,
  async *open() {
    yield toBytes(csvLine(DECISION_TABLE_COLUMNS));
  },
};

interface Tables {
  table: SortedRows;
  holds: SortedRows;
  sink: ObjectSink;
}

/** Joins the table and the holds, in one pass. */
class Taking {
  readonly #table: SortedRows;
  readonly #holds: SortedRows;
  readonly #sink: ObjectSink;
  readonly #rowsMax: number;
  readonly #wanted: WantedSkus | null;
  readonly #line = new LineBuffer();
  /** Positions of the columns of a kept row. */
  readonly #columns: number[];
  readonly #expires: number;
  readonly #price: number;
  readonly #now: number;
  /** The cells of a new row before and after its price. */
  readonly #before: Uint8Array;
  readonly #after: Uint8Array;
  readonly #held: string[] = [];
  #rows = 0;
  #count = 0;

  constructor(decision: NewDecision, { decisionsMax }: DecisionLimits, { table, holds, sink }: Tables) {
    const { runId, baselineRunId, expiresAt, reason, decidedAt, skus } = decision;
    this.#table = table;
    this.#holds = holds;
    this.#sink = sink;
    this.#rowsMax = decisionsMax;
    this.#wanted = skus === null ? null : new WantedSkus(skus);
    this.#columns = DECISION_TABLE_COLUMNS.map((column) => table.indexOf(column));
    this.#expires = table.indexOf('expires_at');
    this.#price = holds.indexOf('candidate_price');
    this.#now = Math.floor(Date.parse(decidedAt) / 1000);
    this.#before = toBytes(`,${decision.decision},`);
    this.#after = toBytes(`,${csvLine([runId, expiresAt ?? '', reason, baselineRunId, decidedAt])}`);
  }

  async run(): Promise<DecisionResult> {
    const table = this.#table;
    const holds = this.#holds;
    this.#line.text(csvLine(DECISION_TABLE_COLUMNS));
    for (;;) {
      if (!table.isReady && !table.isEnded) await table.refill();
      if (!holds.isReady && !holds.isEnded) await holds.refill();
      if (table.isEnded && holds.isEnded) break;
      this.#next();
      if (this.#rows > this.#rowsMax) return { status: 'full' };
      if (this.#line.isFull) await this.#sink.write(this.#line.take());
    }
    await this.#sink.write(this.#line.take());
    const unknown = this.#wanted?.missing() ?? [];
    if (unknown.length > 0) {
      const near = unknown.slice(0, SUGGESTED_MAX).map((sku) => nearestSku(sku, this.#held));
      return { status: 'unknown', skus: unknown, near };
    }
    return { status: 'taken', count: this.#count };
  }

  /** Moves past the first SKU in both tables. */
  #next(): void {
    const table = this.#table;
    const holds = this.#holds;
    const order = this.#order();
    if (order >= 0 && this.#isWanted()) this.#decide();
    else if (order <= 0) this.#keep();
    if (order <= 0) table.advance();
    if (order >= 0) holds.advance();
  }

  /** Negative if the table's SKU comes first, positive if the held one does. */
  #order(): number {
    if (this.#table.isEnded) return 1;
    if (this.#holds.isEnded) return -1;
    const { sku, skuStart, skuEnd } = this.#holds;
    return this.#table.compare(sku.subarray(skuStart, skuEnd), skuEnd - skuStart);
  }

  #isWanted(): boolean {
    if (this.#wanted === null) return true;
    if (this.#held.length < HELD_SHOWN) this.#held.push(this.#holds.text(this.#holds.indexOf('sku')));
    return this.#wanted.take(this.#holds);
  }

  #decide(): void {
    this.#holds.writeCell(this.#line, this.#holds.indexOf('sku'));
    this.#line.raw(this.#before);
    this.#holds.writeCell(this.#line, this.#price);
    this.#line.raw(this.#after);
    this.#count++;
    this.#rows++;
  }

  #keep(): void {
    if (hasExpired(this.#table.text(this.#expires), this.#now)) return;
    for (const [i, column] of this.#columns.entries()) {
      if (i > 0) this.#line.byte(0x2c);
      // the table may be older than the column
      if (column >= 0) this.#table.writeCell(this.#line, column);
    }
    this.#line.byte(0x0a);
    this.#rows++;
  }
}

/** The SKUs of a request, in the order of the holds. */
class WantedSkus {
  readonly #skus: Array<{ sku: string; bytes: Uint8Array }>;
  readonly #missing: string[] = [];
  #at = 0;

  constructor(skus: readonly string[]) {
    this.#skus = [...new Set(skus)].map((sku) => ({ sku, bytes: toBytes(sku) }));
    this.#skus.sort((a, b) => compareBytes(a.bytes, b.bytes));
  }

  /** True if the current SKU of the holds is wanted. Call it for each of them. */
  take(holds: SortedRows): boolean {
    for (;;) {
      const next = this.#skus[this.#at];
      if (next === undefined) return false;
      const order = holds.compare(next.bytes, next.bytes.length);
      if (order < 0) return false;
      this.#at++;
      if (order === 0) return true;
      this.#missing.push(next.sku);
    }
  }

  /** The SKUs that are not held; call it at the end. */
  missing(): string[] {
    return [...this.#missing, ...this.#skus.slice(this.#at).map(({ sku }) => sku)];
  }
}
