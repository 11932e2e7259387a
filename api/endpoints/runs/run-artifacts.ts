/** What a run wrote: addresses of its artifacts, and the entries of its errors.json. */

import { ROW_CODES, VENDOR_CODES } from '../../../core/issue.ts';
import type { Registry } from '../../../core/registry.ts';
import { RUN_CODES } from '../../../core/run-codes.ts';
import { contentTypeOf } from '../../../core/text/content-types.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { absolute, baseUrl } from '../../http/addresses.ts';
import { ApiError, invalidCursor, notFoundError } from '../../http/errors.ts';
import type { Questions } from '../../http/questions.ts';
import { readEntries } from '../../questions/error-entries.ts';
import { runParams } from '../../schemas/common.ts';
import { errorsQuery } from '../../schemas/error-entries.ts';
import { findRun } from './run-view.ts';

export function artifactEndpoints(deps: ApiDeps, questions: Questions) {
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/artifacts',
      id: 'getArtifacts',
      tag: 'Runs',
      summary: 'Signed addresses of the run’s artifacts, by name',
      description: 'Anyone who has an address can use it until it expires.',
      access: 'key',
      params: runParams,
      responses: { 200: { description: 'addresses by name', model: 'ArtifactAddresses' } },
      handle: async ({ c, principal, params }) => {
        const run = await findRun(deps, principal, params.run_id);
        const base = baseUrl(c.req.raw, deps);
        const addresses = Object.entries(run.artifacts).map(async ([name, key]) => [
          name,
          absolute(await deps.artifacts.signGet(key, signOptions(name, key, deps.settings.downloadSeconds)), base),
        ]);
        return Response.json(Object.fromEntries(await Promise.all(addresses)));
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/errors',
      id: 'getErrors',
      tag: 'Runs',
      summary: 'Entries of the run’s errors.json, in pages',
      description:
        'One entry for each refused row, and for each problem of a vendor or of the run. `vendor_id` and `error_code` select entries; the last entry, `ERRORS_TRUNCATED`, is in every selection. A code that no entry has and nothing that is installed gives is refused. A page may hold fewer entries than `limit`, or none: read on while there is a `next_cursor`.',
      access: 'key',
      params: runParams,
      query: errorsQuery(deps.settings),
      responses: { 200: { description: 'one page', model: 'ErrorPage' } },
      errors: ['TOO_MANY_QUESTIONS'],
      handle: async ({ c, principal, params, query }) => {
        const run = await findRun(deps, principal, params.run_id);
        const start = startByte(query.cursor);
        const key = run.artifacts.errors;
        if (key === undefined) {
          if (start > 0) throw invalidCursor();
          refuseUnknownCode(query.error_code, deps.registry);
          return Response.json({ errors: [], next_cursor: null });
        }
        const { settings } = deps;
        const wanted = {
          start,
          limit: query.limit ?? settings.pageDefault,
          pageBytes: settings.errorsPageBytes,
          scanBytes: settings.errorsScanBytes,
          entryBytesMax: settings.errorEntryBytesMax,
          filter: { vendor_id: query.vendor_id, error_code: query.error_code },
        };
        const here = () => readEntries(deps.artifacts, key, wanted);
        // a filtered page may have read many more entries than it shows
        const isFiltered = query.vendor_id !== undefined || query.error_code !== undefined;
        const question = { type: 'errors' as const, tenantId: run.tenantId, key, page: wanted };
        const page = await (isFiltered ? questions.ask(question, here, c.req.raw.signal) : here());
        if (page === null) throw notFoundError('errors.json');
        // an older run may have codes of plugins that are gone
        if (page.entries.length === 0 && page.next === null && start === 0)
          refuseUnknownCode(query.error_code, deps.registry);
        return Response.json({ errors: page.entries, next_cursor: page.next === null ? null : String(page.next) });
      },
    }),
  ];
}

/** Throws if nothing that is installed gives the code: then it is probably misspelled. */
function refuseUnknownCode(code: string | undefined, registry: Registry): void {
  if (code === undefined) return;
  const ofPlugins = registry.list().flatMap(({ codes = {} }) => Object.keys(codes));
  const known = [...Object.keys(ROW_CODES), ...Object.keys(RUN_CODES), ...VENDOR_CODES, ...ofPlugins];
  if (known.includes(code)) return;
  const message = `there is no code "${code}"${didYouMean(code, known)}`;
  throw new ApiError('INVALID_REQUEST', message, { issues: [{ path: 'error_code', code: 'invalid_value', message }] });
}

/** A download is named after the artifact. A vendor's file keeps its own name, and Relay claims no type for it. */
function signOptions(name: string, key: string, expiresInSeconds: number) {
  const file = key.slice(key.lastIndexOf('/') + 1);
  if (name.startsWith('inbound_')) return { expiresInSeconds, filename: file };
  const extension = file.slice(file.lastIndexOf('.') + 1);
  const contentType = contentTypeOf(file);
  const filename = `${name}.${extension}`;
  return contentType === null ? { expiresInSeconds, filename } : { expiresInSeconds, filename, contentType };
}

function startByte(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
