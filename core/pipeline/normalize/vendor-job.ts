/** All that it takes to normalize one vendor. */
import type { ByteMap } from '../../bytes/byte-map.ts';
import type { VendorConfig } from '../../config/schema.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import type { MoneyDecimals } from '../../money/currencies.ts';
import type { EngineLimits } from '../../ports/engine.ts';
import type { VendorOutput } from '../artifacts.ts';
import type { NamedValidator } from '../bind.ts';
import type { NamedFeed } from '../fetch/vendor-fetch.ts';
import type { IssueLog } from '../issues.ts';
import type { Misuses } from '../misuses.ts';
import type { EntryLayout } from '../sort/entry.ts';
import type { RadixSorter } from '../sort/radix-sort.ts';
import type { Segment } from '../sort/segment.ts';
import type { SkuList } from '../sort/sku-list.ts';
import type { SpillPool } from '../sort/sorted-run.ts';
import type { SideTable } from './lookups/side-table.ts';

/** Shared by all vendors in turn, so that memory is allocated once. */
export interface VendorWorkspace {
  kernels: Kernels;
  segment: Segment;
  sorter: RadixSorter;
  /** Keeps sorted offers until the merge. */
  offers: SpillPool;
  /** Keeps sorted lines of a feed that does not fit in memory. */
  lines: SpillPool;
}

export interface VendorJob {
  vendor: VendorConfig;
  /** The vendor's position in id order. */
  position: number;
  /** Its files, in order. */
  feeds: readonly NamedFeed[];
  skuMap: ByteMap | null;
  /** The side files that the layout joins, by name. */
  sideTables: ReadonlyMap<string, SideTable>;
  validators: readonly NamedValidator[];
  entryLayout: EntryLayout;
  /** The tenant's currency. */
  currency: string;
  moneyDecimals: MoneyDecimals;
  /** The run's clock, seconds. */
  now: number;
  /** The seed of hash tables. */
  seed: number;
  /** Collects the SKUs of refused rows; null if nobody needs them. */
  refusedSkus: SkuList | null;
  log: IssueLog;
  misuses: Misuses;
  limits: EngineLimits;
  workspace: VendorWorkspace;
  /** True for the last vendor: the segment is not needed again, so its offers are merged from there. */
  keepsSegment: boolean;
  /** Opens `normalized.csv` and `rows.bin`; called once the feed is read to its end. */
  createOutput(): Promise<VendorOutput>;
  /** Called after every batch; may throw to stop. */
  onBatch(rows: number): void | Promise<void>;
}
