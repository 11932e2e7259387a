/** The limit on the lifetime of a signed address. */
import { assert } from '../core/errors.ts';

/** S3's limit. */
const EXPIRES_MAX_SECONDS = 7 * 24 * 3600;

export function checkExpiry(seconds: number): void {
  const good = Number.isFinite(seconds) && seconds > 0 && seconds <= EXPIRES_MAX_SECONDS;
  assert(good, `an address lives at most ${EXPIRES_MAX_SECONDS} seconds, not ${seconds}`);
}
