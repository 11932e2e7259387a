/** The port for metrics. */

export type MetricUnit = 'Count' | 'Seconds';

export interface Metrics {
  /** Emits one value, once for each set of dimensions. */
  put(name: string, value: number, unit: MetricUnit, dimensions: ReadonlyArray<Readonly<Record<string, string>>>): void;
}
