/** `relay verify`: checks by the recorded hashes if the files of a run are still what it wrote and read. */
import fs from 'node:fs';
import path from 'node:path';
import { PATHS, runPrefix } from '../../core/pipeline/artifacts.ts';
import type { InputManifest, ManifestVendor } from '../../core/pipeline/fetch/input-manifest.ts';
import type { RunSummary } from '../../core/pipeline/run.ts';
import { counted } from '../../core/text/counted.ts';
import { lines, red, type Text } from '../colour.ts';
import { printJson } from '../failure.ts';
import { fileSource } from '../host/files.ts';
import { digestOfSource } from '../host/published.ts';
import { ownRunFolder, readReport } from '../host/reports.ts';
import { findRunFolder } from '../host/run-files.ts';
import { EXIT, type Io } from '../io.ts';
import { VERIFY } from '../manual/explain-commands.ts';
import { readArgs, refuseExtra, UsageError } from '../usage.ts';

/** Where the rows of a patch are in the feed: worked out from files that are recorded. */
const PATCH_ROWS = /^patches\/[^/]+\/\d+\.rows\.csv$/;

interface Verified {
  run_id: string;
  /** False if the run has no summary, or one of an earlier release: then only its inputs are recorded. */
  has_record: boolean;
  files: number;
  changed: Array<{ path: string; sha256: string; recorded: string }>;
  missing: string[];
  /** Files in the folder that nothing records. */
  not_recorded: string[];
  /** The SHA-256 of the summary, which has the records; null without one. */
  summary_sha256: string | null;
}

export async function verify(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, VERIFY.options);
  const [given, ...extra] = positionals;
  if (given === undefined) throw new UsageError('relay verify takes a run: its folder, or its id with --out DIR');
  refuseExtra(extra);
  const folder = findRunFolder(given, { option: '--out', runs: values.out, tenant: values.tenant });
  const found = await verified(ownRunFolder(folder, 'RUN'));
  if (values.json) printJson(io, found);
  else io.stdout(describe(found));
  return found.changed.length + found.missing.length === 0 ? EXIT.ok : EXIT.failed;
}

async function verified(folder: string): Promise<Verified> {
  const manifest = readReport<InputManifest>(folder, PATHS.manifest) as InputManifest;
  const summary = readReport<Partial<RunSummary>>(folder, PATHS.summary);
  const recorded = new Map([...recordedInputs(manifest), ...Object.entries(summary?.artifact_hashes ?? {})]);
  const found: Verified = {
    ...{ run_id: manifest.run_id, has_record: summary?.artifact_hashes !== undefined, files: recorded.size },
    ...{ changed: [], missing: [], not_recorded: [] },
    summary_sha256: summary === null ? null : await hashOf(folder, PATHS.summary),
  };
  for (const [name, hash] of recorded) {
    if (!fs.existsSync(path.join(folder, ...name.split('/')))) {
      found.missing.push(name);
      continue;
    }
    const sha256 = await hashOf(folder, name);
    if (sha256 !== hash) found.changed.push({ path: name, sha256, recorded: hash });
  }
  const ignored: ReadonlySet<string> = new Set([PATHS.summary, PATHS.rows, PATHS.rowIndex, PATHS.decisions]);
  const isIgnored = (name: string) => ignored.has(name) || PATCH_ROWS.test(name);
  found.not_recorded = namesBelow(folder).filter((name) => !recorded.has(name) && !isIgnored(name));
  return found;
}

/** The run's copies of what it read, with their hashes. */
function recordedInputs({ run_id, tenant_id, vendors, decisions }: InputManifest): Array<[string, string]> {
  const prefix = runPrefix(run_id, tenant_id);
  const copies = Object.values(vendors).flatMap(copiesOf);
  const known = copies.flatMap(
    ([key, hash]): Array<[string, string]> => (key === null || hash === null ? [] : [[key.slice(prefix.length), hash]]),
  );
  return decisions?.sha256 == null ? known : [...known, [PATHS.decisions, decisions.sha256]];
}

function copiesOf(entry: ManifestVendor): Array<[key: string | null, hash: string | null]> {
  const { carried_over, side_files = [], patches = [] } = entry;
  const files = [...(entry.files ?? [entry]), ...(carried_over?.files ?? []), ...side_files];
  return [
    ...files.map(({ run_copy_key, sha256 }): [string | null, string | null] => [run_copy_key, sha256]),
    ...patches.flatMap(
      (patch): Array<[string, string]> => [
        [patch.run_copy_key, patch.sha256],
        [patch.patched_copy_key, patch.patched_sha256],
      ],
    ),
  ];
}

function hashOf(folder: string, name: string): Promise<string> {
  return digestOfSource(fileSource(path.join(folder, ...name.split('/'))));
}

function namesBelow(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
  return names.map((name) => name.split(path.sep).join('/')).sort();
}

function describe({ run_id, has_record, files, changed, missing, not_recorded, summary_sha256 }: Verified): Text {
  const wrong = changed.length + missing.length;
  const shown: Text[] = [
    wrong === 0
      ? `Run ${run_id}: ${counted(files, 'file')} as recorded`
      : [`Run ${run_id}: `, red(`${wrong} of ${counted(files, 'file')} not as recorded`)],
    ...changed.map(
      ({ path: name, sha256, recorded }): Text => `  ${name} was changed: ${sha256}, recorded ${recorded}`,
    ),
    ...missing.map((name): Text => `  ${name} is not there`),
    ...not_recorded.map((name): Text => `  ${name} is not recorded`),
  ];
  if (!has_record) shown.push('Only what the run read is recorded: it failed, or an earlier release made it.');
  else shown.push(`The record is ${PATHS.summary}, sha256 ${summary_sha256}`);
  return lines(shown);
}
