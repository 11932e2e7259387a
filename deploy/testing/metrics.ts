/** What a worker really emits: with a run that succeeds, one that fails, and a queue that does not answer. */
import { RelayError } from '../../core/errors.ts';
import { onWorkbench, withMethods } from '../../worker/testing/worker-harness.ts';

/** Each metric with the names of its dimensions, as in `RunFailed Environment,TenantId`. */
export async function emittedMetrics(): Promise<Set<string>> {
  const emitted = new Set<string>();
  const use = onWorkbench(async (bench) => {
    await bench.start('good');
    await bench.loopUntil(async () => (await bench.run('good')).status === 'SUCCEEDED');
    await bench.putFeed('acme', 'no header that could be read\n');
    await bench.start('bad');
    await bench.loopUntil(async () => (await bench.run('bad')).status === 'FAILED');
    const receive = async () => {
      throw new RelayError('store_busy', 'it does not answer', { recovery: 'retry' });
    };
    const deps = bench.deps({ queue: withMethods(bench.stores.queue, { receive }) });
    await bench.loopUntil(async () => bench.metrics.some((one) => one.name === 'WorkerError'), deps);
    for (const { name, dimensions } of bench.metrics) {
      for (const set of dimensions) emitted.add(`${name} ${Object.keys(JSON.parse(set)).sort()}`);
    }
  });
  await use();
  return emitted;
}
