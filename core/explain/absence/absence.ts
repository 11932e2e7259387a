/** Says why a SKU is not offered: gives the first reason that the run's files prove. */
import { CANONICAL_COLUMNS } from '../../canonical.ts';
import { RelayError } from '../../errors.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { Absence, AbsenceReason, ExplainedRefusal, Outcome } from '../receipt/receipt.ts';
import { lookUp } from '../run-files/look-up.ts';
import { readMapEntries } from '../vendor-files/map-entries.ts';
import { findSkipped, type SkippedFacts } from './skipped.ts';

export interface AbsenceFacts extends SkippedFacts {
  outcome: Outcome;
  refused: readonly ExplainedRefusal[];
  /** True if the merge strategy took none of the offers. */
  isLeftOut: boolean;
}

export async function explainAbsence(facts: AbsenceFacts): Promise<Absence> {
  const { outcome, refused, isLeftOut, config } = facts;
  if (outcome === 'unpriced') return because('unpriced', 'no offer has a cost or a price, so none can be priced');
  if (isLeftOut)
    return because('left_out', `the merge strategy ${config.merge.strategy} leaves out every offer for it`);
  if (refused.length > 0) {
    const rows = refused.length === 1 ? 'the only row for it was' : `all ${refused.length} rows for it were`;
    return because('rejected', `${rows} refused`);
  }
  const maps = await mapsOf(facts);
  return (await mappedAway(facts, maps)) ?? (await leftOutOrAbsent(facts, maps));
}

function because(reason: AbsenceReason, detail: string, rows: Absence['rows'] = []): Absence {
  return { reason, detail, rows };
}

/** The SKU is a vendor's own, and the SKU map gives that vendor's row another SKU. */
async function mappedAway(facts: AbsenceFacts, maps: Maps): Promise<Absence | null> {
  const { sku } = facts;
  for (const [vendor_id, map] of maps) {
    const mapped = map.get(sku);
    if (mapped === undefined || mapped === sku) continue;
    const rows = await lookUp(facts.files, normalized(facts, vendor_id), mapped);
    const isRefused = facts.index?.vendors[vendor_id]?.refused.some(([one]) => one === mapped) ?? false;
    if ((rows === null || rows.rows.length === 0) && !isRefused) continue;
    return because('mapped_away', `the SKU map of vendor ${vendor_id} makes it "${mapped}": ask for that`);
  }
  return null;
}

/** By vendor: the entries of its SKU map with the SKU on either side. */
type Maps = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A map that cannot be read is left out. */
async function mapsOf(facts: AbsenceFacts): Promise<Maps> {
  const maps = new Map<string, ReadonlyMap<string, string>>();
  for (const { vendor_id, sku_map } of facts.config.vendors) {
    if (sku_map === null) continue;
    try {
      maps.set(vendor_id, await readMapEntries(facts.engine, facts, { vendorId: vendor_id, sku: facts.sku }));
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
    }
  }
  return maps;
}

function normalized({ index, config }: AbsenceFacts, vendorId: string): Parameters<typeof lookUp>[1] {
  const columns = [...CANONICAL_COLUMNS, ...config.extra_columns];
  const samples = index?.vendors[vendorId]?.samples ?? null;
  return { path: PATHS.normalized(vendorId), format: 'csv', columns, samples };
}

async function leftOutOrAbsent(facts: AbsenceFacts, maps: Maps): Promise<Absence> {
  const { rows, unsearched } = await findSkipped(facts);
  if (rows.length > 0) return because('filtered', 'the rows that name it are left out by the layout of the feed', rows);
  const doubts: string[] = [];
  for (const [id, { refused_more }] of Object.entries(facts.index?.vendors ?? {}))
    if (refused_more > 0) doubts.push(`${refused_more} refused rows of vendor ${id} are in no report`);
  for (const id of unsearched)
    doubts.push(`the rows that the layout of vendor ${id} leaves out were not looked through`);
  if (doubts.length > 0) return because('unknown', `it may be among these: ${doubts.join('; ')}`);
  const unread = await unreadVendors(facts);
  if (unread.length > 0)
    return because(
      'vendor_unavailable',
      `no vendor that was read lists it; not read: ${unread.join(', ')}${namedByMap(facts.sku, without(maps, unread))}`,
    );
  return because('not_listed', `no vendor lists it${namedByMap(facts.sku, maps)}`);
}

/** The maps of vendors that were read; for others it is unknown whether a row has an entry. */
function without(maps: Maps, unread: readonly string[]): Maps {
  return new Map([...maps].filter(([id]) => !unread.includes(id)));
}

/** Vendors' SKUs that a map makes the SKU of, but that no row has. */
function namedByMap(sku: string, maps: Maps): string {
  const named = [...maps].flatMap(([id, map]) =>
    [...map].filter(([, mapped]) => mapped === sku).map(([own]) => `"${own}" of ${id}`),
  );
  if (named.length === 0) return '';
  const first = named.slice(0, MAPPED_SHOWN).join(', ');
  return `; the SKU map makes it of ${first}, which no row has`;
}

/** Entries of SKU maps that are named. */
const MAPPED_SHOWN = 5;

/** A failed run may have no index of rows. Then a vendor counts as read if it has rows. */
async function unreadVendors(facts: AbsenceFacts): Promise<string[]> {
  const { files, manifest, index, sku } = facts;
  const ids = Object.keys(manifest.vendors);
  if (index !== null) return ids.filter((id) => index.vendors[id] === undefined);
  const found = await Promise.all(ids.map((id) => lookUp(files, normalized(facts, id), sku)));
  return ids.filter((_, i) => found[i] === null);
}
