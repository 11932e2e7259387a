/** Measures how the work on a shape grows when its size is four times as large. */
import type { Shape } from './shapes.ts';

export interface Growth {
  name: string;
  /** Milliseconds of CPU at the size, and at four times the size. */
  small: number;
  large: number;
}

/** CPU time, so that other processes of the machine do not count. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export async function growthOf({ name, n, make }: Shape): Promise<Growth> {
  const [small, large] = [make(n), make(4 * n)];
  // the first call compiles
  await small();
  const times = [await cpuOf(small), await cpuOf(small)];
  return { name, small: Math.min(...times), large: await cpuOf(large) };
}
