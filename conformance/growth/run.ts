/**
 * `npm run growth [NAME PART]`: runs each shape at its size and at four times that, in its own process, and measures CPU time and
 * peak memory. Exits with 1 if one of these grows more than six times, or a shape fails with an untyped error or does not end.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { growthOf, isTooMuch } from './measure.ts';
import { SHAPES } from './shapes.ts';

const CHILD = '--child';
/** A time limit for the slowest shapes, which take a minute of CPU. */
const TIMEOUT_MS = 600_000;
const FLOOR_MS = 25;
/** The peak of small inputs is mostly garbage that is not collected yet. */
const FLOOR_MIB = 48;

interface Measured {
  small: number;
  large: number;
  /** MiB above the start. */
  smallMemory: number;
  largeMemory: number;
  code: string | null;
}

function peak(): number {
  return process.resourceUsage().maxRSS / 1024;
}

async function child(name: string): Promise<void> {
  const shape = SHAPES.find((one) => one.name === name);
  if (shape === undefined) throw new Error(`there is no shape ${name}`);
  await (await shape.make(100))();
  const start = peak();
  await (await shape.make(shape.n))();
  const small = peak();
  await (await shape.make(4 * shape.n))();
  const large = peak();
  const growth = await growthOf(shape, shape.n);
  console.log(JSON.stringify({ ...growth, smallMemory: small - start, largeMemory: large - start }));
}

function measured(name: string): Measured | string {
  const file = fileURLToPath(import.meta.url);
  const { stdout, stderr, error } = spawnSync(process.execPath, ['--import', 'tsx', file, CHILD, name], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) return `no end in ${TIMEOUT_MS / 1000} s`;
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{')
    ? (JSON.parse(last) as Measured)
    : (stderr.split('\n').find((line) => /Error/.test(line)) ?? 'it died');
}

function badnessOf(found: Measured | string): string | null {
  if (typeof found === 'string') return found;
  if (found.code === 'internal_error' || found.code === 'long_answer') return found.code;
  if (isTooMuch(found.small, found.large, FLOOR_MS)) return 'TIME';
  return isTooMuch(found.smallMemory, found.largeMemory, FLOOR_MIB) ? 'MEMORY' : null;
}

function lineOf(name: string, found: Measured | string): string {
  if (typeof found === 'string') return `${name.padEnd(52)} ${found}`;
  const { small, large, smallMemory, largeMemory, code } = found;
  const numbers = [small, large, large / small, smallMemory, largeMemory].map((one) => one.toFixed(1).padStart(9));
  return `${name.padEnd(52)} ${numbers.join('')}  ${code ?? ''}`;
}

async function main(): Promise<void> {
  const [first, second] = process.argv.slice(2);
  if (first === CHILD) return child(second ?? '');
  console.log(`${'shape'.padEnd(52)}  ms at n   at 4 n    times  MiB at n   at 4 n  code`);
  const bad: string[] = [];
  for (const { name } of SHAPES.filter((one) => first === undefined || one.name.includes(first))) {
    const found = measured(name);
    const badness = badnessOf(found);
    if (badness !== null) bad.push(name);
    console.log(`${lineOf(name, found)}${badness === null || typeof found === 'string' ? '' : `  <-- ${badness}`}`);
  }
  if (bad.length > 0) process.exitCode = 1;
  console.log(`${bad.length} of ${SHAPES.length} shapes are bad${bad.length > 0 ? `: ${bad.join(', ')}` : ''}`);
}

await main();
