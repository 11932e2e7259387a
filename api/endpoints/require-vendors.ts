/** Checks that a stored config has the vendors that a request names. */
import { configAt, configList } from '../../core/config/raw.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { ApiError } from '../http/errors.ts';

/** The most ids for which another one is suggested. */
const SUGGESTED_MAX = 10;

/** Throws `UNKNOWN_VENDOR` with every id that the config lacks. `path` is the field of the request that has the ids. */
export function requireVendors(config: unknown, vendorIds: readonly string[], path: string): void {
  const known = configList(config, 'vendors').map((vendor) => String(configAt(vendor, 'vendor_id')));
  let unknown = 0;
  const issues = vendorIds.flatMap((id, i) => {
    if (known.includes(id)) return [];
    const near = ++unknown > SUGGESTED_MAX ? '' : didYouMean(id, known);
    const message = `there is no vendor "${id}"${near}`;
    return [{ path: path === 'vendors' ? `vendors[${i}]` : path, code: 'UNKNOWN_VENDOR', message }];
  });
  const [first] = issues;
  if (first !== undefined) throw new ApiError('UNKNOWN_VENDOR', first.message, { issues });
}
