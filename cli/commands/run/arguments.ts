/** The arguments of `relay run`. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { toBytes } from '../../../core/bytes/text.ts';
import { readDatetime } from '../../../core/bytes/time/datetime.ts';
import { ID_PATTERN } from '../../../core/config/schema.ts';
import { PATHS } from '../../../core/pipeline/artifacts.ts';
import { isFolder } from '../../host/inputs.ts';
import { findFeed, type LocalFeed } from '../../host/published.ts';
import { ownRunFolder } from '../../host/reports.ts';
import { RUN } from '../../manual/commands.ts';
import { readArgs, refuseExtra, UsageError } from '../../usage.ts';

export interface RunArguments {
  config: string;
  /** The folder with a subfolder per vendor; null if files are named. */
  input: string | null;
  /** Named files by vendor id. */
  files: Map<string, string>;
  out: string;
  runId: string;
  /** Seconds since 1970. */
  now: number;
  /** Corrected rows by vendor id, and the folder of the run that refused them; null if there are none. */
  patches: { files: Map<string, string>; run: string } | null;
  /** What is published; null if nothing is. */
  baseline: LocalFeed | null;
  decisions: string | null;
  /** Why holds and guardrails are set aside; null if they apply. */
  force: string | null;
  followLinks: boolean;
  json: boolean;
}

/** Throws `UsageError`. */
export function readRunArguments(argv: readonly string[]): RunArguments {
  const { values, positionals } = readArgs(argv, RUN.options);
  refuseExtra(positionals);
  const { config, input, out } = values;
  if (config === undefined) throw new UsageError('--config FILE is missing');
  if (out === undefined) throw new UsageError('--out DIR is missing');
  const named = values.vendor ?? [];
  if ((input === undefined) === (named.length === 0))
    throw new UsageError('give either --input DIR or --vendor ID=FILE');
  const runId = values['run-id'] ?? newRunId();
  if (!ID_PATTERN.test(runId))
    throw new UsageError('--run-id must be 1 to 63 letters, digits, "_" or "-", starting with a letter or digit');
  return {
    config,
    input: input === undefined ? null : existingFolder(input),
    files: readVendorFiles(named, '--vendor'),
    patches: readPatches(values.patch ?? [], values['patch-run']),
    out,
    runId,
    now: readNow(values.now),
    baseline: values.baseline === undefined ? null : findFeed(values.baseline, '--baseline'),
    decisions: values.decisions ?? null,
    force: readReason(values.force),
    followLinks: values['follow-links'],
    json: values.json,
  };
}

function readReason(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() === '') throw new UsageError('--force takes a reason');
  return text;
}

function existingFolder(folder: string): string {
  if (isFolder(folder)) return folder;
  throw new UsageError(`--input ${folder} is not a folder`);
}

function readPatches(named: readonly string[], run: string | undefined): RunArguments['patches'] {
  if (named.length > 0 !== (run !== undefined))
    throw new UsageError(
      '--patch ID=FILE and --patch-run DIR belong together: DIR is the folder of the run that refused the rows',
    );
  if (run === undefined) return null;
  const folder = ownRunFolder(run, '--patch-run');
  const files = readVendorFiles(named, '--patch');
  for (const [id, file] of files) {
    if (!fs.existsSync(file)) throw new UsageError(`--patch ${id}=${file}: there is no such file`);
    if (!fs.existsSync(path.join(folder, PATHS.rejectRows(id))))
      throw new UsageError(
        `--patch-run ${run} has no ${PATHS.rejectRows(id)}: it refused no row of ${id} that can be patched`,
      );
  }
  return { files, run: folder };
}

function readVendorFiles(named: readonly string[], option: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const pair of named) {
    const at = pair.indexOf('=');
    const id = pair.slice(0, at);
    if (at <= 0 || at === pair.length - 1) throw new UsageError(`${option} takes ID=FILE, not "${pair}"`);
    if (files.has(id)) throw new UsageError(`${option} names "${id}" twice`);
    files.set(id, pair.slice(at + 1));
  }
  return files;
}

function readNow(text: string | undefined): number {
  if (text === undefined) return Math.floor(Date.now() / 1000);
  const bytes = toBytes(text);
  const seconds = readDatetime(bytes, 0, bytes.length, null);
  if (Number.isNaN(seconds)) throw new UsageError(`--now takes a time such as 2026-11-01T06:00:00Z, not "${text}"`);
  return seconds;
}

/** Ids sort by time. A random part separates two runs in the same second. */
function newRunId(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `run-${time}-${randomBytes(4).toString('hex')}`;
}
