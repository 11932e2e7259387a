/** With `--json` every command prints exactly one JSON document on standard output, however it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../io.ts';
import { COMMANDS, type CommandName } from '../manual/commands.ts';
import { openService } from '../service/compose.ts';
import { readServiceSettings } from '../service/settings.ts';
import { built } from '../testing/compiled.ts';
import { CONFIG, FEED } from '../testing/one-vendor.ts';
import { inFolder, relay, writeFileIn } from '../testing/sandbox.ts';
import { packageRoot } from '../version.ts';

type Document = Record<string, unknown> & { error?: string; message?: string; hint?: string };

interface Case {
  argv: string[];
  code: number;
  /** The code of the failure; absent on success. */
  error?: string;
  env?: Record<string, string>;
}

const SUCCESS = { code: EXIT.ok };
const USAGE = { code: EXIT.usage, error: 'USAGE' };
const BAD_SETTING = { code: EXIT.usage, error: 'setting_invalid', env: { LIMIT_VENDORS: 'none' } };

/** Success, wrong use, a missing file and a bad config, where the command has them. Paths are below the test's folder. */
const CASES: Record<CommandName, Case[]> = {
  run: [
    { argv: ['--config', 'good.json', '--input', 'in', '--out', 'out', '--run-id', 'r'], ...SUCCESS },
    { argv: ['--config', 'good.json', '--input', 'in', '--out', 'out', '--nope'], ...USAGE },
    { argv: ['--config', 'good.json', '--out', 'out'], ...USAGE },
    { argv: ['--config', 'good.json', '--input', 'nowhere', '--out', 'out'], ...USAGE },
    { argv: ['--config', 'good.json', '--vendor', 'acm=feed.csv', '--out', 'out'], code: 2, error: 'UNKNOWN_VENDOR' },
    {
      argv: ['--config', 'good.json', '--input', 'out/r/tenants/shop', '--out', 'out', '--run-id', 'r'],
      code: EXIT.usage,
      error: 'OUTPUT_IS_INPUT',
    },
    {
      argv: ['--config', 'good.json', '--vendor', 'acme=none.csv', '--out', 'out'],
      code: EXIT.failed,
      error: 'REQUIRED_VENDOR_MISSING',
    },
    { argv: ['--config', 'none.json', '--input', 'in', '--out', 'out'], code: 3, error: 'missing_tenant_config' },
    { argv: ['--config', 'bad.json', '--input', 'in', '--out', 'out'], code: 2, error: 'CONFIG_INVALID' },
    { argv: ['--config', 'broken.json', '--input', 'in', '--out', 'out'], code: 2, error: 'CONFIG_INVALID' },
    { argv: ['--config', 'good.json', '--input', 'in', '--out', 'feed.csv/x'], code: 3, error: 'not_a_folder' },
    { argv: ['--config', 'good.json', '--input', 'in', '--out', 'out'], ...BAD_SETTING },
  ],
  check: [
    { argv: ['good.json'], ...SUCCESS },
    { argv: ['good.json', '--input', 'in'], ...SUCCESS },
    { argv: [], ...USAGE },
    { argv: ['good.json', '--nope'], ...USAGE },
    { argv: ['none.json'], code: EXIT.failed, error: 'missing_tenant_config' },
    { argv: ['bad.json'], code: EXIT.failed, error: 'CONFIG_INVALID' },
    { argv: ['broken.json'], code: EXIT.failed, error: 'CONFIG_INVALID' },
    { argv: ['in'], code: EXIT.failed, error: 'invalid_input' },
    { argv: ['good.json'], ...BAD_SETTING },
  ],
  suggest: [
    { argv: ['feed.csv'], ...SUCCESS },
    { argv: [], ...USAGE },
    { argv: ['feed.csv', '--currency', 'EURO'], ...USAGE },
    { argv: ['none.csv'], code: EXIT.failed, error: 'FILE_NOT_FOUND' },
    { argv: ['feed.csv'], ...BAD_SETTING },
  ],
  clean: [
    { argv: ['feed.csv'], ...SUCCESS },
    { argv: ['feed.csv', 'in/acme/feed.csv'], ...SUCCESS },
    { argv: ['feed.csv', '--out', 'cleaned'], ...SUCCESS },
    { argv: [], ...USAGE },
    { argv: ['feed.csv', '--quote', 'ab'], ...USAGE },
    { argv: ['feed.csv', '--columns', 'a'], ...USAGE },
    { argv: ['none.csv'], code: EXIT.failed, error: 'FILE_NOT_FOUND' },
    { argv: ['feed.csv', 'none.csv', '--out', 'cleaned'], code: EXIT.failed, error: 'FILE_NOT_FOUND' },
    { argv: ['in'], code: EXIT.failed, error: 'NOT_A_FILE' },
    { argv: ['feed.csv', '--out', '.'], code: EXIT.failed, error: 'OUTPUT_IS_INPUT' },
  ],
  conformance: [
    { argv: ['CASE'], ...SUCCESS },
    { argv: ['CASE', '--nope'], ...USAGE },
    { argv: ['nowhere'], ...USAGE },
    { argv: ['in'], code: EXIT.failed, error: 'CASE_FAILED' },
    { argv: ['cases'], code: EXIT.failed, error: 'CASE_FAILED' },
    { argv: ['CASE'], ...BAD_SETTING },
  ],
  'plugin new': [
    { argv: ['parser', 'own', '--dir', 'own'], ...SUCCESS },
    { argv: ['parser', 'own', '--dir', 'in'], ...USAGE },
    { argv: ['parsr', 'own'], ...USAGE },
    { argv: [], ...USAGE },
    { argv: ['parser', 'own', '--dir', 'feed.csv/x'], code: EXIT.failed, error: 'not_a_folder' },
  ],
  'plugin list': [
    { argv: [], ...SUCCESS },
    { argv: ['x'], ...USAGE },
    { argv: [], code: EXIT.usage, error: 'setting_invalid', env: { RELAY_PLUGINS_FILE: 'none.json' } },
  ],
  diff: [
    { argv: ['sorted.csv', 'sorted.csv'], ...SUCCESS },
    { argv: ['sorted.csv'], ...USAGE },
    { argv: ['sorted.csv', 'none.csv'], ...USAGE },
    { argv: ['sorted.csv', 'broken.json'], code: EXIT.failed, error: 'invalid_input' },
  ],
  push: [
    { argv: [], ...USAGE },
    { argv: ['good.json'], ...USAGE },
    { argv: ['good.json', '--url', 'relay'], ...USAGE },
    { argv: ['good.json', '--url', 'http://127.0.0.1:1'], ...USAGE },
    {
      argv: ['good.json', '--url', 'http://127.0.0.1:1'],
      ...{ code: EXIT.failed, error: 'SERVICE_UNREACHABLE', env: { RELAY_API_KEY: 'k' } },
    },
    {
      argv: ['none.json', '--url', 'http://127.0.0.1:1'],
      ...{ code: EXIT.failed, error: 'missing_tenant_config', env: { RELAY_API_KEY: 'k' } },
    },
  ],
  pull: [
    { argv: [], ...USAGE },
    { argv: ['shop', '--version', 'x', '--url', 'http://127.0.0.1:1'], ...USAGE },
    {
      argv: ['shop', '--url', 'http://127.0.0.1:1'],
      ...{ code: EXIT.failed, error: 'SERVICE_UNREACHABLE', env: { RELAY_API_KEY: 'k' } },
    },
  ],
  init: [
    { argv: ['in', '--config', 'first.yaml'], ...SUCCESS },
    { argv: [], ...USAGE },
    { argv: ['nowhere'], ...USAGE },
    { argv: ['in', '--config', 'good.json'], ...USAGE },
    { argv: ['in', '--config', 'second.yaml', '--currency', 'EURO'], ...USAGE },
    { argv: ['cases', '--config', 'second.yaml'], code: EXIT.failed, error: 'invalid_input' },
    { argv: ['in'], ...BAD_SETTING },
  ],
  simulate: [
    { argv: ['--config', 'good.json', '--against', 'out'], ...SUCCESS },
    { argv: ['--config', 'good.json'], ...USAGE },
    { argv: ['--config', 'good.json', '--against', 'in'], ...USAGE },
    { argv: ['--config', 'good.json', '--against', 'out', '--runs', '11'], ...USAGE },
    { argv: ['--config', 'none.json', '--against', 'out'], code: EXIT.failed, error: 'missing_tenant_config' },
    { argv: ['--config', 'bad.json', '--against', 'out'], code: EXIT.usage, error: 'CONFIG_INVALID' },
    { argv: ['--config', 'good.json', '--against', 'out'], ...BAD_SETTING },
  ],
  history: [
    { argv: ['A', '--out', 'out'], ...SUCCESS },
    { argv: ['A'], ...USAGE },
    { argv: ['A', '--out', 'in'], ...USAGE },
    { argv: ['A', '--out', 'out', '--limit', '0'], ...USAGE },
    { argv: ['A', '--out', 'out', '--from', 'none'], ...USAGE },
  ],
  verify: [
    { argv: ['out/r'], ...SUCCESS },
    { argv: ['in'], ...USAGE },
    { argv: [], ...USAGE },
  ],
  explain: [
    { argv: ['r', 'A', '--out', 'out'], ...SUCCESS },
    { argv: ['r', 'A', '--out', 'in'], ...USAGE },
    { argv: ['r', '--out', 'out'], ...USAGE },
    { argv: ['empty', 'A', '--out', 'out'], code: EXIT.failed, error: 'not_explainable' },
    { argv: ['r', 'A', '--out', 'out'], ...BAD_SETTING },
  ],
  'holds list': [
    { argv: ['held'], ...SUCCESS },
    { argv: ['held', '--limit', 'x'], ...USAGE },
    { argv: ['in'], ...USAGE },
  ],
  ...(Object.fromEntries(
    ['holds accept', 'holds reject'].map((name) => [
      name,
      [
        { argv: ['held', '--sku', 'A', '--decisions', 'decisions.csv'], ...SUCCESS },
        { argv: ['held', '--sku', 'A'], ...USAGE },
        { argv: ['held', '--decisions', 'decisions.csv'], ...USAGE },
        { argv: ['held', '--all', '--decisions', 'decisions.csv', '--expires', 'soon'], ...USAGE },
        { argv: ['held', '--sku', 'B', '--decisions', 'decisions.csv'], code: EXIT.failed, error: 'not_found' },
        { argv: ['held', '--all', '--decisions', 'broken.json'], code: EXIT.failed, error: 'invalid_input' },
      ],
    ]),
  ) as Record<'holds accept' | 'holds reject', Case[]>),
  prune: [
    { argv: ['--dry-run'], ...SUCCESS },
    { argv: ['x'], ...USAGE },
    { argv: [], code: EXIT.failed, error: 'not_found', env: { RELAY_DATA_DIR: 'nowhere' } },
    { argv: [], ...BAD_SETTING },
  ],
  'dlq list': [
    { argv: [], ...SUCCESS },
    { argv: ['--limit', 'x'], ...USAGE },
    { argv: [], code: EXIT.failed, error: 'not_found', env: { RELAY_DATA_DIR: 'nowhere' } },
    { argv: [], ...BAD_SETTING },
  ],
  ...(Object.fromEntries(
    ['dlq show', 'dlq replay', 'dlq discard'].map((name) => [
      name,
      [
        { argv: [], ...USAGE },
        { argv: ['a', 'b'], ...USAGE },
        { argv: ['a'], code: EXIT.failed, error: 'not_found' },
        { argv: ['a'], ...BAD_SETTING },
      ],
    ]),
  ) as Record<'dlq show' | 'dlq replay' | 'dlq discard', Case[]>),
  ...(Object.fromEntries(
    ['serve', 'api', 'worker'].map((name) => [
      name,
      [
        { argv: ['x'], ...USAGE },
        { argv: ['--nope'], ...USAGE },
        { argv: [], ...USAGE, env: { CLOUDWATCH_METRICS_ENABLED: 'true' } },
        { argv: [], ...BAD_SETTING },
      ],
    ]),
  ) as Record<'serve' | 'api' | 'worker', Case[]>),
  completion: [
    { argv: ['bash'], ...SUCCESS },
    { argv: ['fish'], ...SUCCESS },
    { argv: [], ...USAGE },
    { argv: ['sh'], ...USAGE },
  ],
  help: [
    { argv: [], ...SUCCESS },
    { argv: ['run'], ...SUCCESS },
    { argv: ['plugin', 'new'], ...SUCCESS },
    { argv: ['dlq'], ...SUCCESS },
    { argv: ['rnu'], ...USAGE },
    { argv: ['--nope'], ...USAGE },
  ],
};

/** Runs a test in a folder with the files that the cases name. */
function inSandbox(use: () => Promise<void>): () => Promise<void> {
  return () =>
    inFolder(async (folder) => {
      const before = process.cwd();
      process.chdir(folder);
      try {
        writeFileIn(folder, 'good.json', JSON.stringify(CONFIG));
        writeFileIn(folder, 'bad.json', JSON.stringify({ ...CONFIG, timezone: 'Mars' }));
        writeFileIn(folder, 'broken.json', '{"a": ');
        for (const name of ['feed.csv', 'in/acme/feed.csv']) writeFileIn(folder, name, FEED);
        writeFileIn(folder, 'cases/one/case.json', '{}');
        writeFileIn(folder, 'sorted.csv', 'sku,price\nA,1.00\n');
        writeFileIn(folder, 'out/empty/tenants/shop/note', '');
        writeFileIn(folder, 'held/reports/holds.csv', 'sku,reason,candidate_price\nA,new_sku,1.00\n');
        const io = { stdout: () => {}, stderr: () => {}, isTTY: false, env: {} };
        (await openService(readServiceSettings({ RELAY_DATA_DIR: 'data' }), io)).stores.close();
        await use();
      } finally {
        process.chdir(before);
      }
    });
}

const CASE = path.join(packageRoot(), 'fixtures/cases', fs.readdirSync(path.join(packageRoot(), 'fixtures/cases'))[0]!);

function parsed(stdout: string, what: string): Document {
  try {
    const value = JSON.parse(stdout);
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), what);
    return value;
  } catch {
    throw new Error(`${what}: standard output is no single JSON document: ${JSON.stringify(stdout.slice(0, 200))}`);
  }
}

test(
  'every command prints one document on success, wrong use, a missing file and a bad config',
  inSandbox(async () => {
    for (const { name } of COMMANDS) {
      assert.ok(CASES[name].length > 0, name);
      for (const { argv, code, error, env } of CASES[name]) {
        const words = [...name.split(' '), ...argv.map((word) => (word === 'CASE' ? CASE : word)), '--json'];
        const what = `relay ${words.join(' ')}`;
        const result = await relay(words, { RELAY_DATA_DIR: 'data', ...env });
        const document = parsed(result.stdout, what);
        assert.is(result.code, code, `${what}: ${result.stdout}${result.stderr}`);
        assert.is(document.error, error, what);
        if (error !== undefined) assertFailure(document, what);
        assert.not.match(`${result.stdout}${result.stderr}`, /\n\s+at /, what);
      }
    }
  }),
);

/** Asserts the form that all failures share. */
function assertFailure({ error, message, hint, issues }: Document, what: string): void {
  for (const text of [error, message, hint]) assert.ok(typeof text === 'string' && text !== '', what);
  for (const issue of (issues ?? []) as object[])
    assert.equal(Object.keys(issue).sort(), ['code', 'message', 'path'], what);
}

test('--json may stand anywhere, and may itself be used wrongly', async () => {
  for (const line of ['--json check', 'check --json', '--json', 'rnu --json', 'dlq --json', 'dlq --json lst']) {
    const { code, stdout, stderr } = await relay(line.split(' '));
    assert.equal([code, stderr], [EXIT.usage, ''], line);
    assertFailure(parsed(stdout, line), line);
  }
  const { stdout } = await relay(['check', '--json=yes', 'x']);
  assert.is(parsed(stdout, '--json=yes').error, 'USAGE');
  assert.type(parsed((await relay(['--version', '--json'])).stdout, 'version').version, 'string');
  assert.equal((await relay(['run', '--help', '--json'])).stdout, (await relay(['help', 'run', '--json'])).stdout);
});

test(
  'a failed run has code and message like other failures, beside its own fields',
  inSandbox(async () => {
    const argv = ['run', '--config', 'good.json', '--vendor', 'acme=none.csv', '--out', 'out', '--json'];
    const document = parsed((await relay(argv)).stdout, 'run');
    assert.is(document.error, document.error_code);
    assert.is(document.message, document.error_message);
    assert.is(document.status, 'FAILED');
  }),
);

test(
  'clean puts the table into the document unless it writes a file',
  inSandbox(async () => {
    writeFileIn('.', 'sheet.txt', 'a;b\n1;"x, \u{1f600}"\n');
    const { stdout, stderr } = await relay(['clean', 'sheet.txt', 'none.csv', '--json']);
    const { files } = parsed(stdout, 'clean') as unknown as { files: Record<string, unknown>[] };
    assert.is(files[0]!.csv, 'a,b\n1,"x, \u{1f600}"\n');
    const [, { file, ok, error }] = files as [unknown, Record<string, unknown>];
    assert.equal([file, ok, error], ['none.csv', false, 'FILE_NOT_FOUND']);
    assert.match(stderr, 'FILE_NOT_FOUND');
    const written = await relay(['clean', 'sheet.txt', '--json', '--out', 'o']);
    assert.not.match(written.stdout, '"csv"');
  }),
);

test(
  'the service prints one document when it has started or cannot start',
  inSandbox(async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const taken = String((other.address() as net.AddressInfo).port);
    for (const command of ['serve', 'api']) {
      const { code, stdout } = await relay([command, '--port', taken, '--json'], { RELAY_DATA_DIR: 'data' });
      assert.is(code, EXIT.failed);
      assert.is(parsed(stdout, command).error, 'cannot_listen');
    }
    other.close();
    for (const [command, ...argv] of [['serve', '--port', taken], ['worker']]) {
      const env = { PATH: process.env.PATH ?? '', RELAY_DATA_DIR: `data-${command}` };
      const child = spawn(process.execPath, [built('cli/main.ts'), command!, ...argv, '--json'], {
        env,
        stdio: 'pipe',
      });
      let stdout = '';
      child.stdout.on('data', (part) => {
        stdout += part;
        if (stdout.endsWith('}\n')) child.kill('SIGTERM');
      });
      const [code] = await once(child, 'close');
      assert.is(code, EXIT.ok, command);
      const { status, port, admin_key: key } = parsed(stdout, command!);
      assert.is(status, 'started');
      if (command === 'worker') assert.equal([port, key], [null, null]);
      else {
        assert.is(port, Number(taken));
        assert.match(String(key), /^rk_admin_/);
      }
    }
  }),
);

test.run();
