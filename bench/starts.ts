/** `npm run bench -- starts`: what `relay check` and `relay run` of the sample tenant take, beside Node alone, in alternating rounds. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { measureProcess, OWN_ROOT } from './measure.ts';
import { median, type ToolRun } from './results.ts';

const SAMPLE = path.join(OWN_ROOT, 'fixtures/sample');
const NODE = 'node -e 0';
/** Starts in a round: GNU time cuts user and system time to hundredths of a second. */
const STARTS = 10;
const REPEAT = ['sh', '-c', `for i in $(seq ${STARTS}); do "$@" >/dev/null || exit 1; done`, 'sh'];

export function benchStarts(root: string, rounds: number): { lines: string[]; runs: Record<string, ToolRun[]> } {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-starts-'));
  const relay = [process.execPath, path.join(root, 'dist/cli/main.js')];
  const config = path.join(SAMPLE, 'tenant.yaml');
  const commands: ReadonlyArray<readonly [name: string, command: string[]]> = [
    [NODE, [process.execPath, '-e', '0']],
    ['relay check', [...relay, 'check', config]],
    ['relay run', [...relay, 'run', '--config', config, '--input', path.join(SAMPLE, 'inbound'), '--out', out]],
  ];
  const runs: Record<string, ToolRun[]> = {};
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const [name, command] of round % 2 === 0 ? commands.toReversed() : commands) {
        runs[name] ??= [];
        const { wall, cpu, peak } = measureProcess(name, round, [...REPEAT, ...command]);
        runs[name].push({ wall: wall / STARTS, cpu: cpu / STARTS, peak });
      }
    }
  } finally {
    fs.rmSync(out, { recursive: true, force: true });
  }
  return { lines: commands.map(([name]) => line(name, runs[name] ?? [], runs[NODE] ?? [])), runs };
}

/** Medians of the rounds. */
function line(name: string, runs: readonly ToolRun[], node: readonly ToolRun[]): string {
  const cpu = median(runs.map((run) => run.cpu * 1000));
  const times = (of: 'cpu' | 'wall') =>
    median(runs.map((run, i) => run[of] / (node[i]?.[of] ?? Number.NaN))).toFixed(2);
  const peak = median(runs.map((run) => run.peak));
  return `${name.padEnd(12)} CPU ${cpu.toFixed(0)} ms, ${times('cpu')} times; wall ${times('wall')} times; ${peak.toFixed(0)} MB`;
}
