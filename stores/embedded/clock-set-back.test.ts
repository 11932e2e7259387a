/** Setting the clock back hides no message of the embedded queue. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../testing/folder.ts';
import { Database } from './database/database.ts';
import { EmbeddedJobQueue } from './database/queue.ts';

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

test.run();
