/** Whether the run that is explained failed, and what stopped it, as far as its files tell: a failed run has no summary. */
import { toText } from '../bytes/text.ts';
import { PATHS } from '../pipeline/artifacts.ts';
import type { ExpectationResult } from '../pipeline/publish/expectations.ts';
import type { GuardReport } from '../pipeline/publish/guards.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { type Findings, readBytes, readJsonFile } from './reading.ts';

export interface RunFailure {
  /** As the service has it; null if the files do not tell. */
  code: string | null;
  /** In words. */
  message: string;
}

/** Null if the run succeeded. */
export async function readRunFailure(files: RunFiles, findings: Findings): Promise<RunFailure | null> {
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
  const trouble = await lastTrouble(files);
  if (trouble === null) return { code: null, message: 'it did not come to its end' };
  return { code: trouble.error_code, message: `it did not come to its end: ${trouble.error_message}` };
}

interface Trouble {
  error_code: string;
  error_message: string;
}

/** What a run could go on without, so that it did not stop for it. */
const HARMLESS = ['OPTIONAL_VENDOR_MISSING', 'ERRORS_TRUNCATED'];

/** Trouble with a whole vendor, where it is the last that `errors.json` has: the run stopped at it. It has a line for each entry. */
async function lastTrouble(files: RunFiles): Promise<Trouble | null> {
  const bytes = await readBytes(files, PATHS.errors);
  const line = bytes === null ? '' : (toText(bytes).trimEnd().split('\n').at(-2) ?? '');
  try {
    const entry = JSON.parse(line) as Partial<Trouble>;
    const { error_code, error_message } = entry;
    if (error_code === undefined || error_message === undefined || HARMLESS.includes(error_code)) return null;
    return { error_code, error_message };
  } catch {
    return null;
  }
}
