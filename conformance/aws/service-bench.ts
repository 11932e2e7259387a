/** The service as processes on the servers that replace AWS, with the sample tenant. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { withoutProse } from '../../cli/golden/replay.ts';
import { sideFilePrefix } from '../../core/config/prefixes.ts';
import type { RunRecord } from '../../core/ports/service/runs.ts';
import type { AwsResources, AwsStores } from '../../stores/aws/index.ts';
import { type Answer, call, eventually, ServiceProcess } from '../faults/service.ts';
import { type AwsServer, makeResources } from './servers.ts';

const SAMPLE = path.resolve(import.meta.dirname, '../../fixtures/sample');
const ADMIN_KEY = 'k'.repeat(32);
const TENANT = 'sample-shop';
const SKU_MAP = 'kitamura_sku_map.csv';
/** Short enough to see a dead worker's job come back in a test, and long enough for a busy machine. */
const SHORT = {
  WORKER_VISIBILITY_TIMEOUT_SECONDS: '8',
  WORKER_VISIBILITY_HEARTBEAT_SECONDS: '2',
  WORKER_SWEEP_SECONDS: '5',
  WORKER_RESEND_AFTER_SECONDS: '15',
};

export class ServiceBench {
  readonly resources: AwsResources;
  readonly stores: AwsStores;
  readonly #server: AwsServer;
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-aws-'));
  readonly #processes: ServiceProcess[] = [];

  constructor(server: AwsServer, resources: AwsResources) {
    this.#server = server;
    this.resources = resources;
    this.stores = server.stores(resources);
  }

  start(command: 'api' | 'worker', env: Record<string, string> = {}): ServiceProcess {
    const all = { ...this.#server.env(this.resources), ...SHORT, API_KEYS: ADMIN_KEY, ...env };
    const one = new ServiceProcess(command, this.#folder, all);
    this.#processes.push(one);
    return one;
  }

  /** The settings of a command for this service. */
  get env(): Record<string, string> {
    return this.#server.env(this.resources);
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop('SIGKILL')));
    this.stores.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Gives `use` a service's resources on the server whose clock runs, and removes them afterwards. */
export async function withService(server: AwsServer, use: (bench: ServiceBench) => Promise<void>): Promise<void> {
  const bench = new ServiceBench(server, await makeResources(server));
  try {
    await use(bench);
  } finally {
    await bench.end();
  }
}

export const asAdmin = (origin: string, method: string, route: string, body?: unknown): Promise<Answer> =>
  call({ origin, key: ADMIN_KEY }, method, route, body);

/** The sample tenant for the service: its files come from the object store. */
function sampleConfig() {
  const config = parse(fs.readFileSync(path.join(SAMPLE, 'tenant.yaml'), 'utf8'));
  for (const vendor of config.vendors) {
    vendor.inbound = { type: 's3' };
    if (vendor.sku_map !== undefined) vendor.sku_map = { type: 's3', s3_key: `${sideFilePrefix(TENANT)}${SKU_MAP}` };
  }
  return config;
}

/** Creates the tenant and a key, and uploads its files by signed addresses. Returns the key. */
export async function onboard(origin: string): Promise<string> {
  assert.is((await asAdmin(origin, 'POST', '/v1/tenants', sampleConfig())).status, 201);
  const made = await asAdmin(origin, 'POST', `/v1/tenants/${TENANT}/keys`, { name: 'shop' });
  assert.is(made.status, 201);
  const key = made.body.key as string;
  const inbound = path.join(SAMPLE, 'inbound');
  for (const vendor_id of fs.readdirSync(inbound)) {
    for (const filename of fs.readdirSync(path.join(inbound, vendor_id))) {
      await upload(origin, key, { vendor_id, filename }, path.join(inbound, vendor_id, filename));
    }
  }
  await upload(origin, key, { purpose: 'side_file', filename: SKU_MAP }, path.join(SAMPLE, SKU_MAP));
  return key;
}

async function upload(origin: string, key: string, request: object, file: string): Promise<void> {
  const { status, body } = await call({ origin, key }, 'POST', `/v1/tenants/${TENANT}/uploads`, request);
  assert.is(status, 201);
  const put = await fetch(body.url, { method: body.method, headers: body.headers, body: fs.readFileSync(file) });
  assert.is(put.status, 200);
}

export async function startRun(origin: string, key: string): Promise<string> {
  const { status, body } = await call({ origin, key }, 'POST', '/v1/runs', {
    tenant_id: TENANT,
    run_type: 'inventory_sync',
  });
  assert.is(status, 202, JSON.stringify(body));
  return body.run_id as string;
}

/** The run, once it has ended. */
export async function ended({ stores }: ServiceBench, runId: string): Promise<RunRecord> {
  let run: RunRecord | null = null;
  await eventually(async () => {
    run = await stores.runs.get(runId);
    return run?.status === 'SUCCEEDED' || run?.status === 'FAILED';
  }, 50);
  return run!;
}

/**
 * Downloads a run's feeds by signed addresses and compares them with the golden files, byte for byte apart from the
 * run's clock.
 */
export async function assertGolden(origin: string, key: string, run: RunRecord): Promise<void> {
  assert.is(run.status, 'SUCCEEDED', `${run.errorCode}: ${run.errorMessage}`);
  const { status, body: addresses } = await call({ origin, key }, 'GET', `/v1/runs/${run.runId}/artifacts`);
  assert.is(status, 200);
  const clock = new Date(run.startedAt!).toISOString().replace(/\.\d+Z$/, 'Z');
  const { now } = JSON.parse(fs.readFileSync(path.join(SAMPLE, 'case.json'), 'utf8')) as { now: string };
  const download = async (name: string) => {
    const answer = await fetch(addresses[name]);
    assert.is(answer.status, 200, name);
    return (await answer.text()).replaceAll(clock, now);
  };
  const golden = (...parts: string[]) => fs.readFileSync(path.join(SAMPLE, 'expected', ...parts), 'utf8');
  assert.is(await download('merged_inventory'), golden('merged_inventory.csv'));
  for (const vendor of fs.readdirSync(path.join(SAMPLE, 'expected', 'normalized'))) {
    assert.is(await download(`normalized_${vendor}`), golden('normalized', vendor, 'normalized.csv'), vendor);
  }
  // the service expects a missing file in another place than the command line
  const prefix = `"expected_prefix":"tenants/${TENANT}/inbound/`;
  const errors = withoutProse(JSON.parse(await download('errors')));
  assert.is(errors.replaceAll(prefix, '"expected_prefix":"'), golden('errors.json'));
  const summary = JSON.parse(await download('run_summary'));
  assert.is(summary.record_count, JSON.parse(golden('summary.json')).record_count);
}
