/** Runs the contract suite of each port on the embedded stores. */
import { EmfMetrics } from '../../stores/embedded/metrics.ts';
import { PrometheusMetrics } from '../../stores/embedded/prometheus.ts';
import { artifactStoreCases } from './artifact-store.ts';
import {
  embeddedArtifacts,
  embeddedArtifactsInPlace,
  embeddedPublishing,
  embeddedQueue,
  embeddedRuns,
  embeddedTenants,
  embeddedUpkeep,
} from './embedded.ts';
import { jobQueueCases } from './job-queue.ts';
import { madeFileCases } from './made-files.ts';
import { emfSubject, prometheusSubject } from './metric-readers.ts';
import { metricsCases } from './metrics.ts';
import { publishingCases } from './publishing.ts';
import { receiptCases } from './receipts.ts';
import { retentionStoreCases } from './retention-store.ts';
import { runStoreCases } from './run-store.ts';
import { simulationCases } from './simulations.ts';
import { registerContract } from './support.ts';
import { tenantStoreCases } from './tenant-store.ts';
import { usageStoreCases } from './usage-store.ts';

registerContract('embedded RunStore', runStoreCases, embeddedRuns);
registerContract('embedded TenantStore', tenantStoreCases, embeddedTenants);
registerContract('embedded JobQueue', jobQueueCases, embeddedQueue);
registerContract('embedded ArtifactStore', artifactStoreCases, embeddedArtifacts);
registerContract('embedded ArtifactStore, in place', artifactStoreCases, embeddedArtifactsInPlace);
registerContract('embedded simulations', simulationCases, embeddedArtifacts);
registerContract('embedded receipts', receiptCases, embeddedArtifacts);
registerContract('embedded made files', madeFileCases, embeddedArtifacts);
registerContract('embedded UsageStore', usageStoreCases, embeddedUpkeep);
registerContract('embedded RetentionStore', retentionStoreCases, embeddedUpkeep);
registerContract('embedded publishing', publishingCases, embeddedPublishing);
registerContract('EMF Metrics', metricsCases, () => emfSubject((options) => new EmfMetrics(options)));
registerContract('Prometheus Metrics', metricsCases, () => prometheusSubject(new PrometheusMetrics()));
