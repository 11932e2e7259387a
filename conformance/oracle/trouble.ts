/** What happens to a vendor in trouble: `on_trouble` and `vendors[].error_policy` of contract section 8. */
import type { FileInput } from './publish-types.ts';
import { type Config, D, Failure, type VendorConfig } from './types.ts';

export const UNREADABLE = ['DECODE_ERROR', 'invalid_input', 'missing_required_columns', 'ambiguous_column'];

/** The modification time of files for which a test gives none. */
export const MODIFIED = '2026-01-01T00:00:00Z';

export function ageOf({ modified = MODIFIED }: FileInput, now: string): number {
  return (Date.parse(now) - Date.parse(modified)) / 1000;
}

/** The vendor's file in the published run; null if there is none. A file older than the vendor's limit fails the run. */
export function carriedOver(
  { vendor_id, on_trouble }: VendorConfig,
  code: string,
  { earlier, now }: { earlier: ReadonlyMap<string, FileInput>; now: string },
): FileInput | null {
  const file = earlier.get(vendor_id);
  if (file === undefined) return null;
  const hours = on_trouble?.carry_over_max_hours ?? 72;
  if (ageOf(file, now) > hours * 3600) throw new Failure(code, { vendor_id, carried: 'too old' });
  return file;
}

/** The action for a missing vendor. */
export function missingAction(
  config: Config,
  { vendor_id, required = true, on_trouble }: VendorConfig,
  earlier: ReadonlyMap<string, FileInput>,
): 'fail' | 'leave_out' | 'carry_over' {
  const action = on_trouble?.missing;
  if (action === 'carry_over' && earlier.has(vendor_id)) return action;
  if (action !== undefined && action !== 'carry_over') return action;
  return required && config.error_policy?.missing_required_vendor_policy !== 'warn_only' ? 'fail' : 'leave_out';
}

export function isStale(
  config: { guardrails?: { stale_after_hours?: number } },
  file: FileInput,
  now: string,
): boolean {
  const hours = config.guardrails?.stale_after_hours;
  return hours !== undefined && ageOf(file, now) > hours * 3600;
}

/** True if more of the vendor's rows are invalid than its own limits allow. */
export function hasTooManyInvalid({ error_policy = {} }: VendorConfig, invalid: number, total: number): boolean {
  const { max_invalid_rows: most, max_invalid_row_pct: share } = error_policy;
  if (most !== undefined && invalid > most) return true;
  return share !== undefined && new D(invalid).gt(new D(String(share)).times(total));
}
