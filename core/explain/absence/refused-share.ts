/** Whether a run that made no feed had more refused rows than its `error_policy` allows, as its files tell. */
import { Money } from '../../money/money.ts';
import { PATHS } from '../../pipeline/artifacts.ts';
import type { InputManifest } from '../../pipeline/fetch/input-manifest.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { writtenLines } from '../run-files/lines.ts';
import { isMissing } from '../run-files/reading.ts';

/** What of a config is needed here; a config of another release may be invalid today. */
export interface PolicyConfig {
  error_policy?: { max_invalid_rows?: unknown; max_invalid_row_pct?: unknown };
  vendors?: ReadonlyArray<{ vendor_id?: string; error_policy?: object; on_trouble?: { too_many_invalid?: string } }>;
}

/**
 * Of a run whose `errors.json` counts the trouble of a vendor and, full as it is, does not list it: whose own limits stopped
 * the run. Null if no vendor has such limits.
 */
export function vendorPolicyExceeded({ vendors = [] }: PolicyConfig): string | null {
  const goesOn = (action: string | undefined) => action === 'leave_out' || action === 'carry_over';
  const ids = vendors
    .filter(({ error_policy, on_trouble }) => error_policy !== undefined && !goesOn(on_trouble?.too_many_invalid))
    .map(({ vendor_id }) => vendor_id);
  if (ids.length === 0) return null;
  return `more rows of vendor ${ids.join(' or ')} are invalid than its own error_policy allows`;
}

/** As the run said it; null if the policy did not stop it, or if the files do not tell. */
export async function policyExceeded(
  { files, manifest, config }: { files: RunFiles; manifest: InputManifest; config: PolicyConfig },
  refused: number,
): Promise<string | null> {
  const policy = config.error_policy ?? {};
  const most = policy.max_invalid_rows ?? 0;
  if (refused === 0) return null;
  if (typeof most === 'number' && refused > most) return `${said(refused)}; max_invalid_rows is ${most}`;
  const share = Money.parse(String(policy.max_invalid_row_pct ?? 0));
  if (share === null) return null;
  const isOver = (total: number) => Money.of(refused).compare(share.mul(Money.of(total))) > 0;
  const valid = await countRows(files, Object.keys(manifest.vendors), (rows) => isOver(rows + refused));
  if (valid === null) return null;
  return `${refused} of ${valid + refused} rows are invalid; max_invalid_row_pct is ${share}`;
}

function said(rows: number): string {
  return rows === 1 ? '1 row is invalid' : `${rows} rows are invalid`;
}

/** The valid rows of all vendors. Null once `goesOn` says no: however large the files are, few rows need be counted. */
async function countRows(
  files: RunFiles,
  vendorIds: readonly string[],
  goesOn: (rows: number) => boolean,
): Promise<number | null> {
  let rows = 0;
  for (const id of vendorIds) {
    let isHeader = true;
    try {
      for await (const _line of writtenLines(files.open(PATHS.normalized(id)), 'csv')) {
        if (!isHeader && !goesOn(++rows)) return null;
        isHeader = false;
      }
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
  return goesOn(rows) ? rows : null;
}
