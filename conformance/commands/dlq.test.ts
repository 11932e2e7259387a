/** `relay dlq` on the embedded stores, and its arguments. `npm run test:aws` tests it on AWS. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../cli/io.ts';
import { readServiceSettings } from '../../cli/service/settings.ts';
import { openStores } from '../../cli/service/stores.ts';
import { inFolder, relay } from '../../cli/testing/sandbox.ts';
import type { EmbeddedJobQueue } from '../../stores/embedded/database/queue.ts';
import { dlqCases } from '../contracts/dlq.ts';
import { embeddedService } from '../contracts/embedded.ts';
import { registerContract } from '../contracts/support.ts';

registerContract('relay dlq', dlqCases, embeddedService);

const test = suite('relay dlq, as it is called');

test('wrong use is refused, and no service is created in a folder without one', () =>
  inFolder(async (folder) => {
    const env = { RELAY_DATA_DIR: path.join(folder, 'data') };
    for (const [args, words] of [
      [[], /takes one of list, show, replay, discard/],
      [['lst'], /"lst" is not an action.*"list"/],
      [['show'], /takes the id of a dead letter/],
      [['replay', 'a', 'b'], /unexpected argument "b"/],
      [['list', 'a'], /unexpected argument "a"/],
      [['list', '--limit', '0'], /--limit takes a whole number from 1 to 1,000,/],
      [['list', '--limit', '1001'], /--limit takes/],
      [['show', 'a', '--limit', '3'], /unknown option --limit/],
    ] as const) {
      const { code, stderr } = await relay(['dlq', ...args], env);
      assert.is(code, EXIT.usage, args.join(' '));
      assert.match(stderr, words);
    }
    const { code, stderr } = await relay(['dlq', 'list'], env);
    assert.is(code, EXIT.failed);
    assert.match(stderr, /^relay: not_found: there is no service in/);
    assert.not(fs.existsSync(env.RELAY_DATA_DIR));
  }));

test('--limit limits the list', () =>
  inFolder(async (folder) => {
    const env = { RELAY_DATA_DIR: folder };
    const stores = await openStores(readServiceSettings(env), { wall: () => Date.now() });
    try {
      for (const body of ['a', 'b', 'c']) await (stores.queue as EmbeddedJobQueue).sendBody(body);
      for (let i = 0; i < 4; i++) {
        const jobs = await stores.queue.receive({ max: 10, visibilitySeconds: 60, waitSeconds: 0 });
        for (const { receipt } of jobs) await stores.queue.release(receipt, 0);
      }
      for (const [limit, count] of [
        ['1', 1],
        ['2', 2],
        ['1000', 3],
      ] as const) {
        const { stdout } = await relay(['dlq', 'list', '--limit', limit, '--json'], env);
        assert.is(JSON.parse(stdout).dead_letters.length, count);
      }
    } finally {
      stores.close();
    }
  }));

test.run();
