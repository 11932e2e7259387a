/** Runs a process to its end, for tests. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Ends only what hangs: a busy machine may need minutes for what takes a second. */
const LIMIT_MS = 240_000;

/** Throws if the process has not ended after four minutes. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): SpawnSyncReturns<string> {
  const result = spawnSync(command, args, { ...options, encoding: 'utf8', timeout: LIMIT_MS });
  if ((result.error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT')
    throw new Error(
      `time was up: the process had not ended after ${LIMIT_MS / 1000} s\n${result.stdout}${result.stderr}`,
    );
  return result;
}
