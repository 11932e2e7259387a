/**
 * Runs a candidate config on the inputs of a past run, at that run's clock, and compares the feeds. It publishes
 * nothing and changes nothing of the past run. Holds and guardrails compare with the past run's feed, so that every
 * difference comes from the config or from the plugins in use.
 */
import type { CanonicalColumn, ExtraColumn } from '../../canonical.ts';
import { ACCEPTED_BEFORE, checkConfig } from '../../config/check.ts';
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { moneyDecimals } from '../../money/currencies.ts';
import { newWarnings } from '../../notices/notices.ts';
import { DEFAULT_LIMITS } from '../../ports/engine.ts';
import type { RunCode } from '../../run-codes.ts';
import { PATHS } from '../artifacts.ts';
import { diffFeeds, type FeedsDiff } from '../publish/diff/diff-feeds.ts';
import type { ExpectationResult } from '../publish/expect/expectations.ts';
import type { GuardResult } from '../publish/guardrails/guards.ts';
import { SortedRows } from '../publish/tables/sorted-rows.ts';
import { type Engine, type RunOutcome, runPipeline } from '../run.ts';
import { SimulationArtifacts } from './artifacts.ts';
import { type FeedRules, FIGURE_COLUMNS, FigureCounter, type SimulationFigures } from './figures.ts';
import { LandedCosts } from './landed-costs.ts';
import { MapPrices } from './map-prices.ts';
import type { SimulationOrder } from './order.ts';
import { pastFeed } from './past-figures.ts';
import { pastRequest } from './past-request.ts';
import { decisionsWere, type PAST_DECISIONS, pastDecisions, unknownVendors } from './past-run.ts';

/** The most new warnings, and the most held SKUs, in a report. */
const WARNINGS_MAX = 50;
const HELD_MAX = 50;

export interface SimulatedRun extends SimulationFigures {
  /** The past run. */
  run_id: string;
  /** Its clock. */
  clock: string;
  /** True if the run succeeds with this config. */
  passed: boolean;
  error_code: RunCode | null;
  error_message: string | null;
  /** Vendors of the config that the past run did not have: they are left out. */
  vendors_left_out: string[];
  invalid_rows: { before: number; after: number };
  unpriced_skus: { before: number; after: number };
  /** Compares the feed of the past run with the one that would go out; null if there is none. */
  diff: FeedsDiff | null;
  /** The decisions of the past run: `applied` as they were then, `none`, or `not_kept`, which means unknown. */
  decisions: (typeof PAST_DECISIONS)[number];
  held: {
    count: number;
    first: Array<{ sku: string; reason: string; published_price: string; candidate_price: string }>;
  };
  /** The guardrails that are exceeded. */
  guardrails: GuardResult[];
  /** The expectations that are not met. */
  expectations: ExpectationResult[];
  /** Warnings that the past run did not have, or about fewer rows. */
  new_warnings: string[];
}

export interface SimulationReport {
  /** True if every run succeeds with this config. */
  passed: boolean;
  runs: SimulatedRun[];
}

/** Throws errors of the environment; problems of the config are in the result. */
export async function simulateRun(engine: Engine, order: SimulationOrder): Promise<SimulatedRun> {
  const artifacts = new SimulationArtifacts(order.scratch);
  try {
    const leftOut = unknownVendors(order.past, order.config);
    const outcome = await runPipeline(
      engine,
      pastRequest(order, artifacts, {
        config: simulatedConfig(order.config, leftOut),
        rawConfig: order.rawConfig,
        decisions: pastDecisions(order.past),
      }),
    );
    if (outcome.error_code === 'CANCELLED' || outcome.error_code === 'internal_error')
      throw withRun(outcome.error, order.past.manifest.run_id);
    // a feed that is too old stops the run before it merges
    const isMerged = artifacts.has(PATHS.merged(order.config.output.format));
    const compared = hasFeed(outcome) && isMerged ? await compare(engine, order, artifacts) : null;
    return await reportOf(order, { outcome, artifacts, compared, leftOut, engine });
  } finally {
    await artifacts.dispose();
  }
}

/** Adds to an error in which of several runs it happened. Leaves a bug unchanged. */
function withRun(error: unknown, runId: string): unknown {
  if (!(error instanceof RelayError) || error.code === 'CANCELLED') return error;
  const { code, message, recovery, details } = error;
  return new RelayError(code, `run ${runId}: ${message}`, {
    recovery,
    details: { ...details, run_id: runId },
    cause: error,
  });
}

/** A feed that is refused at its end is complete. */
function hasFeed({ status, error_code }: RunOutcome): boolean {
  return status === 'SUCCEEDED' || error_code === 'GUARDRAIL_TRIPPED' || error_code === 'EXPECTATION_FAILED';
}

/** The candidate with the columns of the figures. Vendors that the past run did not have may be absent. */
function simulatedConfig(config: TenantConfig, leftOut: readonly string[]): TenantConfig {
  return {
    ...config,
    vendors: config.vendors.map((vendor) =>
      leftOut.includes(vendor.vendor_id) ? { ...vendor, required: false, on_trouble: undefined } : vendor,
    ),
    // shops' files are made from the feed and do not affect it
    output: { ...config.output, exports: [], columns: [...config.output.columns, ...addedColumns(config)] },
  };
}

/** Columns that the figures need and the tenant's feed lacks. */
function addedColumns({ output: { columns } }: TenantConfig): Array<CanonicalColumn | ExtraColumn> {
  return ['sku' as const, ...FIGURE_COLUMNS].filter((column) => !columns.includes(column));
}

async function compare(
  engine: Engine,
  order: SimulationOrder,
  artifacts: SimulationArtifacts,
): Promise<{ diff: FeedsDiff; figures: SimulationFigures }> {
  const { config, past, scratch, signal } = order;
  const decimals = moneyDecimals(config.default_currency);
  const { pastEngine = engine } = order;
  const rules = { before: await pastRules(pastEngine, past), after: await rulesOf(engine, config) };
  const counter = new FigureCounter(decimals, rules);
  const { format } = config.output;
  const again = new SimulationArtifacts(scratch);
  try {
    const before = await pastFeed(pastEngine, order, again);
    const added = addedColumns(config);
    const found = await diffFeeds({
      before: { name: `the feed of run ${past.manifest.run_id}`, ...before },
      after: { name: 'the simulated feed', format, source: artifacts.source(PATHS.merged(format)) },
      moneyDecimals: decimals,
      limits: { ...DEFAULT_LIMITS, ...engine.limits },
      delta: null,
      watch: (before, after) => counter.look(before, after),
      uncounted: new Set([...added, ...before.added]),
      signal,
    });
    return { diff: { ...found, columns: ownColumns(found, added, before.added) }, figures: counter.figures() };
  } finally {
    await again.dispose();
  }
}

async function rulesOf(engine: Engine, config: TenantConfig): Promise<FeedRules> {
  return { maps: await MapPrices.of(engine, config), landed: LandedCosts.of(config) };
}

/** Not known if the past run's config does not pass today's check. */
async function pastRules(engine: Engine, { rawConfig }: SimulationOrder['past']): Promise<FeedRules> {
  const checked = checkConfig(rawConfig, engine.registry, ACCEPTED_BEFORE);
  return checked.ok ? rulesOf(engine, checked.config) : { maps: null, landed: null };
}

/** The columns of the two feeds as their configs have them. */
function ownColumns(
  { columns: { compared, only_before, only_after } }: FeedsDiff,
  addedAfter: readonly string[],
  addedBefore: readonly string[],
): FeedsDiff['columns'] {
  const isOfBefore = (column: string) => !addedBefore.includes(column);
  const isOfAfter = (column: string) => !addedAfter.includes(column);
  const both = compared.filter((column) => isOfBefore(column) && isOfAfter(column));
  return {
    compared: both,
    only_before: [...only_before, ...compared].filter((column) => isOfBefore(column) && !both.includes(column)),
    only_after: [...only_after, ...compared].filter((column) => isOfAfter(column) && !both.includes(column)),
  };
}

const NO_FIGURES: SimulationFigures = {
  map_hits: { before: null, after: 0, first: [] },
  below_cost: { before: null, after: 0, first: [] },
  in_stock: { before: null, after: 0 },
  sold_out: { count: 0, first: [] },
  margin: null,
};

async function reportOf(
  { past }: SimulationOrder,
  {
    outcome,
    artifacts,
    compared,
    leftOut,
    engine,
  }: {
    outcome: RunOutcome;
    artifacts: SimulationArtifacts;
    compared: { diff: FeedsDiff; figures: SimulationFigures } | null;
    leftOut: string[];
    engine: Engine;
  },
): Promise<SimulatedRun> {
  const { summary } = outcome;
  const own = leftOut.map((id) => `optional_vendor_missing:${id}`);
  const read = <T>(path: string, key: string): T[] => JSON.parse(artifacts.report(path) ?? `{"${key}":[]}`)[key];
  return {
    run_id: past.manifest.run_id,
    clock: past.manifest.generated_at,
    passed: outcome.status === 'SUCCEEDED',
    error_code: outcome.error_code,
    error_message: outcome.error_message,
    vendors_left_out: leftOut,
    invalid_rows: { before: past.summary.invalid_rows, after: summary.invalid_rows },
    unpriced_skus: { before: past.summary.unpriced_skus.count, after: summary.unpriced_skus.count },
    diff: compared?.diff ?? null,
    ...(compared?.figures ?? NO_FIGURES),
    decisions: decisionsWere(past),
    held: await heldIn(artifacts, engine),
    guardrails: read<GuardResult>(PATHS.guardrails, 'guards').filter(({ tripped }) => tripped),
    expectations: read<ExpectationResult>(PATHS.expectations, 'expectations').filter(({ met }) => !met),
    new_warnings: newWarnings([...past.summary.warnings, ...own], summary.warnings).slice(0, WARNINGS_MAX),
  };
}

/** The held SKUs, from the run's report. */
async function heldIn(artifacts: SimulationArtifacts, { limits }: Engine): Promise<SimulatedRun['held']> {
  const held: SimulatedRun['held'] = { count: 0, first: [] };
  if (!artifacts.has(PATHS.holds)) return held;
  const rows = await SortedRows.open(artifacts.source(PATHS.holds), {
    name: PATHS.holds,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  const cell = (column: string) => rows.text(rows.indexOf(column));
  while (!rows.isEnded) {
    for (; rows.isReady; rows.advance()) {
      held.count++;
      if (held.first.length >= HELD_MAX) continue;
      const [published_price, candidate_price] = [cell('published_price'), cell('candidate_price')];
      held.first.push({ sku: cell('sku'), reason: cell('reason'), published_price, candidate_price });
    }
    await rows.refill();
  }
  return held;
}
