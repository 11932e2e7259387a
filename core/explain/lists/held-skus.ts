/** Finds the SKUs of a list whose prices wait, and what goes out in their place: one pass over the state, and one over the feed. */
import { toBytes } from '../../bytes/text.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import { FOUND, NEEDS_REFILL, SortedRows } from '../../pipeline/publish/tables/sorted-rows.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../../ports/engine.ts';
import type { RunFacts } from '../offers/replay.ts';
import { isMissing, runSource } from '../run-files/reading.ts';
import type { ListedSku } from './listed-sku.ts';

/** The SKUs must come in their order. None waits of a run without `publish`, nor of one that failed and so has no feed. */
export async function withHeld(
  facts: RunFacts,
  limits: Partial<EngineLimits>,
  skus: readonly ListedSku[],
): Promise<ListedSku[]> {
  const names = new Set(skus.map(({ sku }) => sku));
  const states = await cellsAt(facts, limits, { path: PATHS.publishState, column: 'state', skus: names });
  const waiting = new Set(
    [...(states ?? [])].filter(([, state]) => state === 'held' || state === 'new').map(([sku]) => sku),
  );
  const prices = await cellsAt(facts, limits, {
    path: PATHS.merged(facts.config.output.format),
    column: 'price',
    skus: waiting,
  });
  if (prices === null) return [...skus];
  return skus.map((entry) => {
    return waiting.has(entry.sku) ? { ...entry, held: { published_price: prices.get(entry.sku) ?? null } } : entry;
  });
}

interface HeldSkusWanted {
  path: string;
  column: string;
  skus: ReadonlySet<string>;
}

/** The cells of the SKUs that the table has; null if there is no such table. */
async function cellsAt(
  { files, config }: RunFacts,
  limits: Partial<EngineLimits>,
  { path, column, skus }: HeldSkusWanted,
): Promise<ReadonlyMap<string, string> | null> {
  const cells = new Map<string, string>();
  if (skus.size === 0) return cells;
  const format = path === PATHS.merged(config.output.format) ? config.output.format : 'csv';
  const options = { name: path, format, limits: { ...DEFAULT_LIMITS, ...limits } };
  const rows = await SortedRows.open(runSource(files, path, null), options).catch(nullIfMissing);
  if (rows === null) return null;
  try {
    const at = rows.indexOf(column);
    for (const sku of skus) {
      const bytes = toBytes(sku);
      let found = rows.seek(bytes, bytes.length);
      for (; found === NEEDS_REFILL; found = rows.seek(bytes, bytes.length)) await rows.refill();
      if (found === FOUND && at >= 0) cells.set(sku, rows.text(at));
    }
  } finally {
    await rows.close();
  }
  return cells;
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
