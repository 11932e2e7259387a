/** How long a signed address may live. */
import { assert } from '../core/errors.ts';

/** As on S3. */
const EXPIRES_MAX_SECONDS = 7 * 24 * 3600;

export function checkExpiry(seconds: number): void {
  const good = Number.isFinite(seconds) && seconds > 0 && seconds <= EXPIRES_MAX_SECONDS;
  assert(good, `an address lives at most ${EXPIRES_MAX_SECONDS} seconds, not ${seconds}`);
}
