/**
 * Adds figures to a past run whose feed lacks their columns: runs its own config once more on its own inputs, to get
 * the cost and MAP of each winner. The prices stay those of the past feed.
 */
import { ACCEPTED_BEFORE, checkConfig } from '../../config/check.ts';
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { type ByteSource, DEFAULT_LIMITS } from '../../ports/engine.ts';
import { PATHS } from '../artifacts.ts';
import { LineBuffer } from '../publish/tables/line-buffer.ts';
import { FOUND, NEEDS_REFILL, SortedRows } from '../publish/tables/sorted-rows.ts';
import { type Engine, runPipeline } from '../run.ts';
import type { SimulationArtifacts } from './artifacts.ts';
import { FIGURE_COLUMNS } from './figures.ts';
import type { SimulationOrder } from './order.ts';
import { pastRequest } from './past-request.ts';

export interface PastFeed {
  format: 'csv' | 'jsonl';
  source: ByteSource;
  /** Columns that its feed does not have. */
  added: readonly string[];
}

/**
 * The past run's feed with the columns of the figures. Returns the feed unchanged if it has them, or if they cannot be
 * had: its config does not pass today's check, a plugin has another version here, or the run does not succeed again.
 * Throws errors of the environment.
 */
export async function pastFeed(
  engine: Engine,
  order: SimulationOrder,
  artifacts: SimulationArtifacts,
): Promise<PastFeed> {
  const { feed } = order.past;
  const asItIs = { ...feed, added: [] };
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  const rows = await SortedRows.open(feed.source, { name: nameOf(order), format: feed.format, limits });
  const { columns } = rows;
  await rows.close();
  const added = FIGURE_COLUMNS.filter((column) => !columns.includes(column));
  if (added.length === 0 || columns.length === 0) return asItIs;
  const figures = await runAgain(engine, order, artifacts);
  if (figures === null) return asItIs;
  const open = () => joined({ ...feed, name: nameOf(order) }, { source: figures, columns: added }, limits);
  return { format: 'csv', source: { name: nameOf(order), size: null, open }, added };
}

function nameOf({ past }: SimulationOrder): string {
  return `the feed of run ${past.manifest.run_id}`;
}

/** Null if the run cannot be repeated here. */
async function runAgain(
  engine: Engine,
  order: SimulationOrder,
  artifacts: SimulationArtifacts,
): Promise<ByteSource | null> {
  const { past } = order;
  const isOther = ({ kind, id, version }: (typeof past.plugins)[number]) =>
    engine.registry.find(kind as 'parser', id)?.manifest.version !== version;
  if (past.plugins.some(isOther)) return null;
  const checked = checkConfig(past.rawConfig, engine.registry, ACCEPTED_BEFORE);
  if (!checked.ok) return null;
  const again = { config: withFigures(checked.config), rawConfig: past.rawConfig, decisions: null };
  const outcome = await runPipeline(engine, pastRequest(order, artifacts, again));
  const { error } = outcome;
  // an unreachable store says nothing about the run
  if (error instanceof RelayError && (error.code === 'CANCELLED' || error.recovery === 'retry')) throw error;
  return outcome.status === 'SUCCEEDED' ? artifacts.source(PATHS.merged('csv')) : null;
}

/** The config with the figures' columns, and without publishing and expectations, which do not matter here. */
function withFigures(config: TenantConfig): TenantConfig {
  const { publish: _publish, guardrails: _guardrails, ...rest } = config;
  const output = {
    ...config.output,
    format: 'csv' as const,
    columns: ['sku' as const, ...FIGURE_COLUMNS],
    exports: [],
  };
  return { ...rest, expect: [], output };
}

interface JoinedFigures {
  source: ByteSource;
  columns: readonly string[];
}

/** The rows of a feed, joined with columns of another feed that has the same SKUs. */
async function* joined(
  feed: { source: ByteSource; format: 'csv' | 'jsonl'; name: string },
  figures: JoinedFigures,
  limits: typeof DEFAULT_LIMITS,
): AsyncGenerator<Uint8Array> {
  const rows = await SortedRows.open(feed.source, { name: feed.name, format: feed.format, limits });
  const others = await SortedRows.open(figures.source, { name: feed.name, limits });
  const places = figures.columns.map((column) => others.indexOf(column));
  const line = new LineBuffer();
  try {
    line.text(`${[...rows.columns, ...figures.columns].join(',')}\n`);
    for (;;) {
      if (!rows.isReady && !rows.isEnded) await rows.refill();
      if (rows.isEnded) break;
      const found = others.seek(rows.sku.subarray(rows.skuStart, rows.skuEnd), rows.skuEnd - rows.skuStart);
      if (found === NEEDS_REFILL) {
        await others.refill();
        continue;
      }
      for (let i = 0; i < rows.columns.length; i++) {
        if (i > 0) line.byte(COMMA);
        rows.writeCell(line, i);
      }
      for (const place of places) {
        line.byte(COMMA);
        if (found === FOUND) others.writeCell(line, place);
      }
      line.byte(LF);
      rows.advance();
      if (line.isFull) yield line.take().slice();
    }
    yield line.take().slice();
  } finally {
    await rows.close();
    await others.close();
  }
}

const COMMA = 0x2c;
const LF = 0x0a;
