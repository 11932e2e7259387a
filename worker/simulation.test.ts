/** Simulations at work on embedded stores: results, and what happens when one is cancelled, lost, put off or poisoned. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  changeSimulation,
  createSimulation,
  readSimulation,
  removeOldSimulations,
  type SimulationRecord,
} from '../core/pipeline/simulate/records.ts';
import type { SimulatedRun } from '../core/pipeline/simulate/simulate.ts';
import type { WorkerDeps } from './deps.ts';
import { handleDelivery } from './job.ts';
import { runFailure } from './runner.ts';
import { workIdOf } from './simulation.ts';
import type { Stoppable } from './stoppable.ts';
import { busy, CONFIG, TENANT, type WorkerHarness, withWorker } from './testing/worker-harness.ts';

const test = suite('worker: simulations');
const ID = { tenantId: TENANT, simulationId: 'sim_1' };

async function ask(harness: WorkerHarness, changes: Partial<SimulationRecord> = {}): Promise<void> {
  const record: SimulationRecord = {
    ...{ ...ID, status: 'QUEUED', config: CONFIG, runIds: ['r1'], requestedAt: harness.time, sentAt: harness.time },
    ...{ startedAt: null, finishedAt: null, attempt: 0, leaseUntil: null, workerId: null },
    ...{ cancelRequested: false, errorCode: null, errorMessage: null, report: null, ...changes },
  };
  assert.is(await createSimulation(harness.stores.artifacts, record), null);
  await harness.stores.queue.send({
    ...{ run_id: record.simulationId, tenant_id: TENANT, vendors: [], config_version: 1 },
    simulation: true,
  });
}

async function simulation({ stores }: WorkerHarness): Promise<SimulationRecord> {
  return (await readSimulation(stores.artifacts, ID.tenantId, ID.simulationId)) as SimulationRecord;
}

async function afterRun(harness: WorkerHarness): Promise<void> {
  await harness.start('r1');
  await harness.handleNext();
  assert.is((await harness.run('r1')).status, 'SUCCEEDED');
}

test(
  'a simulation compares feeds from the run’s own copies, publishes nothing, writes nothing else and takes no slot',
  withWorker(async (harness) => {
    await afterRun(harness);
    const before = await keys(harness);
    await harness.putFeed('acme', 'sku,quantity_available,cost\nZ,1,1\n');
    await harness.start('r2');
    await ask(harness, { config: { ...CONFIG, pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' } } });
    await harness.stores.queue.delete((await harness.receive())?.receipt ?? '');
    await harness.handleNext();
    const { status, report, finishedAt, startedAt } = await simulation(harness);
    assert.equal([status, report?.passed, startedAt, finishedAt], ['DONE', true, harness.time, harness.time]);
    const [run] = report?.runs ?? [];
    assert.equal(
      [run?.run_id, run?.diff?.rows, run?.diff?.column_changes],
      ['r1', { before: 3, after: 3 }, { price: 3 }],
    );
    assert.is((await harness.run('r2')).status, 'QUEUED');
    const added = (await keys(harness)).filter((key) => !before.includes(key));
    assert.equal(added, [
      `tenants/_waiting/simulations/${TENANT}.sim_1.json`,
      `tenants/${TENANT}/simulations/active.json`,
      `tenants/${TENANT}/simulations/sim_1.json`,
    ]);
    assert.equal([await harness.messages(), harness.scratchLive], [[0, 0, 0], 0]);
  }),
);

async function keys({ stores }: WorkerHarness): Promise<string[]> {
  return (await stores.artifacts.list('')).objects.map(({ key }) => key);
}

test(
  'what would fail the run is a result of the simulation; what it cannot work on is a failure',
  withWorker(async (harness) => {
    await afterRun(harness);
    await ask(harness, { config: { ...CONFIG, expect: [{ name: 'many', rows: { min: 9 } }] } });
    await harness.handleNext();
    const { status, report } = await simulation(harness);
    assert.equal([status, report?.passed, report?.runs[0]?.error_code], ['DONE', false, 'EXPECTATION_FAILED']);
    for (const changes of [{ runIds: ['gone'] }, { config: { tenant_id: TENANT } }]) {
      await harness.stores.artifacts.remove(`tenants/${TENANT}/simulations/sim_1.json`);
      harness.time += 61_000;
      await ask(harness, changes);
      await harness.handleNext();
      const failed = await simulation(harness);
      assert.equal([failed.status, failed.errorCode, failed.report], ['FAILED', 'invalid_input', null]);
    }
    assert.equal(await harness.messages(), [0, 0, 0]);
  }),
);

test(
  'a simulation applies the run’s own copy of decisions, not those of today',
  withWorker(async (harness) => {
    await afterRun(harness);
    const config = { ...CONFIG, publish: {}, pricing: { ...CONFIG.pricing, base_margin_pct: '0.5' } };
    const before = await priceChanges(harness, config);
    assert.equal([before.decisions, before.diff?.column_changes], ['none', { price: 3 }]);
    const { sku, price } = before.diff?.largest[0] ?? { sku: '', price: '' };
    const table = `sku,decision,price,run_id,expires_at,reason,baseline_run_id\n${sku},reject,${price},r0,,,r1\n`;
    await harness.putObject(`r1/tenants/${TENANT}/reports/decisions.csv`, table);
    const rejecting = { ...config, publish: { holds: { price_rise_pct: '0' } } };
    const { decisions, held, diff } = await priceChanges(harness, rejecting);
    assert.equal([decisions, held.count, diff?.column_changes], ['applied', 2, {}], 'the third is held in silence');
  }),
);

/** Simulates the config on run `r1`. */
async function priceChanges(harness: WorkerHarness, config: object): Promise<SimulatedRun> {
  await harness.stores.artifacts.remove(`tenants/${TENANT}/simulations/sim_1.json`);
  harness.time += 61_000;
  await ask(harness, { config });
  await harness.handleNext();
  const [run] = (await simulation(harness)).report?.runs ?? [];
  assert.ok(run, (await simulation(harness)).errorMessage ?? '');
  return run!;
}

/** A runner that waits until it is told to stop. */
function waiting(): { runner: WorkerDeps['runner']; begun: Promise<void> } {
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const runner: WorkerDeps['runner'] = {
    work: (_order, { signal }) => {
      begin();
      return new Promise((resolve) => {
        const report = { failure: runFailure(new Error('stopped')), work: null, stage: 'FETCH_INPUTS' as const };
        signal.addEventListener('abort', () => resolve(report));
      });
    },
  };
  return { runner, begun };
}

test(
  'a simulation reports progress; one without progress counts as stuck',
  withWorker(async (harness) => {
    await afterRun(harness);
    await ask(harness);
    const deps = harness.deps();
    const { work } = deps.runner;
    let told = 0;
    deps.runner.work = (order, host) => work(order, { ...host, onProgress: () => void told++ });
    await harness.handleNext(deps);
    assert.is((await simulation(harness)).status, 'DONE');
    assert.ok(told > 0);
  }),
);

test(
  'a cancel ends a simulation that waits or works; until then it shows as running',
  withWorker(async (harness) => {
    await ask(harness, { cancelRequested: true });
    await harness.handleNext();
    assert.is((await simulation(harness)).status, 'CANCELLED');
    await harness.stores.artifacts.remove(`tenants/${TENANT}/simulations/sim_1.json`);
    harness.time += 61_000;
    await ask(harness);
    const { runner, begun } = waiting();
    const done = harness.handleNext(harness.deps({ runner }));
    await begun;
    assert.is((await simulation(harness)).status, 'RUNNING');
    await changeSimulation(harness.stores.artifacts, ID, () => ({ cancelRequested: true }));
    for (const { action } of harness.beats) action();
    await done;
    assert.is((await simulation(harness)).status, 'CANCELLED');
    assert.equal([await harness.messages(), harness.beats.size], [[0, 0, 0], 0]);
  }),
);

test(
  'a stopping worker hands a simulation back; a worker that is away loses it, and its later result is ignored',
  withWorker(async (harness) => {
    await ask(harness);
    const first = waiting();
    const stopped = await harness.receive();
    const leases: Stoppable[] = [];
    const onLease = (lease: Stoppable) => void leases.push(lease);
    const handing = handleDelivery(harness.deps({ runner: first.runner }), stopped!, () => {}, onLease);
    await first.begun;
    leases[0]?.stop('stopping');
    await handing;
    assert.equal([(await simulation(harness)).status, await harness.messages()], ['QUEUED', [1, 0, 0]]);

    const slow = waiting();
    const late = handleDelivery(harness.deps({ runner: slow.runner }), (await harness.receive(1))!, () => {}, onLease);
    await slow.begun;
    harness.time += 400_000;
    await afterRun(harness).catch(() => undefined);
    await harness.handleNext().catch(() => undefined);
    const taken = await simulation(harness);
    assert.is(taken.attempt, 3);
    leases[1]?.stop('stopping');
    await late;
    assert.equal(await simulation(harness), taken);
  }),
);

test(
  'a simulation that another worker has is put off; a failing environment is retried; a third delivery fails it',
  withWorker(async (harness) => {
    await ask(harness, { status: 'RUNNING', attempt: 1, leaseUntil: harness.time + 60_000 });
    await harness.handleNext();
    assert.equal([(await simulation(harness)).attempt, await harness.messages()], [1, [0, 1, 0]]);
    harness.time += 61_000;
    const failing: WorkerDeps['runner'] = {
      work: async () => ({ failure: runFailure(busy()), work: null, stage: 'FETCH_INPUTS' }),
    };
    await harness.handleNext(harness.deps({ runner: failing }));
    assert.equal([(await simulation(harness)).status, await harness.messages()], ['QUEUED', [0, 1, 0]]);
    harness.time += 61_000;
    const delivery = await harness.receive();
    await handleDelivery(harness.deps(), { ...delivery!, receiveCount: 3 });
    const { status, errorCode } = await simulation(harness);
    assert.equal([status, errorCode, await harness.messages()], ['FAILED', 'POISON_JOB', [0, 0, 0]]);
  }),
);

test(
  'a simulation whose message was lost is sent again after a wait, by one worker',
  withWorker(async (harness) => {
    await afterRun(harness);
    await ask(harness);
    await harness.stores.queue.delete((await harness.receive())?.receipt ?? '');
    const { resendAfterSeconds, tenantBackoffSeconds } = harness.deps().settings;
    const sweeps = async (): Promise<number> => {
      const before = harness.tidied.length;
      await harness.loopUntil(async () => harness.tidied.length > before);
      return (await harness.messages())[0] ?? 0;
    };
    harness.time += (resendAfterSeconds + tenantBackoffSeconds) * 1000;
    assert.is(await sweeps(), 0);
    assert.is((await simulation(harness)).status, 'QUEUED');
    harness.time++;
    await harness.loopUntil(async () => (await simulation(harness)).status === 'DONE');
    assert.equal(await harness.messages(), [0, 0, 0]);
    assert.is(await sweeps(), 0);
    assert.equal((await harness.stores.artifacts.list('tenants/_waiting/')).objects, []);
  }),
);

test(
  'scratch files of a simulation at work are kept; a day after its request they are removed',
  withWorker(async (harness) => {
    await ask(harness, { status: 'RUNNING', leaseUntil: harness.time + 1000 });
    await harness.loopUntil(async () => harness.tidied.length > 0);
    assert.is(await harness.tidied[0]?.(workIdOf(ID)), true);
    await changeSimulation(harness.stores.artifacts, ID, () => ({ status: 'DONE' }));
    assert.is(await harness.tidied[0]?.(workIdOf(ID)), false);
    const { artifacts } = harness.stores;
    harness.time += 24 * 3600_000;
    assert.is((await removeOldSimulations(artifacts, TENANT, harness.time)).length, 0);
    harness.time++;
    assert.is((await removeOldSimulations(artifacts, TENANT, harness.time)).length, 2);
    assert.is(await readSimulation(artifacts, TENANT, 'sim_1'), null);
  }),
);

test.run();
