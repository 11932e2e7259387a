/** The texts of metrics, whole. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allMetrics, checkMetric, EmfMetrics } from './metrics.ts';
import { PrometheusMetrics, renderQueue } from './prometheus.ts';

const DROPPED = (count: number) => [
  '# HELP relay_metrics_dropped_total Values left out because there are too many series.',
  '# TYPE relay_metrics_dropped_total counter',
  `relay_metrics_dropped_total ${count}`,
  '',
];

test('counters and summaries, by name and labels; a value beyond the limit of series is counted', () => {
  const metrics = new PrometheusMetrics(4);
  const whole = { Environment: 'test' };
  assert.is(metrics.render(), DROPPED(0).join('\n'));
  metrics.put('RunDurationSeconds', 1.5, 'Seconds', [{ TenantId: 'a', ...whole }, whole]);
  metrics.put('RunDurationSeconds', 2, 'Seconds', [{ TenantId: 'a', ...whole }, whole]);
  metrics.put('RowsProcessed', 3, 'Count', [{ ...whole, TenantId: 'b "c"\\\n' }]);
  metrics.put('HTTPCalls2xx', 1, 'Count', [{}]);
  metrics.put('odd name-x', 1, 'Count', [{ error_type: 'x' }, { other: 'x' }]);
  metrics.put('odd name-x', 4, 'Count', [{ error_type: 'x' }, { other: 'y' }]);
  assert.equal(metrics.render().split('\n'), [
    '# TYPE relay_httpcalls2xx_total counter',
    'relay_httpcalls2xx_total 1',
    '# TYPE relay_odd_name_x_total counter',
    'relay_odd_name_x_total{error_type="x"} 5',
    '# TYPE relay_rows_processed_total counter',
    'relay_rows_processed_total{environment="test",tenant_id="b \\"c\\"\\\\\\n"} 3',
    '# TYPE relay_run_duration_seconds summary',
    'relay_run_duration_seconds_sum{environment="test",tenant_id="a"} 3.5',
    'relay_run_duration_seconds_count{environment="test",tenant_id="a"} 2',
    ...DROPPED(2),
  ]);
});

test('only a part of another set is left out: neither an equal one, nor one with another value', () => {
  const metrics = new PrometheusMetrics();
  metrics.put('One', 1, 'Count', [{ a: '1' }, { a: '2', b: '1' }, { a: '2' }, { b: '2', a: '3' }, { b: '2', c: '3' }]);
  assert.equal(metrics.render().split('\n').slice(1, 5), [
    'relay_one_total{a="1"} 1',
    'relay_one_total{a="2",b="1"} 1',
    'relay_one_total{a="3",b="2"} 1',
    'relay_one_total{b="2",c="3"} 1',
  ]);
});

test('the queue is a gauge', () => {
  assert.equal(renderQueue({ visible: 3, inFlight: 1 }).split('\n').slice(1), [
    '# TYPE relay_queue_messages gauge',
    'relay_queue_messages{state="visible"} 3',
    'relay_queue_messages{state="in_flight"} 1',
    '',
  ]);
});

test('CloudWatch gets a line for each set of dimensions', () => {
  const lines: string[] = [];
  const emf = new EmfMetrics({ namespace: 'N', clock: { wall: () => 7 }, write: (line) => lines.push(line) });
  const prometheus = new PrometheusMetrics();
  allMetrics(emf, prometheus).put('One', 2, 'Count', [{ a: '1', b: '2' }, {}]);
  const directive = (Dimensions: string[][]) => ({
    Timestamp: 7,
    CloudWatchMetrics: [{ Namespace: 'N', Dimensions, Metrics: [{ Name: 'One', Unit: 'Count' }] }],
  });
  assert.equal(
    lines.map((line) => [JSON.parse(line), line.endsWith('}\n')]),
    [
      [{ _aws: directive([['a', 'b']]), a: '1', b: '2', One: 2 }, true],
      [{ _aws: directive([[]]), One: 2 }, true],
    ],
  );
  assert.match(prometheus.render(), 'relay_one_total{a="1",b="2"} 2');
});

test('what CloudWatch would drop is a bug', () => {
  checkMetric('One', 0, [{}, { Two: 'x' }]);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => checkMetric('One', value, []));
  for (const set of [{ One: 'x' }, { _aws: 'x' }, { Two: '' }, { Three: 'x', Two: '' }] as Array<
    Record<string, string>
  >)
    assert.throws(() => checkMetric('One', 1, [{}, set]));
});

test.run();
