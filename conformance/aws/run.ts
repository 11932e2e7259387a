/**
 * `npm run test:aws`: runs the contract suites and more on the AWS stores, against servers that it starts. The last line has
 * the counts. Without a Java runtime every case is skipped. An argument selects the suites whose names contain it.
 */
import { artifactStoreCases } from '../contracts/artifact-store.ts';
import { dlqCases } from '../contracts/dlq.ts';
import { jobQueueCases } from '../contracts/job-queue.ts';
import { madeFileCases } from '../contracts/made-files.ts';
import { pruneCases } from '../contracts/prune.ts';
import { publishingCases } from '../contracts/publishing.ts';
import { receiptCases } from '../contracts/receipts.ts';
import { retentionStoreCases } from '../contracts/retention-store.ts';
import { runStoreCases } from '../contracts/run-store.ts';
import { simulationCases } from '../contracts/simulations.ts';
import { tenantStoreCases } from '../contracts/tenant-store.ts';
import { usageStoreCases } from '../contracts/usage-store.ts';
import { accessSuite } from './access.ts';
import { badStartSuite } from './bad-start.ts';
import { hasJava, startDynamo } from './dynamodb-local.ts';
import { endToEndSuite } from './end-to-end.ts';
import { faultSuite } from './faults.ts';
import { raceSuite } from './races.ts';
import { startServer } from './servers.ts';
import { awsArtifacts, awsDlq, awsPublishing, awsQueue, awsRuns, awsTenants, awsUpkeep } from './subjects.ts';
import { type AwsSuite, contractSuite, runSuites, type SuiteCounts } from './suite.ts';

const SUITES: readonly AwsSuite[] = [
  contractSuite('AWS RunStore', runStoreCases, awsRuns),
  contractSuite('AWS TenantStore', tenantStoreCases, awsTenants),
  contractSuite('AWS UsageStore', usageStoreCases, awsUpkeep),
  contractSuite('AWS RetentionStore', retentionStoreCases, awsUpkeep),
  contractSuite('AWS JobQueue', jobQueueCases, awsQueue),
  contractSuite('AWS ArtifactStore', artifactStoreCases, awsArtifacts),
  contractSuite('AWS publishing', publishingCases, awsPublishing),
  contractSuite('AWS simulations', simulationCases, awsArtifacts),
  contractSuite('AWS made files', madeFileCases, awsArtifacts),
  contractSuite('AWS receipts', receiptCases, awsArtifacts),
  contractSuite('AWS relay dlq', dlqCases, awsDlq),
  contractSuite('AWS relay prune', pruneCases, awsDlq),
  faultSuite,
  raceSuite,
  accessSuite,
  badStartSuite,
  endToEndSuite,
];

const say = (line: string) => process.stdout.write(`${line}\n`);

async function runAll(suites: readonly AwsSuite[]): Promise<SuiteCounts> {
  if (!hasJava()) {
    say('There is no Java runtime, which DynamoDB Local needs: all cases are skipped.');
    return runSuites(suites, null, say);
  }
  const dynamo = await startDynamo();
  const servers = {
    still: await startServer(dynamo.port, 'still'),
    running: await startServer(dynamo.port, 'running'),
  };
  try {
    return await runSuites(suites, servers, say);
  } finally {
    await Promise.all([servers.still.stop(), servers.running.stop()]);
    await dynamo.stop();
  }
}

const wanted = process.argv[2] ?? '';
const { passed, failed, skipped } = await runAll(SUITES.filter(({ name }) => name.includes(wanted)));
say(`AWS: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
