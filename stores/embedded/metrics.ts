/** Metrics that CloudWatch reads from logs: one line of Embedded Metric Format for each set of dimensions. */
import { assert } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/engine.ts';
import type { Metrics, MetricUnit } from '../../core/ports/service/metrics.ts';

export interface EmfOptions {
  namespace: string;
  clock: Pick<Clock, 'wall'>;
  /** Writes one line, line end included. */
  write: (line: string) => void;
}

export class EmfMetrics implements Metrics {
  readonly #options: EmfOptions;

  constructor(options: EmfOptions) {
    this.#options = options;
  }

  put(
    name: string,
    value: number,
    unit: MetricUnit,
    dimensions: ReadonlyArray<Readonly<Record<string, string>>>,
  ): void {
    checkMetric(name, value, dimensions);
    const { namespace, clock, write } = this.#options;
    for (const set of dimensions) {
      const directive = {
        Namespace: namespace,
        Dimensions: [Object.keys(set)],
        Metrics: [{ Name: name, Unit: unit }],
      };
      const line = { _aws: { Timestamp: clock.wall(), CloudWatchMetrics: [directive] }, ...set, [name]: value };
      write(`${JSON.stringify(line)}\n`);
    }
  }
}

/** Sends each value to all of the given metrics. */
export function allMetrics(...all: readonly Metrics[]): Metrics {
  return {
    put: (...value) => {
      for (const one of all) one.put(...value);
    },
  };
}

/** CloudWatch drops values that break these rules, and reports no error. */
export function checkMetric(
  name: string,
  value: number,
  dimensions: ReadonlyArray<Readonly<Record<string, string>>>,
): void {
  assert(Number.isFinite(value), `metric ${name} is ${value}`);
  for (const set of dimensions) {
    for (const [key, text] of Object.entries(set)) {
      assert(key !== name && key !== '_aws' && text !== '', `metric ${name}: bad dimension ${key}=${text}`);
    }
  }
}
