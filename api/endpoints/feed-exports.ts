/**
 * The published feed in the formats of shops: the files of `output.exports`. A run writes them for the feed that it publishes. What a person
 * published, or went back to, may lack them, and its delta is from another feed than the run's own: then they are made as they are read.
 */
import { ACCEPTED_BEFORE, checkConfig } from '../../core/config/check.ts';
import type { FeedExport } from '../../core/config/exports.ts';
import { configAt, configList } from '../../core/config/raw.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import { bindExport } from '../../core/pipeline/bind.ts';
import type { InputManifest } from '../../core/pipeline/fetch/input-manifest.ts';
import { isBaseline, type Publication, readJson, readPublication } from '../../core/pipeline/publications.ts';
import { writeExport } from '../../core/pipeline/publish/exports.ts';
import { SortedRows } from '../../core/pipeline/publish/sorted-rows.ts';
import { DEFAULT_LIMITS } from '../../core/ports/engine.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import type { ApiDeps } from '../deps.ts';
import { ApiError } from '../http/errors.ts';
import { answerBody, answerObject, type FeedFile, type PublishedFeed, publishedFeed } from './feed-answers.ts';
import { deltaOf, requireFeed } from './publication-delta.ts';

/** Exports that one process makes at once: each reads a whole feed. */
const MAKING_MAX = 2;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
  xml: 'application/xml',
};

export class Feeds {
  readonly #deps: ApiDeps;
  #making = 0;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
  }

  /**
   * The published feed, or the export of that name. Throws `NOT_FOUND` before anything is published and if the config of what is published
   * has no such export, `RANGE_NOT_SATISFIABLE`, `RUN_GONE`, and `UNAVAILABLE` if too many are made.
   */
  async respond(request: Request, tenantId: string, name: string | undefined): Promise<Response> {
    const feed = await publishedFeed(this.#deps, tenantId);
    if (name !== undefined) return this.#export(request, { tenantId, feed, name });
    const { publication, info } = feed;
    const contentType = MEDIA_TYPES[publication.format] ?? '';
    return answerObject(
      this.#deps,
      request,
      { publication, tag: publication.sha256, contentType, filename: null },
      info,
    );
  }

  async #export(request: Request, { tenantId, feed, name }: WantedExport): Promise<Response> {
    const { artifacts } = this.#deps;
    const { publication } = feed;
    const found = await this.#deps.tenants.getConfig(tenantId, publication.config_version);
    const content = contentOf(found?.config, name);
    const before = await this.#before(tenantId, publication);
    const key = await this.#storedKey(tenantId, { publication, before, name, content });
    const info = key === null ? null : await artifacts.head(key);
    const state = content === 'full' ? publication.config_version : publication.sequence;
    const tag = `${publication.sha256}-${content}-${state}-${name}`;
    if (info !== null) return answerObject(this.#deps, request, fileOf(feed, name, extensionOf(info.key), tag), info);
    return this.#make(request, { feed, before, name, tag: `${tag}-made`, config: found?.config });
  }

  async #before(tenantId: string, { sequence }: Publication): Promise<Publication | null> {
    return sequence === 1 ? null : readPublication(this.#deps.artifacts, tenantId, sequence - 1);
  }

  /** The file of the run, if it is right for this publication: a delta is, if the run was compared with what was published before. */
  async #storedKey(tenantId: string, { publication, before, name, content }: Wanted): Promise<string | null> {
    const { artifacts, runs } = this.#deps;
    const { run_id } = publication;
    const key = (await runs.get(run_id))?.artifacts[`export_${name}`] ?? null;
    if (key === null || content === 'full') return key;
    const manifest = await readJson<InputManifest>(artifacts, runPrefix(run_id, tenantId) + PATHS.manifest);
    const current = before === null ? null : { publication: before, etag: '' };
    return manifest !== null && isBaseline(manifest.value.baseline ?? null, current) ? key : null;
  }

  /** Plugins of outputs work here: they make one row after the other. */
  async #make(request: Request, { feed, before, name, tag, config: raw }: Making): Promise<Response> {
    const { publication, info } = feed;
    const { registry } = this.#deps;
    const config = usable(raw, this.#deps);
    const one = await bindExport(config, registry, name);
    const isDelta = one.content === 'delta';
    for (const needed of isDelta && before !== null ? [before] : []) await requireFeed(this.#deps, needed);
    const open = async (): Promise<AsyncIterable<Uint8Array>> =>
      isDelta
        ? chunksOf(await deltaOf(this.#deps, config.tenant_id, before, publication))
        : (await this.#deps.artifacts.read(info.key, { ifMatch: info.etag })).body;
    const format = isDelta ? 'csv' : publication.format;
    return answerBody(request, fileOf(feed, name, one.format.extension, tag), () => {
      const leave = this.#enter();
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const sink = {
        write: (bytes: Uint8Array) => writer.write(bytes),
        close: () => undefined,
        abort: () => undefined,
      };
      const source = {
        ...{ name: 'the published feed', size: null },
        async *open() {
          yield* await open();
        },
      };
      SortedRows.open(source, { name: source.name, format, limits: DEFAULT_LIMITS })
        .then((rows) => writeExport(one, rows, sink).finally(() => rows.close()))
        .then(
          () => writer.close(),
          (error) => writer.abort(error),
        )
        .catch(() => undefined)
        .finally(leave);
      return readable;
    });
  }

  /** Throws `UNAVAILABLE`. Call the answer in the end. */
  #enter(): () => void {
    if (this.#making >= MAKING_MAX) {
      const headers = { 'Retry-After': String(this.#deps.settings.retryAfterSeconds) };
      throw new ApiError('UNAVAILABLE', 'too many exports are made at this moment; try again', { headers });
    }
    this.#making++;
    return () => {
      this.#making--;
    };
  }
}

interface WantedExport {
  tenantId: string;
  feed: PublishedFeed;
  name: string;
}

interface Wanted {
  publication: Publication;
  /** The publication before. */
  before: Publication | null;
  name: string;
  content: FeedExport['content'];
}

interface Making {
  feed: PublishedFeed;
  before: Publication | null;
  name: string;
  tag: string;
  config: unknown;
}

/** Throws `NOT_FOUND`, with the exports that there are. */
function contentOf(config: unknown, name: string): FeedExport['content'] {
  const entries = configList(config, 'output', 'exports');
  const names = entries.map((one) => String(configAt(one, 'name') ?? configAt(one, 'use')));
  const found = entries[names.indexOf(name)];
  if (found !== undefined) return configAt(found, 'content') === 'delta' ? 'delta' : 'full';
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new ApiError('NOT_FOUND', `the published feed has no export "${name}"${didYouMean(name, names)}; ${known}`);
}

/** Throws `RUN_GONE` for a config that this release refuses. */
function usable(raw: unknown, { registry }: ApiDeps): TenantConfig {
  const checked = checkConfig(raw, registry, ACCEPTED_BEFORE);
  if (checked.ok) return checked.config;
  throw new ApiError(
    'RUN_GONE',
    'the config of the published feed cannot be used any more, so no export can be made of it',
  );
}

function fileOf({ publication }: PublishedFeed, name: string, extension: string, tag: string): FeedFile {
  const contentType = MEDIA_TYPES[extension] ?? 'application/octet-stream';
  return { publication, tag, contentType, filename: `${name}.${extension}` };
}

function extensionOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
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
