/**
 * `npm run bench`: measures the built command beside other tools on the same job, in alternating rounds. `arguments.ts` has its
 * arguments. It makes missing feeds, checks that the merged files are the same, and prints medians, ratios, peak memory and the
 * seconds of each stage. All figures go to a JSON file that a later run can compare with (`--compare`). `--commit` builds a commit
 * in a temporary work tree and measures it. Needs GNU time.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BenchArguments, PEERS, type Peer, readArguments, USAGE } from './arguments.ts';
import { benchDialects } from './dialects.ts';
import { feedsOf, makeFeeds } from './feeds.ts';
import { fail, HERE, measureProcess, OWN_ROOT, relayCommand, requireTime, step } from './measure.ts';
import { type BenchResults, comparisonLines, PUBLISHING, resultLines, type ToolRun } from './results.ts';
import { benchStarts } from './starts.ts';

function main(argv: readonly string[]): void {
  const found = readArguments(argv);
  if ('problem' in found) fail(`${found.problem}\n${USAGE}`, 2);
  requireTime();
  const before = found.compare === null ? null : (JSON.parse(fs.readFileSync(found.compare, 'utf8')) as BenchResults);
  const root = found.commit === null ? OWN_ROOT : workTreeOf(found.commit);
  const own = { dialects: benchDialects, starts: benchStarts }[found.size];
  if (own !== undefined) {
    measureOwn(found, root, own);
    return;
  }
  prepare(found, root);
  const results = measureAll(found, root);
  const file = found.json ?? path.join(HERE, 'out', `${found.size}.json`);
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
  const lines = [...resultLines(results), ...(before === null ? [] : comparisonLines(results, before)), file];
  process.stdout.write(`${lines.join('\n')}\n`);
}

type OwnBench = (root: string, rounds: number) => { lines: string[]; runs: unknown };

/** Relay alone. */
function measureOwn({ size, rounds, json }: BenchArguments, root: string, bench: OwnBench): void {
  step('build Relay', 'npm', ['run', '-s', 'build'], root);
  const { lines, runs } = bench(root, rounds);
  const file = json ?? path.join(HERE, 'out', `${size}.json`);
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(runs, null, 1)}\n`);
  process.stdout.write(`${[...lines, file].join('\n')}\n`);
}

/** Makes a work tree of a commit, until this process ends. It shares this tree's packages if their list is the same. */
function workTreeOf(commit: string): string {
  const root = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'relay-bench-')), 'tree');
  process.once('exit', () => {
    spawnSync('git', ['worktree', 'remove', '--force', root], { cwd: OWN_ROOT });
    fs.rmSync(path.dirname(root), { recursive: true, force: true });
  });
  step(`check out ${commit}`, 'git', ['worktree', 'add', '--detach', root, commit], OWN_ROOT);
  const lock = (tree: string) => fs.readFileSync(path.join(tree, 'package-lock.json'), 'utf8');
  if (lock(root) === lock(OWN_ROOT))
    fs.symlinkSync(path.join(OWN_ROOT, 'node_modules'), path.join(root, 'node_modules'), 'junction');
  else step('install its packages', 'npm', ['ci', '--no-audit', '--no-fund'], root);
  return root;
}

/**
 * The other tools have their own package, so that nobody else has to install them. It has no lock file, which would lack the
 * builds for platforms that a registry happens to lack.
 */
function prepare({ size, peers, publish }: BenchArguments, root: string): void {
  const missing = peers.some((peer) => {
    const { package: name } = PEERS[peer];
    return name !== null && !fs.existsSync(path.join(HERE, 'node_modules', name));
  });
  if (missing) step('install the peers', 'npm', ['install', '--no-audit', '--no-fund']);
  step('build Relay', 'npm', ['run', '-s', 'build'], root);
  const feeds = makeFeeds(size);
  if (!publish) return;
  const folder = publishFolderOf(size);
  if (!fs.existsSync(path.join(folder, 'on.json')))
    step('make the feeds of the day before', 'node', ['yesterday.mjs', feeds, folder]);
  // made by the build that is measured
  fs.rmSync(path.join(folder, 'out'), { recursive: true, force: true });
  const [node = '', ...args] = relayCommand(root, {
    ...{ config: path.join(folder, 'on.json'), input: path.join(folder, 'before') },
    ...{ out: path.join(folder, 'out'), runId: 'before' },
  });
  step('run the day before', node, args);
}

const publishFolderOf = (size: string) => path.join(feedsOf(size), 'publish');

function measureAll({ size, rounds, peers, publish }: BenchArguments, root: string): BenchResults {
  const out = path.join(HERE, 'out', size);
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const tools: Record<string, ToolRun[]> = Object.fromEntries(
    ['relay', ...(publish ? [PUBLISHING] : []), ...peers].map((name) => [name, []]),
  );
  const stages: Record<string, number[]> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) tools[peer]?.push(measureProcess(peer, round, peerCommand(peer, size, out)));
    fs.rmSync(path.join(out, 'relay'), { recursive: true, force: true });
    tools.relay?.push(measureProcess('relay', round, todaysCommand(root, size, out)));
    if (publish) tools[PUBLISHING]?.push(measureProcess(PUBLISHING, round, publishingCommand(root, size, out)));
    const summary = path.join(out, 'relay/bench/tenants/bench/reports/run_summary.json');
    const { stage_times: times } = JSON.parse(fs.readFileSync(summary, 'utf8')) as {
      stage_times: Record<string, number>;
    };
    for (const [stage, seconds] of Object.entries(times)) {
      stages[stage] ??= [];
      stages[stage].push(seconds);
    }
  }
  for (const peer of peers) compareOutputs(peer, out);
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' });
  const machine = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${os.availableParallelism()} cores`;
  return { size, commit: status === 0 ? stdout.trim() : 'unknown', machine, rounds, tools, stages };
}

function todaysCommand(root: string, size: string, out: string): string[] {
  const tenant = path.join(feedsOf(size), 'relay');
  return relayCommand(root, {
    ...{ config: path.join(tenant, 'tenant.json'), input: path.join(tenant, 'inbound') },
    ...{ out: path.join(out, 'relay'), runId: 'bench' },
  });
}

/** The same command with all publishing features, against the feed of the day before. */
function publishingCommand(root: string, size: string, out: string): string[] {
  fs.rmSync(path.join(out, PUBLISHING), { recursive: true, force: true });
  const folder = publishFolderOf(size);
  const run = relayCommand(root, {
    ...{ config: path.join(folder, 'on.json'), input: path.join(feedsOf(size), 'relay/inbound') },
    ...{ out: path.join(out, PUBLISHING), runId: 'bench' },
  });
  return [...run, '--baseline', path.join(folder, 'out/before/tenants/bench')];
}

function peerCommand(peer: Peer, size: string, out: string): string[] {
  const { command, file, more } = PEERS[peer];
  const program = command === 'node' ? process.execPath : command;
  return [program, path.join(HERE, 'peers', file), feedsOf(size), path.join(out, peer), ...more];
}

function compareOutputs(peer: Peer, out: string): void {
  const relay = fs.readFileSync(path.join(out, 'relay/bench/tenants/bench/outputs/merged_inventory.csv'));
  const other = fs.readFileSync(path.join(out, peer, 'merged_inventory.csv'));
  const bytes = relay.length.toLocaleString('en-US');
  if (relay.equals(other)) process.stdout.write(`merged_inventory.csv, ${peer}: the same ${bytes} bytes\n`);
  else if (PEERS[peer].exact) fail(`the merged files of relay and ${peer} differ`);
  else
    process.stdout.write(
      `merged_inventory.csv, ${peer}: not the same bytes, which its floating-point money explains\n`,
    );
}

main(process.argv.slice(2));
