/** `npm run test:runbook`: runs the commands of `INFRA.md` and `RUNBOOK.md` on the AWS stores, against servers that it starts. */
import path from 'node:path';
import { inFolder } from '../../cli/testing/sandbox.ts';
import { startDynamo } from '../../conformance/aws/dynamodb-local.ts';
import { KEYS } from '../../conformance/aws/server.ts';
import { makeResources, REGION, startServer } from '../../conformance/aws/servers.ts';
import { freePort } from '../../conformance/support/free-port.ts';
import { runOperations } from './operations.ts';

const dynamo = await startDynamo();
const server = await startServer(dynamo.port, 'running');
try {
  const resources = await makeResources(server);
  await inFolder(async (folder) => {
    const env = {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: server.endpoint,
      ARTIFACT_BUCKET: resources.bucket,
      RUNS_TABLE: resources.runsTable,
      TENANTS_TABLE: resources.tenantsTable,
      SQS_QUEUE_URL: resources.queueUrl,
      SQS_DLQ_URL: resources.deadLetterUrl,
      RELAY_DATA_DIR: path.join(folder, 'data'),
      PORT: String(await freePort()),
    };
    await runOperations(folder, env, false);
  });
  console.log('The commands of INFRA.md and RUNBOOK.md do on AWS what the pages say.');
} finally {
  await server.stop();
  await dynamo.stop();
}
