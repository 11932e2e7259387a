/** `relay run`: one run on local files. */

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readDatetime } from '../../core/bytes/datetime.ts';
import { toBytes } from '../../core/bytes/text.ts';
import { ID_PATTERN } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import { type RunOutcome, runPipeline } from '../../core/pipeline/run.ts';
import type { Registry } from '../../core/registry.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { type ConfigFile, readConfigFile } from '../config-file.ts';
import { FileArtifacts, FileScratch } from '../host/files.ts';
import { LocalInputs } from '../host/inputs.ts';
import { EXIT, type Io } from '../io.ts';
import { localEngine } from '../local-engine.ts';
import { openRegistry } from '../plugins/load.ts';
import { Progress } from '../progress.ts';
import { artifactFiles, describeOutcome } from '../report.ts';
import { readSettings, type Settings } from '../settings.ts';
import { readArgs, UsageError } from '../usage.ts';

export const RUN_HELP = `relay run --config FILE (--input DIR | --vendor ID=FILE …) --out DIR
Reads vendor feeds and writes one merged, priced feed with its reports.

  --config FILE     the tenant config, JSON or YAML
  --input DIR       takes the newest file under DIR/<vendor_id>/ for each vendor
  --vendor ID=FILE  takes this file for a vendor; repeat it for each
  --out DIR         artifacts go to DIR/<run_id>/tenants/<tenant_id>/
  --run-id ID       a name for the run; made up unless given. What a run of this id left in DIR is replaced
  --now TIME        the run's clock, e.g. 2026-11-01T06:00:00Z; now unless given
  --json            prints the outcome as JSON

Exit code 0: the run succeeded. 3: it failed. 2: wrong use, or the config does not pass "relay check".
`;

const OPTIONS = {
  config: { type: 'string' },
  input: { type: 'string' },
  vendor: { type: 'string', multiple: true },
  out: { type: 'string' },
  'run-id': { type: 'string' },
  now: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface RunOptions {
  config: string;
  input: string | null;
  files: Map<string, string>;
  out: string;
  runId: string;
  /** Seconds since 1970. */
  now: number;
  json: boolean;
}

export async function run(argv: readonly string[], io: Io): Promise<number> {
  const options = readOptions(argv);
  const settings = readSettings(io.env);
  const registry = await openRegistry(settings);
  const file = await readConfigFile(options.config, registry, settings);
  checkVendors(options, file);
  const root = path.join(options.out, runPrefix(options.runId, file.config.tenant_id));
  refuseOwnInputs(options, root);
  const outcome = await runLocally(options, file, settings, registry, root, io);
  const files = artifactFiles(root);
  if (options.json) io.stdout(`${JSON.stringify(outcomeJson(options, outcome, root, files), null, 2)}\n`);
  else io.stdout(describeOutcome(outcome, root, files));
  if (outcome.error_code === 'internal_error' && !(outcome.error instanceof RelayError))
    io.stderr(internalDetails(outcome.error));
  return outcome.status === 'SUCCEEDED' ? EXIT.ok : EXIT.failed;
}

function readOptions(argv: readonly string[]): RunOptions {
  const { values, positionals } = readArgs(argv, OPTIONS);
  if (positionals.length > 0) throw new UsageError(`unexpected argument "${positionals[0]}"`);
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
    files: readVendorFiles(named),
    out,
    runId,
    now: readNow(values.now),
    json: values.json,
  };
}

function existingFolder(folder: string): string {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new UsageError(`--input ${folder} is not a folder`);
}

function readVendorFiles(named: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const pair of named) {
    const at = pair.indexOf('=');
    const id = pair.slice(0, at);
    if (at <= 0 || at === pair.length - 1) throw new UsageError(`--vendor takes ID=FILE, not "${pair}"`);
    if (files.has(id)) throw new UsageError(`--vendor names "${id}" twice`);
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

/** Sorts by time, and is not the same twice. */
function newRunId(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `run-${time}-${randomBytes(4).toString('hex')}`;
}

function checkVendors(options: RunOptions, file: ConfigFile): void {
  const ids = file.config.vendors.map((vendor) => vendor.vendor_id);
  for (const id of options.files.keys()) {
    if (!ids.includes(id))
      throw new UsageError(`UNKNOWN_VENDOR: the config has no vendor "${id}"${didYouMean(id, ids)}`);
  }
}

async function runLocally(
  options: RunOptions,
  file: ConfigFile,
  settings: Settings,
  registry: Registry,
  root: string,
  io: Io,
): Promise<RunOutcome> {
  const abort = new AbortController();
  // the first signal asks the run to stop, a second one ends the process
  const onSignal = () => {
    abort.abort();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  const progress = new Progress(io);
  removeLeftOvers(options.out);
  const work = attempt(`write to ${options.out}`, () => workFolder(options.out));
  const scratch = new FileScratch(path.join(work, 'scratch'));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const outcome = await runPipeline(localEngine(registry, settings), {
      runId: options.runId,
      config: file.config,
      rawConfig: file.raw,
      configVersion: 1,
      now: options.now,
      inputs: new LocalInputs({
        folder: options.input,
        files: options.files,
        configFolder: path.dirname(options.config),
      }),
      artifacts: new FileArtifacts(path.join(work, 'run')),
      scratch,
      signal: abort.signal,
      onEvent: (event) => progress.show(event),
    });
    attempt(`replace ${root}`, () => putInPlace(path.join(work, 'run'), root));
    return outcome;
  } finally {
    progress.clear();
    fs.rmSync(work, { recursive: true, force: true });
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** What a run works in before its artifacts go to their place: `.relay-<process id>-…`. */
function workFolder(out: string): string {
  fs.mkdirSync(out, { recursive: true });
  return fs.mkdtempSync(path.join(out, `${WORK_PREFIX}${process.pid}-`));
}

const WORK_PREFIX = '.relay-';

/** Moves a finished run to its place; what an earlier run of the same id left there goes. */
function putInPlace(from: string, root: string): void {
  fs.rmSync(root, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(path.resolve(root)), { recursive: true });
  if (fs.existsSync(from)) fs.renameSync(from, path.resolve(root));
}

/** Removes what runs left behind whose process was killed. */
function removeLeftOvers(out: string): void {
  if (!fs.existsSync(out) || !fs.statSync(out).isDirectory()) return;
  for (const name of fs.readdirSync(out)) {
    const pid = Number(/^\.relay-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) fs.rmSync(path.join(out, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A run replaces what an earlier one of its id left: it must not read from there. */
function refuseOwnInputs(options: RunOptions, root: string): void {
  const folder = `${path.resolve(root)}${path.sep}`;
  for (const input of [...options.files.values(), ...(options.input === null ? [] : [options.input])]) {
    if (!`${path.resolve(input)}${path.sep}`.startsWith(folder)) continue;
    throw new UsageError(
      `OUTPUT_IS_INPUT: ${input} lies in ${root}, which this run replaces; use another --run-id or --out`,
    );
  }
}

function outcomeJson(options: RunOptions, outcome: RunOutcome, root: string, files: Record<string, string>) {
  const { status, failed_stage, error_code, error_message, summary } = outcome;
  const artifacts = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.join(root, file)]));
  return { run_id: options.runId, status, failed_stage, error_code, error_message, artifacts, summary };
}

/** For a report to those who maintain Relay: a bug, or an environment that it has no words for. */
function internalDetails(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `This should not happen; please report it with the version and the config: ${text}\n`;
}
