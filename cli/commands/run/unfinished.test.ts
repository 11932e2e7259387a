/** A plugin whose promise never settles, or that throws in a callback, ends the command with an error that names it and has no stack. */
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { built } from '../../testing/compiled.ts';
import { CONFIG, FEED } from '../../testing/one-vendor.ts';
import { runProcess } from '../../testing/run-process.ts';
import { inFolder, writeFileIn } from '../../testing/sandbox.ts';

/** A module with one plugin. `load` is the source of its loader, `top` is code that runs first. */
function moduleOf(kind: string, load: string, top = ''): string {
  return `${top}
const options = { safeParse: (data) => ({ success: true, data }), parse: (data) => data, _zod: { def: {} } };
const never = () => new Promise(() => {});
const layout = { delimiter: ',', quote: '"', skipLines: 0, header: true, timeZone: null, columns: {
  sku: { header: 'sku', match: 'exact', expected: true },
  quantity_available: { header: 'quantity_available', match: 'exact', expected: true },
  cost: { header: 'cost', match: 'exact', expected: true } } };
const feed = (open) => ({ encoding: 'utf-8', delimiter: ',', reason: 'always', layout, open });
export const plugins = [{
  manifest: { kind: '${kind}', id: 'odd', version: '1.0.0', contract: 1, summary: 'odd', options, example: {}, codes: { late: 'late' } },
  load: ${load},
}];
`;
}

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function runWith(folder: string, kind: string, module: string, argv: readonly string[] = []): Ended {
  writeFileIn(
    folder,
    'odd/package.json',
    JSON.stringify({ name: 'odd', version: '1.0.0', type: 'module', main: 'index.js' }),
  );
  writeFileIn(folder, 'odd/index.js', module);
  const entry = { package: 'odd', version: '1.0.0', ids: ['odd'], path: './odd' };
  const list = writeFileIn(folder, 'plugins.json', JSON.stringify({ plugins: [entry] }));
  const [vendor] = CONFIG.vendors;
  const config = {
    ...CONFIG,
    vendors: [{ ...vendor, ...(kind === 'parser' ? { parser: { format: 'odd' } } : {}) }],
    ...(kind === 'validator' ? { validators: [{ use: 'odd' }] } : {}),
    ...(kind === 'pricing' ? { pricing: { ...CONFIG.pricing, rules: [{ use: 'odd' }] } } : {}),
    ...(kind === 'merge' ? { merge: { strategy: 'odd' } } : {}),
  };
  const file = writeFileIn(folder, 'tenant.json', JSON.stringify(config));
  const input = writeFileIn(folder, 'feed.csv', FEED);
  const command =
    argv.length > 0 && !argv[0]!.startsWith('--')
      ? argv
      : [
          'run',
          '--config',
          file,
          '--vendor',
          `${vendor!.vendor_id}=${input}`,
          '--out',
          path.join(folder, 'out'),
          ...argv,
        ];
  return runProcess(process.execPath, [built('cli/main.ts'), ...command], {
    env: { ...process.env, RELAY_PLUGINS_FILE: list, LIMIT_HOOK_SECONDS: '1' },
  });
}

const NEVER = 'it waits for a promise that never settles';
const VENDOR = `vendor ${CONFIG.vendors[0]!.vendor_id}`;

const ENDLESS: Array<[title: string, kind: string, module: string, message: string]> = [
  ['load() of a rule', 'pricing', moduleOf('pricing', 'never'), `load() of the pricing rule "odd" failed: ${NEVER}`],
  [
    'a later item of open(), after work of the event loop',
    'parser',
    moduleOf(
      'parser',
      `async () => () => ({ prepare: async (source) => feed(async function* () {
        yield* source.open();
        await new Promise((resolve) => setTimeout(resolve, 5));
        await never();
      }) })`,
    ),
    `${VENDOR}: open() of the parser "odd" failed on feed.csv: ${NEVER}`,
  ],
  [
    'an exception in a timer',
    'validator',
    moduleOf('validator', `async () => () => ({ check: () => void setTimeout(() => { throw new Error('boom'); }) })`),
    'a callback that the validator "odd" left behind, as with a timer, threw: boom',
  ],
];

test('a hook that never settles fails the run by name, and the command does not wait for the hook’s timer', () =>
  inFolder(async (folder) => {
    const waits = `async () => () => ({ prepare: async (source) => feed(async function* () {
      yield* source.open();
      setInterval(() => {}, 100);
      await never();
    }) })`;
    const { status, stdout, stderr } = runWith(folder, 'parser', moduleOf('parser', waits), ['--json']);
    assert.is(status, 3, stdout + stderr);
    const message = `${VENDOR}: open() of the parser "odd" failed on feed.csv: ${NEVER}`;
    assert.is(JSON.parse(stdout).error_message, `plugin_failed: ${message}`);
    assert.match(stderr, /^relay: left_running: /);
  }));

for (const [title, kind, module, message] of ENDLESS) {
  test(`${title} fails the run by name, as text and as JSON`, () =>
    inFolder(async (folder) => {
      const { status, stdout, stderr } = runWith(folder, kind, module, ['--json']);
      assert.is(status, 3, stdout + stderr);
      const document = JSON.parse(stdout);
      assert.is(document.error, 'internal_error');
      assert.is(document.error_message, `plugin_failed: ${message}`);
      assert.is(document.status, 'FAILED');
      assert.match(document.hint, 'maintainer');
      assert.is(stderr, '');
      if (title !== ENDLESS[0]![0] && title !== 'an exception in a timer') return;
      const plain = runWith(folder, kind, module);
      assert.is(plain.status, 3);
      assert.match(plain.stdout, `plugin_failed: ${message}`);
      assert.not.match(plain.stdout + plain.stderr, / at .*\d+:\d+/);
    }));
}

test('a module that waits for ever, or throws meanwhile, ends any command with a reason', () =>
  inFolder(async (folder) => {
    const good = 'async () => () => ({ check: () => undefined })';
    const waits = moduleOf('validator', good, 'await new Promise(() => {});');
    for (const argv of [['plugin', 'list', '--json'], ['--json']]) {
      const { status, stdout } = runWith(folder, 'validator', waits, argv);
      assert.is(status, 3);
      const { error, message } = JSON.parse(stdout);
      assert.is(error, 'plugin_invalid');
      assert.is(message, 'odd@1.0.0 cannot be loaded: Error: its module waits for a promise that never settles');
    }
    const throws = moduleOf(
      'validator',
      good,
      `setTimeout(() => { throw new Error('boom'); }); await new Promise(() => {});`,
    );
    const one = runWith(folder, 'validator', throws, ['plugin', 'list', '--json']);
    assert.is(one.status, 3);
    assert.is(JSON.parse(one.stdout).error, 'uncaught_exception');
    assert.match(JSON.parse(one.stdout).message, /^Error: boom at file:.*odd\/index\.js:1:\d+$/);
  }));

test('a plugin that reports after the run gets a line on standard error', () =>
  inFolder(async (folder) => {
    const late = `async () => () => ({ check: (row, report) => void setTimeout(() => report.warning('late'), 1500) })`;
    const { status, stdout, stderr } = runWith(folder, 'validator', moduleOf('validator', late), ['--json']);
    assert.is(status, 0);
    assert.is(JSON.parse(stdout).status, 'SUCCEEDED');
    const [first = ''] = stderr.split('\n');
    assert.match(first, 'relay: unhandled_rejection: RelayError: vendor ');
    assert.match(
      first,
      'check() of the validator "odd" failed on row 2: report.warning("late") came after the call had ended',
    );
  }));

test('a plugin that ends the process does not make the command look successful', () =>
  inFolder(async (folder) => {
    const module = moduleOf('validator', 'async () => () => ({ check: () => process.exit(0) })');
    const { status, stdout, stderr } = runWith(folder, 'validator', module, ['--json']);
    assert.is(status, 3, stderr);
    const { error, message } = JSON.parse(stdout);
    assert.is(error, 'ended_early');
    assert.match(message, /^the process was ended with exit code 0 at file:.*odd\/index\.js:\d+:\d+$/);
  }));

test('an exception after the run prints one line, and the command fails', () =>
  inFolder(async (folder) => {
    const module = moduleOf(
      'validator',
      `async () => () => ({ finish: () => void setTimeout(() => { throw new Error('boom'); }, 1500) })`,
    );
    const { status, stdout, stderr } = runWith(folder, 'validator', module, ['--json']);
    assert.is(status, 3);
    assert.is(JSON.parse(stdout).status, 'SUCCEEDED');
    assert.match(stderr, /^relay: uncaught_exception: Error: boom at file:.*odd\/index\.js:\d+:\d+\n$/);
  }));

test.run();
