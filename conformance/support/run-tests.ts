/**
 * `npm test`: all `*.test.ts` in one process of uvu, held to its own count. uvu prints what a test threw; where it cannot (an error
 * whose `details` are no text, a thrown value that is no error) it leaves the rest of the file out and still ends well.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const UVU = fileURLToPath(new URL('../../node_modules/uvu/bin.js', import.meta.url));
const ARGS = ['--import', import.meta.resolve('tsx'), UVU, '.', '\\.test\\.ts$', '-i', 'node_modules', '-i', 'dist'];

/** The counts that uvu closes with, and the suites in which fewer tests passed than there are. */
export function countsOf(output: string): { total: number; passed: number; short: string[] } {
  const text = stripVTControlCharacters(output);
  const last = (name: string) => Number([...text.matchAll(new RegExp(`^ *${name}: +(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
  const short = text.split('\n').filter((line) => {
    const found = /\((\d+) \/ (\d+)\)\s*$/.exec(line);
    return found !== null && Number(found[1]) < Number(found[2]);
  });
  return { total: last('Total'), passed: last('Passed'), short: short.map((line) => line.trim()) };
}

async function main(): Promise<number> {
  const child = spawn(process.execPath, ARGS, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    process.stdout.write(data);
    output += data.toString('utf8');
  });
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 1)));
  const { total, passed, short } = countsOf(output);
  if (total > 0 && passed === total) return code;
  process.stderr.write(
    `${total - passed} of ${total} tests did not pass\n${short.map((line) => `  ${line}\n`).join('')}`,
  );
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
