/** Says why a SKU is not offered: gives the first reason that the run's files prove. */
import { toBytes, toText } from '../bytes/text.ts';
import { CANONICAL_COLUMNS } from '../canonical.ts';
import { RelayError } from '../errors.ts';
import { PATHS, runPrefix } from '../pipeline/artifacts.ts';
import { SKU_MAP } from '../pipeline/fetch/named-files.ts';
import { SKU_MAP_FORM } from '../pipeline/normalize/lookups/side-files.ts';
import { readSkuMap } from '../pipeline/normalize/lookups/sku-map.ts';
import { DEFAULT_LIMITS } from '../ports/engine.ts';
import { lookUp } from './look-up.ts';
import { mapLines } from './map-lines.ts';
import type { Absence, AbsenceReason, ExplainedRefusal, Outcome } from './receipt.ts';
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
  return (await mappedAway(facts)) ?? (await leftOutOrAbsent(facts));
}

function because(reason: AbsenceReason, detail: string, rows: Absence['rows'] = []): Absence {
  return { reason, detail, rows };
}

/** The SKU is a vendor's own, and the SKU map gives that vendor's row another SKU. */
async function mappedAway(facts: AbsenceFacts): Promise<Absence | null> {
  const { config, sku } = facts;
  for (const { vendor_id, sku_map } of config.vendors) {
    if (sku_map === null) continue;
    const mapped = await mappedSku(facts, vendor_id);
    if (mapped === null || mapped === sku) continue;
    const rows = await lookUp(facts.files, normalized(facts, vendor_id), mapped);
    const isRefused = facts.index?.vendors[vendor_id]?.refused.some(([one]) => one === mapped) ?? false;
    if ((rows === null || rows.rows.length === 0) && !isRefused) continue;
    return because('mapped_away', `the SKU map of vendor ${vendor_id} makes it "${mapped}": ask for that`);
  }
  return null;
}

async function mappedSku({ files, manifest, engine, sku }: AbsenceFacts, vendorId: string): Promise<string | null> {
  const file = manifest.vendors[vendorId]?.side_files?.find(({ name }) => name === SKU_MAP);
  if (file === undefined) return null;
  const path = file.run_copy_key.slice(runPrefix(manifest.run_id, manifest.tenant_id).length);
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  try {
    const rows = engine.readSideTable(mapLines({ files, path, size: file.size, sku }), SKU_MAP_FORM, limits);
    const { map } = await readSkuMap(rows, vendorId);
    const key = toBytes(sku);
    const entry = map.find(key, 0, key.length);
    return entry < 0 ? null : toText(map.bytes, map.valueStart(entry), map.valueEnd(entry));
  } catch (error) {
    if (error instanceof RelayError) return null;
    throw error;
  }
}

function normalized({ index, config }: AbsenceFacts, vendorId: string): Parameters<typeof lookUp>[1] {
  const columns = [...CANONICAL_COLUMNS, ...config.extra_columns];
  const samples = index?.vendors[vendorId]?.samples ?? null;
  return { path: PATHS.normalized(vendorId), format: 'csv', columns, samples };
}

async function leftOutOrAbsent(facts: AbsenceFacts): Promise<Absence> {
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
    return because('vendor_unavailable', `no vendor that was read lists it; not read: ${unread.join(', ')}`);
  return because('not_listed', 'no vendor lists it');
}

/** A failed run may have no index of rows. Then a vendor counts as read if it has rows. */
async function unreadVendors(facts: AbsenceFacts): Promise<string[]> {
  const { files, manifest, index, sku } = facts;
  const ids = Object.keys(manifest.vendors);
  if (index !== null) return ids.filter((id) => index.vendors[id] === undefined);
  const found = await Promise.all(ids.map((id) => lookUp(files, normalized(facts, id), sku)));
  return ids.filter((_, i) => found[i] === null);
}
