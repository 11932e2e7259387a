/** Serves signed addresses as S3 serves presigned ones: reads, with ranges and a file name, and writes. */
// biome-ignore-all lint/style/noNonNullAssertion: both groups of the pattern match, if only an empty text; an upload has an owner only with a quota
import { isKnown, streamOf, wantedRange } from '../../../core/bytes/http-objects.ts';
import { RelayError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/engine.ts';
import type { ArtifactStore } from '../../../core/ports/service/objects.ts';
import { disposition } from '../../content-disposition.ts';
import { type Grant, OBJECTS_PATH, type Signatures } from './signatures.ts';
import { UploadIntegrity } from './upload-integrity.ts';
import type { UploadQuota } from './upload-quota.ts';

export interface SignedObjectsOptions {
  artifacts: ArtifactStore;
  signatures: Signatures;
  clock: Pick<Clock, 'wall'>;
  /** Maximum bytes of one upload; S3's limit by default. */
  uploadBytesMax?: number;
  /** Absent: uploads count against no quota. */
  quota?: UploadQuota;
  /** Throws `disk_nearly_full` if so many more bytes should not be written. */
  requireRoom?: (bytes: number) => Promise<void>;
}

const UPLOAD_BYTES_MAX = 5 * 2 ** 30;
/** The room on the disk is checked again after so many bytes of an upload. */
const ROOM_EVERY = 16 * 2 ** 20;

const STATUS: Readonly<Record<string, number>> = {
  signature_invalid: 403,
  signature_expired: 403,
  upload_aborted: 400,
  upload_header_refused: 400,
  upload_digest_mismatch: 400,
  not_found: 404,
  invalid_key: 409,
  precondition_failed: 412,
  upload_too_large: 413,
  quota_stored_bytes: 413,
  quota_files: 413,
  invalid_range: 416,
};

type InTurn = (tenantId: string, answer: () => Promise<Response>) => Promise<Response>;

export class SignedObjects {
  readonly basePath = OBJECTS_PATH.slice(0, -1);
  readonly #options: SignedObjectsOptions;

  constructor(options: SignedObjectsOptions) {
    this.#options = options;
  }

  /** Answers faults of the request; throws those of the environment. Objects are read when `inTurn` calls its function. */
  async fetch(request: Request, inTurn: InTurn = (_, answer) => answer()): Promise<Response> {
    try {
      const grant = this.#grant(request);
      if (grant.method !== 'GET') return await this.#put(grant, request);
      return await inTurn(tenantOf(grant.key), () => this.#get(grant, request));
    } catch (error) {
      const status = error instanceof RelayError ? STATUS[error.code] : undefined;
      if (!(error instanceof RelayError) || status === undefined) throw error;
      const headers = status === 416 ? { 'content-range': `bytes */${error.details.size}` } : {};
      return Response.json({ error: error.code.toUpperCase(), message: error.message }, { status, headers });
    }
  }

  #grant(request: Request): Grant {
    const url = new URL(request.url);
    let key = '';
    try {
      key = decodeURIComponent(url.pathname.slice(url.pathname.indexOf(OBJECTS_PATH) + OBJECTS_PATH.length));
    } catch {
      // not a key that was signed
    }
    const token = url.searchParams.get('token');
    const grant = this.#options.signatures.verify({ method: request.method, key, token }, this.#options.clock.wall());
    const sent = request.headers.get('content-type');
    if (grant.method === 'PUT' && grant.contentType !== null && grant.contentType !== sent) {
      throw new RelayError('signature_invalid', `the address is for an upload of type ${grant.contentType}`);
    }
    return grant;
  }

  async #get(grant: Grant, request: Request): Promise<Response> {
    const { artifacts } = this.#options;
    const now = await artifacts.head(grant.key);
    if (now === null) throw new RelayError('not_found', `there is no object ${grant.key}`);
    const range = wantedRange(request.headers, now);
    const asked = request.headers.get('if-match')?.replaceAll('"', '');
    // the range was computed for this state of the object
    const ifMatch = asked === undefined || asked === '*' ? (range === null ? undefined : now.etag) : asked;
    const { info, body } = await artifacts.read(grant.key, {
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(range === null ? {} : { range }),
    });
    if (range === null && isKnown(request.headers.get('if-none-match'), info.etag)) {
      await streamOf(body).cancel();
      return new Response(null, { status: 304, headers: { etag: `"${info.etag}"` } });
    }
    const last = range === null ? info.size - 1 : Math.min(range.last, info.size - 1);
    const headers = new Headers({
      'accept-ranges': 'bytes',
      'content-length': String(last + 1 - (range?.first ?? 0)),
      'content-type': grant.contentType ?? info.contentType ?? 'application/octet-stream',
      etag: `"${info.etag}"`,
      'last-modified': new Date(info.lastModified).toUTCString(),
      // vendors' bytes come from the API's own origin, so no browser may run them
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    if (range !== null) headers.set('content-range', `bytes ${range.first}-${last}/${info.size}`);
    if (grant.filename !== null) headers.set('content-disposition', disposition(grant.filename));
    return new Response(streamOf(body), { status: range === null ? 200 : 206, headers });
  }

  async #put(grant: Grant, request: Request): Promise<Response> {
    const { quota, requireRoom, uploadBytesMax: max = UPLOAD_BYTES_MAX } = this.#options;
    const owner = quota === undefined ? null : (grant.owner ?? null);
    const tooLarge = () => new RelayError('upload_too_large', `an upload has at most ${max} bytes`);
    const length = request.headers.get('content-length');
    if (length !== null && Number(length) > max) throw tooLarge();
    await requireRoom?.(Number(length ?? 0));
    const room = owner === null ? max : await quota!.room(owner, grant.key, length === null ? null : Number(length));
    const integrity = new UploadIntegrity(request.headers);
    await this.#requireAbsent(grant.key, request);
    const contentType = request.headers.get('content-type');
    const sink = await this.#options.artifacts.write(grant.key, {
      ...(contentType === null ? {} : { contentType }),
      ...(request.headers.has('if-none-match') ? { ifNoneMatch: true } : {}),
    });
    try {
      let size = 0;
      for await (const chunk of request.body === null ? [] : received(request.body)) {
        size += chunk.length;
        if (size > max) throw tooLarge();
        if (size > room) throw quota!.full();
        // many uploads at once could fill the disk, though each alone would fit
        if (Math.floor(size / ROOM_EVERY) > Math.floor((size - chunk.length) / ROOM_EVERY)) await requireRoom?.(0);
        integrity.update(chunk);
        await sink.write(chunk);
      }
      integrity.check();
      const undo = owner === null ? null : await quota!.add(owner, grant.key, size);
      const { etag } = await sink.close().catch(async (error) => {
        await undo?.();
        throw error;
      });
      return new Response(null, { status: 200, headers: { etag: `"${etag}"` } });
    } catch (error) {
      await sink.abort();
      throw error;
    }
  }

  /** `If-None-Match: *`: the upload must not replace an object. Asked before the body is read; the write depends on it too. */
  async #requireAbsent(key: string, request: Request): Promise<void> {
    if (request.headers.has('if-none-match') && (await this.#options.artifacts.head(key)) !== null) {
      throw new RelayError('precondition_failed', `there is an object ${key} already`);
    }
  }
}

/** Whose an object is: the name behind the first `tenants/` of its key. */
function tenantOf(key: string): string {
  return /(?:^|\/)tenants\/([^/]+)\//.exec(key)?.[1] ?? '';
}

/** The chunks of a body. If it breaks off, the client is at fault. */
async function* received(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      throw new RelayError('upload_aborted', 'the upload broke off; nothing of it was kept', { cause });
    });
    if (done) return;
    yield value;
  }
}
