/**
 * Files of a publication that are made on request: its delta, an export that its run did not write, a file in gzip. A
 * runner writes each into the store once, whole or not at all; the API streams the object. See decision 0034.
 */
import { streamOf } from '../../core/bytes/http-objects.ts';
import { ACCEPTED_BEFORE, checkConfig } from '../../core/config/check.ts';
import { RelayError } from '../../core/errors.ts';
import { moneyDecimals } from '../../core/money/currencies.ts';
import { bindExport, type NamedExport } from '../../core/pipeline/bind.ts';
import { writeExport } from '../../core/pipeline/outputs/exports.ts';
import { type Publication, pinnedSource } from '../../core/pipeline/publications.ts';
import { diffFeeds } from '../../core/pipeline/publish/diff/diff-feeds.ts';
import { SortedRows } from '../../core/pipeline/publish/tables/sorted-rows.ts';
import { type ByteSink, type ByteSource, DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { Registry } from '../../core/registry.ts';

/** Paths below the folder of the run whose feed it is. */
export const MADE_PATHS = {
  delta: (sequence: number) => `outputs/made/${sequence}/delta.csv`,
  export: (sequence: number, name: string, extension: string) =>
    `outputs/made/${sequence}/exports/${name}/${name}.${extension}`,
  /** Another file of the run. */
  gzip: (path: string) => `outputs/made/gzip/${path}.gz`,
};

export interface DeltaRecipe {
  before: Publication | null;
  after: Publication;
  currency: string;
}

export interface ExportRecipe {
  delta: DeltaRecipe;
  /** A name in `output.exports` of the config. */
  name: string;
  /** The config as stored. */
  config: unknown;
}

export type FileRecipe =
  | ({ make: 'delta'; key: string } & DeltaRecipe)
  /** The file's ending, which the plugin names, is appended to `prefix`. */
  | ({ make: 'export'; prefix: string } & ExportRecipe)
  | { make: 'gzip'; key: string; from: { key: string; etag: string } };

export interface FileDeps {
  artifacts: ArtifactStore;
  registry: Registry;
}

/**
 * Does nothing if the file exists. Throws `not_found` or `precondition_failed` if its inputs are gone, `CONFIG_INVALID`
 * and `plugin_failed`.
 */
export async function makeFile(recipe: FileRecipe, deps: FileDeps): Promise<void> {
  const { artifacts } = deps;
  if (recipe.make === 'delta') return writeOnce(artifacts, recipe.key, (sink) => writeDelta(recipe, artifacts, sink));
  if (recipe.make === 'gzip')
    return writeOnce(artifacts, recipe.key, (sink) => writeGzip(recipe.from, artifacts, sink));
  const one = await boundExport(recipe, deps.registry);
  await writeOnce(artifacts, recipe.prefix + one.format.extension, (sink) =>
    writeExportOf(one, recipe, artifacts, sink),
  );
}

/** Makes the whole object appear, unless it exists. */
async function writeOnce(store: ArtifactStore, key: string, use: (sink: ByteSink) => Promise<void>): Promise<void> {
  if ((await store.head(key)) !== null) return;
  const sink = await store.write(key, { ifNoneMatch: true });
  try {
    await use(writesTo((bytes) => sink.write(bytes)));
  } catch (error) {
    await sink.abort();
    throw error;
  }
  await sink.close().catch(async (error) => {
    await sink.abort();
    // another process made the same file
    if (!(error instanceof RelayError) || error.code !== 'precondition_failed') throw error;
  });
}

export async function writeDelta(
  { before, after, currency }: DeltaRecipe,
  store: ArtifactStore,
  sink: ByteSink,
): Promise<void> {
  const feed = (one: Publication | null) => ({
    name: one === null ? 'nothing' : `publication ${one.sequence}`,
    format: one?.format ?? 'csv',
    source: one === null ? NOTHING : pinnedSource(store, one.key, one.etag),
  });
  await diffFeeds({
    before: feed(before),
    after: feed(after),
    moneyDecimals: moneyDecimals(currency),
    limits: DEFAULT_LIMITS,
    zeroesRemoved: true,
    delta: sink,
  });
}

const NOTHING: ByteSource = { name: '', size: null, async *open() {} };

/** Throws `CONFIG_INVALID` for a config that this release refuses. */
export async function boundExport({ config, name }: ExportRecipe, registry: Registry): Promise<NamedExport> {
  const checked = checkConfig(config, registry, ACCEPTED_BEFORE);
  if (checked.ok) return bindExport(checked.config, registry, name);
  const message = 'the config of the published feed cannot be used any more, so no export can be made of it';
  throw new RelayError('CONFIG_INVALID', message);
}

export async function writeExportOf(
  one: NamedExport,
  { delta }: ExportRecipe,
  store: ArtifactStore,
  sink: ByteSink,
): Promise<void> {
  const isDelta = one.content === 'delta';
  const { after } = delta;
  const source: ByteSource = isDelta
    ? { name: 'the delta', size: null, open: () => piped((into) => writeDelta(delta, store, into)) }
    : pinnedSource(store, after.key, after.etag);
  const rows = await SortedRows.open(source, {
    name: 'the published feed',
    format: isDelta ? 'csv' : after.format,
    limits: DEFAULT_LIMITS,
  });
  try {
    await writeExport(one, rows, sink);
  } finally {
    await rows.close();
  }
}

async function writeGzip(from: { key: string; etag: string }, store: ArtifactStore, sink: ByteSink): Promise<void> {
  const { body } = await store.read(from.key, { ifMatch: from.etag });
  for await (const chunk of chunksOf(gzipped(streamOf(copied(body))))) await sink.write(chunk);
}

/** Copies chunks: a store's chunk is valid only until the next one, and the stream may hold several. */
async function* copied(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) yield chunk.slice();
}

export function gzipped(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  // TypeScript's types of these streams are incompatible, though the streams are not
  const gzip = new CompressionStream('gzip') as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array>;
  return stream.pipeThrough(gzip);
}

/** Streams what `work` writes. It waits while nobody reads, and fails if its reader leaves. */
export function streamed(work: (sink: ByteSink) => Promise<void>): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  // the writer may reuse its buffer
  work(writesTo((bytes) => writer.write(bytes.slice())))
    .then(
      () => writer.close(),
      (error) => writer.abort(error),
    )
    .catch(() => undefined);
  return readable;
}

/** A sink without `close`: whoever opened the target closes it. */
function writesTo(write: ByteSink['write']): ByteSink {
  return { write, close: () => undefined, abort: () => undefined };
}

function piped(work: (sink: ByteSink) => Promise<void>): AsyncGenerator<Uint8Array> {
  return chunksOf(streamed(work));
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
