/** Creates the AWS clients: attempts, timeouts, checksums. The SDK finds the credentials unless they are given. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface AwsSettings {
  region: string;
  /** Endpoints other than AWS's own, by service, for servers that replace AWS in tests. */
  endpoints: { s3: string | null; sqs: string | null; dynamodb: string | null };
  /** How often a request is tried if AWS throttles it or fails. The pauses grow and are random. */
  attempts: number;
  connectSeconds: number;
  /** How long a connection may be idle. More than the 20 seconds of a long poll for messages. */
  requestSeconds: number;
}

/** Null means the SDK's own search: environment variables, the role of a container or instance, a profile. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Clients {
  s3: S3Client;
  signer: S3Client;
  sqs: SQSClient;
  dynamodb: DynamoDBDocumentClient;
  close(): void;
}

/** Errors are thrown. The SDK must not write to the service's output. */
const SILENT = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Maximum connections to each service. */
const SOCKETS_MAX = 50;

export function makeClients(settings: AwsSettings, credentials: Credentials | null): Clients {
  const common = {
    region: settings.region,
    maxAttempts: settings.attempts,
    retryMode: 'standard',
    logger: SILENT,
    ...(credentials === null ? {} : { credentials }),
  } as const;
  const { s3: s3Endpoint, sqs: sqsEndpoint, dynamodb: dynamodbEndpoint } = settings.endpoints;
  const connections = () => ({
    requestHandler: {
      connectionTimeout: settings.connectSeconds * 1000,
      socketTimeout: settings.requestSeconds * 1000,
      httpAgent: { maxSockets: SOCKETS_MAX, keepAlive: true },
      httpsAgent: { maxSockets: SOCKETS_MAX, keepAlive: true },
    },
  });
  const ofS3 = { ...common, ...at(s3Endpoint), forcePathStyle: s3Endpoint !== null };
  const s3 = new S3Client({ ...ofS3, ...connections(), requestChecksumCalculation: 'WHEN_SUPPORTED' });
  const signer = new S3Client({ ...ofS3, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const sqs = new SQSClient({ ...common, ...connections(), ...at(sqsEndpoint) });
  const plain = new DynamoDBClient({ ...common, ...connections(), ...at(dynamodbEndpoint) });
  const dynamodb = DynamoDBDocumentClient.from(plain, {
    marshallOptions: { convertEmptyValues: false, removeUndefinedValues: false, convertClassInstanceToMap: false },
  });
  return {
    s3,
    signer,
    sqs,
    dynamodb,
    close: () => {
      for (const client of [s3, signer, sqs, plain]) client.destroy();
    },
  };
}

function at(endpoint: string | null): { endpoint?: string } {
  return endpoint === null ? {} : { endpoint };
}
