/** The metrics that a worker really emits, for a run that succeeds, one that fails, and a queue that is down. */
import { RelayError } from '../../core/errors.ts';
import { withMethods, withWorker } from '../../worker/testing/worker-harness.ts';

/** Each metric with the names of its dimensions, as in `RunFailed Environment,TenantId`. */
export async function emittedMetrics(): Promise<Set<string>> {
  const emitted = new Set<string>();
  const use = withWorker(async (harness) => {
    await harness.start('good');
    await harness.loopUntil(async () => (await harness.run('good')).status === 'SUCCEEDED');
    await harness.putFeed('acme', 'no header that could be read\n');
    await harness.start('bad');
    await harness.loopUntil(async () => (await harness.run('bad')).status === 'FAILED');
    const receive = async () => {
      throw new RelayError('store_busy', 'it does not answer', { recovery: 'retry' });
    };
    const deps = harness.deps({ queue: withMethods(harness.stores.queue, { receive }) });
    await harness.loopUntil(async () => harness.metrics.some((one) => one.name === 'WorkerError'), deps);
    for (const { name, dimensions } of harness.metrics) {
      for (const set of dimensions) emitted.add(`${name} ${Object.keys(JSON.parse(set)).sort()}`);
    }
  });
  await use();
  return emitted;
}
