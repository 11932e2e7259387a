/** Puts finished or running simulations into the in-memory stores. */
import type { SimulationRecord } from '../../core/pipeline/simulate/records.ts';
import { configOf, START } from './harness.ts';

export function simulationOf(
  tenantId: string,
  simulationId: string,
  changes: Partial<SimulationRecord> = {},
): SimulationRecord {
  return {
    ...{ simulationId, tenantId, status: 'QUEUED', config: configOf(tenantId), runIds: ['run_old'] },
    ...{
      requestedAt: START,
      sentAt: START,
      startedAt: null,
      finishedAt: null,
      attempt: 0,
      leaseUntil: null,
      workerId: null,
    },
    ...{ cancelRequested: false, errorCode: null, errorMessage: null, report: null, ...changes },
  };
}
