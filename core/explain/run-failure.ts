/** Says whether the run that is explained failed and why, as far as its files tell: a failed run has no summary. */
import { toText } from '../bytes/text.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import type { InputManifest } from '../pipeline/fetch/input-manifest.ts';
import type { ExpectationResult } from '../pipeline/publish/expectations.ts';
import type { GuardReport } from '../pipeline/publish/guards.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { type Findings, readBytes, readJsonFile } from './reading.ts';

export interface FailureFromFiles {
  /** As the service has it; null if the files do not tell. */
  code: string | null;
  /** In words. */
  message: string;
}

/** Null if the run succeeded. */
export async function readRunFailure(files: RunFiles, findings: Findings): Promise<FailureFromFiles | null> {
  if ((await readBytes(files, PATHS.summary, { first: 0, last: 0 })) !== null) return null;
  const [guards, expected] = await Promise.all([
    readJsonFile<GuardReport>(files, PATHS.guardrails, findings),
    readJsonFile<{ expectations: ExpectationResult[] }>(files, PATHS.expectations, findings),
  ]);
  const tripped = guards?.guards.filter((guard) => guard.tripped).map(({ guard }) => guard) ?? [];
  const unmet = expected?.expectations.filter(({ met, severity }) => !met && severity === 'error') ?? [];
  const reasons = [
    ...(tripped.length === 0 ? [] : [`it exceeds ${[...new Set(tripped)].join(', ')}`]),
    ...(unmet.length === 0 ? [] : [`it does not meet ${unmet.map(({ name }) => `"${name}"`).join(', ')}`]),
  ];
  if (reasons.length > 0) {
    const code = tripped.length > 0 ? 'GUARDRAIL_TRIPPED' : 'EXPECTATION_FAILED';
    return { code, message: reasons.join(', and ') };
  }
  const trouble = await lastTrouble(files, findings);
  if (trouble === null) return { code: null, message: 'it did not come to its end' };
  return { code: trouble.error_code, message: `it did not come to its end: ${trouble.error_message}` };
}

interface Trouble {
  vendor_id?: string;
  error_code: string;
  error_message: string;
}

/** Codes that do not stop a run. */
const HARMLESS = ['OPTIONAL_VENDOR_MISSING', 'ERRORS_TRUNCATED'];

/**
 * The last entry of `errors.json` if it is about a whole vendor: the run stopped there. The file has one line per
 * entry.
 */
async function lastTrouble(files: RunFiles, findings: Findings): Promise<Trouble | null> {
  const bytes = await readBytes(files, PATHS.errors);
  const line = bytes === null ? '' : (toText(bytes).trimEnd().split('\n').at(-2) ?? '');
  try {
    const entry = JSON.parse(line) as Partial<Trouble>;
    const { error_code, error_message, vendor_id = '' } = entry;
    if (error_code === undefined || error_message === undefined) return null;
    if (HARMLESS.includes(error_code) && !(await mustBeThere(files, vendor_id, findings))) return null;
    return { error_code, error_message };
  } catch {
    return null;
  }
}

/**
 * True if the missing file of an optional vendor stops the run: no vendor may be left out, or the vendor could not be
 * carried over.
 */
async function mustBeThere(files: RunFiles, vendorId: string, findings: Findings): Promise<boolean> {
  const snapshot = await readJsonFile<{ tenant_config?: SnapshotConfig }>(files, PATHS.config, findings);
  const vendor = snapshot?.tenant_config?.vendors?.find(({ vendor_id }) => vendor_id === vendorId);
  const { missing, carry_over_then: otherwise } = vendor?.on_trouble ?? {};
  if (missing !== 'carry_over') return missing === 'fail';
  const manifest = await readJsonFile<InputManifest>(files, PATHS.manifest, findings);
  return otherwise !== 'leave_out' && manifest?.vendors[vendorId]?.carried_over == null;
}

/**
 * The part of a config that is needed here, read without a check: the config of an old release may be invalid today.
 */
interface SnapshotConfig {
  vendors?: Array<{ vendor_id?: string; on_trouble?: { missing?: string; carry_over_then?: string } }>;
}
