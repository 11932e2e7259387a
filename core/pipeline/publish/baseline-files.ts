/** The feed and the state with which a run is compared: how messages name them, and whether they are what was published. */
import { RelayError } from '../../errors.ts';
import type { Hasher } from '../../ports/engine.ts';
import type { BaselineName } from '../../ports/publishing.ts';
import { PATHS } from '../artifacts.ts';
import type { SortedRows } from './tables/sorted-rows.ts';

export function baselineName({ run_id, key, etag, sha256, published_at }: BaselineName): BaselineName {
  return { run_id, key, etag, sha256, published_at };
}

export function titleOf({ run_id, key }: BaselineName): string {
  const of = run_id === null ? '' : ` of run ${run_id}`;
  return `the published feed${of}${key === null ? '' : ` (${key})`}`;
}

export function stateTitle(baseline: BaselineName): string {
  return `the state of ${titleOf(baseline)}, ${PATHS.publishState},`;
}

export async function readToEnd(rows: SortedRows, look: () => void = () => {}): Promise<void> {
  while (!rows.isEnded) {
    while (rows.load()) {
      look();
      rows.advance();
    }
    await rows.refill();
  }
}

/** `title` says what the hash is of. Without a recorded hash nothing is compared. */
export function requireHash(title: string, hasher: Hasher, recorded: string | null): void {
  const found = hasher.digest();
  if (recorded === null || found === recorded) return;
  throw new RelayError(
    'invalid_input',
    `${title} is not what was published: its SHA-256 is ${found}, not ${recorded}; a forced run starts without it`,
  );
}
