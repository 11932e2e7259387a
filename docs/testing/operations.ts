/**
 * Runs the bash blocks of `INFRA.md` and `RUNBOOK.md` against a service on given stores. It starts with what an operator finds on
 * a bad day: a tenant with a feed, and a job that no worker could finish.
 */
import fs from 'node:fs';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { readServiceSettings } from '../../cli/service/settings.ts';
import { openStores, type ServiceStores } from '../../cli/service/stores.ts';
import { built } from '../../cli/testing/compiled.ts';
import { runSteps, type Step, stepsOf } from '../bash-blocks.ts';
import { blocksOf, type CodeBlock, ROOT } from '../pages.ts';

export const ADMIN_KEY = 'admin-key-of-the-runbook';
const TENANT = 'northwind';
const POISON = 'the job was delivered 3 times without an end; see the dead letters';

const CONFIG = {
  tenant_id: TENANT,
  timezone: 'UTC',
  default_currency: 'EUR',
  vendors: [{ vendor_id: 'acme', inbound: { type: 's3' }, parser: { format: 'csv' } }],
  pricing: {
    base_margin_pct: '0.20',
    min_price: '1.00',
    shipping_handling_flat: '5.00',
    map_policy: {},
    rounding: {},
  },
  merge: { strategy: 'best_offer' },
  output: { columns: ['sku', 'quantity_available', 'price'] },
};

export function pageBlocks(name: string): CodeBlock[] {
  return blocksOf(fs.readFileSync(path.join(ROOT, 'docs', name), 'utf8'));
}

/** `env` has the settings of the service, with `PORT`; `folder` is empty. Blocks marked `embedded` run only on those stores. */
export async function runOperations(folder: string, env: Record<string, string>, embedded: boolean): Promise<void> {
  const service = { ...env, API_KEYS: ADMIN_KEY };
  await prepare(service);
  const steps = [start(), ...stepsFor('INFRA.md', embedded), ...stepsFor('RUNBOOK.md', embedded)];
  const { code, outputs, stderr } = await runSteps(steps, folder, {
    ...service,
    PATH: `${shims(folder)}${path.delimiter}${process.env.PATH}`,
    URL: `http://127.0.0.1:${env.PORT}`,
    ADMIN_KEY,
    DATA: env.RELAY_DATA_DIR!,
  });
  const log = fs.readFileSync(path.join(folder, 'relay.log'), 'utf8').split('\n').slice(-15).join('\n');
  for (const [i, { block, shown }] of steps.entries()) {
    assert.ok(
      i < outputs.length - 1,
      `the block at line ${block.first + 1} failed: ${block.lines[0]}\n${stderr}\n${log}`,
    );
    if (shown !== null) assert.is(outputs[i], shown.map((line) => `${line}\n`).join(''), `${stderr}\n${log}`);
  }
  assert.is(code, 0, stderr);
}

function stepsFor(page: string, embedded: boolean): Step[] {
  const blocks = pageBlocks(page).filter((block) => embedded || block.info !== 'bash embedded');
  return stepsOf(blocks.map((block) => (block.info === 'bash embedded' ? { ...block, info: 'bash' } : block)));
}

/** Starts the service in the background of the shell, as the reader has it. */
function start(): Step {
  const lines = [
    'relay serve > serve.out 2> relay.log &',
    'RELAY_PID=$!',
    'curl -sS --fail-with-body --retry 60 --retry-delay 1 --retry-connrefused -o health.json "$URL/v1/health" 2>> relay.log',
  ];
  return { block: { info: 'bash', lines, first: -1, last: -1 }, shown: null };
}

/** A folder with `relay` as an installed package has it, and with an `npm` that records the builds of the clone. */
function shims(folder: string): string {
  const bin = path.join(folder, 'bin');
  fs.mkdirSync(bin);
  fs.symlinkSync(path.join(ROOT, 'dist'), path.join(folder, 'dist'));
  const relay = `exec node '${built('cli/main.ts')}' "$@"`;
  const npm = `cd '${ROOT}' && PATH='${process.env.PATH}' exec npm "$@"`;
  for (const [name, line] of Object.entries({ relay, npm })) {
    fs.writeFileSync(path.join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  return bin;
}

async function prepare(env: Record<string, string>): Promise<void> {
  const stores = await openStores(readServiceSettings(env), { wall: () => Date.now() });
  try {
    const now = Date.now();
    await stores.tenants.create(TENANT, CONFIG, now);
    const sink = await stores.artifacts.write(`tenants/${TENANT}/inbound/acme/feed.csv`, { contentType: 'text/csv' });
    await sink.write(new TextEncoder().encode('sku,quantity_available,cost\nW-100,9,9.75\n'));
    await sink.close();
    const run = { runId: 'run_poisoned', tenantId: TENANT, configVersion: 1, vendors: [], force: false, now };
    assert.is((await stores.runs.create(run)).status, 'created');
    await bury(stores, run.runId);
    assert.ok(await stores.runs.failUnclaimed(run.runId, { errorCode: 'POISON_JOB', errorMessage: POISON }, now));
  } finally {
    stores.close();
  }
}

/** Sends the job of a run and receives it until it is a dead letter. */
async function bury({ queue }: ServiceStores, runId: string): Promise<void> {
  await queue.send({ run_id: runId, tenant_id: TENANT, vendors: [], config_version: 1 });
  for (let deliveries = 0; deliveries < 4; deliveries++) {
    const jobs = await queue.receive({ max: 1, visibilitySeconds: 60, waitSeconds: 0 });
    for (const { receipt } of jobs) await queue.release(receipt, 0);
  }
  assert.is((await queue.deadLetters.list(10)).length, 1);
}
