/** What a publication changed from the one before: a delta that a shop can import, also after a rollback. */
import { moneyDecimals } from '../../core/money/currencies.ts';
import type { Publication } from '../../core/pipeline/publications.ts';
import { diffFeeds } from '../../core/pipeline/publish/diff-feeds.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../http/errors.ts';

/** Throws `RUN_GONE`. */
export async function requireFeed(
  { artifacts }: ApiDeps,
  { key, etag, run_id }: Omit<Publication, 'sequence'>,
): Promise<void> {
  if ((await artifacts.head(key))?.etag !== etag) throw runGone(run_id);
}

/** A CSV, made as it is read. Throws `RUN_GONE`. */
export async function deltaOf(deps: ApiDeps, tenantId: string, before: Publication | null, after: Publication) {
  for (const one of before === null ? [after] : [before, after]) await requireFeed(deps, one);
  const config = (await deps.tenants.getConfig(tenantId, after.config_version))?.config as
    | { default_currency?: string }
    | undefined;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const feed = (one: Publication | null) => ({
    name: one === null ? 'nothing' : `publication ${one.sequence}`,
    format: one?.format ?? 'csv',
    source: { name: '', size: null, open: () => (one === null ? nothing() : chunksOf(deps, one)) },
  });
  diffFeeds({
    before: feed(before),
    after: feed(after),
    moneyDecimals: moneyDecimals(config?.default_currency ?? 'USD'),
    limits: DEFAULT_LIMITS,
    zeroesRemoved: true,
    delta: {
      write: (bytes) => writer.write(bytes.slice()),
      close: () => undefined,
      abort: () => undefined,
    },
  })
    .then(
      () => writer.close(),
      (error) => writer.abort(error),
    )
    .catch(() => undefined);
  return readable;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* chunksOf({ artifacts }: ApiDeps, { key, etag }: Publication): AsyncGenerator<Uint8Array> {
  yield* (await artifacts.read(key, { ifMatch: etag })).body;
}

export function runGone(runId: string): ApiError {
  return new ApiError('RUN_GONE', `the feed of run ${runId} is gone: old runs are removed after RETENTION_DAYS`);
}
