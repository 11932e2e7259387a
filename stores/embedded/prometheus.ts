/**
 * Metrics in memory, for scrapers, in the Prometheus text format. Counts become counters; seconds become summaries of sum
 * and count. A set of dimensions that is part of another set is skipped: queries sum over labels, and would count it
 * twice.
 */
import type { Metrics, MetricUnit } from '../../core/ports/service/metrics.ts';
import { checkMetric } from './metrics.ts';

/** The content type of `render`'s text. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const PREFIX = 'relay_';
/** Each tenant adds series. The limit bounds the memory of a service that runs for months. */
const SERIES_MAX = 10_000;

interface MetricFamily {
  unit: MetricUnit;
  /** By rendered labels. */
  series: Map<string, { sum: number; count: number }>;
}

type Dimensions = Readonly<Record<string, string>>;

export class PrometheusMetrics implements Metrics {
  readonly #families = new Map<string, MetricFamily>();
  readonly #seriesMax: number;
  #seriesCount = 0;
  #dropped = 0;

  constructor(seriesMax = SERIES_MAX) {
    this.#seriesMax = seriesMax;
  }

  put(name: string, value: number, unit: MetricUnit, dimensions: readonly Dimensions[]): void {
    checkMetric(name, value, dimensions);
    const base = PREFIX + snakeCase(name);
    const family = this.#families.get(base) ?? { unit, series: new Map() };
    this.#families.set(base, family);
    for (const set of dimensions) {
      if (dimensions.some((other) => isPart(set, other))) continue;
      const labels = renderLabels(set);
      const series = family.series.get(labels);
      if (series !== undefined) {
        series.sum += value;
        series.count++;
      } else if (this.#seriesCount < this.#seriesMax) {
        this.#seriesCount++;
        family.series.set(labels, { sum: value, count: 1 });
      } else {
        this.#dropped++;
      }
    }
  }

  render(): string {
    const lines: string[] = [];
    for (const [name, family] of [...this.#families].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const counter = family.unit === 'Count';
      lines.push(`# TYPE ${counter ? `${name}_total counter` : `${name} summary`}`);
      for (const [labels, { sum, count }] of family.series) {
        if (counter) lines.push(`${name}_total${labels} ${sum}`);
        else lines.push(`${name}_sum${labels} ${sum}`, `${name}_count${labels} ${count}`);
      }
    }
    const dropped = `${PREFIX}metrics_dropped_total`;
    lines.push(`# HELP ${dropped} Values left out because there are too many series.`);
    lines.push(`# TYPE ${dropped} counter`, `${dropped} ${this.#dropped}`);
    return `${lines.join('\n')}\n`;
  }
}

/** The queue's depth as a gauge. */
export function renderQueue({ visible, inFlight }: { visible: number; inFlight: number }): string {
  const name = `${PREFIX}queue_messages`;
  return [
    `# HELP ${name} Messages that wait for a worker, and that one has.`,
    `# TYPE ${name} gauge`,
    `${name}{state="visible"} ${visible}`,
    `${name}{state="in_flight"} ${inFlight}`,
    '',
  ].join('\n');
}

/** True if `set` is a proper subset of `other`. */
function isPart(set: Dimensions, other: Dimensions): boolean {
  const keys = Object.keys(set);
  return keys.length < Object.keys(other).length && keys.every((key) => other[key] === set[key]);
}

function renderLabels(set: Dimensions): string {
  const labels = Object.entries(set).map(([key, value]) => `${snakeCase(key)}="${escapeLabel(value)}"`);
  return labels.length === 0 ? '' : `{${labels.sort().join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}

function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W/g, '_')
    .toLowerCase();
}
