/** Fetches the files of all vendors, reports those without one, and writes `input_manifest.json`. */
import type { VendorConfig } from '../../config/schema.ts';
import { RelayError, withVendor } from '../../errors.ts';
import { PATHS, writeJson } from '../artifacts.ts';
import type { IssueLog } from '../issues.ts';
import { type InputManifest, keptEntry, type ManifestVendor } from './input-manifest.ts';
import { IN_TRANSFER, passedOverText } from './not-a-feed.ts';

import { type FetchedVendor, type FetchOptions, VendorFetch } from './vendor-fetch.ts';

/** Throws `REQUIRED_VENDOR_MISSING` and `INPUT_TOO_LARGE`, after writing the manifest. */
export async function fetchInputs(options: FetchOptions): Promise<FetchedVendor[]> {
  const { runId: run_id, config, configVersion: config_version, generatedAt: generated_at } = options;
  const manifest: InputManifest = {
    ...{ run_id, tenant_id: config.tenant_id, config_version, generated_at },
    ...options.publishing,
    vendors: {},
  };
  let isWritten = false;
  const write = async () => {
    if (isWritten) await writeJson(options.artifacts, PATHS.manifest, manifest);
  };
  try {
    // look for every vendor before copying any: a missing required vendor fails the run at once
    const vendors: VendorFetch[] = [];
    for (const vendor of options.vendors) {
      const found = await nameVendor(vendor.vendor_id, () => VendorFetch.find(options, vendor, write));
      vendors.push(found);
      manifest.vendors[vendor.vendor_id] = found.entry;
    }
    for (const { vendor, entry } of vendors) warnOfTransfers(options.log, vendor, entry);
    reportMissing(options, vendors);
    const fetched: FetchedVendor[] = [];
    for (const found of vendors) fetched.push(await nameVendor(found.vendor.vendor_id, () => found.read()));
    return fetched;
  } catch (error) {
    if (error instanceof RelayError && error.recovery === 'retry') keepPinned(options, manifest);
    throw error;
  } finally {
    isWritten = true;
    await write();
  }
}

/** The next attempt reads what an earlier one has pinned, also where this one did not come to it. */
function keepPinned({ vendors, pinned }: FetchOptions, manifest: InputManifest): void {
  for (const { vendor_id } of vendors) {
    const kept = keptEntry(pinned?.vendors[vendor_id], manifest.vendors[vendor_id]);
    if (kept !== undefined) manifest.vendors[vendor_id] = kept;
  }
}

async function nameVendor<T>(vendorId: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw error instanceof RelayError ? withVendor(error, vendorId) : error;
  }
}

/** Warns of files still in transfer: one may be the feed that the vendor has just sent. */
function warnOfTransfers(log: IssueLog, { vendor_id }: VendorConfig, { passed_over }: ManifestVendor): void {
  const file = passed_over?.find(({ reason }) => reason === IN_TRANSFER);
  if (file !== undefined) log.warn(`file_in_transfer:${vendor_id}:${file.name}`);
}

/** Reports missing vendors; throws if a required one is missing, unless the policy is `warn_only`. */
function reportMissing({ log, config, inputs }: FetchOptions, vendors: readonly VendorFetch[]): void {
  const fatal: VendorFetch[] = [];
  const required: string[] = [];
  const missing = vendors.filter(({ entry }) => entry.status === 'missing');
  for (const one of missing) {
    const { vendor, entry } = one;
    const vendorId = vendor.vendor_id;
    const prefix = inputs.expectedPrefix(vendor);
    const kind = vendor.required ? 'required' : 'optional';
    const where = prefix === null ? '' : ` at ${prefix}`;
    const others = passedOverText(entry.passed_over ?? []);
    log.addVendor({
      error_code: vendor.required ? 'REQUIRED_VENDOR_MISSING' : 'OPTIONAL_VENDOR_MISSING',
      error_message: `no file was found for the ${kind} vendor ${vendorId}${where}${others}`,
      vendor_id: vendorId,
      expected_prefix: prefix,
    });
    log.warn(`${kind}_vendor_missing:${vendorId}`);
    const isRequired = vendor.required && config.error_policy.missing_required_vendor_policy !== 'warn_only';
    const isFatal = one.missingAction === null ? isRequired : one.missingAction === 'fail';
    if (!isFatal) continue;
    fatal.push(one);
    required.push(prefix === null ? vendorId : `${vendorId} (${prefix}${others})`);
  }
  const [first] = fatal;
  if (first === undefined) return;
  const message = `no file was found for the required vendor${required.length > 1 ? 's' : ''} ${required.join(', ')}`;
  throw new RelayError('REQUIRED_VENDOR_MISSING', message, { details: { vendor_id: first.vendor.vendor_id } });
}
