/**
 * Why rows differ between two runs: runs the older config on the newer inputs, at the newer run's clock. A row that is then as in the newer
 * feed has changed by its inputs, one that is as in the older feed by something else, and any other by both.
 */
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { DEFAULT_LIMITS, type RunInputs, type Scratch } from '../../ports/engine.ts';
import { PATHS } from '../artifacts.ts';
import { SortedRows } from '../publish/sorted-rows.ts';
import { type Engine, runPipeline } from '../run.ts';
import { SimulationArtifacts } from './artifacts.ts';
import { asBaseline, PastInputs, type PastRun, pastDecisions } from './past-run.ts';

export interface AttributionOrder {
  before: PastRun;
  after: PastRun;
  /** The older run's, checked. */
  config: TenantConfig;
  /** Where side files are found that the newer run did not read. */
  today: Pick<RunInputs, 'sideFile'>;
  scratch: Scratch;
}

export const ROW_CAUSES = ['feed', 'other', 'both'] as const;
export type RowCause = (typeof ROW_CAUSES)[number];

export interface Attribution {
  /** Rows that were added, removed or changed: by their inputs alone, by something else alone, by both. */
  counts: Record<RowCause, number>;
  /** The first of each, in order of the SKUs. */
  first: Array<{ sku: string; cause: RowCause }>;
}

const FIRST_MAX = 50;

/** Throws `invalid_input` if the older config makes no feed of the newer inputs. */
export async function attributeChanges(engine: Engine, order: AttributionOrder): Promise<Attribution> {
  const { before, after, config, today, scratch } = order;
  const artifacts = new SimulationArtifacts(scratch);
  const { rawConfig } = before;
  const { manifest } = after;
  try {
    const outcome = await runPipeline(engine, {
      runId: manifest.run_id,
      config: { ...config, output: { ...config.output, exports: [] } },
      rawConfig,
      configVersion: before.manifest.config_version,
      now: Math.floor(Date.parse(manifest.generated_at) / 1000),
      inputs: new PastInputs(after, { rawConfig, artifacts, today }),
      artifacts,
      scratch,
      publishing: { baseline: asBaseline(before), decisions: pastDecisions(before), force: null },
    });
    if (outcome.error_code === 'internal_error') throw outcome.error;
    if (outcome.status !== 'SUCCEEDED') {
      const what = `the config of run ${before.manifest.run_id} makes no feed of the inputs of run ${manifest.run_id}`;
      throw new RelayError('invalid_input', `${what}: ${outcome.error_code}: ${outcome.error_message}`);
    }
    const { format } = config.output;
    const mixed = { format, source: artifacts.source(PATHS.merged(format)) };
    return await causesOfRows([before.feed, after.feed, mixed], { ...DEFAULT_LIMITS, ...engine.limits });
  } finally {
    await artifacts.dispose();
  }
}

type Feed = PastRun['feed'];

async function causesOfRows(feeds: readonly [Feed, Feed, Feed], limits: typeof DEFAULT_LIMITS): Promise<Attribution> {
  const found: Attribution = { counts: { feed: 0, other: 0, both: 0 }, first: [] };
  const opened: SortedRows[] = [];
  try {
    for (const { source, format } of feeds)
      opened.push(await SortedRows.open(source, { name: source.name, format, limits }));
    const [before, after] = opened as [SortedRows, SortedRows, SortedRows];
    const isShared = (column: string) => after.columns.length === 0 || after.indexOf(column) >= 0;
    const columns = (before.columns.length === 0 ? after.columns : before.columns).filter(isShared);
    for (;;) {
      for (const rows of opened) await rows.refill();
      const least = leastOf(opened);
      if (least === null) return found;
      const [sku, ...texts] = [least.text(least.indexOf('sku')), ...textsAt(opened, least, columns)];
      const cause = causeOf(texts);
      if (cause === null) continue;
      found.counts[cause]++;
      if (found.first.length < FIRST_MAX) found.first.push({ sku: sku ?? '', cause });
    }
  } finally {
    for (const rows of opened) await rows.close();
  }
}

/** The feed whose current SKU comes first; null at the end of all. */
function leastOf(feeds: readonly SortedRows[]): SortedRows | null {
  return feeds.reduce<SortedRows | null>((least, rows) => {
    if (!rows.isReady) return least;
    if (least === null) return rows;
    return orderOf(rows, least) < 0 ? rows : least;
  }, null);
}

function orderOf(rows: SortedRows, { sku, skuStart, skuEnd }: SortedRows): number {
  return rows.compare(sku.subarray(skuStart, skuEnd), skuEnd - skuStart);
}

/** The row of the SKU in each feed as text, null where it has none; moves those that have it on. */
function textsAt(feeds: readonly SortedRows[], least: SortedRows, columns: readonly string[]): Array<string | null> {
  const have = feeds.map((rows) => rows.isReady && orderOf(rows, least) === 0);
  const textOf = (rows: SortedRows) => JSON.stringify(columns.map((column) => rows.text(rows.indexOf(column))));
  const texts = feeds.map((rows, i) => (have[i] === true ? textOf(rows) : null));
  for (const [i, rows] of feeds.entries()) if (have[i] === true) rows.advance();
  return texts;
}

/** Null if the row is the same in both runs. */
function causeOf([before, after, mixed]: ReadonlyArray<string | null | undefined>): RowCause | null {
  if (before === after) return null;
  if (mixed === after) return 'feed';
  return mixed === before ? 'other' : 'both';
}
