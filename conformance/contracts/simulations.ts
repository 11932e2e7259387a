/** What simulations need from every `ArtifactStore`: one place per tenant, one claim, no lost change. */
import * as assert from 'uvu/assert';
import {
  cancelSimulation,
  changeSimulation,
  createSimulation,
  readSimulation,
  removeOldSimulations,
  SIMULATION_KEPT_MS,
  type SimulationRecord,
  takeLostSimulations,
} from '../../core/pipeline/simulate/records.ts';
import type { ArtifactSubject } from './artifact-subject.ts';
import type { ContractCase } from './support.ts';

function recordOf(simulationId: string, requestedAt: number): SimulationRecord {
  return {
    ...{ simulationId, tenantId: 'shop', status: 'QUEUED', config: { a: 1 }, runIds: ['r1'], requestedAt },
    ...{ sentAt: requestedAt, startedAt: null, finishedAt: null, attempt: 0, leaseUntil: null, workerId: null },
    ...{ cancelRequested: false, errorCode: null, errorMessage: null, report: null },
  };
}

const ONE = { tenantId: 'shop', simulationId: 'one' };

export const simulationCases: ReadonlyArray<ContractCase<ArtifactSubject>> = [
  {
    name: 'of many simulations at once one gets the tenant’s place, and the others learn which',
    run: async ({ store, peer, now }) => {
      const stores = [store, await peer()];
      const ids = Array.from({ length: 6 }, (_, i) => `s${i}`);
      const found = await Promise.all(ids.map((id, i) => createSimulation(stores[i % 2]!, recordOf(id, now()))));
      const winners = ids.filter((_, i) => found[i] === null);
      assert.is(winners.length, 1);
      assert.equal(new Set(found.filter((id) => id !== null)), new Set(winners));
      assert.equal(await readSimulation(stores[1]!, 'shop', winners[0]!), recordOf(winners[0]!, now()));
      assert.is(await createSimulation(store, { ...recordOf('other', now()), tenantId: 'other' }), null);
    },
  },
  {
    name: 'the place is free once its simulation has ended',
    run: async ({ store, now }) => {
      await createSimulation(store, recordOf('one', now()));
      assert.is(await createSimulation(store, recordOf('two', now())), 'one');
      await changeSimulation(store, ONE, () => ({ status: 'DONE' }));
      assert.is(await createSimulation(store, recordOf('two', now())), null);
      assert.is((await readSimulation(store, 'shop', 'one'))?.status, 'DONE');
    },
  },
  {
    name: 'one that waits is cancelled at once, one that a worker has is told so, and one that has ended stays as it is',
    run: async ({ store, now }) => {
      await createSimulation(store, recordOf('one', now()));
      await changeSimulation(store, ONE, () => ({ status: 'RUNNING' }));
      const told = await cancelSimulation(store, ONE, now());
      assert.equal([told?.status, told?.cancelRequested, told?.finishedAt], ['RUNNING', true, null]);
      await changeSimulation(store, ONE, () => ({ status: 'DONE' }));
      assert.is(await cancelSimulation(store, ONE, now()), null);
      await createSimulation(store, recordOf('two', now()));
      const two = await cancelSimulation(store, { ...ONE, simulationId: 'two' }, now());
      assert.equal([two?.status, two?.cancelRequested, two?.finishedAt], ['CANCELLED', true, now()]);
    },
  },
  {
    name: 'of many claims at once one counts, and no change is lost',
    run: async ({ store, peer, now }) => {
      await createSimulation(store, recordOf('one', now()));
      const stores = [store, await peer()];
      const claims = await Promise.all(
        Array.from({ length: 6 }, (_, i) =>
          changeSimulation(stores[i % 2]!, ONE, ({ status, attempt }) =>
            status === 'QUEUED' ? { status: 'RUNNING', attempt: attempt + 1, workerId: `w${i}` } : null,
          ),
        ),
      );
      const [claim, ...others] = claims.filter((one) => one !== null);
      assert.is(others.length, 0);
      assert.equal(await readSimulation(store, 'shop', 'one'), claim);
      const adds = Array.from({ length: 6 }, (_, i) =>
        changeSimulation(stores[i % 2]!, ONE, ({ attempt }) => ({ attempt: attempt + 1 })),
      );
      await Promise.all(adds);
      assert.is((await readSimulation(store, 'shop', 'one'))?.attempt, 7);
    },
  },
  {
    name: 'a simulation whose message may be lost is given to one caller, until it is over',
    run: async ({ store, peer, now, advance }) => {
      const start = now();
      await createSimulation(store, recordOf('one', start));
      await createSimulation(store, { ...recordOf('one', start), tenantId: 'other' });
      const stores = [store, await peer()];
      const lostAt = async (at: number) => {
        const lost = { now: at, sentBefore: at - 1000, leaseBefore: at - 1000, leaseFar: at + 1_500_000 };
        const found = await Promise.all(stores.map((one) => takeLostSimulations(one, lost)));
        return found
          .flat()
          .map(({ tenantId, sentAt }) => [tenantId, sentAt - start])
          .sort();
      };
      assert.equal(await lostAt(start + 1000), []);
      assert.equal(await lostAt(start + 1001), [
        ['other', 1001],
        ['shop', 1001],
      ]);
      assert.equal(await lostAt(start + 2000), [], 'it was just sent');
      await changeSimulation(store, ONE, () => ({ status: 'RUNNING', leaseUntil: start + 5000 }));
      await changeSimulation(store, { ...ONE, tenantId: 'other' }, () => ({ status: 'DONE' }));
      assert.equal(await lostAt(start + 6000), [], 'a worker is at it');
      assert.equal(await lostAt(start + 6001), [['shop', 6001]], 'its worker is gone');
      await changeSimulation(store, ONE, () => ({ leaseUntil: start + 3_600_000 }));
      assert.equal(await lostAt(start + 8000), [['shop', 8000]], 'no lease is so long: the clock was set back');
      assert.is((await store.list('tenants/_waiting/')).objects.length, 1, 'what is over needs no worker');
      await removeOldSimulations(store, 'shop', start + 2 * SIMULATION_KEPT_MS);
      await advance(61);
      assert.equal(await lostAt(now()), []);
      assert.equal((await store.list('tenants/_waiting/')).objects, [], 'nor what is gone');
    },
  },
  {
    name: 'what is gone is not changed; old ones are removed, those of other tenants stay',
    run: async ({ store, now, advance }) => {
      assert.is(await changeSimulation(store, ONE, () => ({ status: 'DONE' })), null);
      await createSimulation(store, recordOf('one', now()));
      await createSimulation(store, { ...recordOf('one', now()), tenantId: 'other' });
      assert.equal(await removeOldSimulations(store, 'shop', now()), []);
      await advance(60);
      const gone = await removeOldSimulations(store, 'shop', now() + SIMULATION_KEPT_MS);
      assert.equal(gone.map(({ key }) => key).sort(), [
        'tenants/shop/simulations/active.json',
        'tenants/shop/simulations/one.json',
      ]);
      assert.is(await readSimulation(store, 'shop', 'one'), null);
      assert.is((await readSimulation(store, 'other', 'one'))?.simulationId, 'one');
    },
  },
];
