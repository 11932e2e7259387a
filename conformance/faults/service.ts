/** The service as child processes on a data folder, for tests that kill them. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { built } from '../../cli/testing/compiled.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A busy machine may need minutes for what takes a second. */
const LIMIT_MS = 240_000;

export class ServiceProcess {
  stdout = '';
  stderr = '';
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(command: 'serve' | 'api' | 'worker', dataDir: string, env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [built('cli/main.ts'), command], {
      cwd: ROOT,
      env: { RELAY_DATA_DIR: dataDir, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.on('data', (data) => {
      this.stdout += data;
    });
    this.#child.stderr!.on('data', (data) => {
      this.stderr += data;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve(signal ?? code ?? -1));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Ends it, unless it has ended, and waits. */
  stop(signal: NodeJS.Signals): Promise<number | string> {
    this.#child.kill(signal);
    return this.ended;
  }

  /** The first log entry of an event; waits for it. */
  async event(name: string): Promise<Record<string, unknown>> {
    const find = () => this.stderr.split('\n').find((line) => line.includes(`"event":"${name}"`));
    await eventually(() => {
      if (this.#child.exitCode !== null) throw new Error(`it ended before ${name}: ${this.stderr}`);
      return find() !== undefined;
    });
    return JSON.parse(find()!) as Record<string, unknown>;
  }

  async origin(): Promise<string> {
    return `http://127.0.0.1:${(await this.event('api_started')).port}`;
  }
}

/** Checks repeatedly until the condition holds. */
export async function eventually(condition: () => boolean | Promise<boolean>, everyMs = 5): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`time was up: waited ${LIMIT_MS / 1000} s in vain`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  body: any;
}

/** A caller of a service. */
export interface Caller {
  origin: string;
  key: string | null;
}

export async function call({ origin, key }: Caller, method: string, route: string, body?: unknown): Promise<Answer> {
  const response = await fetch(origin + route, {
    method,
    headers: { ...(key === null ? {} : { 'x-api-key': key }), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
}
