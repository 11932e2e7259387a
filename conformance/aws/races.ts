/** Tests what may happen to a run between a store's read and its write. */
import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { AwsRunStore } from '../../stores/aws/runs.ts';
import { type Item, Table } from '../../stores/aws/table.ts';
import { RUNS_TABLE } from '../../stores/aws/tables.ts';
import { newRun, T0 } from '../contracts/run-subject.ts';
import { makeResources } from './servers.ts';
import type { AwsCase, AwsSuite } from './suite.ts';

/** Lets something happen once, right after an item is read. */
class SlowTable extends Table {
  meanwhile: (() => Promise<unknown>) | null = null;

  override async get(key: Item): Promise<Item | null> {
    const item = await super.get(key);
    const { meanwhile } = this;
    this.meanwhile = null;
    await meanwhile?.();
    return item;
  }
}

interface RaceBench {
  /** A store without delays. */
  fast: AwsRunStore;
  slow: AwsRunStore;
  /** What happens between the next read of the slow store and its write. */
  during(action: () => Promise<unknown>): void;
}

function withRuns(name: string, run: (bench: RaceBench) => Promise<void>): AwsCase {
  return {
    name,
    run: async ({ still: server }) => {
      const { runsTable } = await makeResources(server);
      const client = server.clients.dynamodb;
      const options = { client, name: runsTable, definition: RUNS_TABLE, setting: 'RUNS_TABLE', createId: randomUUID };
      const table = new SlowTable(options);
      const fast = new AwsRunStore(new Table(options));
      const during = (action: () => Promise<unknown>) => {
        table.meanwhile = action;
      };
      await run({ fast, slow: new AwsRunStore(table), during });
    },
  };
}

const cases: AwsCase[] = [
  withRuns('a claim that another came and went before has an attempt of its own', async ({ fast, slow, during }) => {
    await fast.create(newRun('r1'));
    // its lease has ended when the slow one writes
    during(() => fast.claim('r1', 'w1', T0, 1000));
    const claim = await slow.claim('r1', 'w2', T0 + 1000, 1000);
    assert.equal([claim.status, (await fast.get('r1'))?.attempt], ['claimed', 2]);
    assert.is(await fast.setStage({ runId: 'r1', attempt: 1 }, 'COMPLETE'), false, 'the first worker');
    assert.ok(await fast.setStage({ runId: 'r1', attempt: 2 }, 'FETCH_INPUTS'));
  }),
  withRuns('a claim finds what became of the run meanwhile: held, ended', async ({ fast, slow, during }) => {
    await fast.create(newRun('r1'));
    during(() => fast.claim('r1', 'w1', T0, 1000));
    assert.is((await slow.claim('r1', 'w2', T0 + 999, 1000)).status, 'leased');
    during(() => fast.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, T0 + 1000));
    assert.is((await slow.claim('r1', 'w2', T0 + 1000, 1000)).status, 'ended');
  }),
  withRuns('a cancel and a claim at once: one of them counts', async ({ fast, slow, during }) => {
    await fast.create(newRun('r1'));
    during(() => fast.claim('r1', 'w1', T0, 1000));
    assert.is(await slow.failUnclaimed('r1', { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, T0 + 1), false);
    assert.is((await fast.get('r1'))?.status, 'RUNNING');
    // a worker that is just as late ends nothing, and does not free the slot of the next run
    during(async () => {
      assert.ok(await fast.failUnclaimed('r1', { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, T0 + 1000));
      assert.is((await fast.create(newRun('r2', { now: T0 + 1001 }))).status, 'created');
    });
    assert.is(await slow.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, T0 + 1002), false);
    assert.is((await fast.get('r1'))?.errorCode, 'CANCELLED');
    assert.is((await fast.create(newRun('r3', { now: T0 + 1003 }))).status, 'tenant_busy');
  }),
  withRuns('a message is noted as sent again for the run as it was seen', async ({ fast, slow, during }) => {
    await fast.create(newRun('r1'));
    during(() => fast.claim('r1', 'w1', T0, 1000));
    assert.is(await slow.markSent('r1', T0, T0 + 5), false, 'a worker has it by now');
    assert.is((await fast.get('r1'))?.sentAt, T0);
  }),
  withRuns('a create that finds the slot taken meanwhile names the run that has it', async ({ fast, slow, during }) => {
    during(() => fast.create(newRun('r1')));
    assert.equal(await slow.create(newRun('r2')), { status: 'tenant_busy', activeRunId: 'r1' });
    assert.is(await fast.get('r2'), null);
  }),
];

export const raceSuite: AwsSuite = { name: 'AWS races', cases };
