/**
 * `npm run bench:service`: measures the service on this machine, over loopback only. It needs Linux.
 *
 * Usage: npm run bench:service [-- PART...] [--rounds N] [--against DIR] [--attack WORDS]. Builds Relay, starts `relay serve` on
 * temporary data folders, and prints medians. The parts, all by default:
 *
 * - `idle`: memory of an idle service;
 * - `sample`: the time of a run of the sample tenant;
 * - `get`: requests per second and CPU time, compared with a bare Hono app;
 * - `latency`: beside a large run;
 * - `attacks`: what a tenant notices while another attacks; with WORDS, only attacks whose names contain them, or one of some with `|` between;
 * - `runs`: runs per minute of 200 small tenants.
 *
 * DIR is the root of another commit's built tree: each measurement is then made with both in turn.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import type http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve as listen } from '@hono/node-server';
import { Hono } from 'hono';
import { parse } from 'yaml';
import { freePort } from '../conformance/support/free-port.ts';
import { median } from './results.ts';
import { attacksAtOnce } from './service-at-once.ts';
import { attacks, keyFor, prepareAttacker } from './service-attacks.ts';
import {
  type AnyJson,
  agent,
  ask,
  type BenchFolder,
  type Build,
  CLIENTS,
  callApi,
  childrenOf,
  cpuOf,
  inParallel,
  memoryOf,
  type Process,
  spread,
  start,
  TREE,
  uploadFile,
  withServe,
} from './service-client.ts';
import { attacksByDownloads } from './service-floods.ts';
import {
  type Beside,
  beside,
  besideLargeRun,
  forMs,
  latencies,
  NEIGHBOUR,
  type Probe,
  told,
} from './service-latency.ts';
import { attacksByOddRequests } from './service-odd-requests.ts';
import { addPast, attacksOfOldTenant } from './service-old-tenant.ts';
import { uploadTenant } from './service-tenant.ts';
import { smallConfig } from './small-tenant.ts';

const SAMPLE = path.join(TREE, 'fixtures/sample');
const PARTS = ['idle', 'sample', 'get', 'latency', 'attacks', 'runs'];

const SAMPLE_RUNS = 21;
const REQUESTS = 4000;
const TENANTS = 200;
const TENANT_ROWS = 50;
const CONCURRENCIES = [1, 2];
const IDLE_SECONDS = 5;
const IDLE_MS = 3000;
const WAIT_SECONDS = 600;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    against: { type: 'string' },
    attack: { type: 'string', default: '' },
    bare: { type: 'string' },
  },
});
const parts = positionals.length === 0 ? PARTS : positionals;
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1 || rounds > 9 || parts.some((part) => !PARTS.includes(part))) {
  process.stderr.write(
    `usage: npm run bench:service [-- ${PARTS.join('|')} ...] [--rounds N] [--against DIR] [--attack WORDS], N from 1 to 9\n`,
  );
  process.exit(2);
}
const builds = [TREE, ...(values.against === undefined ? [] : [path.resolve(values.against)])].map(
  (root, i): Build => ({ name: i === 0 ? 'this tree' : 'the other', relay: path.join(root, 'dist/cli/main.js') }),
);

/** Creates the tenant of `fixtures/sample`, with feeds and SKU map as objects. Returns its API keys. */
async function addSample(service: Process, folder: BenchFolder, keyCount: number): Promise<string[]> {
  const admin = folder.adminKeys[0]!;
  const config = parse(fs.readFileSync(path.join(SAMPLE, 'tenant.yaml'), 'utf8'));
  const tenant: string = config.tenant_id;
  await uploadTenant({ service, key: admin }, config, SAMPLE);
  const keys: string[] = [];
  while (keys.length < keyCount)
    keys.push((await callApi({ service, key: admin }, 'POST', `/v1/tenants/${tenant}/keys`)).key);
  return keys;
}

/** Milliseconds from `POST /v1/runs` until a client that polls every 5 ms sees `SUCCEEDED`; and the id of the last run. */
async function sampleRuns(service: Process, keys: readonly string[]): Promise<{ times: number[]; runId: string }> {
  const times: number[] = [];
  let runId = '';
  for (let i = 0; i < SAMPLE_RUNS; i++) {
    const key = keys[i % keys.length]!;
    const from = performance.now();
    const body = { tenant_id: 'sample-shop', run_type: 'inventory_sync' };
    let run = await callApi({ service, key }, 'POST', '/v1/runs', body);
    for (const until = Date.now() + WAIT_SECONDS * 1000; run.status !== 'SUCCEEDED'; ) {
      if (run.status === 'FAILED' || Date.now() > until) throw new Error(`the sample's run: ${JSON.stringify(run)}`);
      await sleep(5);
      run = await callApi({ service, key }, 'GET', `/v1/runs/${run.run_id}`);
    }
    times.push(performance.now() - from);
    runId = run.run_id;
    await sleep(50);
  }
  // leave out the first run, which also loads code
  return { times: times.slice(1), runId };
}

interface Pace {
  /** Requests. */
  perSecond: number;
  /** CPU time of the server's process per request. */
  cpuMicros: number;
}

async function paceOf({ url, pid }: Process, where: string, key: string): Promise<Pace> {
  let next = 0;
  const client = async () => {
    for (let i = next++; i < REQUESTS; i = next++) {
      const { status } = await ask('GET', url + where, key);
      if (status !== 200) throw new Error(`GET ${where}: ${status}`);
    }
  };
  const [from, cpu] = [performance.now(), cpuOf(pid)];
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - from) / 1000;
  return { perSecond: REQUESTS / seconds, cpuMicros: ((cpuOf(pid) - cpu) * 1e6) / REQUESTS };
}

/** Starts a bare app that gives the same answer as the service at the same address. */
async function withBare<T>(answer: unknown, use: (bare: Process) => Promise<T>): Promise<T> {
  const port = await freePort();
  const script = fileURLToPath(import.meta.url);
  const bare = await start(['--import', 'tsx', script, '--bare', String(port)], port, { BODY: JSON.stringify(answer) });
  try {
    return await use(bare);
  } finally {
    await bare.stop();
  }
}

/** The baseline, a bare Hono app in its own process: the same answer without key, log or store. */
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

interface Throughput {
  perMinute: number;
  /** CPU time of all processes of the service per run. */
  cpuMs: number;
}

/** From the first `requested_at` to the last `finished_at`. */
async function smallTenants(build: Build, concurrency: number): Promise<Throughput> {
  return withServe({ build, adminKeys: 1, concurrency }, async (service, { adminKeys }) => {
    const admin = { service, key: adminKeys[0]! };
    const ids = Array.from({ length: TENANTS }, (_, i) => `small-${i}`);
    await inParallel(ids, async (tenant, i) => {
      await callApi(admin, 'POST', '/v1/tenants', smallConfig(tenant));
      await uploadFile(admin, tenant, { vendor_id: 'acme', filename: 'feed.csv' }, smallFeed(i));
    });
    const cpu = () => [service.pid, ...childrenOf(service.pid)].reduce((sum, pid) => sum + cpuOf(pid), 0);
    const before = cpu();
    await inParallel(ids, (tenant) =>
      callApi(admin, 'POST', '/v1/runs', { tenant_id: tenant, run_type: 'inventory_sync' }),
    );
    await allEnded(service, admin.key);
    const used = cpu() - before;
    const { runs } = await callApi(admin, 'GET', `/v1/runs?limit=${TENANTS}`);
    const good = runs.filter((run: AnyJson) => run.status === 'SUCCEEDED').length;
    if (good !== TENANTS) throw new Error(`${good} of ${TENANTS} runs succeeded`);
    const first = Math.min(...runs.map((run: AnyJson) => Date.parse(run.requested_at)));
    const last = Math.max(...runs.map((run: AnyJson) => Date.parse(run.finished_at)));
    return { perMinute: TENANTS / ((last - first) / 60_000), cpuMs: (used * 1000) / TENANTS };
  });
}

async function allEnded(service: Process, key: string): Promise<void> {
  for (const until = Date.now() + WAIT_SECONDS * 1000; Date.now() < until; await sleep(250)) {
    let active = 0;
    for (const status of ['QUEUED', 'RUNNING']) {
      active += (await callApi({ service, key }, 'GET', `/v1/runs?status=${status}&limit=1`)).runs.length;
    }
    if (active === 0) return;
  }
  throw new Error(`the runs were not done after ${WAIT_SECONDS} s`);
}

function smallFeed(tenant: number): Uint8Array {
  const rows = Array.from({ length: TENANT_ROWS }, (_, i) => `S-${tenant}-${i},${i},${i + 1}.50,Article ${i}\n`);
  return new TextEncoder().encode(`sku,quantity_available,cost,title\n${rows.join('')}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Measures each build in turn, so that they see the same load. Prints a line. */
async function inTurn<T>(measure: (build: Build) => Promise<T>, line: (results: T[]) => string): Promise<void> {
  const results = new Map<Build, T[]>(builds.map((build) => [build, []]));
  for (let round = 0; round < rounds; round++) {
    for (const build of builds) results.get(build)!.push(await measure(build));
  }
  for (const build of builds) say(`  ${name(build)}${line(results.get(build)!)}`);
}

function name(build: Build): string {
  return builds.length === 1 ? '' : `${build.name}: `;
}

async function idle(): Promise<void> {
  say(`idle service, ${IDLE_SECONDS} s after its start:`);
  const memory = (build: Build) =>
    withServe({ build, adminKeys: 1 }, async (service) => {
      await sleep(IDLE_SECONDS * 1000);
      return memoryOf(service.pid);
    });
  await inTurn(memory, (results) => `${spread(results)} MB resident`);
}

/** Measures on a service that has run the sample tenant. */
function withSample<T>(
  build: Build,
  use: (service: Process, what: { admin: string; key: string; runId: string; times: number[] }) => Promise<T>,
): Promise<T> {
  return withServe({ build, adminKeys: 1 }, async (service, folder) => {
    const keys = await addSample(service, folder, 1);
    const { times, runId } = await sampleRuns(service, keys);
    return use(service, { admin: folder.adminKeys[0]!, key: keys[0]!, runId, times });
  });
}

async function sample(): Promise<void> {
  say(`POST /v1/runs to SUCCEEDED, sample tenant, ${SAMPLE_RUNS - 1} runs:`);
  await inTurn(
    (build) => withSample(build, async (_, { times }) => median(times)),
    (results) => `${spread(results)} ms`,
  );
}

async function get(): Promise<void> {
  say(`GET /v1/runs/{id}, ${CLIENTS} at once, ${rounds} times ${REQUESTS} requests, in turn with bare Hono:`);
  for (const build of builds) {
    const paces: Array<[Pace, Pace]> = [];
    await withSample(build, async (service, { key, runId }) => {
      const where = `/v1/runs/${runId}`;
      await withBare(await callApi({ service, key }, 'GET', where), async (bare) => {
        // one extra, uncounted round to warm up both
        for (let round = 0; round <= rounds; round++)
          paces.push([await paceOf(service, where, key), await paceOf(bare, where, key)]);
      });
    });
    paces.shift();
    const told = (of: (pair: [Pace, Pace]) => number, digits = 0) => spread(paces.map(of), digits);
    say(`  ${name(build)}Relay ${told(([r]) => r.perSecond)} a second, CPU ${told(([r]) => r.cpuMicros)} µs each`);
    say(`  ${name(build)}bare  ${told(([, b]) => b.perSecond)} a second, CPU ${told(([, b]) => b.cpuMicros)} µs each`);
    say(`  ${name(build)}Relay does ${told(([r, b]) => r.perSecond / b.perSecond, 2)} times as many`);
  }
}

async function latency(): Promise<void> {
  for (const build of builds) {
    await withSample(build, async (service, { admin, key, runId }) => {
      const caller = { service, key: admin };
      const where = `/v1/runs/${runId}`;
      await withBare(await callApi(caller, 'GET', where), async (bare) => {
        const line = (what: string, { relay, bare }: Awaited<ReturnType<typeof latencies>>) => {
          say(`${name(build)}${what}`);
          say(`  Relay ${told(relay)}`);
          say(`  bare  ${told(bare)}`);
        };
        const get: Probe = { service, bare, where, key };
        line('GET /v1/runs/{id}, idle', await latencies(get, forMs(IDLE_MS)));
        line('GET /v1/runs/{id} while a run of 50 MB works', await besideLargeRun(caller, get));
      });
    });
  }
}

/** Measures with the rate limits that a user has, and without them: the service must hold up by itself. */
async function beingAttacked(): Promise<void> {
  for (const rated of [true, false]) {
    say(`attacks, ${rated ? 'default limits of requests' : 'no limits of requests'}:`);
    for (const build of builds) await attacksOn(build, rated);
  }
}

function attacksOn(build: Build, rated: boolean): Promise<void> {
  return withServe({ build, adminKeys: 1, concurrency: 2, rated }, async (service, folder) => {
    const admin = { service, key: folder.adminKeys[0]! };
    await callApi(admin, 'POST', '/v1/tenants', smallConfig(NEIGHBOUR));
    await uploadFile(admin, NEIGHBOUR, { vendor_id: 'acme', filename: 'feed.csv' }, smallFeed(0));
    const neighbour = { service, key: await keyFor(admin, NEIGHBOUR) };
    const attacker = await prepareAttacker(admin);
    await addPast(attacker, folder);
    await withBare({ status: 'ok' }, async (bare) => {
      const health: Probe = { service, bare, where: '/v1/health', key: null };
      const line = (what: string, found: Beside) => {
        say(`${name(build)}GET /v1/health beside ${what}, ${found.count} times`);
        say(`  Relay ${told(found.health.relay)}`);
        say(`  bare  ${told(found.health.bare)}`);
        say(`  small runs: ${told(found.runs)}`);
        const { before, most, after } = found.memory;
        say(`  memory: ${before.toFixed(0)} MB, at most ${most.toFixed(0)} MB, then ${after.toFixed(0)} MB`);
        const turns = found.longTurns.sort((a, b) => b - a);
        say(`  turns of the loop over 10 ms of CPU: ${turns.length}, the longest ${turns.slice(0, 3).join(', ')} ms`);
      };
      line('nothing', await beside(null, health, neighbour, folder));
      const list = [
        ...attacksOfOldTenant(attacker),
        ...attacksByOddRequests(attacker),
        ...attacksByDownloads(attacker),
        ...attacks(attacker),
        ...attacksAtOnce(attacker),
      ];
      for (const [what, attack] of list.filter(([what]) => values.attack.split('|').some((one) => what.includes(one))))
        line(what, await beside(attack, health, neighbour, folder));
    });
  });
}

async function runs(): Promise<void> {
  for (const concurrency of CONCURRENCIES) {
    say(`${TENANTS} tenants, one vendor of ${TENANT_ROWS} rows each, WORKER_MAX_CONCURRENCY=${concurrency}:`);
    await inTurn(
      (build) => smallTenants(build, concurrency),
      (results) =>
        `${spread(results.map((one) => one.perMinute))} runs a minute, CPU ${spread(results.map((one) => one.cpuMs))} ms each`,
    );
  }
}

async function main(): Promise<void> {
  process.stderr.write('build Relay …\n');
  const built = spawnSync('npm', ['run', '-s', 'build'], { cwd: TREE, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed\n${built.stdout}${built.stderr}`);
  say(`Node ${process.versions.node}, ${process.platform} ${process.arch}, ${os.cpus().length} processors`);
  say('medians, with the least and the greatest value');
  const measures: Record<string, () => Promise<void>> = { idle, sample, get, latency, attacks: beingAttacked, runs };
  for (const part of parts) await measures[part]!();
}

if (values.bare !== undefined) serveBare(Number(values.bare));
else {
  try {
    await main();
  } finally {
    agent.destroy();
  }
}
