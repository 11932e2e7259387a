/**
 * The second half of `npm run test:runbook`: runs the `aws` commands of `INFRA.md` and `RUNBOOK.md` that need an AWS account, with
 * the real `aws` command against a stand-in that knows what the templates create.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { inFolder } from '../../cli/testing/sandbox.ts';
import { runSteps } from '../bash-blocks.ts';
import { type CodeBlock, ROOT } from '../pages.ts';
import { ControlPlane, outputValue } from './control-plane.ts';
import { pageBlocks } from './operations.ts';

/** Values that the pages leave to the reader. */
const NAMES = {
  REGISTRY: '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
  VERSION: '1.0.0',
  CERTIFICATE_ARN: 'arn:aws:acm:eu-central-1:123456789012:certificate/1',
  VPC_ID: 'vpc-1',
  PUBLIC_SUBNET_1: 'subnet-1',
  PUBLIC_SUBNET_2: 'subnet-2',
  PRIVATE_SUBNET_1: 'subnet-3',
  PRIVATE_SUBNET_2: 'subnet-4',
  QUERY_ID: 'query-1',
  DELETE_MARKER: 'd1',
  VERSION_ID: 'v1',
  NEW_ADMIN_KEY: 'second-admin-key',
  BUCKET: outputValue('ArtifactBucket'),
  TABLE: outputValue('RunsTable'),
};
const LIMIT_MS = 480_000;
/** Options that `aws` before 2.11 lacks. The pages ask for a newer one, but Debian 12 has an older. */
const NEWER = /--(no-)?deletion-protection-enabled/;

const found = spawnSync('sh', ['-c', 'command -v aws'], { encoding: 'utf8' });
if (found.status !== 0) {
  console.error('The aws command is needed: apt-get install awscli');
  process.exit(2);
}
const isOld = /^aws-cli\/2\.([0-9]|10)\./.test(spawnSync('aws', ['--version'], { encoding: 'utf8' }).stdout);

const control = new ControlPlane();
const endpoint = await control.start();
try {
  await inFolder(async (folder) => {
    const bin = path.join(folder, 'bin');
    fs.mkdirSync(bin);
    // older versions do not know AWS_ENDPOINT_URL
    const aws = `#!/bin/sh\nexec '${found.stdout.trim()}' --endpoint-url '${endpoint}' "$@"\n`;
    fs.writeFileSync(path.join(bin, 'aws'), aws, { mode: 0o755 });
    fs.symlinkSync(path.join(ROOT, 'deploy'), path.join(folder, 'deploy'));
    const blocks = accountBlocks();
    // all but the first need a stack, even after the one that deletes it
    const deployed = `curl -fsS '${endpoint}/deployed'`;
    const steps = blocks.map((block, i) => ({
      block: { ...block, lines: i === 0 ? block.lines : [deployed, ...block.lines] },
      shown: null,
    }));
    const env = {
      ...NAMES,
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
    };
    const { code, outputs, stderr } = await runSteps(steps, folder, env, LIMIT_MS);
    for (const [i, { block }] of steps.entries())
      assert.ok(
        i < outputs.length - 1,
        `the block at line ${block.first + 1} failed\n${block.lines.join('\n')}\n${stderr}`,
      );
    assert.is(code, 0, stderr);
    for (const command of commandsOf(blocks.flatMap(({ lines }) => lines)))
      assert.ok(control.calls.includes(command), `${command} was not asked for`);
  });
  console.log(`The aws commands of INFRA.md and RUNBOOK.md are understood: ${control.calls.length} calls.`);
} finally {
  await control.stop();
}

/** The blocks. For an old `aws`, lines with options that it lacks are left out and reported as skipped. */
function accountBlocks(): CodeBlock[] {
  const blocks = [...pageBlocks('INFRA.md'), ...pageBlocks('RUNBOOK.md')].filter(({ info }) => info === 'sh account');
  if (!isOld) return blocks;
  const skipped = blocks.flatMap(({ lines }) => lines.filter((line) => NEWER.test(line)));
  for (const line of skipped) console.log(`skipped, this aws command does not know it: ${line.trim()}`);
  if (skipped.length > 0) control.protectsNothing();
  return blocks.map((block) => ({ ...block, lines: block.lines.filter((line) => !NEWER.test(line)) }));
}

/** The calls that the lines must make, by AWS's names. */
function commandsOf(lines: readonly string[]): string[] {
  const text = lines.join('\n').replaceAll('\\\n', ' ');
  return [...text.matchAll(/\baws ([\w-]+) ([\w-]+)/g)].map(([, service, command]) => {
    if (command === 'deploy') return 'cloudformation ExecuteChangeSet';
    if (command === 'wait') return service === 'ecs' ? 'ecs DescribeServices' : 'cloudformation DescribeStacks';
    return `${service} ${command!.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase())}`;
  });
}
