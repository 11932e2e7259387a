/** Metrics that each break one promise. */
import type { Metrics } from '../../../core/ports/service/metrics.ts';
import { EmfMetrics, type EmfOptions } from '../../../stores/embedded/metrics.ts';

type Put = Metrics['put'];

/** Correct metrics, with a change to each call. */
const changed = (change: (put: Put) => Put) => (options: EmfOptions) => {
  const good = new EmfMetrics(options);
  return { put: change(good.put.bind(good)) };
};

/** Broken doubles by their mistake, each with a case that must fail. */
export const METRIC_DOUBLES: Readonly<Record<string, [make: (options: EmfOptions) => Metrics, foundBy: string]>> = {
  'the first set of dimensions only': [
    changed((put) => (name, value, unit, sets) => put(name, value, unit, sets.slice(0, 1))),
    'a value is emitted once for each set of dimensions',
  ],
  'each set twice': [
    changed((put) => (name, value, unit, sets) => put(name, value, unit, [...sets, ...sets])),
    'a value is emitted once for each set of dimensions',
  ],
  'zeros are left out': [
    changed((put) => (name, value, unit, sets) => value !== 0 && put(name, value, unit, sets)),
    'a zero is a value: an alarm must see that there was no failure',
  ],
  'all is counted': [
    changed((put) => (name, value, _unit, sets) => put(name, value, 'Count', sets)),
    'metrics keep their names, units and fractions apart',
  ],
  'tenants are thrown together': [
    changed((put) => (name, value, unit, sets) => {
      const merged = sets.map((set) => ('TenantId' in set ? { ...set, TenantId: 'a' } : set));
      put(name, value, unit, merged);
    }),
    'values add up where their dimensions are the same, and nowhere else',
  ],
  'fractions are cut': [
    changed((put) => (name, value, unit, sets) => put(name, Math.trunc(value), unit, sets)),
    'metrics keep their names, units and fractions apart',
  ],
};
