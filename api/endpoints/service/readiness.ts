/** Asks every store whether it can be used, each with a timeout, and whether the disk has room. */
import { RelayError } from '../../../core/errors.ts';
import type { ConfigProblem } from '../../../core/plugin.ts';
import type { ApiDeps } from '../../deps.ts';
import { ApiError } from '../../http/errors.ts';

type ReadinessCheck = () => Promise<void>;

/** Returns the names of all stores. Throws `NOT_READY` with the problem of each store that cannot be used, and of the disk. */
export async function requireReady(deps: ApiDeps): Promise<string[]> {
  const parts: Record<string, ReadinessCheck> = {
    artifacts: () => deps.artifacts.check(),
    tenants: () => deps.tenants.check(),
    runs: () => deps.runs.check(),
    queue: () => deps.queue.check(),
  };
  const { requireRoom } = deps;
  if (requireRoom !== undefined) parts.disk = () => requireRoom();
  const timeoutMs = deps.settings.readyTimeoutMs;
  const found = await Promise.all(Object.entries(parts).map(([name, check]) => checkWithin(name, check, timeoutMs)));
  const issues = found.filter((problem) => problem !== null);
  if (issues.length === 0) return Object.keys(parts).filter((name) => name !== 'disk');
  const headers = { 'Retry-After': String(deps.settings.retryAfterSeconds) };
  const message = issues.map(({ path, message: why }) => `${path}: ${why}`).join('; ');
  throw new ApiError('NOT_READY', message, { issues, headers });
}

async function checkWithin(path: string, check: ReadinessCheck, timeoutMs: number): Promise<ConfigProblem | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<ConfigProblem>((resolve) => {
    const problem = { path, code: 'timeout', message: `did not answer within ${timeoutMs} ms` };
    timer = setTimeout(() => resolve(problem), timeoutMs);
  });
  const answer = (async () => check())().then(
    () => null,
    (error: unknown) => ({ path, code: 'unavailable', message: reasonOf(error) }),
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts with the code, as a failed run does: `docs/RUNBOOK.md` says under the code what to do. */
function reasonOf(error: unknown): string {
  if (error instanceof RelayError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
