/** The vendors of a stored config, by their ids. */
import { configAt, configList } from '../../core/config/raw.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { ApiError } from '../http/errors.ts';

/** Throws `UNKNOWN_VENDOR` with every id that the config does not have. `path` is where they stand in the request. */
export function requireVendors(config: unknown, vendorIds: readonly string[], path: string): void {
  const known = configList(config, 'vendors').map((vendor) => String(configAt(vendor, 'vendor_id')));
  const issues = vendorIds.flatMap((id, i) => {
    if (known.includes(id)) return [];
    const message = `there is no vendor "${id}"${didYouMean(id, known)}`;
    return [{ path: path === 'vendors' ? `vendors[${i}]` : path, code: 'UNKNOWN_VENDOR', message }];
  });
  if (issues.length > 0) throw new ApiError('UNKNOWN_VENDOR', issues[0]!.message, { issues });
}
