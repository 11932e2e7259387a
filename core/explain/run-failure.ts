/** Whether the run that is explained failed, and what stopped it, as far as its files tell: a failed run has no summary. */
import { PATHS } from '../pipeline/artifacts.ts';
import type { ExpectationResult } from '../pipeline/publish/expectations.ts';
import type { GuardReport } from '../pipeline/publish/guards.ts';
import type { RunFiles } from '../ports/explaining.ts';
import { type Findings, readBytes, readJsonFile } from './reading.ts';

/** In words; null if the run succeeded. */
export async function readRunFailure(files: RunFiles, findings: Findings): Promise<string | null> {
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
  return reasons.length === 0 ? 'it did not come to its end' : reasons.join(', and ');
}
