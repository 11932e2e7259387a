/**
 * A simple, slow implementation of the contract's section 8, with maps of whole feeds and one rule after the other. It shares no
 * code with the engine. Where the contract leaves room, it follows `docs/PUBLISHING.md`.
 */
import type { Action, FileInput, Memory, OracleDecision, Published, PublishSettings } from './publish-types.ts';
import { type Config, D, type Money, type Row } from './types.ts';
import { byCodePoint, cellsOf, csvOf, decimalsOf, writeMoney } from './write.ts';

export interface PublishInput {
  config: Config & PublishSettings;
  candidate: readonly Row[];
  /** Valid rows by vendor. */
  offers: ReadonlyMap<string, readonly Row[]>;
  refused: ReadonlySet<string>;
  unread: ReadonlySet<string>;
  published: Published | null;
  decisions: ReadonlyMap<string, OracleDecision>;
  forced: boolean;
  runId: string;
  /** The file of each vendor in the run. */
  files: ReadonlyMap<string, FileInput>;
  /** Seconds. */
  now: number;
  /** Age in seconds of the oldest feed in use; null if there is none. */
  age: number | null;
}

export interface PublishResult {
  feed: string;
  rows: Record<string, string>[];
  delta: string;
  holds: string;
  vanished: string;
  tripped: string[];
  next: Published;
}

export function publishFeed(input: PublishInput): PublishResult {
  const { config, published, forced, now } = input;
  const columns = config.output.columns;
  const decimals = decimalsOf(config.default_currency);
  const rules = config.publish?.holds;
  const before = published?.rows ?? new Map<string, Record<string, string>>();
  const memory = published?.memory ?? null;
  const candidate = new Map(input.candidate.map((row) => [row.sku, row]));
  const offering = (sku: string) =>
    [...input.offers]
      .filter(([, rows]) => rows.some((row) => row.sku === sku))
      .map(([id]) => id)
      .sort(byCodePoint);

  const out = new Map<string, Record<string, string>>();
  const next = new Map<string, Memory>();
  const delta: string[][] = [];
  const holds: string[][] = [];
  const vanished: string[][] = [];
  const tell = (change: string, row: Record<string, string>, old: Record<string, string> | undefined) =>
    delta.push([change, ...columns.map((c) => row[c] ?? ''), old?.price ?? '', old?.quantity_available ?? '']);

  for (const sku of [...new Set([...candidate.keys(), ...before.keys()])].sort(byCodePoint)) {
    const row = candidate.get(sku);
    const old = before.get(sku);
    const was = memory?.get(sku);
    if (row === undefined) {
      vanish(sku, old!, was);
      continue;
    }
    const cells = cellsOf(row, columns, decimals);
    const price = writeMoney(row.price!, decimals);
    const held = forced || rules === undefined ? null : holdOf({ sku, row, price, old, was });
    if (held === null) {
      out.set(sku, cells);
      next.set(sku, { vendors: offering(sku), state: '', runs: 0, price: '', earlier: '' });
      if (old === undefined) tell('added', cells, undefined);
      else if (columns.some((c) => c in old && old[c] !== cells[c])) tell('changed', cells, old);
      continue;
    }
    const runs = was?.state === 'held' || was?.state === 'new' ? was.runs + 1 : 1;
    next.set(sku, {
      vendors: offering(sku),
      state: old === undefined ? 'new' : 'held',
      runs,
      price,
      earlier: held.earlier,
    });
    if (!held.silent) {
      const landed = row.landed ?? row.cost;
      const cost = landed === null ? '' : writeMoney(landed, decimals);
      const shown = old === undefined ? '' : writeMoney(new D(old.price!), decimals);
      holds.push([sku, held.reason, shown, price, cost, row.vendor_id, String(runs)]);
    }
    if (old === undefined) continue;
    const kept = { ...cells, price: writeMoney(new D(old.price!), decimals) };
    out.set(sku, kept);
    tell('held', kept, old);
  }

  function vanish(sku: string, old: Record<string, string>, was: Memory | undefined): void {
    const vendors = was?.vendors ?? [];
    let reason: 'removed' | 'rejected' | 'unavailable' | 'unpriced' = 'removed';
    if (offering(sku).length > 0) reason = 'unpriced';
    if (vendors.some((id) => input.unread.has(id))) reason = 'unavailable';
    if (input.refused.has(sku)) reason = 'rejected';
    const settings = config.publish?.vanished ?? {};
    const usual = reason === 'removed' ? 'zero' : 'keep';
    let action: Action = config.publish === undefined ? 'drop' : (settings[reason] ?? usual);
    const kept = was?.state === 'kept' ? was.runs : 0;
    if (action === 'keep' && kept >= (settings.keep_runs ?? 3)) action = settings.then ?? 'zero';
    vanished.push([sku, reason, action, vendors.join(' '), String(action === 'keep' ? kept + 1 : 0)]);
    const carried = Object.fromEntries(columns.map((c) => [c, old[c] ?? '']));
    if (action === 'zero') carried.quantity_available = '0';
    tell({ drop: 'removed', zero: 'zeroed', keep: 'kept' }[action], carried, old);
    if (action === 'drop') return;
    out.set(sku, carried);
    const zeroed = was?.state === 'zeroed' ? was.runs + 1 : 1;
    const state = action === 'keep' ? 'kept' : 'zeroed';
    next.set(sku, { vendors, state, runs: action === 'keep' ? kept + 1 : zeroed, price: '', earlier: '' });
  }

  interface Wanting {
    sku: string;
    row: Row;
    price: string;
    old: Record<string, string> | undefined;
    was: Memory | undefined;
  }

  function holdOf({ sku, row, price, old, was }: Wanting): { reason: string; silent: boolean; earlier: string } | null {
    const amount = new D(price);
    const usualReference = old?.price ? new D(old.price) : null;
    if (old !== undefined && usualReference === null) return null;
    const reasonOf = (reference: Money | null, isNew: boolean, minds: boolean): string | null => {
      if (reference !== null && !amount.eq(reference)) {
        const limit = amount.gt(reference) ? rules!.price_rise_pct : rules!.price_drop_pct;
        const moved = amount.minus(reference).abs();
        if (limit !== undefined && moved.gt(reference.times(new D(String(limit)))))
          return amount.gt(reference) ? 'price_rise' : 'price_drop';
      }
      if (rules!.below_cost && minds && (row.landed ?? row.cost)?.gt(amount)) return 'below_cost';
      return isNew && rules!.new_sku === 'hold' && published !== null ? 'new_sku' : null;
    };
    const reason = reasonOf(usualReference, old === undefined, true);
    const decided = input.decisions.get(sku);
    const isOver = decided !== undefined && decided.expires_at !== '' && Date.parse(decided.expires_at) / 1000 <= now;
    const decision = isOver ? undefined : decided;
    const wasHeld = was?.state === 'held' || was?.state === 'new';
    const isBeside = published !== null && published.runId !== null && decision?.baselineRunId === published.runId;
    // a decision on a SKU that went out since is done with: it says nothing about the hold that begins now
    const isOld = wasHeld && was.earlier !== '' && was.earlier === decision?.run_id;
    const counts = decision !== undefined && ((wasHeld && !isOld) || memory === null || isBeside);
    const beginsAnew = !wasHeld && (was?.state ?? '') === '' && !counts;
    const earlier = wasHeld ? was.earlier : beginsAnew ? (decision?.run_id ?? '') : '';
    const isThatPrice = decision !== undefined && new D(decision.price).eq(amount);
    if (counts && decision.decision === 'reject' && isThatPrice && (wasHeld || reason !== null))
      return { reason: reason ?? 'decision', silent: true, earlier };
    if (reason === null) return null;
    if (decision?.decision !== 'accept') return { reason, silent: false, earlier };
    const minds = amount.lt(new D(decision.price));
    const left = counts
      ? reasonOf(new D(decision.price), false, minds)
      : reasonOf(usualReference, old === undefined, minds);
    return left === null ? null : { reason: left, silent: false, earlier };
  }

  const vendorRows = Object.fromEntries([...input.offers].map(([id, rows]) => [id, rows.length]));
  return {
    feed: csvOf([columns, ...[...out.values()].map((row) => columns.map((c) => row[c] ?? ''))]),
    rows: [...out.values()],
    delta: csvOf([['_change', ...columns, '_previous_price', '_previous_quantity'], ...delta]),
    holds: csvOf([['sku', 'reason', 'published_price', 'candidate_price', 'cost', 'vendor_id', 'held_runs'], ...holds]),
    vanished: csvOf([['sku', 'reason', 'action', 'vendors', 'kept_runs'], ...vanished]),
    tripped: forced ? [] : trippedOf(input, holds.length, vendorRows),
    next: { columns: [...columns], rows: out, memory: next, vendorRows, runId: input.runId, files: input.files },
  };
}

/** What a shop with the former feed must import to follow a rollback: SKUs that only the former feed has go to 0. */
export function rollbackDelta(columns: readonly string[], former: Published['rows'], now: Published['rows']): string {
  const rows: string[][] = [['_change', ...columns, '_previous_price', '_previous_quantity']];
  for (const sku of [...new Set([...former.keys(), ...now.keys()])].sort(byCodePoint)) {
    const [old, row] = [former.get(sku), now.get(sku)];
    const shown = row ?? { ...old, quantity_available: '0' };
    const isOther = (c: string) => c in (old ?? {}) && old?.[c] !== row?.[c];
    const changed = old !== undefined && row !== undefined && columns.some(isOther);
    const change = old === undefined ? 'added' : row === undefined ? 'zeroed' : changed ? 'changed' : null;
    if (change === null) continue;
    rows.push([change, ...columns.map((c) => shown[c] ?? ''), old?.price ?? '', old?.quantity_available ?? '']);
  }
  return csvOf(rows);
}

/** The names of the limits that are exceeded. */
function trippedOf(input: PublishInput, held: number, vendorRows: Record<string, number>): string[] {
  const { config, candidate, published, age } = input;
  const limits = config.guardrails ?? {};
  const tripped: string[] = [];
  const exceeds = (part: number, whole: number, limit: number | string | undefined) =>
    limit !== undefined && new D(part).gt(new D(whole).times(new D(String(limit))));
  const check = (name: string, isExceeded: boolean) => {
    if (isExceeded && !tripped.includes(name)) tripped.push(name);
  };
  if (published !== null) {
    const old = [...published.rows.values()];
    check('max_sku_drop_pct', exceeds(old.length - candidate.length, old.length, limits.max_sku_drop_pct));
    const stock = old.filter((row) => BigInt(row.quantity_available || '0') > 0n).length;
    const now = candidate.filter((row) => row.quantity_available > 0n).length;
    if (published.columns.includes('quantity_available'))
      check('max_in_stock_drop_pct', exceeds(stock - now, stock, limits.max_in_stock_drop_pct));
    const median = medianChange(input);
    const limit = limits.max_median_price_change_pct;
    check('max_median_price_change_pct', limit !== undefined && median?.gt(new D(String(limit))) === true);
    for (const [id, rows] of Object.entries(vendorRows)) {
      const isOptional = config.vendors.find((one) => one.vendor_id === id)?.required === false;
      if (isOptional && input.unread.has(id)) continue;
      const had = published.vendorRows?.[id] ?? 0;
      check('max_vendor_row_drop_pct', exceeds(had - rows, had, limits.max_vendor_row_drop_pct));
    }
  }
  const hours = limits.stale_after_hours;
  check('stale_after_hours', hours !== undefined && age !== null && age > hours * 3600);
  check('min_skus', limits.min_skus !== undefined && candidate.length < limits.min_skus);
  check('max_held_pct', exceeds(held, candidate.length, config.publish?.holds?.max_held_pct));
  return tripped;
}

function medianChange({ candidate, published, config }: PublishInput): Money | null {
  const decimals = decimalsOf(config.default_currency);
  const changes = candidate.flatMap((row): Money[] => {
    const text = published?.rows.get(row.sku)?.price;
    if (!text) return [];
    const old = new D(text);
    const moved = new D(writeMoney(row.price!, decimals)).minus(old).abs();
    if (old.isZero()) return [moved.isZero() ? new D(0) : new D(Number.POSITIVE_INFINITY)];
    return [moved.div(old)];
  });
  changes.sort((a, b) => a.cmp(b));
  if (changes.length === 0) return null;
  const middle = changes.length >> 1;
  return changes.length % 2 === 1 ? changes[middle]! : changes[middle]!.plus(changes[middle - 1]!).div(2);
}
