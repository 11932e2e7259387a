/** Measures how the work on a shape grows when its size is multiplied by four. */
import type { Shape } from './shape.ts';

/** How much larger the larger size is, */
const LARGER_TIMES = 4;
/** and how many times as much it may cost. */
const TIMES_MAX = 6;
/** Milliseconds that may have other causes than the work. */
const NOISE_MS = 20;
/** How often both sizes are measured again when the larger one looks too expensive, */
const REPEATS_MAX = 8;
/** unless it took so many milliseconds, of which noise is a small part. */
const REPEATED_BELOW_MS = 2_000;

export interface Growth {
  /** Milliseconds of CPU at the size, and at four times the size. */
  small: number;
  large: number;
  /** The error code of the larger one, if any. */
  code: string | null;
}

/** CPU time, so that other processes do not count. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function inTurn(work: () => unknown, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await work();
}

function timesOf({ small, large }: { small: number; large: number }): number {
  return large / Math.max(small, NOISE_MS);
}

/** `n`: the smaller size; `repeats`: how often a bad result is measured again. */
export async function growthOf({ make }: Shape, n: number, repeats = REPEATS_MAX): Promise<Growth> {
  const [small, large] = [await make(n), await make(LARGER_TIMES * n)];
  // the first call includes compiling; if all of it is within the noise, a second one tells nothing
  const compiling = await cpuOf(small);
  let code: string | null | undefined = null;
  const growth = {
    small: compiling <= NOISE_MS ? compiling : await cpuOf(small),
    large: await cpuOf(async () => {
      code = await large();
    }),
  };
  // a single call may include a garbage collection or compiling, and beside busy processes work costs more: both sizes are measured
  // again, each for about as long, so that both meet the same machine, and the round in which they are nearest counts
  for (
    let i = 0;
    i < repeats && growth.large < REPEATED_BELOW_MS && isTooMuch(growth.small, growth.large, NOISE_MS);
    i++
  ) {
    const again = { small: (await cpuOf(() => inTurn(small, LARGER_TIMES))) / LARGER_TIMES, large: await cpuOf(large) };
    if (timesOf(again) < timesOf(growth)) Object.assign(growth, again);
  }
  return { ...growth, code: code ?? null };
}

/** `floor`: the smaller size counts as costing at least this, so that noise does not look like growth. */
export function isTooMuch(small: number, large: number, floor: number): boolean {
  return large > TIMES_MAX * Math.max(small, floor);
}
