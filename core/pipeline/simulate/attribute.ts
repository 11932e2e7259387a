/**
 * Finds why rows differ between two runs. It repeats the newer run with one thing of the older run at a time: its
 * inputs, its config or its decisions. If a row then comes out differently, that thing is a cause. If several things
 * would each have caused the change alone, this finds none of them; so the older run is repeated with one thing of the
 * newer run as well. Both use today's code: if plugins differ, a row that differs from the run itself was changed by
 * the code. The clock goes with the inputs.
 */
import type { TenantConfig } from '../../config/schema.ts';
import { RelayError } from '../../errors.ts';
import { DEFAULT_LIMITS, type RunInputs, type Scratch } from '../../ports/engine.ts';
import { PATHS } from '../artifacts.ts';
import { type AnyCause, CAUSES, type Cause } from '../publish/diff/causes.ts';
import { SortedRows } from '../publish/tables/sorted-rows.ts';
import { type Engine, runPipeline } from '../run.ts';
import { SimulationArtifacts } from './artifacts.ts';
import { asBaseline, decisionsWere, PastInputs, type PastRun, pastDecisions } from './past-run.ts';

export interface AttributionOrder {
  before: PastRun;
  after: PastRun;
  /** The configs of the two runs, checked. */
  configs: { before: TenantConfig; after: TenantConfig };
  /** What differs between the runs. */
  causes: readonly Cause[];
  /** Where to find side files that a run did not read. */
  today: Pick<RunInputs, 'sideFile'>;
  scratch: Scratch;
  /** Which rows to list; absent for the first fifty. */
  listed?: { causes: ReadonlySet<AnyCause> | null; limit: number };
}

export interface Attribution {
  /** The number of changed rows by their causes, joined with `+`; `other` if none of the four is a cause. */
  counts: Record<string, number>;
  /** The first of them, or of those with one of the causes that were asked for, in order of the SKUs. */
  first: Array<{ sku: string; causes: Cause[] }>;
}

const FIRST_MAX = 50;
const FIRST_OF_ALL = { causes: null, limit: FIRST_MAX };

type Side = 'before' | 'after';
const EXCHANGED = ['feed', 'config', 'decision'] as const;
type Exchanged = (typeof EXCHANGED)[number];
/** From which of the two runs each thing is taken. */
type Mix = Record<Exchanged | 'clock', Side>;
type MixedFeed = PastRun['feed'];

/** Throws `invalid_input` if one run's config makes no feed of the other's inputs. */
export async function attributeChanges(engine: Engine, order: AttributionOrder): Promise<Attribution> {
  const { before, after, causes } = order;
  const things = EXCHANGED.filter((one) => causes.includes(one) && canExchange(one, order));
  const hasCode = causes.includes('code');
  const mixer = new Mixer(engine, order);
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  try {
    const whole = await mixer.feed(mixOf('after', null));
    const exchanged: MixedFeed[] = [];
    for (const thing of things) exchanged.push(await mixer.feed(mixOf('after', thing)));
    const old = hasCode ? await mixer.feed(mixOf('before', null)) : null;
    const { listed = FIRST_OF_ALL } = order;
    const told = {
      things,
      listed,
      feeds: { before: before.feed, after: after.feed, whole, exchanged, old, alone: [] },
    };
    const found = await attribute(told, limits);
    if (found.counts.other === undefined || things.length < 2) return found;
    const base = await mixer.feed(mixOf('before', null));
    const alone: MixedFeed[] = [base];
    for (const thing of things) alone.push(await mixer.feed(mixOf('before', thing)));
    return await attribute({ ...told, feeds: { ...told.feeds, alone } }, limits);
  } finally {
    await mixer.dispose();
  }
}

/** False for decisions if a run kept no copy of them. */
function canExchange(thing: Exchanged, { before, after }: AttributionOrder): boolean {
  return thing !== 'decision' || [before, after].every((past) => decisionsWere(past) !== 'not_kept');
}

/** A run with one thing taken from the other. */
function mixOf(side: Side, thing: Exchanged | null): Mix {
  const other = side === 'before' ? 'after' : 'before';
  const mix: Mix = { feed: side, config: side, decision: side, clock: side };
  if (thing !== null) mix[thing] = other;
  if (thing === 'feed') mix.clock = other;
  return mix;
}

/** Repeats runs, each mix once. */
class Mixer {
  readonly #engine: Engine;
  readonly #order: AttributionOrder;
  readonly #made = new Map<string, MixedFeed>();
  readonly #artifacts: SimulationArtifacts[] = [];

  constructor(engine: Engine, order: AttributionOrder) {
    this.#engine = engine;
    this.#order = order;
  }

  async feed(mix: Mix): Promise<MixedFeed> {
    const key = JSON.stringify(mix);
    const made = this.#made.get(key) ?? (await this.#work(mix));
    this.#made.set(key, made);
    return made;
  }

  async dispose(): Promise<void> {
    for (const artifacts of this.#artifacts) await artifacts.dispose();
  }

  async #work(mix: Mix): Promise<MixedFeed> {
    const { before, configs, today, scratch } = this.#order;
    const [inputs, configured, decided, clock] = [mix.feed, mix.config, mix.decision, mix.clock].map(
      (side) => this.#order[side],
    ) as [PastRun, PastRun, PastRun, PastRun];
    const artifacts = new SimulationArtifacts(scratch);
    this.#artifacts.push(artifacts);
    const { rawConfig } = configured;
    const config = withoutLimits(configs[mix.config]);
    const outcome = await runPipeline(this.#engine, {
      runId: clock.manifest.run_id,
      config,
      rawConfig,
      configVersion: configured.manifest.config_version,
      now: Math.floor(Date.parse(clock.manifest.generated_at) / 1000),
      inputs: new PastInputs(inputs, { rawConfig, artifacts, today }),
      artifacts,
      scratch,
      publishing: { baseline: asBaseline(before), decisions: pastDecisions(decided), force: null },
    });
    if (outcome.error_code === 'internal_error') throw outcome.error;
    if (outcome.status !== 'SUCCEEDED') {
      const what = `with the config of run ${configured.manifest.run_id}, the inputs of run ${inputs.manifest.run_id} give no feed`;
      throw new RelayError('invalid_input', `${what}: ${outcome.error_code}: ${outcome.error_message}`);
    }
    const { format } = config.output;
    return { format, source: artifacts.source(PATHS.merged(format)) };
  }
}

/**
 * The config without limits that would stop a feed as a whole: only rows matter here. `stale_after_hours` stays,
 * because it decides which vendors are in trouble.
 */
function withoutLimits(config: TenantConfig): TenantConfig {
  const { guardrails, publish } = config;
  const isStale = config.vendors.some(({ on_trouble }) => on_trouble?.stale !== undefined);
  const { max_held_pct: _, ...holds } = publish?.holds ?? {};
  const hours = guardrails?.stale_after_hours;
  const { guardrails: _limits, ...rest } = config;
  return {
    ...rest,
    ...(isStale && hours !== undefined ? { guardrails: { stale_after_hours: hours } } : {}),
    ...(publish === undefined ? {} : { publish: { ...publish, holds: holds as typeof publish.holds } }),
    output: { ...config.output, exports: [] },
    expect: [],
  };
}

interface Told {
  things: readonly Exchanged[];
  listed: NonNullable<AttributionOrder['listed']>;
  feeds: {
    before: MixedFeed;
    after: MixedFeed;
    /** The newer run, repeated. */
    whole: MixedFeed;
    /** The newer run with one thing of the older one, by `things`. */
    exchanged: readonly MixedFeed[];
    /** The older run, repeated; null if the code is the same. */
    old: MixedFeed | null;
    /** The older run, repeated unchanged and with one thing of the newer one, by `things`; empty unless asked for. */
    alone: readonly MixedFeed[];
  };
}

async function attribute({ things, listed, feeds }: Told, limits: typeof DEFAULT_LIMITS): Promise<Attribution> {
  const { before, after, whole, exchanged, old, alone } = feeds;
  const told: Attribution = { counts: {}, first: [] };
  const all = [before, after, whole, old ?? before, ...exchanged, ...alone];
  const opened: SortedRows[] = [];
  try {
    for (const { source, format } of all)
      opened.push(await SortedRows.open(source, { name: source.name, format, limits }));
    const [a, b] = opened as [SortedRows, SortedRows];
    const isShared = (column: string) => b.columns.length === 0 || b.indexOf(column) >= 0;
    const columns = (a.columns.length === 0 ? b.columns : a.columns).filter(isShared);
    for (;;) {
      for (const rows of opened) await rows.refill();
      const least = leastOf(opened);
      if (least === null) return told;
      const sku = least.text(least.indexOf('sku'));
      const [was, is, made, remade, ...mixed] = textsAt(opened, least, columns);
      if (was === is) continue;
      const [base, ...single] = mixed.slice(things.length);
      const found = new Set<Cause>(things.filter((_, i) => mixed[i] !== made));
      if (old !== null && (made !== is || remade !== was)) found.add('code');
      if (found.size === 0) for (const [i, thing] of things.entries()) if (single[i] !== base) found.add(thing);
      const causes = CAUSES.filter((cause) => found.has(cause));
      const named = causes.length === 0 ? (['other'] as const) : causes;
      const key = named.join('+');
      told.counts[key] = (told.counts[key] ?? 0) + 1;
      const isListed = listed.causes === null || named.some((cause) => listed.causes?.has(cause));
      if (isListed && told.first.length < listed.limit) told.first.push({ sku, causes });
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
