/** What every `Metrics` must do: emit each value once for each set of dimensions, with its name and unit. */
import * as assert from 'uvu/assert';
import type { Metrics, MetricUnit } from '../../core/ports/service/metrics.ts';
import type { ContractCase, Subject } from './support.ts';

export interface MetricsSubject extends Subject {
  metrics: Metrics;
  /** The sum and unit of the metric for exactly these dimensions; null if there is none. */
  read(name: string, dimensions: Record<string, string>): { sum: number; unit: MetricUnit } | null;
}

const both = (TenantId: string) => [{ TenantId, Environment: 'test' }, { Environment: 'test' }];

export const metricsCases: ReadonlyArray<ContractCase<MetricsSubject>> = [
  {
    name: 'a value is emitted once for each set of dimensions',
    run: async ({ metrics, read }) => {
      metrics.put('RowsProcessed', 7, 'Count', both('a'));
      assert.equal(read('RowsProcessed', { TenantId: 'a', Environment: 'test' }), { sum: 7, unit: 'Count' });
      assert.equal(read('RowsProcessed', { Environment: 'test' }), { sum: 7, unit: 'Count' });
    },
  },
  {
    name: 'values add up where their dimensions are the same, and nowhere else',
    run: async ({ metrics, read }) => {
      metrics.put('RowsProcessed', 1, 'Count', both('a'));
      metrics.put('RowsProcessed', 2, 'Count', both('a'));
      metrics.put('RowsProcessed', 4, 'Count', both('b'));
      assert.is(read('RowsProcessed', { TenantId: 'a', Environment: 'test' })?.sum, 3);
      assert.is(read('RowsProcessed', { TenantId: 'b', Environment: 'test' })?.sum, 4);
      assert.is(read('RowsProcessed', { Environment: 'test' })?.sum, 7);
      assert.is(read('RowsProcessed', { TenantId: 'c', Environment: 'test' }), null);
      assert.is(read('RowsProcessed', { TenantId: 'a', Environment: 'live' }), null);
    },
  },
  {
    name: 'a zero is a value: an alarm must see that there was no failure',
    run: async ({ metrics, read }) => {
      metrics.put('RunFailed', 0, 'Count', both('a'));
      assert.equal(read('RunFailed', { TenantId: 'a', Environment: 'test' }), { sum: 0, unit: 'Count' });
      assert.equal(read('RunFailed', { Environment: 'test' }), { sum: 0, unit: 'Count' });
    },
  },
  {
    name: 'metrics keep their names, units and fractions apart',
    run: async ({ metrics, read }) => {
      metrics.put('RunDurationSeconds', 1.25, 'Seconds', [{ Environment: 'test' }]);
      metrics.put('WorkerError', 1, 'Count', [{ Environment: 'test', error_type: 'a "b"\\\n{c}=é' }]);
      assert.equal(read('RunDurationSeconds', { Environment: 'test' }), { sum: 1.25, unit: 'Seconds' });
      const error = read('WorkerError', { Environment: 'test', error_type: 'a "b"\\\n{c}=é' });
      assert.equal(error, { sum: 1, unit: 'Count' });
      assert.is(read('RunFailed', { Environment: 'test' }), null);
    },
  },
];
