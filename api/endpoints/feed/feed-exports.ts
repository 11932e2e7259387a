/**
 * The published feed in the formats of shops: the files of `output.exports`, and deltas of publications. A run writes
 * exports of the feed that it publishes. A feed that a person published may lack them, and its delta has another
 * baseline than the run's own. Then a runner makes the missing files, once; without runners they are made while they
 * are read.
 */
import type { FeedExport } from '../../../core/config/exports.ts';
import { configAt, configList } from '../../../core/config/raw.ts';
import { PATHS, runPrefix } from '../../../core/pipeline/artifacts.ts';
import type { InputManifest } from '../../../core/pipeline/fetch/input-manifest.ts';
import { isBaseline, type Publication, readJson, readPublication } from '../../../core/pipeline/publications.ts';
import type { ByteSink } from '../../../core/ports/engine.ts';
import type { ObjectInfo } from '../../../core/ports/service/objects.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import type { ApiDeps } from '../../deps.ts';
import { ApiError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { boundExport, type ExportRecipe, streamed, writeDelta, writeExportOf } from '../../questions/files.ts';
import { asGone, MadeFiles } from '../made-files.ts';
import {
  answerBody,
  answerKnown,
  answerObject,
  type FeedFile,
  type PublishedFeed,
  publishedFeed,
  wantsGzip,
} from './feed-answers.ts';
import type { FeedDeps } from './feed-state.ts';
import { deltaRecipe } from './publication-delta.ts';

/** The most exports that one process makes at once while they are read: each reads a whole feed. */
const MAKING_MAX = 2;
/** A larger file is compressed by a runner, once. */
const GZIP_HERE_BYTES = 64 * 1024;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  jsonl: 'application/x-ndjson',
  json: 'application/json',
  xml: 'application/xml',
};

export class Feeds {
  readonly #deps: ApiDeps;
  readonly #feedDeps: FeedDeps;
  /** Null where there are no runners. */
  readonly #made: MadeFiles | null;
  #making = 0;

  constructor(deps: ApiDeps, questions: Questions) {
    this.#deps = deps;
    this.#feedDeps = { deps, questions };
    this.#made = deps.ask === null ? null : new MadeFiles(deps, deps.ask, questions);
  }

  /**
   * The published feed, or the export of that name. Throws `NOT_FOUND` before anything is published and if the config of what is published
   * has no such export, `RANGE_NOT_SATISFIABLE`, `RUN_GONE`, `TOO_MANY_QUESTIONS` and `UNAVAILABLE` if too many are made.
   */
  async respond(request: Request, tenantId: string, name: string | undefined): Promise<Response> {
    const feed = await publishedFeed(this.#feedDeps, tenantId);
    if (name !== undefined) return this.#export(request, { tenantId, feed, name });
    const { publication, info } = feed;
    const contentType = MEDIA_TYPES[publication.format] ?? '';
    const file = { publication, tag: publication.sha256, contentType, filename: null };
    return this.#object(request, tenantId, file, info);
  }

  /** The delta of a publication. Throws `RUN_GONE`, `RANGE_NOT_SATISFIABLE` and `TOO_MANY_QUESTIONS`. */
  async respondDelta(
    request: Request,
    tenantId: string,
    { before, after }: { before: Publication | null; after: Publication },
  ): Promise<Response> {
    const tag = `${after.sha256}-delta-${after.sequence}`;
    const file = { publication: after, tag, contentType: MEDIA_TYPES.csv ?? '', filename: null };
    const recipe = await deltaRecipe(this.#feedDeps, tenantId, before, after);
    if (this.#made === null) {
      return answerBody(request, file, () => streamed((sink) => writeDelta(recipe, this.#deps.artifacts, sink)));
    }
    const known = answerKnown(request, file);
    if (known !== null) return known;
    return this.#object(request, tenantId, file, await this.#made.delta(request, tenantId, recipe));
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
    if (info !== null) return this.#object(request, tenantId, fileOf(feed, name, extensionOf(info.key), tag), info);
    const delta = await deltaRecipe(this.#feedDeps, tenantId, content === 'delta' ? before : null, publication);
    return this.#make(request, { tenantId, feed, tag: `${tag}-made`, recipe: { delta, name, config: found?.config } });
  }

  async #make(request: Request, { tenantId, feed, tag, recipe }: Making): Promise<Response> {
    const { name } = recipe;
    if (this.#made === null) return this.#stream(request, { tenantId, feed, tag, recipe });
    const known = answerKnown(request, fileOf(feed, name, '', tag));
    if (known !== null) return known;
    const info = await this.#made.export(request, tenantId, recipe);
    return this.#object(request, tenantId, fileOf(feed, name, extensionOf(info.key), tag), info);
  }

  /** Sends an object, or a runner's compressed copy of it. */
  async #object(request: Request, tenantId: string, file: FeedFile, info: ObjectInfo): Promise<Response> {
    const isSmall = info.size <= GZIP_HERE_BYTES;
    if (this.#made === null || isSmall || !wantsGzip(request)) return answerObject(this.#deps, request, file, { info });
    const known = answerKnown(request, file);
    if (known !== null) return known;
    const zipped = await this.#made.gzip(request, tenantId, file.publication, info);
    return answerObject(this.#deps, request, file, { info, zipped });
  }

  async #before(tenantId: string, { sequence }: Publication): Promise<Publication | null> {
    return sequence === 1 ? null : readPublication(this.#deps.artifacts, tenantId, sequence - 1);
  }

  /**
   * The key of the run's own file if it fits this publication. A delta fits if the run was compared with the
   * publication before this one.
   */
  async #storedKey(tenantId: string, { publication, before, name, content }: Wanted): Promise<string | null> {
    const { artifacts, runs } = this.#deps;
    const { run_id } = publication;
    const key = (await runs.get(run_id))?.artifacts[`export_${name}`] ?? null;
    if (key === null || content === 'full') return key;
    const manifest = await readJson<InputManifest>(artifacts, runPrefix(run_id, tenantId) + PATHS.manifest);
    const current = before === null ? null : { publication: before, etag: '' };
    return manifest !== null && isBaseline(manifest.value.baseline ?? null, current) ? key : null;
  }

  /** Output plugins work in this process here: they make one row after the other. */
  async #stream(request: Request, { feed, tag, recipe }: Making): Promise<Response> {
    const { artifacts, registry } = this.#deps;
    const one = await boundExport(recipe, registry).catch((error) => {
      throw asGone(error, feed.publication.run_id);
    });
    return answerBody(request, fileOf(feed, recipe.name, one.format.extension, tag), () => {
      const leave = this.#enter();
      const work = (sink: ByteSink) => writeExportOf(one, recipe, artifacts, sink).finally(leave);
      return streamed(work);
    });
  }

  /** Takes a place; throws `UNAVAILABLE` if there is none. Call the returned function at the end. */
  #enter(): () => void {
    if (this.#making >= MAKING_MAX) {
      const headers = { 'Retry-After': String(this.#deps.settings.retryAfterSeconds) };
      throw new ApiError('UNAVAILABLE', 'too many exports are being made at the moment; try again', { headers });
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
  tenantId: string;
  feed: PublishedFeed;
  tag: string;
  recipe: ExportRecipe;
}

/** Throws `NOT_FOUND`, with the exports that exist. */
function contentOf(config: unknown, name: string): FeedExport['content'] {
  const entries = configList(config, 'output', 'exports');
  const names = entries.map((one) => String(configAt(one, 'name') ?? configAt(one, 'use')));
  const found = entries[names.indexOf(name)];
  if (found !== undefined) return configAt(found, 'content') === 'delta' ? 'delta' : 'full';
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new ApiError('NOT_FOUND', `the published feed has no export "${name}"${didYouMean(name, names)}; ${known}`);
}

function fileOf({ publication }: PublishedFeed, name: string, extension: string, tag: string): FeedFile {
  const contentType = MEDIA_TYPES[extension] ?? 'application/octet-stream';
  return { publication, tag, contentType, filename: `${name}.${extension}` };
}

function extensionOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
