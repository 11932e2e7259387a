/**
 * `npm run bench:service`: measures the service on this machine, over loopback only.
 *
 * Usage: npm run bench:service [-- --rounds N]. Builds Relay, starts `relay serve` on temporary data folders, and prints
 * medians: the time of a run of the sample tenant, requests per second compared with a bare Hono app, the memory of the idle
 * service, and runs per minute of 200 small tenants.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve as listen } from '@hono/node-server';
import { Hono } from 'hono';
import { parse } from 'yaml';
import { freePort } from '../conformance/support/free-port.ts';
import { smallConfig } from './small-tenant.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RELAY = path.join(ROOT, 'dist/cli/main.js');
const SAMPLE = path.join(ROOT, 'fixtures/sample');

const SAMPLE_RUNS = 21;
const REQUESTS = 2000;
/** Concurrent requests. */
const CLIENTS = 16;
/** The rate limit: a key may send a burst of 200 requests, and 100 more each second. */
const KEY_BURST = 200;
const TENANTS = 200;
const TENANT_ROWS = 50;
const CONCURRENCIES = [1, 2, 4];
const IDLE_SECONDS = 5;
const WAIT_SECONDS = 120;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, bare: { type: 'string' } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 9) {
  process.stderr.write('usage: npm run bench:service [-- --rounds N], N from 1 to 9\n');
  process.exit(2);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

interface Answer {
  status: number;
  text: string;
}

function request(method: string, url: string, key: string | null, body?: string | Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = key === null ? {} : { 'X-API-Key': key };
    if (body !== undefined) headers['Content-Length'] = Buffer.byteLength(body);
    if (typeof body === 'string') headers['Content-Type'] = 'application/json';
    const sent = http.request(url, { method, agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

/** Throws if the response is an error. */
async function call({ service, key }: Caller, method: string, where: string, body?: unknown): Promise<Json> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const { status, text } = await request(method, service.url + where, key, sent);
  if (status >= 300) throw new Error(`${method} ${where}: ${status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** Who calls which service. */
interface Caller {
  service: Process;
  key: string;
}

interface Process {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

async function start(args: readonly string[], port: number, env: Record<string, string> = {}): Promise<Process> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (part) => {
    stderr = (stderr + part).slice(-10_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + 20_000;
  for (;;) {
    const answer = await request('GET', `${url}/v1/health`, null).catch(() => null);
    if (answer?.status === 200) return { url, pid: child.pid!, stop: () => stop(child) };
    if (child.exitCode !== null || Date.now() > until) {
      await stop(child);
      throw new Error(`${args.join(' ')} does not answer: ${stderr}`);
    }
    await sleep(20);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

interface Folder {
  dataDir: string;
  adminKeys: string[];
}

/** Starts `relay serve` on a new data folder, and removes the folder afterwards. */
async function withService<T>(
  settings: { adminKeys: number; concurrency?: number },
  use: (service: Process, folder: Folder) => Promise<T>,
): Promise<T> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-bench-'));
  const adminKeys = Array.from({ length: settings.adminKeys }, () => randomBytes(24).toString('base64url'));
  let service: Process | null = null;
  try {
    const port = await freePort();
    service = await start([RELAY, 'serve', '--port', String(port)], port, {
      RELAY_DATA_DIR: dataDir,
      API_KEYS: adminKeys.join(','),
      WORKER_MAX_CONCURRENCY: String(settings.concurrency ?? 1),
    });
    return await use(service, { dataDir, adminKeys });
  } finally {
    await service?.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

async function upload(
  caller: Caller,
  tenant: string,
  what: { purpose?: 'side_file'; vendor_id?: string; filename: string },
  bytes: Uint8Array,
): Promise<void> {
  const { url } = await call(caller, 'POST', `/v1/tenants/${tenant}/uploads`, what);
  const { status, text } = await request('PUT', url, null, bytes);
  if (status !== 200) throw new Error(`PUT ${what.filename}: ${status} ${text}`);
}

/** Creates the tenant of `fixtures/sample`, with feeds and SKU map as objects. Returns its API keys. */
async function addSample(service: Process, folder: Folder, keyCount: number): Promise<string[]> {
  const admin = folder.adminKeys[0]!;
  const config = parse(fs.readFileSync(path.join(SAMPLE, 'tenant.yaml'), 'utf8'));
  const tenant: string = config.tenant_id;
  const sideFiles: string[] = [];
  for (const vendor of config.vendors) {
    vendor.inbound = { type: 's3', s3_prefix: `tenants/${tenant}/inbound/${vendor.vendor_id}/` };
    if (vendor.sku_map === undefined) continue;
    sideFiles.push(vendor.sku_map.local_path);
    vendor.sku_map = { type: 's3', s3_key: `tenants/${tenant}/side_files/${vendor.sku_map.local_path}` };
  }
  await call({ service, key: admin }, 'POST', '/v1/tenants', config);
  for (const name of sideFiles) {
    await upload(
      { service, key: admin },
      tenant,
      { purpose: 'side_file', filename: name },
      fs.readFileSync(path.join(SAMPLE, name)),
    );
  }
  for (const vendor of fs.readdirSync(path.join(SAMPLE, 'inbound'))) {
    for (const name of fs.readdirSync(path.join(SAMPLE, 'inbound', vendor))) {
      const bytes = fs.readFileSync(path.join(SAMPLE, 'inbound', vendor, name));
      await upload({ service, key: admin }, tenant, { vendor_id: vendor, filename: name }, bytes);
    }
  }
  const keys: string[] = [];
  while (keys.length < keyCount)
    keys.push((await call({ service, key: admin }, 'POST', `/v1/tenants/${tenant}/keys`)).key);
  return keys;
}

/** Milliseconds from before `POST /v1/runs` until a client that polls every 5 ms sees `SUCCEEDED`; and the last run's id. */
async function sampleRuns(service: Process, keys: readonly string[]): Promise<{ times: number[]; runId: string }> {
  const times: number[] = [];
  let runId = '';
  for (let i = 0; i < SAMPLE_RUNS; i++) {
    const key = keys[i % keys.length]!;
    const from = performance.now();
    const body = { tenant_id: 'sample-shop', run_type: 'inventory_sync' };
    let run = await call({ service, key }, 'POST', '/v1/runs', body);
    for (const until = Date.now() + WAIT_SECONDS * 1000; run.status !== 'SUCCEEDED'; ) {
      if (run.status === 'FAILED' || Date.now() > until) throw new Error(`the sample's run: ${JSON.stringify(run)}`);
      await sleep(5);
      run = await call({ service, key }, 'GET', `/v1/runs/${run.run_id}`);
    }
    times.push(performance.now() - from);
    runId = run.run_id;
    await sleep(50);
  }
  // the first run loads code that the others reuse
  return { times: times.slice(1), runId };
}

/** Requests per second for one address, spread evenly over the keys. */
async function requestsPerSecond(url: string, keys: readonly string[], offset: number): Promise<number> {
  let next = 0;
  const client = async () => {
    for (let i = next++; i < REQUESTS; i = next++) {
      const { status } = await request('GET', url, keys[(offset + i) % keys.length]!);
      if (status !== 200) throw new Error(`GET ${url}: ${status}`);
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return REQUESTS / ((performance.now() - from) / 1000);
}

async function beside(service: Process, runId: string, keys: readonly string[]): Promise<[number[], number[]]> {
  const port = await freePort();
  const where = `/v1/runs/${runId}`;
  const run = await call({ service, key: keys[0]! }, 'GET', where);
  const script = fileURLToPath(import.meta.url);
  const bare = await start(['--import', 'tsx', script, '--bare', String(port)], port, { BODY: JSON.stringify(run) });
  const ofRelay: number[] = [];
  const ofBare: number[] = [];
  try {
    // one extra round, not counted, to warm up both
    for (let round = 0; round <= rounds; round++) {
      ofBare.push(await requestsPerSecond(bare.url + where, keys, round * REQUESTS));
      ofRelay.push(await requestsPerSecond(service.url + where, keys, round * REQUESTS));
    }
  } finally {
    await bare.stop();
  }
  return [ofRelay.slice(1), ofBare.slice(1)];
}

/** A bare Hono app as the baseline: the same response, without key, log or store. Runs in its own process. */
function serveBare(port: number): void {
  const run = JSON.parse(process.env.BODY ?? '{}');
  const app = new Hono();
  app.get('/v1/health', (c) => c.json({ status: 'ok' }));
  app.get('/v1/runs/:run_id', (c) => c.json(run));
  const server = listen({ fetch: app.fetch, hostname: '127.0.0.1', port });
  process.once('SIGTERM', () => {
    server.close();
    (server as http.Server).closeAllConnections();
  });
}

/** Runs per minute, from the first `requested_at` to the last `finished_at`. */
async function smallTenants(concurrency: number): Promise<number> {
  return withService({ adminKeys: 10, concurrency }, async (service, { adminKeys }) => {
    const keyOf = (i: number) => adminKeys[i % adminKeys.length]!;
    const ids = Array.from({ length: TENANTS }, (_, i) => `small-${i}`);
    await inParallel(ids, async (tenant, i) => {
      await call({ service, key: keyOf(i) }, 'POST', '/v1/tenants', smallConfig(tenant));
      await upload({ service, key: keyOf(i) }, tenant, { vendor_id: 'acme', filename: 'feed.csv' }, smallFeed(i));
    });
    await inParallel(ids, (tenant, i) =>
      call({ service, key: keyOf(i) }, 'POST', '/v1/runs', { tenant_id: tenant, run_type: 'inventory_sync' }),
    );
    await allEnded(service, keyOf(0));
    const { runs } = await call({ service, key: keyOf(0) }, 'GET', `/v1/runs?limit=${TENANTS}`);
    const good = runs.filter((run: Json) => run.status === 'SUCCEEDED').length;
    if (good !== TENANTS) throw new Error(`${good} of ${TENANTS} runs succeeded`);
    const first = Math.min(...runs.map((run: Json) => Date.parse(run.requested_at)));
    const last = Math.max(...runs.map((run: Json) => Date.parse(run.finished_at)));
    return TENANTS / ((last - first) / 60_000);
  });
}

async function allEnded(service: Process, key: string): Promise<void> {
  for (const until = Date.now() + WAIT_SECONDS * 1000; Date.now() < until; await sleep(250)) {
    let active = 0;
    for (const status of ['QUEUED', 'RUNNING']) {
      active += (await call({ service, key }, 'GET', `/v1/runs?status=${status}&limit=1`)).runs.length;
    }
    if (active === 0) return;
  }
  throw new Error(`the runs were not done after ${WAIT_SECONDS} s`);
}

async function inParallel<T>(list: readonly T[], use: (one: T, i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < list.length; i = next++) await use(list[i]!, i);
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
}

function smallFeed(tenant: number): Uint8Array {
  const rows = Array.from({ length: TENANT_ROWS }, (_, i) => `S-${tenant}-${i},${i},${i + 1}.50,Article ${i}\n`);
  return new TextEncoder().encode(`sku,quantity_available,cost,title\n${rows.join('')}`);
}

/** Resident set in MB of 10^6 bytes. */
function memoryOf(pid: number): number {
  const { status, stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  if (status !== 0) throw new Error('ps is needed to read the memory of a process');
  return (Number(stdout.trim()) * 1024) / 1e6;
}

async function idleMemory(): Promise<number> {
  return withService({ adminKeys: 1 }, async (service) => {
    await sleep(IDLE_SECONDS * 1000);
    return memoryOf(service.pid);
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function spread(numbers: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return `${median(numbers).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}

async function repeated<T>(count: number, measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) results.push(await measure());
  return results;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  process.stderr.write('build Relay …\n');
  const built = spawnSync('npm', ['run', '-s', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed\n${built.stdout}${built.stderr}`);
  say(`Node ${process.versions.node}, ${process.platform} ${process.arch}, ${os.cpus().length} processors`);
  say('medians, with the least and the greatest value');
  say(`idle service: ${spread(await repeated(rounds, idleMemory))} MB resident, ${IDLE_SECONDS} s after its start`);
  const keyCount = Math.ceil(((rounds + 1) * REQUESTS) / KEY_BURST) + 5;
  await withService({ adminKeys: 1 }, async (service, folder) => {
    const keys = await addSample(service, folder, Math.min(50, keyCount));
    const { times, runId } = await sampleRuns(service, keys);
    say(`POST /v1/runs to SUCCEEDED, sample tenant: ${spread(times)} ms, ${times.length} runs`);
    say(`service after these: ${memoryOf(service.pid).toFixed(0)} MB resident`);
    const [ofRelay, ofBare] = await beside(service, runId, keys);
    say(`GET /v1/runs/{id}, ${CLIENTS} at once, ${rounds} times ${REQUESTS} requests:`);
    say(`  Relay      ${spread(ofRelay)} requests a second`);
    say(`  bare Hono  ${spread(ofBare)} requests a second`);
    say(`  Relay does ${(median(ofRelay) / median(ofBare)).toFixed(2)} times as many`);
  });
  say(`${TENANTS} tenants, one vendor of ${TENANT_ROWS} rows each, WORKER_MAX_CONCURRENCY:`);
  for (const concurrency of CONCURRENCIES) {
    const perMinute = await repeated(rounds, () => smallTenants(concurrency));
    say(`  ${concurrency}: ${spread(perMinute)} runs a minute`);
  }
}

if (values.bare !== undefined) serveBare(Number(values.bare));
else {
  try {
    await main();
  } finally {
    agent.destroy();
  }
}
