/** Simulations in the API: start, result, and the configs that they allow. `worker/simulation.test.ts` tests the work itself. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeSimulation, createSimulation, readSimulation } from '../../../core/pipeline/simulate/records.ts';
import { type Api, addTenant, configOf, START, startApi } from '../../testing/harness.ts';
import { simulationOf } from '../../testing/simulations.ts';

const test = suite('api: simulations');
const PATH = '/v1/tenants/shop/simulations';
const PUT = '/v1/tenants/shop/config';

async function startShop(): Promise<Api> {
  const api = await startApi();
  await addTenant(api, 'shop');
  return api;
}

/** A run that succeeded, over all vendors or over some. */
async function addEnded(api: Api, runId: string, vendors: string[] = []): Promise<void> {
  const now = ++api.time.now;
  await api.runs.create({ runId, tenantId: 'shop', configVersion: 1, vendors, force: false, now });
  Object.assign(api.runs.records.get(runId) ?? {}, { status: 'SUCCEEDED', finishedAt: now });
}

test('a simulation uses the newest runs over all vendors, sends one message and takes no slot', async () => {
  const api = await startShop();
  for (const [id, vendors] of [['r1'], ['r2'], ['some', ['acme']], ['r3']] as Array<[string, string[]?]>)
    await addEnded(api, id, vendors);
  const answer = await api.call('POST', PATH, { body: { config: configOf('shop'), runs: 2 } });
  assert.is(answer.status, 202);
  const { simulation_id, status, run_ids, passed, runs, expires_at } = answer.json;
  assert.equal([status, run_ids, passed, runs], ['QUEUED', ['r3', 'r2'], null, null]);
  assert.is(Date.parse(expires_at), api.time.now + 24 * 3600_000);
  assert.equal(
    api.queue.sent.map(({ run_id, simulation }) => [run_id, simulation]),
    [[simulation_id, true]],
  );
  assert.is(answer.headers.get('Location'), `${PATH}/${simulation_id}`);
  assert.equal((await api.call('GET', `${PATH}/${simulation_id}`)).json, answer.json);
  const run = await api.call('POST', '/v1/runs', { body: { tenant_id: 'shop', run_type: 'inventory_sync' } });
  assert.is(run.status, 202);
});

test('of many requests at once one after the other is looked at, and few of a key wait', async () => {
  const settings = { largeBodies: { waiting: 3, restFactor: 0, restMsMax: 0 } };
  const api = await startApi(settings, { configJobs: (async () => null) as never });
  await addTenant(api, 'shop');
  await addEnded(api, 'r1');
  const ask = () => api.call('POST', PATH, { body: { config: configOf('shop') } });
  const answers = await Promise.all(Array.from({ length: 9 }, ask));
  const statuses = answers.map(({ status }) => status).sort();
  assert.equal(statuses, [202, 409, 409, 409, 429, 429, 429, 429, 429]);
  assert.is(answers.find(({ status }) => status === 429)?.headers.get('Retry-After'), '1');
  assert.is((await ask()).status, 409);
});

test('a tenant has one simulation at a time: a second waits until it has ended or is a day old', async () => {
  const api = await startShop();
  await addEnded(api, 'r1');
  const ask = () => api.call('POST', PATH, { body: { config: configOf('shop') } });
  const answers = await Promise.all([ask(), ask(), ask()]);
  assert.equal(answers.map(({ status }) => status).sort(), [202, 409, 409]);
  const id = answers.find(({ status }) => status === 202)?.json.simulation_id;
  const again = await ask();
  assert.equal([again.json.error, again.json.active_simulation_id], ['SIMULATION_ACTIVE', id]);
  assert.is((await api.call('POST', `${PATH}/${id}/cancel`)).json.status, 'CANCELLED');
  assert.is((await api.call('POST', `${PATH}/${id}/cancel`)).json.error, 'SIMULATION_ENDED');
  assert.is((await ask()).status, 202);
  api.time.now += 24 * 3600_000;
  assert.is((await ask()).status, 202);
  assert.is((await api.call('GET', `${PATH}/${id}`)).status, 404);
});

test('a bad request or config is refused at once, and so is a simulation without a run to simulate', async () => {
  const api = await startShop();
  const ask = async (body: unknown) => (await api.call('POST', PATH, { body })).json;
  assert.is((await ask({ config: configOf('shop') })).error, 'NO_PAST_RUN');
  await addEnded(api, 'r1');
  const bad = await ask({ config: { ...configOf('shop'), pricng: 1 } });
  assert.equal([bad.error, bad.issues[0].path], ['CONFIG_INVALID', 'pricng']);
  assert.is((await ask({ config: configOf('other') })).error, 'CONFIG_INVALID');
  for (const body of [{ config: configOf('shop'), runs: 11 }, { config: configOf('shop'), run: 1 }, []])
    assert.is((await ask(body)).error, 'INVALID_REQUEST');
});

test('if its message cannot be sent, no simulation is left waiting', async () => {
  const api = await startShop();
  await addEnded(api, 'r1');
  const { send } = api.queue;
  api.queue.send = async () => {
    throw new Error('away');
  };
  assert.is((await api.call('POST', PATH, { body: { config: configOf('shop') } })).status, 500);
  api.queue.send = send;
  assert.is((await api.call('POST', PATH, { body: { config: configOf('shop') } })).status, 202);
});

const NEXT = { ...configOf('shop'), timezone: 'Europe/Berlin' };
const PASSED = { passed: true, runs: [] };

test('If-Simulated takes only the config of a simulation that passed', async () => {
  const api = await startShop();
  const put = (simulation: string, body: object = NEXT) =>
    api.call('PUT', PUT, { body, headers: { 'If-Simulated': simulation } });
  assert.is((await put('sim_none')).json.error, 'SIMULATION_NOT_PASSED');
  await createSimulation(api.artifacts, simulationOf('shop', 'sim_1', { config: NEXT }));
  const change = (changes: object) =>
    changeSimulation(api.artifacts, { tenantId: 'shop', simulationId: 'sim_1' }, () => changes);
  for (const [changes, why] of [
    [{}, /is QUEUED/],
    [{ status: 'FAILED' }, /is FAILED/],
    [{ status: 'DONE', report: { passed: false, runs: [] } }, /did not pass/],
    [{ report: PASSED, config: configOf('shop') }, /another config/],
  ] as const) {
    await change(changes);
    const { status, json } = await put('sim_1');
    assert.equal([status, json.error], [412, 'SIMULATION_NOT_PASSED']);
    assert.match(json.message, why);
  }
  await change({ config: NEXT });
  assert.is((await put('sim_1', { ...NEXT, default_currency: 'EUR' })).status, 412);
  // the order of fields does not matter
  const { timezone, ...rest } = NEXT;
  assert.is((await put('sim_1', { timezone, ...rest })).json.config_version, 2);
});

test('a simulation belongs to its tenant and is valid for a day', async () => {
  const api = await startShop();
  await addTenant(api, 'shop2');
  await createSimulation(
    api.artifacts,
    simulationOf('shop2', 'sim_2', { config: NEXT, status: 'DONE', report: PASSED }),
  );
  await createSimulation(
    api.artifacts,
    simulationOf('shop', 'sim_1', { config: NEXT, status: 'DONE', report: PASSED }),
  );
  const put = (id: string) => api.call('PUT', PUT, { body: NEXT, headers: { 'If-Simulated': id } });
  assert.is((await put('sim_2')).status, 412);
  api.time.now = START + 24 * 3600_000;
  assert.is((await put('sim_1')).status, 412);
  api.time.now--;
  assert.is((await put('sim_1')).status, 200);
});

test('require_simulation demands one for every config, even the one that turns it off', async () => {
  const api = await startShop();
  const strict = { ...configOf('shop'), publish: { require_simulation: true } };
  assert.is((await api.call('PUT', PUT, { body: strict })).status, 200);
  assert.is((await api.call('PUT', PUT, { body: strict })).json.config_version, 2);
  const refused = await api.call('PUT', PUT, { body: configOf('shop') });
  assert.equal([refused.status, refused.json.error], [412, 'SIMULATION_REQUIRED']);
  await createSimulation(api.artifacts, simulationOf('shop', 'sim_1', { status: 'DONE', report: PASSED }));
  const taken = await api.call('PUT', PUT, { body: configOf('shop'), headers: { 'If-Simulated': 'sim_1' } });
  assert.is(taken.json.config_version, 3);
  assert.is((await readSimulation(api.artifacts, 'shop', 'sim_1'))?.status, 'DONE');
});

test.run();
