/** Runs a command in its own process and measures it with GNU time. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ToolRun } from './results.ts';

export const HERE = path.dirname(fileURLToPath(import.meta.url));
export const OWN_ROOT = path.dirname(HERE);
/** GNU time, from the Debian package `time`. */
const TIME = '/usr/bin/time';

export function fail(message: string, code = 1): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

export function requireTime(): void {
  if (!fs.existsSync(TIME)) fail('GNU time is needed: apt-get install time', 2);
}

export function step(name: string, command: string, args: string[], cwd = HERE): void {
  process.stderr.write(`${name} …\n`);
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) fail(`${stderr}\n${name} failed`);
}

export function measureProcess(name: string, round: number, command: string[]): ToolRun {
  const { status, stderr } = spawnSync(TIME, ['-f', '%e %U %S %M', ...command], { cwd: HERE, encoding: 'utf8' });
  const [, wall, user, system, peak] = (/([\d.]+) ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(stderr) ?? []).map(Number);
  if (status !== 0 || wall === undefined || user === undefined || system === undefined || peak === undefined)
    return fail(`${stderr}\n${name} failed`);
  const measured = { wall, cpu: user + system, peak: (peak * 1024) / 1e6 };
  process.stderr.write(`${name} ${round}: ${wall.toFixed(2)} s, ${measured.peak.toFixed(0)} MB\n`);
  return measured;
}

export interface RelayRun {
  config: string;
  input: string;
  out: string;
  runId: string;
}

export function relayCommand(root: string, { config, input, out, runId }: RelayRun): string[] {
  const args = ['run', '--config', config, '--input', input, '--out', out, '--run-id', runId];
  return [process.execPath, path.join(root, 'dist/cli/main.js'), ...args];
}
