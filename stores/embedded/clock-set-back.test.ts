/** Setting the clock back hides no message of the embedded queue, and keeps no run from being started. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../testing/folder.ts';
import { Database } from './database/database.ts';
import { EmbeddedJobQueue } from './database/queue.ts';
import { EmbeddedRetentionStore } from './database/retention.ts';
import { EmbeddedRunStore } from './database/runs.ts';

const HOUR = 3_600_000;
const job = { run_id: 'r1', tenant_id: 't', vendors: [], config_version: 1 };

test('a message is delivered even if the clock was set back after it was sent', () =>
  inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    let time = Date.parse('2026-11-01T06:00:00Z');
    const queue = new EmbeddedJobQueue(database, { clock: { wall: () => time }, createId: randomUUID, pollMs: 5 });
    const receive = () => queue.receive({ max: 1, visibilitySeconds: 300, waitSeconds: 0 });
    await queue.send(job, 30);
    assert.equal(await receive(), [], 'it waits');
    time -= HOUR;
    const [first] = await receive();
    assert.is(first?.receiveCount, 1, 'it waits for no hour more');
    assert.equal(await receive(), [], 'a delivery hides it as always');
    // its worker dies
    time -= HOUR;
    const [second] = await receive();
    assert.is(second?.receiveCount, 1, 'the clock is no fault of the job');
    assert.is(await queue.extend(second!.receipt, 300), true);
    assert.equal(await receive(), []);
    for (const count of [2, 3]) {
      time += 300_000;
      assert.is((await receive())[0]?.receiveCount, count);
    }
    time += 300_000;
    assert.equal(await receive(), []);
    assert.is((await queue.deadLetters.list(10)).length, 1, 'and becomes a dead letter as always');
    database.close();
  }));

test('a key of a run that was removed while the clock was wrong starts a new run', () =>
  inFolder(async (folder) => {
    const database = await Database.open(path.join(folder, 'relay.db'));
    const [runs, retention] = [new EmbeddedRunStore(database), new EmbeddedRetentionStore(database)];
    const now = Date.parse('2026-11-01T06:00:00Z');
    const create = (runId: string) => {
      const idempotency = { key: 'k', bodyHash: 'h', expiresAt: now + 24 * HOUR };
      return runs.create({ runId, tenantId: 't', configVersion: 1, vendors: [], force: false, now, idempotency });
    };
    const foundRun = async () => (await runs.findRepeated('t', 'k', now))?.run.runId;
    await create('r1');
    assert.equal([(await create('r2')).status, await foundRun()], ['repeated', 'r1']);
    await runs.claim('r1', 'w', now, HOUR);
    await runs.finish({ runId: 'r1', attempt: 1 }, { status: 'SUCCEEDED' }, now);
    assert.ok(await retention.expireRun('r1', now));
    assert.is(await foundRun(), undefined);
    assert.equal([(await create('r2')).status, await foundRun()], ['created', 'r2']);
    database.close();
  }));

test.run();
