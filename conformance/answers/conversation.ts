/**
 * Asks the API on in-memory stores, and notes each request with its whole answer. Ids, keys and times are the same each
 * time. Of sentences only the numbers and what is in quotes is noted: their wording may change. At the end of each answer, in braces, is what it
 * asked of the stores and of runners: on S3 and DynamoDB, operators pay for each call.
 */
import { createHash } from 'node:crypto';
import type { ApiDeps, ApiSettings } from '../../api/deps.ts';
import type { AskQuestion } from '../../api/questions/questions.ts';
import {
  ADMIN,
  type Api,
  type ApiAnswer,
  parsed,
  type RequestOptions,
  requestFor,
  startApi,
} from '../../api/testing/harness.ts';
import { createHasher } from '../../plugins/in-memory/ports.ts';

/** Longer bodies are cut, and end with their hash. */
const SHOWN_CHARS = 900;
const USUAL_HEADERS: Record<string, string> = {
  'cache-control': 'no-store',
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
};

export interface Asking extends Omit<RequestOptions, 'key'> {
  /** The name of a key; the admin key unless given, and none if null. */
  as?: string | null;
}

export class Conversation {
  readonly lines: string[] = [];
  readonly #api: Api;
  readonly #calls: string[];
  readonly #keys: Record<string, string> = { admin: ADMIN };

  private constructor(api: Api, calls: string[]) {
    this.#api = api;
    this.#calls = calls;
  }

  static async start(settings: Partial<ApiSettings> = {}, changes: Partial<ApiDeps> = {}): Promise<Conversation> {
    const crypto = { subtle: globalThis.crypto.subtle, getRandomValues: countedBytes() };
    const calls: string[] = [];
    const { ask } = changes;
    const asked = ((question, signal) => {
      calls.push(`ask ${question.type}`);
      return ask?.(question, signal);
    }) as AskQuestion;
    const all = { crypto: crypto as ApiDeps['crypto'], createHasher, ...changes, ...(ask && { ask: asked }) };
    const api = await startApi(settings, all);
    api.artifacts.chunkBytes = 1 << 16;
    watchStores(api, calls);
    return new Conversation(api, calls);
  }

  get api(): Api {
    return this.#api;
  }

  /** From now on a request may be sent with this key. */
  name(name: string, key: string): void {
    this.#keys[name] = key;
  }

  async ask(method: string, path: string, { as = 'admin', ...options }: Asking = {}): Promise<ApiAnswer> {
    const { logs, fetch } = this.#api;
    logs.length = 0;
    this.#calls.length = 0;
    const key = as === null ? null : (this.#keys[as] as string);
    const response = await fetch(requestFor(method, path, { ...options, key }));
    const text = await response.text();
    const { status, headers } = response;
    const answer = { status, headers, text, json: parsed(text) };
    const sent = Object.entries(options.headers ?? {}).map(([name, value]) => ` ${name}: ${value}`);
    const by = as === 'admin' ? '' : ` as ${as}`;
    this.lines.push(masked(`${method} ${path}${by}${sent.join('')}${sentBody(options.body)}`));
    const noted = logs.map((line) => loggedBy(line, path)).join('; ');
    this.lines.push(
      masked(`  ${answer.status}${headersOf(answer)} ${bodyOf(answer)} [${noted}]${countsOf(this.#calls)}`),
    );
    return answer;
  }

  /** Asks for each of the paths. */
  async askAll(method: string, paths: readonly string[], asking: Asking = {}): Promise<void> {
    for (const path of paths) await this.ask(method, path, asking);
  }

  /** Notes a fact besides the answers. */
  note(name: string, value: unknown): void {
    this.lines.push(masked(`  ${name}: ${shownBody(JSON.stringify(withoutWords(value)))}`));
  }
}

const STORES = ['artifacts', 'tenants', 'runs', 'usage', 'queue'] as const;

/** Notes the name of each call of a store, with the names of its options. */
function watchStores(api: Api, calls: string[]): void {
  for (const name of STORES) {
    const store = api[name] as unknown as Record<string, (...args: unknown[]) => unknown>;
    for (const method of Object.getOwnPropertyNames(Object.getPrototypeOf(store))) {
      const call = store[method];
      if (method === 'constructor' || method === 'put' || typeof call !== 'function') continue;
      store[method] = (...args) => {
        const options = args.slice(1).flatMap((one) => (one instanceof Object ? Object.keys(one) : []));
        calls.push([method, ...options].join(' '));
        return call.apply(store, args);
      };
    }
  }
}

/** Each call once, in the order of the first ones. */
function countsOf(calls: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  const all = [...counts].map(([call, count]) => (count === 1 ? call : `${count} ${call}`));
  return all.length === 0 ? '' : ` {${all.join(', ')}}`;
}

function countedBytes() {
  let next = 0;
  return (bytes: Uint8Array) => {
    for (const i of bytes.keys()) {
      next = (next * 31 + 17) % 65_521;
      bytes[i] = next & 255;
    }
    return bytes;
  };
}

function sentBody(body: unknown): string {
  if (body === undefined) return '';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const shown = text.length > 200 ? `${text.slice(0, 60)}… ${text.length} characters` : text;
  return ` ${shown.replaceAll('\n', '⏎')}`;
}

function headersOf({ headers }: ApiAnswer): string {
  const all = new Map(headers);
  all.delete('x-request-id');
  for (const [name, usual] of Object.entries(USUAL_HEADERS)) {
    if (all.get(name) === usual) all.delete(name);
    else if (!all.has(name)) all.set(name, 'none');
  }
  return [...all].map(([name, value]) => ` ${name}: ${value}`).join('');
}

function bodyOf({ text, json, headers }: ApiAnswer): string {
  if (json === undefined || headers.get('content-type') !== 'application/json') return shownBody(JSON.stringify(text));
  return shownBody(JSON.stringify(withoutWords(json)));
}

function shownBody(text: string): string {
  if (text.length <= SHOWN_CHARS) return text;
  return `${text.slice(0, SHOWN_CHARS)}… ${digest(text)}`;
}

export function digest(value: unknown): string {
  const text = JSON.stringify(value);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** A copy, in which sentences are only their numbers and what is in quotes. */
export function withoutWords(value: unknown): unknown {
  if (typeof value === 'string') return value.split(' ').length > 3 ? namesIn(value) : value;
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutWords(one)]));
}

function namesIn(sentence: string): string {
  return `… ${(sentence.match(/"[^"]*"|\d[\d.,%]*/g) ?? []).join(' ')}`.trim();
}

/** Without what differs each time: keys, and ids that the machine invents. */
function masked(text: string): string {
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID').replaceAll(/relay_[\w-]{16,}/g, 'relay_…');
}

/** What its line in the log has besides the request and the answer. */
function loggedBy({ level, fields }: Api['logs'][number], path: string): string {
  const { route, key_id, tenant_id, error, cause_code } = fields;
  const by = typeof key_id === 'string' ? key_id.slice(-6) : key_id;
  const facts = [
    level,
    route,
    by,
    tenant_id,
    error,
    cause_code,
    fields.path === path.split('?')[0] ? null : fields.path,
  ];
  return facts.filter((fact) => fact != null).join(' ');
}
