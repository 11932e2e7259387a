/** Reads metrics as CloudWatch and as Prometheus would, for their contract suite. */
import * as assert from 'uvu/assert';
import type { Metrics, MetricUnit } from '../../core/ports/service/metrics.ts';
import type { EmfOptions } from '../../stores/embedded/metrics.ts';
import type { PrometheusMetrics } from '../../stores/embedded/prometheus.ts';
import type { MetricsSubject } from './metrics.ts';

/** A reader of lines in Embedded Metric Format. It throws on a line that CloudWatch would ignore. */
export function emfSubject(make: (options: EmfOptions) => Metrics): MetricsSubject {
  const found = new Map<string, { sum: number; unit: MetricUnit }>();
  const write = (line: string) => {
    assert.match(line, /^[^\n]+\n$/, 'one line');
    const { _aws, ...values } = JSON.parse(line);
    assert.equal(Object.keys(_aws).sort(), ['CloudWatchMetrics', 'Timestamp']);
    assert.ok(Number.isInteger(_aws.Timestamp));
    for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      assert.is(Namespace, 'RelayInventory');
      for (const keys of Dimensions as string[][]) {
        const set = Object.fromEntries(keys.map((key) => [key, values[key]]));
        assert.ok(Object.values(set).every((one) => typeof one === 'string' && one !== ''));
        for (const { Name, Unit } of Metrics) {
          assert.type(values[Name], 'number');
          const id = idOf(Name, set);
          found.set(id, { sum: (found.get(id)?.sum ?? 0) + values[Name], unit: Unit });
        }
      }
    }
  };
  const metrics = make({ namespace: 'RelayInventory', clock: { wall: () => 1_800_000_000_000 }, write });
  return { metrics, read: (name, set) => found.get(idOf(name, set)) ?? null, close: () => undefined };
}

function idOf(name: string, set: Record<string, string>): string {
  return JSON.stringify([name, Object.entries(set).sort()]);
}

/** A reader that sums over labels that are not asked for, as a query does. */
export function prometheusSubject(metrics: Metrics & Pick<PrometheusMetrics, 'render'>): MetricsSubject {
  return {
    metrics,
    read: (name, set) => {
      const base = `relay_${snake(name)}`;
      const wanted = Object.entries(set).map(([key, value]) => [snake(key), value] as const);
      const series = parse(metrics.render());
      const of = (suffix: string) =>
        series.filter(
          (one) => one.name === base + suffix && wanted.every(([key, value]) => one.labels.get(key) === value),
        );
      const [counters, sums] = [of('_total'), of('_sum')];
      if (counters.length + sums.length === 0) return null;
      const sum = [...counters, ...sums].reduce((all, one) => all + one.value, 0);
      return { sum, unit: counters.length > 0 ? 'Count' : 'Seconds' };
    },
    close: () => undefined,
  };
}

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

interface MetricSample {
  name: string;
  labels: Map<string, string>;
  value: number;
}

function parse(page: string): MetricSample[] {
  assert.ok(page.endsWith('\n'));
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const match = /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\[\\"n])*",?)*)\})? (-?[0-9.e+-]+)$/.exec(line);
    assert.ok(match, `no sample: ${line}`);
    const labels = [...(match[2] ?? '').matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, key, value]) => [key!, value!.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))] as const,
    );
    return { name: match[1]!, labels: new Map(labels), value: Number(match[3]) };
  });
}
