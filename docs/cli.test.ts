/** Holds `CLI.md` to the code: settings with their defaults, commands, options, artifacts and their fields. */
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openService } from '../cli/service/compose.ts';
import { readServiceSettings, SERVICE_SETTING_NAMES } from '../cli/service/settings.ts';
import { BASE_SETTING_NAMES, type BaseSettings, readBaseSettings } from '../cli/settings.ts';
import { inFolder } from '../cli/testing/sandbox.ts';
import { PATHS } from '../core/pipeline/artifacts.ts';
import { runCase } from '../plugins/testing/harness.ts';
import { ROOT } from './pages.ts';

const PAGE = fs.readFileSync(path.join(ROOT, 'docs', 'CLI.md'), 'utf8');

const test = suite('docs: command line');

test('the table has exactly the settings of the command line, each once', () => {
  assert.equal(
    settingRows()
      .map(([name]) => name)
      .sort(),
    [...BASE_SETTING_NAMES].sort(),
  );
});

test('defaults are those of the code', () => {
  const defaults = readBaseSettings({});
  for (const [name, shown] of settingRows()) {
    const value = numberOf(shown!);
    assert.equal(readBaseSettings({ [name!]: String(value) }), defaults, `${name}: ${shown} is not the default`);
    assert.not.equal(readBaseSettings({ [name!]: String(value + 1) }), defaults, name);
  }
});

test('smallest values are those of the code', () => {
  for (const [name, , smallest] of settingRows()) {
    const value = numberOf(smallest!);
    assert.type(readBaseSettings({ [name!]: String(value) }) satisfies BaseSettings, 'object');
    assert.throws(
      () => readBaseSettings({ [name!]: String(value - 1) }),
      (error: { code?: string }) => error.code === 'setting_invalid',
      name,
    );
  }
});

test('the table has exactly the service settings, each once', () => {
  assert.equal(
    serviceRows()
      .map(([name]) => name)
      .sort(),
    [...SERVICE_SETTING_NAMES].sort(),
  );
});

test('defaults of service settings are those of the code', () => {
  for (const [name, shown] of serviceRows()) {
    const value = shown === 'not set' ? '' : /^`(.+)`$/.exec(shown!)![1]!;
    const others = value === '' ? {} : beside(name!);
    const read = readServiceSettings({ ...others, [name!]: value });
    assert.equal(read, readServiceSettings(others), `${name}: ${shown} is not the default`);
  }
});

test('each service setting is read, and limited as the page says', () => {
  for (const [name, shown, allowed] of serviceRows()) {
    const defaults = readServiceSettings({ CLOUDWATCH_METRICS_ENABLED: 'true', ...beside(name!) });
    const range = /^([\d,]+) to ([\d,]+)$/.exec(allowed!)?.slice(1).map(numberOf);
    for (const value of range === undefined ? OTHERS[name!]!.good : range.map(String)) {
      const read = readServiceSettings({ CLOUDWATCH_METRICS_ENABLED: 'true', ...beside(name!), [name!]: value });
      if (shown !== `\`${value}\``) assert.not.equal(read, defaults, `${name}: ${value}`);
    }
    for (const value of range === undefined ? OTHERS[name!]!.bad : [range[0]! - 1, range[1]! + 1, 1.5].map(String)) {
      assert.throws(
        () => readServiceSettings({ ...beside(name!), [name!]: value }),
        (error: { code?: string; message: string }) =>
          error.code === 'setting_invalid' && error.message.includes(name!),
        `${name}: ${value}`,
      );
    }
  }
});

/** Values for the settings that are not numbers. */
const OTHERS: Record<string, { good: string[]; bad: string[] }> = {
  MORE_SETTINGS: { good: ['LIMIT_ERRORS=7 LIMIT_BODY_BYTES=2048'], bad: ['LIMIT_ERROR=7', 'LIMIT_ERRORS'] },
  RELAY_DATA_DIR: { good: ['data'], bad: [] },
  HOST: { good: ['0.0.0.0'], bad: [] },
  PUBLIC_URL: {
    good: ['https://relay.example', 'http://relay.example'],
    bad: ['relay.example', 'ftp://relay.example'],
  },
  API_KEYS: { good: ['0123456789abcdef', '0123456789abcdef,0123456789abcdeg'], bad: ['0123456789abcde'] },
  ENVIRONMENT: { good: ['production'], bad: [] },
  CLOUDWATCH_METRICS_ENABLED: { good: ['false'], bad: ['yes'] },
  CLOUDWATCH_METRICS_NAMESPACE: { good: ['Shop'], bad: [] },
  CORS_ORIGINS: {
    good: ['https://shop.example', 'http://a.example,http://b.example:8080'],
    bad: ['*', 'shop.example'],
  },
  ARTIFACT_BUCKET: { good: ['objects'], bad: [''] },
  RUNS_TABLE: { good: ['runs'], bad: [''] },
  TENANTS_TABLE: { good: ['tenants'], bad: [''] },
  SQS_QUEUE_URL: { good: ['https://sqs.eu-west-1.amazonaws.com/1/jobs'], bad: ['', 'jobs'] },
  SQS_DLQ_URL: { good: ['https://sqs.eu-west-1.amazonaws.com/1/dead'], bad: ['', 'dead'] },
  AWS_REGION: { good: ['us-gov-west-1', 'ap-southeast-2'], bad: ['', 'Frankfurt'] },
  AWS_ACCESS_KEY_ID: { good: ['AKIDOTHER'], bad: [''] },
  AWS_SECRET_ACCESS_KEY: { good: ['other'], bad: [''] },
  AWS_SESSION_TOKEN: { good: ['token'], bad: [] },
  AWS_ENDPOINT_URL: { good: ['http://127.0.0.1:4566'], bad: ['localhost'] },
  AWS_ENDPOINT_URL_S3: { good: ['http://127.0.0.1:4566'], bad: ['localhost'] },
  AWS_ENDPOINT_URL_SQS: { good: ['https://sqs.example'], bad: ['sqs.example'] },
  AWS_ENDPOINT_URL_DYNAMODB: { good: ['https://tables.example'], bad: ['tables.example'] },
};

const ON_AWS = {
  ...{ ARTIFACT_BUCKET: 'a', RUNS_TABLE: 'b', TENANTS_TABLE: 'c', AWS_REGION: 'eu-central-1' },
  ...{ SQS_QUEUE_URL: 'https://sqs.example/jobs', SQS_DLQ_URL: 'https://sqs.example/dead' },
  ...{ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' },
};

/** Settings needed beside this one: heartbeat and timeout limit each other, and AWS settings count only on AWS. */
function beside(name: string): Record<string, string> {
  if (name.startsWith('AWS_') || Object.hasOwn(ON_AWS, name)) return ON_AWS;
  if (name === 'WORKER_VISIBILITY_TIMEOUT_SECONDS') return { WORKER_VISIBILITY_HEARTBEAT_SECONDS: '1' };
  return name === 'WORKER_VISIBILITY_HEARTBEAT_SECONDS' ? { WORKER_VISIBILITY_TIMEOUT_SECONDS: '43200' } : {};
}

test('the data folder contains exactly what the page lists', async () => {
  await inFolder(async (folder) => {
    const io = { stdout: () => {}, stderr: () => {}, isTTY: false, env: {} };
    const service = await openService(readServiceSettings({ RELAY_DATA_DIR: folder }), io);
    try {
      const sink = await service.stores.artifacts.write('tenants/t/a.csv', { contentType: 'text/csv' });
      await sink.close();
      assert.match(service.acceptOwnKey()!, /^rk_admin_/);
      assert.is(service.acceptOwnKey(), null);
      const listed = [...section('Data folder').matchAll(/^\| `([\w.-]+)\/?` \|/gm)].map(([, name]) => name!);
      // two that exist only while a run spills, or an object is replaced on a condition
      const made = [...new Set([...fs.readdirSync(folder), 'scratch', 'locks'])];
      assert.equal(made.sort(), listed.sort());
    } finally {
      service.stores.close();
    }
  });
});

test('the paths of artifacts are those of the code', () => {
  const {
    inbound,
    sideFile,
    normalized,
    merged,
    candidate,
    carriedOver,
    export: exported,
    rejects,
    rejectRows,
    patched,
    patch,
    patchRows,
    ...reports
  } = PATHS;
  const paths = [
    inbound('<vendor_id>', '<filename>'),
    sideFile('<vendor_id>', '<name>', '<filename>'),
    carriedOver('<vendor_id>', '<filename>'),
    normalized('<vendor_id>'),
    merged('csv'),
    candidate('csv'),
    exported('<name>', '<ending>'),
    patch('<vendor_id>', 1).replace('1', '<n>'),
    patchRows('<vendor_id>', 1).replace('1', '<n>'),
    patched('<vendor_id>', 1, '<filename>').replace('1', '<n>'),
    rejects('<vendor_id>'),
    rejectRows('<vendor_id>'),
    ...Object.values(reports),
  ];
  for (const one of paths) assert.ok(PAGE.includes(`| \`${one}\``), one);
});

test('the page lists exactly the fields that a run writes into its reports', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const { artifacts, errors } = await runCase({
    config: {
      tenant_id: 't',
      timezone: 'UTC',
      default_currency: 'USD',
      vendors: ['a', 'b'].map((vendor_id) => ({
        vendor_id,
        required: false,
        inbound: { type: 'local' },
        parser: { format: 'csv', encoding: 'auto' },
        sku_map: { type: 'file', local_path: 'map.csv' },
      })),
      pricing: { base_margin_pct: 0, min_price: 0, shipping_handling_flat: 0, map_policy: {}, rounding: {} },
      merge: { strategy: 'best_offer' },
      output: { columns: ['sku'] },
      error_policy: { max_invalid_rows: 10, max_invalid_row_pct: 1 },
    },
    files: { a: { name: 'a.csv', bytes: bytes('sku,quantity_available\nA,1\nÉ,x\nC,x\n') } },
    skuMaps: { a: bytes('vendor_sku,sku\n') },
    limits: { errorsMax: 2 },
  });
  const report = (name: string) => JSON.parse(artifacts.text(name)!);
  const manifest = report(PATHS.manifest);
  // fields that this run cannot have: inputs in memory skip no file, nothing is carried over, no row is corrected
  const ofVendor = ['passed_over', 'carried_over', 'patches', ...Object.keys(manifest.vendors.a)];
  assertFields('input_manifest.json', [...Object.keys(manifest), ...ofVendor]);
  assertFields('config_snapshot.json', Object.keys(report(PATHS.config)));
  assertFields('run_summary.json', Object.keys(report(PATHS.summary)));
  const row = errors.find((entry) => 'row_number' in entry)!;
  assertFields('errors.json', Object.keys(row));
  const others = errors.filter((entry) => entry !== row);
  assert.is(others.length, 2);
  for (const name of others.flatMap(Object.keys)) assert.ok(section('errors.json').includes(`\`${name}\``), name);
});

function assertFields(title: string, written: readonly string[]): void {
  const shown = section(title)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  assert.equal(shown.sort(), [...written].sort(), title);
}

function section(title: string): string {
  const from = PAGE.indexOf(`\n### ${title}\n`);
  assert.ok(from >= 0, title);
  const length = PAGE.slice(from + 1).search(/\n###? /);
  return PAGE.slice(from, length < 0 ? undefined : from + 1 + length);
}

/** Name, default and smallest value of each setting in the table. */
function settingRows(): string[][] {
  const rows = [...PAGE.matchAll(/^\| `((?:LIMIT|MEMORY|RUN)_\w+)` \| ([\d,]+) \| ([\d,]+) \|/gm)];
  return rows.map((row) => row.slice(1));
}

/** Name, default and allowed values of each service setting. */
function serviceRows(): string[][] {
  const rows = section('Service settings')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return rows.map((row) => row.slice(2, -2).split(' | ')).map(([name, ...rest]) => [name!.slice(1, -1), ...rest]);
}

function numberOf(text: string): number {
  return Number(text.replaceAll(',', ''));
}

test.run();
