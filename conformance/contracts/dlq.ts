/** What `relay dlq` must do, on both families of stores. */
import * as assert from 'uvu/assert';
import { EXIT } from '../../cli/io.ts';
import type { ServiceStores } from '../../cli/service/stores.ts';
import { type CommandResult, relay } from '../../cli/testing/sandbox.ts';
import type { JobMessage } from '../../core/ports/service/jobs.ts';
import { CONFIG } from '../../worker/testing/worker-harness.ts';
import type { ContractCase, Subject } from './support.ts';

export interface DlqSubject extends Subject {
  stores: ServiceStores;
  /** The settings that lead the command to these stores. */
  env: Record<string, string>;
  sendBody(body: string): Promise<void>;
}

const T0 = 1_800_000_000_000;
const JOB: JobMessage = { run_id: 'r1', tenant_id: 'shop', vendors: ['bolt'], config_version: 1 };

/** Receives all waiting messages so often that they become dead letters. */
async function bury({ queue }: ServiceStores): Promise<void> {
  for (let deliveries = 0; deliveries < 4; deliveries++) {
    const jobs = await queue.receive({ max: 10, visibilitySeconds: 60, waitSeconds: 0 });
    for (const { receipt } of jobs) await queue.release(receipt, 0);
  }
}

/** A run of `shop` that failed as poison, and its dead letter's id. */
async function poisoned(subject: DlqSubject): Promise<string> {
  const { stores } = subject;
  await stores.tenants.create('shop', CONFIG, T0);
  const run = { runId: 'r1', tenantId: 'shop', configVersion: 1, vendors: ['bolt'], force: true, now: T0 };
  assert.is((await stores.runs.create(run)).status, 'created');
  await stores.queue.send(JOB);
  await bury(stores);
  await stores.runs.failUnclaimed('r1', { errorCode: 'POISON_JOB', errorMessage: 'delivered 3 times' }, T0 + 1);
  const letters = await stores.queue.deadLetters.list(10);
  assert.is(letters.length, 1);
  return letters[0]!.messageId;
}

async function dlq({ env }: DlqSubject, ...args: string[]): Promise<CommandResult> {
  return relay(['dlq', ...args], env);
}

async function json(subject: DlqSubject, ...args: string[]) {
  const { code, stdout, stderr } = await dlq(subject, ...args, '--json');
  assert.is(code, EXIT.ok, stdout + stderr);
  return JSON.parse(stdout);
}

async function refusal(code: string, subject: DlqSubject, ...args: string[]): Promise<string> {
  const result = await dlq(subject, ...args);
  assert.is(result.code, EXIT.failed);
  assert.match(result.stderr, `relay: ${code}: `);
  return result.stderr;
}

const letters = async ({ stores }: DlqSubject) => (await stores.queue.deadLetters.list(10)).length;

export const dlqCases: ReadonlyArray<ContractCase<DlqSubject>> = [
  {
    name: 'list and show say what is dead, and why its run failed',
    run: async (subject) => {
      assert.equal(await json(subject, 'list'), { dead_letters: [] });
      const id = await poisoned(subject);
      const { dead_letters } = await json(subject, 'list');
      assert.is(dead_letters.length, 1);
      assert.equal([dead_letters[0].message_id, dead_letters[0].job], [id, JOB]);
      assert.ok(dead_letters[0].receive_count >= 3);
      assert.match((await dlq(subject, 'list')).stdout, new RegExp(`^${id}  \\S+Z  shop  r1\n$`));
      const shown = await json(subject, 'show', id);
      assert.equal([shown.job, shown.run.status, shown.run.error_code], [JOB, 'FAILED', 'POISON_JOB']);
      assert.match(
        (await dlq(subject, 'show', id)).stdout,
        /vendors bolt.*\nrun +FAILED.*POISON_JOB: delivered 3 times\n$/,
      );
      assert.is(await letters(subject), 1, 'a look takes nothing away');
    },
  },
  {
    name: 'a replay makes a new run with the newest config, sends its job, and deletes the letter',
    run: async (subject) => {
      const { runs, tenants, queue } = subject.stores;
      const id = await poisoned(subject);
      await tenants.putConfig('shop', CONFIG, T0 + 2);
      const before = await runs.get('r1');
      const { run_id, replaces } = await json(subject, 'replay', id);
      assert.is(replaces, 'r1');
      assert.is.not(run_id, 'r1');
      const run = (await runs.get(run_id))!;
      assert.equal([run.status, run.tenantId, run.configVersion], ['QUEUED', 'shop', 2]);
      assert.equal([run.vendors, run.force], [['bolt'], true]);
      const [job] = await queue.receive({ max: 10, visibilitySeconds: 60, waitSeconds: 0 });
      assert.equal(job?.job, { ...JOB, run_id, config_version: 2 });
      assert.is(await letters(subject), 0);
      assert.equal(await runs.get('r1'), before, 'the failed run stays as it was');
      await refusal('not_found', subject, 'replay', id);
    },
  },
  {
    name: 'a replay waits its turn: with an active run of the tenant it is refused, and the letter stays',
    run: async (subject) => {
      const { runs } = subject.stores;
      const id = await poisoned(subject);
      await runs.create({ runId: 'r2', tenantId: 'shop', configVersion: 1, vendors: [], force: false, now: T0 + 5 });
      assert.match(await refusal('TENANT_ALREADY_RUNNING', subject, 'replay', id), 'r2');
      assert.is(await letters(subject), 1);
      await runs.failUnclaimed('r2', { errorCode: 'CANCELLED', errorMessage: 'cancelled' }, T0 + 6);
      assert.match((await dlq(subject, 'replay', id)).stdout, /^run_\w+ is queued in place of r1\n$/);
      assert.is(await letters(subject), 0);
    },
  },
  {
    name: 'a job whose tenant or vendor is gone cannot be replayed',
    run: async (subject) => {
      const id = await poisoned(subject);
      const { vendors, ...rest } = CONFIG;
      await subject.stores.tenants.putConfig('shop', { ...rest, vendors: vendors.slice(0, 1) }, T0 + 2);
      await refusal('UNKNOWN_VENDOR', subject, 'replay', id);
      await subject.stores.queue.send({ ...JOB, run_id: 'r7', tenant_id: 'nobody' });
      await bury(subject.stores);
      const { dead_letters } = await json(subject, 'list');
      const other = dead_letters.find((one: { job: JobMessage }) => one.job.tenant_id === 'nobody');
      assert.match((await dlq(subject, 'show', other.message_id)).stdout, /run +there is no such run\n$/);
      await refusal('NOT_FOUND', subject, 'replay', other.message_id);
      assert.is(await letters(subject), 2);
    },
  },
  {
    name: 'a message that is no job is shown as it is, and can be discarded, not replayed',
    run: async (subject) => {
      await subject.sendBody('not\n"a" job');
      await bury(subject.stores);
      const [{ message_id: id, job, body }] = (await json(subject, 'list')).dead_letters;
      assert.equal([job, body], [null, 'not\n"a" job']);
      assert.match((await dlq(subject, 'list')).stdout, 'not a job: "not\\n\\"a\\" job"\n');
      assert.match((await dlq(subject, 'show', id)).stdout, 'not a job: "not\\n\\"a\\" job"\n');
      await refusal('not_a_job', subject, 'replay', id);
      assert.equal(await json(subject, 'discard', id), { message_id: id, discarded: true });
      assert.is(await letters(subject), 0);
      await refusal('not_found', subject, 'discard', id);
    },
  },
];
