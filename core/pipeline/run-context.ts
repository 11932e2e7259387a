/** What all stages of a run share: its request, its limits, and where it reports problems and progress. */
import type { VendorConfig } from '../config/schema.ts';
import { RelayError } from '../errors.ts';
import { DEFAULT_LIMITS, type EngineLimits } from '../ports/engine.ts';
import { ErrorsFile } from './artifacts.ts';
import { HashedArtifacts } from './hashed-artifacts.ts';
import { HookWaits } from './hook-waits.ts';
import { IssueLog } from './issues.ts';
import { Misuses } from './misuses.ts';
import { RowIndexBuilder } from './row-index.ts';
import type { Engine, RunEvent, RunRequest } from './run-types.ts';

export class RunContext {
  readonly engine: Engine;
  readonly request: RunRequest;
  readonly limits: EngineLimits;
  readonly log: IssueLog;
  readonly errors: ErrorsFile;
  readonly misuses = new Misuses();
  readonly waits: HookWaits;
  /** Where rows are in the run's files. */
  readonly index: RowIndexBuilder;
  /** The vendors of the run, in id order. */
  readonly vendors: readonly VendorConfig[];

  /** The hashes of what the run writes; null for a run that is repeated to explain it. */
  readonly hashed: HashedArtifacts | null;

  constructor(engine: Engine, given: RunRequest, isReplay = false) {
    this.hashed = isReplay ? null : new HashedArtifacts(given.artifacts, () => engine.createHasher());
    const request = this.hashed === null ? given : { ...given, artifacts: this.hashed };
    this.engine = engine;
    this.waits = new HookWaits(engine.hookNotes);
    this.request = request;
    this.limits = { ...DEFAULT_LIMITS, ...engine.limits };
    this.log = new IssueLog(this.limits);
    this.errors = new ErrorsFile(request.artifacts);
    this.index = new RowIndexBuilder(request.runId);
    this.vendors = chosenVendors(request);
  }

  /** Passes progress on to the caller; throws `CANCELLED` if the caller cancelled the run. */
  tick(event: RunEvent): void {
    if (this.request.signal?.aborted) throw new RelayError('CANCELLED', 'the run was cancelled');
    this.request.onEvent?.(event);
  }

  /** Adds an entry about a vendor's feed as a whole to `errors.json`. */
  reportVendorError(vendor: VendorConfig, code: string, message: string): void {
    this.log.addVendor({
      error_code: code,
      error_message: message,
      vendor_id: vendor.vendor_id,
      expected_prefix: this.request.inputs.expectedPrefix(vendor),
    });
  }

  /** Writes the entries gathered so far to `errors.json`; nothing to wait for if there are none. */
  flushErrors(): void | Promise<void> {
    const text = this.log.take();
    if (text !== '') return this.errors.write(text);
  }

  async closeErrors(): Promise<void> {
    if (this.log.isEmpty) return;
    await this.errors.write(this.log.close());
    await this.errors.close();
  }

  /** A failed run keeps its report, unless writing the report is what failed. */
  async closeErrorsAfterFailure(): Promise<void> {
    try {
      await this.closeErrors();
    } catch {
      // the run keeps its first error; drop the half-written report
      await this.errors.abort();
    }
  }
}

function chosenVendors({ vendors: only = [], config }: RunRequest): VendorConfig[] {
  const chosen = config.vendors.filter((vendor) => only.length === 0 || only.includes(vendor.vendor_id));
  return chosen.sort((a, b) => (a.vendor_id < b.vendor_id ? -1 : 1));
}
