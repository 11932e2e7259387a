/** The entries of a vendor's SKU map, as the run's copy of it has them. */
import { trimSkuText } from '../../bytes/signs/sku-signs.ts';
import { trimText } from '../../bytes/trim.ts';
import { runPrefix } from '../../pipeline/artifacts.ts';
import type { InputManifest } from '../../pipeline/fetch/input-manifest.ts';
import { SKU_MAP } from '../../pipeline/fetch/named-files.ts';
import { SKU_MAP_FORM } from '../../pipeline/normalize/lookups/side-files.ts';
import type { Engine } from '../../pipeline/run.ts';
import { DEFAULT_LIMITS } from '../../ports/engine.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { runSource } from '../run-files/reading.ts';
import { mapLines } from './map-lines.ts';

export interface MapWanted {
  vendorId: string;
  /** Only the entries with this SKU on either side need be there; null for all. */
  sku: string | null;
}

/** By the vendor's SKU. None for a vendor without a map. Throws what reading a side table throws. */
export async function readMapEntries(
  engine: Engine,
  { files, manifest }: { files: RunFiles; manifest: InputManifest },
  { vendorId, sku }: MapWanted,
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  const file = manifest.vendors[vendorId]?.side_files?.find(({ name }) => name === SKU_MAP);
  if (file === undefined) return entries;
  const path = file.run_copy_key.slice(runPrefix(manifest.run_id, manifest.tenant_id).length);
  const source = sku === null ? runSource(files, path, file.size) : mapLines({ files, path, size: file.size, sku });
  const limits = { ...DEFAULT_LIMITS, ...engine.limits };
  let at: [from: number, to: number] | null = null;
  for await (const { rows } of engine.readSideTable(source, SKU_MAP_FORM, limits)) {
    for (const row of rows) {
      if (at === null) {
        const header = row.map((cell) => trimText(cell).toLowerCase());
        at = [header.indexOf('vendor_sku'), header.indexOf('sku')];
        continue;
      }
      const [own, mapped] = at.map((column) => trimSkuText(row[column] ?? '')) as [string, string];
      if (own !== '' && mapped !== '') entries.set(own, mapped);
    }
  }
  return entries;
}
