/** Runs the bash blocks of a page as a reader would: in order, in one shell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CodeBlock } from './pages.ts';

/** A bash block, and the text block after it, which shows what it prints. */
export interface Step {
  block: CodeBlock;
  /** Null if the page shows no output. */
  shown: string[] | null;
}

export interface ShellResult {
  code: number | null;
  /** The output of each step. */
  outputs: string[];
  stderr: string;
}

/** Ends what hangs: on a busy machine the longest page takes two minutes. */
const LIMIT_MS = 480_000;
/** Printed between blocks, to tell their output apart. */
const MARK = '-- end of a block of the page --';

export function stepsOf(blocks: readonly CodeBlock[]): Step[] {
  return blocks.flatMap((block, i) => {
    if (block.info !== 'bash') return [];
    const next = blocks[i + 1];
    return [{ block, shown: next?.info === 'text' ? next.lines : null }];
  });
}

/** Throws if the commands are not done after `limitMs`. */
export async function runSteps(
  steps: readonly Step[],
  cwd: string,
  env: Record<string, string>,
  limitMs = LIMIT_MS,
): Promise<ShellResult> {
  const script = steps.map(({ block }) => `${block.lines.join('\n')}\necho '${MARK}'\n`).join('');
  // its own process group, so that a service that a failed script leaves behind can be ended too
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd,
    env: { HOME: cwd, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid!);
  }, limitMs);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  child.stderr.on('data', (part) => {
    stderr += part;
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (isLate) throw new Error(`not done after ${limitMs / 1000} s: ${stdout}${stderr}`);
    return { code, outputs: stdout.split(`${MARK}\n`), stderr };
  } finally {
    clearTimeout(timer);
    endGroup(child.pid!);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
