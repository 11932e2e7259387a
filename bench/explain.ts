/**
 * `npm run bench:explain`: how long a receipt of a large run takes, by `relay explain` and by the endpoint.
 *
 * Usage: npm run bench:explain [-- SIZE] [--skus N] [--out DIR]. SIZE is a size of `npm run bench`, by default `limit`. DIR keeps the
 * finished run for the next time, by default `bench/out/explain/SIZE`. It builds Relay and starts a new `relay explain` for each SKU, so each
 * is cold. The service is asked for the same SKUs one after the other; its first answer includes loading the engine. Needs Linux
 * and GNU time.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeFeeds } from './feeds.ts';
import { fail, HERE, measureProcess, OWN_ROOT, relayCommand, requireTime, step } from './measure.ts';
import { median } from './results.ts';
import { ask, callApi, childrenOf, cpuOf, type KeyHolder, withServe } from './service-client.ts';
import { uploadTenant } from './service-tenant.ts';

const RUN_ID = 'bench';
const WAIT_SECONDS = 1200;
/** How many bytes of the feed are read around a place to find a SKU. */
const AROUND_BYTES = 4096;
const NOWHERE = 'X-NOWHERE';

interface TimedAnswer {
  sku: string;
  /** Seconds. */
  wall: number;
  cpu: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { skus: { type: 'string', default: '12' }, out: { type: 'string' } },
});
const [size = 'limit'] = positionals;
const wanted = Number(values.skus);
if (!Number.isInteger(wanted) || wanted < 2 || wanted > 1000) fail('--skus takes a whole number from 2 to 1000', 2);
requireTime();
step('build Relay', 'npm', ['run', '-s', 'build'], OWN_ROOT);
const tenantFolder = path.join(makeFeeds(size), 'relay');
const out = path.resolve(values.out ?? path.join(HERE, 'out/explain', size));
const runFolder = path.join(out, RUN_ID, 'tenants/bench');
if (!fs.existsSync(path.join(runFolder, 'reports/run_summary.json'))) {
  const paths = { config: path.join(tenantFolder, 'tenant.json'), input: path.join(tenantFolder, 'inbound') };
  const [node = '', ...args] = relayCommand(OWN_ROOT, { ...paths, out, runId: RUN_ID });
  step('make a run', node, args);
}
const skus = [...skusOf(path.join(runFolder, 'outputs/merged_inventory.csv'), wanted - 1), NOWHERE];
tell('relay explain', skus.map(byCommand));
tell('the endpoint', await byService());

/** SKUs from places spread evenly over the feed. */
function skusOf(file: string, count: number): string[] {
  const fd = fs.openSync(file, 'r');
  const { size: bytes } = fs.fstatSync(fd);
  const found = Array.from({ length: count }, (_, i) => {
    const around = Buffer.alloc(AROUND_BYTES);
    const read = fs.readSync(fd, around, 0, AROUND_BYTES, Math.floor((bytes * (i + 0.5)) / (count + 1)));
    const [, line = ''] = around.toString('utf8', 0, read).split('\n');
    return line.split(',')[0] ?? '';
  });
  fs.closeSync(fd);
  return found;
}

function byCommand(sku: string): TimedAnswer {
  const relay = path.join(OWN_ROOT, 'dist/cli/main.js');
  const { wall, cpu } = measureProcess(sku, 1, [process.execPath, relay, 'explain', RUN_ID, sku, '--out', out]);
  return { sku, wall, cpu };
}

function byService(): Promise<TimedAnswer[]> {
  const build = { name: 'this tree', relay: path.join(OWN_ROOT, 'dist/cli/main.js') };
  return withServe({ build, adminKeys: 1 }, async (service, { adminKeys: [key = ''] }) => {
    const admin = { service, key };
    process.stderr.write('upload the feeds and run …\n');
    await uploadTenant(
      admin,
      JSON.parse(fs.readFileSync(path.join(tenantFolder, 'tenant.json'), 'utf8')),
      tenantFolder,
    );
    const runId = await runOf(admin);
    const answers: TimedAnswer[] = [];
    for (const sku of skus) {
      const [from, cpu] = [performance.now(), cpuOfAll(service.pid)];
      const { status, text } = await ask('GET', `${service.url}/v1/runs/${runId}/explain/${sku}`, key);
      if (status !== 200) fail(`${sku}: ${status} ${text}`);
      const wall = (performance.now() - from) / 1000;
      answers.push({ sku, wall, cpu: cpuOfAll(service.pid) - cpu });
    }
    return answers;
  });
}

async function runOf(admin: KeyHolder): Promise<string> {
  const body = { tenant_id: 'bench', run_type: 'inventory_sync' };
  let run = await callApi(admin, 'POST', '/v1/runs', body);
  for (const until = Date.now() + WAIT_SECONDS * 1000; run.status !== 'SUCCEEDED'; ) {
    if (run.status === 'FAILED' || Date.now() > until) fail(`the run: ${JSON.stringify(run)}`);
    await sleep(200);
    run = await callApi(admin, 'GET', `/v1/runs/${run.run_id}`);
  }
  return run.run_id;
}

/** CPU seconds of a service and its runners. */
function cpuOfAll(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuOf(one), 0);
}

function tell(what: string, answers: readonly TimedAnswer[]): void {
  const ms = (seconds: number) => `${Math.round(seconds * 1000)} ms`;
  const told = ({ wall, cpu }: Omit<TimedAnswer, 'sku'>) => `${ms(wall)} (CPU ${ms(cpu)})`;
  const [first, ...later] = answers;
  const last = answers.at(-1);
  if (first === undefined || last === undefined) return;
  const middle = { wall: median(later.map(({ wall }) => wall)), cpu: median(later.map(({ cpu }) => cpu)) };
  const slowest = later.reduce((one, other) => (other.wall > one.wall ? other : one));
  const rest = `median of the others ${told(middle)}, slowest ${told(slowest)}, a SKU that is nowhere ${told(last)}`;
  process.stdout.write(`${what}: first ${told(first)}, ${rest}\n`);
}
