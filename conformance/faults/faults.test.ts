/** The short form of `npm run test:faults` on the embedded stores. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crashWorkers } from './crash.ts';
import { enumerateFaults } from './enumerate.ts';
import { embeddedFamily } from './family.ts';

test('a run ends well, whichever store call goes wrong', async () => {
  const { calls, faults, findings } = await enumerateFaults(embeddedFamily('still'), {
    ...{ seed: 7, share: 0.05, pairs: 3, secondsMax: 60, publishing: true },
  });
  assert.ok(calls > 40 && faults > 10, `${faults} faults in ${calls} calls`);
  assert.equal(findings, []);
});

test('runs end well, whatever happens to their workers', async () => {
  const options = { seed: 3, seconds: 1, tenants: 2, rows: 20_000 };
  const { findings } = await crashWorkers(embeddedFamily('running'), options);
  assert.equal(findings, []);
});

test.run();
