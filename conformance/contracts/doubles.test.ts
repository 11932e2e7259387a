/** Each contract suite passes a correct store in memory, and rejects each broken double. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactStoreCases } from './artifact-store.ts';
import { ARTIFACT_DOUBLES, artifactSubject } from './doubles/artifacts.ts';
import { MADE_FILE_DOUBLES } from './doubles/made-files.ts';
import { MemoryArtifactStore } from './doubles/memory-artifacts.ts';
import { MemoryRunStore } from './doubles/memory-runs.ts';
import { METRIC_DOUBLES } from './doubles/metrics.ts';
import { PUBLISHING_DOUBLES, publishingSubject } from './doubles/publishing.ts';
import { MemoryJobQueue, QUEUE_DOUBLES, queueSubject } from './doubles/queue.ts';
import { RECEIPT_DOUBLES } from './doubles/receipts.ts';
import { RUN_DOUBLES, runSubject } from './doubles/runs.ts';
import { SIMULATION_DOUBLES } from './doubles/simulations.ts';
import { MemoryTenantStore, TENANT_DOUBLES, tenantSubject } from './doubles/tenants.ts';
import { RETENTION_DOUBLES, USAGE_DOUBLES, upkeepSubject } from './doubles/upkeep.ts';
import { jobQueueCases } from './job-queue.ts';
import { madeFileCases } from './made-files.ts';
import { emfSubject } from './metric-readers.ts';
import { metricsCases } from './metrics.ts';
import { publishingCases } from './publishing.ts';
import { receiptCases } from './receipts.ts';
import { retentionStoreCases } from './retention-store.ts';
import { runStoreCases } from './run-store.ts';
import { simulationCases } from './simulations.ts';
import { type ContractCase, failingCases, type Maker, type Subject } from './support.ts';
import { tenantStoreCases } from './tenant-store.ts';
import { usageStoreCases } from './usage-store.ts';

function found<T, S extends Subject>(
  port: string,
  cases: ReadonlyArray<ContractCase<S>>,
  good: Maker<S> | null,
  doubles: Readonly<Record<string, [T, string]>>,
  subjectOf: (make: T) => S,
): void {
  const test = suite(`doubles of ${port}`);
  if (good !== null) {
    test('the correct store passes', async () => {
      assert.equal(await failingCases(cases, good), []);
    });
  }
  test('each case has its own name', () => {
    assert.is(new Set(cases.map((one) => one.name)).size, cases.length);
  });
  for (const [wrong, [make, foundBy]] of Object.entries(doubles)) {
    test(`the suite finds that ${wrong}`, async () => {
      const wrongOnes = () => subjectOf(make);
      const finders = cases.filter(({ name }) => name === foundBy);
      if ((await failingCases(finders, wrongOnes)).length === 1) return;
      // the other cases are asked only for the message
      const failed = await failingCases(cases, wrongOnes);
      assert.unreachable(`not found by "${foundBy}", but by ${JSON.stringify(failed)}`);
    });
  }
  test.run();
}

found(
  'RunStore',
  runStoreCases,
  () => runSubject(new MemoryRunStore()),
  RUN_DOUBLES,
  (make) => runSubject(make()),
);
found(
  'TenantStore',
  tenantStoreCases,
  () => tenantSubject(new MemoryTenantStore()),
  TENANT_DOUBLES,
  (make) => tenantSubject(make()),
);
found(
  'JobQueue',
  jobQueueCases,
  () => queueSubject(new MemoryJobQueue()),
  QUEUE_DOUBLES,
  (make) => queueSubject(make()),
);
found(
  'ArtifactStore',
  artifactStoreCases,
  () => artifactSubject(new MemoryArtifactStore()),
  ARTIFACT_DOUBLES,
  (make) => artifactSubject(make()),
);
found(
  'simulations',
  simulationCases,
  () => artifactSubject(new MemoryArtifactStore()),
  SIMULATION_DOUBLES,
  (make) => artifactSubject(make()),
);
found(
  'receipts',
  receiptCases,
  () => artifactSubject(new MemoryArtifactStore()),
  RECEIPT_DOUBLES,
  (make) => artifactSubject(make()),
);
found(
  'made files',
  madeFileCases,
  () => artifactSubject(new MemoryArtifactStore()),
  MADE_FILE_DOUBLES,
  (make) => artifactSubject(make()),
);
found('UsageStore', usageStoreCases, upkeepSubject, USAGE_DOUBLES, (make) => upkeepSubject(make));
found('RetentionStore', retentionStoreCases, upkeepSubject, RETENTION_DOUBLES, (make) =>
  upkeepSubject(undefined, make),
);
/** Without the large case, which takes long and which no double breaks. */
const smallPublishingCases = publishingCases.filter(({ name }) => !name.includes('very many'));
found('publishing', smallPublishingCases, publishingSubject, PUBLISHING_DOUBLES, (make) => publishingSubject(make()));
found('Metrics', metricsCases, null, METRIC_DOUBLES, (make) => emfSubject(make));
