/**
 * Files that a runner makes of a publication, once; they are kept with the run whose feed it is.
 * `api/questions/files.ts` makes them. They count as the tenant's stored bytes, and are removed with the run.
 */
import { RelayError } from '../../core/errors.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import type { Publication } from '../../core/pipeline/publications.ts';
import type { ObjectInfo } from '../../core/ports/service/objects.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../http/errors.ts';
import { clientGone, type Questions } from '../http/questions.ts';
import { type DeltaRecipe, type ExportRecipe, type FileRecipe, MADE_PATHS } from '../questions/files.ts';
import type { AskQuestion } from '../questions/questions.ts';

export class MadeFiles {
  readonly #deps: ApiDeps;
  readonly #ask: AskQuestion;
  readonly #questions: Questions;

  /** `ask` is given: there are runners. */
  constructor(deps: ApiDeps, ask: AskQuestion, questions: Questions) {
    this.#deps = deps;
    this.#ask = ask;
    this.#questions = questions;
  }

  delta(request: Request, tenantId: string, recipe: DeltaRecipe): Promise<ObjectInfo> {
    const key = pathIn(tenantId, recipe.after, MADE_PATHS.delta(recipe.after.sequence));
    return this.#get(request, { tenantId, publication: recipe.after, prefix: key }, { make: 'delta', key, ...recipe });
  }

  export(request: Request, tenantId: string, recipe: ExportRecipe): Promise<ObjectInfo> {
    const { after } = recipe.delta;
    const prefix = pathIn(tenantId, after, MADE_PATHS.export(after.sequence, recipe.name, ''));
    return this.#get(request, { tenantId, publication: after, prefix }, { make: 'export', prefix, ...recipe });
  }

  /** The object in gzip; null if there is no compressed copy now, so that the object itself is sent. */
  async gzip(
    request: Request,
    tenantId: string,
    publication: Publication,
    from: ObjectInfo,
  ): Promise<ObjectInfo | null> {
    const path = from.key.slice(runPrefix(publication.run_id, tenantId).length);
    const key = pathIn(tenantId, publication, MADE_PATHS.gzip(path));
    const recipe: FileRecipe = { make: 'gzip', key, from: { key: from.key, etag: from.etag } };
    return this.#get(request, { tenantId, publication, prefix: key }, recipe).catch((error) => {
      const isBusy = error instanceof ApiError && error.code === 'TOO_MANY_QUESTIONS';
      if (isBusy || (error instanceof RelayError && isPassing(error))) return null;
      throw error;
    });
  }

  async #get(request: Request, wanted: WantedFile, recipe: FileRecipe): Promise<ObjectInfo> {
    const { tenantId, prefix } = wanted;
    const there = await this.#find(prefix);
    if (there !== null) return there;
    return this.#questions.inTurn(tenantId, 'bulk', async () => {
      // an earlier question may have been the same
      const meanwhile = await this.#find(prefix);
      if (meanwhile !== null) return meanwhile;
      if (request.signal.aborted) throw clientGone();
      await this.#deps.requireRoom?.();
      // not cancelled when the client leaves: otherwise a file that takes longer than clients wait would never be made
      await this.#ask({ type: 'file', tenantId, recipe }).catch((error) => {
        throw asGone(error, wanted.publication.run_id);
      });
      return this.#keep(wanted);
    });
  }

  /** Keeps the file, unless retention has removed the run in the meantime: then this file must be removed too. */
  async #keep({ tenantId, publication, prefix }: WantedFile): Promise<ObjectInfo> {
    const { artifacts, runs, usage } = this.#deps;
    const made = await this.#find(prefix);
    if (made !== null && (await runs.get(publication.run_id)) !== null) {
      await usage.addStored(tenantId, made.size);
      return made;
    }
    if (made !== null) await artifacts.remove(made.key);
    throw runGone(publication.run_id);
  }

  async #find(prefix: string): Promise<ObjectInfo | null> {
    return (await this.#deps.artifacts.list(prefix, null, 1)).objects[0] ?? null;
  }
}

interface WantedFile {
  tenantId: string;
  publication: Publication;
  /** The start of the file's key; no other file has it. */
  prefix: string;
}

function pathIn(tenantId: string, { run_id }: Publication, path: string): string {
  return runPrefix(run_id, tenantId) + path;
}

function isPassing({ code, recovery }: RelayError): boolean {
  return recovery === 'retry' || code === 'disk_nearly_full';
}

/** The error if the feed or config that a file is made from is gone. */
export function asGone(error: unknown, runId: string): unknown {
  if (!(error instanceof RelayError)) return error;
  if (error.code === 'CONFIG_INVALID') return new ApiError('RUN_GONE', error.message);
  if (error.code === 'precondition_failed') return feedChanged(runId);
  return error.code === 'not_found' ? runGone(runId) : error;
}

export function runGone(runId: string): ApiError {
  return new ApiError('RUN_GONE', `the feed of run ${runId} is gone: old runs are removed after RETENTION_DAYS`);
}

/** The error if the feed of a run is there, but not as it was published. */
export function feedChanged(runId: string): ApiError {
  return new ApiError('RUN_GONE', `the feed of run ${runId} is not what it published: somebody changed or replaced it`);
}
