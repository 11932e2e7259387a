/** The offers of a SKU with their rows: where each row came from, and how its cells were read. */

import { trimText } from '../../bytes/trim.ts';
import type { TenantConfig, VendorConfig } from '../../config/schema.ts';
import { vendorCurrency } from '../../config/vendor-terms.ts';
import { RelayError } from '../../errors.ts';
import { type InputManifest, type ManifestVendor, readCopies } from '../../pipeline/fetch/input-manifest.ts';
import type { EngineLimits } from '../../ports/engine.ts';
import { DEFAULT_LIMITS } from '../../ports/engine.ts';
import type { ExplainedOffer } from '../receipt/receipt.ts';
import type { RowSource } from '../run-files/caught-rows.ts';
import type { FoundRow } from '../run-files/look-up.ts';
import type { Findings } from '../run-files/reading.ts';
import { type RawRows, readRawRows } from '../vendor-files/raw-rows.ts';
import { readCells } from './cells.ts';
import type { SeenOffer, SeenSku } from './offers.ts';
import type { ReplayedVendor } from './replay.ts';

/** The most offers of one SKU that a receipt lists. */
const OFFERS_MAX = 1_000;

export interface OfferFacts {
  /** Null if the rows could not be merged again. */
  seen: SeenSku | null;
  config: TenantConfig | null;
  /** The run's clock as a value. */
  now: string;
  limits: Partial<EngineLimits>;
  findings: Findings;
  manifest: InputManifest;
  vendors: ReadonlyMap<string, VendorOffers>;
}

export interface VendorOffers {
  rows: readonly FoundRow[];
  sources: ReadonlyArray<RowSource | null>;
  replayed: ReplayedVendor | null;
  entry: ManifestVendor | null;
}

export async function explainOffers(facts: OfferFacts): Promise<ExplainedOffer[]> {
  const { seen, findings, vendors } = facts;
  const offers: ExplainedOffer[] = [];
  for (const [vendorId, vendor] of vendors) {
    if (vendor.rows.length === 0) continue;
    const ofVendor = seen?.offers.filter((offer) => offer.vendorId === vendorId) ?? [];
    offers.push(...(await vendorOffers(facts, vendorId, ofVendor)));
  }
  const all = offers.sort(byRank);
  if (all.length > OFFERS_MAX)
    findings.add('offers_not_listed', null, `${all.length - OFFERS_MAX} more offers are not listed`);
  return all.slice(0, OFFERS_MAX);
}

/** Those without a rank last, in the order of vendors and rows. */
function byRank(a: ExplainedOffer, b: ExplainedOffer): number {
  return (a.rank ?? Number.MAX_SAFE_INTEGER) - (b.rank ?? Number.MAX_SAFE_INTEGER);
}

async function vendorOffers(
  facts: OfferFacts,
  vendorId: string,
  seen: readonly SeenOffer[],
): Promise<ExplainedOffer[]> {
  const vendor = facts.vendors.get(vendorId);
  const config = facts.config?.vendors.find((one) => one.vendor_id === vendorId);
  if (vendor === undefined) return [];
  const copies = readCopies(facts.manifest, vendorId);
  const records = await rawRecords(facts, vendor, config);
  return vendor.rows.slice(0, OFFERS_MAX + 1).map((row, i): ExplainedOffer => {
    const replayed = vendor.replayed?.rows[i]?.source ?? null;
    const source = vendor.sources[i] ?? replayed;
    const file = source === null ? null : (records.get(source.file) ?? null);
    const fileLine =
      replayed === null ? null : (vendor.replayed?.files[replayed.file]?.fileLine(replayed.line) ?? null);
    const raw = fileLine === null ? null : (file?.raw.cells.get(fileLine) ?? null);
    // of very many offers, the merge drops those that cannot win before anyone sees them
    const offer = seen.length === vendor.rows.length ? (seen[i] ?? null) : null;
    const skuMap = skuMapOf(config, file?.raw ?? null, { raw, sku: row.cells.sku ?? '' });
    const exact = offer?.exact ?? {};
    const layout = file?.layout ?? null;
    return {
      vendor_id: vendorId,
      file: source === null ? null : (copies[source.file]?.path ?? null),
      row_number: source?.rowNumber ?? 0,
      line: source?.line ?? 0,
      result: offer?.result ?? 'unknown',
      rank: offer?.rank ?? null,
      lost_by: offer?.lostBy ?? null,
      quantity: quantityOf(row, offer, config),
      landed_cost: offer?.landedCost ?? null,
      sku_map: skuMap,
      cells:
        layout === null
          ? []
          : readCells({
              layout,
              columns: file?.raw.columns ?? null,
              raw,
              valueOf: (column) => (column in exact ? (exact[column] ?? null) : row.cells[column] || null),
              isMapped: skuMap !== null,
              now: facts.now,
              conversion: conversionOf(facts.config, vendorId, offer),
            }),
    };
  });
}

function quantityOf(
  row: FoundRow,
  offer: SeenOffer | null,
  config: VendorConfig | undefined,
): ExplainedOffer['quantity'] {
  const feed = Number(row.cells.quantity_available);
  if (offer === null) return { feed, offered: feed, steps: [] };
  const { feed: sum, offered, steps } = offer.quantity;
  const summed = sum === feed ? [] : [{ rule: `duplicate_sku: ${config?.duplicate_sku}`, before: feed, after: sum }];
  return { feed, offered, steps: [...summed, ...steps] };
}

function conversionOf(config: TenantConfig | null, vendorId: string, offer: SeenOffer | null): string | null {
  if (config === null || offer?.rate == null) return null;
  return `${vendorCurrency(config, vendorId)} times ${offer.rate}, the rate in the file of currency rates`;
}

interface FileRecords {
  layout: ReplayedVendor['files'][number]['feed']['layout'];
  raw: RawRows;
}

/** The records of the rows, by file and by line in the file. */
async function rawRecords(
  { config, limits }: OfferFacts,
  { replayed }: VendorOffers,
  vendor: VendorConfig | undefined,
): Promise<Map<number, FileRecords>> {
  const records = new Map<number, FileRecords>();
  if (replayed === null || vendor === undefined) return records;
  for (const [place, { feed, fileLine }] of replayed.files.entries()) {
    const lines = new Set(replayed.rows.filter(({ source }) => source.file === place).map(({ source }) => source.line));
    if (lines.size === 0) continue;
    const raw = await readRawRows(feed, {
      ...{ vendor, extras: config?.extra_columns ?? [], limits: { ...DEFAULT_LIMITS, ...limits } },
      wants: ({ line }) => lines.has(line),
      most: lines.size,
    }).catch(unreadable);
    const cells = new Map([...raw.cells].map(([line, one]) => [fileLine(line), one]));
    records.set(place, { layout: feed.layout, raw: { ...raw, cells } });
  }
  return records;
}

/** Stands in for records that cannot be read again: the rows themselves are known. */
function unreadable(error: unknown): RawRows {
  if (error instanceof RelayError) return { columns: null, cells: new Map() };
  throw error;
}

function skuMapOf(
  config: VendorConfig | undefined,
  file: RawRows | null,
  { raw, sku }: { raw: readonly string[] | null; sku: string },
): ExplainedOffer['sku_map'] {
  const field = file?.columns?.index[0] ?? -1;
  if (config?.sku_map == null || raw === null || field < 0) return null;
  const own = trimText(raw[field] ?? '');
  return own === sku ? null : { vendor_sku: own, sku };
}
