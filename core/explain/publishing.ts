/** Finds out what publishing did with a SKU, from the files that the run wrote: holds, vanished SKUs, the delta. */
import { csvLine, toText } from '../bytes/text.ts';
import type { TenantConfig } from '../config/schema.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import type { InputManifest } from '../pipeline/fetch/input-manifest.ts';
import { hasExpired } from '../pipeline/publish/holds/holds.ts';
import { HOLD_COLUMNS, VANISHED_COLUMNS } from '../pipeline/publish/holds/report-lines.ts';
import { STATE_COLUMNS } from '../pipeline/publish/state/state.ts';
import type { RowIndex } from '../pipeline/row-index.ts';
import type { RunFiles } from '../ports/explaining.ts';
import type { ExplainedPublishing, Outcome } from './receipt/receipt.ts';
import { type FoundRows, lookUp } from './run-files/look-up.ts';
import { type Findings, readBytes } from './run-files/reading.ts';

export interface PublishFacts {
  files: RunFiles;
  manifest: InputManifest;
  config: TenantConfig;
  index: RowIndex | null;
  /** True if a vendor offers the SKU. */
  hasRows: boolean;
}

export interface SkuPublishing {
  step: ExplainedPublishing;
  /** What happened to the SKU, apart from its price; null if it simply goes out, or does not exist. */
  outcome: Extract<Outcome, 'held' | 'kept' | 'zeroed'> | null;
  /** The published row, as CSV cells, if it goes out in place of a row of this run; else null. */
  carried: Record<string, string> | null;
}

type FeedCells = Readonly<Record<string, string>>;

/** Null if the run was not compared with what is published. */
export async function readPublishing(
  { files, manifest, config, index, hasRows }: PublishFacts,
  sku: string,
  findings: Findings,
): Promise<SkuPublishing | null> {
  if (manifest.baseline === undefined) return null;
  let compared = true;
  const read = async (path: string, columns: readonly string[]): Promise<FeedCells | null> => {
    const samples = index === null ? null : (index.outputs[path]?.samples ?? null);
    const found: FoundRows | null = await lookUp(files, { path, format: 'csv', columns, samples }, sku);
    if (found === null) {
      if (path === PATHS.publishState) compared = false;
      // a run that a guardrail stopped has no delta
      if (path !== PATHS.delta) findings.add('missing_artifact', path, `${path} is not there`);
      return null;
    }
    return found.rows[0]?.cells ?? null;
  };
  const [state, delta] = await Promise.all([
    read(PATHS.publishState, STATE_COLUMNS),
    read(PATHS.delta, ['_change', ...config.output.columns, '_previous_price', '_previous_quantity']),
  ]);
  // an offered SKU whose row did not change is in neither of the reports
  const isHeld = isOneOf(state?.state, HELD_STATES);
  const isVanished = !hasRows || isOneOf(state?.state, VANISHED) || isOneOf(delta?._change, VANISHED);
  const [hold, vanished] = await Promise.all([
    isHeld ? read(PATHS.holds, HOLD_COLUMNS) : null,
    isVanished ? read(PATHS.vanished, VANISHED_COLUMNS) : null,
  ]);
  const { baseline, forced = null } = manifest;
  const decision = await readDecision(files, manifest, sku);
  const step: ExplainedPublishing = {
    compared,
    baseline: baseline === null ? null : pick(baseline),
    forced,
    change: delta?._change ?? null,
    previous_price: textOrNull(delta?._previous_price),
    previous_quantity: textOrNull(delta?._previous_quantity),
    decision,
    hold: holdOf(state, hold),
    vanished:
      vanished === null
        ? null
        : {
            reason: vanished.reason ?? '',
            action: vanished.action ?? '',
            vendors: (vanished.vendors ?? '').split(' ').filter((id) => id !== ''),
            runs: Number(state?.runs ?? 0) || 0,
            ...keptFor(config),
          },
  };
  return { step, outcome: outcomeOf(state?.state ?? ''), carried: vanished === null ? null : delta };
}

/** Without `publish`, SKUs that vanish leave no row. */
function keptFor({ publish }: TenantConfig): { keep_runs: number; afterwards: string } {
  return { keep_runs: publish?.vanished.keep_runs ?? 0, afterwards: publish?.vanished.then ?? 'drop' };
}

/** The header of a table of decisions ends within this many bytes. */
const HEADER_BYTES = 1024;

async function readDecision(
  files: RunFiles,
  manifest: InputManifest,
  sku: string,
): Promise<ExplainedPublishing['decision']> {
  if (manifest.decisions == null) return null;
  const path = PATHS.decisions;
  const head = await readBytes(files, path, { first: 0, last: HEADER_BYTES - 1 });
  if (head === null) return null;
  // a table of an earlier release lacks columns
  const columns = toText(head).split(/\r?\n/, 1)[0]?.split(',') ?? [];
  const found = await lookUp(files, { path, format: 'csv', columns, samples: null }, sku);
  const cells = found?.rows[0]?.cells;
  const now = Math.floor(Date.parse(manifest.generated_at) / 1000);
  if (cells === undefined || hasExpired(cells.expires_at ?? '', now)) return null;
  const { decision = '', price = '' } = cells;
  return { decision, price, reason: textOrNull(cells.reason), run_id: textOrNull(cells.run_id) };
}

const HELD_STATES: ReadonlySet<string> = new Set(['held', 'new']);
/** States, and changes in the delta, of SKUs that vanished. */
const VANISHED: ReadonlySet<string> = new Set(['kept', 'zeroed', 'removed']);

function isOneOf(text: string | undefined, set: ReadonlySet<string>): boolean {
  return set.has(text ?? '');
}

function pick({
  run_id,
  published_at,
  sha256,
}: NonNullable<ExplainedPublishing['baseline']>): ExplainedPublishing['baseline'] {
  return { run_id, published_at, sha256 };
}

/** What happened to a SKU, by its state in `publish_state.csv`; null if it simply goes out, or does not exist. */
export function outcomeOf(state: string): SkuPublishing['outcome'] {
  if (state === 'held' || state === 'new') return 'held';
  return state === 'kept' || state === 'zeroed' ? state : null;
}

/** From the rows of the SKU in `publish_state.csv` and `holds.csv`. */
export function holdOf(state: FeedCells | null, hold: FeedCells | null): ExplainedPublishing['hold'] {
  if (state === null || (state.state !== 'held' && state.state !== 'new')) return null;
  const runs = Number(state.runs) || 0;
  // `holds.csv` does not list rejected prices, though they are held
  return {
    reason: hold?.reason ?? 'decision',
    candidate_price: textOrNull(state.candidate_price),
    runs,
    below_cost: null,
  };
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** The row of a SKU that vanished and went out all the same, as the feed must have it. */
export function carriedLine(columns: readonly string[], carried: Readonly<Record<string, string>>): string {
  return csvLine(columns.map((column) => carried[column] ?? '')).slice(0, -1);
}
