/**
 * How long a tenant waits for an answer: nobody else there, beside a run of 50 MB, and beside another tenant's attacks. One client
 * asks, waits for the answer, pauses and asks again. What this machine itself makes it wait is measured too: the same client asks
 * a bare Hono app in turn with Relay, so both see the same load.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, callApi, type KeyHolder, type Process, quantile, uploadFile } from './service-client.ts';
import { smallConfig } from './small-tenant.ts';

const PAUSE_MS = 3;
/** How long each attack goes on. */
const ATTACK_MS = 6000;
/** Requests of the attacker at once. */
const ATTACKERS = 4;
const CONFIG_BYTES = 250_000;
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

/** Asks both in turn while `going`. */
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

/** While a run of 50 MB works in the service. */
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

/** What one tenant does to the service, by name: each of them is repeated by several clients at once. */
export function attacks(tenant: string, admin: KeyHolder): Array<[string, (n: number) => Promise<unknown>]> {
  const send = (method: string, where: string, body?: string | { text: string; type: string }) =>
    ask(method, admin.service.url + where, admin.key, body);
  const config = (extra: object) => JSON.stringify({ ...smallConfig(tenant), ...extra });
  const unknown = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [`no_such_name_${i}`, i]));
  const vendors = Array.from({ length: 100 }, (_, i) => ({
    ...smallConfig(tenant).vendors[0],
    vendor_id: `v${i}`,
    parser: { format: 'csv', options: { columns: wideColumns(i) } },
  }));
  const good = config({ vendors });
  const wrong = config({ merge: { strategy: 'best_offer', ...unknown } }).slice(0, CONFIG_BYTES);
  const put = `/v1/tenants/${tenant}/config`;
  return [
    ['PUT of a config of 250 KB that is no JSON', () => send('PUT', put, wrong)],
    ['PUT of a config of 250 KB with unknown names', () => send('PUT', put, config({ ...unknown }))],
    ['PUT of a good config of 100 vendors', (n) => send('PUT', put, good.replace('"1.00"', `"1.0${n % 10}"`))],
    ['PUT of a config of 250 KB as YAML', () => send('PUT', put, { text: yamlOf(unknown), type: 'application/yaml' })],
    ['GET of a list of runs', () => send('GET', '/v1/runs?limit=200')],
    [
      'POST of runs and uploads',
      () => send('POST', `/v1/tenants/${tenant}/uploads`, '{"vendor_id":"acme","filename":"a.csv"}'),
    ],
  ];
}

function wideColumns(vendor: number): Record<string, string> {
  return { sku: `Article ${vendor}`, quantity_available: 'Stock', cost: 'Price', title: `T${'x'.repeat(1500)}` };
}

function yamlOf(values: Record<string, number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
    .slice(0, CONFIG_BYTES);
}

/** Latencies of `probe` while clients repeat one attack. */
export async function besideAttack(
  attack: (n: number) => Promise<unknown>,
  probe: Probe,
): Promise<[Latencies, number]> {
  let isOver = false;
  let count = 0;
  const attackers = Array.from({ length: ATTACKERS }, async () => {
    while (!isOver) await attack(count++);
  });
  const found = await latencies(probe, forMs(ATTACK_MS));
  isOver = true;
  await Promise.all(attackers);
  return [found, count];
}
