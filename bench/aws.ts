/**
 * `npm run bench:aws`: compares a run through S3 streams with the engine alone, and measures queue throughput with 1, 2 and
 * 4 workers, against local AWS emulators. They share this machine's processors, so the figures show what the worker adds, not
 * how fast AWS is. Needs a Java runtime, and Linux for peak memory.
 *
 * Usage: npm run bench:aws [-- NxMB|limit|none] [--runs N]. N vendors of so many MB each, by default 4x10; `limit` is 20x50.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { hasJava, startDynamo } from '../conformance/aws/dynamodb-local.ts';
import { type AwsServer, makeResources, startServer } from '../conformance/aws/servers.ts';
import { inboundPrefix, sideFilePrefix } from '../core/config/prefixes.ts';
import { PATHS, runPrefix } from '../core/pipeline/artifacts.ts';
import type { AwsResources, AwsStores } from '../stores/aws/index.ts';
import { inFolder } from '../stores/testing/folder.ts';
import { smallConfig } from './small-tenant.ts';

const HERE = import.meta.dirname;
const ROOT = path.dirname(HERE);
const RELAY = path.join(ROOT, 'dist/cli/main.js');
const WORKERS = [1, 2, 4];
const ROWS = 50;
/** How often to poll for the end of the runs. */
const LOOK_MS = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '100' } },
});
const size = positionals[0] ?? '4x10';
const runs = Number(values.runs);
if (!/^(limit|none|\d+x\d+)$/.test(size) || !Number.isInteger(runs) || runs < 0) {
  process.stderr.write('usage: npm run bench:aws [-- NxMB|limit|none] [--runs N]\n');
  process.exit(2);
}

interface Deployment {
  server: AwsServer;
  resources: AwsResources;
  stores: AwsStores;
}

interface WorkerProcess {
  child: ChildProcess;
  /** Peak resident set, in MB of 10^6 bytes. */
  peak(): number;
  stop(): Promise<void>;
}

function step(name: string, command: string, args: string[], cwd = HERE): void {
  process.stderr.write(`${name} …\n`);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} failed\n${stdout}${stderr}`);
}

async function withDeployment<T>(server: AwsServer, use: (deployment: Deployment) => Promise<T>): Promise<T> {
  const resources = await makeResources(server);
  const stores = server.stores(resources);
  try {
    return await use({ server, resources, stores });
  } finally {
    stores.close();
  }
}

async function startWorker({ server, resources }: Deployment, dataDir: string): Promise<WorkerProcess> {
  const env = { RELAY_DATA_DIR: dataDir, ...server.env(resources) };
  const child = spawn(process.execPath, [RELAY, 'worker'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr!.on('data', (data) => {
    log += data;
  });
  while (!log.includes('"worker_started"')) {
    if (child.exitCode !== null) throw new Error(`the worker ended: ${log}`);
    await sleep(20);
  }
  return {
    child,
    peak: () => peakOf(child.pid!),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function peakOf(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(line![1]) * 1024) / 1e6;
}

async function upload({ stores }: Deployment, key: string, source: string | Uint8Array): Promise<void> {
  const sink = await stores.artifacts.write(key, { contentType: 'text/csv' });
  for await (const chunk of typeof source === 'string' ? fs.createReadStream(source) : [source])
    await sink.write(chunk);
  await sink.close();
}

async function queueRun({ stores }: Deployment, tenantId: string): Promise<string> {
  const runId = `run-${randomUUID()}`;
  await stores.runs.create({ runId, tenantId, configVersion: 1, vendors: [], force: false, now: Date.now() });
  await stores.queue.send({ run_id: runId, tenant_id: tenantId, vendors: [], config_version: 1 });
  return runId;
}

/** Seconds from the start to the end of a run. */
async function timeOf({ stores }: Deployment, runId: string): Promise<number> {
  for (;;) {
    const run = await stores.runs.get(runId);
    if (run?.status === 'FAILED') throw new Error(`run ${runId} failed: ${run.errorCode}: ${run.errorMessage}`);
    if (run?.status === 'SUCCEEDED') return (run.finishedAt! - run.startedAt!) / 1000;
    await sleep(LOOK_MS);
  }
}

/** Runs the tenant of `npm run bench` with its files in the object store. */
async function throughStreams(
  deployment: Deployment,
  tenantDir: string,
): Promise<[seconds: number, peak: number, hash: string]> {
  const config = JSON.parse(fs.readFileSync(path.join(tenantDir, 'tenant.json'), 'utf8'));
  for (const vendor of config.vendors) {
    vendor.inbound = { type: 's3' };
    const folder = path.join(tenantDir, 'inbound', vendor.vendor_id);
    for (const name of fs.readdirSync(folder)) {
      await upload(deployment, `${inboundPrefix('bench', vendor)}${name}`, path.join(folder, name));
    }
    if (vendor.sku_map === undefined) continue;
    const key = `${sideFilePrefix('bench')}${path.basename(vendor.sku_map.local_path)}`;
    await upload(deployment, key, vendor.sku_map.local_path);
    vendor.sku_map = { type: 's3', s3_key: key };
  }
  await deployment.stores.tenants.create('bench', config, Date.now());
  return inFolder(async (folder) => {
    const worker = await startWorker(deployment, folder);
    const runId = await queueRun(deployment, 'bench');
    const seconds = await timeOf(deployment, runId);
    const peak = worker.peak();
    await worker.stop();
    const { body } = await deployment.stores.artifacts.read(`${runPrefix(runId, 'bench')}${PATHS.merged('csv')}`);
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk);
    return [seconds, peak, hash.digest('hex')];
  });
}

/** Runs `relay run` on the same files. */
async function engineAlone(tenantDir: string): Promise<[seconds: number, peak: number, hash: string]> {
  return inFolder(async (folder) => {
    const args = ['run', '--config', path.join(tenantDir, 'tenant.json'), '--input', path.join(tenantDir, 'inbound')];
    const child = spawn(process.execPath, [RELAY, ...args, '--out', folder, '--run-id', 'bench'], { stdio: 'ignore' });
    let peak = 0;
    const looks = setInterval(() => {
      peak = Math.max(peak, child.exitCode === null ? peakOf(child.pid!) : 0);
    }, LOOK_MS);
    await once(child, 'exit');
    clearInterval(looks);
    const base = path.join(folder, 'bench/tenants/bench');
    const { duration_seconds } = JSON.parse(fs.readFileSync(path.join(base, PATHS.summary), 'utf8'));
    const hash = createHash('sha256').update(fs.readFileSync(path.join(base, `${PATHS.merged('csv')}`)));
    return [duration_seconds, peak, hash.digest('hex')];
  });
}

async function compareStreams(server: AwsServer): Promise<void> {
  const feeds = path.join(HERE, 'data', size);
  if (!fs.existsSync(path.join(feeds, 'config.json'))) step('make the feeds', 'node', ['peers/gen.mjs', size, feeds]);
  const tenantDir = path.join(feeds, 'relay');
  if (!fs.existsSync(path.join(tenantDir, 'tenant.json')))
    step('make the tenant', 'node', ['peers/to-tenant.mjs', feeds, tenantDir]);
  const alone = await engineAlone(tenantDir);
  say(`${size}: engine alone   ${alone[0].toFixed(1)} s, ${alone[1].toFixed(0)} MB at the peak`);
  const streams = await withDeployment(server, (deployment) => throughStreams(deployment, tenantDir));
  say(`${size}: through S3     ${streams[0].toFixed(1)} s, ${streams[1].toFixed(0)} MB at the peak, one worker`);
  say(alone[2] === streams[2] ? 'merged_inventory.csv: the same bytes' : 'merged_inventory.csv: OTHER bytes');
}

/** Runs per minute for tenants with one small feed each. */
async function throughput(deployment: Deployment, workerCount: number): Promise<number> {
  const tenants = Array.from({ length: runs }, (_, i) => `t${i}`);
  for (const tenant of tenants) {
    await deployment.stores.tenants.create(tenant, smallConfig(tenant), Date.now());
    const rows = Array.from({ length: ROWS }, (_, i) => `S-${i},${i},${i + 1}.50,Article ${i}\n`).join('');
    const feed = new TextEncoder().encode(`sku,quantity_available,cost,title\n${rows}`);
    await upload(deployment, `tenants/${tenant}/inbound/acme/feed.csv`, feed);
  }
  return inFolder(async (folder) => {
    const workers = await Promise.all(Array.from({ length: workerCount }, () => startWorker(deployment, folder)));
    const began = performance.now();
    const ids = [];
    for (const tenant of tenants) ids.push(await queueRun(deployment, tenant));
    for (const id of ids) await timeOf(deployment, id);
    const perMinute = (runs / (performance.now() - began)) * 60_000;
    await Promise.all(workers.map((one) => one.stop()));
    return perMinute;
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (!hasJava()) throw new Error('a Java runtime is needed: apt-get install default-jre-headless');
step('build Relay', 'npm', ['run', '-s', 'build'], ROOT);
const dynamo = await startDynamo();
const server = await startServer(dynamo.port, 'running');
try {
  say(`Node ${process.versions.node}, ${process.platform} ${process.arch}, ${os.cpus().length} processors`);
  if (size !== 'none') await compareStreams(server);
  for (const count of runs === 0 ? [] : WORKERS) {
    const perMinute = await withDeployment(server, (deployment) => throughput(deployment, count));
    say(`${runs} small runs, ${count} ${count === 1 ? 'worker' : 'workers'}: ${perMinute.toFixed(0)} runs a minute`);
  }
} finally {
  await server.stop();
  await dynamo.stop();
}
