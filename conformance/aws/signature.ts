/** AWS's Signature Version 4, checked as AWS checks it: for requests with a header and for signed addresses. */
import { createHash, createHmac } from 'node:crypto';

export interface SignedParts {
  method: string;
  /** Path and query, as in the request. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Uint8Array;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** AWS's code for what is wrong with a request's signature. */
export type SignatureProblem =
  | 'AccessDenied'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch'
  | 'AuthorizationQueryParametersError';

interface Claims {
  credential: string;
  signedHeaders: string[];
  signature: string;
  date: string;
  payloadHash: string;
  query: Array<[string, string]>;
}

/** Null where the signature is good. */
export function signatureProblem(parts: SignedParts, keys: Keys, now: number): SignatureProblem | null {
  const url = new URL(parts.target, 'http://any');
  const query = [...url.searchParams];
  const presigned = url.searchParams.has('X-Amz-Signature');
  const claims = presigned ? fromQuery(url, query) : fromHeader(parts, query);
  if (claims === null) return 'AccessDenied';
  const [accessKeyId, day, region, service] = claims.credential.split('/');
  if (accessKeyId !== keys.accessKeyId) return 'InvalidAccessKeyId';
  if (service === undefined || day !== claims.date.slice(0, 8)) return 'AuthorizationQueryParametersError';
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', claims.date, scope, sha256(canonical(parts, url, claims, service))].join('\n');
  const key = [day!, region!, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  if (hmac(key, text).toString('hex') !== claims.signature) return 'SignatureDoesNotMatch';
  if (presigned && now >= timeOf(claims.date) + Number(url.searchParams.get('X-Amz-Expires')) * 1000)
    return 'AccessDenied';
  return null;
}

function fromQuery(url: URL, query: Array<[string, string]>): Claims | null {
  const get = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  if (get('Algorithm') !== 'AWS4-HMAC-SHA256' || get('SignedHeaders') === '') return null;
  return {
    credential: get('Credential'),
    signedHeaders: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    date: get('Date'),
    payloadHash: 'UNSIGNED-PAYLOAD',
    query: query.filter(([name]) => name !== 'X-Amz-Signature'),
  };
}

function fromHeader({ headers, body }: SignedParts, query: Array<[string, string]>): Claims | null {
  const header = String(headers.authorization ?? '');
  const part = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1];
  const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(part);
  if (credential === undefined || signedHeaders === undefined || signature === undefined) return null;
  return {
    credential,
    signedHeaders: signedHeaders.split(';'),
    signature,
    date: String(headers['x-amz-date'] ?? ''),
    payloadHash: String(headers['x-amz-content-sha256'] ?? sha256(body)),
    query,
  };
}

function canonical({ method, headers }: SignedParts, url: URL, claims: Claims, service: string): string {
  // S3 signs the path as sent; other services encode it once more
  const path = service === 's3' ? url.pathname : url.pathname.split('/').map(encode).join('/');
  const query = claims.query
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const lines = claims.signedHeaders.map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`).join('');
  return [method, path, query, lines, claims.signedHeaders.join(';'), claims.payloadHash].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
