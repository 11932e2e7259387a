/**
 * Explains one SKU of a run from the run's own files: finds its rows, runs the engine again on just those, and compares
 * the result with the files. Every difference is reported as a finding, so that a receipt never silently differs from
 * the feed.
 */
import { ACCEPTED_BEFORE, checkConfig } from '../config/check.ts';
import type { TenantConfig } from '../config/schema.ts';
import { RelayError } from '../errors.ts';
import { moneyDecimals } from '../money/currencies.ts';
import { Money } from '../money/money.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import type { InputManifest } from '../pipeline/fetch/input-manifest.ts';
import { ESCAPES_FORMULAS } from '../pipeline/merge/formula-escapes.ts';
import { unitsText } from '../pipeline/merge/output.ts';
import { ROW_INDEX_VERSION, type RowIndex } from '../pipeline/row-index.ts';
import type { Engine } from '../pipeline/run.ts';
import type { Scratch } from '../ports/engine.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { explainAbsence } from './absence/absence.ts';
import { lookAlikes, nearSkus } from './absence/near.ts';
import { readRefused } from './absence/refused.ts';
import { readRunFailure } from './absence/run-failure.ts';
import { explainOffers } from './offers/offer-rows.ts';
import { type HeldPrice, lookAtSku, namedSteps, type SeenSku } from './offers/offers.ts';
import {
  type ReadingExtent,
  type ReplayedVendor,
  type ReplayResult,
  replay,
  type WantedRecords,
} from './offers/replay.ts';
import { rowDifference } from './offers/row-difference.ts';
import { carriedLine, readPublishing, type SkuPublishing } from './publishing.ts';
import {
  type ExplainedPrice,
  type ExplainedRefusal,
  type Outcome,
  RECEIPT_VERSION,
  type Receipt,
} from './receipt/receipt.ts';
import { summaryOf } from './receipt/summary.ts';
import { explainedInputs } from './run-files/inputs.ts';
import { type FoundRows, lookUp } from './run-files/look-up.ts';
import { Findings, readJsonFile } from './run-files/reading.ts';
import { linesByFile } from './run-files/row-sources.ts';
import type { RunSnapshot } from './run-files/snapshot.ts';
import { findRows, type VendorRows } from './run-files/vendor-rows.ts';

export interface ExplainOptions {
  /** With the plugins of the run; a version that differs is a finding. */
  engine: Engine;
  files: RunFiles;
  /** For a feed that must be read whole. */
  scratch: Scratch;
  sku: string;
  /** Present if a person published the feed of the run; only the service knows. */
  publishedByHand?: Receipt['published_by_hand'];
}

/** Throws `not_found` if the run has neither a config snapshot nor a manifest. */
export async function explainSku(options: ExplainOptions): Promise<Receipt> {
  return (await Explainer.open(options)).receipt();
}

class Explainer {
  readonly #options: ExplainOptions;
  readonly #findings = new Findings();
  readonly #manifest: InputManifest;
  readonly #snapshot: RunSnapshot;
  readonly #index: RowIndex | null;
  readonly #config: TenantConfig | null;
  readonly #failure: string | null;
  #rows: ReadonlyMap<string, VendorRows> = new Map();
  #seen: SeenSku | null = null;
  #replayed: ReadonlyMap<string, ReplayedVendor> | null = null;

  private constructor(
    options: ExplainOptions,
    run: { manifest: InputManifest; snapshot: RunSnapshot; index: RowIndex | null; failure: string | null },
  ) {
    this.#options = options;
    this.#manifest = run.manifest;
    this.#snapshot = run.snapshot;
    this.#index = run.index;
    this.#failure = run.failure;
    this.#config = this.#checkedConfig();
  }

  static async open(options: ExplainOptions): Promise<Explainer> {
    const { files } = options;
    const findings = new Findings();
    const [snapshot, manifest, index, failure] = await Promise.all([
      readJsonFile<RunSnapshot>(files, PATHS.config, findings),
      readJsonFile<InputManifest>(files, PATHS.manifest, findings),
      readJsonFile<RowIndex>(files, PATHS.rowIndex, findings),
      readRunFailure(files, findings).then((failure) => failure?.message ?? null),
    ]);
    if (snapshot === null || manifest === null) {
      const path = snapshot === null ? PATHS.config : PATHS.manifest;
      const why = findings.list.find((one) => one.path === path)?.message ?? `${path} is not there`;
      throw new RelayError('not_explainable', `the run cannot be explained: ${why}`, { details: { path } });
    }
    const usable = index !== null && index.version === ROW_INDEX_VERSION ? index : null;
    const explainer = new Explainer(options, { manifest, snapshot, index: usable, failure });
    for (const { code, path, message } of findings.list) explainer.#findings.add(code, path, message);
    return explainer;
  }

  async receipt(): Promise<Receipt> {
    const { sku } = this.#options;
    const config = this.#config;
    this.#checkPlugins();
    const { files } = this.#options;
    const wanted = { files, sku, index: this.#index, extras: config?.extra_columns ?? [], findings: this.#findings };
    this.#rows = await findRows(wanted, Object.keys(this.#manifest.vendors));
    const publishing = config === null ? null : await this.#readPublishing(config);
    const refused = await this.#readRefused();
    if (config !== null && this.#hasRows) await this.#replay(config, heldPriceOf(config, publishing));
    if (publishing?.step.hold != null) publishing.step.hold.below_cost = this.#seen?.costAboveHeld?.toString() ?? null;
    const feed = config === null ? null : await this.#readFeed(config, publishing);
    const offers = await this.#offers(config);
    const outcome = this.#outcome(publishing, refused);
    const isAbsent = outcome === 'rejected' || outcome === 'not_offered' || outcome === 'unpriced';
    const absence = isAbsent && config !== null ? await this.#absence(config, outcome, refused) : null;
    const isNowhere = isAbsent && !this.#hasRows && refused.length === 0;
    const near = isNowhere
      ? nearSkus(sku, this.#neighbours(feed?.neighbours() ?? []))
      : lookAlikes(sku, feed?.neighbours() ?? []);
    const price = config === null || this.#seen === null ? null : this.#price(config, this.#seen);
    const receipt: Omit<Receipt, 'summary'> = {
      receipt_version: RECEIPT_VERSION,
      run_id: this.#manifest.run_id,
      tenant_id: this.#manifest.tenant_id,
      sku,
      outcome,
      run_failure: this.#failure,
      published_by_hand: this.#options.publishedByHand ?? null,
      generated_at: this.#manifest.generated_at,
      config_version: this.#snapshot.config_version,
      currency: config?.default_currency ?? null,
      feed: feed?.row == null ? null : { path: feed.path, row: { ...feed.row } },
      offers,
      refused_rows: refused,
      price,
      publishing: publishing?.step ?? null,
      absence,
      near_skus: near,
      inputs: explainedInputs(this.#manifest, this.#index),
      plugins: this.#plugins,
      // a run that failed lacks files that it never wrote
      findings: this.#findings.list.filter(({ code }) => this.#failure === null || code !== 'missing_artifact'),
    };
    return { ...receipt, summary: summaryOf(receipt) };
  }

  get #plugins(): RunSnapshot['plugins'] {
    return this.#snapshot.plugins ?? [];
  }

  get #hasRows(): boolean {
    return [...this.#rows.values()].some(({ found }) => found.rows.length > 0);
  }

  #checkedConfig(): TenantConfig | null {
    const checked = checkConfig(this.#snapshot.tenant_config, this.#options.engine.registry, ACCEPTED_BEFORE);
    if (checked.ok) return checked.config;
    const [first] = checked.problems;
    const why = first === undefined ? '' : `: ${first.path} ${first.message}`;
    this.#findings.add('config_unusable', PATHS.config, `the config of the run does not pass its check here${why}`);
    return null;
  }

  #checkPlugins(): void {
    const { registry } = this.#options.engine;
    for (const { kind, id, version } of this.#plugins) {
      const here = registry.find(kind as 'parser', id)?.manifest.version ?? null;
      if (here === version) continue;
      const has = here === null ? 'it is not here' : `here it is ${here}`;
      this.#findings.add('plugin_version', PATHS.config, `the run used ${kind}/${id} ${version}; ${has}`);
    }
  }

  #readPublishing(config: TenantConfig): Promise<SkuPublishing | null> {
    const { files, sku } = this.#options;
    const facts = { files, manifest: this.#manifest, config, index: this.#index, hasRows: this.#hasRows };
    return readPublishing(facts, sku, this.#findings);
  }

  #readRefused(): Promise<ExplainedRefusal[]> {
    const { files, sku } = this.#options;
    return readRefused({ files, manifest: this.#manifest, index: this.#index, findings: this.#findings }, sku);
  }

  /**
   * Replays up to three times. A vendor whose rows came out differently from a part of its feed is replayed from a larger
   * part.
   */
  async #replay(config: TenantConfig, held: HeldPrice | null): Promise<void> {
    const larger = new Map<string, ReadingExtent>();
    for (;;) {
      const result = await this.#replayOnce(config, held, larger);
      const wrong = this.#wrongVendors(result).filter((id) => larger.get(id) !== 'feed');
      if (wrong.length === 0) {
        if (!result.ok) this.#findings.add('replay_failed', null, `${result.code}: ${result.message}`);
        else this.#accept(result.vendors);
        return;
      }
      for (const id of wrong) larger.set(id, larger.has(id) ? 'feed' : 'blocks');
    }
  }

  #replayOnce(
    config: TenantConfig,
    held: HeldPrice | null,
    larger: ReadonlyMap<string, ReadingExtent>,
  ): Promise<ReplayResult> {
    const { engine, files, scratch, sku } = this.#options;
    this.#seen = null;
    const wanted = new Map<string, WantedRecords>();
    for (const [id, { found, sources }] of this.#rows) {
      if (found.rows.length === 0) continue;
      wanted.set(id, { extent: larger.get(id) ?? 'records', lines: linesByFile(sources) });
    }
    const facts = {
      files,
      manifest: this.#manifest,
      config,
      rawConfig: this.#snapshot.tenant_config,
      index: this.#index,
    };
    return replay({
      ...{ engine, scratch, facts, sku, wanted },
      watch: (seen) => {
        this.#seen = lookAtSku(seen, held, config);
      },
    });
  }

  /** The vendors whose rows did not come out as the run's files have them. */
  #wrongVendors(result: ReplayResult): string[] {
    const read = [...this.#rows].filter(([, { found }]) => found.rows.length > 0).map(([id]) => id);
    if (!result.ok) return result.vendorId === null ? read : [result.vendorId];
    return read.filter((id) => rowDifference(id, this.#rows.get(id), result.vendors.get(id)) !== null);
  }

  #accept(replayed: ReadonlyMap<string, ReplayedVendor>): void {
    this.#replayed = replayed;
    for (const [id, vendor] of replayed) {
      const difference = rowDifference(id, this.#rows.get(id), vendor);
      if (difference !== null) this.#findings.add('row_differs', difference.path, difference.message);
    }
  }

  async #readFeed(
    config: TenantConfig,
    publishing: SkuPublishing | null,
  ): Promise<{ path: string; row: Readonly<Record<string, string>> | null; neighbours: () => string[] } | null> {
    const { format, columns } = config.output;
    if (!columns.includes('sku')) return null;
    for (const path of [PATHS.merged(format), PATHS.candidate(format)]) {
      const samples = this.#index?.outputs[path]?.samples ?? null;
      // a run that a guardrail stopped has only the candidate feed, which has no samples
      const isUnsampled = path === PATHS.candidate(format);
      const isEscaped = config.output.escape_formulas ?? ESCAPES_FORMULAS[format];
      const file = { path, format, columns, samples: isUnsampled ? null : samples, isEscaped };
      const found = await lookUp(this.#options.files, file, this.#options.sku);
      if (found === null) continue;
      this.#compareFeed(path, found, isUnsampled ? null : publishing, config);
      return { path, row: found.rows[0]?.cells ?? null, neighbours: found.neighbours };
    }
    this.#findings.add('missing_artifact', PATHS.merged(format), `${PATHS.merged(format)} is not there`);
    return null;
  }

  /** Compares the row that the feed has with the row computed now. */
  #compareFeed(path: string, { rows }: FoundRows, publishing: SkuPublishing | null, config: TenantConfig): void {
    const has = rows[0]?.text ?? null;
    if (rows.length > 1) this.#findings.add('feed_differs', path, `${path} has ${rows.length} rows for the SKU`);
    const due = this.#dueRow(publishing, config);
    if (due === undefined || due === has) return;
    const shown = (text: string | null) => (text === null ? 'no row' : `"${text}"`);
    this.#findings.add('feed_differs', path, `${path} has ${shown(has)}; the run’s files give ${shown(due)}`);
  }

  /** Null if there should be no row; undefined if that cannot be known. */
  #dueRow(publishing: SkuPublishing | null, config: TenantConfig): string | null | undefined {
    if (this.#hasRows && this.#seen === null) return undefined;
    const row = this.#seen?.row ?? null;
    if (publishing?.outcome === 'held')
      return publishing.step.previous_price === null ? null : (this.#seen?.heldRow ?? null);
    if (row !== null || publishing?.step.vanished == null) return row;
    if (publishing.step.vanished.action === 'drop') return null;
    if (publishing.carried === null || config.output.format !== 'csv') return undefined;
    return carriedLine(config.output.columns, publishing.carried);
  }

  #offers(config: TenantConfig | null): Promise<Receipt['offers']> {
    return explainOffers({
      seen: this.#seen,
      config,
      now: this.#manifest.generated_at,
      limits: this.#options.engine.limits ?? {},
      findings: this.#findings,
      vendors: new Map(
        [...this.#rows].map(([id, { found, sources }]) => [
          id,
          {
            rows: found.rows,
            sources,
            replayed: this.#replayed?.get(id) ?? null,
            entry: this.#manifest.vendors[id] ?? null,
          },
        ]),
      ),
      manifest: this.#manifest,
    });
  }

  #outcome(publishing: SkuPublishing | null, refused: readonly ExplainedRefusal[]): Outcome {
    if (publishing?.outcome != null) return publishing.outcome;
    if (this.#seen !== null) {
      if (this.#seen.outcome === 'left_out') return 'not_offered';
      return this.#seen.outcome === 'priced' ? 'published' : 'unpriced';
    }
    if (this.#hasRows) return 'published';
    return refused.length > 0 ? 'rejected' : 'not_offered';
  }

  #absence(config: TenantConfig, outcome: Outcome, refused: readonly ExplainedRefusal[]): Promise<Receipt['absence']> {
    return explainAbsence({
      engine: this.#options.engine,
      files: this.#options.files,
      sku: this.#options.sku,
      manifest: this.#manifest,
      index: this.#index,
      config,
      outcome,
      refused,
      isLeftOut: this.#seen?.outcome === 'left_out',
    });
  }

  #neighbours(ofFeed: readonly string[]): string[] {
    return [...ofFeed, ...[...this.#rows.values()].flatMap(({ found }) => found.neighbours())];
  }

  #price(config: TenantConfig, seen: SeenSku): ExplainedPrice | null {
    if (seen.pricedVendor === null) return null;
    const { base_margin_pct, shipping_handling_flat, min_price, map_policy, rounding } = config.pricing;
    const decimals = moneyDecimals(config.default_currency);
    return {
      vendor_id: seen.pricedVendor,
      settings: {
        base_margin_pct: base_margin_pct.toString(),
        shipping_handling_flat: shipping_handling_flat.toString(),
        min_price: min_price.toString(),
        map_policy,
        rounding: { mode: rounding.mode, increment: rounding.increment.toString() },
      },
      steps: namedSteps(config, this.#options.engine, seen.steps),
      exact: seen.price?.toString() ?? null,
      written: seen.price === null ? null : unitsText(seen.price.toUnits(decimals), decimals),
      doubts: seen.doubts,
    };
  }
}

function heldPriceOf(config: TenantConfig, publishing: SkuPublishing | null): HeldPrice | null {
  const price = Money.parse(publishing?.step.previous_price ?? '');
  const zeroesBelowCost = config.publish?.holds.held_below_cost === 'zero';
  return price === null ? null : { price, decimals: moneyDecimals(config.default_currency), zeroesBelowCost };
}
