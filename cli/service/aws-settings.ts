/** Settings of a service on AWS: the resources of the deployment, and how to reach AWS. */
import type { AwsSettings, Credentials } from '../../stores/aws/clients.ts';
import type { AwsResources } from '../../stores/aws/index.ts';
import type { Env } from '../colour.ts';

export interface AwsServiceSettings {
  resources: AwsResources;
  settings: AwsSettings;
  /** Null if none are given: AWS's library then takes those of a role or a profile. */
  credentials: Credentials | null;
}

/** Either all of them are set, or none, for the embedded stores. */
const RESOURCES = {
  bucket: 'ARTIFACT_BUCKET',
  runsTable: 'RUNS_TABLE',
  tenantsTable: 'TENANTS_TABLE',
  queueUrl: 'SQS_QUEUE_URL',
  deadLetterUrl: 'SQS_DLQ_URL',
} as const satisfies Record<keyof AwsResources, string>;

export const AWS_NUMBERS = {
  attempts: { name: 'AWS_MAX_ATTEMPTS', fallback: 4, smallest: 1, largest: 10 },
  connectSeconds: { name: 'AWS_CONNECT_TIMEOUT_SECONDS', fallback: 3, smallest: 1, largest: 60 },
  // a long poll for messages takes 20 seconds
  requestSeconds: { name: 'AWS_REQUEST_TIMEOUT_SECONDS', fallback: 30, smallest: 25, largest: 600 },
} as const;

export const AWS_SETTING_NAMES: readonly string[] = [
  ...Object.values(RESOURCES),
  ...['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL_DYNAMODB'],
];

/** Null if no resource is set. */
export function readAwsSettings(
  env: Env,
  numbers: Pick<AwsSettings, 'attempts' | 'connectSeconds' | 'requestSeconds'>,
  problems: string[],
): AwsServiceSettings | null {
  const names = Object.values(RESOURCES);
  const missing = names.filter((name) => !env[name]);
  if (missing.length === names.length) return null;
  if (missing.length > 0) {
    problems.push(`${missing.join(', ')} must be set too: the stores on AWS need all of ${names.join(', ')}`);
  }
  for (const name of [RESOURCES.queueUrl, RESOURCES.deadLetterUrl]) readAddress(env, name, problems);
  const region = env.AWS_REGION ?? '';
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d$/.test(region)) {
    problems.push(`AWS_REGION must be a region such as eu-central-1, not "${region}"`);
  }
  const endpoint = (service: string) =>
    readAddress(env, `AWS_ENDPOINT_URL_${service}`, problems) ?? readAddress(env, 'AWS_ENDPOINT_URL', problems);
  const [s3, sqs, dynamodb] = ['S3', 'SQS', 'DYNAMODB'].map(endpoint) as [string | null, string | null, string | null];
  const entries = Object.entries(RESOURCES).map(([key, name]) => [key, env[name] ?? '']);
  const resources = Object.fromEntries(entries) as Record<keyof AwsResources, string>;
  const credentials = readCredentials(env, problems);
  return { resources, settings: { region, endpoints: { s3, sqs, dynamodb }, ...numbers }, credentials };
}

function readCredentials(env: Env, problems: string[]): Credentials | null {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId && !secretAccessKey) return null;
  if (!accessKeyId || !secretAccessKey) {
    problems.push('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together');
    return null;
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function readAddress(env: Env, name: string, problems: string[]): string | null {
  const text = env[name];
  if (!text) return null;
  if (URL.canParse(text) && /^https?:\/\//.test(text)) return text;
  const problem = `${name} must be an http or https address, not "${text}"`;
  if (!problems.includes(problem)) problems.push(problem);
  return null;
}
