/** What the service benchmarks share: a client, server processes, and the CPU time and memory of a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../conformance/support/free-port.ts';
import { median } from './results.ts';

export const TREE = fileURLToPath(new URL('..', import.meta.url));
/** Concurrent requests. */
export const CLIENTS = 16;

export const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

interface ServiceAnswer {
  status: number;
  text: string;
}

/** A string is sent as JSON. */
type Body = string | Uint8Array | { text: string; type: string };

/** A client that is not as the others are. */
interface BenchClient {
  key: string | null;
  agent?: http.Agent;
  headers?: Record<string, string>;
}

export function ask(
  method: string,
  url: string,
  client: string | null | BenchClient,
  body?: Body,
): Promise<ServiceAnswer> {
  const {
    key,
    agent: own,
    headers: more,
  }: BenchClient = typeof client === 'object' && client !== null ? client : { key: client };
  return new Promise((resolve, reject) => {
    const headers: Record<string, string | number> = { ...more, ...(key === null ? {} : { 'X-API-Key': key }) };
    const isTyped = typeof body === 'object' && 'text' in body;
    const bytes = isTyped ? body.text : body;
    if (bytes !== undefined) headers['Content-Length'] = Buffer.byteLength(bytes);
    if (isTyped) headers['Content-Type'] = body.type;
    else if (typeof body === 'string') headers['Content-Type'] = 'application/json';
    const sent = http.request(url, { method, agent: own ?? agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
export type AnyJson = any;

/** Throws if the response is an error. */
export async function callApi(
  { service, key }: KeyHolder,
  method: string,
  where: string,
  body?: unknown,
): Promise<AnyJson> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const { status, text } = await ask(method, service.url + where, key, sent);
  if (status >= 300) throw new Error(`${method} ${where}: ${status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** A key and the service that it is for. */
export interface KeyHolder {
  service: Process;
  key: string;
}

export interface Process {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export async function start(args: readonly string[], port: number, env: Record<string, string> = {}): Promise<Process> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr!.on('data', (part) => {
    stderr = (stderr + part).slice(-10_000);
  });
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + 20_000;
  for (;;) {
    const answer = await ask('GET', `${url}/v1/health`, null).catch(() => null);
    if (answer?.status === 200) return { url, pid: child.pid!, stop: () => stop(child) };
    if (child.exitCode !== null || Date.now() > until) {
      await stop(child);
      throw new Error(`${args.join(' ')} does not answer: ${stderr}`);
    }
    await sleep(20);
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

export interface BenchFolder {
  dataDir: string;
  adminKeys: string[];
  /** The turns of the service's event loop between two moments that took much CPU time, in milliseconds: see `loop-probe.cjs`. */
  longTurns(from: number, to: number): number[];
}

/** The `relay` command of a built package: this tree's or another commit's. */
export interface Build {
  name: string;
  relay: string;
}

/** Starts `relay serve` on a new data folder, which is removed afterwards. Without `rated` the rate limit is set too high to matter. */
export async function withServe<T>(
  settings: { build: Build; adminKeys: number; concurrency?: number; rated?: boolean },
  use: (service: Process, folder: BenchFolder) => Promise<T>,
): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-bench-'));
  const dataDir = path.join(folder, 'data');
  const loopFile = path.join(folder, 'loop');
  const longTurns = (from: number, to: number) => {
    const lines = fs.existsSync(loopFile) ? fs.readFileSync(loopFile, 'utf8').trim().split('\n') : [];
    const turns = lines.map((line) => line.split(' ').map(Number) as [number, number]);
    return turns.filter(([at]) => at >= from && at <= to).map(([, ms]) => ms);
  };
  const adminKeys = Array.from({ length: settings.adminKeys }, () => randomBytes(24).toString('base64url'));
  let service: Process | null = null;
  try {
    const port = await freePort();
    const args = ['--require', path.join(TREE, 'bench/loop-probe.cjs'), settings.build.relay, 'serve'];
    service = await start([...args, '--port', String(port)], port, {
      LOOP_FILE: loopFile,
      RELAY_DATA_DIR: dataDir,
      API_KEYS: adminKeys.join(','),
      WORKER_MAX_CONCURRENCY: String(settings.concurrency ?? 1),
      ...(settings.rated === true ? {} : { API_RATE_BURST: '1000000', API_RATE_PER_SECOND: '1000000' }),
    });
    return await use(service, { dataDir, adminKeys, longTurns });
  } finally {
    await service?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export async function uploadFile(
  caller: KeyHolder,
  tenant: string,
  what: { purpose?: 'side_file' | 'patch'; vendor_id?: string; run_id?: string; filename?: string },
  bytes: Uint8Array,
): Promise<void> {
  const { url } = await callApi(caller, 'POST', `/v1/tenants/${tenant}/uploads`, what);
  const { status, text } = await ask('PUT', url, null, bytes);
  if (status !== 200) throw new Error(`PUT ${what.filename ?? what.purpose}: ${status} ${text}`);
}

export async function inParallel<T>(list: readonly T[], use: (one: T, i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < list.length; i = next++) await use(list[i]!, i);
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
}

/** Resident set in MB of 10^6 bytes. */
export function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kilobytes) * 1024) / 1e6;
}

/** CPU seconds that a process has used, without its children. */
export function cpuOf(pid: number): number {
  const fields = fs
    .readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // user and system time, in hundredths of a second
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The processes that a process has started. */
export function childrenOf(pid: number): number[] {
  const list = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return list === '' ? [] : list.split(' ').map(Number);
}

/** The value below which this share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function spread(numbers: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return `${median(numbers).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}
