/** Reads the runs in a folder of `relay run --out`, for simulations. */

import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { RunSummary } from '../../core/pipeline/run.ts';
import type { PastRun } from '../../core/pipeline/simulate/past-run.ts';
import { compareText } from '../../core/text/compare.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { UsageError } from '../usage.ts';
import { fileSource } from './files.ts';
import { isFolder } from './inputs.ts';
import { readLocalManifest } from './published.ts';
import { readReport } from './reports.ts';

/** The newest runs of a tenant that succeeded, newest first: by their clocks, then by id. */
export function pastRuns(out: string, tenantId: string, count: number): PastRun[] {
  if (!isFolder(out)) throw new UsageError(`--against ${out} is not a folder`);
  const names = attempt(`list ${out}`, () => fs.readdirSync(out).sort());
  const found = names.flatMap((name) => {
    const root = path.join(out, runPrefix(name, tenantId));
    const manifest = fs.existsSync(path.join(root, PATHS.summary)) ? readLocalManifest(root) : null;
    return manifest === null ? [] : [{ root, clock: manifest.generated_at, name }];
  });
  if (found.length === 0) throw new UsageError(noneFound(out, tenantId, names));
  found.sort((a, b) => compareText(b.clock, a.clock) || compareText(b.name, a.name));
  return found.slice(0, count).map(({ root }) => readPastRun(root));
}

function noneFound(out: string, tenantId: string, names: readonly string[]): string {
  const tenants = names.flatMap((name) => {
    const folder = path.join(out, name, 'tenants');
    return isFolder(folder) ? fs.readdirSync(folder) : [];
  });
  const others = [...new Set(tenants)].filter((tenant) => tenant !== tenantId).sort();
  const has = others.length === 0 ? '' : `; it has runs of ${others.slice(0, 5).join(', ')}`;
  return `--against ${out} has no run of tenant ${tenantId} that succeeded${has}`;
}

export function readPastRun(root: string): PastRun {
  const manifest = readLocalManifest(root);
  const summary = readReport<RunSummary>(root, PATHS.summary);
  const snapshot = readReport<{ tenant_config: unknown; plugins: PastRun['plugins'] }>(root, PATHS.config);
  const format = fs.existsSync(path.join(root, PATHS.merged('csv'))) ? 'csv' : 'jsonl';
  const feed = path.join(root, PATHS.merged(format));
  if (manifest === null || summary === null || snapshot === null || !fs.existsSync(feed))
    throw new RelayError('invalid_input', `${root} lacks a file of a run that succeeded`);
  const state = path.join(root, PATHS.publishState);
  const decisions = path.join(root, PATHS.decisions);
  return {
    manifest,
    rawConfig: snapshot.tenant_config,
    plugins: snapshot.plugins,
    summary,
    feed: { format, source: fileSource(feed) },
    state: fs.existsSync(state) ? fileSource(state) : null,
    decisions: fs.existsSync(decisions) ? fileSource(decisions) : null,
    open: (name) => fileSource(path.join(root, ...name.split('/'))),
  };
}
