/** What a run leaves behind: addresses of its artifacts, and the rows that it refused. */

import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { absolute, baseUrl } from '../http/addresses.ts';
import { invalidCursor, notFound } from '../http/errors.ts';
import { pageQuery, runParams } from '../schemas.ts';
import { readEntries } from './error-entries.ts';
import { findRun } from './run-view.ts';

const CONTENT_TYPES: Record<string, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
};

export function artifactEndpoints(deps: ApiDeps): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/artifacts',
      id: 'getArtifacts',
      summary: 'Addresses of the run’s artifacts by name; each works for a while, for anyone who has it',
      access: 'key',
      params: runParams,
      answers: { 200: { description: 'addresses by name', model: 'ArtifactAddresses' } },
      handle: async ({ c, principal, params }) => {
        const run = await findRun(deps, principal, params.run_id);
        const base = baseUrl(c.req.raw, deps);
        const addresses = Object.entries(run.artifacts).map(async ([name, key]) => [
          name,
          absolute(await deps.artifacts.signGet(key, signing(name, key, deps.settings.downloadSeconds)), base),
        ]);
        return Response.json(Object.fromEntries(await Promise.all(addresses)));
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/runs/:run_id/errors',
      id: 'getErrors',
      summary: 'Entries of the run’s errors.json, in pages',
      access: 'key',
      params: runParams,
      query: pageQuery(deps.settings),
      answers: { 200: { description: 'one page', model: 'ErrorPage' } },
      handle: async ({ principal, params, query }) => {
        const run = await findRun(deps, principal, params.run_id);
        const start = startOf(query.cursor);
        const key = run.artifacts.errors;
        if (key === undefined) {
          if (start > 0) throw invalidCursor();
          return Response.json({ errors: [], next_cursor: null });
        }
        const { pageDefault, errorsPageBytes: pageBytes, errorEntryBytesMax: entryBytesMax } = deps.settings;
        const limit = query.limit ?? pageDefault;
        const page = await readEntries(deps.artifacts, key, { start, limit, pageBytes, entryBytesMax });
        if (page === null) throw notFound('errors.json any more');
        return Response.json({ errors: page.entries, next_cursor: page.next === null ? null : String(page.next) });
      },
    }),
  ];
}

/** Saved under the artifact's name; a vendor's own file keeps the name it came with, and no type is vouched for. */
function signing(name: string, key: string, expiresInSeconds: number) {
  const file = key.slice(key.lastIndexOf('/') + 1);
  if (name.startsWith('inbound_')) return { expiresInSeconds, filename: file };
  const extension = file.slice(file.lastIndexOf('.') + 1);
  const contentType = CONTENT_TYPES[extension];
  const filename = `${name}.${extension}`;
  return contentType === undefined ? { expiresInSeconds, filename } : { expiresInSeconds, filename, contentType };
}

function startOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) throw invalidCursor();
  return Number(cursor);
}
