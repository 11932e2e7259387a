/**
 * How long a tenant waits for an answer: alone, beside a run of 50 MB, and beside another tenant's attacks. One client asks, waits
 * for the answer, pauses and asks again. It asks Relay and a bare Hono app in turn, which shows how much of the wait is due to
 * the load of the machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ask,
  type BenchFolder,
  callApi,
  type KeyHolder,
  memoryOf,
  type Process,
  quantile,
  uploadFile,
} from './service-client.ts';
import { smallConfig } from './small-tenant.ts';

/** The tenant that is measured during attacks. */
export const NEIGHBOUR = 'neighbour';

const PAUSE_MS = 3;
/** How long each attack lasts. */
const ATTACK_MS = 6000;
/** How often memory is read while an attack lasts, and how long after it. */
const MEMORY_MS = 200;
const REST_MS = 1000;
/** How many requests the attacker makes at once. */
const ATTACKERS = 4;
const FEED_BYTES = 50e6;

export interface Latencies {
  relay: number[];
  bare: number[];
}

export interface Probe {
  service: Process;
  bare: Process;
  where: string;
  key: string | null;
}

/** Asks both in turn while `going` returns true. */
export async function latencies({ service, bare, where, key }: Probe, going: () => boolean): Promise<Latencies> {
  const found: Latencies = { relay: [], bare: [] };
  while (going()) {
    found.relay.push(await timeOf(service.url + where, key));
    found.bare.push(await timeOf(bare.url + where, key));
    await sleep(PAUSE_MS);
  }
  return found;
}

async function timeOf(url: string, key: string | null): Promise<number> {
  const from = performance.now();
  const { status, text } = await ask('GET', url, key);
  if (status !== 200) throw new Error(`GET ${url}: ${status} ${text}`);
  return performance.now() - from;
}

export function forMs(ms: number): () => boolean {
  const until = performance.now() + ms;
  return () => performance.now() < until;
}

export function told(numbers: readonly number[]): string {
  const at = (share: number) => quantile(numbers, share).toFixed(1);
  return `median ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${Math.max(...numbers).toFixed(1)} ms of ${numbers.length}`;
}

/** Latencies while the service works on a run of 50 MB. */
export async function besideLargeRun(admin: KeyHolder, probe: Probe): Promise<Latencies> {
  const tenant = 'large';
  await callApi(admin, 'POST', '/v1/tenants', smallConfig(tenant));
  await uploadFile(admin, tenant, { vendor_id: 'acme', filename: 'feed.csv' }, largeFeed());
  const run = await callApi(admin, 'POST', '/v1/runs', { tenant_id: tenant, run_type: 'inventory_sync' });
  let status = run.status;
  const watching = (async () => {
    while (status === 'QUEUED' || status === 'RUNNING') {
      await sleep(100);
      status = (await callApi(admin, 'GET', `/v1/runs/${run.run_id}`)).status;
    }
  })();
  const found = await latencies(probe, () => status === 'QUEUED' || status === 'RUNNING');
  await watching;
  if (status !== 'SUCCEEDED') throw new Error(`the run of 50 MB: ${status}`);
  return found;
}

function largeFeed(): Uint8Array {
  const lines = ['sku,quantity_available,cost,title\n'];
  for (let i = 0, bytes = 0; bytes < FEED_BYTES; i++) {
    const line = `SKU-${(i * 7919) % 100_003}-${i},${i % 500},${(i % 900) + 1}.${10 + (i % 90)},Article number ${i} of a large feed\n`;
    bytes += line.length;
    lines.push(line);
  }
  return new TextEncoder().encode(lines.join(''));
}

export interface Beside {
  health: Latencies;
  /** Milliseconds from the neighbour's `POST /v1/runs` to the end of its run, for one run after another. */
  runs: number[];
  /** How often the attack was repeated. */
  count: number;
  /** Resident memory of the process that answers, in MB: before, at most, and some time after the attack. */
  memory: { before: number; most: number; after: number };
  /** Long turns of the process that answers: see `loop-probe.cjs`. */
  longTurns: number[];
}

/** What a neighbour with a small run notices while clients repeat one attack, or none if `attack` is null. */
export async function beside(
  attack: ((n: number) => Promise<unknown>) | null,
  probe: Probe,
  neighbour: KeyHolder,
  folder: BenchFolder,
): Promise<Beside> {
  const from = Date.now();
  const { pid } = probe.service;
  const before = memoryOf(pid);
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, memoryOf(pid));
  }, MEMORY_MS);
  let isOver = false;
  let count = 0;
  const attackers = Array.from({ length: attack === null ? 0 : ATTACKERS }, async () => {
    while (!isOver) await attack?.(count++);
  });
  const runs: number[] = [];
  const running = (async () => {
    while (!isOver) runs.push(await smallRun(neighbour));
  })();
  const health = await latencies(probe, forMs(ATTACK_MS));
  isOver = true;
  const until = Date.now();
  await Promise.all([...attackers, running]);
  clearInterval(watching);
  await sleep(REST_MS);
  const memory = { before, most, after: memoryOf(pid) };
  return { health, memory, runs, count, longTurns: folder.longTurns(from, until) };
}

async function smallRun(caller: KeyHolder): Promise<number> {
  const from = performance.now();
  const run = await callApi(caller, 'POST', '/v1/runs', { tenant_id: NEIGHBOUR, run_type: 'inventory_sync' });
  for (;;) {
    const { status } = await callApi(caller, 'GET', `/v1/runs/${run.run_id}`);
    if (status === 'SUCCEEDED') return performance.now() - from;
    if (status === 'FAILED') throw new Error(`the neighbour's run ${run.run_id} failed`);
    // stay below the tenant's rate limit
    await sleep(20);
  }
}
