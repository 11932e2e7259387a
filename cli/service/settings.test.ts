/** Every setting of the service: its default, its bounds, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_API_SETTINGS } from '../../api/deps.ts';
import { RelayError } from '../../core/errors.ts';
import { readServiceSettings, SERVICE_SETTING_NAMES, type ServiceSettings } from './settings.ts';

/** A service on AWS. */
const ON_AWS = {
  ARTIFACT_BUCKET: 'relay-artifacts',
  RUNS_TABLE: 'relay-runs',
  TENANTS_TABLE: 'relay-tenants',
  SQS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/relay-inventory-jobs',
  SQS_DLQ_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/relay-inventory-jobs-dlq',
  AWS_REGION: 'eu-central-1',
};
const CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const ENDPOINTS = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_DYNAMODB'];

/** The message about bad settings. */
function refusal(env: Record<string, string>): string {
  try {
    readServiceSettings(env);
  } catch (error) {
    assert.instance(error, RelayError);
    assert.is((error as RelayError).code, 'setting_invalid');
    return (error as RelayError).message;
  }
  throw new Error(`accepted: ${JSON.stringify(env)}`);
}

test('defaults are those of the documentation; an empty variable counts as unset', () => {
  const empty = Object.fromEntries(SERVICE_SETTING_NAMES.map((name) => [name, '']));
  for (const env of [{}, empty]) {
    const { dataDir, host, port, publicUrl, adminKeys, environment, cloudWatch, worker, api, ...base } =
      readServiceSettings(env);
    assert.equal(
      { dataDir, host, port, publicUrl, adminKeys, environment, cloudWatch },
      {
        dataDir: '.relay',
        host: '127.0.0.1',
        port: 8080,
        publicUrl: null,
        adminKeys: [],
        environment: 'unknown',
        cloudWatch: null,
      },
    );
    assert.equal(worker, {
      maxConcurrency: 1,
      poisonMaxReceives: 3,
      visibilitySeconds: 300,
      heartbeatSeconds: 60,
      tenantBackoffSeconds: 30,
      outageSecondsMax: 14_400,
      heldSeconds: 20,
      heldMax: 100,
      receiveRetrySeconds: 5,
      graceSeconds: 20,
      sweepSeconds: 30,
      resendAfterSeconds: 60,
      attemptsMax: 100,
      runMemoryBytes: 1 << 30,
      runStuckSeconds: 300,
      runStopSeconds: 3,
      storeCallSeconds: 120,
      port: null,
    });
    assert.equal(api, DEFAULT_API_SETTINGS);
    assert.is(base.limits.vendorFileBytesMax, 1_000_000_000);
    assert.equal([base.http.requestSeconds, base.closeSeconds], [21_600, 10]);
    assert.equal([base.http.idleSeconds, base.http.keepAliveSeconds, base.runnerStartSeconds], [120, 75, 120]);
    assert.equal(base.configs, { seconds: 20, waiting: 10 });
    assert.equal([base.http.requestsWaiting, base.http.headersMax, base.http.tinyPiecesMax], [16, 200, 2000]);
    const perAddress = { burst: 1000, perSecond: 500, atOnce: 1000, addressesMax: 10_000 };
    assert.equal(base.http.newConnections, perAddress);
    assert.equal([base.vendorsMax, base.configBytesMax], [100, 256 * 1024]);
  }
});

const worker = (name: keyof ServiceSettings['worker']) => (settings: ServiceSettings) =>
  settings.worker[name] as number;
const api = (name: keyof ServiceSettings['api']) => (settings: ServiceSettings) => settings.api[name] as number;
/** Smallest and largest value, the field that it sets, and other settings that these bounds need. */
const NUMBERS: Record<string, [number, number, (settings: ServiceSettings) => number, Record<string, string>?]> = {
  PORT: [0, 65_535, (settings) => settings.port],
  WORKER_MAX_CONCURRENCY: [1, 64, worker('maxConcurrency')],
  WORKER_POISON_MAX_RECEIVES: [2, 1000, worker('poisonMaxReceives')],
  WORKER_VISIBILITY_TIMEOUT_SECONDS: [
    5,
    43_200,
    worker('visibilitySeconds'),
    { WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1' },
  ],
  WORKER_VISIBILITY_HEARTBEAT_SECONDS: [
    1,
    21_600,
    worker('heartbeatSeconds'),
    { WORKER_VISIBILITY_TIMEOUT_SECONDS: '43200' },
  ],
  WORKER_TENANT_BACKOFF_SECONDS: [1, 43_200, worker('tenantBackoffSeconds')],
  WORKER_OUTAGE_MAX_SECONDS: [0, 604_800, worker('outageSecondsMax')],
  WORKER_HELD_SECONDS: [1, 900, worker('heldSeconds')],
  WORKER_HELD_MAX: [0, 10_000, worker('heldMax')],
  WORKER_RECEIVE_RETRY_SECONDS: [1, 3600, worker('receiveRetrySeconds')],
  WORKER_RUN_START_SECONDS: [5, 3600, (settings) => settings.runnerStartSeconds],
  WORKER_GRACE_SECONDS: [0, 3600, worker('graceSeconds')],
  WORKER_SWEEP_SECONDS: [1, 3600, worker('sweepSeconds')],
  WORKER_RESEND_AFTER_SECONDS: [1, 86_400, worker('resendAfterSeconds')],
  WORKER_ATTEMPTS_MAX: [2, 1_000_000, worker('attemptsMax')],
  WORKER_RUN_MEMORY_BYTES: [1 << 27, 2 ** 40, worker('runMemoryBytes')],
  WORKER_RUN_STUCK_SECONDS: [1, 86_400, worker('runStuckSeconds')],
  WORKER_RUN_STOP_SECONDS: [0, 3600, worker('runStopSeconds')],
  STORE_CALL_SECONDS: [5, 3600, worker('storeCallSeconds')],
  API_REQUEST_SECONDS: [1, 86_400, (settings) => settings.http.requestSeconds],
  API_HEADERS_SECONDS: [1, 3600, (settings) => settings.http.headersSeconds],
  API_MIN_BYTES_PER_SECOND: [0, 2 ** 30, (settings) => settings.http.minBytesPerSecond],
  API_SLOW_SECONDS: [1, 3600, (settings) => settings.http.slowSeconds],
  API_REQUESTS_WAITING: [0, 1000, (settings) => settings.http.requestsWaiting],
  LIMIT_HEADERS: [20, 1000, (settings) => settings.http.headersMax],
  API_TURN_MS: [1, 1000, (settings) => settings.http.turnMs],
  API_TINY_PIECES: [0, 1_000_000, (settings) => settings.http.tinyPiecesMax],
  API_CONNECTIONS_BURST: [1, 1_000_000, (settings) => settings.http.newConnections!.burst],
  API_CONNECTIONS_PER_SECOND: [1, 1_000_000, (settings) => settings.http.newConnections!.perSecond],
  API_CONNECTIONS_AT_ONCE: [1, 1_000_000, (settings) => settings.http.newConnections!.atOnce],
  RETENTION_DAYS: [0, 36_500, (settings) => settings.retentionDays],
  MIN_FREE_BYTES: [0, 2 ** 52, (settings) => settings.minFreeBytes],
  QUOTA_FILES: [1, 1_000_000_000, (settings) => settings.api.quotas.files],
  QUOTA_STORED_BYTES: [1, 2 ** 52, (settings) => settings.api.quotas.storedBytes],
  QUOTA_WAITING_UPLOADS: [1, 5000, (settings) => settings.api.quotas.waitingUploads],
  QUOTA_CONFIG_VERSIONS: [1, 1_000_000, (settings) => settings.api.quotas.configVersions],
  QUOTA_KEYS: [1, 1000, (settings) => settings.api.quotas.keys],
  QUOTA_FEED_LINKS: [1, 1000, (settings) => settings.api.quotas.feedLinks],
  API_GRACE_SECONDS: [0, 3600, (settings) => settings.closeSeconds],
  WORKER_PORT: [0, 65_535, worker('port')],
  API_RATE_BURST: [1, 1_000_000, api('rateBurst')],
  API_TRUSTED_PROXY_HOPS: [0, 10, api('proxyHops')],
  API_RATE_PER_SECOND: [1, 1_000_000, api('ratePerSecond')],
  API_RATE_KEYS: [100, 10_000_000, api('rateKeysMax')],
  API_REFUSAL_MS: [0, 60_000, api('refusalMs')],
  API_REFUSALS_WAITING: [0, 1_000_000, api('refusalsWaiting')],
  API_LARGE_BODIES_WAITING: [0, 10_000, (settings) => settings.api.largeBodies.waiting],
  API_LARGE_BODIES_REST_FACTOR: [0, 100, (settings) => settings.api.largeBodies.restFactor],
  API_LARGE_BODIES_REST_MS: [0, 10_000, (settings) => settings.api.largeBodies.restMsMax],
  API_DOWNLOADS_AT_ONCE: [1, 10_000, (settings) => settings.api.downloads.atOnce],
  API_DOWNLOADS_WAITING: [0, 100_000, (settings) => settings.api.downloads.waiting],
  API_DOWNLOAD_PLACE_SECONDS: [1, 3600, (settings) => settings.api.downloads.placeSeconds],
  API_DOWNLOAD_TURN_BYTES: [1 << 14, 2 ** 30, (settings) => settings.api.downloads.turnBytes],
  API_REQUESTS_AT_ONCE: [1, 100_000, (settings) => settings.http.atOnce],
  API_CONFIG_SECONDS: [1, 3600, (settings) => settings.configs.seconds],
  API_CONFIGS_WAITING: [0, 10_000, (settings) => settings.configs.waiting],
  API_READY_SECONDS: [1, 60, (settings) => settings.api.readyTimeoutMs / 1000],
  API_RETRY_AFTER_SECONDS: [1, 3600, api('retryAfterSeconds')],
  API_IDLE_SECONDS: [1, 86_400, (settings) => settings.http.idleSeconds],
  API_KEEP_ALIVE_SECONDS: [1, 3600, (settings) => settings.http.keepAliveSeconds],
  UPLOAD_URL_SECONDS: [1, 604_800, api('uploadSeconds')],
  DOWNLOAD_URL_SECONDS: [1, 604_800, api('downloadSeconds')],
  LIMIT_BODY_BYTES: [1024, 1 << 24, api('bodyBytesMax')],
  API_QUESTIONS_AT_ONCE: [1, 64, api('questionsAtOnce')],
  API_QUESTIONS_WAITING: [0, 10_000, api('questionsWaiting')],
  API_QUESTION_SECONDS: [1, 3600, (settings) => settings.questions.seconds],
  API_QUESTION_BULK_SECONDS: [1, 86_400, (settings) => settings.questions.bulkSeconds],
  LIMIT_DECISIONS: [1, 10_000_000, api('decisionsMax')],
  AWS_MAX_ATTEMPTS: [1, 10, (settings) => settings.aws!.settings.attempts, ON_AWS],
  AWS_CONNECT_TIMEOUT_SECONDS: [1, 60, (settings) => settings.aws!.settings.connectSeconds, ON_AWS],
  AWS_REQUEST_TIMEOUT_SECONDS: [25, 600, (settings) => settings.aws!.settings.requestSeconds, ON_AWS],
};

for (const [name, [smallest, largest, get, besides = {}]] of Object.entries(NUMBERS)) {
  test(`${name} is a whole number from ${smallest} to ${largest}`, () => {
    for (const value of [smallest, largest]) {
      assert.is(get(readServiceSettings({ ...besides, [name]: String(value) })), value);
    }
    const texts = ['-1', '1.5', '1e3', '0x10', ' 7', '7 ', 'ten', 'NaN', 'Infinity', '9'.repeat(400)];
    for (const text of [String(smallest - 1), String(largest + 1), ...texts]) {
      const message = refusal({ ...besides, [name]: text });
      assert.is(message, `${name} must be a whole number from ${smallest} to ${largest}, not "${text}"`);
    }
  });
}

test('behind proxies, whose connections are everybody’s, an address may open as many as it likes', () => {
  assert.is(readServiceSettings({ API_TRUSTED_PROXY_HOPS: '1' }).http.newConnections, null);
});

test('the heartbeat must fit twice into the visibility timeout', () => {
  const env = (timeout: string, heartbeat: string) => ({
    WORKER_VISIBILITY_TIMEOUT_SECONDS: timeout,
    WORKER_VISIBILITY_HEARTBEAT_SECONDS: heartbeat,
  });
  assert.is(readServiceSettings(env('10', '5')).worker.heartbeatSeconds, 5);
  assert.match(refusal(env('10', '6')), /HEARTBEAT_SECONDS must be at most half/);
  assert.match(refusal({ WORKER_VISIBILITY_TIMEOUT_SECONDS: '100' }), /HEARTBEAT_SECONDS must be at most half/);
});

test('PUBLIC_URL is an http or https address to which paths can be appended', () => {
  for (const [text, url] of [
    ['https://relay.example', 'https://relay.example'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['https://example.com/relay//', 'https://example.com/relay'],
  ]) {
    assert.is(readServiceSettings({ PUBLIC_URL: text }).publicUrl, url);
  }
  for (const text of ['relay.example', 'ftp://relay.example', 'http://', 'https://a b', 'x', 'javascript:1']) {
    assert.match(refusal({ PUBLIC_URL: text }), /^PUBLIC_URL must be/);
  }
  for (const text of ['https://relay.example/?a=1', 'https://relay.example/#x', 'https://me:secret@relay.example']) {
    assert.match(refusal({ PUBLIC_URL: text }), /^PUBLIC_URL must be/);
  }
  assert.not.match(refusal({ PUBLIC_URL: 'https://me:secret@relay.example' }), /secret/);
});

test('API_KEYS are comma-separated keys of a minimum length, and no message shows one', () => {
  const [a, b] = ['a'.repeat(16), 'b'.repeat(40)];
  assert.equal(readServiceSettings({ API_KEYS: `${a}, ${b},,` }).adminKeys, [a, b]);
  assert.equal(readServiceSettings({ API_KEYS: ' , ' }).adminKeys, []);
  const message = refusal({ API_KEYS: `${a},tooshort1234567` });
  assert.is(message, 'each of API_KEYS must have at least 16 characters');
});

test('CLOUDWATCH_METRICS_ENABLED is true or false, and the namespace has a default', () => {
  const read = (env: Record<string, string>) => readServiceSettings(env).cloudWatch;
  assert.is(read({ CLOUDWATCH_METRICS_ENABLED: 'false', CLOUDWATCH_METRICS_NAMESPACE: 'Mine' }), null);
  assert.equal(read({ CLOUDWATCH_METRICS_ENABLED: 'true' }), { namespace: 'RelayInventory' });
  const named = { CLOUDWATCH_METRICS_ENABLED: 'true', CLOUDWATCH_METRICS_NAMESPACE: 'Mine' };
  assert.equal(read(named), { namespace: 'Mine' });
  for (const text of ['yes', '1', 'TRUE', ' true']) {
    assert.is(
      refusal({ CLOUDWATCH_METRICS_ENABLED: text }),
      `CLOUDWATCH_METRICS_ENABLED must be true or false, not "${text}"`,
    );
  }
});

test('text settings are taken unchanged', () => {
  const settings = readServiceSettings({ RELAY_DATA_DIR: '/data', HOST: '0.0.0.0', ENVIRONMENT: 'production' });
  assert.equal([settings.dataDir, settings.host, settings.environment], ['/data', '0.0.0.0', 'production']);
});

test('AWS settings name all resources or none', () => {
  const { AWS_REGION: _, ...resources } = ON_AWS;
  const { aws } = readServiceSettings(ON_AWS);
  assert.equal(aws?.resources, {
    bucket: ON_AWS.ARTIFACT_BUCKET,
    runsTable: ON_AWS.RUNS_TABLE,
    tenantsTable: ON_AWS.TENANTS_TABLE,
    queueUrl: ON_AWS.SQS_QUEUE_URL,
    deadLetterUrl: ON_AWS.SQS_DLQ_URL,
  });
  assert.equal(aws?.settings, {
    region: 'eu-central-1',
    endpoints: { s3: null, sqs: null, dynamodb: null },
    attempts: 4,
    connectSeconds: 3,
    requestSeconds: 30,
  });
  // many machines have a region in their environment, so a region alone does not select AWS
  assert.is(readServiceSettings({ AWS_REGION: 'eu-central-1' }).aws, null);
  for (const name of Object.keys(resources)) {
    assert.match(refusal({ ...ON_AWS, [name]: '' }), new RegExp(`^${name} must be set too`));
  }
  assert.match(refusal(resources), /^AWS_REGION must be a region/);
  for (const region of ['eu', 'https://x', 'eu-central']) {
    assert.match(refusal({ ...ON_AWS, AWS_REGION: region }), `not "${region}"`);
  }
  for (const name of ['SQS_QUEUE_URL', 'SQS_DLQ_URL', 'AWS_ENDPOINT_URL', ...ENDPOINTS]) {
    assert.match(refusal({ ...ON_AWS, [name]: 'relay-jobs' }), `${name} must be an http or https address`);
  }
});

test('credentials must be complete or absent, and no message shows them', () => {
  const [id, secret, token] = CREDENTIALS as [string, string, string];
  const read = (env: Record<string, string>) => readServiceSettings({ ...ON_AWS, ...env }).aws?.credentials;
  assert.is(read({}), null);
  assert.is(read({ [token]: 'of nothing' }), null);
  assert.equal(read({ [id]: 'AKID', [secret]: 's3cret' }), { accessKeyId: 'AKID', secretAccessKey: 's3cret' });
  const whole = { accessKeyId: 'AKID', secretAccessKey: 's3cret', sessionToken: 't0ken' };
  assert.equal(read({ [id]: 'AKID', [secret]: 's3cret', [token]: 't0ken' }), whole);
  for (const half of [id, secret]) {
    const message = refusal({ ...ON_AWS, [half]: 'half' });
    assert.match(message, /must be set together/);
    assert.not.match(message, /half/);
  }
});

test('the endpoint of one service takes precedence over the general one', () => {
  const env = { ...ON_AWS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:2' };
  const { endpoints } = readServiceSettings(env).aws!.settings;
  assert.equal(endpoints, { s3: 'http://127.0.0.1:1', sqs: 'http://127.0.0.1:2', dynamodb: 'http://127.0.0.1:1' });
});

test('all bad settings are reported at once, including the engine’s', () => {
  const message = refusal({
    PORT: 'x',
    LIMIT_VENDORS: '0',
    PUBLIC_URL: 'x',
    API_KEYS: 'x',
    WORKER_GRACE_SECONDS: '-1',
  });
  for (const name of ['PORT', 'LIMIT_VENDORS', 'PUBLIC_URL', 'API_KEYS', 'WORKER_GRACE_SECONDS']) {
    assert.ok(message.includes(name), name);
  }
});

test('CORS_ORIGINS are origins as browsers send them', () => {
  const origins = ['https://shop.example', 'http://127.0.0.1:5173'];
  assert.equal(readServiceSettings({ CORS_ORIGINS: ` ${origins.join(' , ')},` }).api.corsOrigins, origins);
  for (const bad of [
    '*',
    'null',
    'shop.example',
    'https://shop.example/',
    'https://Shop.example',
    'ftp://shop.example',
  ]) {
    assert.match(refusal({ CORS_ORIGINS: `https://good.example,${bad}` }), `not "${bad}"`);
  }
});

test('the limits of the command line apply to the API too', () => {
  const { api } = readServiceSettings({ LIMIT_CONFIG_BYTES: '1000', LIMIT_VENDORS: '7', LIMIT_EXTRA_COLUMNS: '3' });
  assert.equal([api.configBytesMax, api.vendorsMax, api.extraColumnsMax], [1000, 7, 3]);
});

test('MORE_SETTINGS has settings without a variable of their own', () => {
  const { worker, limits } = readServiceSettings({
    MORE_SETTINGS: ' WORKER_RUN_STUCK_SECONDS=7\n LIMIT_ERRORS=3 ',
    WORKER_ATTEMPTS_MAX: '9',
  });
  assert.equal([worker.runStuckSeconds, limits.errorsMax, worker.attemptsMax], [7, 3, 9]);
  assert.match(
    refusal({ MORE_SETTINGS: 'WORKER_ATTEMPTS_MAX=8', WORKER_ATTEMPTS_MAX: '9' }),
    /ATTEMPTS_MAX is set twice/,
  );
  assert.match(refusal({ MORE_SETTINGS: 'PORT=1 PORT=2' }), /^PORT is set twice/);
  assert.match(
    refusal({ MORE_SETTINGS: 'LIMIT_EROR=3' }),
    /"LIMIT_EROR" is no setting \(did you mean "LIMIT_ERRORS"\?\)/,
  );
  assert.match(refusal({ MORE_SETTINGS: 'LIMIT_ERRORS' }), /NAME=VALUE/);
  assert.match(refusal({ MORE_SETTINGS: 'MORE_SETTINGS=PORT=1' }), /is no setting/);
  assert.match(refusal({ MORE_SETTINGS: 'LIMIT_ERRORS=x' }), /^LIMIT_ERRORS must be a whole number/);
});

test('this file tests every numeric setting', () => {
  const others = ['MORE_SETTINGS', 'RELAY_DATA_DIR', 'HOST', 'PUBLIC_URL', 'API_KEYS', 'ENVIRONMENT', 'CORS_ORIGINS'];
  const metrics = ['CLOUDWATCH_METRICS_ENABLED', 'CLOUDWATCH_METRICS_NAMESPACE'];
  const ofAws = [...Object.keys(ON_AWS), 'AWS_ENDPOINT_URL', ...ENDPOINTS, ...CREDENTIALS];
  assert.equal([...SERVICE_SETTING_NAMES].sort(), [...others, ...metrics, ...ofAws, ...Object.keys(NUMBERS)].sort());
});

test('a bad origin is named without its password', () => {
  assert.throws(
    () => readServiceSettings({ CORS_ORIGINS: 'https://user:secret@shop.example' }),
    (error: Error) => /…@shop\.example/.test(error.message) && !error.message.includes('secret'),
  );
});

test.run();
