/** Checks the templates against the CloudFormation specification, and that the check finds violations. */
import fs from 'node:fs';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkTemplate } from './testing/schema.ts';
import { parseTemplate, readTemplate, TEMPLATE_BYTES_MAX, type Template } from './testing/template.ts';

const SPEC = loadAwsServiceSpecSync();
const NAMES = ['cloudformation.yaml', 'tenant-alarms.yaml'];

const test = suite('deploy: templates and the specification');

for (const name of NAMES) {
  test(`${name} follows the CloudFormation specification`, () => {
    assert.equal(checkTemplate(readTemplate(name), SPEC), []);
  });

  test(`${name} is small enough to be sent`, () => {
    assert.ok(fs.statSync(new URL(name, import.meta.url)).size <= TEMPLATE_BYTES_MAX);
  });
}

test('the check finds each way to break a template', () => {
  const broken: Array<[(template: Template) => void, string]> = [
    [({ Resources }) => (Resources.JobQueue!.Type = 'AWS::SQS::Queu'), 'JobQueue: there is no type AWS::SQS::Queu'],
    [({ Resources }) => (Resources.JobQueue!.Deletion = 'Retain'), 'JobQueue: has no Deletion'],
    [({ Resources }) => (Resources.JobQueue!.Properties.Visibility = 1), 'JobQueue: has no property Visibility'],
    [
      ({ Resources }) => (Resources.RunsTable!.Properties.KeySchema[0].KeyTyp = 'HASH'),
      'RunsTable.KeySchema[0]: has no property KeyTyp',
    ],
    [({ Resources }) => delete Resources.RunsTable!.Properties.KeySchema, 'RunsTable: lacks KeySchema'],
    [
      ({ Resources }) => delete Resources.RunsTable!.Properties.KeySchema[0].KeyType,
      'RunsTable.KeySchema[0]: lacks KeyType',
    ],
    [
      ({ Resources }) => (Resources.JobQueue!.Properties.SqsManagedSseEnabled = 'yes'),
      'JobQueue.SqsManagedSseEnabled: must be true or false',
    ],
    [
      ({ Resources }) => (Resources.JobQueue!.Properties.MessageRetentionPeriod = '14 days'),
      'JobQueue.MessageRetentionPeriod: must be a number',
    ],
    [({ Resources }) => (Resources.ApiService!.Properties.LaunchType = 'Fargate'), 'is not among EC2, FARGATE'],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.LoadBalancers = 'none'),
      'ApiService.LoadBalancers: must be a list',
    ],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.Cluster = { Ref: 'Clustr' }),
      'ApiService.Cluster: refers to Clustr, which is not there',
    ],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.Cluster = { Ref: 'TaskSubnetIds' }),
      'ApiService.Cluster: Ref gives a list',
    ],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.LoadBalancers = { Ref: 'Cluster' }),
      'ApiService.LoadBalancers: Ref gives one value',
    ],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.Cluster = { 'Fn::GetAtt': ['Cluster', 'Name'] }),
      'ApiService.Cluster: Cluster has no attribute Name',
    ],
    [
      ({ Resources }) => (Resources.ApiService!.Properties.Cluster = { 'Fn::Sub': `\${AWS::Stack}-x` }),
      'ApiService.Cluster: there is no AWS::Stack',
    ],
    [
      ({ Resources }) =>
        (Resources.ArtifactBucketPolicy!.Properties.PolicyDocument.Statement[0].Resource = [{ Ref: 'B' }]),
      'refers to B, which is not there',
    ],
    [({ Resources }) => (Resources.ApiService!.DependsOn = 'Listener'), 'depends on Listener, which is not there'],
    [({ Resources }) => (Resources.AlarmSubscription!.Condition = 'HasMail'), 'there is no condition HasMail'],
    [({ Resources }) => delete Resources.AlarmSubscription!.Condition, 'HasAlarmEmail: nothing refers to it'],
    [({ Parameters }) => (Parameters.Spare = { Type: 'String' }), 'Spare: nothing refers to it'],
    [({ Outputs }) => (Outputs.Cluster.Value = { Ref: 'Nowhere' }), 'refers to Nowhere, which is not there'],
  ];
  for (const [change, problem] of broken) {
    const template = readTemplate('cloudformation.yaml');
    change(template);
    const problems = checkTemplate(template, SPEC);
    assert.ok(
      problems.some((one) => one.includes(problem)),
      `${problem} is not among: ${problems.join('; ')}`,
    );
  }
});

test('aliases, unknown tags and duplicate keys, which CloudFormation does not read, are refused', () => {
  assert.throws(() => parseTemplate('A: &a 1\nB: *a\n'), /alias/);
  assert.throws(() => parseTemplate('A: !Reff b\n'), /tag !Reff/);
  assert.throws(() => parseTemplate('A: 1\nA: 2\n'), /unique/);
});

test.run();
