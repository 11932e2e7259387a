/** Makes the job of normalizing a vendor, in the same way for a run and for its threads. */
import { seedOf } from '../../bytes/byte-map.ts';
import type { TenantConfig } from '../../config/schema.ts';
import { vendorCurrency } from '../../config/vendor-terms.ts';
import { assert } from '../../errors.ts';
import { moneyDecimals } from '../../money/currencies.ts';
import type { EngineLimits, SideTableReader } from '../../ports/engine.ts';
import type { BoundPlugins } from '../bind.ts';
import type { FetchedVendor, NamedFeed } from '../fetch/vendor-fetch.ts';
import type { EntryLayout } from '../sort/entry.ts';
import { readSideFiles } from './lookups/side-files.ts';
import type { VendorJob } from './vendor-job.ts';

/** What all vendors of a run share. */
export interface JobSetting {
  runId: string;
  /** The run's clock, seconds. */
  now: number;
  config: TenantConfig;
  plugins: BoundPlugins;
  entryLayout: EntryLayout;
  limits: EngineLimits;
  readSideTable: SideTableReader;
}

export interface VendorInput extends Pick<FetchedVendor, 'vendor' | 'sideFiles'> {
  /** In id order. */
  position: number;
  feeds: readonly NamedFeed[];
}

/** Where the work happens, and where it reports. */
export type JobHost = Pick<
  VendorJob,
  'workspace' | 'keepsSegment' | 'log' | 'misuses' | 'refusedSkus' | 'createOutput' | 'onBatch'
>;

/** Reads the vendor's side files; throws what `readSideFiles` throws. */
export async function makeJob(
  { runId, now, config, plugins, entryLayout, limits, readSideTable }: JobSetting,
  { vendor, sideFiles, position, feeds }: VendorInput,
  host: JobHost,
): Promise<VendorJob> {
  const [first] = feeds;
  assert(first !== undefined, `vendor ${vendor.vendor_id} has a file`);
  const seed = seedOf(runId);
  const currency = vendorCurrency(config, vendor.vendor_id);
  const reading = { read: readSideTable, limits, seed, log: host.log };
  return {
    ...host,
    ...{ vendor, position, feeds, entryLayout, currency, now, seed, limits },
    ...(await readSideFiles({ vendor, sideFiles }, first.feed.layout, reading)),
    validators: plugins.validators(vendor),
    moneyDecimals: moneyDecimals(currency),
  };
}
