/** `relay run`: one run on local files. */
import fs from 'node:fs';
import path from 'node:path';
import { usesPublished } from '../../../core/config/publishing.ts';
import { RelayError } from '../../../core/errors.ts';
import { PATHS, runPrefix, writing } from '../../../core/pipeline/artifacts.ts';
import { type Engine, type RunOutcome, runPipeline } from '../../../core/pipeline/run.ts';
import type { PublishRequest } from '../../../core/ports/publishing.ts';
import { didYouMean } from '../../../core/text/suggest.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import { type ConfigFile, readConfigFile } from '../../config-file.ts';
import { failureDocument, printJson } from '../../failure.ts';
import { localDecisions } from '../../host/decisions.ts';
import { FileArtifacts, FileScratch } from '../../host/files.ts';
import { LocalInputs } from '../../host/inputs.ts';
import { localBaseline } from '../../host/published.ts';
import { coresOf, workerThreads } from '../../host/threads.ts';
import { EXIT, type Io } from '../../io.ts';
import { localEngine } from '../../local-engine.ts';
import { openRegistry } from '../../plugins/load.ts';
import { readBaseSettings } from '../../settings.ts';
import { UsageError } from '../../usage.ts';
import { type RunArguments, readRunArguments } from './arguments.ts';
import { createWorkFolder, moveIntoPlace, removeAbandoned } from './output-folder.ts';
import { Progress } from './progress.ts';
import { artifactFiles, describeOutcome } from './report.ts';

export async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = readRunArguments(argv);
  const settings = readBaseSettings(io.env);
  const registry = await openRegistry(settings);
  const file = await readConfigFile(args.config, registry, settings);
  requireKnownVendors(args, file);
  const root = path.join(args.out, runPrefix(args.runId, file.config.tenant_id));
  refuseOwnInputs(args, root);
  const threads = workerThreads(coresOf(settings), settings);
  const outcome = await runLocally({ ...localEngine(registry, settings), threads }, args, file, { root, io });
  const files = artifactFiles(root);
  if (args.json) printJson(io, outcomeJson(args, outcome, root, files));
  else io.stdout(describeOutcome(outcome, root, files));
  if (outcome.error_code === 'internal_error' && !(outcome.error instanceof RelayError))
    io.stderr(bugReport(outcome.error));
  return outcome.status === 'SUCCEEDED' ? EXIT.ok : EXIT.failed;
}

function requireKnownVendors(args: RunArguments, file: ConfigFile): void {
  const ids = file.config.vendors.map((vendor) => vendor.vendor_id);
  for (const id of [...args.files.keys(), ...(args.patches?.files.keys() ?? [])]) {
    if (!ids.includes(id))
      throw new UsageError(`UNKNOWN_VENDOR: the config has no vendor "${id}"${didYouMean(id, ids)}`);
  }
}

/** Refuses to read from the run that this run would replace, which has the same id. */
function refuseOwnInputs(args: RunArguments, root: string): void {
  const folder = `${path.resolve(root)}${path.sep}`;
  const others = [args.input, args.baseline?.file ?? null, args.decisions, args.patches?.run ?? null].filter(
    (one) => one !== null,
  );
  for (const input of [...args.files.values(), ...(args.patches?.files.values() ?? []), ...others]) {
    if (!`${path.resolve(input)}${path.sep}`.startsWith(folder)) continue;
    throw new UsageError(
      `OUTPUT_IS_INPUT: ${input} is in ${root}, which this run replaces; use another --run-id or --out`,
    );
  }
}

async function runLocally(
  engine: Engine,
  args: RunArguments,
  file: ConfigFile,
  { root, io }: { root: string; io: Io },
): Promise<RunOutcome> {
  const abort = new AbortController();
  // the first signal asks the run to stop, the second ends the process
  const onSignal = () => {
    abort.abort();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  const progress = new Progress(io);
  const publishing = await publishingOf(args, file);
  removeAbandoned(args.out);
  const work = attempt(`write to ${args.out}`, () => createWorkFolder(args.out));
  const scratch = new FileScratch(path.join(work, 'scratch'));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const artifacts = new FileArtifacts(path.join(work, 'run'));
    await keepDecisions(artifacts, publishing);
    const outcome = await runPipeline(engine, {
      runId: args.runId,
      config: file.config,
      rawConfig: file.raw,
      configVersion: 1,
      now: args.now,
      inputs: new LocalInputs({
        folder: args.input,
        files: args.files,
        followLinks: args.followLinks,
        configFolder: path.dirname(args.config),
        patches: args.patches,
      }),
      artifacts,
      scratch,
      publishing,
      signal: abort.signal,
      onEvent: (event) => progress.show(event),
    });
    attempt(`replace ${root}`, () => moveIntoPlace(path.join(work, 'run'), root));
    return outcome;
  } finally {
    progress.clear();
    fs.rmSync(work, { recursive: true, force: true });
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** What the run is compared with; read only if the config needs it. */
async function publishingOf(
  { baseline, decisions, force }: RunArguments,
  { config }: ConfigFile,
): Promise<PublishRequest> {
  if (!usesPublished(config) && (baseline ?? decisions ?? force) !== null)
    throw new UsageError(
      '--baseline, --decisions and --force need "publish", "guardrails" or an "on_trouble" with carry_over in the config',
    );
  return {
    baseline: baseline === null ? null : await localBaseline(baseline),
    decisions: decisions === null ? null : await localDecisions(decisions),
    force,
  };
}

/** Keeps the decisions beside the run: a simulation of the run applies them too. */
async function keepDecisions(artifacts: FileArtifacts, { decisions }: PublishRequest): Promise<void> {
  if (decisions === null) return;
  await writing(artifacts, PATHS.decisions, async (sink) => {
    for await (const chunk of decisions.source.open()) await sink.write(chunk);
  });
}

function outcomeJson(args: RunArguments, outcome: RunOutcome, root: string, files: Record<string, string>) {
  const { status, failed_stage, error_code, error_message, summary } = outcome;
  const artifacts = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.join(root, file)]));
  const failure = error_code === null ? {} : failureDocument(error_code, error_message ?? '');
  return { ...failure, run_id: args.runId, status, failed_stage, error_code, error_message, artifacts, summary };
}

/** The report of an error without a code of Relay's: a bug. */
function bugReport(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `This should not happen; please report it with the version and the config: ${text}\n`;
}
