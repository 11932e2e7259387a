/** Which operation of AWS a request is, and how its service reports errors. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Operation {
  service: 'dynamodb' | 'sqs' | 's3';
  /** As policies write it: `s3:GetObject`. */
  name: string;
}

export function operationOf(method: string, target: string, headers: IncomingHttpHeaders): Operation {
  const [protocol = '', action = ''] = String(headers['x-amz-target'] ?? '').split('.');
  if (protocol.startsWith('DynamoDB')) return { service: 'dynamodb', name: `dynamodb:${action}` };
  if (protocol === 'AmazonSQS') return { service: 'sqs', name: `sqs:${action}` };
  return { service: 's3', name: `s3:${ofS3(method, new URL(target, 'http://any'), headers)}` };
}

function ofS3(method: string, { pathname, searchParams: query }: URL, headers: IncomingHttpHeaders): string {
  const hasKey = pathname.split('/').filter((part) => part !== '').length > 1;
  if (query.has('uploadId') || query.has('uploads')) {
    if (query.has('partNumber')) return 'UploadPart';
    if (query.has('uploads')) return 'CreateMultipartUpload';
    return method === 'DELETE' ? 'AbortMultipartUpload' : 'CompleteMultipartUpload';
  }
  if (!hasKey)
    return method === 'GET' ? 'ListObjectsV2' : `${{ PUT: 'Create', DELETE: 'Delete' }[method] ?? 'Head'}Bucket`;
  if (headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  return `${{ GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method] ?? 'Head'}Object`;
}

export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The service's answer for an error code. */
export function refusalOf({ service }: Operation, status: number, code: string, message: string): Refusal {
  if (service === 's3') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return { status, headers: { 'content-type': 'application/xml' }, body };
  }
  const type = service === 'sqs' ? 'com.amazonaws.sqs' : 'com.amazonaws.dynamodb.v20120810';
  const query: Record<string, string> = service === 'sqs' ? { 'x-amzn-query-error': `${code};Sender` } : {};
  const contentType = `application/x-amz-json-1.0`;
  const body = JSON.stringify({ __type: `${type}#${code}`, message });
  return { status, headers: { 'content-type': contentType, ...query }, body };
}

/** The answer of each service for a bad signature. */
export function signatureRefusal(operation: Operation, verdict: string): Refusal {
  const message = 'the request is not signed with the credentials of this server';
  if (operation.service === 's3') return refusalOf(operation, 403, verdict, message);
  const codes: Record<string, string> = {
    InvalidAccessKeyId: operation.service === 'sqs' ? 'InvalidClientTokenId' : 'UnrecognizedClientException',
    SignatureDoesNotMatch: operation.service === 'sqs' ? 'SignatureDoesNotMatch' : 'InvalidSignatureException',
    AccessDenied: 'MissingAuthenticationToken',
  };
  return refusalOf(operation, operation.service === 'sqs' ? 403 : 400, codes[verdict] ?? verdict, message);
}
