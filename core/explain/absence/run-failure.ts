/** Says whether the run that is explained failed and why, as far as its files tell: a failed run has no summary. */
import { PATHS } from '../../pipeline/artifacts.ts';
import type { InputManifest } from '../../pipeline/fetch/input-manifest.ts';
import type { ExpectationResult } from '../../pipeline/publish/expect/expectations.ts';
import type { GuardReport } from '../../pipeline/publish/guardrails/guards.ts';
import type { RunFiles } from '../../ports/explaining.ts';
import { parsedEntry, readErrorLines, rowOfEntry } from '../run-files/error-lines.ts';
import { type Findings, readBytes, readJsonFile } from '../run-files/reading.ts';
import { type PolicyConfig, policyExceeded, vendorPolicyExceeded } from './refused-share.ts';

export interface FailureFromFiles {
  /** As the service has it; null if the files do not tell. */
  code: string | null;
  /** What went wrong, in words. */
  message: string;
}

/** Null if the run succeeded. */
export async function readRunFailure(files: RunFiles, findings: Findings): Promise<FailureFromFiles | null> {
  if ((await readBytes(files, PATHS.summary, { first: 0, last: 0 })) !== null) return null;
  const [guards, expected] = await Promise.all([
    readJsonFile<GuardReport>(files, PATHS.guardrails, findings),
    readJsonFile<{ expectations: ExpectationResult[] }>(files, PATHS.expectations, findings),
  ]);
  const exceeded = guards?.guards.filter((guard) => guard.tripped).map(({ guard }) => guard) ?? [];
  // a forced run sets its guardrails aside
  const tripped = exceeded.length > 0 && (await isForced(files, findings)) ? [] : exceeded;
  const unmet = expected?.expectations.filter(({ met, severity }) => !met && severity === 'error') ?? [];
  const reasons = [
    ...(tripped.length === 0 ? [] : [`it exceeds ${[...new Set(tripped)].join(', ')}`]),
    ...(unmet.length === 0 ? [] : [`it does not meet ${unmet.map(({ name }) => `"${name}"`).join(', ')}`]),
  ];
  if (reasons.length > 0) {
    const code = tripped.length > 0 ? 'GUARDRAIL_TRIPPED' : 'EXPECTATION_FAILED';
    return { code, message: reasons.join(', and ') };
  }
  const trouble = (await lastTrouble(files, findings)) ?? { error_code: null, error_message: null };
  const { error_code: code, error_message: why } = trouble;
  return { code, message: `it did not come to its end${why === null ? '' : `: ${why}`}` };
}

async function isForced(files: RunFiles, findings: Findings): Promise<boolean> {
  const manifest = await readJsonFile<InputManifest>(files, PATHS.manifest, findings);
  return (manifest?.forced ?? null) !== null;
}

interface FatalEntry {
  vendor_id?: string;
  error_code: string;
  error_message: string;
}

/** A run has too many invalid rows, or a vendor has, by its own limits. */
const TOO_MANY_INVALID = 'validation_errors';
/** Codes that do not stop a run. */
const HARMLESS = ['OPTIONAL_VENDOR_MISSING', 'ERRORS_TRUNCATED'];

/**
 * The last entry of `errors.json` if it is about a whole vendor: the run stopped there. If it is not, says whether the
 * run has more invalid rows than the error policy allows.
 */
async function lastTrouble(files: RunFiles, findings: Findings): Promise<FatalEntry | null> {
  const errors = new ErrorsRead();
  if (!(await readErrorLines(files, (line) => errors.take(line)))) return null;
  const entry = errors.lastEntry();
  const { error_code, error_message, vendor_id = '' } = entry;
  if (error_code !== undefined && error_message !== undefined) {
    if (!HARMLESS.includes(error_code)) return { error_code, error_message: errors.message };
    const why = await whyMustBeThere(files, vendor_id, findings);
    if (why !== null) return { error_code, error_message: `${errors.message}; ${why}` };
  }
  const [manifest, snapshot] = await Promise.all([
    readJsonFile<InputManifest>(files, PATHS.manifest, findings),
    readJsonFile<{ tenant_config?: PolicyConfig }>(files, PATHS.config, findings),
  ]);
  if (manifest === null || snapshot === null) return null;
  const facts = { files, manifest, config: snapshot.tenant_config ?? {} };
  const ofVendor = (entry.error_counts?.[TOO_MANY_INVALID] ?? 0) > 0 ? vendorPolicyExceeded(facts.config) : null;
  if (ofVendor !== null) return { error_code: TOO_MANY_INVALID, error_message: ofVendor };
  const exceeded = await policyExceeded(facts, errors.refusedRows());
  return exceeded === null ? null : { error_code: TOO_MANY_INVALID, error_message: exceeded };
}

/** Vendors whose trouble is told. */
const MESSAGES_MAX = 5;

/** Counts the entries of `errors.json`, and keeps the last one. */
class ErrorsRead {
  #last: Uint8Array | null = null;
  /** The messages of the last entries, if they are about vendors and have one code. */
  readonly #messages: string[] = [];
  #code: string | undefined = undefined;
  readonly #rows = new Map<string, number>();
  /** Vendors that were left out: their refused rows do not count. */
  readonly #leftOut = new Set<string>();

  take(line: Uint8Array): void {
    this.#last = line;
    const row = rowOfEntry(line);
    if (row !== null) this.#rows.set(row.vendorId, (this.#rows.get(row.vendorId) ?? 0) + 1);
    else this.#leftOut.add(this.lastEntry().vendor_id ?? '');
    this.#noteMessage(row === null ? this.lastEntry() : {});
  }

  #noteMessage({ error_code, error_message }: Partial<FatalEntry>): void {
    if (error_code !== this.#code) this.#messages.length = 0;
    this.#code = error_code;
    if (error_message !== undefined && this.#messages.length < MESSAGES_MAX) this.#messages.push(error_message);
  }

  /** What the last entries say. */
  get message(): string {
    return this.#messages.join('; ');
  }

  lastEntry(): Partial<FatalEntry> & { not_listed?: number; error_counts?: Record<string, number> } {
    return (this.#last === null ? null : (parsedEntry(this.#last) as Partial<FatalEntry> | undefined)) ?? {};
  }

  /** The refused rows of the vendors that were not left out; 0 if that is unknown. */
  refusedRows(): number {
    const { not_listed = 0 } = this.lastEntry();
    const listed = [...this.#rows].filter(([id]) => !this.#leftOut.has(id)).reduce((sum, [, count]) => sum + count, 0);
    const named = [...this.#leftOut].some((id) => id !== '');
    return not_listed > 0 && named ? 0 : listed + not_listed;
  }
}

/**
 * Why the missing file of an optional vendor stops the run: no vendor may be left out, or the vendor could not be
 * carried over. Null if it does not.
 */
async function whyMustBeThere(files: RunFiles, vendorId: string, findings: Findings): Promise<string | null> {
  const snapshot = await readJsonFile<{ tenant_config?: SnapshotConfig }>(files, PATHS.config, findings);
  const vendor = snapshot?.tenant_config?.vendors?.find(({ vendor_id }) => vendor_id === vendorId);
  const { missing, carry_over_then: otherwise } = vendor?.on_trouble ?? {};
  if (missing === 'fail') return 'its on_trouble.missing is fail';
  if (missing !== 'carry_over' || otherwise === 'leave_out') return null;
  const manifest = await readJsonFile<InputManifest>(files, PATHS.manifest, findings);
  const published = manifest?.baseline ?? manifest?.carry_over_source ?? null;
  // without a published run there is no file to carry over, and the vendor is left out
  if (published === null || manifest?.vendors[vendorId]?.carried_over != null) return null;
  return 'its last file is older than on_trouble.carry_over_max_hours allows';
}

/**
 * The part of a config that is needed here, read without a check: the config of an old release may be invalid today.
 */
interface SnapshotConfig {
  vendors?: Array<{ vendor_id?: string; on_trouble?: { missing?: string; carry_over_then?: string } }>;
}
