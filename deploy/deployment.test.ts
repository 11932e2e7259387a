/** The template and the code agree, both ways, on settings, queues, metrics, object names and data protection. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newId } from '../api/http/secrets.ts';
import { PLUGINS_SETTING } from '../cli/plugins/allow-list.ts';
import { readServiceSettings, SERVICE_SETTING_NAMES } from '../cli/service/settings.ts';
import { BASE_SETTING_NAMES } from '../cli/settings.ts';
import { inFolder } from '../cli/testing/sandbox.ts';
import { ServiceProcess } from '../conformance/faults/service.ts';
import { inboundPrefix } from '../core/config/prefixes.ts';
import type { VendorConfig } from '../core/config/schema.ts';
import { runPrefix } from '../core/pipeline/artifacts.ts';
import { emittedMetrics } from './testing/metrics.ts';
import { Resolver } from './testing/resolve.ts';
import { type Any, readTemplate, resourcesOf } from './testing/template.ts';

const TEMPLATE = readTemplate('cloudformation.yaml');
const DEFAULTS = new Resolver(TEMPLATE);

const test = suite('deploy: template and code');

/** A container's environment variables in the template. */
function variablesOf(task: string): Map<string, Any> {
  const [container] = TEMPLATE.Resources[task]!.Properties.ContainerDefinitions;
  const plain = container.Environment.map((one: Any) => [one.Name, one.Value]);
  const secret = (container.Secrets ?? []).map((one: Any) => [one.Name, one.ValueFrom]);
  const all = [...plain, ...secret];
  assert.is(new Set(all.map(([name]) => name)).size, all.length, `${task} names a variable twice`);
  return new Map(all);
}

const API = variablesOf('ApiTaskDefinition');
const WORKER = variablesOf('WorkerTaskDefinition');

/** Not in the template: endpoints for tests, credentials (a task has its role), the disk of a data folder, and what fits `MORE_SETTINGS`. */
const NOT_DEPLOYED =
  /^(AWS_(ENDPOINT_URL|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|RUN_(THREADS|MERGE_THREADS|KERNEL)|LIMIT_(DECISIONS|HEADERS|CONFIG_PROBLEMS|CONFIG_DEPTH|HOOK_SECONDS|RECORD_CELLS|SKU_BYTES|SIDE_FILE_BYTES|SIDE_FILE_ROWS|SHEET_EMPTY_CELLS|EXTRA_COLUMNS|EXTRA_CELL_BYTES)|WORKER_RUN_|WORKER_OUTAGE_|MIN_FREE_BYTES|STORE_CALL_SECONDS|QUOTA_(WAITING_UPLOADS|FEED_LINKS|CONFIG_VERSIONS|FILES)|API_(HEADERS|SLOW|CONFIG|READY|IDLE|KEEP_ALIVE|RETRY_AFTER)_SECONDS|API_(MIN_BYTES|QUESTION|RATE_KEYS|REFUSAL|LARGE_BODIES|CONFIGS_WAITING|CONNECTIONS|REQUESTS_(WAITING|AT_ONCE)|DOWNLOAD|TINY_PIECES|TURN_MS)|WORKER_(HELD|RECEIVE_RETRY)_)/;

test('every deployed setting is in the template, and every variable of the template is a setting', () => {
  const all = [...BASE_SETTING_NAMES, ...SERVICE_SETTING_NAMES, PLUGINS_SETTING];
  const known = all.filter((name) => !NOT_DEPLOYED.test(name));
  const given = new Set([...API.keys(), ...WORKER.keys()]);
  const missing = known.filter((name) => !given.has(name));
  assert.equal(
    missing,
    [],
    'add each to NOT_DEPLOYED (operators set it with MORE_SETTINGS), or give it a parameter in deploy/cloudformation.yaml if that has room, and the task that reads it a variable',
  );
  assert.equal(
    [...given].filter((name) => !known.includes(name)),
    [],
  );
});

test('settings that API and worker share have the same value', () => {
  for (const [name, value] of API) {
    // WORKER_PORT and PORT may differ
    if (WORKER.has(name) && name !== 'HOST') assert.equal(WORKER.get(name), value, name);
  }
});

test('the code accepts the values of the template; parameters have the code’s defaults', () => {
  const changed = ['ENVIRONMENT', 'WORKER_GRACE_SECONDS'];
  const defaults = readServiceSettings({});
  for (const [name, value] of [...API, ...WORKER]) {
    const parameter = TEMPLATE.Parameters[value?.Ref];
    if (parameter?.Default === undefined || changed.includes(name)) continue;
    assert.equal(readServiceSettings({ [name]: String(parameter.Default) }), defaults, name);
  }
});

test('bounds of parameters are within those of the code', () => {
  const beside = { WORKER_VISIBILITY_TIMEOUT_SECONDS: '43200', WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1' };
  for (const [name, value] of [...API, ...WORKER]) {
    const { MinValue, MaxValue } = TEMPLATE.Parameters[value?.Ref] ?? {};
    for (const bound of [MinValue, MaxValue]) {
      if (bound !== undefined) readServiceSettings({ ...beside, [name]: String(bound) });
    }
    if (MinValue === undefined || MinValue === 0) continue;
    assert.throws(() => readServiceSettings({ ...beside, [name]: String(MinValue - 1) }), name);
  }
});

test('the code starts with the environment of each task', () => {
  for (const task of ['ApiTaskDefinition', 'WorkerTaskDefinition']) {
    const { ContainerDefinitions } = new Resolver(TEMPLATE, { PublicUrl: 'https://relay.example' }).properties(task);
    const env = Object.fromEntries(
      ContainerDefinitions[0].Environment.map((one: Any) => [one.Name, String(one.Value)]),
    );
    const settings = readServiceSettings(env);
    assert.equal(settings.cloudWatch, { namespace: 'RelayInventory' });
    assert.is(settings.aws?.settings.region, 'eu-central-1');
    assert.is(settings.environment, 'production');
  }
});

test('keys come from Secrets Manager, and a generated one is long enough', () => {
  assert.equal(API.get('API_KEYS'), { Ref: 'ApiKeysSecret' });
  assert.not(WORKER.has('API_KEYS'));
  const { PasswordLength, ExcludePunctuation } = DEFAULTS.properties('ApiKeysSecret').GenerateSecretString;
  assert.ok(ExcludePunctuation, 'a comma would end the key');
  readServiceSettings({ API_KEYS: 'x'.repeat(PasswordLength) });
});

test('queues have the documented names, and deliver as often as the worker counts', () => {
  const jobs = DEFAULTS.properties('JobQueue');
  assert.is(jobs.QueueName, 'relay-inventory-jobs');
  assert.is(DEFAULTS.properties('DeadLetterQueue').QueueName, 'relay-inventory-jobs-dlq');
  assert.equal(jobs.RedrivePolicy, {
    deadLetterTargetArn: DEFAULTS.value({ 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] }),
    maxReceiveCount: 3,
  });
  assert.is(WORKER.get('WORKER_POISON_MAX_RECEIVES'), String(jobs.RedrivePolicy.maxReceiveCount));
  assert.equal(
    TEMPLATE.Resources.JobQueue!.Properties.VisibilityTimeout,
    WORKER.get('WORKER_VISIBILITY_TIMEOUT_SECONDS'),
  );
  const { RedriveAllowPolicy } = DEFAULTS.properties('DeadLetterQueue');
  assert.equal(RedriveAllowPolicy.sourceQueueArns, [DEFAULTS.value({ 'Fn::GetAtt': ['JobQueue', 'Arn'] })]);
});

test('a task has time to stop by itself before it is killed', () => {
  const stopOf = (task: string) => DEFAULTS.properties(task).ContainerDefinitions[0].StopTimeout;
  assert.ok(stopOf('WorkerTaskDefinition') >= TEMPLATE.Parameters.WorkerGraceSeconds.MaxValue + 20);
  // Fargate's own limit
  assert.ok(stopOf('WorkerTaskDefinition') <= 120);
  assert.ok(stopOf('ApiTaskDefinition') >= TEMPLATE.Parameters.ApiGraceSeconds.MaxValue + 10);
});

test('tasks write only to their volumes, have no privileges, and are health-checked', () => {
  for (const task of ['ApiTaskDefinition', 'WorkerTaskDefinition']) {
    const { ContainerDefinitions, Volumes } = DEFAULTS.properties(task);
    const [container] = ContainerDefinitions;
    assert.is(container.ReadonlyRootFilesystem, true);
    assert.equal(container.LinuxParameters, { Capabilities: { Drop: ['ALL'] } });
    assert.equal(
      container.MountPoints.map((mount: Any) => mount.SourceVolume),
      Volumes.map((volume: Any) => volume.Name),
    );
    assert.ok(container.MountPoints.some((mount: Any) => mount.ContainerPath === API.get('RELAY_DATA_DIR')));
    assert.equal(container.HealthCheck.Command, ['CMD', 'node', '/app/deploy/healthcheck.mjs']);
  }
});

test('the load balancer asks the API at its port and path', () => {
  const port = Number(API.get('PORT'));
  const target = DEFAULTS.properties('ApiTargetGroup');
  assert.equal([target.Port, target.HealthCheckPath], [port, '/v1/health']);
  assert.equal(DEFAULTS.properties('ApiTaskDefinition').ContainerDefinitions[0].PortMappings[0].ContainerPort, port);
  assert.is(API.get('HOST'), '0.0.0.0');
  assert.is(DEFAULTS.properties('HttpsListener').Protocol, 'HTTPS');
  assert.equal(DEFAULTS.properties('HttpListener').DefaultActions[0].Type, 'redirect');
});

test('the API keeps idle connections longer than the load balancer, which otherwise answers 502', () =>
  inFolder(async (folder) => {
    const api = new ServiceProcess('api', folder);
    try {
      const { headers } = await fetch(`${await api.origin()}/v1/health`);
      const attributes: Any[] = DEFAULTS.properties('LoadBalancer').LoadBalancerAttributes;
      const idle = attributes.find((one) => one.Key === 'idle_timeout.timeout_seconds').Value;
      assert.ok(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1]) > Number(idle));
    } finally {
      assert.is(await api.stop('SIGTERM'), 0);
    }
  }));

test('a failed deployment is rolled back, and the old service runs until the new one works', () => {
  for (const service of resourcesOf(TEMPLATE, 'AWS::ECS::Service')) {
    const { DeploymentConfiguration, DesiredCount } = DEFAULTS.properties(service);
    assert.equal(DeploymentConfiguration.DeploymentCircuitBreaker, { Enable: true, Rollback: true });
    assert.is(DeploymentConfiguration.MinimumHealthyPercent, 100);
    assert.is(DesiredCount, undefined, 'each deployment would undo the scaling');
  }
});

test('data is encrypted, private, kept when the stack is deleted, and restorable', () => {
  const bucket = DEFAULTS.properties('ArtifactBucket');
  assert.equal(Object.values(bucket.PublicAccessBlockConfiguration), [true, true, true, true]);
  assert.is(bucket.VersioningConfiguration.Status, 'Enabled');
  assert.ok(bucket.BucketEncryption);
  assert.ok(bucket.LifecycleConfiguration.Rules.some((rule: Any) => rule.AbortIncompleteMultipartUpload));
  for (const table of resourcesOf(TEMPLATE, 'AWS::DynamoDB::Table')) {
    const properties = DEFAULTS.properties(table);
    assert.is(properties.BillingMode, 'PAY_PER_REQUEST');
    assert.is(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled, true);
    assert.is(properties.DeletionProtectionEnabled, true);
  }
  const lasting = ['ArtifactBucket', ...resourcesOf(TEMPLATE, 'AWS::DynamoDB::Table')];
  for (const name of lasting) {
    const { DeletionPolicy, UpdateReplacePolicy } = TEMPLATE.Resources[name]!;
    assert.equal([DeletionPolicy, UpdateReplacePolicy], ['Retain', 'Retain'], name);
  }
  for (const [name, resource] of Object.entries(TEMPLATE.Resources)) {
    if (resource.Type === 'AWS::Logs::LogGroup') assert.ok(resource.Properties.RetentionInDays, name);
    if (resource.Type === 'AWS::SQS::Queue') assert.is(resource.Properties.SqsManagedSseEnabled, true, name);
  }
});

test('bucket, queues and topic refuse requests without TLS', () => {
  for (const name of ['ArtifactBucketPolicy', 'QueuePolicy', 'AlarmTopicPolicy']) {
    const { Statement } = DEFAULTS.properties(name).PolicyDocument;
    const deny = Statement.find((one: Any) => one.Sid === 'TlsOnly');
    assert.equal([deny.Effect, deny.Principal], ['Deny', '*'], name);
    assert.equal(deny.Condition, { Bool: { 'aws:SecureTransport': 'false' } }, name);
  }
});

test('lifecycle rules match the object names of the code', () => {
  const runId = newId('run', globalThis.crypto, 0);
  const vendor = { vendor_id: 'acme', inbound: { type: 's3', s3_prefix: null } } as unknown as VendorConfig;
  assert.match(runPrefix(runId, 'shop'), /^run_\w+\/tenants\/shop\/$/);
  assert.is(inboundPrefix('shop', vendor), 'tenants/shop/inbound/acme/');
  // a rule cannot know what is in use: workers remove old runs, rules only what is deleted or abandoned
  const { Rules } = DEFAULTS.properties('ArtifactBucket').LifecycleConfiguration;
  assert.equal(
    Rules.filter((rule: Any) => rule.ExpirationInDays !== undefined),
    [],
  );
});

// ---- metrics ---------------------------------------------------------------------------------------------------

const OURS = (alarm: Any) => alarm.Namespace === 'RelayInventory';
/** Metrics for dashboards and for looking into an alarm. */
const WITHOUT_ALARM = ['RowsProcessed', 'RunDurationSeconds', 'RunSucceeded', 'WorkerError'];

function alarmsOf(template: string): Any[] {
  const read = readTemplate(template);
  const resolver = new Resolver(read);
  return resourcesOf(read, 'AWS::CloudWatch::Alarm').map((name) => onOneMetric(resolver.properties(name)));
}

/** Converts an alarm on an expression of one metric to one on the metric itself. */
function onOneMetric(alarm: Any): Any {
  const stats = (alarm.Metrics ?? []).flatMap((one: Any) => one.MetricStat ?? []);
  if (stats.length !== 1) return alarm;
  const [{ Metric, Period, Stat }] = stats;
  return { ...alarm, ...Metric, Period, Statistic: Stat };
}

test('alarms name metrics and dimensions that the worker emits; every other metric is listed as without an alarm', async () => {
  const emitted = await emittedMetrics();
  const named = (alarm: Any) => `${alarm.MetricName} ${alarm.Dimensions.map((one: Any) => one.Name).sort()}`;
  const ours = [...alarmsOf('cloudformation.yaml'), ...alarmsOf('tenant-alarms.yaml')].filter(OURS);
  for (const alarm of ours) assert.ok(emitted.has(named(alarm)), `${named(alarm)} is not emitted`);
  const alarmed = new Set(ours.map(named));
  const silent = [...emitted].filter((one) => !alarmed.has(one)).map((one) => one.split(' ')[0]!);
  assert.equal([...new Set(silent)].sort(), WITHOUT_ALARM);
});

test('the four alarms have the documented limits', () => {
  const people = alarmsOf('cloudformation.yaml').filter((alarm) => alarm.AlarmName !== undefined);
  const seen = people.map((alarm) => ({
    metric: alarm.MetricName,
    dimensions: alarm.Dimensions.map((one: Any) => `${one.Name}=${one.Value}`),
    rule: `${alarm.Statistic} ${alarm.ComparisonOperator} ${alarm.Threshold}`,
    // a sum over 15 minutes differs from three sums over 5
    periods: `${alarm.EvaluationPeriods} of ${alarm.Period / 60} min`,
    datapoints: alarm.DatapointsToAlarm,
    missing: alarm.TreatMissingData,
  }));
  const environment = ['Environment=production'];
  assert.equal(seen, [
    {
      metric: 'RunFailed',
      dimensions: environment,
      rule: 'Sum GreaterThanOrEqualToThreshold 3',
      periods: '1 of 15 min',
      datapoints: undefined,
      missing: 'notBreaching',
    },
    {
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: ['QueueName=relay-inventory-jobs'],
      rule: 'Maximum GreaterThanThreshold 5',
      periods: '10 of 1 min',
      datapoints: undefined,
      missing: 'notBreaching',
    },
    {
      metric: 'RunFailed',
      dimensions: environment,
      rule: 'Sum GreaterThanOrEqualToThreshold 1',
      periods: '1 of 5 min',
      datapoints: undefined,
      missing: 'notBreaching',
    },
    {
      metric: 'WorkerHeartbeat',
      dimensions: environment,
      rule: 'Sum LessThanThreshold 1',
      periods: '1 of 5 min',
      datapoints: undefined,
      missing: 'breaching',
    },
  ]);
  const topic = DEFAULTS.value({ Ref: 'AlarmTopic' });
  for (const alarm of people) assert.equal([alarm.AlarmActions, alarm.OKActions], [[topic], [topic]], alarm.AlarmName);
});

test.run();
