/** Reads a vendor's SKU map and the side files that its layout joins. */
import type { ByteMap } from '../../../bytes/byte-map.ts';
import { assert, DecodeError, RelayError } from '../../../errors.ts';
import type { Layout } from '../../../layout.ts';
import type { ByteSource, EngineLimits, SideTableForm, SideTableReader, SideTableRows } from '../../../ports/engine.ts';
import { SKU_MAP } from '../../fetch/named-files.ts';
import type { FetchedVendor } from '../../fetch/vendor-fetch.ts';
import type { IssueLog } from '../../issues.ts';
import { SideTable } from './side-table.ts';
import { readSkuMap, type SideExample } from './sku-map.ts';

export interface SideReading {
  read: SideTableReader;
  limits: EngineLimits;
  /** The seed of hash tables. */
  seed: number;
  log: IssueLog;
}

export interface SideFilesRead {
  skuMap: ByteMap | null;
  /** By name. */
  sideTables: Map<string, SideTable>;
}

export const SKU_MAP_FORM: SideTableForm = { delimiter: ',', encoding: 'utf-8' };

/** Throws `invalid_input` with the side file's name, so that nobody looks for the error in the feed. */
export async function readSideFiles(
  { vendor, sideFiles }: Pick<FetchedVendor, 'vendor' | 'sideFiles'>,
  layout: Layout,
  reading: SideReading,
): Promise<SideFilesRead> {
  const { seed } = reading;
  const vendorId = vendor.vendor_id;
  const mapSource = sideFiles.get(SKU_MAP);
  const build = (parts: AsyncIterable<SideTableRows>) => readSkuMap(parts, vendorId, seed);
  const ofMap = { vendorId, what: 'SKU map', form: SKU_MAP_FORM };
  const map = mapSource === undefined ? null : await readOne(mapSource, ofMap, reading, build);
  const sideTables = new Map<string, SideTable>();
  for (const file of layout.sideFiles ?? []) {
    const source = sideFiles.get(file.name);
    assert(source !== undefined, `the parser of ${vendorId} lists its side file ${file.name}`);
    const tableOf = (parts: AsyncIterable<SideTableRows>) => SideTable.read(parts, { file, layout, vendorId, seed });
    const ofFile = { vendorId, what: `side file "${file.name}"`, form: file };
    sideTables.set(file.name, await readOne(source, ofFile, reading, tableOf));
  }
  return { skuMap: map?.map ?? null, sideTables };
}

interface SideFileUse {
  vendorId: string;
  /** What messages call the file. */
  what: string;
  form: SideTableForm;
}

async function readOne<T extends { readonly warnings: readonly string[]; readonly examples: readonly SideExample[] }>(
  source: ByteSource,
  { vendorId, what, form }: SideFileUse,
  { read, limits, log }: SideReading,
  build: (parts: AsyncIterable<SideTableRows>) => Promise<T>,
): Promise<T> {
  try {
    const built = await build(read(source, form, limits));
    for (const warning of built.warnings) log.warn(warning);
    for (const { code, ...place } of built.examples) log.example(code, vendorId, { file: source.name, ...place });
    return built;
  } catch (error) {
    if (!(error instanceof RelayError) || error.recovery === 'retry') throw error;
    const reason =
      error instanceof DecodeError
        ? `byte ${error.details.byte_offset} is not valid ${error.details.encoding}`
        : error.message;
    const message = `vendor ${vendorId}: ${what} ${source.name}: ${reason}`;
    // exceeding a limit is not the file's fault
    const code = error.code === 'INPUT_TOO_LARGE' ? error.code : 'invalid_input';
    throw new RelayError(code, message, { details: { vendor_id: vendorId }, cause: error });
  }
}
