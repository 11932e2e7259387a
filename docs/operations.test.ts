/** Compares `INFRA.md` and `RUNBOOK.md` with template and code, and runs their commands on the embedded stores. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inFolder } from '../cli/testing/sandbox.ts';
import { freePort } from '../conformance/support/free-port.ts';
import { type Any, readTemplate, resourcesOf } from '../deploy/testing/template.ts';
import { EmfMetrics } from '../stores/embedded/metrics.ts';
import { ROOT } from './pages.ts';
import { withParameters } from './parameters.ts';
import { pageBlocks, runOperations } from './testing/operations.ts';

const TEMPLATE = readTemplate('cloudformation.yaml');
const INFRA = fs.readFileSync(path.join(ROOT, 'docs', 'INFRA.md'), 'utf8');
const RUNBOOK = fs.readFileSync(path.join(ROOT, 'docs', 'RUNBOOK.md'), 'utf8');
const BLOCKS = [...pageBlocks('INFRA.md'), ...pageBlocks('RUNBOOK.md')];

/** Kinds of blocks that are not run here: `npm run test:runbook` runs the first, nothing the second. */
const NOT_RUN: Readonly<Record<string, { why: string; commands: readonly string[] }>> = {
  'sh account': {
    why: 'needs an account of AWS',
    commands: ['aws', 'output', 'workers', 'restore', 'for', 'done', 'export', 'URL', 'ADMIN_KEY', 'BUCKET'],
  },
  'sh not-run=registry': { why: 'needs a registry and a daemon of containers', commands: ['aws', 'docker'] },
};

const test = suite('docs: operations');

test('bash and curl are installed: without them this file tests nothing', () => {
  for (const tool of ['bash', 'curl']) {
    assert.is(spawnSync(tool, ['--version'], { encoding: 'utf8' }).status, 0, `${tool} is needed`);
  }
});

test('every command is run except those that need a registry; commands that need an account are marked', () => {
  const run = ['bash', 'bash embedded', 'text', 'text insights'];
  for (const { info, lines } of BLOCKS) {
    if (run.includes(info)) continue;
    assert.ok(NOT_RUN[info] !== undefined, `a block of an unknown kind: ${info}`);
    const words = logicalLines(lines).map((line) => /^\w+/.exec(line)?.[0] ?? '');
    for (const word of words.filter((one) => one !== '')) {
      assert.ok(NOT_RUN[info].commands.includes(word), `${word}: a command that ${NOT_RUN[info].why}?`);
    }
  }
});

/** Lines joined with their continuations, without the contents of braces. */
function logicalLines(lines: readonly string[]): string[] {
  return lines
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => !/^[\s}]/.test(line));
}

test('commands for AWS name outputs and parameters that the templates have', () => {
  const tenant = readTemplate('tenant-alarms.yaml');
  const names = (from: readonly Any[], pattern: RegExp) =>
    from.flatMap(({ lines }) => [...lines.join('\n').matchAll(pattern)].map(([, name]) => name!));
  const shown = BLOCKS.filter(({ info }) => info.startsWith('sh '));
  const outputs = names(shown, /\$\(output (\w+)\)/g);
  assert.ok(outputs.length > 5);
  for (const name of outputs) assert.ok(TEMPLATE.Outputs[name], name);
  for (const block of shown.filter(({ lines }) => lines.join().includes('--parameter-overrides'))) {
    const of = block.lines.join().includes('tenant-alarms') ? tenant : TEMPLATE;
    const text = block.lines.join('\n');
    const given = [...text.slice(text.indexOf('--parameter-overrides')).matchAll(/\b([A-Z]\w+)=/g)].map(
      ([, name]) => name!,
    );
    for (const name of given) assert.ok(of.Parameters[name], name);
    const needed = Object.entries(of.Parameters).filter(([, one]) => one.Default === undefined);
    if (text.includes('CertificateArn') || of === tenant)
      for (const [name] of needed) assert.ok(given.includes(name), name);
  }
});

test('INFRA.md has every parameter and output of the template, with the right values', () => {
  assert.is(withParameters(INFRA), INFRA, 'npm run docs writes the table anew');
  const section = INFRA.slice(INFRA.indexOf('\n## Outputs'), INFRA.indexOf('\n## Permissions'));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  assert.equal(listed.sort(), Object.keys(TEMPLATE.Outputs).sort());
});

test('INFRA.md names the settings that are not parameters', () => {
  const table = withParameters(INFRA);
  for (const task of ['ApiTaskDefinition', 'WorkerTaskDefinition']) {
    const [{ Environment }] = TEMPLATE.Resources[task]!.Properties.ContainerDefinitions;
    for (const { Name } of Environment) assert.ok(table.includes(`\`${Name}\``), Name);
  }
});

test('RUNBOOK.md has a chapter for exactly each alarm', () => {
  const chapter = RUNBOOK.slice(RUNBOOK.indexOf('\n## Alarms'), RUNBOOK.indexOf('\n### Which tenants'));
  const alarms = resourcesOf(TEMPLATE, 'AWS::CloudWatch::Alarm').flatMap((name) => {
    const text = TEMPLATE.Resources[name]!.Properties.AlarmName?.['Fn::Sub'];
    return text === undefined ? [] : [text.replace(/^\$\{AWS::StackName\}-/, '')];
  });
  assert.equal([...chapter.matchAll(/^### (.+)$/gm)].map(([, name]) => name!).sort(), alarms.sort());
});

test('the query for tenants matches what the worker prints', () => {
  const lines: string[] = [];
  const emf = new EmfMetrics({ namespace: 'N', clock: { wall: () => 1 }, write: (line) => lines.push(line) });
  const put = (tenant: string, failed: number) =>
    emf.put('RunFailed', failed, 'Count', [{ TenantId: tenant, Environment: 'e' }, { Environment: 'e' }]);
  put('shop', 1);
  put('fine', 0);
  put('shop', 1);
  const [query] = BLOCKS.filter(({ info }) => info === 'text insights').map((block) => block.lines);
  assert.is(query![0], 'filter RunFailed = 1 and ispresent(TenantId)');
  assert.is(query![1], '| stats count(*) as failed by TenantId');
  const rows = lines.map((line) => JSON.parse(line)).filter((row) => row.RunFailed === 1 && row.TenantId !== undefined);
  assert.equal(
    rows.map((row) => row.TenantId),
    ['shop', 'shop'],
  );
});

test('log events in the pages are those that the code writes', () => {
  const sources = ['api', 'worker', 'cli'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => fs.readFileSync(path.join(ROOT, folder, name), 'utf8')),
  );
  const from = RUNBOOK.indexOf('| event |');
  const rows = RUNBOOK.slice(from, RUNBOOK.indexOf('\n\n', from)).split('\n').slice(2);
  const events = rows.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const other = [...RUNBOOK.matchAll(/event = "(\w+)"/g)].map(([, name]) => name!);
  assert.ok(events.length > 10);
  for (const event of [...events, ...other])
    assert.ok(
      sources.some((text) => text.includes(`'${event}'`)),
      event,
    );
});

/** Sections of `ERRORS.md` that the runbook refers to as a whole, because they concern tenants. */
const OF_TENANTS = ['Row codes', 'Entries for vendors', 'Config problems', 'Entries of issues', 'Warnings'];

test('RUNBOOK.md has every code that an operator meets, and no code that ERRORS.md lacks', () => {
  const errors = fs.readFileSync(path.join(ROOT, 'docs', 'ERRORS.md'), 'utf8');
  const all = new Set<string>();
  const needed = new Set<string>();
  for (const part of errors.split(/^## /m).slice(1)) {
    const title = part.slice(0, part.indexOf('\n'));
    const codes = [...part.matchAll(/^\| `(\w+)/gm)].map(([, code]) => code!);
    for (const code of codes) all.add(code);
    if (!OF_TENANTS.includes(title)) for (const code of codes) needed.add(code);
    else assert.ok(RUNBOOK.includes(`(ERRORS.md#${title.toLowerCase().replaceAll(' ', '-')})`), title);
  }
  const tables = ['Failed runs', 'The environment', 'Answers of the API'].flatMap((title) => {
    const from = RUNBOOK.indexOf(`\n## ${title}\n`);
    assert.ok(from >= 0, title);
    return RUNBOOK.slice(from, RUNBOOK.indexOf('\n## ', from + 1)).split('\n');
  });
  const codes = tables
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`(\w+)`/g)].map(([, code]) => code!));
  const typed = /`USAGE`.*come from commands\s+that somebody types/s.exec(RUNBOOK)![0];
  for (const [, code] of typed.matchAll(/`([A-Z_]+)`/g)) codes.push(code!);
  assert.equal([...needed].filter((code) => !codes.includes(code)).sort(), [], 'not in docs/RUNBOOK.md');
  assert.equal([...new Set(codes)].filter((code) => !all.has(code)).sort(), [], 'not in docs/ERRORS.md');
});

test('the commands of both pages do what the pages say, on the embedded stores', () =>
  inFolder(async (folder) => {
    const env = { RELAY_DATA_DIR: path.join(folder, 'data'), PORT: String(await freePort()) };
    await runOperations(folder, env, true);
  }));

test.run();
