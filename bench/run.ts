/**
 * `npm run bench`: compares Relay with DuckDB on the same job, alternately and in one session.
 *
 * Usage: npm run bench [-- single|small|limit|NxMB] [--rounds N]. Generates the feeds if they are missing, checks that both
 * merged files are identical, and prints medians and ratios of wall time and peak memory. Needs GNU time.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.dirname(HERE);
/** GNU time, from the Debian package `time`. */
const TIME = '/usr/bin/time';

interface Measured {
  /** Seconds. */
  wall: number;
  /** Peak resident set, in MB of 10^6 bytes. */
  peak: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
});
const size = positionals[0] ?? 'single';
const rounds = Number(values.rounds);
if (!/^(single|small|limit|tiny|\d+x\d+)$/.test(size) || !(rounds >= 1)) {
  process.stderr.write('usage: npm run bench [-- single|small|limit|NxMB] [--rounds N]\n');
  process.exit(2);
}

function main(): void {
  prepare();
  const feeds = path.join(HERE, 'data', size);
  if (!fs.existsSync(path.join(feeds, 'config.json'))) step('make the feeds', 'node', ['peers/gen.mjs', size, feeds]);
  const tenant = path.join(feeds, 'relay');
  if (!fs.existsSync(path.join(tenant, 'tenant.json')))
    step('make the tenant', 'node', ['peers/to-tenant.mjs', feeds, tenant]);
  const out = path.join(HERE, 'out', size);
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });

  const relay = [path.join(ROOT, 'dist/cli/main.js'), 'run', '--config', path.join(tenant, 'tenant.json')];
  relay.push('--input', path.join(tenant, 'inbound'), '--out', path.join(out, 'relay'), '--run-id', 'bench');
  const duckdb = [path.join(HERE, 'peers/duckdb.mjs'), feeds, path.join(out, 'duckdb'), '2'];
  const results: Record<'relay' | 'duckdb', Measured[]> = { relay: [], duckdb: [] };
  for (let round = 1; round <= rounds; round++) {
    results.duckdb.push(measure('DuckDB', round, duckdb));
    results.relay.push(measure('Relay', round, relay));
  }
  compareOutputs(out);
  report(results);
}

/**
 * The peers have their own package, so that nobody else has to install them. It has no lock file: a registry may lack builds
 * for some platforms, and the lock file would lack them too.
 */
function prepare(): void {
  if (!fs.existsSync(TIME)) {
    process.stderr.write('GNU time is needed: apt-get install time\n');
    process.exit(2);
  }
  if (!fs.existsSync(path.join(HERE, 'node_modules/@duckdb')))
    step('install the peers', 'npm', ['install', '--no-audit', '--no-fund']);
  step('build Relay', 'npm', ['run', '-s', 'build'], ROOT);
}

function step(name: string, command: string, args: string[], cwd = HERE): void {
  process.stderr.write(`${name} …\n`);
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stderr}\n${name} failed\n`);
  process.exit(1);
}

function measure(name: string, round: number, args: string[]): Measured {
  const { status, stderr } = spawnSync(TIME, ['-f', '%e %M', process.execPath, ...args], {
    cwd: HERE,
    encoding: 'utf8',
  });
  const match = /([\d.]+) (\d+)\s*$/.exec(stderr);
  if (status !== 0 || match === null) {
    process.stderr.write(`${stderr}\n${name} failed\n`);
    process.exit(1);
  }
  const measured = { wall: Number(match[1]), peak: (Number(match[2]) * 1024) / 1e6 };
  process.stderr.write(`${name} ${round}: ${measured.wall.toFixed(2)} s, ${measured.peak.toFixed(0)} MB\n`);
  return measured;
}

function compareOutputs(out: string): void {
  const relay = fs.readFileSync(path.join(out, 'relay/bench/tenants/bench/outputs/merged_inventory.csv'));
  const duckdb = fs.readFileSync(path.join(out, 'duckdb/merged_inventory.csv'));
  if (!relay.equals(duckdb)) {
    process.stderr.write('the two merged files differ\n');
    process.exit(1);
  }
  process.stdout.write(`merged_inventory.csv: the same ${relay.length.toLocaleString('en-US')} bytes\n`);
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function report(results: Record<'relay' | 'duckdb', Measured[]>): void {
  const of = (name: 'relay' | 'duckdb', what: keyof Measured) => median(results[name].map((one) => one[what]));
  const wall = of('duckdb', 'wall') / of('relay', 'wall');
  const peak = of('relay', 'peak') / of('duckdb', 'peak');
  process.stdout.write(
    [
      `${size}, medians of ${rounds}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
      `Relay   ${of('relay', 'wall').toFixed(2)} s  ${of('relay', 'peak').toFixed(0)} MB`,
      `DuckDB  ${of('duckdb', 'wall').toFixed(2)} s  ${of('duckdb', 'peak').toFixed(0)} MB (2 threads)`,
      `Relay is ${wall.toFixed(2)} times as fast and takes ${peak.toFixed(2)} times the memory\n`,
    ].join('\n'),
  );
}

main();
