/** How many workers the template adds or removes for a given queue. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Resolver } from './testing/resolve.ts';
import { type Any, readTemplate, resourcesOf } from './testing/template.ts';

const TEMPLATE = readTemplate('cloudformation.yaml');
const DEFAULTS = new Resolver(TEMPLATE);

const test = suite('deploy: scaling');

/** A queue: waiting jobs, jobs in progress, and seconds since the oldest was sent. */
interface Queue {
  visible: number;
  hidden: number;
  age: number;
}

const METRICS: Readonly<Record<string, keyof Queue>> = {
  ApproximateNumberOfMessagesVisible: 'visible',
  ApproximateNumberOfMessagesNotVisible: 'hidden',
  ApproximateAgeOfOldestMessage: 'age',
};

/** The expressions of the template, of metrics by their ids. */
const EXPRESSIONS: Readonly<Record<string, (ids: Record<string, number>) => number>> = {
  'IF(visible > 0, age, 0)': ({ visible, age }) => (visible! > 0 ? age! : 0),
  'visible + hidden': ({ visible, hidden }) => visible! + hidden!,
};

function measured(alarm: Any, queue: Queue): number {
  const read = ({ Namespace, MetricName, Dimensions }: Any) => {
    assert.equal([Namespace, Dimensions], ['AWS/SQS', [{ Name: 'QueueName', Value: 'relay-inventory-jobs' }]]);
    return queue[METRICS[MetricName]!];
  };
  if (alarm.MetricName !== undefined) return read(alarm);
  const ids = alarm.Metrics.filter((one: Any) => one.MetricStat !== undefined);
  const values = Object.fromEntries(ids.map((one: Any) => [one.Id, read(one.MetricStat.Metric)]));
  const [{ Expression }, ...others] = alarm.Metrics.filter((one: Any) => one.ReturnData);
  assert.equal(others, []);
  return EXPRESSIONS[Expression]!(values);
}

function breaches({ ComparisonOperator, Threshold }: Any, value: number): boolean {
  if (ComparisonOperator === 'GreaterThanOrEqualToThreshold') return value >= Threshold;
  assert.is(ComparisonOperator, 'LessThanThreshold');
  return value < Threshold;
}

/** The one step whose bounds, relative to the threshold, contain the value. */
function stepOf(policy: Any, over: number): number {
  const { AdjustmentType, StepAdjustments } = policy.StepScalingPolicyConfiguration;
  assert.is(AdjustmentType, 'ChangeInCapacity');
  const steps = StepAdjustments.filter((step: Any) => {
    const [lower, upper] = [step.MetricIntervalLowerBound ?? -Infinity, step.MetricIntervalUpperBound ?? Infinity];
    return over >= 0 ? lower <= over && over < upper : lower < over && over <= upper;
  });
  assert.is(steps.length, 1, `one step for ${over}`);
  return steps[0].ScalingAdjustment;
}

const SCALING = resourcesOf(TEMPLATE, 'AWS::CloudWatch::Alarm').flatMap((name) =>
  TEMPLATE.Resources[name]!.Properties.AlarmActions.filter(
    ({ Ref }: Any) => TEMPLATE.Resources[Ref]!.Type === 'AWS::ApplicationAutoScaling::ScalingPolicy',
  ).map(({ Ref }: Any) => ({ policy: Ref as string, alarm: DEFAULTS.properties(name) })),
);

/** The change by each policy if the queue stays like this for long enough. */
function changes(queue: Queue): Record<string, number> {
  const entries = SCALING.flatMap(({ policy, alarm }) => {
    const value = measured(alarm, queue);
    if (!breaches(alarm, value)) return [];
    return [[policy, stepOf(DEFAULTS.properties(policy), value - alarm.Threshold)]];
  });
  return Object.fromEntries(entries);
}

test('workers are added by queue depth and age, and removed only while there is no job', () => {
  assert.equal(changes({ visible: 0, hidden: 0, age: 0 }), { FewerWorkers: -1 });
  assert.equal(changes({ visible: 0, hidden: 1, age: 9000 }), {}, 'a job that is worked on');
  assert.equal(changes({ visible: 1, hidden: 0, age: 5 }), {}, 'a job that a worker is about to take');
  assert.equal(changes({ visible: 1, hidden: 1, age: 120 }), { MoreWorkersByAge: 1 });
  assert.equal(changes({ visible: 2, hidden: 1, age: 5 }), { MoreWorkersByDepth: 1 });
  assert.equal(changes({ visible: 12, hidden: 1, age: 5 }), { MoreWorkersByDepth: 2 });
  assert.equal(changes({ visible: 500, hidden: 1, age: 600 }), { MoreWorkersByDepth: 4, MoreWorkersByAge: 1 });
});

test('a queue without data from SQS counts as idle, and workers are removed slowly', () => {
  for (const { policy, alarm } of SCALING) {
    const takes = policy === 'FewerWorkers';
    assert.is(alarm.TreatMissingData, takes ? 'breaching' : 'notBreaching', policy);
    const period = alarm.Period ?? alarm.Metrics.find((one: Any) => one.MetricStat !== undefined).MetricStat.Period;
    const minutes = (alarm.EvaluationPeriods * period) / 60;
    assert.ok(takes ? minutes >= 10 : minutes <= 2, `${policy}: ${minutes}`);
  }
});

test('each service scales within its parameters', () => {
  const targets = resourcesOf(TEMPLATE, 'AWS::ApplicationAutoScaling::ScalableTarget').map((name) => {
    const { ResourceId, MinCapacity, MaxCapacity } = TEMPLATE.Resources[name]!.Properties;
    return [ResourceId['Fn::Sub'], MinCapacity.Ref, MaxCapacity.Ref];
  });
  assert.equal(
    targets,
    ['Api', 'Worker'].map((one) => [`service/\${Cluster}/\${${one}Service.Name}`, `${one}TasksMin`, `${one}TasksMax`]),
  );
  const policies = resourcesOf(TEMPLATE, 'AWS::ApplicationAutoScaling::ScalingPolicy');
  const scaled = policies.map((name) => [name, TEMPLATE.Resources[name]!.Properties.ScalingTargetId.Ref]);
  assert.equal(Object.fromEntries(scaled), {
    ApiCpuPolicy: 'ApiScaling',
    MoreWorkersByDepth: 'WorkerScaling',
    MoreWorkersByAge: 'WorkerScaling',
    FewerWorkers: 'WorkerScaling',
  });
});

test.run();
