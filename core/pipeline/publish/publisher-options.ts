/** All that `Publisher` and its parts work with. */
import type { PublishConfig } from '../../config/schema.ts';
import type { ByteSink } from '../../ports/engine.ts';
import type { OutputFormat } from '../merge/output.ts';
import type { SkuListReader } from '../sort/sku-list.ts';
import type { CandidateCopy } from './candidate-copy.ts';
import type { Differ } from './diff/differ.ts';
import type { GuardFigures } from './guardrails/guard-figures.ts';
import type { DecidedSkus } from './holds/decided-skus.ts';
import type { HoldRules } from './holds/holds.ts';
import type { SortedRows } from './tables/sorted-rows.ts';

export interface PublisherSinks {
  delta: ByteSink;
  holds: ByteSink;
  vanished: ByteSink;
  state: ByteSink;
}

export interface PublisherOptions {
  /** Null without `publish` in the config: then vanished SKUs are dropped. */
  vanished: PublishConfig['vanished'] | null;
  /** Null if the config holds no prices. */
  rules: HoldRules | null;
  /** True if a SKU held below its cost goes out with quantity 0. */
  zeroesBelowCost: boolean;
  format: OutputFormat;
  baseline: SortedRows | null;
  /** Null if the baseline is only a feed. */
  state: SortedRows | null;
  /** True if the baseline is a run's feed, so that its vendors are the tenant's. */
  namesWinners: boolean;
  decided: DecidedSkus | null;
  refused: SkuListReader;
  /** Vendors that were not read. */
  unread: ReadonlySet<string>;
  differ: Differ;
  figures: GuardFigures;
  sinks: PublisherSinks;
  /** Keeps the feed as it would be without this stage; null if no limit can stop its publication. */
  candidate: CandidateCopy | null;
  /** The run's clock. */
  now: number;
}
